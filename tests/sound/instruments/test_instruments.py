"""What holds for every sound of every family: bounds, ends, DC, onset, seeds, balance; and the drum data."""

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import jambox.music
from jambox.errors import UnknownNameError
from jambox.sound.instruments import FAMILIES, render, tanpura
from tests.sound.instruments.takes import D3, sound
from tests.sound.measure import lufs, onset, peak_db

EVERY = [(family, name) for family in FAMILIES for name in FAMILIES[family].names]
DRUMS = [(family, name) for family, name in EVERY if FAMILIES[family].variants]
DATA = Path(next(iter(jambox.music.__path__))) / "data" / "drums"
UNHEARD = {"wela", "little finger", "ring finger", "middle finger", "wave"}
"""A gong that is left out, and the hand that keeps the tala."""
OWN = [family for family in FAMILIES if FAMILIES[family].variants]
"""Families with sounds of their own."""


@pytest.mark.parametrize("rate", [44100, 48000, 96000])
@pytest.mark.parametrize(("family", "name"), EVERY)
def test_every_sound_is_fit_for_the_bank(family: str, name: str, rate: int) -> None:
    samples = sound(family, name, rate=rate)
    assert samples.dtype == np.float32
    assert samples.ndim == 1
    assert np.isfinite(samples).all()
    assert peak_db(samples) <= -1.99
    assert samples[0] == samples[-1] == 0.0
    last = samples[-round(0.002 * rate) :]
    assert np.abs(last).max() < 0.01 * np.abs(samples).max()
    assert abs(float(samples.mean(dtype=np.float64))) < 1e-6


@pytest.mark.parametrize(("rate", "seed"), [(44100, 1), (48000, 1), (48000, 2), (48000, 3), (96000, 1)])
@pytest.mark.parametrize(("family", "name"), DRUMS)
def test_drums_speak_within_2_ms(family: str, name: str, rate: int, seed: int) -> None:
    assert onset(sound(family, name, seed, rate), below=20.0) <= 0.001 * rate
    assert onset(sound(family, name, seed, rate), below=10.0) <= 0.002 * rate


@pytest.mark.parametrize(("family", "name"), DRUMS)
def test_a_seed_is_a_variant(family: str, name: str) -> None:
    assert np.array_equal(sound(family, name), render(family, name, D3, 48000, 1))
    assert not np.array_equal(sound(family, name), sound(family, name, seed=2))


@pytest.mark.parametrize("name", FAMILIES["earcons"].names)
def test_an_earcon_is_always_itself(name: str) -> None:
    assert np.array_equal(sound("earcons", name), sound("earcons", name, seed=2))


def loudest(family: str) -> float:
    return max(
        float(np.mean([lufs(sound(family, name, seed=s)) for s in (1, 2, 3)])) for name in FAMILIES[family].names
    )


def test_families_are_balanced() -> None:
    """The loudest strokes of all families lie within 2 LU of each other, a pluck of the drone half a LU more."""
    levels = [loudest(family) for family in FAMILIES if FAMILIES[family].variants]
    assert max(levels) - min(levels) < 2.0
    assert min(levels) > -23.0
    assert min(levels) - 2.5 < lufs(tanpura.pluck(D3, 3.0, 48000, 1), 2.0) < max(levels)


def test_ringing_strokes_of_the_tabla_are_within_2_lu() -> None:
    levels = [float(np.mean([lufs(sound("tabla", n, seed=s)) for s in (1, 2, 3)])) for n in ("na", "tin", "tun", "ge")]
    assert max(levels) - min(levels) < 2.5


def test_the_loudest_drums_come_near_the_ceiling() -> None:
    for family in ("tabla", "kit"):
        assert max(peak_db(sound(family, n)) for n in FAMILIES[family].names) > -4.0


@pytest.mark.parametrize(("family", "name"), [("harp", "gong"), ("tabla", "gong")])
def test_an_unknown_name_says_what_there_is(family: str, name: str) -> None:
    with pytest.raises(UnknownNameError, match="there are"):
        render(family, name, D3, 48000, 1)


def drums(family: str) -> dict[str, Any]:
    return tomllib.loads((DATA / f"{family}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("family", OWN)
def test_drum_data_names_sounds_that_exist(family: str) -> None:
    data = drums(family)
    assert data["id"] == family
    assert data["certainty"] in {"S1", "S2", "disputed", "unchecked"}
    assert data["sources"]
    for name, stroke in data["strokes"].items():
        assert stroke["sounds"] or name in UNHEARD
        assert set(stroke["sounds"]) <= set(FAMILIES[family].names), name
        assert len(stroke.get("keys", [])) == len(stroke["sounds"]), name
        assert all(35 <= key <= 81 for key in stroke.get("keys", [])), name
        assert 0.0 < stroke.get("weight", 1.0) <= 1.0, name


def test_every_sound_has_a_stroke() -> None:
    for family in OWN:
        struck = {s for stroke in drums(family)["strokes"].values() for s in stroke["sounds"]}
        assert struck == set(FAMILIES[family].names)


@pytest.mark.parametrize(
    ("bol", "keys"),
    [("Dha", {60, 64}), ("Dhin", {61, 64}), ("Tin", {61}), ("Ta", {60}), ("Na", {60}), ("Ge", {64}), ("Ke", {66})],
)
def test_teentals_bols_have_their_keys(bol: str, keys: set[int]) -> None:
    assert set(drums("tabla")["strokes"][bol]["keys"]) == keys


def test_the_hand_that_stays_stops_what_rings() -> None:
    for family, group in (
        ("batucada", {"surdo 3", "surdo 3 muted"}),
        ("ching", {"ching", "chap"}),
        ("conga", {"heel", "toe", "slap", "open"}),
        ("darbuka", {"dum", "slap"}),
        ("zabumba", {"triangle open", "triangle damped"}),
    ):
        strokes = drums(family)["strokes"]
        assert group <= strokes.keys()
        assert len({strokes[name]["choke"] for name in group}) == 1


def test_hats_choke_each_other() -> None:
    chokes = {name for name, stroke in drums("kit")["strokes"].items() if stroke.get("choke") == "hat"}
    assert chokes == {"open hat", "closed hat"}
