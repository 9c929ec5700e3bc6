"""MIDI: who hears whom, what is held, and the clock and notes of the rhythm.

Pure: `messages` knows bytes; `route`, `steps`, `notation` say who hears whom and what, `table` and `lanes` look that
up; `held` knows what must be let go, `loops` sees echoes, `sync` what the rhythm sends and when, `follow` what the
clocks of others say. `announce` tells when ports come and go, `ports` opens, hears and closes them; `performer` sends
the rhythm's bytes at their times.
"""
