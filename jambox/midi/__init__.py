"""jambox.midi"""
