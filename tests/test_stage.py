"""The stage, with an engine that only writes down what it is told, and a workshop that makes sounds when it is let."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox import stage as stages
from jambox.errors import DeviceError
from jambox.music import library, meet
from jambox.music.cycle import Score
from jambox.music.drone import Figure
from jambox.rounds import Lock
from jambox.scene import SILENCE, Scene
from jambox.scores import KEPT
from jambox.sound import commands, shelves, supervisor
from jambox.sound.commands import (
    DefineSample,
    EndRhythm,
    LockDrone,
    SetTempo,
    StartDrone,
    StartRhythm,
    Status,
    StopDrone,
    StopRhythm,
)
from jambox.sound.shelves import SIGNALS, Job, Made
from jambox.sound.tuned import tonic_of
from jambox.stage import SIGNAL_GAIN, Stage
from jambox.units import Hertz
from jambox.variation import Variation

LIBRARY = library.load()
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
        self._take(msgspec.msgpack.decode(text, type=Score))

    def swap_score(self, text: bytes) -> None:
        self._take(Swapped(msgspec.msgpack.decode(text, type=Score)))

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


def test_the_levels_are_amplitudes_and_the_lowest_is_off() -> None:
    async def story(stage: Stage, engine: Engine, _workshop: Workshop) -> None:
        stage.mix(Scene(volume=0.0, inputs=SILENCE, drone_level=-20.0, rhythm_level=6.0))
        assert engine.levels == pytest.approx([0.0, 0.1, 10.0**0.3, 1.0])

    tell(story)


def test_a_rhythm_begins_when_each_of_its_sounds_is_there_once() -> None:
    async def story(stage: Stage, engine: Engine, workshop: Workshop) -> None:
        sounds = LIBRARY.family("tabla").sounds
        workshop.may = len(sounds) - 1
        stage.load_cycle(TABLA, 0)
        stage.start_rhythm()
        await settle()
        assert engine.kinds() == []
        assert stage.serial == 0
        workshop.may = 1
        await settle()
        assert engine.kinds() == [Score, StartRhythm]
        assert engine.last(StartRhythm) == StartRhythm(0.0)
        assert engine.last(Score) == stage.scores[1]
        workshop.may = 1 << 30
        await settle()
        # With all the variants the score comes again; the rhythm goes on.
        assert engine.kinds() == [Score, StartRhythm, Score]
        assert max(sound.variants for hit in engine.last(Score).hits for sound in hit.sounds) == shelves.VARIANTS
        assert set(engine.samples()) >= slots(engine.last(Score))

    tell(story)


@pytest.mark.parametrize("stop", ["stop", "end"])
def test_a_rhythm_stopped_before_it_could_sound_does_not_begin_later(stop: str) -> None:
    async def story(stage: Stage, engine: Engine, workshop: Workshop) -> None:
        workshop.may = 0
        stage.load_cycle(TABLA, 0)
        stage.start_rhythm()
        await settle()
        if stop == "stop":
            stage.stop_rhythm()
        else:
            assert not stage.end_rhythm()
        workshop.may = 1 << 30
        await settle()
        assert StartRhythm not in engine.kinds()
        stage.start_rhythm(2.0, 480.0)
        assert engine.last(commands.JoinRhythm) == commands.JoinRhythm(2.0, 480.0)
        stage.start_rhythm(4.0)
        assert engine.last(StartRhythm) == StartRhythm(4.0)
        assert stage.end_rhythm()
        stage.stop_rhythm()
        assert engine.kinds()[-2:] == [EndRhythm, StopRhythm]

    tell(story)


def test_a_cycle_on_sounds_that_are_there_comes_at_once() -> None:
    async def story(stage: Stage, engine: Engine, workshop: Workshop) -> None:
        for scene in (TABLA, KIT):
            stage.load_cycle(scene, 0)
            await settle()
        jobs = len(workshop.jobs)
        before = stage.serial
        stage.load_cycle(TABLA, before)
        assert stage.serial == before + 1
        assert engine.last(Score).length == LIBRARY.cycle("teental").beats
        assert len(workshop.jobs) == jobs

    tell(story)


def test_the_cycles_that_sound_are_known_by_the_score() -> None:
    async def story(stage: Stage, _engine: Engine, _workshop: Workshop) -> None:
        stage.load_cycle(TABLA, 0)
        await settle()
        first = stage.serial
        stage.load_cycle(with_(KIT, partner="teental", meet=0.5), first)
        await settle()
        assert stage.sounding(commands.Status(playing=1.0, score=first)) == ["teental"]
        assert stage.sounding(commands.Status(playing=1.0, score=stage.serial)) == [KIT.cycle, "teental"]
        assert stage.sounding(commands.Status(playing=0.0, score=first)) == []
        assert stage.sounding(commands.Status(playing=1.0, score=-1.0)) == []

    tell(story)


def test_what_swings_by_the_tempo_is_told_again_when_that_changes() -> None:
    async def story(stage: Stage, engine: Engine, _workshop: Workshop) -> None:
        swinging = with_(KIT, cycle="swing-ride", tempo=120.0)
        stage.load_cycle(swinging, 0)
        await settle()
        before, serial = engine.last(Score), stage.serial
        # As slow as this, the short note is at its least whatever the tempo.
        stage.set_tempo(with_(swinging, tempo=100.0), serial)
        assert (engine.last(SetTempo), stage.serial) == (SetTempo(100.0), serial)
        stage.set_tempo(with_(swinging, tempo=240.0), serial)
        assert engine.last(SetTempo) == SetTempo(240.0)
        assert stage.serial == serial + 1
        for tempo in (240.3, 239.7):
            stage.swing(with_(swinging, tempo=tempo), serial)
        assert stage.serial == serial + 1
        offbeats = [max(hit.beat for hit in each.hits if hit.beat < 2.0) for each in (before, engine.last(Score))]
        assert offbeats == pytest.approx([1.78, 1.6])

        # A clock that leads tells no tempo; it is gone along with all the same.
        stage.swing(with_(swinging, tempo=300.0), serial)
        assert max(hit.beat for hit in engine.last(Score).hits if hit.beat < 2.0) == pytest.approx(1.5)

    tell(story)


def test_what_swings_and_is_being_made_comes_in_the_latest_tempo() -> None:
    async def story(stage: Stage, engine: Engine, workshop: Workshop) -> None:
        swinging = with_(KIT, cycle="swing-ride", tempo=120.0)
        workshop.may = 0
        stage.load_cycle(swinging, 0)
        await settle()
        for tempo in (200.0, 300.0):
            stage.set_tempo(with_(swinging, tempo=tempo), 0)
        workshop.may = 1 << 30
        await settle()
        assert len(workshop.jobs) == 1
        assert max(hit.beat for hit in engine.last(Score).hits if hit.beat < 2.0) == pytest.approx(1.5)

    tell(story)


def test_what_does_not_swing_is_not_told_again() -> None:
    async def story(stage: Stage, engine: Engine, _workshop: Workshop) -> None:
        for cycle in ("teental", "samba"):
            scene = with_(KIT, cycle=cycle)
            stage.load_cycle(scene, 0)
            await settle()
            serial = stage.serial
            stage.set_tempo(with_(scene, tempo=240.0), serial)
            assert (engine.last(SetTempo), stage.serial) == (SetTempo(240.0), serial)

    tell(story)


def test_a_cycle_called_back_before_it_is_made_is_not_played() -> None:
    async def story(stage: Stage, engine: Engine, workshop: Workshop) -> None:
        stage.load_cycle(TABLA, 0)
        await settle()
        workshop.may = 2
        stage.load_cycle(KIT, stage.serial)
        await settle()
        stage.load_cycle(TABLA, stage.serial)
        workshop.may = 1 << 30
        await settle()
        assert engine.last(Score).length == LIBRARY.cycle("teental").beats
        assert len([job for job in workshop.jobs if job.wanted[0].instrument == "kit"]) == 1

    tell(story)


MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("cycle"), st.sampled_from([TABLA, KIT, MET, OTHER]), st.sampled_from(OTHERS)),
        st.tuples(st.just("vary"), st.sampled_from([0.0, 0.2, 0.5, 1.0]), st.sampled_from([0.3, 1.0])),
        st.tuples(st.just("make"), st.integers(0, 60), st.none()),
        st.tuples(st.just("sam"), st.none(), st.none()),
    ),
    max_size=30,
)


@given(MOVES)
def test_no_drum_is_overwritten_that_sounds_or_waits(moves: list[tuple[str, Any, Any]]) -> None:
    async def story(stage: Stage, engine: Engine, workshop: Workshop) -> None:
        sounding: Score | None = None

        def look(made: Made) -> None:
            assert made.slot not in slots(sounding) | slots(stage.scores.get(stage.serial))

        wish = TABLA
        workshop.may, workshop.on_made = 0, look
        for move, first, second in moves:
            if move == "cycle":
                wish = with_(first, tonic=second)
                stage.load_cycle(wish, sounding.serial if sounding else 0)
            elif move == "vary":
                wish = with_(wish, meet=first, energy=second)
                stage.vary(wish, sounding.serial if sounding else 0)
                if sounding and isinstance(engine.told[-1], Swapped):
                    sounding = engine.told[-1].score
            elif move == "make":
                workshop.may += first
            elif stage.serial:
                sounding = stage.scores[stage.serial]
            await settle()
        assert sounding is None or sounding.serial in stage.scores
        workshop.may = 1 << 30
        stage.load_cycle(wish, sounding.serial if sounding else 0)
        await settle()
        # Where all shelves are in use, what waits has to sound first.
        sounding = stage.scores[stage.serial]
        stage.vary(wish, sounding.serial)
        await settle()
        # Whatever came before: in the end the last wish is there, whole.
        cycle, partner = LIBRARY.cycle(wish.cycle), LIBRARY.cycles.get(wish.partner)
        period = float(meet.common(cycle, partner).period) if partner and wish.meet else cycle.beats
        assert stage.scores[stage.serial].length == period
        struck = slots(stage.scores[stage.serial])
        filled = {wanted.slot: wanted for job in workshop.jobs for wanted in job.wanted if wanted.slot in struck}
        assert struck <= set(engine.samples())
        for wanted in filled.values():
            assert wanted.frequency == tonic_of(wanted.instrument, (wanted.name,), Hertz(wish.tonic))

    tell(story)


def test_the_score_that_sounds_is_kept_however_often_the_style_is_turned() -> None:
    async def story(stage: Stage, engine: Engine, workshop: Workshop) -> None:
        for scene in (TABLA, KIT):
            stage.load_cycle(scene, 0)
            await settle()
        sounding = stage.scores[stage.serial]
        for turn in range(30):
            stage.load_cycle((TABLA, KIT)[turn % 2], sounding.serial)
        assert stage.scores[sounding.serial] == sounding
        assert len(stage.scores) < KEPT + 4
        stage.load_cycle(with_(TABLA, tonic=OTHERS[1]), sounding.serial)
        workshop.on_made = lambda made: pytest.fail("overwritten") if made.slot in slots(sounding) else None
        await settle()
        assert engine.last(Score).serial == stage.serial

    tell(story)


def test_the_length_is_that_of_the_cycle_that_plays_and_in_silence_of_the_scenes() -> None:
    async def story(stage: Stage, _engine: Engine, _workshop: Workshop) -> None:
        assert stage.length(Status(), TABLA) == 16.0
        stage.load_cycle(TABLA, 0)
        await settle()
        assert stage.length(Status(playing=1.0, score=stage.serial), KIT) == 16.0
        assert stage.length(Status(score=stage.serial), KIT) == 4.0
        assert stage.length(Status(playing=1.0, score=-1.0), KIT) == 4.0

    tell(story)


@pytest.mark.parametrize(("scene", "again"), [(TABLA, True), (KIT, False)])
def test_another_tonic_is_no_reason_to_render_drums_that_do_not_go_by_it(scene: Scene, again: bool) -> None:
    async def story(stage: Stage, _engine: Engine, workshop: Workshop) -> None:
        for tonic in OTHERS[:2]:
            stage.load_cycle(with_(scene, tonic=tonic), 0)
            await settle()
        assert len(workshop.jobs) == 1 + again
        assert stage.scores[stage.serial].hits

    tell(story)


def test_the_drums_left_longest_ago_give_way_since_strokes_ring_on() -> None:
    async def story(stage: Stage, _engine: Engine, workshop: Workshop) -> None:
        for tonic in OTHERS[:2]:
            stage.load_cycle(with_(TABLA, tonic=tonic), stage.serial)
            await settle()
        workshop.may = 2
        stage.load_cycle(with_(TABLA, tonic=OTHERS[2]), stage.serial)
        await settle()
        # The first shelf has just been left at sam; the third, half made, will not be wanted.
        stage.load_cycle(with_(TABLA, tonic=OTHERS[3]), stage.serial)
        await settle()
        assert [job.shelf for job in workshop.jobs] == [SHELVES.drums[i] for i in (0, 1, 2, 2)]

    tell(story)


def test_a_drone_begins_with_its_first_string() -> None:
    async def story(stage: Stage, engine: Engine, workshop: Workshop) -> None:
        workshop.may = 1
        stage.set_drone(Scene(drone_on=True))
        await settle()
        assert engine.kinds() == [StartDrone, Figure]
        assert [sound.variants for sound in engine.last(Figure).sounds] == [1, 0, 0, 0]
        workshop.may = 1 << 30
        await settle()
        drone = LIBRARY.drone("tanpura")
        assert {sound.variants for sound in engine.last(Figure).sounds} == {drone.variants}
        figures = [what for what in engine.told if isinstance(what, Figure)]
        assert [figure.serial for figure in figures] == [1, 2, 3]
        assert stage.figures == {figure.serial: figure for figure in figures}
        stage.set_drone(Scene(drone_on=False))
        await settle()
        assert engine.kinds()[-1] == StopDrone
        assert len(workshop.jobs) == 2  # what is plucked first, and its variants
        assert workshop.jobs[1].shelf.offset == workshop.jobs[0].shelf.offset + len(drone.strings)

    tell(story)


def heard_pitch(engine: Engine) -> float:
    """The tonic on which the engine sounds: its figure's, as it is bent."""
    drone, tonic = LIBRARY.drone("tanpura"), math.nan
    slots: tuple[int, ...] = ()
    for what in engine.told:
        if isinstance(what, Figure) and what.slots != slots:
            slots, tonic = what.slots, what.frequencies[1] / drone.frequency(1, Hertz(1.0))
            first = tonic
        elif isinstance(what, commands.BendDrone):
            tonic = first * what.ratio
    return tonic


