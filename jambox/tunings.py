"""The tunings there are while the box runs: the library's, the user's own, and those on sticks, which come and go.

Folders are looked through at the start, when something is mounted or let go, and when somebody asks for a tuning by
name; by a thread of its own, since a stick that fails may keep its reader waiting for half a minute.
"""

import asyncio
import glob
import logging
import select
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from jambox import scenes
from jambox.actions import Action, SetTuning
from jambox.errors import DataError, StateError
from jambox.herald import Herald
from jambox.music import library
from jambox.music.library import FEW, Library, by_tradition
from jambox.music.scala import parse_map, print_map
from jambox.music.tuning import Tuning, parse_tuning, print_tuning
from jambox.options import Options
from jambox.panel.feedback import Event
from jambox.scene import Scene
from jambox.scenes import Kept

PATIENCE = 1.5
"""Seconds that are waited for a look; what it finds later is taken when it comes."""
SHOWN = 10
"""Tunings that are named, or faults of one folder that are told; of more, how many."""
MOUNTS = "/proc/self/mountinfo"
"""The kernel tells of a change in it (proc_pid_mountinfo(5), poll)."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Found:
    """What a look has found: tunings of the user's own folder and of sticks, by id, and a line for each fault."""

    own: Mapping[str, Tuning] = field(default_factory=dict)
    sticks: Mapping[str, Tuning] = field(default_factory=dict)
    faults: tuple[str, ...] = ()


def look(shipped: Mapping[str, Tuning], own: Path, sticks: Iterable[str]) -> Found:
    """Read the user's `own` folder, whose tunings may take the place of `shipped` ones, and `sticks`, which are globs.

    What is on a stick takes no other's place: it is told, unless it is the same.
    """
    faults: list[str] = []
    here = {tuning.id: tuning for tuning in library.tunings_in(own, faults)}
    told = _few(faults, str(own))
    there: dict[str, Tuning] = {}
    for folder in dict.fromkeys(path for pattern in sticks for path in sorted(glob.glob(pattern))):
        faults = []
        for tuning in library.tunings_in(Path(folder), faults):
            known = there.get(tuning.id) or here.get(tuning.id) or shipped.get(tuning.id)
            if known is None:
                there[tuning.id] = tuning
            elif (known.scale.intervals, known.map) != (tuning.scale.intervals, tuning.map):
                why = f"there is another tuning called {tuning.id!r}: give the file another name"
                faults.append(f"{library.shown(folder)}/{tuning.id}.scl: {why}")
        told += _few(faults, folder)
    return Found(here, there, tuple(told))


def _few(faults: list[str], folder: str) -> list[str]:
    if len(faults) <= SHOWN:
        return faults
    place = library.shown(folder)
    return [*faults[:SHOWN], f"{place}: {len(faults) - SHOWN} more cannot be used: see `jambox check {place}`"]


def everything(data: Path, sticks: Sequence[str]) -> Library:
    """The shipped library, with what is in the user's folder `data` and on sticks."""
    loaded = library.load((library.SHIPPED, data))
    found = look(loaded.tunings, data / "tunings", sticks)
    return replace(loaded, tunings=by_tradition({**loaded.tunings, **found.sticks}))


