"""The running box: parts started in order and stopped in reverse, readings turned into effects, effects carried out."""

import asyncio
import logging
import signal
import sys
import time
from contextlib import AsyncExitStack, suppress
from dataclasses import asdict, replace

import msgspec

from jambox import __version__, keeper, link, pulse, remote, tuner
from jambox.accompanying import Accompanist
from jambox.actions import Action, LevelInputs, TurnTonic, TurnTuning
from jambox.along import Along
from jambox.choices import catalogue
from jambox.conductor import Conductor
from jambox.consoles import Console, open_console, play
from jambox.desk import Desk
from jambox.ear import Ear
from jambox.effects import (
    Effect,
    EndRhythm,
    HearTonic,
    JoinClock,
    Listen,
    LoadCycle,
    Mix,
    MixStrips,
    PlaceBeat,
    PlayFill,
    ProposeTempo,
    ReleaseAll,
    Say,
    SetDrone,
    SetTempo,
    StartRhythm,
    StopRhythm,
)
from jambox.ensemble import Ensemble
from jambox.following import Following, elect
from jambox.hands import Learned
from jambox.herald import Herald
from jambox.mapping import Binding
from jambox.memory import Memory
from jambox.mending import mend, refer
from jambox.midi.route import Port
from jambox.music import library
from jambox.notify import notify
from jambox.options import Options
from jambox.panel.feedback import Event, Health, View
from jambox.rack import Rack
from jambox.remote import Answer, Request
from jambox.scene import Scene
from jambox.sound import commands, shelves
from jambox.sound.commands import Status
from jambox.sound.rights import come_first, freeze_objects
from jambox.sound.shared import Link, allocate
from jambox.stage import Stage
from jambox.state import State, apply, describe, ended
from jambox.touch import Touch
from jambox.tunings import Tunings
from jambox.units import Hertz, Seconds
from jambox.variation import Luck

POLL, HURRY = 0.02, 0.001
"""Seconds between two looks at the engine: as a rule, and while something is about to happen."""
PULSE = (StartRhythm, JoinClock, PlayFill, EndRhythm, StopRhythm, SetTempo, PlaceBeat, SetDrone)
"""The effects after which MIDI must know at once what the engine made of them; a knob is no reason to hurry."""
HURRIED = 0.1
"""Seconds of hurry at most until the engine has carried out what changes the pulse, and before a sam that does."""
PORTS_EVERY, CARDS_EVERY, ALIVE_EVERY, STEER_EVERY, VARY_EVERY = 0.2, 0.25, 1.0, 0.1, 0.03
SWITCH = 0.0005
"""Seconds that the MIDI threads wait for a busy one at most; Python's own 5 ms is heard."""
_log = logging.getLogger(__name__)


