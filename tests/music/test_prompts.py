"""What is said of a cycle: numbers as its players count, syllables as they speak, and less where it goes fast."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jambox.music.cycle import Cycle
from jambox.music.prompts import FASTEST, Line, Prompt, Stress, count, syllables
from jambox.music.syllables import TONGUES
from tests.shipped import LIBRARY

MOST = 48


def text(prompt: Prompt | None) -> str:
    """The words; `*` at sam, `'` at the head of a group, `-` between pulses."""
    signs = {Stress.SAM: "*", Stress.GROUP: "'", Stress.PLAIN: "", Stress.BETWEEN: "-"}
    return " ".join(line.text + signs[line.stress] for line in prompt.lines) if prompt else ""


def counted(name: str, tempo: float | None = None) -> Prompt:
    cycle = LIBRARY.cycle(name)
    return count(cycle, tempo or cycle.tempo, "en", MOST)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("teental", "1* 2 3 4 5' 6 7 8 9' 10 11 12 13' 14 15 16"),
        ("rupak", "1* 2 3 4' 5 6' 7"),
        ("samba", "1* 2' 3' 4'"),
        ("son-32", "1* 2 3 4'"),
        ("bembe", "1* 2' 3' 4'"),
        ("aqsaq", "1* 2 3' 4 5' 6 7' 8 9"),
        ("samai-darij", "1* 2 3 4' 5 6"),
        ("lancaran", "16* 1 2 3 4' 5 6 7 8' 9 10 11 12' 13 14 15"),
        ("ching-3", "8* 1 2' 3 4' 5 6' 7"),
        ("bulerias", "12* 1 2 3' 4 5 6' 7 8' 9 10' 11"),
        ("seguiriya", "8* 9 10' 11 12' 1 2 3' 4 5 6' 7"),
        ("solea", "1* 2 3' 4 5 6' 7 8' 9 10' 11 12'"),
        ("slip-jig", "1* 2' 3' 1* 2' 3'"),
        ("rachenitsa", "1* 3' 5'"),
    ],
)
def test_it_is_counted_as_players_count(name: str, expected: str) -> None:
    prompt = counted(name)
    assert text(prompt) == expected
    assert prompt.voice == "en"


@pytest.mark.parametrize(
    ("tempo", "expected"),
    [
        (333.0, "1* 2 3 4 5' 6 7 8 9' 10 11 12 13' 14 15 16"),
        (334.0, "1* 5' 9' 13'"),
        (1333.0, "1* 5' 9' 13'"),
        (1400.0, "1*"),
        (9000.0, "1*"),
    ],
)
def test_what_comes_too_fast_is_left_out(tempo: float, expected: str) -> None:
    assert text(counted("teental", tempo)) == expected


def test_there_are_no_more_words_than_there_is_room() -> None:
    cycle = LIBRARY.cycle("ladrang")
    assert len(count(cycle, 90.0, "en", 32).lines) == 32
    assert text(count(cycle, 90.0, "en", 31)) == "32* 4' 8' 12' 16' 20' 24' 28'"


@pytest.mark.parametrize(
    ("name", "voice", "expected"),
    [
        ("rupak", "hi", "तिन* तिन ना धि' ना धि' ना"),
        ("khanda-chapu", "ta", "த* க த' கி த"),
        ("saidi", "ar", "دُمْ* تَكْ دُمْ دُمْ' تَكْ"),
        ("turk-aksagi", "tr", "düm* tek' tek"),
        ("semachi", "ko", "덩* 덩' 덕 쿵' 덕"),
    ],
)
def test_strokes_are_spoken_in_their_own_language(name: str, voice: str, expected: str) -> None:
    cycle = LIBRARY.cycle(name)
    prompt = syllables(cycle, cycle.tempo, MOST)
    assert prompt is not None
    assert (prompt.voice, text(prompt)) == (voice, expected)


@pytest.mark.parametrize(
    ("tempo", "expected"),
    [
        (80.0, "धिन* धिन धा' गे- ति र- कि- टे- तू' ना कत' ता धा' गे- ति र- कि- टे- धिन' ना"),
        (120.0, "धिन* धिन धा' ति तू' ना कत' ता धा' ति धिन' ना"),
        (350.0, "धिन* धा' तू' कत' धा' धिन'"),
    ],
)
def test_fast_strokes_are_left_out_first(tempo: float, expected: str) -> None:
    assert text(syllables(LIBRARY.cycle("ektaal"), tempo, MOST)) == expected


@pytest.mark.parametrize("name", ["samba", "karsilama", "adowa", "dongo"])
def test_what_has_no_syllables_has_none(name: str) -> None:
    assert syllables(LIBRARY.cycle(name), 100.0, MOST) is None


def test_syllables_without_one_at_sam_are_none() -> None:
    saidi = LIBRARY.cycle("saidi")
    late = msgspec.structs.replace(saidi, strokes=tuple(stroke for stroke in saidi.strokes if stroke.beat))
    assert syllables(late, 100.0, MOST) is None


def test_of_strokes_together_the_heaviest_is_spoken() -> None:
    saidi = LIBRARY.cycle("saidi")
    light = msgspec.structs.replace(saidi.strokes[0], name="ka", weight=0.1)
    both = (light, *saidi.strokes)
    assert text(syllables(msgspec.structs.replace(saidi, strokes=both), 100.0, MOST)).startswith("دُمْ* ")


@pytest.mark.parametrize("family", TONGUES)
def test_every_spelling_is_of_a_stroke_that_there_is(family: str) -> None:
    assert set(TONGUES[family].spelling) <= set(LIBRARY.family(family).strokes)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(list(LIBRARY.cycles.values())), st.floats(min_value=20.0, max_value=400.0))
def test_words_come_in_order_begin_at_sam_and_leave_time(cycle: Cycle, tempo: float) -> None:
    for prompt in filter(None, (count(cycle, tempo, "en", MOST), syllables(cycle, tempo, MOST))):
        beats = [line.beat for line in prompt.lines]
        assert prompt.lines[0] == Line(0.0, prompt.lines[0].text, Stress.SAM)
        assert beats == sorted(set(beats))
        assert beats[-1] < cycle.beats
        alone = all(line.stress is Stress.SAM for line in prompt.lines)
        assert prompt.gap >= FASTEST - 1e-5 or alone
