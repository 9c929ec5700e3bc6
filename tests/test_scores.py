"""Scores that are handed over, played by the engine's own player frame by frame."""

from typing import Any

import pytest

from jambox.music.arrangement import Arrangement, Cast
from jambox.music.cycle import Score, Sound
from jambox.music.passages import Kind, grid
from jambox.music.roll import lay, read
from jambox.scores import Scores, Take
from jambox.sound.players import NEVER, RhythmPlayer, Samples
from tests.shipped import LIBRARY
from tests.sound.bench import RATE
from tests.sound.recorder import Recorder

SLOTS = 320


class Jam:
    """Scores in front of a player, at `tempo`; of all strokes, their beats and slots are written down."""

    def __init__(self, *names: str, tempo: float = 120.0) -> None:
        samples = Samples(SLOTS)
        for slot in range(SLOTS):
            samples.define(slot, 10 * slot, 10)
        self.tempo, self.frame, self.voices = tempo, 0, Recorder()
        self.player = RhythmPlayer(RATE, samples, 0)
        self.player.set_tempo(tempo, 0)
        self.told: list[Score] = []
        self.scores = Scores(
            lambda text: self._tell(self.player.swap, text), lambda text: self._tell(self.player.load, text)
        )
        casts = [self._cast(name, 100 * number) for number, name in enumerate(names)]
        self.scores.hand_over(Take(Arrangement(casts[0], casts[1] if casts[1:] else None, tempo), 1, ()))
        self.beats = casts[0].cycle.beats

    @staticmethod
    def _cast(name: str, slot: int) -> Cast:
        cycle = LIBRARY.cycle(name)
        drums = LIBRARY.family(cycle.file.drums)
        return Cast(cycle, drums, {sound: Sound(slot + i, 1, 1.0) for i, sound in enumerate(drums.sounds)})

    def _tell(self, tell: Any, text: bytes) -> None:
        self.told.append(read(text))
        tell(lay(self.told[-1]), self.frame)

    @property
    def playing(self) -> Score:
        """What the player plays."""
        assert self.player.score
        return self.player.score.score()

    def run(self, beats: float) -> None:
        """Play up to beat `beats`, which frame 0 is 0 of."""
        until = round(beats * 60.0 / self.tempo * RATE)
        while self.player.due < until:
            self.frame = max(self.frame, self.player.due)
            self.voices.frame = self.frame
            self.player.play(self.voices, self.frame)
        self.frame = until

    def lead(self, kind: Kind, room: float, seed: int = 0) -> Any:
        playing = self.player.score.serial if self.player.score else 0
        return self.scores.lead(kind, playing, self.tempo, room, seed)

    def struck(self, since: float = -1e9) -> list[tuple[int, int]]:
        return [(frame, slot) for frame, slot in self.voices.places if frame >= since * 60.0 / self.tempo * RATE]


def frames(score: Score, sam: float, tempo: float = 120.0, before: float = 0.0) -> list[tuple[int, int]]:
    """Where a score's strokes of at least `before` fall, when it begins at beat `sam`."""
    return [
        (round((sam + hit.beat) * 60.0 / tempo * RATE), sound.slot)
        for hit in score.hits
        if hit.beat >= before
        for sound in hit.sounds
    ]


@pytest.mark.parametrize("name", ["teental", "jhaptal", "samba", "lesnoto", "bulerias", "tresillo"])
def test_a_fill_ends_at_sam_and_changes_no_length(name: str) -> None:
    jam = Jam(name)
    (plain,) = jam.told
    jam.player.start(0.0, 0)
    jam.run(0.3)
    passage = jam.lead(Kind.FILL, jam.beats - 0.3, seed=7)
    _, filled, after = jam.told
    assert after.hits == plain.hits
    assert filled.length == plain.length
    assert passage.strokes
    jam.run(3.0 * jam.beats - 0.1)
    begins = jam.beats - passage.length
    expected = [
        *(each for each in frames(plain, 0.0) if each[0] < round(begins * RATE / 2.0)),
        *frames(filled, 0.0, before=begins - 1e-6),
        *frames(plain, jam.beats),
        *frames(plain, 2.0 * jam.beats),
    ]
    assert jam.struck() == sorted(expected, key=lambda each: each[0])


@pytest.mark.parametrize("name", ["teental", "adi", "samba", "gahu", "son-23"])
def test_an_ending_closes_on_sam_with_its_last_stroke_and_the_next_start_is_plain(name: str) -> None:
    jam = Jam(name)
    jam.player.start(0.0, 0)
    jam.run(0.3)
    passage = jam.lead(Kind.ENDING, jam.beats - 0.3)
    jam.player.end(jam.frame)
    jam.run(4.0 * jam.beats)
    assert not jam.player.playing
    sam = round(jam.beats * RATE / 2.0)
    assert max(frame for frame, _ in jam.struck()) == sam
    ending = jam.told[1]
    assert [each for each in jam.struck() if each[0] == sam] == [
        (sam, sound.slot) for hit in ending.hits if hit.beat == 0.0 for sound in hit.sounds
    ]
    step = grid(LIBRARY.cycle(name), 120.0)
    for frame, _ in jam.struck(jam.beats - passage.length - 1e-3):
        places = (sam - frame) / (step * RATE / 2.0)
        assert places == pytest.approx(round(places), abs=1e-3)
    assert jam.playing == jam.told[2]
    assert jam.told[2].hits == jam.told[0].hits


