"""The commands, by what they are for: each module has an `add` for its own, which the parser of all calls."""
