"""A stage with an engine that only writes down what it is told, and a workshop that makes sounds when it is let."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, NamedTuple

import msgspec
import pytest

from jambox import stage as stages
from jambox.errors import DeviceError
from jambox.music.cycle import Score
from jambox.music.drone import Figure
from jambox.music.roll import read
from jambox.scene import Scene
from jambox.sound import commands, shelves, supervisor
from jambox.sound.commands import DefineSample
from jambox.sound.shelves import Job, Made
from jambox.stage import Stage
from tests.shipped import LIBRARY

SHELVES = shelves.arrange(48000)
TABLA, KIT = Scene(cycle="teental"), Scene(cycle="four-floor")
MET, OTHER = Scene(cycle="rupak", meet=0.25, partner="lesnoto"), Scene(cycle="samba", meet=0.75, partner="bulerias")
D3 = Scene().tonic
OTHERS = [D3 * 2.0 ** (step / 12.0) for step in range(4)]


class Swapped(NamedTuple):
    """A score that takes the place of its kin at once."""

    score: Score


class Engine:
    """A Link's control end that keeps what was sent. Once `deaf` it refuses everything."""

    def __init__(self) -> None:
        self.told: list[commands.Command | Score | Swapped | Figure] = []
        self.levels: list[float] = []
        self.deaf = False

    def send(self, command: commands.Command) -> None:
        self._take(command)

    def send_score(self, text: bytes) -> None:
        self._take(read(text))

    def swap_score(self, text: bytes) -> None:
        self._take(Swapped(read(text)))

    def send_figure(self, text: bytes) -> None:
        self._take(msgspec.msgpack.decode(text, type=Figure))

    def set_levels(self, levels: Sequence[float]) -> None:
        self.levels = list(levels)

    def _take(self, what: commands.Command | Score | Swapped | Figure) -> None:
        if self.deaf:
            raise DeviceError("the engine does not take commands any more")
        self.told.append(what)

    def kinds(self) -> list[type]:
        """The kinds of what it was told, samples left out."""
        return [type(what) for what in self.told if not isinstance(what, DefineSample)]

    def last(self, kind: type[Any]) -> Any:
        """The last thing of that kind."""
        return [what for what in self.told if isinstance(what, kind)][-1]

    def samples(self) -> dict[int, DefineSample]:
        """What each slot holds."""
        return {what.slot: what for what in self.told if isinstance(what, DefineSample)}


class Workshop:
    """Makes, in all, as many samples as `may` says; `fails` with that message in place of the next one.

    Each shelf has room for as many as `fits` says.
    """

    def __init__(self) -> None:
        self.may = 1 << 30
        self.fails = ""
        self.jobs: list[Job] = []
        self.made: list[tuple[Job, Made]] = []
        self.fits = 1 << 30
        self.on_made: Callable[[Made], None] = lambda _made: None

    async def make(self, job: Job, bank: int) -> AsyncIterator[Made]:
        assert bank == 99
        self.jobs.append(job)
        for number, wanted in enumerate(job.wanted):
            if sum(before.shelf.slot == job.shelf.slot for before, _ in self.made) == self.fits:
                return
            while self.may <= 0:
                await asyncio.sleep(0.0)
            if self.fails:
                raise DeviceError(self.fails)
            self.may -= 1
            made = Made(wanted.slot, job.shelf.offset + number, 1)
            self.on_made(made)
            self.made.append((job, made))
            yield made


Story = Callable[[Stage, Engine, Workshop], Awaitable[None]]


def tell(story: Story) -> None:
    """Tells a story of a stage, whose real workshop and waiting are taken away."""

    async def run() -> None:
        engine, workshop = Engine(), Workshop()
        link: Any = engine
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(supervisor, "make", workshop.make)
            for wait in ("REST", "SOON", "RINGS"):
                patch.setattr(stages, wait, 0.0)
            stage = Stage(LIBRARY, link, 99, SHELVES, 48000, "/cache")
            await story(stage, engine, workshop)
            await stage.close()

    asyncio.run(run())


async def settle() -> None:
    """Lets every task do all that it can."""
    for _ in range(300):
        await asyncio.sleep(0.0)


def with_(scene: Scene, **changes: object) -> Scene:
    return msgspec.structs.replace(scene, **changes)


def slots(score: Score | None) -> set[int]:
    """Every slot that a score strikes."""
    hits = score.hits if score else ()
    return {sound.slot + i for hit in hits for sound in hit.sounds for i in range(sound.variants)}
