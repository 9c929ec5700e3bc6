"""The rhythm on the stage: scores, the drums that are made for them, and the shelves where those lie."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.music import meet
from jambox.music.cycle import Score
from jambox.scene import Scene
from jambox.scores import KEPT
from jambox.sound import commands, shelves
from jambox.sound.commands import EndRhythm, SetTempo, StartRhythm, Status, StopRhythm
from jambox.sound.shelves import Made
from jambox.sound.tuned import tonic_of
from jambox.stage import Stage
from jambox.units import Hertz
from tests.shipped import LIBRARY
from tests.stages import (
    KIT,
    MET,
    OTHER,
    OTHERS,
    SHELVES,
    TABLA,
    Engine,
    Swapped,
    Workshop,
    settle,
    slots,
    tell,
    with_,
)


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