@pytest.mark.parametrize("name", ["teental", "four-floor", "samba", "tresillo", "lesnoto"])
def test_an_introduction_leads_to_the_first_sam_and_nothing_sounds_beside_it(name: str) -> None:
    jam = Jam(name)
    passage = jam.scores.introduce(120.0, lambda beat: jam.player.start(beat, 0))
    length = passage.length
    jam.run(length + jam.beats - 0.1)
    _, intro, plain = jam.told
    first = [each for each in frames(intro, -length) if each[0] < round(length * RATE / 2.0)]
    beats = [hit.beat - 2.0 * length for hit in intro.hits for _ in hit.sounds]
    assert sorted(set(beats)) == pytest.approx(sorted({stroke.beat for stroke in passage.strokes}))
    assert len(first) == len(beats)
    assert jam.struck() == [*first, *frames(plain, length)]
    assert jam.playing == plain
    assert jam.player.pending == 0


def test_energy_goes_on_through_a_fill_and_ends_it_no_sooner() -> None:
    jam = Jam("teental")
    jam.player.start(0.0, 0)
    jam.run(2.5)
    jam.lead(Kind.FILL, 13.5)
    assert jam.player.score
    jam.scores.vary((0.5, 0.0), jam.player.score.serial)
    filled, after = jam.told[-2:]
    assert jam.playing == filled
    assert {hit.beat for hit in filled.hits} >= {hit.beat for hit in jam.told[1].hits if hit.beat >= 12.0}
    jam.run(16.1)
    assert jam.playing == after
    assert {hit.beat % 1.0 for hit in after.hits} == {0.0}


@pytest.mark.parametrize(("meet", "bearer"), [(0.25, 0), (0.75, 1)])
def test_of_two_that_meet_the_one_that_has_sam_leads_to_it(meet: float, bearer: int) -> None:
    jam = Jam("rupak", "lesnoto")
    jam.scores.vary((1.0, meet), 0)
    jam.player.start(0.0, 0)
    jam.run(0.2)
    assert jam.player.score
    turn = jam.player.score.sam
    passage = jam.lead(Kind.ENDING, turn - 0.2)
    ending = jam.told[-2]
    assert passage.length <= turn
    assert {sound.slot // 100 for hit in ending.hits if hit.beat == 0.0 for sound in hit.sounds} == {bearer}
    within = [hit for hit in ending.hits if turn - passage.length - 1e-6 <= hit.beat < turn - 1e-6]
    assert {sound.slot // 100 for hit in within for sound in hit.sounds} == {bearer}


@pytest.mark.parametrize("kind", [Kind.FILL, Kind.ENDING])
@pytest.mark.parametrize(("before", "after"), [(0.25, 0.75), (0.75, 0.25)])
def test_who_had_sam_when_it_began_leads_to_it_to_the_end(kind: Kind, before: float, after: float) -> None:
    jam = Jam("rupak", "lesnoto")
    jam.scores.vary((1.0, before), 0)
    jam.player.start(0.0, 0)
    jam.run(0.2)
    assert jam.player.score
    passage = jam.lead(kind, jam.player.score.sam - 0.2)
    jam.scores.vary((0.7, after), jam.player.score.serial)
    led = jam.playing
    assert led == jam.told[-2]
    leading = [hit for hit in led.hits if hit.beat >= led.sam - passage.length - 1e-6]
    bearer = {sound.slot // 100 for hit in leading for sound in hit.sounds if hit.beat < led.sam - 1e-6}
    assert bearer == {round(before)}


def test_the_meeting_may_move_during_an_introduction() -> None:
    jam = Jam("rupak", "lesnoto")
    jam.scores.vary((1.0, 0.25), 0)
    jam.scores.introduce(120.0, lambda beat: jam.player.start(beat, 0))
    jam.run(0.2)
    assert jam.player.score
    jam.scores.vary((1.0, 0.75), jam.player.score.serial)
    assert {sound.slot // 100 for hit in jam.playing.hits for sound in hit.sounds} == {0}


def test_without_a_score_or_room_nothing_leads_to_sam() -> None:
    jam = Jam("teental")
    assert jam.lead(Kind.FILL, 0.0) is None
    assert jam.scores.lead(Kind.FILL, 99, 120.0, 4.0) is None
    assert jam.lead(Kind.FILL, 0.01) is None
    assert len(jam.told) == 1
    assert jam.player.due == NEVER
