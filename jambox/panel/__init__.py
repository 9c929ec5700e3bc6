"""jambox.panel"""
