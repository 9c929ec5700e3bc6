"""A restless hand on ENERGY and MEET, through the stage to the player that strikes: nothing is doubled or dropped.

Every stroke has a sound of its own here, so that what is struck tells which stroke it was.
"""

import asyncio
from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jambox.music import energy, library, meet
from jambox.music.cycle import Cycle
from jambox.music.drums import Drums, StrokeSounds
from jambox.music.meet import Meeting
from jambox.scene import Scene
from jambox.sound import commands, shelves, supervisor
from jambox.sound.players import RhythmPlayer, Samples
from jambox.stage import Stage
from jambox.units import Hertz
from tests.shipped import LIBRARY
from tests.stages import Workshop, settle

RATE = 48000
PAIRS = [("rupak", "lesnoto"), ("keherwa", "four-floor"), ("bulerias", "standard-bell"), ("jhaptal", "lesnoto")]
SHARES = st.integers(0, 20).map(lambda step: step / 20.0)
TURNS = st.lists(st.tuples(st.floats(0.01, 3.0), SHARES, SHARES), min_size=1, max_size=25)


def told_apart(name: str) -> tuple[Cycle, Drums]:
    """A cycle and its family, in which each stroke has its own name and sound."""
    cycle = LIBRARY.cycle(name)
    names = [f"{name} {number}" for number in range(len(cycle.strokes))]
    strokes = tuple(msgspec.structs.replace(s, name=n) for s, n in zip(cycle.strokes, names, strict=True))
    drums = Drums(name, name, "S1", (), {each: StrokeSounds((each,)) for each in names})
    return msgspec.structs.replace(cycle, file=msgspec.structs.replace(cycle.file, drums=name), strokes=strokes), drums


class Struck:
    """In the place of voices: which slots were started."""

    def __init__(self) -> None:
        self.slots: list[int] = []

    def start(
        self, _bus: int, offset: int, _length: int, _gain: float, *, choke: int, dark: float, corner: float
    ) -> None:
        assert (choke, dark, corner) == (0, 0.0, 0.0)
        self.slots.append(offset)


class Playing:
    """A Link's control end with a player of the rhythm behind it."""

    def __init__(self) -> None:
        samples = Samples(1024)
        for slot in range(1024):
            samples.define(slot, slot, 1)
        self.player, self.frame = RhythmPlayer(RATE, samples, 0), 0
        self.struck: list[tuple[float, int]] = []

    def send(self, command: commands.Command) -> None:
        if isinstance(command, commands.StartRhythm):
            self.player.start(command.beat, self.frame)

    def send_score(self, text: bytes) -> None:
        self.player.load(memoryview(text).cast("d"), self.frame)

    def swap_score(self, text: bytes) -> None:
        self.player.swap(memoryview(text).cast("d"), self.frame)

    def run(self, until: int) -> None:
        """Play up to a frame."""
        while self.player.due < until:
            frame, voices = self.player.due, Struck()
            self.player.play(voices, frame)  # type: ignore[arg-type]
            beat = self.player.timeline.beat_at(frame)
            self.struck += [(beat, slot) for slot in voices.slots]
        self.frame = until


@pytest.mark.parametrize("pair", PAIRS, ids=" meets ".join)
@settings(max_examples=20, deadline=None)
@given(turns=TURNS)
def test_each_stroke_comes_once_in_a_period_or_not_at_all(
    pair: tuple[str, str], turns: list[tuple[float, float, float]]
) -> None:
    one, other = told_apart(pair[0]), told_apart(pair[1])
    found = library.Library({c.id: c for c, _ in (one, other)}, {d.id: d for _, d in (one, other)}, {}, ())
    first = Scene(cycle=pair[0], partner=pair[1], meet=turns[0][1] or 0.05, energy=turns[0][2], tempo=120.0)
    link: Any = Playing()

    async def play() -> None:
        stage = Stage(found, link, 99, shelves.arrange(RATE), RATE, "")
        stage.load_cycle(first, 0)
        await settle()
        stage.start_rhythm()
        for wait, blend, amount in turns:
            link.run(link.frame + round(wait * RATE))
            stage.vary(msgspec.structs.replace(first, meet=blend, energy=amount), link.player.score.serial)
        link.run(link.frame + 20 * RATE)
        await stage.close()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(supervisor, "make", Workshop().make)
        asyncio.run(play())
    stands = [(first.meet, first.energy), *((blend, amount) for _, blend, amount in turns)]
    check(meet.meeting(one[0], other[0], 120.0), link, slots_of(one[1], other[1]), stands)


def check(pair: Meeting, link: Playing, slots: dict[int, str], stands: list[tuple[float, float]]) -> None:
    """Each stroke at most once in each period; those that sound wherever the hand stood, once."""
    counted: dict[int, Counter[str]] = {}
    for beat, slot in link.struck:
        counted.setdefault(int((beat + 1e-3) // pair.length), Counter())[slots[slot]] += 1
    most, least = Counter[str](), Counter[str]()
    for part in pair.parts:
        name = part.played.stroke.name
        most[name] += 1
        least[name] += all(part.at(blend) and energy.sounds(part.played.needs, amount) for blend, amount in stands)
    for period in range(int(link.player.timeline.beat_at(link.frame) // pair.length)):
        struck = counted.get(period, Counter())
        for name in most:
            assert least[name] <= struck[name] <= most[name], (period, name)


def slots_of(*families: Drums) -> dict[int, str]:
    """The sound in each slot: the families lie on the first shelves, in their order."""
    arranged = shelves.arrange(RATE)
    return {
        wanted.slot: wanted.name
        for drums, shelf in zip(families, arranged.drums, strict=False)
        for wanted in shelves.drums_wanted(drums, Hertz(100.0), shelf)
    }
