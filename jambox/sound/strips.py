"""Input strips, buses and master: the tables that the inner loops mix by, and what fills them."""

import math
from collections.abc import Sequence

from jambox.sound import channels, design, guard, hall, layout, master, meters, mix, parameters, spectra
from jambox.sound.layout import STRIPS
from jambox.sound.parameters import VALUES, Mixer
from jambox.sound.tables import filled, table
from jambox.sound.voices import Voices
from jambox.units import Decibels, gain

CEILING = gain(Decibels(-1.01))
"""True peak that nothing passes: a hair under -1 dBTP, for the rounding of 16-bit cards."""
GLIDE = 0.010
"""Time constant, in seconds, with which every gain follows its goal; those of the mixer, twice over, corners slower."""
NOTCHING = 0.004
"""Time constant, in seconds, with which notches against howls come and go, twice over."""
THINNED = 24000.0
"""Hz that howls are looked for at, or a little less or more."""
HALL_GLIDE = 0.1
"""The same for the gains within the reverb; and seconds in which its lines are faded over to other lengths."""
GIVING, TAKING = 0.020, 0.400
"""Time constants, in seconds, with which drone and rhythm give way, and come back."""
RELEASE = 0.150
"""Time constant, in seconds, with which the limiter lets go."""
FALL = 0.3
"""Time constant, in seconds, with which meters fall, and of their mean squares."""
HOLD = 0.010
"""Seconds, or up to twice as many, for which gate and compressor hold a peak: half a cycle of 50 Hz."""
SLOT = 0.1
"""Seconds in a slot of loudness: EBU Tech 3341 asks for ten readings a second."""
PHASE_0 = (
    *(0.0017089843750, 0.0109863281250, -0.0196533203125, 0.0332031250000, -0.0594482421875, 0.1373291015625),
    *(0.9721679687500, -0.1022949218750, 0.0476074218750, -0.0266113281250, 0.0148925781250, -0.0083007812500),
)
PHASE_1 = (
    *(-0.0291748046875, 0.0292968750000, -0.0517578125000, 0.0891113281250, -0.1665039062500, 0.4650878906250),
    *(0.7797851562500, -0.2003173828125, 0.1015625000000, -0.0582275390625, 0.0330810546875, -0.0189208984375),
)
INTERPOLATOR = (PHASE_0, PHASE_1, PHASE_1[::-1], PHASE_0[::-1])
"""ITU-R BS.1770-4, annex 2: four phases of twelve taps."""
SLOWEST = max(sum(phase[first:]) for phase in INTERPOLATOR for first in range(layout.TAPS))
"""What the registers of the interpolator make of a slow signal at most."""
WORST = max(sum(map(abs, phase)) for phase in INTERPOLATOR)
"""What they make of any signal at most."""
SHARES = (0.619, 0.719, 0.811, 0.917, 1.029, 1.153, 1.297, 1.455)
"""Lengths of the reverb's lines by their mean: evenly spread, no two in a simple ratio."""
DIFFUSERS = ((142, 0.75), (107, 0.75), (379, 0.625), (277, 0.625))
"""Lengths, in frames at 29761 Hz, and gains of the reverb's allpasses (Dattorro, 1997, table 1)."""
LONGEST_HALL = 30.0
"""Metres: the greatest size."""


