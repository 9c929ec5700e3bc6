"""jambox.sound"""
