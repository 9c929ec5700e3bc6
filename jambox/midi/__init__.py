"""MIDI: who hears whom, what is held, and the clock and notes of the rhythm.

Pure: `messages` knows bytes, `route` who hears whom, `held` what must be let go, `sync` what the rhythm sends and when.
`announce` tells when ports come and go, `ports` opens, hears and closes them; `performer` sends the rhythm's bytes at
their times.
"""
