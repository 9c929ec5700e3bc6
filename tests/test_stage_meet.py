"""Energy and Meet on the stage: what is heard at once, and what waits for sam."""

from jambox.music.cycle import Score
from jambox.sound.commands import StartRhythm
from jambox.stage import Stage
from jambox.variation import Variation
from tests.shipped import LIBRARY
from tests.stages import KIT, MET, OTHER, TABLA, Engine, Swapped, Workshop, settle, tell, with_


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
