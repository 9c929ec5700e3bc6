"""What an instrument sounds that a route tunes: FluidSynth hears what the router sends, and is measured."""

from collections.abc import Iterator

import pytest

from jambox.midi import messages
from jambox.midi.notation import parse_route
from jambox.midi.route import Port
from jambox.midi.router import Router
from jambox.tuner import ground
from jambox.units import Hertz, key_frequency
from tests import fluid
from tests.shipped import LIBRARY
from tests.sound.measure import partial_cents, peak_near

pytestmark = pytest.mark.skipif(bool(fluid.missing()), reason=fluid.missing() or "FluidSynth is here")

KEYS, SYNTH = Port.parse("Keys:Keys 20:0"), Port.parse("Synth:Synth 128:0")
TUNINGS = LIBRARY.tunings
TONIC = 60
HIGHER = 440.0 * 2.0 ** (30.0 / 1200.0)
NEAR = 0.1
"""Cents, for what is not FluidSynth's own."""
CASES = [
    ("Tune() >> ", False, 0.0),
    ("Tune('bend') >> ", True, 0.0),
    ("Tune('mpe', channels='2-4', range=48) >> ", True, 0.3),
]
"""Units; whether by bend; and how many cents half a step of the bend is."""


@pytest.fixture
def synth() -> Iterator[fluid.Fluid]:
    made = fluid.Fluid()
    yield made
    made.close()


def routed(synth: fluid.Fluid, units: str) -> Router:
    router = Router([parse_route(f"From('Keys') >> {units}To('Synth')")])
    router.join([KEYS], {SYNTH: synth.hear})
    return router


def press(router: Router, *keys: int) -> None:
    for key in keys:
        router.receive(KEYS.identity, messages.note_on(0, key, 100), 0.0)


def let_go(router: Router, *keys: int) -> None:
    for key in keys:
        router.receive(KEYS.identity, messages.note_off(0, key), 0.0)


def sounded(router: Router, synth: fluid.Fluid, key: int, expected: Hertz) -> float:
    """By how many cents a key lies off what is expected."""
    press(router, key)
    synth.render(0.1)
    heard = synth.render(0.25)
    let_go(router, key)
    synth.render(0.15)
    return partial_cents(heard, fluid.RATE, expected, within=80.0)


@pytest.fixture(scope="module")
def own() -> dict[int, float]:
    """By how many cents the sounds themselves are off, by key, untuned."""
    made = fluid.Fluid()
    router = routed(made, "")
    off = {key: sounded(router, made, key, key_frequency(key)) for key in range(TONIC - 3, TONIC + 14)}
    made.close()
    return off


@pytest.mark.parametrize(("units", "bends", "step"), CASES)
@pytest.mark.parametrize(("name", "a4"), [("ni12", 440.0), ("rast-24", 426.5)])
def test_each_degree_is_in_tune(
    synth: fluid.Fluid, own: dict[int, float], units: str, bends: bool, step: float, name: str, a4: float
) -> None:
    """FluidSynth 2.3 sounds whole cents, cut down, and bends by 127 parts of 128, as was measured by single bends."""
    router = routed(synth, units)
    wanted = ground(key_frequency(TONIC, Hertz(a4)), Hertz(a4), TUNINGS[name])
    router.tune(wanted)
    for key in range(TONIC, TONIC + 13):
        pitch = wanted.heard[key]
        assert pitch is not None
        sample = round(pitch) if bends else key
        less = 100.0 * (pitch - sample) / 128.0 if bends else 0.0
        off = sounded(router, synth, key, key_frequency(pitch)) - own[sample] + less
        assert -1.0 - NEAR - step <= off <= NEAR + step, (key, off)


def test_the_notes_of_a_chord_have_each_their_own_pitch(synth: fluid.Fluid, own: dict[int, float]) -> None:
    router = routed(synth, "Tune('bend', channels='1-3') >> ")
    wanted = ground(key_frequency(TONIC), Hertz(440.0), TUNINGS["rast-24"])
    router.tune(wanted)
    keys = (TONIC, TONIC + 3, TONIC + 7, TONIC + 10)
    press(router, *keys)
    synth.render(0.3)  # until the first, which gave way to the last, has faded
    heard = synth.render(0.5)
    for key in keys[1:]:
        pitch = wanted.heard[key]
        assert pitch is not None
        assert -1.5 <= partial_cents(heard, fluid.RATE, key_frequency(pitch), 30.0) - own[round(pitch)] <= NEAR
    first, third = (peak_near(heard, fluid.RATE, key_frequency(key), 30.0)[1] for key in (TONIC, TONIC + 7))
    assert first < third - 30.0


def test_what_sounds_follows_the_tonic_and_is_put_back(synth: fluid.Fluid, own: dict[int, float]) -> None:
    """While a note sounds the box's A4 goes up by 30 cents; then the route goes."""
    for units in ("Tune()", "Tune('bend')"):
        router = routed(synth, f"{units} >> ")
        press(router, TONIC)
        synth.render(0.1)
        router.tune(ground(key_frequency(TONIC, Hertz(HIGHER)), Hertz(HIGHER), None))
        high = synth.render(0.25)
        let_go(router, TONIC)
        router.reroute([parse_route("From('Keys') >> To('Synth')")])
        synth.render(0.15)
        off = partial_cents(high, fluid.RATE, key_frequency(TONIC, Hertz(HIGHER))) - own[TONIC]
        assert -1.3 <= off <= NEAR
        assert sounded(router, synth, TONIC, key_frequency(TONIC)) - own[TONIC] == pytest.approx(0.0, abs=NEAR)
        router.close()
