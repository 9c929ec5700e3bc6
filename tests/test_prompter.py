"""What is said while a stage plays: which words are wished for, when they come in, and that all goes without."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from jambox import prompter
from jambox import stage as stages
from jambox.config import Voice
from jambox.errors import DeviceError
from jambox.music.cycle import Score, Word
from jambox.scene import Scene
from jambox.sound import shelves, speech, supervisor
from jambox.sound.commands import DefineSample, StartRhythm
from jambox.stage import Stage
from tests.shipped import LIBRARY
from tests.stages import Engine, Swapped, Workshop, settle, with_

WITH_WORDS = shelves.arrange(48000, True)
FIRST, SECOND = WITH_WORDS.words
COUNT, BOLS = Voice("count", "de", -6.0), Voice("bols", "en")
TEENTAL, SAMBA, RUPAK = (Scene(cycle=name, tempo=120.0) for name in ("teental", "samba", "rupak"))
Story = Callable[[Stage, Engine, Workshop], Awaitable[None]]


def tell(story: Story, voice: Voice = COUNT, fails: str = "", arranged: shelves.Shelves = WITH_WORDS) -> list[str]:
    """Tells a story of a stage with a voice; the voices that were looked for."""
    asked: list[str] = []

    def version(name: str) -> str:
        asked.append(name)
        if fails:
            raise DeviceError(fails)
        return "1.0"

    async def at_once(work: Callable[..., str], *arguments: Any) -> str:
        return work(*arguments)

    async def run() -> None:
        engine, workshop = Engine(), Workshop()
        link: Any = engine
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(supervisor, "make", workshop.make)
            patch.setattr(speech, "version", version)
            patch.setattr(asyncio, "to_thread", at_once)
            for module, wait in (
                (stages, "REST"),
                (stages, "SOON"),
                (stages, "RINGS"),
                (prompter, "REST"),
                (prompter, "SOON"),
            ):
                patch.setattr(module, wait, 0.0)
            stage = Stage(LIBRARY, link, 99, arranged, 48000, "/cache", voice)
            await story(stage, engine, workshop)
            await stage.close()

    asyncio.run(run())
    return asked


def spoken(workshop: Workshop) -> list[list[str]]:
    """The words of each job that there was for any."""
    jobs = ([wanted.word.text for wanted in job.wanted if wanted.word] for job in workshop.jobs)
    return [words for words in jobs if words]


def latest(engine: Engine) -> Score:
    """The score last told, swapped in or not."""
    told = [what for what in engine.told if isinstance(what, Score | Swapped)][-1]
    return told.score if isinstance(told, Swapped) else told


def test_the_count_comes_in_when_it_is_spoken() -> None:
    async def story(stage: Stage, engine: Engine, workshop: Workshop) -> None:
        stage.load_cycle(TEENTAL, 0)
        await settle()
        numbers = [str(number) for number in range(1, 17)]
        assert spoken(workshop) == [numbers]
        first = next(what for what in engine.told if isinstance(what, Score))
        assert first.words == ()
        assert latest(engine).words == tuple(Word(float(beat), FIRST.slot + beat) for beat in range(16))
        assert latest(engine).hits
        defined = [what.slot for what in engine.told if isinstance(what, DefineSample)]
        assert set(defined) >= set(range(FIRST.slot, FIRST.slot + 16))
        assert not stage.faults

    assert tell(story) == ["de"]


def test_words_are_stressed_and_paced() -> None:
    async def story(stage: Stage, _engine: Engine, workshop: Workshop) -> None:
        stage.load_cycle(TEENTAL, 0)
        await settle()
        said = [wanted.word for wanted in workshop.jobs[-1].wanted]
        sam, plain, *_, head = said[0], said[1], said[4]
        assert sam is not None
        assert plain is not None
        assert head is not None
        assert sam.pitch > head.pitch > plain.pitch
        assert -6.0 == sam.gain > head.gain > plain.gain
        assert {word.voice for word in said if word} == {"de"}
        # Half a second lies between two: each has faded by the next.
        assert all(word.longest < 0.5 and word.speed == 230 for word in said if word)

    tell(story)


def test_without_room_for_words_nothing_is_asked_for() -> None:
    async def story(stage: Stage, engine: Engine, workshop: Workshop) -> None:
        stage.load_cycle(TEENTAL, 0)
        await settle()
        stage.set_tempo(with_(TEENTAL, tempo=200.0), stage.serial)
        await settle()
        assert spoken(workshop) == []
        assert latest(engine).words == ()

    assert tell(story, COUNT, "", shelves.arrange(48000)) == []


def test_in_another_tempo_other_words_are_said_at_once() -> None:
    async def story(stage: Stage, engine: Engine, workshop: Workshop) -> None:
        stage.load_cycle(TEENTAL, 0)
        await settle()
        stage.vary(TEENTAL, stage.serial)
        stage.set_tempo(with_(TEENTAL, tempo=122.0), stage.serial)
        await settle()
        assert len(spoken(workshop)) == 1
        stage.set_tempo(with_(TEENTAL, tempo=390.0), stage.serial)
        await settle()
        assert spoken(workshop)[1:] == [["1", "5", "9", "13"]]
        assert isinstance(engine.told[-1], Swapped)
        assert latest(engine).words == tuple(Word(4.0 * n, SECOND.slot + n) for n in range(4))
        # What was said before is still there.
        stage.set_tempo(TEENTAL, stage.serial)
        assert latest(engine).words[1] == Word(1.0, FIRST.slot + 1)
        assert len(spoken(workshop)) == 2

    tell(story)


def test_bols_are_said_where_there_are_some_and_numbers_elsewhere() -> None:
    async def story(stage: Stage, engine: Engine, workshop: Workshop) -> None:
        stage.load_cycle(RUPAK, 0)
        await settle()
        assert spoken(workshop) == [["तिन", "तिन", "ना", "धि"]]
        # The same bol is one word, unless it is stressed otherwise.
        slots = [word.slot - FIRST.slot for word in latest(engine).words]
        assert slots == [0, 1, 2, 3, 2, 3, 2]
        stage.load_cycle(SAMBA, stage.serial)
        await settle()
        assert spoken(workshop)[1:] == [["1", "2", "3", "4"]]

    assert tell(story, BOLS) == ["hi", "en"]


def test_who_leads_a_meeting_is_counted_in_its_own_beats() -> None:
    async def story(stage: Stage, engine: Engine, _workshop: Workshop) -> None:
        met = with_(RUPAK, partner="samba", meet=0.2)
        stage.load_cycle(met, 0)
        await settle()
        assert [word.beat for word in latest(engine).words] == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
        stage.vary(with_(met, meet=0.9), stage.serial)
        await settle()
        score = latest(engine)
        beats = [word.beat for word in score.words]
        assert len(beats) == 4
        assert beats == pytest.approx([score.sam * place / 4.0 for place in range(4)])

    tell(story)


def test_what_sounds_keeps_its_place_while_others_are_spoken() -> None:
    async def story(stage: Stage, engine: Engine, workshop: Workshop) -> None:
        stage.load_cycle(TEENTAL, 0)
        await settle()
        sounding = stage.serial
        for scene in (RUPAK, SAMBA, RUPAK):
            stage.load_cycle(scene, sounding)
            await settle()
        places = [job.shelf.slot for job in workshop.jobs if job.wanted[0].word]
        assert places == [FIRST.slot, SECOND.slot, SECOND.slot, SECOND.slot]
        assert {word.slot for word in latest(engine).words} <= set(range(SECOND.slot, SECOND.slot + 7))

    tell(story)


def test_what_began_to_sound_before_its_words_were_taken_back_keeps_them_to_the_end() -> None:
    """A cycle waits, the pace changes, and just before the engine hears of it, sam is there."""

    async def story(stage: Stage, engine: Engine, workshop: Workshop) -> None:
        stage.load_cycle(TEENTAL, 0)
        await settle()
        sounding = stage.serial
        stage.load_cycle(RUPAK, sounding)
        await settle()
        waiting = stage.serial
        assert {word.slot for word in latest(engine).words} <= set(range(SECOND.slot, SECOND.slot + 7))
        jobs = len(spoken(workshop))
        stage.set_tempo(with_(RUPAK, tempo=390.0), sounding)
        assert latest(engine).words == ()
        stage.vary(RUPAK, waiting)
        await settle()
        assert len(spoken(workshop)) == jobs
        # At the next sam comes what was told then, without words: their place is free, and they are spoken.
        stage.vary(RUPAK, waiting + 2)
        await settle()
        assert spoken(workshop)[jobs:] == [["1", "4", "6"]]
        assert len(latest(engine).words) == 3

    tell(story)


def test_an_introduction_is_counted_as_well() -> None:
    async def story(stage: Stage, engine: Engine, _workshop: Workshop) -> None:
        stage.load_cycle(TEENTAL, 0)
        await settle()
        stage.introduce_rhythm(TEENTAL)
        intro, after = [what for what in engine.told if isinstance(what, Score)][-2:]
        begun = -engine.last(StartRhythm).beat
        said = {intro.length - word.beat: word.slot - FIRST.slot for word in intro.words}
        assert said == {beats: 16 - beats for beats in range(1, round(begun) + 1)}
        assert len(after.words) == 16

    tell(story)


def test_a_voice_that_is_not_there_is_told_once_and_all_plays_on(caplog: pytest.LogCaptureFixture) -> None:
    async def story(stage: Stage, engine: Engine, workshop: Workshop) -> None:
        for scene in (TEENTAL, RUPAK, TEENTAL):
            stage.load_cycle(scene, stage.serial)
            await settle()
        assert spoken(workshop) == []
        assert latest(engine).hits
        assert latest(engine).words == ()
        assert list(stage.faults.values()) == ["voice: nothing is said: no such program"]

    assert tell(story, COUNT, "no such program") == ["de"]
    assert [record.getMessage() for record in caplog.records].count("voice: nothing is said: no such program") == 1


def test_a_word_that_cannot_be_spoken_is_told_and_not_tried_again_and_again() -> None:
    async def story(stage: Stage, engine: Engine, workshop: Workshop) -> None:
        stage.load_cycle(SAMBA, 0)
        workshop.on_made = lambda made: setattr(workshop, "fails", "it hangs" if made.slot == FIRST.slot + 1 else "")
        await settle()
        assert stage.faults == {"voice": "voice: it hangs"}
        for energy in (0.1, 0.2):
            stage.vary(with_(SAMBA, energy=energy), stage.serial)
            await settle()
        assert len(spoken(workshop)) == 1
        assert latest(engine).words == ()

    tell(story)


def test_words_for_which_there_was_no_room_are_left_out() -> None:
    async def story(stage: Stage, engine: Engine, workshop: Workshop) -> None:
        stage.load_cycle(SAMBA, 0)
        workshop.fits = 3
        await settle()
        assert [word.beat for word in latest(engine).words] == [0.0, 1.0, 2.0]

    tell(story)


def test_a_new_engine_is_told_the_words_as_well() -> None:
    async def story(stage: Stage, _engine: Engine, _workshop: Workshop) -> None:
        stage.load_cycle(SAMBA, 0)
        await settle()
        other: Any = Engine()
        stage.tell_again(other, SAMBA, 0.0)
        assert set(other.samples()) >= {word.slot for word in latest(other).words}
        assert len(latest(other).words) == 4

    tell(story)
