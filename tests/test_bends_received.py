"""What an instrument sounds that a route tunes by bends, and that rounds no pitch: TinySoundFont, measured."""

import pytest

from jambox import peers
from jambox.errors import JamboxError
from jambox.midi import messages
from jambox.midi.notation import parse_route
from jambox.midi.route import Port
from jambox.midi.router import Router
from jambox.music.library import load
from jambox.tuner import ground
from jambox.units import Hertz, key_frequency
from tests.fluid import RATE
from tests.sound.measure import partial_cents
from tests.tiny import Tiny


def missing() -> str:
    """What to install, if there are no sounds for it."""
    try:
        peers.soundfont()
    except JamboxError as fault:
        return str(fault)
    return ""


pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "there are sounds")

KEYS, SYNTH = Port.parse("Keys:Keys 20:0"), Port.parse("Synth:Synth 128:0")
TUNINGS = load().tunings
TONIC, BELOW, ABOVE = 60, 3, 14
EVERY = 6
"""Of the tunings, which are measured."""


def heard(units: str, a4: Hertz, tuning: str) -> dict[int, tuple[float, float]]:
    """By key: what it shall sound, as a key with a fraction, and by how many cents it lies off that."""
    synth, found = Tiny(), {}
    router = Router([parse_route(f"From('Keys') >> {units}To('Synth')")])
    router.join([KEYS], {SYNTH: synth.hear})
    wanted = ground(key_frequency(TONIC, a4), a4, TUNINGS.get(tuning))
    if tuning:
        router.tune(wanted)
    for key in range(TONIC - BELOW, TONIC + ABOVE):
        pitch = wanted.heard[key]
        if pitch is None:
            continue
        router.receive(KEYS.identity, messages.note_on(0, key, 100), 0.0)
        synth.render(0.1)
        played = synth.render(0.5)
        router.receive(KEYS.identity, messages.note_off(0, key), 0.0)
        synth.render(0.15)
        found[key] = pitch, partial_cents(played, RATE, key_frequency(pitch), 80.0)
    return found


@pytest.fixture(scope="module")
def own() -> dict[int, float]:
    """By how many cents the sounds themselves are off, by key, untuned."""
    return {key: off for key, (_, off) in heard("", Hertz(440.0), "").items()}


@pytest.mark.parametrize(
    ("units", "near"),
    [
        ("Tune('bend') >> ", 0.03),
        ("Tune('bend', range=1) >> ", 0.015),
        # A step of these bends is 0.6 cents; and the receiver lays its middle half a step high.
        ("Tune('mpe', channels='2-4', range=48) >> ", 0.6),
    ],
)
@pytest.mark.parametrize("tuning", sorted(TUNINGS)[::EVERY])
def test_each_key_is_in_tune(own: dict[int, float], units: str, near: float, tuning: str) -> None:
    compared = [
        off - own[round(pitch)] for pitch, off in heard(units, Hertz(440.0), tuning).values() if round(pitch) in own
    ]
    assert compared
    assert max(map(abs, compared)) < near, compared


def test_a_receiver_tuned_otherwise_would_be_heard(own: dict[int, float]) -> None:
    """The same keys by the next A4 are off by what lies between."""
    (pitch, off), *_ = heard("", Hertz(441.0), "").values()
    assert off - own[round(pitch)] == pytest.approx(-3.93, abs=0.03)
