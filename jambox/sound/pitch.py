"""A note told from sound: its pitch, or why there is none to be told. Sound comes in as it is captured, in any pieces.

Every HOP, a frame of sound is compared with itself (YIN, see `hearing.differences`). A note is told when the pitches of
the frames in a row agree: those of STEADY within SPREAD and level; or those of WAVERING, as a voice's vibrato makes
them, around a middle that does not move, and then that middle counts. What slides, what has no pitch and what is more
than one note is told as such, never guessed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from jambox.sound import hearing
from jambox.sound.tables import table
from jambox.units import Hertz

LOWEST, HIGHEST = 38.0, 1050.0
"""Hz: from below the E of a bass to above the C of a soprano."""
HOP, WINDOW, LOOK = 0.02, 0.043, 0.3
"""Seconds between frames, that are compared in one, and in which the partials are told apart."""
STEADY, SPREAD, DRIFT = 12, 16.0, 5.0
"""Frames of a steady note; cents within which they lie; cents by which a line through them may rise or fall."""
WAVERING, WIDEST, SHIFT = 28, 80.0, 9.0
"""The same of a wavering one: three cycles of a vibrato (4.5 to 7 Hz); cents from the middle; of half to half."""
PATIENCE = 31
"""Frames of sound within which a note must be told, or a wavering one have begun: 0.7 s."""
QUIET = 10.0 ** (-50.0 / 10.0)
"""Mean square (-50 dBFS) below which nothing sounds."""
UNLIKE = 0.12
"""How unlike itself a note may be, of 1: noise 15 dB below it is as much."""
NEAR = 0.03
"""By how much less it may be at a longer period than at a shorter that is taken for the true one."""
FAINT = 0.01
"""The share of the power that partials have at least which only a single note can have."""
TURNS = 6
"""Periods, at most, from which one is told: over more of them, a voice's vibrato blurs it."""
OTHERS = 0.05
"""The share that may be something else in a steady note: noise, or another 13 dB below it."""
PARTIALS, LOWER = 40, 4
"""How many partials are looked for, and of these, by how many of the lowest the pitch of a steady note is told."""
APART = 0.1
"""Seconds between two looks at them; in half a turn in that time, a partial is 5 Hz off."""
SEVERAL, UNSTEADY, NOTHING = "more than one note", "no steady note", "nothing"
"""What was heard instead of a note."""


@dataclass(frozen=True, slots=True)
class Note:
    """A pitch, and how many seconds of sound it took."""

    pitch: Hertz
    seconds: float


@dataclass(frozen=True, slots=True)
class Refused:
    """What was heard instead of a note, as one of the words above, and after how many seconds of sound."""

    heard: str
    seconds: float


