"""jambox."""