class Strips:
    """Tables and inner loops of one mixer for `inputs` capture channels at `rate` Hz.

    The first `wanted` of them are strips of the mixer; the others stay silent, whatever its strips say. `strokes` has
    1 for each whose strokes are listened for, 0 for others. Real-time safe after construction.
    """

    def __init__(self, rate: float, mixer: Mixer, inputs: int, wanted: int | None = None) -> None:
        self.inputs = inputs
        self._rate = rate
        self._wanted = inputs if wanted is None else wanted
        self._values = table("d", VALUES)
        low, high = parameters.bounds()
        self._lows, self._highs = filled(low), filled(high)
        self.levels, self.glides = table("d", layout.LEVELS), table("d", layout.LEVELS)
        self.meters = table("d", layout.METERS)
        self.strip_meters = table("d", inputs * layout.STRIP_METERS)
        self._goals, self._present = table("d", inputs * layout.DESIGN), table("d", inputs * layout.DESIGN)
        self.state = table("d", inputs * layout.STRIP_STATE)
        self._flags = table("l", inputs * layout.STRIP_FLAGS)
        self.strokes = table("d", inputs)
        self._house_goals, self.house = table("d", layout.HOUSE_DESIGN), table("d", layout.HOUSE_DESIGN)
        self._channels = self._make_channels()
        self._hall = self._make_hall()
        self._master = self._make_master()
        self.set_mixer(parameters.flatten(mixer))
        self._channels.settle()
        self._master.settle()

    def make_mix(self, bank: "memoryview[float]", voices: Voices, longest: int) -> mix.Mix:
        """The loops over everything that sounds, for spans of up to `longest` frames."""
        buses = table("d", layout.ROWS * longest)
        return mix.Mix(self._channels, self._master, bank, voices.ints, voices.floats, self.state, self.house, buses)

    def set_mixer(self, values: Sequence[float]) -> None:
        """Glide to other parameters, given as `parameters.flatten` does; those out of range are clamped."""
        self._values[:] = values if isinstance(values, memoryview) else filled(values)
        design.clamp(self._values, self._lows, self._highs)
        side = solo = 0
        for strip in range(self.inputs):
            row = strip * layout.STRIP_VALUES
            if strip >= self._wanted:
                self._values[row + layout.MUTE] = 1.0
            side = 2 if side == 1 else self._pairs(strip)
            self._set_strip(strip, side)
            solo = solo or self._values[row + layout.SOLO] >= 0.5
        house = STRIPS * layout.STRIP_VALUES
        for bus in (layout.DRONE_SOLO, layout.RHYTHM_SOLO):
            solo = solo or self._values[house + bus] >= 0.5
        design.house(self._values, house, self._house_goals, self._rate)
        self._house_goals[layout.SOLOING] = 1.0 if solo else 0.0
        self._hall.design(self._values, house, self._rate)

    def listen(self) -> None:
        """Begin anew to keep what is loudest of each captured channel."""
        for top in range(layout.TOP, len(self.strip_meters), layout.STRIP_METERS):
            self.strip_meters[top] = 0.0

    def read_meters(self, page: "memoryview[float]") -> None:
        """Lay all meters on a page (float64, METERS), as `meters` reads it."""
        page[0] = self.inputs
        page[meters.HOUSE : meters.STRIPS] = self.meters
        page[meters.STRIPS : meters.STRIPS + len(self.strip_meters)] = self.strip_meters

    def _pairs(self, strip: int) -> int:
        # The last strip has no other to its right.
        paired = strip + 1 < min(self.inputs, self._wanted)
        return 1 if paired and self._values[strip * layout.STRIP_VALUES + layout.PAIR] >= 0.5 else 0

    def _set_strip(self, strip: int, side: int) -> None:
        left = strip - 1 if side == 2 else strip
        design.strip(self._values, left * layout.STRIP_VALUES, self._goals, strip * layout.DESIGN, self._rate, side)
        flags = strip * layout.STRIP_FLAGS
        self._flags[flags + layout.PARTNER] = strip + 1 if side == 1 else left
        listened = self._values[STRIPS * layout.STRIP_VALUES + layout.DUCK_STRIP] == strip + 1
        self._flags[flags + layout.LISTENED] = int(listened)
        guarded = self._values[STRIPS * layout.STRIP_VALUES + layout.GUARD] >= 0.5
        guarded = guarded and self._values[left * layout.STRIP_VALUES + layout.MIC] >= 0.5
        self._flags[flags + layout.GUARDED] = int(guarded)
        self.strokes[strip] = 1.0 if self._values[left * layout.STRIP_VALUES + layout.STROKES] >= 0.5 else 0.0
        self._flags[flags + layout.RESTLESS] = 1

    def _ticks(self, seconds: float) -> float:
        """Share of its way that something with this time constant goes in a tick."""
        return 1.0 - coefficient(seconds, self._rate / layout.TICK)

    def _make_channels(self) -> channels.Channels:
        return channels.Channels(
            self.inputs,
            self._make_guard(),
            self._goals,
            self._present,
            self.state,
            self._flags,
            self.strip_meters,
            self.meters,
            self._ticks(GLIDE),
            1.0 - self._ticks(FALL),
            self._ticks(FALL),
            math.ceil(HOLD * self._rate / layout.TICK),
        )

    def _make_guard(self) -> guard.Guard:
        factor = 1 << max(round(math.log2(self._rate / THINNED)), 0)
        heard = spectra.Spectra(self.inputs, factor)
        return guard.Guard(self.inputs, self._rate, heard, self._flags, self.strip_meters, self._ticks(NOTCHING))

    def _make_hall(self) -> hall.Hall:
        longest = math.ceil(LONGEST_HALL / layout.SPEED_OF_SOUND * SHARES[-1] * self._rate)
        delays = [float(round(frames / 29761.0 * self._rate)) for frames, _ in DIFFUSERS]
        return hall.Hall(
            table("f", len(SHARES) * _power_over(longest + 100)),
            table("f", len(DIFFUSERS) * _power_over(int(max(delays)))),
            filled(delays + [gain for _, gain in DIFFUSERS]),
            filled(SHARES),
            _next_primes(longest + 100),
            table("d", layout.HALL_DESIGN),
            table("d", layout.HALL_DESIGN),
            table("d", 2 * len(SHARES)),
            self._ticks(HALL_GLIDE),
            1.0 / (HALL_GLIDE * self._rate),
        )

    def _make_master(self) -> master.Master:
        return master.Master(
            self._hall,
            self.levels,
            self.glides,
            self._house_goals,
            self.house,
            self.meters,
            filled([phase[tap] for tap in range(layout.TAPS) for phase in INTERPOLATOR]),
            filled(k_weighting(self._rate)),
            level_glide=1.0 - coefficient(GLIDE, self._rate),
            release=coefficient(RELEASE, self._rate),
            glide=self._ticks(GLIDE),
            fall=1.0 - self._ticks(FALL),
            mean=self._ticks(FALL),
            giving=self._ticks(GIVING),
            taking=self._ticks(TAKING),
            ceiling=CEILING,
            headroom=SLOWEST / CEILING,
            worst=WORST / CEILING,
            slot=max(round(SLOT * self._rate / layout.TICK), 1),
        )