class Box:
    """One box. `run` is its whole life; everything happens on the event loop's thread."""

    def __init__(self, options: Options) -> None:
        self._options = options
        found, unfit = library.load((library.SHIPPED, options.data)).chosen(options.config.drums)
        self._tunings = Tunings(found, options)
        self._library = replace(found, tunings=self._tunings)
        tempos, unknown = found.style(options.config.style.cycles)
        self._unknown = (*unfit, *unknown)
        drones, turned = tuple(found.drones), self._tunings.turned
        self._catalogue = catalogue(tempos, found.cycles, found.drums, drones, turned)
        self._memory = Memory(options.state, self._mend, self._tunings.kept)
        self.state = State(self._memory.scene, luck=Luck(time.time_ns()))
        self._following = Following()
        self._accompanist = Accompanist(options.config.accompany)
        self._herald = Herald(lambda earcon: self._stage.signal(earcon))
        self._deaf = ""
        self._console: Console | None = None
        self._hurry_until = self._alive = 0.0
        self._woken = asyncio.Event()
        self._due: dict[str, float] = {}
        self._pulse = Status()
        self._stopping = asyncio.Event()
        self._begun = time.monotonic()

    async def run(self) -> None:
        """Play until SIGTERM, SIGINT, SIGHUP or the console's end. Raises JamboxError when the box cannot play."""
        self._loop = loop = asyncio.get_running_loop()
        come_first()
        sys.setswitchinterval(SWITCH)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, self._stopping.set)
        async with AsyncExitStack() as parts:
            await self._start(parts)
            freeze_objects()
            notify("READY=1")
            _log.info("ready: %s", describe(self.state))
            while not self._stopping.is_set():
                await self._look()
            notify("STOPPING=1")
            if self._keeping.done():
                self._keeping.result()

    # starting and stopping

    async def _start(self, parts: AsyncExitStack) -> None:
        parts.callback(self._memory.close)
        server, self._deaf = await remote.listen(self._options.socket, self._answer)
        if server:
            parts.callback(server.close)
        config, cache = self._options.config, str(self._options.cache)
        arranged = shelves.arrange(config.audio.rate, config.is_prompting)
        bank = allocate("jambox-bank", arranged.frames * 4)  # float32
        self._rack = Rack(config, bank, self._on_engine, self._herald, self._act, self.state.scene.seats)
        self._keeper = self._rack.keeper
        self._desk = Desk(self._rack, self._act, self._herald)
        self._desk.lay(self.state.scene)
        shared = (self._keeper.link, bank, arranged, config.audio.rate, cache)
        self._stage = Stage(self._library, *shared, config.voice)
        parts.push_async_callback(self._stage.close)
        self._conductor = Conductor(self._stage, self._keeper, self._following, self._herald)
        self._keeping = asyncio.ensure_future(self._keeper.run())
        # Without even a null device there is nothing to keep alive.
        self._keeping.add_done_callback(lambda _: self._stopping.set())
        parts.callback(self._keeping.cancel)
        parts.push_async_callback(self._rack.close)
        # They are rendered in turn: first what may sound at once.
        self._stage.prepare_drone(self.state.scene)
        self._stage.prepare_signals(Hertz(self.state.scene.tonic))
        self._carry_out(LoadCycle())
        midi, held = self._options.config.midi, self._options.socket.with_suffix(".held") if server else None
        self._touch = Touch(midi.bindings, self._memory.learned, lambda: self.state.scene, self._act, self._learned)
        self._ear = Ear(self._rack, self._touch, lambda: self.state.scene, self._act, self._herald)
        told = (self._arrived, self._left, self._herald.warn, self._cued)
        self._ensemble = Ensemble(midi.parsed, midi.offsets, self._touch.claims, *told, held, config.touch)
        parts.callback(self._ensemble.close)
        self._ensemble.watch(self._loop)
        self._tune_routes()
        self._along = Along(config.accompany, config.touch, self._rack, self._ensemble, self._stage, self._act)
        self._session = link.join(self._options.config.link, self.state.scene.tempo)
        parts.callback(self._session.close)
        self._console = open_console(self._options.config.panel, self._touch.read, self._stopping.set)
        parts.callback(self._console.close)
        parts.callback(self._tunings.watch(lambda: self.state.scene, self._act, self._stage.forget, self._herald))
        for fault in (*self._library.faults, *self._unknown, *config.unheard):
            _log.warning("%s", fault)

    def _mend(self, scene: Scene) -> Scene:
        given, found = self._options.config.tuning.reference, self._library
        scene = self._tunings.remember(refer(scene, given))
        mended, faults = mend(scene, found.cycles, found.drones, found.tunings)
        for fault in faults:
            _log.warning("%s", fault)
        return mended

    def _on_engine(self, link: Link) -> None:
        ready = self._keeper.ready
        assert ready is not None
        # What is told now is in the engine's next block, and is heard as much later as that lies ahead of the card.
        soon = time.monotonic() + (ready.period + ready.latency) / ready.rate
        beat = (pulse.beat_at(self._pulse, soon) or 0.0) if self.state.rhythm_on else None
        self._ensemble.lose_engine()
        _log.info("%s", keeper.describe(ready))
        self._stage.tell_again(link, self._heard, beat)
        if self.state.ending:
            self._stage.send(commands.EndRhythm())
        if not self._keeper.restarts:
            self._stage.signal("chime")
        self._hurry()

    # from actions to effects

    @property
    def _heard(self) -> Scene:
        """The scene as it is heard now."""
        return self._accompanist.accompany(self.state.scene)

    def _act(self, action: Action) -> None:
        if isinstance(action, TurnTonic | TurnTuning):
            self._ear.leave()
        self.state, effects = apply(self.state, action, self._catalogue)
        for effect in effects:
            self._carry_out(effect)
        self._memory.note(self.state.scene)

    def _carry_out(self, effect: Effect) -> None:
        scene, stage = self._heard, self._stage
        match effect:
            case Mix():
                stage.mix(scene)
            case MixStrips():
                self._desk.lay(scene)
            case Listen(on):
                self._desk.listen(on, time.monotonic())
            case SetDrone():
                stage.set_drone(scene)
                stage.prepare_signals(Hertz(scene.tonic))
                self._tune_routes()
            case HearTonic(started):
                self._ear.listen(started, time.monotonic())
            case LoadCycle():
                stage.load_cycle(scene, int(self._keeper.status().score))
            case StartRhythm(introduced):
                self._conductor.start(scene, introduced)
            case JoinClock(beat, moment):
                self._conductor.join(beat, moment)
            case PlayFill():
                self._conductor.fill(scene)
            case EndRhythm():
                if not self._conductor.end(scene):
                    self.state = ended(self.state)
            case StopRhythm():
                stage.stop_rhythm()
                self._ensemble.stop()
            case SetTempo():
                stage.set_tempo(scene, int(self._keeper.status().score))
            case ProposeTempo():
                self._session.propose(scene.tempo)
            case PlaceBeat(moment):
                self._conductor.place_beat(moment)
            case ReleaseAll():
                self._ensemble.release_all()
            case Say(text, refused):
                self._herald.say(text, refused)
        if isinstance(effect, PULSE):
            self._hurry()

    def _tune_routes(self) -> None:
        self._ensemble.tune(tuner.ground_of(self.state.scene, self._library.tunings))

    def _learned(self, learned: Learned, bindings: tuple[Binding, ...]) -> None:
        self._herald.say(learned.text, refused=learned.bound is None)
        if learned.bound is not None:
            self._memory.learn(bindings)
            self._herald.tell(*((Event.LEARNED, "learn") if learned.bound else (Event.FORGOTTEN, "forget")))

    def _arrived(self, port: Port, name: str) -> None:
        self._touch.plug(port)
        _log.info("instrument here: %s", name)
        self._herald.tell(Event.ARRIVED, "arrive")

    def _left(self, port: Port, name: str) -> None:
        self._touch.unplug(port)
        _log.info("instrument gone: %s", name)
        self._herald.tell(Event.LEFT, "leave")

    # what is looked at again and again

    async def _look(self) -> None:
        now = time.monotonic()
        status = self._keeper.status()
        length = self._stage.length(status, self.state.scene)
        self._follow_clock(length, now)
        self._stage.swing(self.state.scene, int(status.score))
        if self._is_due("vary", VARY_EVERY, now):
            if self._accompanist.hear(status.peak_inputs, length, self.state.scene.tempo, now, self._along.counted()):
                self._stage.mix(self._heard)
            self._stage.vary(self._heard, int(status.score))
        self._ensemble.listen(now)
        # Until the engine has carried out what was asked of it, its report is about the past.
        if status.clock_rate and status.heard >= self._keeper.link.sent:
            self._pulse = status
            if self._ensemble.follow(status, self._stage.scores):
                self.state = ended(self.state)
            self._ensemble.pluck(status, self._stage.figures)
            self._session.show(status, self.state.scene.tempo, length, now)
            self._steer(status, now)
        if self._console and self._is_due("console", POLL, now):
            self._console.refresh(self._view(status, now))
        self._desk.look(now)
        self._ear.look(now)
        if self._is_due("ports", PORTS_EVERY, now):
            self._ensemble.poll()
        if self._is_due("cards", CARDS_EVERY, now):
            await self._rack.look()
        if self._is_due("alive", ALIVE_EVERY, now) and status.frame != self._alive:
            self._alive = status.frame
            notify("WATCHDOG=1")
        self._keeper.look()
        near = status.pending and abs(pulse.seconds_to(status, status.boundary, now)) < HURRIED
        owed = status.heard < self._keeper.link.sent and now < self._hurry_until
        await self._rest(HURRY if near or owed else POLL)

    def _cued(self) -> None:
        # From a thread of the ports.
        self._loop.call_soon_threadsafe(self._hurry)

    def _follow_clock(self, length: float, now: float) -> None:
        follow = self.state.scene.follow
        elected = elect(self._ensemble.lead(now), self._session.lead(length, follow))
        lead = elected if follow else None
        self._ensemble.be_led(lead)
        for action in self._following.follow(lead, self.state, now):
            self._act(action)
            self._due.pop("steer", None)

    def _steer(self, status: Status, now: float) -> None:
        due = self._is_due("steer", STEER_EVERY, now)
        if due and (tempo := self._following.steer(status) or self._along.steer(status, self.state, now)):
            self._stage.send(commands.SetTempo(tempo))

    async def _rest(self, seconds: float) -> None:
        # A press must not wait for the end of a rest that began before it: MIDI's Start would come late.
        self._woken.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()

    def _is_due(self, name: str, every: float, now: float) -> bool:
        if due := now >= self._due.get(name, 0.0):
            self._due[name] = now + every
        return due

    def _hurry(self) -> None:
        self._hurry_until = time.monotonic() + HURRIED
        self._woken.set()

    def _view(self, status: Status, now: float) -> View:
        beat = pulse.beat_at(status, now)
        here = None if beat is None or beat < 0.0 else beat % self._stage.length(status, self.state.scene)
        pending = bool(status.playing and (status.score != self._stage.serial or here is None))
        health = Health.FAULT if self._keeper.fault else Health.WARNING if self._faults() else Health.WELL
        news, marks = self._herald.news(now), self._stage.marks(status)
        return View(self.state, Seconds(now), here, pending, health, news, self._ear.listens, *marks)

    # the socket

    async def _answer(self, request: Request) -> Answer:
        if request.traffic is not None:
            received, passed = await self._ensemble.traffic(request.traffic)
            return Answer(received=received, passed=tuple(passed))
        if request.reroute:
            midi = self._options.reread().midi
            self._touch.configure(midi.bindings)
            return Answer(self._ensemble.reroute(midi.parsed))
        with self._herald.overheard() as said:
            await self._do(request)
        mixer = self._desk.values() if request.mixer is not None else {}
        meters = self._rack.meters() if request.meters else {}
        return Answer(tuple(said), self._status() if request.status else {}, mixer, meters)

    async def _do(self, request: Request) -> None:
        if request.mixer:
            self._desk.ask(request.mixer, self.state.scene)
        if request.levels:
            self._act(LevelInputs())
            while self.state.listening:
                await asyncio.sleep(POLL)
        if request.tuning:
            await self._tunings.look()
        asked, found = (request.tonic, request.tuning, request.strings), self._library
        for wish in tuner.wishes(*asked, self.state.scene, found.drones, found.tunings, request.drone, request.round):
            self._act(wish)
        await play(request, self._touch.read)

    def _status(self) -> dict[str, object]:
        status = self._keeper.status()
        return {
            "version": __version__,
            "uptime": round(time.monotonic() - self._begun, 1),
            "says": describe(self.state),
            "scene": msgspec.to_builtins(self.state.scene),
            "rhythm": "ending" if self.state.ending else "playing" if self.state.rhythm_on else "silent",
            "cycles": self._stage.sounding(status),
            "audio": keeper.as_dict(self._keeper.ready),
            "cards": self._rack.as_dict(),
            "engine": {"pid": self._keeper.pid, "restarts": self._keeper.restarts} | asdict(status),
            "meters": self._rack.meters(),
            "midi": self._ensemble.as_dict() | {"bindings": [str(binding) for binding in self._touch.bindings]},
            "clock": self.state.leader or "the box",
            "link": self._session.as_dict(),
            "tunings": self._tunings.as_dict(),
            "players": self._along.as_dict(),
            "faults": self._faults(),
        }

    def _faults(self) -> list[str]:
        panel = self._console.faults.values() if self._console else ()
        own = (*self._rack.faults, *self._ensemble.faults, self._session.fault, self._memory.fault, self._deaf)
        return [fault for fault in (*own, *self._stage.faults.values(), *panel) if fault]
