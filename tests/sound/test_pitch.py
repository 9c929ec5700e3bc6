"""A note told from sound, as a table: what is sung and played, in cents and time, and what is refused."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest

from jambox.sound import hearing, pitch
from jambox.sound.pitch import HIGHEST, LOWEST, NOTHING, SEVERAL, UNSTEADY, Listener, Note, Refused, agreed
from jambox.sound.tables import view
from tests.sound.test_hearing import thinned
from tests.sound.tones import RATE, Samples, harmonic, pluck, reed, room, slide, steady, vowel, wobble

SNR = 20.0
EXACT, SOON = 3.0, 0.7
"""Cents, and seconds from the note's beginning."""
PIECE = 240
AA, EE, OO = (700.0, 1200.0, 2600.0), (300.0, 2300.0, 3000.0), (450.0, 800.0, 2700.0)
"""Formants in Hz, after Peterson and Barney, "Control methods used in a study of the vowels", JASA 24, 1952."""


class Heard(NamedTuple):
    """What came of it, and after how many seconds."""

    what: Note | Refused | None
    seconds: float

    def off(self, hertz: float) -> float:
        """By how many cents."""
        assert isinstance(self.what, Note), self.what
        return float(1200.0 * np.log2(self.what.pitch / hertz))


def listen(sound: Samples, block: int = PIECE) -> Heard:
    listener, heard = Listener(RATE / hearing.thinning(RATE)), thinned(sound, RATE)
    for first in range(0, len(heard), block):
        listener.feed(view(heard[first : first + block]))
        if listener.heard is not None:
            return Heard(listener.heard, (first + block) * hearing.thinning(RATE) / RATE)
    return Heard(None, len(sound) / RATE)


def even(*sounds: Samples) -> Samples:
    """All together, each as loud as the others."""
    return np.asarray(sum(sound / np.sqrt(np.mean(sound**2)) for sound in sounds))


NOTES = {
    "aa, low": (110.0, vowel(steady(110.0, 1.0), AA)),
    "aa": (196.0, vowel(steady(196.0, 1.0), AA)),
    "ee": (220.0, vowel(steady(220.0, 1.0), EE)),
    "oo, low": (82.41, vowel(steady(82.41, 1.0), OO)),
    "oo, on its formant": (225.0, vowel(steady(225.0, 1.0), OO)),
    "ee, high": (523.25, vowel(steady(523.25, 1.0), EE)),
    "a soprano": (880.0, vowel(steady(880.0, 1.0), AA)),
    "vibrato of 30 cents, low": (110.0, vowel(wobble(110.0, 1.0, 30.0, 5.5), AA)),
    "vibrato of 30 cents": (261.63, vowel(wobble(261.63, 1.0, 30.0, 5.0), OO)),
    "vibrato of 30 cents, high": (523.25, vowel(wobble(523.25, 1.0, 30.0, 6.5), AA)),
    "harmonium": (146.83, reed(146.83, 1.0)),
    "harmonium, high": (587.33, reed(587.33, 1.0)),
    "guitar, E": (82.41, pluck(82.41, 1.0)),
    "guitar, A": (110.0, pluck(110.0, 1.0)),
    "guitar, e": (329.63, pluck(329.63, 1.0)),
    "bass, E": (41.2, pluck(41.2, 1.0, decay=4.0)),
    "flute": (440.0, harmonic(steady(440.0, 1.0), np.array([1.0, 0.1, 0.03]))),
}
CALM = np.zeros(RATE)
OTHERS = {
    "noise": (UNSTEADY, np.random.default_rng(2).standard_normal(RATE)),
    "two reeds, a minor second": (UNSTEADY, even(reed(220.0, 1.0), reed(233.08, 1.0))),
    "two reeds, a minor third": (SEVERAL, even(reed(220.0, 1.0), reed(264.0, 1.0))),
    "two reeds, a fourth": (SEVERAL, even(reed(220.0, 1.0), reed(220.0 * 4 / 3, 1.0))),
    "two reeds, a fifth": (SEVERAL, even(reed(146.83, 1.0), reed(220.0, 1.0))),
    "two voices, a fifth": (SEVERAL, even(vowel(steady(110.0, 1.0), AA), vowel(steady(165.0, 1.0), OO))),
    "two voices, a tritone": (UNSTEADY, even(vowel(steady(110.0, 1.0), AA), vowel(steady(155.56, 1.0), OO))),
    "a triad": (SEVERAL, even(*(reed(220.0 * each, 1.0) for each in (1.0, 1.25, 1.5)))),
    "up by 100 cents a second": (UNSTEADY, vowel(slide(220.0, 1.0, 100.0), AA)),
    "down by 300 cents a second": (UNSTEADY, vowel(slide(220.0, 1.0, -300.0), AA)),
    "a siren": (UNSTEADY, vowel(slide(110.0, 1.0, 1200.0), OO)),
}


