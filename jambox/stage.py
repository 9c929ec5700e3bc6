"""The stage: effects on one side; samples in the bank, scores and commands to the engine on the other.

It knows what the engine has been told, so it can tell a new one the same.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

import msgspec

from jambox.config import MUTE, Voice
from jambox.errors import DeviceError
from jambox.music.arrangement import Arrangement, Cast, Marked
from jambox.music.cycle import Cycle, Score
from jambox.music.drone import Figure, figure
from jambox.music.drums import Drums
from jambox.music.library import Library
from jambox.music.passages import Kind
from jambox.music.roll import lay
from jambox.music.surprise import varied
from jambox.prompter import Prompter
from jambox.renderings import Renderings
from jambox.rounds import LOCKS, Lock
from jambox.scene import SILENCE, Scene
from jambox.scores import Scores, Take
from jambox.sound import commands, shelves
from jambox.sound.commands import Status
from jambox.sound.shared import Link
from jambox.sound.shelves import SIGNALS, Filled, Made, Shelves
from jambox.units import Decibels, Hertz, gain
from jambox.variation import Variation

SIGNAL_GAIN = 0.5
"""Earcons lie under the mix."""
WAVER = 0.03
"""The share by which a tempo may be off before two cycles that meet are laid over each other anew."""
OLD = 8
"""Figures that are kept: the engine may still be plucking one of them."""
REST = 0.4
"""Seconds before a drone's shelf is written again: what sounded from it has faded by then."""
SOON, RINGS = 0.05, 2.0
"""Seconds between two looks for a shelf for drums, and before one that has just fallen silent is written again."""
UNHEARD = 0.02
"""Pulses by which a swung note may be off for its tempo, since a clock that leads is never still."""
T = TypeVar("T")
_log = logging.getLogger(__name__)


Parts = list[tuple[Cycle, Drums]]


