"""Places in the arrays that engine and inner loops share: columns of tables, and buses."""

INPUTS, DRONE, RHYTHM, VOLUME, LEVELS = 0, 1, 2, 3, 4
"""Places among levels: three buses and the master."""
SIGNALS, BUSES = 3, 4
"""The fourth bus carries earcons, past the levels of the others."""
WORDS = 4
"""Past the buses that the master hears: what is said to players, which reaches the cue alone."""
SEND, CUE, ROWS = 10, 11, 13
"""Rows of the buses' table: left and right of each bus and of the words, then what goes to the reverb, then the cue's
left and right."""
STRIPS = 16
"""The most capture channels."""
TICK = 32
"""Frames between two looks at goals: filters, gains and meters go in straight lines from one tick to the next."""
LOUDEST = 1e6
"""A sample past this, or one that is no number, is broken and played as silence."""

OFFSET, LENGTH, BUS, CHOKE, VOICE_INTS = 0, 1, 2, 3, 4
POSITION, STEP, LEFT, RIGHT, LEVEL, RAMP, GOAL, SLIDE, DARK, POLE, LOW, VOICE_FLOATS = range(12)
"""Of a voice: a level on its RAMP, and a step on a SLIDE (both per frame) to its GOAL; 0: it is there. A soft stroke
loses the share DARK of what lies above a one-pole low-pass: the pole's share per frame, and its state. Where DARK is 0
there is no filter."""

# The columns of a strip's parameters, and those of the rest of the mixer, as the tables in parameters have them.
(
    TRIM,
    INVERT,
    HIGH_PASS,
    EQ_LOW,
    EQ_MID,
    EQ_MID_FREQUENCY,
    EQ_HIGH,
    GATE_THRESHOLD,
    GATE_RATIO,
    GATE_RANGE,
    GATE_ATTACK,
    GATE_RELEASE,
    COMPRESSOR_THRESHOLD,
    COMPRESSOR_RATIO,
    COMPRESSOR_ATTACK,
    COMPRESSOR_RELEASE,
    COMPRESSOR_MAKE_UP,
    COMPRESSOR_SIDE_CHAIN,
    PAN,
    REVERB,
    MUTE,
    SOLO,
    PAIR,
    MIC,
    STROKES,
    STRIP_VALUES,
) = range(26)
(
    DRONE_REVERB,
    DRONE_SOLO,
    RHYTHM_REVERB,
    RHYTHM_SOLO,
    REVERB_LEVEL,
    REVERB_SIZE,
    REVERB_DECAY,
    REVERB_DAMPING,
    DUCK_STRIP,
    DUCK_DEPTH,
    DUCK_THRESHOLD,
    MASTER_TONE,
    MASTER_WIDTH,
    CUE_LEVEL,
    GUARD,
    HOUSE_VALUES,
) = range(16)

# A strip's design: what its parameters come to. Five filters (high-pass, low, mid, high, side chain) of ln(G) K
# M0 M1 M2, then gains, then what gate and compressor go by (nepers, and shares per frame).
FILTERS, FILTER = 5, 5
SIDE = 4
GAINS, GAIN_LEFT, GAIN_RIGHT, GAIN_SEND, GAIN_CUE_LEFT, GAIN_CUE_RIGHT = 25, 26, 27, 28, 29, 30
GAIN_ROWS = 6
FLOOR, STEEPNESS, DEEPEST, OPENING, CLOSING = 31, 32, 33, 34, 35
THRESHOLD, SLOPE, SEIZING, LETTING = 36, 37, 38, 39
DESIGN = 40

COEFFICIENTS, LINE = 6, 36
"""Numbers by which one filter runs; and a strip's: five filters and six gains."""

# A strip's state: two for each filter, then its dynamics, then what its meters gather until the next tick.
LEVEL_NOW, LEVEL_BEFORE, LOUDNESS, WANTED, SHUT, TURNED_DOWN, CLOSED, LOUD, SQUARES = 10, 11, 12, 13, 14, 15, 16, 17, 18
STRIP_STATE = 19
RESTLESS, ACTIVE, PARTNER, LISTENED, GUARDED, STRIP_FLAGS = 0, 1, 6, 7, 8, 9
"""Whether goals are still to be reached; which filters and dynamics run; whose level counts too; if others listen; if
howls are looked for."""

NOTCHES, FREQUENCY, DEPTH, NOTCH_METERS = 4, 0, 1, 2
"""The notches of a strip against howls; and the meters of each: Hz and dB."""
SPECTRUM, BINS, HISTORY, PORTIONS = 1024, 512, 32, 13
"""Of the spectra in which howls are looked for: samples in one, powers that come out, how many are kept, and in how
many portions one is taken."""
PEAK, SQUARE, REDUCTION, GATING, CLIPPED, TOP, HOWLS, NOTCHED, STRIP_METERS = 0, 1, 2, 3, 4, 5, 6, 7, 15
"""A strip's meters: falling peak, mean square, what compressor and gate take away (nepers), clipped frames, the loudest
captured sample since somebody began to listen, howls stopped, and its notches."""

# The house's design: the corner of the tone, ten gains that go in straight lines, then what ducking goes by.
TONE, TONE_LOW, TONE_HIGH, WIDTH, RETURN, DRONE_SEND, RHYTHM_SEND, SOLOING = 0, 1, 2, 3, 4, 5, 6, 7
DRONE_CUE, RHYTHM_CUE, CUE_GAIN = 8, 9, 10
YIELD_TO, YIELDING, YIELD_FROM, HOUSE_DESIGN = 11, 12, 13, 14
DUCKING, HOUSE_LINE = 0, 11
"""Numbers that go in straight lines: at 0, what ducking leaves; then those at TONE_LOW to CUE_GAIN."""

HALL_DELAY, HALL_GAIN, HALL_POLE, HALL_INPUT, HALL_DESIGN = 0, 8, 16, 24, 25
"""The design of the reverb: eight delays (frames), gains and poles, and what goes in."""

# Meters: falling peaks, then mean squares, of inputs, drone, rhythm, master and reverb; then the rest.
HALL, BUS_METERS = 4, 5
LIMITED, TRUE_PEAK, ENVELOPE, RECENT, DUCKED, ENERGY, FAULTS, METERS = 10, 11, 12, 13, 14, 15, 16, 17
"""By what the limiter divides at most, and the true peak, both falling; the limiter's envelopes of what it shall divide
by and of what comes in; what ducking takes (nepers); mean K-weighted square over 3 s, both sides together; frames
silenced."""
PHASES, TAPS = 4, 12
"""The interpolator by which true peaks are told: its phases, and taps of each."""
SLOTS = 30
"""Tenths of a second that loudness looks back."""
SPEED_OF_SOUND = 343.0
"""Metres a second, in air at 20 °C."""
