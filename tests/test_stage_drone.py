"""The drone on the stage: figures, the strings that are made for them, and glides to another tonic."""

import asyncio
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox import stage as stages
from jambox.music.drone import Figure
from jambox.scene import Scene
from jambox.sound import commands
from jambox.sound.commands import StartDrone, StopDrone
from jambox.sound.shelves import Made
from jambox.stage import Stage
from jambox.units import Hertz
from tests.shipped import LIBRARY
from tests.stages import OTHERS, Engine, Workshop, settle, tell


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