class Stage:
    """Carries out what concerns sound, on the engine behind `link` and the bank behind `bank` (a descriptor).

    Each new wish replaces the one before. What an engine does not take, the next one is told again. All calls are for
    the event loop's thread.
    """

    def __init__(
        self, library: Library, link: Link, bank: int, arranged: Shelves, rate: int, cache: str, voice: Voice = MUTE
    ) -> None:
        self._library = library
        self._link = link
        self._renderings = Renderings(bank, rate, cache, self._define, self._missed)
        self._signals = Filled(arranged.signals)
        self._drums = [Filled(shelf) for shelf in arranged.drums]
        self._drones = [Filled(shelf) for shelf in arranged.drones]
        self._plucked = self._drones[0]
        self._wished: tuple[str, float] | None = None
        self._figure: bytes = b""
        self._tonic = self._bent = 0.0
        self._lock = Lock.FREE
        self.figures: dict[int, Figure] = {}
        self._start: Callable[[], None] | None = None
        self._late = ""
        words = [Filled(shelf) for shelf in arranged.words]
        self._prompter = Prompter(
            voice, words, self._renderings, lambda: self._scores.words_in_use(), lambda: self._scores.renew()
        )
        self._scores = Scores(self._swap_score, self._load_score, self._prompter.words)
        self._tempo = Scene().tempo
        self._cast_for: tuple[str, Variation, str] | None = None
        self._cast: list[Cycle] = []
        self._lined: tuple[str, Variation] | None = None
        self._line = 0

    @property
    def faults(self) -> Mapping[str, str]:
        """What could not be rendered or said, by name."""
        return {**self._renderings.faults, **self._prompter.faults}

    @property
    def serial(self) -> int:
        """The serial of the score last handed over; 0 before the first."""
        return self._scores.serial

    @property
    def scores(self) -> Mapping[int, Score]:
        """The scores that are kept, by serial."""
        return self._scores.scores

    def length(self, status: Status, scene: Scene) -> float:
        """Beats from sam to sam of what plays; while nothing does, of the scene's cycle."""
        score = self.scores.get(int(status.score)) if status.playing else None
        return score.sam if score else self._cycles(scene)[0].beats

    def sounding(self, status: Status) -> list[str]:
        """The ids of the cycles that sound: the one that was set, then whom it meets; none in silence."""
        take = self._scores.takes.get(int(status.score)) if status.playing else None
        return [cast.cycle.id for cast in (take.arrangement.first, take.arrangement.second) if cast] if take else []

    def marks(self, status: Status) -> Marked:
        """The claps and waves of what sounds, as `Arrangement.marks`."""
        take = self._scores.takes.get(int(status.score)) if status.playing else None
        return take.arrangement.marks(self._scores.shares[1]) if take else ((), ())

    def mix(self, scene: Scene) -> None:
        """Publish the scene's levels."""
        levels = (scene.inputs, scene.drone_level, scene.rhythm_level, scene.volume)
        self._link.set_levels([0.0 if level <= SILENCE else gain(Decibels(level)) for level in levels])

    def prepare_signals(self, tonic: Hertz) -> None:
        """Render the earcons."""
        if self._signals.key == ("earcons", tonic):
            return
        wanted = shelves.signals_wanted(tonic, self._signals.shelf)
        making = self._renderings.fill(self._signals, ("earcons", tonic), (wanted,), self._sound_late, {len(wanted)})
        self._renderings.run("signals", making)

    def signal(self, name: str) -> None:
        """Sound an earcon; the latest of those that are not rendered yet sounds when they are."""
        slot = self._signals.shelf.slot + SIGNALS.index(name)
        if slot in self._signals.made:
            self.send(commands.Strike(slot, SIGNAL_GAIN))
        else:
            self._late = name

    def _sound_late(self) -> None:
        late, self._late = self._late, ""
        if late:
            self.signal(late)

    def set_drone(self, scene: Scene) -> None:
        """Let the scene's drone sound in its tuning, or fade; render it where it is not yet rendered."""
        self.send(commands.StartDrone() if scene.drone_on else commands.StopDrone())
        self.prepare_drone(scene)

    def forget(self) -> None:
        """Render each drone anew when it is wished for: a tuning is another now under its name."""
        self._wished = None
        for each in self._drones:
            each.key = None

    def prepare_drone(self, scene: Scene) -> None:
        """See that the scene's drone is rendered and known to the engine; what sounds glides to its tonic meanwhile.

        Its rounds go with what the scene says at once.
        """
        if scene.round != self._lock:
            self._lock = scene.round
            self.send(commands.LockDrone(LOCKS.index(self._lock)))
        key = (" ".join(filter(None, (scene.drone, scene.strings, "in", scene.tuning))), scene.tonic)
        if self._wished == key:
            return
        self._wished = key
        self._bend(scene.tonic)
        drone = self._library.tuned(scene.drone, scene.tuning, scene.strings)
        target = self._drones[1] if self._plucked is self._drones[0] else self._drones[0]

        def load() -> None:
            sounds = shelves.drone_sounds(drone, target.shelf, target.made)
            made = figure(drone, Hertz(scene.tonic), sounds, max(self.figures, default=0) + 1)
            self.figures = {**dict(list(self.figures.items())[-OLD:]), made.serial: made}
            self._figure = msgspec.msgpack.encode(made)
            self._tell(self._link.send_figure, self._figure)
            self._plucked, self._tonic, self._bent = target, scene.tonic, scene.tonic

        wanted = shelves.drone_wanted(drone, Hertz(scene.tonic), target.shelf)
        there = [each for each in self._drones if each.key == key and len(each.made) == len(wanted)]
        if there:
            self._renderings.cancel("drone")
            if target in there:
                load()
            return
        once = len(drone.strings)
        # What sounds already holds out until every string is there; silence is broken by the first.
        steps = {once, len(wanted)} if self._figure else {1, once, len(wanted)}
        parts = wanted[:once], wanted[once:]  # drums that are wished meanwhile need not wait for the variants
        rest = REST if target.made else 0.0
        self._renderings.run("drone", self._renderings.fill(target, key, parts, load, steps, rest))

    def _bend(self, tonic: float) -> None:
        if self._figure and tonic != self._bent:
            self._bent = tonic
            self.send(commands.BendDrone(tonic / self._tonic))

    def load_cycle(self, scene: Scene, playing: int) -> None:
        """Bring the scene's cycle in, and whom it meets, tuned to its tonic; `playing` is the score that sounds."""
        self._tempo = self._prompter.tempo = scene.tempo
        self._scores.sounding, self._scores.shares = playing, (scene.energy, scene.meet)
        cast = [(cycle, self._library.family(cycle.file.drums)) for cycle in self._cycles(scene)]
        chosen = {drums.id: filled for _, drums in cast if (filled := self._ready(drums, scene))}
        line = self._line_of(scene)
        if all(drums.id in chosen for _, drums in cast):
            self._renderings.cancel("drums")
            self._hand_over(cast, chosen, line)
        else:
            self._renderings.run("drums", self._bring(cast, chosen, scene, line))

    def vary(self, scene: Scene, playing: int) -> None:
        """Let the scene's energy and meet be heard, at once; what changes places, at sam. Cheap where nothing changes.

        Call it again and again, not much oftener than is heard; `playing` is the score that sounds now.
        """
        self._scores.vary((scene.energy, scene.meet), playing)

    def lead_in(self, kind: Kind, scene: Scene, playing: int, room: float, seed: int = 0) -> str:
        """Let a fill or an ending lead to the next sam, `room` beats away; what it is called, or nothing."""
        passage = self._scores.lead(kind, playing, scene.tempo, room, seed)
        return passage.name if passage else ""

    def set_tempo(self, scene: Scene, playing: int) -> None:
        """Go on in the scene's tempo; `playing` is the serial of the score that sounds now."""
        self.send(commands.SetTempo(scene.tempo))
        self.swing(scene, playing)

    def swing(self, scene: Scene, playing: int) -> None:
        """Let what goes by the tempo go by the scene's, from the next sam on; cheap where nothing changes."""
        if self._prompter.is_late(scene.tempo):
            self._scores.sounding = playing
            self._scores.renew()
        if scene.tempo == self._tempo or not self._other_places(scene):
            return
        if self._renderings.is_under_way("drums"):
            self._tempo = scene.tempo  # in which it is handed over when it is made
        else:
            self.load_cycle(scene, playing)

    def _other_places(self, scene: Scene) -> bool:
        """Whether strokes fall elsewhere at the scene's tempo than at the one before, so that it is heard."""
        cycles = self._cycles(scene)
        if len(cycles) > 1 and abs(scene.tempo / self._tempo - 1.0) > WAVER:
            return True  # other strokes may come too near each other
        timings = [cycle.file.timing for cycle in cycles]
        return any(
            abs(new - old) > UNHEARD
            for timing in timings
            if timing
            for new, old in zip(timing.at(scene.tempo), timing.at(self._tempo), strict=True)
        )

    def start_rhythm(self, beat: float = 0.0, frame: float | None = None) -> None:
        """Play from `beat`, as soon as there is a score; with `frame`, as if that beat fell on it."""
        command = commands.StartRhythm(beat) if frame is None else commands.JoinRhythm(beat, frame)
        self._begin(lambda: self.send(command))

    def introduce_rhythm(self, scene: Scene) -> None:
        """Play from sam, after an introduction that begins as soon as there is a score."""

        def begin() -> None:
            self._scores.introduce(scene.tempo, lambda beat: self.send(commands.StartRhythm(beat)))

        self._begin(begin)

    def _begin(self, start: Callable[[], None]) -> None:
        if self.serial:
            start()
        else:
            self._start = start

    def end_rhythm(self) -> bool:
        """Close on the next sam; False when the rhythm still waited for its samples, and now waits no more."""
        waited, self._start = self._start is not None, None
        self.send(commands.EndRhythm())
        return not waited

    def stop_rhythm(self) -> None:
        """Silence the rhythm, whether it sounds or waits for its samples."""
        self._start = None
        self.send(commands.StopRhythm())

    def send(self, command: commands.Command) -> None:
        """Hand a command over as it is."""
        self._tell(self._link.send, command)

    def tell_again(self, link: Link, scene: Scene, beat: float | None) -> None:
        """Tell a new engine, behind `link`, everything; the rhythm goes on from `beat`, None when it is silent."""
        self._link = link
        self.mix(scene)
        for filled in (self._signals, *self._drums, *self._drones, *self._prompter.places):
            for made in filled.made.values():
                self._define(made)
        self.send(commands.SetTempo(scene.tempo))
        if self.serial:
            self._load_score(bytes(lay(self.scores[self.serial])))
        if self._lock != Lock.FREE:
            self.send(commands.LockDrone(LOCKS.index(self._lock)))
        if self._figure:
            self._tell(self._link.send_figure, self._figure)
        if self._bent != self._tonic:
            self.send(commands.BendDrone(self._bent / self._tonic))
        if scene.drone_on:
            self.send(commands.StartDrone())
        if beat is not None:
            self.start_rhythm(beat)

    async def close(self) -> None:
        """End what is being rendered."""
        await self._renderings.close()

    def _cycles(self, scene: Scene) -> list[Cycle]:
        """The scene's cycle as it is varied and, where it meets somebody, the partner."""
        wish = (scene.cycle, scene.variation, scene.partner if scene.meet else "")
        if wish != self._cast_for:
            found = [varied(self._library.cycle(scene.cycle), scene.variation, self._library.drums)]
            if wish[2] and wish[2] != scene.cycle:
                found.append(self._library.cycle(wish[2]))
            self._cast_for, self._cast = wish, found
        return self._cast

    def _line_of(self, scene: Scene) -> int:
        """The line of its scores: the same as long as the cycle is, whomever it meets."""
        if self._lined != (scene.cycle, scene.variation):
            self._lined, self._line = (scene.cycle, scene.variation), self._line + 1
        return self._line

    def _ready(self, drums: Drums, scene: Scene) -> Filled | None:
        """The shelf on which all of a family lies."""
        tonic = Hertz(scene.tonic)
        key, wanted = shelves.drums_key(drums, tonic), shelves.drums_wanted(drums, tonic, self._drums[0].shelf)
        return next((filled for filled in self._drums if filled.key == key and len(filled.made) == len(wanted)), None)

    async def _bring(self, cast: Parts, chosen: dict[str, Filled], scene: Scene, line: int) -> None:
        """Fill a shelf for each family that has none yet; the first cycle need not wait for the other to begin."""
        for _, drums in cast:
            if drums.id in chosen:
                continue
            target = await self._free_drums(chosen.values())
            tonic = Hertz(scene.tonic)
            wanted = shelves.drums_wanted(drums, tonic, target.shelf)

            def load(drums: Drums = drums, target: Filled = target) -> None:
                chosen[drums.id] = target
                here = [part for part in cast if part[1].id in chosen]
                if here == cast or (here[:1] == cast[:1] and not self.serial):
                    self._hand_over(here, chosen, line)

            steps = {len(drums.sounds), len(wanted)}
            await self._renderings.fill(target, shelves.drums_key(drums, tonic), (wanted,), load, steps)
            if drums.id not in chosen:
                return

    def _hand_over(self, parts: Parts, chosen: dict[str, Filled], line: int) -> None:
        used = tuple(chosen[drums.id] for _, drums in parts)
        cast = [
            Cast(cycle, drums, shelves.drums_sounds(drums, filled.shelf, filled.made))
            for (cycle, drums), filled in zip(parts, used, strict=True)
        ]
        arrangement = Arrangement(cast[0], cast[1] if len(cast) > 1 else None, self._tempo)
        self._scores.hand_over(Take(arrangement, line, used))
        if self._start is not None:
            start, self._start = self._start, None
            start()

    async def _free_drums(self, chosen: Collection[Filled]) -> Filled:
        """The unused shelf for drums that was left longest ago: sounds ring on. Waits for sam while there is none."""
        while not self._unused(chosen):
            await asyncio.sleep(SOON)
            if self._unused(chosen):
                await asyncio.sleep(RINGS)
        last = {id(filled): serial for serial, take in self._scores.takes.items() for filled in take.shelves}
        return min(self._unused(chosen), key=lambda filled: last.get(id(filled), 0))

    def _unused(self, chosen: Collection[Filled]) -> list[Filled]:
        """The drums' shelves that neither sound nor wait nor are chosen."""
        used = [*chosen, *(filled for take in self._scores.in_use() for filled in take.shelves)]
        return [filled for filled in self._drums if not any(filled is other for other in used)]

    def _swap_score(self, text: bytes) -> None:
        self._tell(self._link.swap_score, text)

    def _load_score(self, text: bytes) -> None:
        self._tell(self._link.send_score, text)

    def _tell(self, tell: Callable[[T], None], what: T) -> None:
        try:
            tell(what)
        except DeviceError as fault:
            _log.warning("%s", fault)

    def _define(self, made: Made) -> None:
        self.send(made.define())

    def _missed(self, name: str) -> None:
        # The next wish for the same renders it again.
        if self._wished and name in ("drone", self._wished[0]):
            self._wished = None
