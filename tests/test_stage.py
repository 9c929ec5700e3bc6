"""The stage: levels and earcons, what a new engine is told, and a workshop that fails."""

import asyncio
from typing import Any

import pytest

from jambox.music.cycle import Score
from jambox.music.drone import Figure
from jambox.rounds import Lock
from jambox.scene import SILENCE, Scene
from jambox.sound import commands
from jambox.sound.commands import LockDrone, SetTempo, StartDrone, StartRhythm
from jambox.sound.shelves import SIGNALS, Made
from jambox.stage import SIGNAL_GAIN, Stage
from jambox.units import Hertz
from tests.stages import D3, KIT, OTHERS, SHELVES, TABLA, Engine, Workshop, settle, slots, tell, with_


def test_the_levels_are_amplitudes_and_the_lowest_is_off() -> None:
    async def story(stage: Stage, engine: Engine, _workshop: Workshop) -> None:
        stage.mix(Scene(volume=0.0, inputs=SILENCE, drone_level=-20.0, rhythm_level=6.0))
        assert engine.levels == pytest.approx([0.0, 0.1, 10.0**0.3, 1.0])

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
