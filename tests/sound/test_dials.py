"""Parameters by name: every one is read, told and laid over a mixer as the table has it, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.errors import SettingError, UnknownNameError
from jambox.sound import dials, layout
from jambox.sound.dials import DIALS, Word
from jambox.sound.parameters import VALUES, Compressor, Equaliser, Mixer, Reverb, Strip, flatten

BASE = Mixer((Strip(trim=3.0, eq=Equaliser(mid=2.0)),), reverb=Reverb(decay=4.0))


def test_every_value_has_a_name_in_the_order_of_the_engine() -> None:
    assert len(DIALS) == VALUES
    flat = flatten(BASE)
    assert list(dials.values(BASE).values()) == flat
    assert list(DIALS)[layout.STRIP_VALUES] == "strip2.trim"


@pytest.mark.parametrize(
    ("name", "word", "value", "told"),
    [
        ("strip1.trim", "-6", -6.0, "strip1.trim -6 dB"),
        ("strip16.trim", "-6 dB", -6.0, "strip16.trim -6 dB"),
        ("strip1.trim", "-6.5dB", -6.5, "strip1.trim -6.5 dB"),
        ("strip1.trim", 40, 40.0, "strip1.trim 40 dB"),
        ("strip2.eq.mid_frequency", "440 hz", 440.0, "strip2.eq.mid_frequency 440 Hz"),
        ("strip1.compressor.ratio", "4:1", 4.0, "strip1.compressor.ratio 4:1"),
        ("strip1.high_pass", "80", 80.0, "strip1.high_pass 80 Hz"),
        ("strip1.mute", "on", 1.0, "strip1.mute true"),
        ("strip1.mute", "No", 0.0, "strip1.mute false"),
        ("strip1.mute", True, 1.0, "strip1.mute true"),
        ("duck.strip", "16", 16.0, "duck.strip 16"),
        ("master.width", " 1.5 ", 1.5, "master.width 1.5"),
    ],
)
def test_words_are_read_and_told(name: str, word: Word, value: float, told: str) -> None:
    assert dials.value(name, word) == value
    assert dials.told(name, value) == told


@pytest.mark.parametrize(
    ("name", "word", "told"),
    [
        ("strip1.trim", "41", "strip1.trim: 41 lies outside -60 to 40 dB"),
        ("strip1.trim", -60.1, "strip1.trim: -60.1 lies outside -60 to 40 dB"),
        ("strip1.trim", "nan", "strip1.trim: nan lies outside -60 to 40 dB"),
        ("strip1.trim", float("nan"), "strip1.trim: nan lies outside -60 to 40 dB"),
        ("strip1.trim", "inf", "strip1.trim: inf lies outside -60 to 40 dB"),
        ("strip1.trim", "loud", "strip1.trim: 'loud' is no value: it may be -60 to 40 dB"),
        ("strip1.trim", "", "strip1.trim: '' is no value: it may be -60 to 40 dB"),
        ("strip1.trim", "on", "strip1.trim: 'on' is no value: it may be -60 to 40 dB"),
        ("strip1.high_pass", "100", "strip1.high_pass: 100 is none of 0, 80, 120 Hz"),
        ("strip1.mute", "2", "strip1.mute: 2 is none of on and off"),
        ("strip1.mute", "maybe", "strip1.mute: 'maybe' is no value: it may be on and off"),
        ("duck.strip", "1.5", "duck.strip: 1.5 is none of 0 to 16"),
        ("duck.strip", "17", "duck.strip: 17 is none of 0 to 16"),
    ],
)
def test_what_is_no_value_is_refused_with_what_may_be(name: str, word: Word, told: str) -> None:
    with pytest.raises(SettingError) as raised:
        dials.value(name, word)
    assert str(raised.value) == told


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "names are such as strip1.trim, strip1.eq.mid, reverb.decay"),
        ("trim", "names are such as strip1.trim"),
        ("strip0.trim", "names are such as strip1.trim"),
        ("strip17.trim", "names are such as strip1.trim"),
        ("strip1", "names are such as strip1.trim"),
        ("strip1.eq.middle", "there are strip1.eq.low, strip1.eq.mid, strip1.eq.mid_frequency, strip1.eq.high;"),
        ("reverb.sise", "there are reverb.level, reverb.size, reverb.decay, reverb.damping;"),
    ],
)
def test_what_is_no_name_is_refused_with_names_that_are(name: str, told: str) -> None:
    with pytest.raises(UnknownNameError) as raised:
        dials.value(name, 0.0)
    assert str(raised.value).startswith(f"the mixer has no {name!r}: {told}")
    assert "`jambox mixer all`" in str(raised.value)


def test_values_are_laid_over_a_mixer_and_the_rest_stays() -> None:
    values = {
        "strip1.eq.high": -3.0,
        "strip3.compressor.ratio": 4.0,
        "strip3.mute": 1.0,
        "strip1.high_pass": 80.0,
        "duck.strip": 3.0,
        "reverb.size": 20.0,
    }
    laid = dials.laid(BASE, values)
    assert laid.strips == (
        Strip(trim=3.0, high_pass=80, eq=Equaliser(mid=2.0, high=-3.0)),
        Strip(),
        Strip(compressor=Compressor(ratio=4.0), mute=True),
    )
    assert (laid.duck.strip, laid.reverb) == (3, Reverb(size=20.0, decay=4.0))
    assert dials.laid(BASE, {}) == BASE


@given(st.data())
def test_a_value_laid_is_the_value_there(data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(list(DIALS)), max_size=5, unique=True))
    values = {name: data.draw(_values(name), label=name) for name in names}
    found = dials.values(dials.laid(BASE, values))
    assert found == dials.values(BASE) | values
    assert dials.fit(values) == (values, ())


def _values(name: str) -> st.SearchStrategy[float]:
    row = DIALS[name]
    return st.sampled_from(row.choices) if row.choices else st.floats(row.low, row.high)


def test_what_another_version_left_is_left_out_and_told() -> None:
    good, faults = dials.fit({"strip1.trim": -6.0, "strip1.warmth": 3.0, "strip2.trim": 99.0})
    assert good == {"strip1.trim": -6.0}
    assert [fault.split(":")[0] for fault in faults] == ["the mixer has no 'strip1.warmth'", "strip2.trim"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("strip1.eq", ("strip1.eq.mid",)),
        ("strip1", ("strip1.trim", "strip1.eq.mid")),
        ("strip1.trim", ("strip1.trim",)),
        ("strip", ()),
        ("", ()),
    ],
)
def test_names_lie_under_others(name: str, found: tuple[str, ...]) -> None:
    assert dials.under(name, ("strip1.trim", "strip1.eq.mid", "strip11.trim", "reverb.decay")) == found


def test_ranges_are_told() -> None:
    assert [dials.ranged(name) for name in ("strip1.trim", "strip1.mute", "strip1.high_pass", "duck.strip")] == [
        "-60 to 40 dB",
        "on and off",
        "0, 80, 120 Hz",
        "0 to 16",
    ]
