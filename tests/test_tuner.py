"""Tonic and tuning as they are wished for, and what keys sound by them."""

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.actions import SetInstrument, SetRound, SetStrings, SetTonic, SetTuning
from jambox.errors import DataError, JamboxError, SettingError, UnknownNameError
from jambox.midi import messages, pitch
from jambox.midi.rotation import Rotation
from jambox.midi.tune import Keyed
from jambox.music.scala import Map
from jambox.reference import Reference
from jambox.rounds import Lock
from jambox.scene import HIGHEST_TONIC, LOWEST_TONIC, Scene
from jambox.tuner import ground, ground_of, key_tonic, wishes, within
from jambox.units import A4, Hertz, key_frequency
from tests.shipped import LIBRARY

DRONES, TUNINGS = LIBRARY.drones, LIBRARY.tunings
D3 = key_frequency(50)
SOME = list(TUNINGS.values())[::6]


def test_what_is_wished_is_read_by_the_scenes_a4() -> None:
    low = Scene(reference=Reference(a4=432.0))
    wished = wishes("A3", "rast-24", "ma", low, DRONES, TUNINGS)
    assert list(wished) == [SetTonic(Hertz(216.0)), SetTuning("rast-24"), SetStrings("ma")]
    assert list(wishes("", "", "", low, DRONES, TUNINGS)) == []
    assert list(wishes("", "", "usual", low, DRONES, TUNINGS)) == [SetStrings("")]
    assert list(wishes("", "", ".Sa Sa", low, DRONES, TUNINGS)) == [SetStrings(".Sa Sa")]


def test_strings_are_those_of_the_drone_that_is_wished_along() -> None:
    wished = wishes("", "", "tenors", Scene(), DRONES, TUNINGS, "highland-pipes")
    assert list(wished) == [SetInstrument("highland-pipes"), SetStrings("tenors")]
    with pytest.raises(DataError, match="strings of tanpura"):
        list(wishes("", "", "tenors", Scene(), DRONES, TUNINGS))
    with pytest.raises(UnknownNameError, match="no drone is called 'lute'"):
        list(wishes("", "", "", Scene(), DRONES, TUNINGS, "lute"))


@pytest.mark.parametrize("lock", Lock)
def test_what_rounds_go_with_comes_last_and_by_name(lock: Lock) -> None:
    wished = wishes("", "", "usual", Scene(), DRONES, TUNINGS, "tanpuri", lock.value)
    assert list(wished) == [SetInstrument("tanpuri"), SetStrings(""), SetRound(lock)]
    with pytest.raises(SettingError, match="'bar': it is free, beat, cycle"):
        list(wishes("", "", "", Scene(), DRONES, TUNINGS, lock="bar"))


@pytest.mark.parametrize(
    ("tonic", "tuning", "strings", "kind", "told"),
    [
        ("H3", "", "", SettingError, "'H3' is no pitch"),
        ("59Hz", "", "", SettingError, "the tonic cannot be 59Hz, which is 59 Hz: it goes from 60 to 520 Hz"),
        ("D9", "", "", SettingError, "the tonic cannot be D9, which is 9397 Hz: it goes from 60 to 520 Hz"),
        ("", "rast", "", UnknownNameError, "no tuning is called 'rast': of 133, most alike are"),
        ("", "", "mine", DataError, "strings of tanpura: 'mine' is no string: write a degree"),
    ],
)
def test_what_there_is_not_is_refused(
    tonic: str, tuning: str, strings: str, kind: type[JamboxError], told: str
) -> None:
    with pytest.raises(kind, match=told):
        list(wishes(tonic, tuning, strings, Scene(), DRONES, TUNINGS))


@pytest.mark.parametrize(
    ("name", "key", "pitch"),
    [
        ("edo12", 57, 57.0),
        ("just5", 57, 57.01955),
        ("just5", 45, 45.01955),
        # Between D and E flat of Bayati, its second lies halfway; E flat and E both are nearest to it.
        ("bayati-24", 51, 51.5),
        ("bayati-24", 52, 51.5),
        ("bayati-24", 50, 50.0),
        # An octave of 1208 cents.
        ("sl-av", 62, 62.08),
    ],
)
def test_a_key_sounds_the_degree_nearest_to_it(name: str, key: int, pitch: float) -> None:
    assert ground(D3, A4, TUNINGS[name]).pitches[key] == pytest.approx(pitch, abs=1e-4)