class Listener:
    """Listens to sound at `rate` Hz, as `hearing.Funnel` thins it out, until `heard` tells what it is."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._hop, self._window = round(HOP * rate), round(WINDOW * rate)
        self._unlike = table("d", math.ceil(rate / LOWEST) + 3)
        self._sound = table("d", max(round(LOOK * rate), self._window + len(self._unlike)) + self._hop)
        self._filled = self._fresh = self._loud = 0
        self._pitches: list[float] = []
        self.heard: Note | Refused | None = None

    def feed(self, samples: "memoryview[float]") -> None:
        """Take what has come (float64)."""
        first = 0
        while first < len(samples):
            piece = samples[first : first + self._hop - self._fresh]
            self._take(piece)
            first += len(piece)

    def _take(self, piece: "memoryview[float]") -> None:
        count = len(piece)
        self._sound[:-count] = self._sound[count:]
        self._sound[-count:] = piece
        self._filled = min(self._filled + count, len(self._sound))
        self._fresh += count
        if self._fresh == self._hop:
            self._fresh = 0
            if self.heard is None:
                self._look()

    def _look(self) -> None:
        long = self._window + len(self._unlike)
        if self._filled < long:
            return
        power = hearing.differences(self._sound, len(self._sound) - long, self._window, self._unlike)
        sounds = power > QUIET
        self._loud += sounds
        cycle = period(self._unlike, self._rate / HIGHEST) if sounds else 0.0
        if not cycle:
            self._pitches.clear()
        else:
            self._pitches.append(1200.0 * math.log2(self._rate / cycle))
        self._judge()

    def _judge(self) -> None:
        middle = agreed(self._pitches)
        seconds = self._loud * HOP + (self._window + len(self._unlike)) / self._rate - HOP
        if middle is not None:
            wavers = max(self._pitches[-STEADY:]) - min(self._pitches[-STEADY:]) > SPREAD
            pitch = self._single(2.0 ** (middle / 1200.0), wavers)
            self.heard = Note(Hertz(pitch), seconds) if pitch else Refused(SEVERAL, seconds)
        elif self._loud >= PATIENCE and (not self._pitches or len(self._pitches) >= WAVERING):
            self.heard = Refused(UNSTEADY, seconds)

    def _single(self, pitch: float, wavers: bool) -> float:
        """The pitch (Hz) as the lowest partials have it, for a stiff string's higher ones are sharp; 0.0: not single.

        Where not only whole multiples of it sound there are several notes. Where only some do, it is what several have
        in common, and nobody's pitch.
        """
        count = min(max(int(1.2 * hearing.CORNER / pitch), 3), PARTIALS)
        early, late = table("d", 2 * count), table("d", 2 * count)
        frames = round(LOOK * self._rate)
        first, apart = len(self._sound) - frames, round(APART * self._rate)
        hearing.harmonics(self._sound, first, frames - apart, self._rate / pitch, early)
        hearing.harmonics(self._sound, first + apart, frames - apart, self._rate / pitch, late)
        powers = [0.5 * (late[2 * n] ** 2 + late[2 * n + 1] ** 2) for n in range(count)]
        total = sum(powers)
        if not wavers and total < (1.0 - OTHERS) * hearing.loudness(self._sound, first + apart, frames - apart):
            return 0.0
        if powers[0] + powers[1] < FAINT * total:
            return 0.0
        for other in (3, 5, 7):
            if sum(power for n, power in enumerate(powers, 1) if n % 2 and n % other) < FAINT * total:
                return 0.0
        return pitch if wavers else pitch + self._off(pitch, early, late, powers[:LOWER], apart)

    def _off(
        self, pitch: float, early: "memoryview[float]", late: "memoryview[float]", powers: Sequence[float], apart: int
    ) -> float:
        """By how many Hz the lowest partials are higher: they turn so far from `early` to `late`, `apart` samples."""
        off = weights = 0.0
        for n, power in enumerate(powers):
            turn = math.atan2(late[2 * n + 1], late[2 * n]) - math.atan2(early[2 * n + 1], early[2 * n])
            turn -= 2.0 * math.pi * (n + 1) * pitch * apart / self._rate
            weight = power * (n + 1) ** 2
            off += weight * math.remainder(turn, 2.0 * math.pi) / (n + 1)
            weights += weight
        return off / weights * self._rate / (2.0 * math.pi * apart)


def agreed(pitches: Sequence[float]) -> float | None:
    """The pitch (cents) on which the latest of these agree, steady or wavering around it."""
    latest = pitches[-STEADY:]
    if len(latest) == STEADY and max(latest) - min(latest) <= SPREAD and abs(_rise(latest)) <= DRIFT:
        return fmean(latest)
    latest = pitches[-WAVERING:]
    if len(latest) < WAVERING:
        return None
    middle, half = _middle(latest), WAVERING // 2
    if max(abs(each - middle) for each in latest) > WIDEST:
        return None
    return middle if abs(_middle(latest[:half]) - _middle(latest[half:])) <= SHIFT else None


def _rise(values: Sequence[float]) -> float:
    """By how much a straight line through them rises, from first to last."""
    centre = (len(values) - 1) / 2.0
    weights = [k - centre for k in range(len(values))]
    slope = sum(w * v for w, v in zip(weights, values, strict=True)) / sum(w * w for w in weights)
    return slope * (len(values) - 1)


def _middle(values: Sequence[float]) -> float:
    """Their mean through a Hann window, in which what comes and goes quickly does not count."""
    weights = [1.0 - math.cos(2.0 * math.pi * (k + 0.5) / len(values)) for k in range(len(values))]
    return sum(w * v for w, v in zip(weights, values, strict=True)) / sum(weights)


def period(unlike: "memoryview[float]", shortest: float) -> float:
    """The period, in samples with a fraction, at which sound repeats itself; 0.0 where it does not.

    It is the first of those that are about as good as the best. Several periods tell it more finely than one does.
    """
    dips = [
        _dip(unlike, lag)
        for lag in range(max(int(shortest), 2), len(unlike) - 1)
        if unlike[lag] < 0.3 and unlike[lag - 1] > unlike[lag] <= unlike[lag + 1]
    ]
    best = min((depth for _, depth in dips), default=1.0)
    if best > UNLIKE:
        return 0.0
    cycle = next(lag for lag, depth in dips if depth <= best + NEAR + 4.0 / (lag * lag))
    turns = 2
    while turns <= TURNS and turns * cycle < len(unlike) - 2:
        near = round(turns * cycle)
        lag = min(range(near - 1, near + 2), key=lambda at: unlike[at])
        cycle = _dip(unlike, lag)[0] / turns
        turns += 1
    return cycle


def _dip(unlike: "memoryview[float]", lag: int) -> tuple[float, float]:
    """Where a parabola through three points has its lowest, and how low."""
    before, here, after = unlike[lag - 1], unlike[lag], unlike[lag + 1]
    curve = before - 2.0 * here + after
    if curve <= 0.0:
        return float(lag), here
    shift = min(max(0.5 * (before - after) / curve, -1.0), 1.0)
    return lag + shift, here - 0.25 * (before - after) * shift