def test_what_sounds_glides_to_another_tonic_before_anything_is_rendered() -> None:
    async def story(stage: Stage, engine: Engine, workshop: Workshop) -> None:
        stage.set_drone(Scene(drone_on=True))
        await settle()
        workshop.may = 0
        for tonic in (OTHERS[1], OTHERS[2]):
            stage.set_drone(Scene(drone_on=True, tonic=tonic))
            assert heard_pitch(engine) == pytest.approx(tonic)
        told = len(engine.told)
        stage.set_drone(Scene(drone_on=True, tonic=OTHERS[2]))
        assert engine.kinds()[-1] == StartDrone
        await settle()
        assert Figure not in {type(what) for what in engine.told[told:]}
        fresh = Engine()
        link: Any = fresh
        stage.tell_again(link, Scene(drone_on=True, tonic=OTHERS[2]), None)
        assert heard_pitch(fresh) == pytest.approx(OTHERS[2])
        workshop.may = len(LIBRARY.drone("tanpura").strings) - 1
        await settle()
        assert Figure not in fresh.kinds()[3:]  # it holds out until every string is there
        workshop.may = 1 << 30
        await settle()
        assert fresh.last(Figure).frequencies[1] == pytest.approx(OTHERS[2])
        assert heard_pitch(fresh) == pytest.approx(OTHERS[2])

    tell(story)