@given(st.sampled_from(sorted(TUNINGS)), st.floats(60.0, 520.0).map(Hertz), st.floats(400.0, 480.0).map(Hertz))
def test_the_tonics_key_sounds_the_tonic(name: str, tonic: Hertz, a4: Hertz) -> None:
    found = ground(tonic, a4, TUNINGS[name])
    assert len(found.pitches) == 128
    if TUNINGS[name].map is None:
        assert found.pitches[round(found.tonic)] == found.tonic
        assert round(found.tonic) in found.keys
        assert key_frequency(found.tonic, a4) == pytest.approx(tonic)


def test_maqam_bayati_on_d_snaps_to_its_keys() -> None:
    found = ground(D3, A4, TUNINGS["bayati-24"])
    assert [key for key in found.keys if 50 <= key < 62] == [50, 51, 53, 55, 57, 58, 60]


def test_a_map_says_which_key_and_the_tonic_how_high() -> None:
    chanter = TUNINGS["ghb-98"]
    on_a = ground(Hertz(235.0), A4, chanter)
    # At 470 Hz low A is 14 cents above B flat; the tonic's octave is the one nearest to the map's own.
    assert on_a.pitches[69] == pytest.approx(70.142, abs=0.001)
    assert on_a.pitches[67] == pytest.approx(70.142 - 2.312, abs=0.001)
    assert on_a.pitches[68] is None
    assert on_a.pitches[60] == 60.0
    on_d = ground(D3, A4, chanter)
    assert on_d.pitches[69] == pytest.approx(74.0)


def test_a_map_without_degrees_gives_each_key_the_next_one() -> None:
    linear = msgspec.structs.replace(TUNINGS["edo19"], map=Map(middle=50, reference=50, frequency=D3))
    found = ground(D3, A4, linear)
    assert [found.pitches[key] for key in (50, 69, 31)] == pytest.approx([50.0, 62.0, 38.0])


def test_a_tuning_that_is_not_there_leaves_keys_as_they_are() -> None:
    assert ground(D3, A4, None).pitches == tuple(range(128))
    assert ground_of(Scene(tuning="gone"), TUNINGS) == ground(Hertz(Scene().tonic), A4, None)


def test_an_instrument_is_told_by_tuning_changes_what_each_key_sounds() -> None:
    for tuning in SOME:
        wanted = ground(Hertz(293.0), Hertz(442.0), tuning)
        changes = [message[7:-1] for message in Keyed([]).begin(wanted)]
        quads = [each[place : place + 4] for each in changes for place in range(0, len(each), 4)]
        told = {key: whole + (msb << 7 | lsb) / 16384 for key, whole, msb, lsb in quads}
        heard = {key: height for key, height in enumerate(wanted.heard) if height is not None}
        assert told.keys() == heard.keys()
        assert all(abs(told[key] - heard[key]) < 0.00004 for key in range(36, 84) if key in heard)


@pytest.mark.parametrize("reach", [2, 48])
def test_an_instrument_is_bent_to_what_each_key_sounds(reach: int) -> None:
    for tuning in SOME:
        wanted = ground(Hertz(293.0), Hertz(442.0), tuning)
        rotation, off = Rotation([0], reach), 0.0
        rotation.begin(wanted)
        for key in range(36, 84):
            for message in rotation.hear(messages.note_on(0, key, 100), 0.0):
                if message[0] == messages.BEND:
                    off = pitch.bent(message, reach)
                elif messages.pressed(message) is not None:
                    height = wanted.heard[key]
                    assert height is not None
                    assert abs(message[1] + off - height) <= reach / 16384 + 1e-9


@pytest.mark.parametrize(
    ("key", "reference", "hertz"),
    [
        (57, Reference(), 220.0),
        (57, Reference(a4=432.0), 216.0),
        (57, Reference(tonic="D3+20"), 220.0 * 2.0 ** (20.0 / 1200.0)),
        (45, Reference(tonic="A3-30", a4=430.0), 107.5 * 2.0 ** (-30.0 / 1200.0)),
    ],
)
def test_a_key_is_the_tonic_by_a4_and_the_tonics_cents(key: int, reference: Reference, hertz: float) -> None:
    assert key_tonic(key, reference) == pytest.approx(hertz)


@given(st.floats(8.0, 13000.0))
def test_a_tonic_that_cannot_be_is_one_of_its_octaves(pitch: float) -> None:
    found = within(Hertz(pitch))
    assert LOWEST_TONIC <= found <= HIGHEST_TONIC
    assert math.log2(found / pitch) == round(math.log2(found / pitch))
    assert (found == pitch) == (LOWEST_TONIC <= pitch <= HIGHEST_TONIC)


def test_the_low_e_of_a_bass_is_taken_an_octave_higher() -> None:
    assert within(Hertz(41.2)) == 82.4
