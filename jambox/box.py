"""The running box: parts started in order and stopped in reverse, readings turned into effects, effects carried out."""

import asyncio
import logging
import os
import signal
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec

from jambox import __version__, keeper, pulse, remote, scenes
from jambox.actions import Action
from jambox.config import Config
from jambox.consoles import Console, open_console, play
from jambox.errors import DeviceError, StateError
from jambox.keeper import Keeper
from jambox.midi.performer import Performer
from jambox.midi.ports import MidiPorts
from jambox.midi.sync import Pattern
from jambox.music import library
from jambox.notify import notify
from jambox.panel.bindings import Bindings
from jambox.panel.controls import Reading
from jambox.panel.feedback import Event, Health, News, View, recent
from jambox.panel.gestures import Gesture, Gestures, Stuck
from jambox.remote import Answer, Request
from jambox.sound import commands, shelves
from jambox.sound.commands import Status
from jambox.sound.shared import Link, allocate
from jambox.stage import Stage
from jambox.state import (
    Catalogue,
    Effect,
    EndRhythm,
    LoadCycle,
    Mix,
    PlaceBeat,
    ReleaseAll,
    Say,
    Scene,
    SetDrone,
    SetTempo,
    StartRhythm,
    State,
    StopRhythm,
    apply,
    describe,
    ended,
)
from jambox.units import Hertz, Seconds