def test_a_tonic_that_is_taken_back_needs_no_rendering() -> None:
    async def story(stage: Stage, engine: Engine, workshop: Workshop) -> None:
        stage.set_drone(Scene(drone_on=True))
        await settle()
        workshop.may = 0
        for tonic in (OTHERS[1], OTHERS[0]):
            stage.set_drone(Scene(drone_on=True, tonic=tonic))
        assert heard_pitch(engine) == pytest.approx(OTHERS[0])
        workshop.may = 1 << 30
        stage.set_drone(Scene(drone_on=True, tonic=OTHERS[1]))
        await settle()
        jobs, workshop.may = len(workshop.jobs), 0
        stage.set_drone(Scene(drone_on=True, tonic=OTHERS[0]))
        await settle()
        assert len(workshop.jobs) == jobs
        assert engine.last(Figure).frequencies[1] == pytest.approx(OTHERS[0])
        assert heard_pitch(engine) == pytest.approx(OTHERS[0])

    tell(story)


@given(st.lists(st.tuples(st.sampled_from(OTHERS), st.integers(0, 14)), min_size=1, max_size=12))
def test_quick_turns_of_the_tonic_end_on_the_last_one_and_overwrite_no_string_that_sounds(
    turns: list[tuple[float, int]],
) -> None:
    async def story(stage: Stage, engine: Engine, workshop: Workshop) -> None:
        def look(made: Made) -> None:
            figures = [what for what in engine.told if isinstance(what, Figure)]
            sounds = figures[-1].sounds if figures else ()
            assert made.slot not in {sound.slot + i for sound in sounds for i in range(sound.variants)}

        workshop.may, workshop.on_made = 0, look
        for tonic, samples in turns:
            stage.set_drone(Scene(tonic=tonic, drone_on=True))
            workshop.may = samples
            await settle()
        workshop.may = 1 << 30
        await settle()
        drone = LIBRARY.drone("tanpura")
        figure: Figure = engine.last(Figure)
        assert {sound.variants for sound in figure.sounds} == {drone.variants}
        hertz = Hertz(turns[-1][0])
        assert figure.frequencies == tuple(drone.frequency(i, hertz) for i in range(len(drone.strings)))
        # What lies in its slots was made for it last.
        made = {made.slot: wanted for job, made in workshop.made for wanted in job.wanted if wanted.slot == made.slot}
        assert [made[slot].frequency for slot in figure.slots] == list(figure.frequencies)
        assert heard_pitch(engine) == pytest.approx(hertz)

    tell(story)


