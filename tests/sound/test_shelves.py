"""The shelves: nothing overlaps, everything shipped fits, only whole runs of variants count."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.music.cycle import Sound
from jambox.music.drone import Drone
from jambox.music.drums import Drums, StrokeSounds, parse_drums
from jambox.sound import engine, instruments, shelves
from jambox.sound.instruments import earcons
from jambox.sound.instruments.drones import DRONES
from jambox.sound.shelves import SIGNALS, VARIANTS, Recording, Shelf, Wanted, arrange
from jambox.units import Hertz
from tests.shipped import LIBRARY

TONIC = Hertz(146.83)


def all_of(arranged: shelves.Shelves) -> list[Shelf]:
    return [arranged.signals, *arranged.drums, *arranged.drones, *arranged.words]


@given(rate=st.sampled_from([22050, 44100, 48000, 96000]), words=st.booleans())
def test_shelves_stand_side_by_side(rate: int, words: bool) -> None:
    arranged = arrange(rate, words)
    assert len(arranged.words) == 2 * words
    for one, other in pairwise(all_of(arranged)):
        assert one.slot + one.slots == other.slot
        assert one.offset + one.frames == other.offset
    last = all_of(arranged)[-1]
    assert arranged.frames == last.offset + last.frames
    assert last.slot + last.slots <= engine.SLOTS
    assert arranged.drones[0].frames == 90 * rate


def check(wanted: tuple[Wanted, ...], shelf: Shelf) -> None:
    slots = [one.slot for one in wanted]
    assert len(set(slots)) == len(slots)
    assert set(slots) <= set(range(shelf.slot, shelf.slot + shelf.slots))


def test_the_signals_are_the_earcons() -> None:
    assert set(SIGNALS) == set(earcons.NAMES)
    assert len(SIGNALS) == len(earcons.NAMES)
    shelf = arrange(48000).signals
    wanted = shelves.signals_wanted(TONIC, shelf)
    check(wanted, shelf)
    assert [one.name for one in wanted] == list(SIGNALS)


MADE = [family for family in LIBRARY.drums.values() if not family.files]


@pytest.mark.parametrize("family", MADE, ids=lambda family: str(family.id))
def test_every_drum_sound_exists_and_fits(family: Drums) -> None:
    assert set(family.sounds) <= set(instruments.FAMILIES[family.maker].names)
    for shelf in arrange(48000).drums:
        wanted = shelves.drums_wanted(family, TONIC, shelf)
        check(wanted, shelf)
        assert len(wanted) == VARIANTS * len(family.sounds)
        # First one of each, so that the rhythm can start early.
        assert [one.name for one in wanted[: len(family.sounds)]] == list(family.sounds)
        assert {one.seed for one in wanted[: len(family.sounds)]} == {0}


@pytest.mark.parametrize("drone", LIBRARY.drones.values(), ids=lambda drone: str(drone.id))
def test_every_drone_exists_and_fits(drone: Drone) -> None:
    assert drone.instrument in DRONES
    for shelf in arrange(48000).drones:
        wanted = shelves.drone_wanted(drone, TONIC, shelf)
        check(wanted, shelf)
        assert sum(one.seconds for one in wanted) * 48000 <= shelf.frames
        strings = len(drone.strings)
        assert [one.frequency for one in wanted[:strings]] == [drone.frequency(i, TONIC) for i in range(strings)]
        assert len({(one.frequency, one.seed) for one in wanted}) == len(wanted)


@pytest.mark.parametrize(
    ("made", "variants"),
    [
        ((), {}),
        ((0,), {"a": 1}),
        ((0, 3), {"a": 1, "b": 1}),
        ((0, 1, 2, 4, 5), {"a": 3}),
        ((0, 2, 3, 4), {"a": 1, "b": 2}),
    ],
)
def test_only_variants_without_a_gap_count(made: tuple[int, ...], variants: dict[str, int]) -> None:
    drums = Drums("x", "X", "S1", (), {"A": StrokeSounds(("a",)), "B": StrokeSounds(("b", "a"))})
    shelf = Shelf(100, 96, 0, 1000)
    found = shelves.drums_sounds(drums, shelf, [100 + slot for slot in made])
    assert found == {name: Sound(100 + "ab".index(name) * VARIANTS, count, 1.0) for name, count in variants.items()}


def test_what_chokes_each_other_has_one_number_that_no_other_shelf_has() -> None:
    kit, tabla = LIBRARY.family("kit"), LIBRARY.family("tabla")
    first, second = shelves.arrange(48000).drums[:2]
    hats = shelves.drums_sounds(kit, first, range(first.slot, first.slot + first.slots))
    bols = shelves.drums_sounds(tabla, second, range(second.slot, second.slot + second.slots))
    assert {name for name, sound in hats.items() if sound.choke} == {"open hat", "closed hat"}
    assert {name for name, sound in bols.items() if sound.choke} == {"ge", "ke"}
    assert hats["open hat"].choke == hats["closed hat"].choke != bols["ge"].choke == bols["ke"].choke


def test_a_drone_keeps_its_strings_in_turn_even_before_they_are_made() -> None:
    drone = LIBRARY.drone("tanpura")
    shelf = Shelf(200, 64, 0, 1000)
    first = {200 + string * drone.variants for string in (0, 2)}
    sounds = shelves.drone_sounds(drone, shelf, first)
    assert [sound.variants for sound in sounds] == [1, 0, 1, 0]
    assert [sound.slot for sound in sounds] == [200 + string * drone.variants for string in range(4)]


def test_recordings_take_one_slot_each_and_the_rest_their_variants() -> None:
    text = """
id = "mine"
name = "Mine"
certainty = "unchecked"
sources = []
instrument = "kit"
samples = "/s"
longest = 2.0
strokes.a = { sounds = ["kick", "rim"] }
strokes.b = { sounds = ["clap"] }
files.kick = [{ file = "soft.wav", below = 0.5 }, { file = "loud.wav", gain = -3, pitch = 1 }]
files.clap = "clap.wav"
"""
    drums = parse_drums(text, "mine.toml")
    shelf = Shelf(100, 10, 0, 1000)
    wanted = shelves.drums_wanted(drums, TONIC, shelf)
    assert [(one.slot, one.name, one.seed) for one in wanted] == [
        *((100, "kick/1", 0), (101, "kick/2", 0), (102, "rim", 0), (105, "clap", 0)),
        *((103, "rim", 1), (104, "rim", 2)),
    ]
    assert [one.recording for one in wanted if one.recording] == [
        Recording("/s/soft.wav", 0.0, 0.0, 2.0),
        Recording("/s/loud.wav", -3.0, 1.0, 2.0),
        Recording("/s/clap.wav", 0.0, 0.0, 2.0),
    ]
    assert shelves.drums_sounds(drums, shelf, [100, 101, 102, 103, 105]) == {
        "kick/1": Sound(100, 1, 1.0),
        "kick/2": Sound(101, 1, 1.0),
        "rim": Sound(102, 2, 1.0),
        "clap": Sound(105, 1, 1.0),
    }


def test_words_fit_and_those_for_which_there_are_no_slots_are_left_out() -> None:
    shelf = arrange(48000, True).words[1]
    words = [shelves.Spoken("en", str(n), 175, 50, 0.0, 0.15, 0.5, "") for n in range(shelves.WORDS + 2)]
    wanted = shelves.words_wanted(words, shelf)
    check(wanted, shelf)
    assert [one.word for one in wanted] == words[: shelves.WORDS]
    assert sum(word.lead + word.longest for word in words[: shelves.WORDS]) * 48000 <= shelf.frames
