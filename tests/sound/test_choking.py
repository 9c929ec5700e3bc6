"""Hands and pedals that stop what rings, heard in real sounds: played by the engine with the choke and without."""

import msgspec
import numpy as np
import pytest

from jambox.music.cycle import Hit, Score, Sound
from jambox.music.roll import lay
from jambox.sound.commands import SetTempo, StartRhythm
from jambox.sound.shelves import arrange, drums_sounds
from jambox.sound.voices import CHOKE_FADE
from tests.shipped import LIBRARY
from tests.sound.bench import RATE, Samples, engine_with, render
from tests.sound.instruments.takes import sound
from tests.sound.measure import level_db

WHEN = 4800
"""The frame of the second stroke: a tenth of a second after the first."""
FADE = round(CHOKE_FADE * RATE)


def struck(family: str, first: str, second: str, gain: float, choked: bool) -> Samples:
    """`first` and, with `gain`, `second`, two sounds of a family, struck one after the other."""
    drums = LIBRARY.family(family)
    shelf = arrange(RATE).drums[0]
    found = drums_sounds(drums, shelf, range(shelf.slot, shelf.slot + shelf.slots))
    engine = engine_with([sound(drums.maker, first), sound(drums.maker, second)])
    engine.carry_out(SetTempo(60.0))
    groups = [found[name].choke if choked else 0 for name in (first, second)]
    hits = [Hit(i * WHEN / RATE, (Sound(i, 1, (1.0, gain)[i], groups[i]),), (), 1.0) for i in (0, 1)]
    engine.load_score(lay(Score(1, 8.0, tuple(hits))))
    engine.carry_out(StartRhythm(0.0))
    return render(engine, RATE // 2)[:, 0]


@pytest.mark.parametrize(
    ("family", "first", "second"),
    [
        ("kit", "open hat", "closed hat"),
        ("kit909", "open hat", "closed hat"),
        ("drumset", "open hat", "hat foot"),
        ("tabla", "ge", "ke"),
        ("pakhawaj", "ge", "ka"),
        ("conga", "open", "slap"),
        ("darbuka", "dum", "slap"),
        ("zabumba", "triangle open", "triangle damped"),
        ("ching", "ching", "chap"),
    ],
)
def test_the_second_stroke_stops_the_first_within_5_ms_and_without_a_click(
    family: str, first: str, second: str
) -> None:
    rings, stopped = struck(family, first, second, 0.0, False), struck(family, first, second, 0.0, True)
    assert np.array_equal(stopped[:WHEN], rings[:WHEN])
    assert level_db(rings[WHEN : WHEN + 2400]) > -70.0
    assert np.abs(stopped[WHEN + FADE + 1 :]).max() == 0.0
    # Within the fade it moves from frame to frame no more than it would have, and by its level's fall.
    fading = slice(WHEN - 1, WHEN + FADE + 1)
    most = np.abs(np.diff(rings[fading])).max() + np.abs(rings[fading]).max() / FADE
    assert np.abs(np.diff(stopped[fading])).max() <= most * 1.001
    # What stops it sounds as it would have.
    alone = struck(family, first, second, 1.0, False) - rings
    assert struck(family, first, second, 1.0, True) - stopped == pytest.approx(alone, abs=1e-6)


def test_a_bell_that_is_struck_with_a_drum_rings_on() -> None:
    drums = LIBRARY.family("djembe")
    assert drums.strokes["sangban"].sounds == ("sangban", "sangban bell")
    for choked in (False, True):
        played = struck("djembe", "sangban bell", "sangban muted", 0.0, choked)
        assert level_db(played[WHEN + FADE + 1 : WHEN + 2400]) > -70.0


def test_a_score_that_knows_no_choke_is_still_read() -> None:
    assert msgspec.msgpack.decode(msgspec.msgpack.encode([3, 2, 0.5]), type=Sound) == Sound(3, 2, 0.5, 0)