class Tunings(Mapping[str, Tuning]):
    """All tunings by id, as the latest look has found them, with those that were in use when their file went.

    For one thread, which may be another before than after the call of `watch`; but `kept` is for any.
    """

    def __init__(self, loaded: Library, options: Options) -> None:
        self._shipped, self._reported, self._options = loaded.tunings, loaded.faults, options
        self._found = Found()
        self._left: dict[str, Tuning] = {}
        self._all: dict[str, Tuning] = dict(loaded.tunings)
        self._one = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self._looking = self._begin()
        with suppress(TimeoutError):
            found = self._looking.result(PATIENCE)
            # What is the user's own has come with the library, but may be another later, or gone.
            self._shipped = {name: tuning for name, tuning in loaded.tunings.items() if name not in found.own}
            self._lay(found)

    def __getitem__(self, name: str) -> Tuning:
        return self._all[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def turned(self) -> tuple[str, ...]:
        """Those that are turned through: the wished ones that are there or, without wishes, FEW and the user's own."""
        wished = self._options.config.style.tunings
        names = wished or (*FEW, *self._found.own, *self._found.sticks, *self._left)
        return tuple(name for name in dict.fromkeys(names) if name in self)

    def kept(self, name: str) -> Kept | None:
        """What is to be kept of a tuning that is on a stick only."""
        tuning = self._found.sticks.get(name) or self._left.get(name)
        if tuning is None:
            return None
        return Kept(name, print_tuning(tuning), print_map(tuning.map) if tuning.map else "")

    def remember(self, scene: Scene) -> Scene:
        """Have the scene's tuning, if it was kept and there is no other of that name. The scene."""
        name = scene.tuning
        try:
            kept = None if name in self else scenes.load_tuning(self._options.state)
            if kept is not None and kept.id == name:
                beside = parse_map(kept.kbm, f"{name}.kbm") if kept.kbm else None
                self._left[name] = msgspec.structs.replace(parse_tuning(kept.scl, f"{name}.scl", name), map=beside)
                self._lay(self._found)
        except (StateError, DataError) as fault:
            _log.warning("%s", fault)
        return scene

    def as_dict(self) -> dict[str, object]:
        """For people who ask: what came on sticks, what is kept of one that is gone, and what cannot be used."""
        return {"sticks": list(self._found.sticks), "kept": list(self._left), "faults": list(self._found.faults)}

    async def look(self) -> None:
        """Look through the folders anew; after PATIENCE, that goes on by itself. Not before `watch`."""
        await asyncio.wait([self._look_aside()], timeout=PATIENCE)

    def watch(
        self, scene: Callable[[], Scene], act: Callable[[Action], None], forget: Callable[[], None], herald: Herald
    ) -> Callable[[], None]:
        """Look whenever something is mounted or let go, and tell `herald` of what has come and gone; what ends that.

        Where a tuning is another under its name, `forget` is called, and `act` told to take it if it is the `scene`'s.
        """
        self._scene, self._act, self._forget, self._herald = scene, act, forget, herald
        missing = (name for name in self._options.config.style.tunings if name not in self)
        told = (f"style: no tuning is called {name!r} yet: see `jambox list tunings`" for name in missing)
        for fault in (*(fault for fault in self._found.faults if fault not in self._reported), *told):
            _log.warning("%s", fault)
        leave = _on_mounts(asyncio.get_running_loop(), self._look_aside)
        if not self._looking.done():
            self._look_aside()

        def close() -> None:
            leave()
            for task in self._tasks:
                task.cancel()

        return close

    def _look_aside(self) -> "asyncio.Task[None]":
        if len(self._tasks) < 2:  # the second has not begun yet
            self._tasks.append(asyncio.ensure_future(self._look()))
            self._tasks[-1].add_done_callback(self._tasks.remove)
        return self._tasks[-1]

    async def _look(self) -> None:
        async with self._one:
            # One that is under way may have passed by what is asked for now.
            for looking in (self._looking, None):
                self._looking = looking or self._begin()
                await asyncio.wait([asyncio.wrap_future(self._looking)])
                self._take(self._looking.result())

    def _begin(self) -> "Future[Found]":
        looking: Future[Found] = Future()
        own, sticks = self._options.data / "tunings", self._options.config.tuning.folders

        def run() -> None:
            looking.set_result(look(self._shipped, own, sticks))

        threading.Thread(target=run, name="tunings", daemon=True).start()
        return looking

    def _take(self, found: Found) -> None:
        before, old, used = self._found, self._all, self._scene().tuning
        if found == before:
            return
        self._lay(found)
        if used in old and used not in self:
            self._left[used] = old[used]
            self._lay(found)
        self._tell(before, found)
        changed = [name for name in old if name in self and old[name] != self[name]]
        if changed:
            self._forget()
        if used in changed:
            self._act(SetTuning(used))

    def _tell(self, before: Found, found: Found) -> None:
        come, gone = found.sticks.keys() - before.sticks.keys(), before.sticks.keys() - found.sticks.keys()
        if come:
            self._herald.say(f"tunings here: {_listed(come)}")
        if gone:
            self._herald.say(f"tunings gone: {_listed(gone)}")
        if faults := [fault for fault in found.faults if fault not in before.faults]:
            for fault in faults:
                _log.warning("%s", fault)
            self._herald.tell(Event.REFUSED, "refuse")
        elif come or gone:
            self._herald.tell(*((Event.ARRIVED, "arrive") if come else (Event.LEFT, "leave")))

    def _lay(self, found: Found) -> None:
        self._found = found
        self._left = {name: each for name, each in self._left.items() if name not in {**found.own, **found.sticks}}
        self._all = by_tradition({**self._left, **self._shipped, **found.own, **found.sticks})


def _listed(names: Set[str]) -> str:
    shown = sorted(names)
    more = [f"{len(shown) - SHOWN} more"] if len(shown) > SHOWN else []
    return ", ".join([*shown[:SHOWN], *more])


def _on_mounts(loop: asyncio.AbstractEventLoop, mounted: Callable[[], object]) -> Callable[[], None]:
    """Calls `mounted` whenever something is mounted or let go; what ends that."""
    try:
        mounts = open(MOUNTS, "rb")  # noqa: SIM115
    except OSError as fault:
        _log.warning("%s: %s: a stick is seen when its tuning is asked for by name", MOUNTS, fault)
        return lambda: None
    # The file is always readable, and urgent when it has changed: of that an event loop knows nothing, but an epoll.
    changes = select.epoll()
    changes.register(mounts, select.EPOLLPRI)

    def changed() -> None:
        changes.poll(0.0)
        mounted()

    def close() -> None:
        loop.remove_reader(changes.fileno())
        changes.close()
        mounts.close()

    loop.add_reader(changes.fileno(), changed)
    return close
