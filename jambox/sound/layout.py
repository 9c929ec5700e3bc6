"""Places in the arrays that engine and kernel share: columns of tables, and buses."""

INPUTS, DRONE, RHYTHM, VOLUME, LEVELS = 0, 1, 2, 3, 4
"""Places among levels and meters: three buses and the master."""
SIGNALS, BUSES = 3, 4
"""The fourth bus carries earcons, past the levels of the others."""

OFFSET, LENGTH, BUS, VOICE_INTS = 0, 1, 2, 3
POSITION, STEP, LEFT, RIGHT, LEVEL, RAMP, VOICE_FLOATS = 0, 1, 2, 3, 4, 5, 6
STRIP_LEFT, STRIP_RIGHT, STRIP_LEFT_GOAL, STRIP_RIGHT_GOAL, STRIP_FLOATS = 0, 1, 2, 3, 4
ENVELOPE, FAULTS, METERS = 4, 5, 6
LOUDEST = 1e6
"""A frame past this, or one that is no number, is broken and played as silence."""
