"""jambox.music"""