FLOAT32 = 4
POLL, HURRY = 0.02, 0.001
"""Seconds between two looks at the engine: as a rule, and while something is about to happen."""
HURRIED = 0.1
"""Seconds of hurry after a command that changes the pulse, and before a sam that does."""
PORTS_EVERY, CARDS_EVERY, ALIVE_EVERY = 0.2, 2.0, 1.0
SWITCH = 0.0005
"""Seconds that the MIDI threads wait for a busy one at most; Python's own 5 ms is heard."""
SAVE_AFTER = 1.0
"""Seconds after the last change before the scene is saved: a knob's whole turn is one write."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Options:
    """What a box is started with; `socket` and `cache` are where they shall lie."""

    config: Config
    state: Path
    socket: Path
    cache: Path
    data: Path


class Box:
    """One box. `run` is its whole life; everything happens on the event loop's thread."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._library = library.load((library.SHIPPED, options.data))
        cycles = self._library.cycles
        self._catalogue = Catalogue({name: cycle.tempo for name, cycle in cycles.items()})
        self._faults: dict[str, str] = {}
        self.state = State(self._load_scene())
        self._saved = self.state.scene
        self._saving: asyncio.TimerHandle | None = None
        self._gestures, self._bindings = Gestures(), Bindings()
        self._deadline: asyncio.TimerHandle | None = None
        self._said: list[str] = []
        self._news: tuple[News, ...] = ()
        self._console: Console | None = None
        self._ports: MidiPorts | None = None
        self._performer: Performer | None = None
        self._patterns: dict[int, Pattern] = {}
        self._run = 0
        self._hurry_until = 0.0
        self._due: dict[str, float] = {}
        self._alive = 0.0
        self._pulse = Status()
        self._stopping = asyncio.Event()
        self._begun = time.monotonic()

    async def run(self) -> None:
        """Play until SIGTERM, SIGINT or the console's end. Raises JamboxError when the box cannot start at all."""
        loop = asyncio.get_running_loop()
        sys.setswitchinterval(SWITCH)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        async with AsyncExitStack() as parts:
            await self._start(parts)
            notify("READY=1")
            _log.info("ready: %s", describe(self.state))
            while not self._stopping.is_set():
                await self._look()
            notify("STOPPING=1")

    # starting and stopping

    async def _start(self, parts: AsyncExitStack) -> None:
        parts.callback(os.close, scenes.claim(self._options.state))
        server = await remote.serve(self._options.socket, self._answer)
        parts.callback(server.close)
        parts.callback(self._save)
        audio = self._options.config.audio
        arranged = shelves.arrange(audio.rate)
        bank = allocate("jambox-bank", arranged.frames * FLOAT32)
        self._keeper = Keeper(audio, bank, self._options.config.seed, self._on_engine)
        self._stage = Stage(self._library, self._keeper.link, bank, arranged, audio.rate, str(self._options.cache))
        parts.push_async_callback(self._stage.close)
        keeping = asyncio.ensure_future(self._keeper.run())
        keeping.add_done_callback(self._kept)
        parts.push_async_callback(self._keeper.close)
        self._stage.prepare_signals(Hertz(self.state.scene.tonic))
        self._carry_out(LoadCycle())
        self._stage.prepare_drone(self.state.scene)
        self._open_midi(parts)
        self._console = open_console(self._options.config.panel, self._reading, self._stopping.set)
        parts.callback(self._console.close)
        self._faults |= self._console.faults
        for fault in self._library.faults:
            _log.warning("%s", fault)

    def _open_midi(self, parts: AsyncExitStack) -> None:
        try:
            self._ports = MidiPorts(self._arrived, self._left, lambda fault: _log.warning("%s", fault))
        except DeviceError as fault:
            self._faults["midi"] = str(fault)
            _log.warning("%s", fault)
            return
        parts.callback(self._ports.close)
        self._ports.poll()
        self._ports.release_all()
        self._performer = Performer(self._ports.broadcast)
        self._performer.start()
        parts.callback(self._performer.close)

    def _load_scene(self) -> Scene:
        try:
            scene = scenes.load(self._options.state)
            self._library.cycle(scene.cycle)
            self._library.drone(scene.drone)
        except (StateError, LookupError) as fault:
            _log.warning("%s: the box starts with a new scene", fault)
            return Scene()
        return scene

    def _kept(self, keeping: "asyncio.Future[None]") -> None:
        # Without even a null device there is nothing to keep alive.
        if not keeping.cancelled() and (fault := keeping.exception()):
            _log.critical("the engine cannot be started: %s", fault)
            self._stopping.set()

    def _on_engine(self, link: Link) -> None:
        assert self._keeper.ready is not None
        beat = (pulse.beat_at(self._pulse, time.monotonic()) or 0.0) if self.state.rhythm_on else None
        self._run = 0
        if self._performer:
            self._performer.follow(None)
        _log.info("%s", keeper.describe(self._keeper.ready))
        self._stage.tell_again(link, self.state.scene, beat)
        if self.state.ending:
            self._stage.send(commands.EndRhythm())
        self._stage.signal("chime")
        self._hurry()

    # from readings to effects

    def _reading(self, reading: Reading) -> None:
        self._gesture(self._gestures.feed(reading))

    def _gesture(self, gestures: tuple[Gesture, ...]) -> None:
        for gesture in gestures:
            if isinstance(gesture, Stuck):
                _log.warning("button %s has been down for long: look whether it is stuck", gesture.control)
            for action in self._bindings.actions(gesture, self.state.scene):
                self._act(action)
        self._set_deadline()

    def _set_deadline(self) -> None:
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None
        due = self._gestures.deadline()
        if due is not None:
            delay = max(due - time.monotonic(), 0.0)
            self._deadline = asyncio.get_running_loop().call_later(delay, self._tick)

    def _tick(self) -> None:
        self._gesture(self._gestures.tick(time.monotonic()))

    def _act(self, action: Action) -> None:
        before = self.state.scene
        self.state, effects = apply(self.state, action, self._catalogue)
        for effect in effects:
            self._carry_out(effect)
        if self.state.scene != before and self._saving is None:
            self._saving = asyncio.get_running_loop().call_later(SAVE_AFTER, self._save_soon)

    def _carry_out(self, effect: Effect) -> None:
        scene, stage = self.state.scene, self._stage
        match effect:
            case Mix():
                stage.mix(scene)
            case SetDrone():
                stage.set_drone(scene)
                stage.prepare_signals(Hertz(scene.tonic))
            case LoadCycle():
                stage.load_cycle(scene, int(self._keeper.status().score))
            case StartRhythm():
                stage.start_rhythm()
            case EndRhythm():
                stage.send(commands.EndRhythm())
            case StopRhythm():
                stage.stop_rhythm()
            case SetTempo():
                stage.send(commands.SetTempo(scene.tempo))
            case PlaceBeat(moment):
                stage.send(commands.PlaceBeat(pulse.heard(self._keeper.status()).frame_at(moment)))
            case ReleaseAll():
                if self._ports:
                    self._ports.release_all()
            case Say(text, refused):
                self._say(text, refused)
        self._hurry()

    def _say(self, text: str, refused: bool) -> None:
        self._said.append(text)
        _log.info("%s", text)
        if refused:
            self._tell(Event.REFUSED, "refuse")

    def _tell(self, event: Event, earcon: str) -> None:
        self._news = (*self._news, News(event, Seconds(time.monotonic())))
        self._stage.signal(earcon)

    def _arrived(self, port: object) -> None:
        _log.info("instrument here: %s", port)
        self._tell(Event.ARRIVED, "arrive")

    def _left(self, port: object) -> None:
        _log.info("instrument gone: %s", port)
        self._tell(Event.LEFT, "leave")

    # what is looked at again and again

    async def _look(self) -> None:
        now = time.monotonic()
        status = self._keeper.status()
        if status.clock_rate:
            self._pulse = status
            self._follow(status)
        if self._console and self._is_due("console", POLL, now):
            self._news = recent(self._news, Seconds(now))
            self._console.refresh(self._view(status, now))
        if self._is_due("ports", PORTS_EVERY, now) and self._ports:
            self._ports.poll()
        if self._is_due("cards", CARDS_EVERY, now):
            await self._keeper.reconsider()
        if self._is_due("alive", ALIVE_EVERY, now) and status.frame != self._alive:
            self._alive = status.frame
            notify("WATCHDOG=1")
        self._keeper.look()
        near = status.pending and abs(pulse.seconds_to(status, status.boundary, now)) < HURRIED
        await asyncio.sleep(HURRY if near or now < self._hurry_until else POLL)

    def _follow(self, status: Status) -> None:
        """Let MIDI and the state follow what the engine plays."""
        if status.playing and status.score in self._stage.scores:
            if status.run != self._run and self._performer:
                self._performer.follow(None)
            self._run = int(status.run)
            if self._performer:
                self._performer.follow(pulse.performance(status, self._pattern(int(status.score))))
        elif not status.playing and status.run == self._run and self._run:
            self._run = 0
            if self._performer and not self.state.ending:
                self._performer.follow(None)
            self.state = ended(self.state)

    def _pattern(self, serial: int) -> Pattern:
        if serial not in self._patterns:
            self._patterns = {serial: pulse.pattern(self._stage.scores[serial])}
        return self._patterns[serial]

    def _is_due(self, name: str, every: float, now: float) -> bool:
        if now < self._due.get(name, 0.0):
            return False
        self._due[name] = now + every
        return True

    def _hurry(self) -> None:
        self._hurry_until = time.monotonic() + HURRIED

    def _view(self, status: Status, now: float) -> View:
        scores = self._stage.scores
        beat = pulse.beat_at(status, now)
        length = scores[int(status.score)].length if status.score in scores else 1.0
        pending = bool(status.playing and status.score != self._stage.serial)
        return View(
            self.state,
            Seconds(now),
            beat % length if beat is not None and beat >= 0.0 else None,
            pending,
            Health.FAULT if self._keeper.fault else Health.WARNING if self._faults else Health.WELL,
            self._news,
        )

    # saving

    def _save_soon(self) -> None:
        self._saving = None
        asyncio.get_running_loop().run_in_executor(None, self._save)

    def _save(self) -> None:
        scene = self.state.scene
        if scene == self._saved:
            return
        try:
            scenes.save(self._options.state, scene)
        except StateError as fault:
            self._faults["state"] = str(fault)
            _log.error("%s", fault)
        else:
            self._saved = scene
            self._faults.pop("state", None)

    # the socket

    async def _answer(self, request: Request) -> Answer:
        self._said = []
        await play(request, self._reading)
        return Answer(tuple(self._said), self._status() if request.status else {})

    def _status(self) -> dict[str, object]:
        status, ports = self._keeper.status(), self._ports
        return {
            "version": __version__,
            "uptime": round(time.monotonic() - self._begun, 1),
            "says": describe(self.state),
            "scene": msgspec.to_builtins(self.state.scene),
            "rhythm": "ending" if self.state.ending else "playing" if self.state.rhythm_on else "silent",
            "audio": keeper.as_dict(self._keeper.ready),
            "engine": {"pid": self._keeper.pid, "restarts": self._keeper.restarts} | asdict(status),
            "midi": {
                "inputs": [str(port) for port in ports.sources] if ports else [],
                "outputs": [str(port) for port in ports.destinations] if ports else [],
                "counters": asdict(ports.counters) if ports else {},
            },
            "faults": [*([self._keeper.fault] if self._keeper.fault else []), *self._faults.values()],
        }