def test_a_drones_shelf_rests_until_what_sounded_from_it_has_faded(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(stage: Stage, _engine: Engine, workshop: Workshop) -> None:
        loop = asyncio.get_running_loop()
        for tonic in OTHERS[:2]:
            stage.set_drone(Scene(tonic=tonic))
            await settle()
        monkeypatch.setattr(stages, "REST", 0.1)
        begun = loop.time()
        stage.set_drone(Scene(tonic=OTHERS[2]))
        while len(workshop.jobs) < 5:
            await asyncio.sleep(0.0)
        assert loop.time() - begun >= 0.1
        assert workshop.jobs[4].shelf == workshop.jobs[0].shelf

    tell(story)


def test_one_workshop_works_at_a_time_and_drums_come_before_the_variants_of_plucks() -> None:
    async def story(stage: Stage, engine: Engine, workshop: Workshop) -> None:
        workshop.may = 0
        stage.set_drone(Scene(drone_on=True))
        await settle()
        stage.load_cycle(TABLA, 0)
        await settle()
        assert [job.wanted[0].instrument for job in workshop.jobs] == ["tanpura"]
        workshop.may = 1 << 30
        await settle()
        assert [job.wanted[0].instrument for job in workshop.jobs] == ["tanpura", "tabla", "tanpura"]
        order = [workshop.jobs.index(job) for job, _ in workshop.made]
        assert order == sorted(order)
        assert {Figure, Score} < set(engine.kinds())

    tell(story)


def test_a_new_engine_is_told_everything() -> None:
    async def story(stage: Stage, engine: Engine, _workshop: Workshop) -> None:
        scene = Scene(drone_on=True, tempo=111.0, volume=-3.0)
        stage.prepare_signals(Hertz(scene.tonic))
        stage.mix(scene)
        stage.load_cycle(scene, 0)
        stage.set_drone(scene)
        stage.start_rhythm()
        await settle()
        fresh = Engine()
        link: Any = fresh
        stage.tell_again(link, scene, 5.5)
        assert fresh.samples() == engine.samples()
        assert fresh.levels == engine.levels
        for kind in (Score, Figure):
            assert fresh.last(kind) == engine.last(kind)
        assert fresh.kinds() == [SetTempo, Score, Figure, StartDrone, StartRhythm]
        assert (fresh.last(SetTempo), fresh.last(StartRhythm)) == (SetTempo(111.0), StartRhythm(5.5))
        before = len(engine.told)
        stage.stop_rhythm()
        assert len(engine.told) == before
        quiet = Engine()
        link = quiet
        stage.tell_again(link, with_(scene, drone_on=False), None)
        assert quiet.kinds() == [SetTempo, Score, Figure]

    tell(story)


def test_what_rounds_go_with_is_told_once_and_to_a_new_engine_before_the_drone_starts() -> None:
    async def story(stage: Stage, engine: Engine, workshop: Workshop) -> None:
        for lock in (Lock.FREE, Lock.CYCLE, Lock.CYCLE, Lock.BEAT):
            stage.set_drone(Scene(drone_on=True, round=lock))
        await settle()
        assert [what for what in engine.told if isinstance(what, LockDrone)] == [LockDrone(2), LockDrone(1)]
        made = len(workshop.made)
        stage.set_drone(Scene(drone_on=True, round=Lock.CYCLE))
        await settle()
        assert (engine.last(LockDrone), len(workshop.made)) == (LockDrone(2), made)
        fresh = Engine()
        link: Any = fresh
        stage.tell_again(link, Scene(drone_on=True, round=Lock.CYCLE), 2.0)
        assert fresh.kinds() == [SetTempo, LockDrone, Figure, StartDrone]
        assert fresh.last(LockDrone) == LockDrone(2)

    tell(story)


def test_an_engine_that_comes_while_sounds_are_made_gets_all_of_them() -> None:
    async def story(stage: Stage, engine: Engine, workshop: Workshop) -> None:
        workshop.may = 3
        stage.load_cycle(TABLA, 0)
        stage.start_rhythm()
        await settle()
        fresh = Engine()
        link: Any = fresh
        stage.tell_again(link, TABLA, 0.0)
        workshop.may = 1 << 30
        await settle()
        assert slots(fresh.last(Score)) <= set(fresh.samples())
        assert fresh.kinds()[-3:] == [Score, StartRhythm, Score]
        assert len(engine.told) == 3

    tell(story)


def test_what_a_deaf_engine_misses_the_next_one_is_told() -> None:
    async def story(stage: Stage, engine: Engine, _workshop: Workshop) -> None:
        engine.deaf = True
        scene = with_(KIT, drone_on=True)
        stage.load_cycle(scene, 0)
        stage.set_drone(scene)
        stage.send(SetTempo(99.0))
        stage.start_rhythm()
        await settle()
        assert engine.told == []
        assert stage.faults == {}
        fresh = Engine()
        link: Any = fresh
        stage.tell_again(link, scene, 0.0)
        assert fresh.kinds() == [SetTempo, Score, Figure, StartDrone, StartRhythm]
        assert slots(fresh.last(Score)) <= set(fresh.samples())

    tell(story)


def test_earcons_are_in_tune_and_made_once_for_each_tonic() -> None:
    async def story(stage: Stage, engine: Engine, workshop: Workshop) -> None:
        for tonic in (D3, D3, OTHERS[1]):
            stage.prepare_signals(Hertz(tonic))
            await settle()
        assert [job.wanted[0].frequency for job in workshop.jobs] == [D3, OTHERS[1]]
        for name in SIGNALS:
            stage.signal(name)
            strike = engine.last(commands.Strike)
            assert strike == commands.Strike(SHELVES.signals.slot + SIGNALS.index(name), SIGNAL_GAIN)

    tell(story)


def test_the_last_earcon_asked_for_too_early_sounds_when_it_can() -> None:
    async def story(stage: Stage, engine: Engine, _workshop: Workshop) -> None:
        stage.signal("arrive")
        stage.signal("chime")
        stage.prepare_signals(Hertz(D3))
        assert engine.told == []
        await settle()
        strikes = [what for what in engine.told if isinstance(what, commands.Strike)]
        assert strikes == [commands.Strike(SHELVES.signals.slot, SIGNAL_GAIN)]

    tell(story)


def test_a_workshop_that_fails_is_a_fault_until_it_works_again() -> None:
    async def story(stage: Stage, engine: Engine, workshop: Workshop) -> None:
        workshop.fails = "the workshop failed: no memory"
        stage.load_cycle(TABLA, 0)
        stage.set_drone(Scene(drone_on=True))
        await settle()
        assert sorted(stage.faults.values()) == [
            "tabla: the workshop failed: no memory",
            "tanpura in just5: the workshop failed: no memory",
        ]
        workshop.fails = ""
        stage.load_cycle(TABLA, 0)
        stage.set_drone(Scene(drone_on=True))
        await settle()
        assert stage.faults == {}
        assert {Score, Figure} <= set(engine.kinds())

    tell(story)


def test_where_a_shelf_is_too_short_for_all_what_lies_there_is_played() -> None:
    async def story(stage: Stage, engine: Engine, workshop: Workshop) -> None:
        workshop.fits = 3
        stage.load_cycle(TABLA, 0)
        stage.start_rhythm()
        stage.set_drone(Scene(drone_on=True))
        await settle()
        assert len(slots(engine.last(Score))) == 3
        assert StartRhythm in engine.kinds()
        assert [sound.variants for sound in engine.last(Figure).sounds] == [1, 1, 1, 0]

    tell(story)


def test_closing_ends_what_is_being_made() -> None:
    async def story(stage: Stage, engine: Engine, workshop: Workshop) -> None:
        workshop.may = 1
        stage.load_cycle(TABLA, 0)
        stage.set_drone(Scene(drone_on=True))
        await settle()
        await stage.close()
        workshop.may = 1 << 30
        told = len(engine.told)
        await settle()
        assert len(engine.told) == told
        assert len(asyncio.all_tasks()) == 1

    tell(story)


@pytest.mark.parametrize("part", ["drums", "drone"])
def test_a_rendering_that_breaks_off_is_a_fault_and_the_next_wish_renders_again(
    part: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(stage: Stage, engine: Engine, workshop: Workshop) -> None:
        def wish() -> None:
            if part == "drums":
                stage.load_cycle(Scene(), 0)
            else:
                stage.set_drone(Scene(drone_on=True))

        def burst(_made: Made) -> None:
            raise RuntimeError("no more threads")

        workshop.on_made = burst
        wish()
        await settle()
        assert stage.faults[part].startswith(f"{part}: the rendering broke off (RuntimeError('no more threads'))")
        assert "no more threads" in caplog.text
        workshop.on_made = lambda _made: None
        wish()
        await settle()
        assert stage.faults == {}
        assert engine.last(Score if part == "drums" else Figure)

    tell(story)


# Energy and Meet


def test_energy_is_heard_at_once_and_only_what_changes_is_told() -> None:
    async def story(stage: Stage, engine: Engine, _workshop: Workshop) -> None:
        stage.vary(with_(TABLA, energy=0.5), 0)  # before there is a score
        stage.load_cycle(with_(TABLA, energy=0.5), 0)
        await settle()
        full, told = stage.scores[stage.serial], len(engine.told)
        stage.vary(with_(TABLA, energy=0.5), full.serial)
        assert len(engine.told) == told
        stage.vary(with_(TABLA, energy=0.0), full.serial)
        (swapped,) = engine.told[told:]
        assert isinstance(swapped, Swapped)
        assert swapped.score == stage.scores[stage.serial]
        assert swapped.score.is_kin(full)
        assert [hit.beat for hit in swapped.score.hits] == [0.0, 4.0, 8.0, 12.0]

    tell(story)


def test_while_another_cycle_waits_energy_is_heard_in_both() -> None:
    async def story(stage: Stage, engine: Engine, _workshop: Workshop) -> None:
        for scene in (KIT, TABLA):
            stage.load_cycle(scene, 0)
            await settle()
        sounding = stage.scores[stage.serial]
        stage.load_cycle(KIT, sounding.serial)
        told = len(engine.told)
        stage.vary(with_(KIT, energy=0.0), sounding.serial)
        swapped, waiting = engine.told[told:]
        assert isinstance(swapped, Swapped)
        assert isinstance(waiting, Score)
        assert swapped.score.is_kin(sounding)
        assert not waiting.is_kin(sounding)
        assert (len(swapped.score.hits), len(waiting.hits)) == (4, 2)

    tell(story)


def struck(score: Score) -> set[tuple[float, tuple[int, ...]]]:
    return {(hit.beat, hit.keys) for hit in score.hits}


def test_what_changes_places_waits_for_sam_and_the_rest_does_not() -> None:
    async def story(stage: Stage, engine: Engine, _workshop: Workshop) -> None:
        stage.load_cycle(MET, 0)
        await settle()
        before, told = stage.scores[stage.serial], len(engine.told)
        stage.vary(with_(MET, meet=0.5), before.serial)
        swapped, final = engine.told[told:]
        assert isinstance(swapped, Swapped)
        assert isinstance(final, Score)
        assert final.serial == stage.serial
        assert (final.length, final.sam, swapped.score.sam) == (7.0, 3.5, 3.5)
        # Sam changes hands, and who gives way moves, in the final score alone.
        assert struck(swapped.score) == struck(before)
        assert struck(final) != struck(before)
        # Turned back before sam, nothing of it is left.
        stage.vary(MET, swapped.score.serial)
        back = engine.told[-1]
        assert isinstance(back, Swapped)
        assert back.score.hits == before.hits

    tell(story)


def test_the_partner_comes_when_its_drums_are_there() -> None:
    async def story(stage: Stage, engine: Engine, workshop: Workshop) -> None:
        workshop.may = len(LIBRARY.family("tabla").sounds)
        stage.load_cycle(MET, 0)
        stage.start_rhythm()
        await settle()
        # The first begins alone.
        assert engine.kinds() == [Score, StartRhythm]
        alone = engine.last(Score)
        assert alone.length == 7.0
        assert len(alone.hits) == 7
        workshop.may = 1 << 30
        await settle()
        both = engine.last(Score)
        assert both.is_kin(alone)
        assert len(both.hits) == len(stage.scores[stage.serial].hits) > 7
        assert len({sound.slot // 100 for hit in both.hits for sound in hit.sounds}) > 1

    tell(story)


def test_a_surprise_is_another_line_and_another_partner_is_not() -> None:
    async def story(stage: Stage, engine: Engine, _workshop: Workshop) -> None:
        lines = []
        for scene in (
            MET,
            with_(MET, partner="four-floor"),
            with_(MET, variation=Variation(groups=(2, 2, 3))),
            with_(MET, variation=Variation(drums="darbuka")),
            MET,
        ):
            stage.load_cycle(scene, 0)
            await settle()
            lines.append(engine.last(Score).line)
        assert lines == [1, 1, 2, 3, 4]

    tell(story)


def test_another_tempo_lays_two_cycles_over_each_other_anew() -> None:
    async def story(stage: Stage, engine: Engine, _workshop: Workshop) -> None:
        stage.load_cycle(MET, 0)
        await settle()
        told = len(engine.told)
        stage.swing(with_(MET, tempo=MET.tempo * 1.02), stage.serial)
        assert len(engine.told) == told
        stage.swing(with_(MET, tempo=MET.tempo * 1.1), stage.serial)
        assert isinstance(engine.told[-1], Score)
        assert len(engine.told) == told + 1

    tell(story)


def test_where_every_shelf_is_in_use_a_third_wish_waits_for_sam() -> None:
    async def story(stage: Stage, _engine: Engine, workshop: Workshop) -> None:
        stage.load_cycle(MET, 0)
        await settle()
        sounding = stage.serial
        stage.load_cycle(OTHER, sounding)
        await settle()
        waiting, jobs = stage.serial, len(workshop.jobs)
        assert jobs == 4
        stage.load_cycle(KIT, sounding)
        await settle()
        assert (stage.serial, len(workshop.jobs)) == (waiting, jobs)
        stage.vary(KIT, waiting)  # it has come to sound
        await settle()
        assert len(workshop.jobs) == jobs + 1
        assert stage.scores[stage.serial].length == LIBRARY.cycle(KIT.cycle).beats

    tell(story)
