"""Hydrogen's drumkits, from XML to the file of a family; broken and hostile ones are refused."""

import pytest

from jambox.errors import DataError
from jambox.music.drums import Drums, Layer, parse_drums
from jambox.music.hydrogen import LARGEST, Kit, familiar, family_of, family_text, fitted, parse_kit
from tests.shipped import LIBRARY

DRUMSET = LIBRARY.family("drumset")


def kit(instruments: str, name: str = "Mine") -> bytes:
    return (
        f'<?xml version="1.0"?><drumkit_info xmlns="http://www.hydrogen-music.org/drumkit"><name>{name}</name>'
        f"<author>A &amp; B</author><license>CC0</license><instrumentList>{instruments}</instrumentList></drumkit_info>"
    ).encode()


def instrument(name: str, *layers: str, more: str = "") -> str:
    return f"<instrument><id>0</id><name>{name}</name>{more}{''.join(layers)}</instrument>"


def layer(file: str, low: float = 0.0, high: float = 1.0, gain: float = 1.0, pitch: float = 0.0) -> str:
    return (
        f"<layer><filename>{file}</filename><min>{low}</min><max>{high}</max>"
        f"<gain>{gain}</gain><pitch>{pitch}</pitch></layer>"
    )


SOFT_AND_LOUD = instrument("Kick", layer("loud.wav", 0.5), layer("soft.wav", 0, 0.5, 0.5, -3))


def parsed(*instruments: str) -> Kit:
    return parse_kit(kit("".join(instruments)), "drumkit.xml")


def test_layers_go_from_soft_to_loud() -> None:
    (kick,) = parsed(SOFT_AND_LOUD).instruments
    assert kick.layers == (Layer("soft.wav", 0.5, -6.02, -3.0), Layer("loud.wav", 1.0, 0.0, 0.0))


@pytest.mark.parametrize(
    ("more", "key", "choke", "gain"),
    [
        ("", 36, "", 0.0),
        ("<midiOutNote>60</midiOutNote>", 36, "", 0.0),
        ("<midiOutNote>42</midiOutNote><muteGroup>2</muteGroup>", 42, "group 2", 0.0),
        ("<muteGroup>-1</muteGroup><volume>0.5</volume><gain>4</gain>", 36, "", 6.02),
        ("<volume>0</volume>", 36, "", -60.0),
        ("<midiOutNote>999</midiOutNote><volume>1e9</volume>", 127, "", 24.0),
        ("<volume>0,5</volume>", 36, "", -6.02),
    ],
)
def test_an_instruments_figures_are_read(more: str, key: int, choke: str, gain: float) -> None:
    (one,) = parsed(instrument("Hat", layer("hat.wav"), more=more)).instruments
    assert (one.key, one.choke, one.layers) == (key, choke, (Layer("hat.wav", 1.0, gain),))


def test_names_are_told_apart_and_those_without_a_sound_left_out() -> None:
    tom = instrument("Tom", layer("a.wav"))
    found = parsed(
        tom, instrument("Silent"), tom, instrument("", layer("b.wav")), tom, instrument("Tom (3)", layer("c"))
    )
    assert [one.name for one in found.instruments] == ["Tom", "Tom (3)", "instrument 4", "Tom (5)", "Tom (3) (6)"]


def test_a_kit_from_before_layers_is_read() -> None:
    (one,) = parsed(
        "<instrument><name>Old</name><filename>old.wav</filename><volume>1</volume></instrument>"
    ).instruments
    assert one.layers == (Layer("old.wav"),)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "not valid XML: no element found: line 1, column 0"),
        (kit("")[:-20], "not valid XML: unclosed token: line 1"),
        (kit("<instrument>"), "not valid XML: mismatched tag: line 1"),
        (b"<html></html>", "its root is 'html', not 'drumkit_info'"),
        (kit(""), "no instrument has a sound"),
        (
            kit(instrument("A", layer("a.wav"), more="<volume>loud</volume>")),
            "instrument 'A': volume: 'loud' is no number",
        ),
        (kit(instrument("A", layer("a.wav"), more="<gain>nan</gain>")), "instrument 'A': gain: 'nan' is no number"),
        (b'\n<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><drumkit_info/>', "line 2: a document type"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><drumkit_info/>', "line 1: a document type"),
        (b'<?xml version="1.0" encoding="klingon"?><drumkit_info/>', "not valid XML: "),
        (b" " * (LARGEST + 1), "a kit has at most 4000000"),
    ],
)
def test_what_is_no_kit_is_refused(data: bytes, told: str) -> None:
    with pytest.raises(DataError) as raised:
        parse_kit(data, "x.xml")
    assert str(raised.value).startswith("x.xml: ")
    assert told in str(raised.value)


