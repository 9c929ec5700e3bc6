"""Scores of one cycle or of two, at every energy and blend."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jambox.music.arrangement import Arrangement, Cast
from jambox.music.cycle import Score, Sound, Word
from jambox.music.drums import score
from jambox.music.energy import CALM
from jambox.music.passages import Kind, Passage
from tests.shipped import LIBRARY

CYCLES = st.sampled_from(tuple(LIBRARY.cycles))
SHARES = st.one_of(st.floats(0.0, 1.0), st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]))


def cast(name: str, slot: int = 0) -> Cast:
    """A cycle on its own family, whose sounds lie from `slot` on."""
    cycle = LIBRARY.cycle(name)
    drums = LIBRARY.family(cycle.file.drums)
    return Cast(cycle, drums, {sound: Sound(slot + i, 1, 1.0) for i, sound in enumerate(drums.sounds)})


def pair(first: str, second: str, tempo: float | None = None) -> Arrangement:
    one = cast(first)
    return Arrangement(one, cast(second, 100), one.cycle.tempo if tempo is None else tempo)


@pytest.mark.parametrize("name", LIBRARY.cycles)
def test_with_nobody_to_meet_and_all_energy_it_is_the_cycle(name: str) -> None:
    one = cast(name)
    for second in (None, cast("teental", 100)):
        made = Arrangement(one, second, 100.0).score(3, 5)
        assert (made.serial, made.line, made.turn) == (3, 5, 0.0)
        assert made.hits == score(one.cycle, one.drums, dict(one.sounds), tempo=100.0).hits
        assert made.length == made.sam == one.cycle.beats


def test_energy_thins_and_softens() -> None:
    made = Arrangement(cast("teental"), None, 120.0)
    full, bare = made.score(1, 1), made.score(2, 1, amount=0.0)
    assert [hit.beat for hit in bare.hits] == [0.0, 4.0, 8.0, 12.0]
    loud = {hit.beat: hit.velocity for hit in full.hits}
    assert all(hit.velocity == pytest.approx(CALM * loud[hit.beat]) for hit in bare.hits)
    assert made.meeting is None
    assert not made.moves(0.0, 1.0)


def test_each_keeps_its_own_drums_and_sam_is_the_leaders() -> None:
    made = pair("rupak", "four-floor")
    for blend, sam in ((0.1, 7.0), (0.49, 7.0), (0.5, 4.0), (1.0, 4.0)):
        both = made.score(1, 1, blend=blend)
        assert (both.length, both.sam) == (28.0, sam)
    slots = {sound.slot for hit in made.score(1, 1, blend=0.5).hits for sound in hit.sounds}
    assert min(slots) < 100 <= max(slots)
    assert {sound.slot // 100 for hit in made.score(1, 1, blend=1.0).hits for sound in hit.sounds} == {1}


@settings(max_examples=100, deadline=None)
@given(CYCLES, CYCLES, SHARES, SHARES, SHARES, SHARES)
def test_in_mid_cycle_the_knobs_only_bring_or_take(
    first: str, second: str, settled: float, blend: float, one: float, other: float
) -> None:
    """Of the same blends, more energy has every hit that less has, and none somewhere else."""
    made = pair(first, second)
    low, high = sorted((one, other))
    calm, busy = (made.score(1, 1, amount, blend, settled).hits for amount in (low, high))
    busier = [(hit.beat, hit.sounds, hit.keys) for hit in busy]
    for hit in calm:
        busier.remove((hit.beat, hit.sounds, hit.keys))
    assert all(0.0 < hit.velocity <= 1.0 for hit in busy)
    assert [hit.beat for hit in busy] == sorted(hit.beat for hit in busy)


@settings(max_examples=100, deadline=None)
@given(CYCLES, CYCLES, SHARES, SHARES)
def test_nothing_waits_for_sam_that_need_not(first: str, second: str, before: float, after: float) -> None:
    made = pair(first, second)
    at_once, in_the_end = made.score(1, 1, 1.0, after, before), made.score(1, 1, 1.0, after, after)
    if not made.moves(before, after) and after > 0.0:
        assert at_once.hits == in_the_end.hits


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (2.0, [(2.0, 1), (3.0, 2)]),
        (3.0, [(3.0, 0), (4.0, 1), (5.0, 2)]),
        (4.0, [(4.0, 2), (5.0, 0), (6.0, 1), (7.0, 2)]),
    ],
)
def test_an_introduction_has_the_words_that_lead_to_sam(length: float, expected: list[tuple[float, int]]) -> None:
    arrangement = Arrangement(cast("dadra"), None, 120.0)
    score = Score(1, 3.0, (), 1, 0.0, tuple(Word(float(beat), beat) for beat in range(3)))
    led = arrangement.lead(score, Passage(Kind.INTRO, "", length, ()))
    assert (led.length, [(word.beat, word.slot) for word in led.words]) == (2.0 * length, expected)


def test_a_fill_leaves_the_words_as_they_are() -> None:
    arrangement = Arrangement(cast("dadra"), None, 120.0)
    score = Score(1, 3.0, (), 1, 0.0, (Word(0.0, 1),))
    assert arrangement.lead(score, Passage(Kind.FILL, "", 1.0, ())).words == score.words


@pytest.mark.parametrize(
    ("first", "second", "blend", "marks"),
    [
        ("teental", "", 0.0, ((4.0, 12.0), (8.0,))),
        ("rupak", "", 0.0, ((3.0, 5.0), (0.0,))),
        ("four-floor", "", 0.0, ((), ())),
        ("rupak", "lesnoto", 0.2, ((3.0, 5.0), (0.0,))),
        ("lesnoto", "rupak", 0.2, ((), ())),
    ],
)
def test_marks_are_those_of_the_leader(first: str, second: str, blend: float, marks: object) -> None:
    arrangement = pair(first, second) if second else Arrangement(cast(first), None, 100.0)
    assert arrangement.marks(blend) == marks


def test_marks_of_a_partner_that_leads_lie_on_the_beats_of_the_score() -> None:
    arrangement = pair("lesnoto", "rupak")
    _, stretch = arrangement.leader(0.9)
    claps, waves = arrangement.marks(0.9)
    assert claps == pytest.approx((3.0 * stretch, 5.0 * stretch))
    assert waves == (0.0,)