@pytest.mark.parametrize("name", NOTES)
def test_a_note_is_told_in_time_and_in_its_octave(name: str, report: Callable[[str], None]) -> None:
    hertz, sound = NOTES[name]
    heard = listen(room(sound, SNR))
    report(f"{name}, {hertz:g} Hz: {heard.off(hertz):+.2f} cents after {1000.0 * heard.seconds:.0f} ms")
    assert abs(heard.off(hertz)) < EXACT
    assert heard.seconds <= SOON
    assert isinstance(heard.what, Note)
    assert heard.what.seconds == pytest.approx(heard.seconds, abs=0.05)


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_single_steady_note_is_refused(name: str, report: Callable[[str], None]) -> None:
    why, sound = OTHERS[name]
    heard = listen(room(sound, SNR) if name != "noise" else 0.1 * sound)
    assert isinstance(heard.what, Refused), heard
    report(f"{name}: refused, {heard.what.heard}, after {1000.0 * heard.seconds:.0f} ms")
    assert heard.what.heard in (UNSTEADY, SEVERAL)
    assert heard.what.heard == why
    assert heard.seconds <= SOON


def test_silence_is_waited_out_and_a_note_after_it_is_heard_as_soon() -> None:
    hiss = 1e-4 * np.random.default_rng(1).standard_normal(RATE // 2)
    assert listen(hiss).what is None
    heard = listen(np.concatenate([hiss, room(NOTES["aa"][1], SNR)]))
    assert abs(heard.off(196.0)) < EXACT
    assert heard.seconds - 0.5 <= SOON


def test_an_octave_of_two_reeds_is_the_lower_one() -> None:
    heard = listen(room(even(reed(220.0, 1.0), reed(440.0, 1.0)), SNR))
    assert abs(heard.off(220.0)) < EXACT


@pytest.mark.parametrize("block", [1, 100, 999, 4000])
def test_pieces_of_any_size_are_heard_alike(block: int) -> None:
    assert listen(room(NOTES["harmonium"][1], SNR), block).what == listen(room(NOTES["harmonium"][1], SNR)).what


def test_what_was_told_stays() -> None:
    listener = Listener(12000.0)
    listener.feed(view(thinned(room(NOTES["aa"][1], SNR))))
    told = listener.heard
    listener.feed(view(thinned(room(NOTES["flute"][1], SNR))))
    assert isinstance(told, Note)
    assert listener.heard is told
    assert NOTHING not in (SEVERAL, UNSTEADY)
    assert LOWEST < 41.2 < 1046.5 < HIGHEST


@pytest.mark.parametrize(
    ("pitches", "middle"),
    [
        ([0.0] * 11, None),
        ([0.0] * 12, 0.0),
        ([500.0, *[3.0] * 12], 3.0),
        ([0.0] * 11 + [17.0], None),
        ([1.0 * k for k in range(28)], None),
        ([0.4 * k for k in range(12)], 2.2),
        ([30.0 * (-1) ** k for k in range(28)], 0.0),
        ([30.0 * (-1) ** k for k in range(27)], None),
        ([90.0 * (-1) ** k for k in range(28)], None),
        ([30.0 * (-1) ** k + (20.0 if k > 13 else 0.0) for k in range(28)], None),
    ],
)
def test_frames_agree_when_they_are_steady_or_waver_around_a_middle(pitches: list[float], middle: float | None) -> None:
    assert agreed(pitches) == (None if middle is None else pytest.approx(middle, abs=1e-9))


def test_a_dip_that_is_none_stays_where_it_is() -> None:
    assert pitch._dip(view(np.array([0.5, 0.5, 0.5])), 1) == (1.0, 0.5)
    assert pitch.period(view(np.ones(300)), 10.0) == 0.0