def test_its_file_says_the_same_again() -> None:
    found = parsed(SOFT_AND_LOUD, instrument('Say "hi" \\ \x7f ü', layer("a b.flac"), more="<muteGroup>0</muteGroup>"))
    family = family_of(found, "mine", "/a folder/x")
    again = parse_drums(family_text(family), "mine.toml")
    assert family_text(again) == family_text(family)
    assert again.recordings == family.recordings
    assert again.strokes == family.strokes
    assert again.samples == "/a folder/x"
    assert again.sources == ("Drumkit Mine, by A & B, licence: CC0",)
    assert [family.struck("Kick", velocity) for velocity in (0.1, 0.5, 0.51, 1.0, 1.2)] == [
        *("Kick/1", "Kick/1", "Kick/2", "Kick/2", "Kick/2")
    ]


@pytest.mark.parametrize(
    ("name", "sound"),
    [
        ("BassDrum", "kick"),
        ("Kick Lite 1", "kick"),
        ("Snare Rock", "snare"),
        ("Open HH", "open hat"),
        ("VariBreaks Hat 1 Cl", ""),
        ("Closed HH", "closed hat"),
        ("Pedal_HH", "hat foot"),
        ("Paiste Ride", "ride"),
        ("Hand Clap", "clap"),
        ("Stick", "rim"),
        ("Bride", ""),
    ],
)
def test_a_sound_is_found_by_what_kits_call_it(name: str, sound: str) -> None:
    found = parsed(instrument(name, layer("a.wav")))
    known = [one for one in ("kick", "snare", "open hat", "hat foot", "ride", "clap", "rim") if familiar(found, one)]
    if sound == "closed hat":
        assert familiar(found, sound)
    else:
        assert known == ([sound] if sound else [])


def test_a_kit_plays_for_another_family() -> None:
    family = family_of(parsed(SOFT_AND_LOUD, instrument("Gong", layer("g.wav"))), "drumset", "/x", DRUMSET)
    assert family.strokes == DRUMSET.strokes
    assert family.instrument == "drumset"
    assert set(family.files) == {"kick"}
    assert "kick/2" in family.sounds
    with pytest.raises(DataError, match="none of its sounds is familiar to drumset: leave --for out"):
        family_of(parsed(instrument("Gong", layer("g.wav"))), "drumset", "/x", DRUMSET)


def layered(counts: tuple[int, ...]) -> tuple[Drums, dict[str, float]]:
    made = [
        instrument(f"D{n}", *(layer(f"{n}-{i}.wav", 0, (i + 1) / count) for i in range(count)))
        for n, count in enumerate(counts)
    ]
    family = family_of(parsed(*made), "x", "/x")
    return family, dict.fromkeys((layer.file for layer in family.recordings.values()), 5.0)


@pytest.mark.parametrize(
    ("counts", "room", "slots", "kept", "cut"),
    [
        ((1, 1), 40.0, 96, ["0-0", "1-0"], 6.0),
        ((4, 1), 25.0, 96, ["0-0", "0-1", "0-2", "0-3", "1-0"], 6.0),
        ((4, 1), 20.0, 96, ["0-0", "0-1", "0-2", "0-3", "1-0"], 4.0),
        ((4, 1), 20.0, 4, ["0-0", "0-2", "0-3", "1-0"], 6.0),
        ((4, 1), 6.0, 96, ["0-1", "0-3", "1-0"], 2.0),
        ((4, 1), 2.0, 96, ["0-3", "1-0"], 1.0),
        ((4, 1), 0.1, 96, ["0-3", "1-0"], 0.3),
    ],
)
def test_a_kit_is_made_to_fit(counts: tuple[int, ...], room: float, slots: int, kept: list[str], cut: float) -> None:
    found = fitted(*layered(counts), room, slots)
    assert [layer.file.removesuffix(".wav") for layer in found.recordings.values()] == kept
    assert found.longest == cut
