"""What an instrument sounds that a route tunes: FluidSynth hears what the router sends, and is measured.

FluidSynth 2.3 sounds whole cents, cut down (`fluid_ct2hz_real`), and bends by 127 parts of 128 (`fluid_mod_get_value`).
What it sounds is foretold from what it was sent, so that whatever else were amiss would show. `test_bends_received.py`
has a receiver that does neither.
"""

import math
from collections.abc import Callable, Iterator

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
EXACT = 0.01
"""Cents by which what it sounds differs from what is foretold."""
MEASURED = 198.4375
"""Cents of a whole bend of two semitones."""
CASES = [
    ("Tune() >> ", 0),
    ("Tune('bend') >> ", 2),
    ("Tune('bend', range=1) >> ", 1),
    ("Tune('mpe', channels='2-4', range=48) >> ", 48),
    (f"Tune('bend', measured={MEASURED}) >> ", 2),
    (f"Tune('mpe', channels='2-4', range=48, measured={24 * MEASURED}) >> ", 48),
]
"""Units, and how many semitones a bend of theirs is told to reach; 0 where they tune keys."""


@pytest.fixture
def synth() -> Iterator[fluid.Fluid]:
    made = fluid.Fluid()
    yield made
    made.close()


def routed(hear: Callable[[bytes], None], units: str) -> Router:
    router = Router([parse_route(f"From('Keys') >> {units}To('Synth')")])
    router.join([KEYS], {SYNTH: hear})
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
    synth.render(0.2)
    heard = synth.render(1.0)
    let_go(router, key)
    synth.render(0.15)
    return partial_cents(heard, fluid.RATE, expected, within=80.0)


@pytest.fixture(scope="module")
def own() -> dict[int, float]:
    """By how many cents the sounds themselves are off, by key, untuned."""
    made = fluid.Fluid()
    router = routed(made.hear, "")
    off = {key: sounded(router, made, key, key_frequency(key)) for key in range(TONIC - 3, TONIC + 14)}
    made.close()
    return off


def foretold(told: list[bytes], key: int, reach: int) -> int:
    """The whole cents that FluidSynth makes of what it was told of a key: its tuning, or the note and its bend."""
    if not reach:
        changes = [one[7 + 4 * n : 11 + 4 * n] for one in told if one[0] == messages.SYSEX for n in range(one[6])]
        _, semitone, coarse, fine = [change for change in changes if change[0] == key][-1]
        return math.floor(100.0 * (semitone + (coarse << 7 | fine) / 16384.0))
    channel, sample, _ = [one for one in told if one[0] & 0xF0 == messages.NOTE_ON][-1]
    bend = [one for one in told if one[0] == messages.BEND | channel & 0x0F][-1]
    bent = (bend[1] | bend[2] << 7) / 8192.0 - 1.0
    return math.floor(100.0 * sample + 12700.0 * reach / 128.0 * bent)


@pytest.mark.parametrize(("units", "reach"), CASES)
@pytest.mark.parametrize(("name", "a4"), [("ni12", 440.0), ("rast-24", 426.5)])
def test_each_degree_is_in_tune(
    synth: fluid.Fluid, own: dict[int, float], units: str, reach: int, name: str, a4: float
) -> None:
    """By tuned keys and measured bends within a cent; by other bends, also off by a part in 128 of half a semitone."""
    told: list[bytes] = []

    def hear(message: bytes) -> None:
        told.append(message)
        synth.hear(message)

    router = routed(hear, units)
    wanted = ground(key_frequency(TONIC, Hertz(a4)), Hertz(a4), TUNINGS[name])
    router.tune(wanted)
    for key in range(TONIC, TONIC + 13):
        pitch = wanted.heard[key]
        assert pitch is not None
        off = sounded(router, synth, key, key_frequency(pitch)) - own[round(pitch) if reach else key]
        assert off == pytest.approx(foretold(told, key, reach) - 100.0 * pitch, abs=EXACT)
        step = 50.0 * reach / 8192.0
        slack = step + (0.0 if "measured" in units else 50.0 / 128.0) if reach else 0.0
        assert -1.0 - slack - EXACT < off < slack + EXACT


def test_the_notes_of_a_chord_have_each_their_own_pitch(synth: fluid.Fluid, own: dict[int, float]) -> None:
    router = routed(synth.hear, "Tune('bend', channels='1-3') >> ")
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
        router = routed(synth.hear, f"{units} >> ")
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