def coefficient(seconds: float, rate: float) -> float:
    """Per-frame factor by which a decay of that time constant falls: exp(-1 / (seconds rate))."""
    return math.exp(-1.0 / (seconds * rate))


def k_weighting(rate: float) -> list[float]:
    """b0 b1 b2 a1 a2 of the two filters of ITU-R BS.1770-4: a shelf, then a high-pass.

    The Recommendation has them for 48 kHz; other rates get the same analogue prototypes by the bilinear transform
    (their numbers: De Man, "Evaluation of implementations of the EBU R128 loudness measurement", AES 145, 2018).
    """
    k, q, level = math.tan(math.pi * 1681.974450955533 / rate), 0.7071752369554196, 3.999843853973347
    high = 10.0 ** (level / 20.0)
    band = high**0.4996667741545416
    over = 1.0 + k / q + k * k
    shelf = [
        *((high + band * k / q + k * k) / over, 2.0 * (k * k - high) / over, (high - band * k / q + k * k) / over),
        *(2.0 * (k * k - 1.0) / over, (1.0 - k / q + k * k) / over),
    ]
    k, q = math.tan(math.pi * 38.13547087602444 / rate), 0.5003270373238773
    over = 1.0 + k / q + k * k
    return [*shelf, 1.0, -2.0, 1.0, 2.0 * (k * k - 1.0) / over, (1.0 - k / q + k * k) / over]


def _power_over(number: int) -> int:
    return 1 << number.bit_length()


def _next_primes(size: int) -> "memoryview[int]":
    """For each number below `size`, the smallest prime that is not smaller (0 past the last of them)."""
    prime = bytearray([0, 0] + [1] * (size - 2))
    for number in range(2, math.isqrt(size) + 1):
        if prime[number]:
            prime[number * number :: number] = bytes(len(range(number * number, size, number)))
    made: memoryview[int] = table("l", size)
    for number in range(size - 1, -1, -1):
        made[number] = number if prime[number] or number == size - 1 else made[number + 1]
    return made
