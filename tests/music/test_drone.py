"""A drone's text form, and the figure of its plucks."""

from itertools import pairwise

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jambox.errors import DataError
from jambox.music.cycle import Sound
from jambox.music.drone import OVERLAP, Figure, String, figure, parse_drone, parse_strings, strung
from jambox.pointing import spot
from jambox.sound.shelves import arrange, drone_wanted
from jambox.units import Hertz, cents
from tests.shipped import LIBRARY

TANPURA = LIBRARY.drone("tanpura")
TONIC = Hertz(146.83)
SOUNDS = tuple(Sound(10 * i, 3, 1.0 - 0.1 * i) for i in range(4))
TEXT = """
id = "d"
name = "D"
region = "somewhere"
instrument = "tanpura"
seconds = 4.0
ring = 7.0
certainty = "S1"
sources = []
[[strings]]
name = "Pa"
ratio = [3, 4]
[[strings]]
name = "Sa"
ratio = [1, 1]
wait = 2
level = 0.5
pan = -1
cents = 3
"""


@st.composite
def figures(draw: st.DrawFn) -> Figure:
    """Figures of any waits and any jitter that a file may have."""
    waits = tuple(draw(st.lists(st.floats(0.051, 19.99), min_size=1, max_size=8)))
    many = len(waits)
    return Figure(
        serial=1,
        sounds=tuple(Sound(4 * i, 4, 1.0) for i in range(many)),
        frequencies=tuple(draw(st.lists(st.floats(40.0, 800.0), min_size=many, max_size=many))),
        waits=waits,
        levels=(1.0,) * many,
        pans=(0.0,) * many,
        seconds=draw(st.floats(1.0, 60.0)),
        jitter=draw(st.floats(0.0, 0.3)),
        softest=0.5,
        seed=draw(st.integers(0, 2**64)),
    )


def test_a_drone_is_read() -> None:
    drone = parse_drone(TEXT, "d.toml")
    assert drone.strings == (String("Pa", (3, 4)), String("Sa", (1, 1), 2.0, 0.5, -1.0, 3.0))
    assert drone.frequency(0, Hertz(200.0)) == pytest.approx(150.0)
    assert cents(drone.frequency(1, Hertz(200.0)) / 200.0) == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("[1, 1]", "[1, 0]", "strings[1].ratio: write two whole numbers above 0, as [3, 2]"),
        ("[3, 4]", "[-3, 4]", "strings[0].ratio: write two whole numbers above 0, as [3, 2]"),
        ("[3, 4]", "[3, 4, 5]", "strings[0].ratio: Expected `array` of length 2, got 3"),
        ("[3, 4]", '[3, "4"]', "strings[0].ratio[1]: Expected `int`, got `str` (found '4')"),
        ("[3, 4]", "0.75", "strings[0].ratio: Expected `array`, got `float` (found 0.75)"),
        ("wait = 2", "wait = 0", "strings[1].wait: Expected `float` > 0.05 (found 0)"),
        ("pan = -1", "pan = -2", "strings[1].pan: Expected `float` >= -1.0 (found -2)"),
        ("seconds = 4.0", "seconds = 0", "seconds: Expected `float` >= 1.0 (found 0)"),
        ("ring = 7.0", "jitter = 0.5\nring = 7.0", "jitter: Expected `float` <= 0.3 (found 0.5)"),
        (
            "cents = 3",
            "cent = 3",
            "strings[1]: Object contains unknown field `cent`: the keys are name, ratio, wait, level, pan, cents, "
            "pure, instrument",
        ),
        (
            '[[strings]]\nname = "Pa"',
            '[strung.x]\nstrings = "Pu"\ncertainty = "S1"\nsources = []\n[[strings]]\nname = "Pa"',
            "strung.x.strings: 'Pu' is no string: write a degree (Sa, re, Re, ga, Ga, Ma, Ma#, Pa, dha, Dha, ni, Ni) "
            "or a ratio, as .Pa Sa+1 3/2 .Sa*2",
        ),
        (TEXT[TEXT.index("[[") :], "strings = []", "strings: there are 0: a drone has 1 to 12"),
        (
            TEXT[TEXT.index("[[") :],
            '[[strings]]\nname = "Sa"\nratio = [1, 1]\n' * 13,
            "strings: there are 13: a drone has 1 to 12",
        ),
        (
            TEXT[TEXT.index("ring = 7.0") :],
            'ring = 7.5\ncertainty = "S1"\nsources = []\n' + '[[strings]]\nname = "Sa"\nratio = [1, 1]\n' * 12,
            "strings: 12 of 7.5 s each: there is room for 84 s",
        ),
    ],
)
def test_a_fault_is_named_with_its_place(old: str, new: str, fault: str) -> None:
    assert old in TEXT
    with pytest.raises(DataError) as raised:
        parse_drone(TEXT.replace(old, new), "d.toml")
    assert str(raised.value) == f"d.toml: {fault}"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("[1, 1]", "[1, 0]", "ratio = [1, 0]"),
        ("[[strings]]", '[strung.x]\nstrings = "Pu"\ncertainty = "S1"\nsources = []\n[[strings]]', '"Pu"'),
        (TEXT[TEXT.index("[[") :], "strings = []", "strings = []"),
    ],
)
def test_the_line_of_a_fault_is_known(old: str, new: str, line: str) -> None:
    text = TEXT.replace(old, new, 1)
    with pytest.raises(DataError) as raised:
        parse_drone(text, "d.toml")
    assert line in text.splitlines()[spot(text, raised.value.at).line - 1]


def test_there_are_as_many_variants_as_there_is_room_for() -> None:
    drone = parse_drone(TEXT.replace("ring = 7.0", "ring = 19.0\nvariants = 8"), "d.toml")
    assert drone.variants == 2
    with pytest.raises(DataError, match="strings of d: there is room for 4, of 19 s each"):
        strung(drone, "Sa Sa Sa Sa Sa")


# Other strings


@pytest.mark.parametrize(
    ("text", "string"),
    [
        ("Sa", String("Sa", (1, 1), pan=-0.15)),
        (".Pa", String(".Pa", (3, 4), pan=-0.15)),
        ("..Ni'", String("..Ni'", (15, 16), pan=-0.15)),
        ("Ma#''", String("Ma#''", (45, 8), pan=-0.15)),
        ("Sa-1.5@0.5*2", String("Sa", (1, 1), 2.0, 0.5, -0.15, -1.5)),
        ("re@0", String("re", (16, 15), level=0.0, pan=-0.15)),
        ("Dha*0.5", String("Dha", (27, 16), 0.5, pan=-0.15)),
        (".7/4+3", String(".7/4", (7, 8), cents=3.0, pan=-0.15, pure=True)),
        ("Sa'@0.5:sygyt-9", String("Sa'", (2, 1), level=0.5, pan=-0.15, instrument="sygyt-9")),
    ],
)
def test_a_string_is_read(text: str, string: String) -> None:
    assert parse_strings(text) == (string,)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "0 strings: a drone has 1 to 12, as .Pa Sa Sa .Sa"),
        ("Sa " * 13, "13 strings: a drone has 1 to 12, as .Pa Sa Sa .Sa"),
        ("Sa sa", "'sa' is no string: write a degree (Sa, re, Re, "),
        ("Sa+", "'Sa+' is no string"),
        ("Pa!", "'Pa!' is no string"),
        ("3/0", "'3/0': both numbers of a ratio are above 0"),
        ("0/3", "'0/3': both numbers of a ratio are above 0"),
        ("Sa+101", "'Sa+101': cents go from -100 to 100, a level from 0 to 1, a share from 0.05 to 20"),
        ("Sa@1.1", "'Sa@1.1': cents go from -100 to 100, a level from 0 to 1, a share from 0.05 to 20"),
        ("Sa*20", "'Sa*20': cents go from -100 to 100, a level from 0 to 1, a share from 0.05 to 20"),
        ("Sa:", "'Sa:' is no string"),
        ("Sa:9", "'Sa:9' is no string"),
        ("Sa*0", "'Sa*0': cents go from -100 to 100, a level from 0 to 1, a share from 0.05 to 20"),
    ],
)
def test_what_is_no_string_is_told_with_an_example(text: str, told: str) -> None:
    with pytest.raises(DataError) as raised:
        parse_strings(text)
    assert str(raised.value).startswith(told)


def test_the_set_pa_is_the_tanpuras_own() -> None:
    own = [msgspec.structs.replace(string, name="") for string in TANPURA.strings]
    assert [msgspec.structs.replace(string, name="") for string in strung(TANPURA, "pa").strings] == own
    assert strung(TANPURA, "") == TANPURA


@pytest.mark.parametrize(
    ("wish", "cents_", "variants"),
    [
        ("ma", [-702, 0, 1, -1200], 3),
        ("ni", [-112, 0, 1, -1200], 3),
        ("dha", [-294, 0, 1, -1200], 3),
        ("pa-ni", [-498, -112, 0, 1, -1200], 2),
        ("pa-ma-ni", [-498, -702, -112, 0, 1, -1200], 2),
        # The order of the plucks is that of the text.
        (".Sa, .Pa, Sa", [-1200, -498, 0], 3),
    ],
)
def test_other_strings_fit_the_shelf_as_well(wish: str, cents_: list[int], variants: int) -> None:
    found = strung(TANPURA, wish)
    assert [round(cents(found.frequency(i, TONIC) / TONIC)) for i in range(len(found.strings))] == cents_
    assert found.variants == variants
    made = drone_wanted(found, TONIC, arrange(48000).drones[0])
    assert sum(round(each.seconds * 48000) for each in made) <= arrange(48000).drones[0].frames
    assert len(made) <= arrange(48000).drones[0].slots


def test_every_set_of_strings_tells_where_it_comes_from() -> None:
    assert all(other.sources and all(other.sources) for other in TANPURA.strung.values())


@given(st.text(".'SaPNigamreRdhM#/@*+-0123456789 ,", max_size=30))
def test_any_text_is_strings_or_a_fault(text: str) -> None:
    try:
        found = parse_strings(text)
    except DataError:
        return
    # Whatever is taken could stand in a file.
    assert msgspec.convert(msgspec.to_builtins(found), tuple[String, ...]) == found


def test_a_steady_drone_has_no_jitter_and_breathes_beyond_its_round() -> None:
    steady = parse_drone(TEXT.replace("ring = 7.0", "steady = true\njitter = 0.2"), "d.toml")
    assert (steady.jitter, steady.ring) == (0.0, steady.seconds + OVERLAP)
    played = figure(steady, TONIC, SOUNDS[:2])
    assert (played.steady, played.lead) == (True, steady.seconds)
    assert figure(TANPURA, TONIC, SOUNDS).lead == 0.0


def test_what_rings_shorter_leaves_room_for_more_variants() -> None:
    short = msgspec.structs.replace(TANPURA, ring=3.5, variants=8)
    assert [strung(short, "Sa " * strings).variants for strings in (1, 3, 4, 12)] == [8, 8, 6, 2]


@pytest.mark.parametrize(
    ("tonic", "sounds"),
    [(92.5, 92.5), (92.0, 184.0), (146.83, 146.83), (185.0, 92.5), (440.0, 110.0), (27.5, 110.0), (880.0, 110.0)],
)
def test_an_instrument_with_a_register_has_its_tonic_there(tonic: float, sounds: float) -> None:
    drone = msgspec.structs.replace(TANPURA, lowest=92.5)
    assert drone.frequency(1, Hertz(tonic)) == pytest.approx(sounds)
    assert drone.frequency(3, Hertz(tonic)) == pytest.approx(sounds / 2.0)


def test_strings_may_be_played_on_what_the_drones_file_names() -> None:
    gurdy = LIBRARY.drone("hurdy-gurdy")
    assert gurdy.known() == ("bourdon", "trompette")
    assert strung(gurdy, "Sa .Sa:trompette").instruments() == ("bourdon", "trompette")
    made = drone_wanted(gurdy, TONIC, arrange(48000).drones[0])
    assert [one.instrument for one in made[:4]] == ["bourdon", "bourdon", "bourdon", "trompette"]
    with pytest.raises(DataError, match="strings of hurdy-gurdy: not on 'tanpura'; it has bourdon, trompette"):
        strung(gurdy, "Sa:tanpura")


# The figure


def periods(played: Figure, turn: int) -> float:
    """The time of a pluck, in periods of its string."""
    return played.time_of(turn) * played.frequencies[turn % len(played.frequencies)]


def test_without_jitter_plucks_keep_their_shares_of_the_round() -> None:
    played = figure(msgspec.structs.replace(TANPURA, jitter=0.0), TONIC, SOUNDS)
    half_a_period = 0.5 / min(played.frequencies)
    assert [played.time_of(turn) for turn in range(9)] == pytest.approx([0, 1, 2, 3, 5, 6, 7, 8, 10], abs=half_a_period)


@pytest.mark.parametrize("jitter", [TANPURA.jitter, 0.3])
@pytest.mark.parametrize("seed", range(3))
def test_the_tanpuras_plucks_stray_but_keep_their_order_and_do_not_drift(jitter: float, seed: int) -> None:
    played = figure(msgspec.structs.replace(TANPURA, jitter=jitter), TONIC, SOUNDS, seed=seed)
    half_a_period = 0.5 / min(played.frequencies)
    times = [played.time_of(turn) for turn in range(4000)]
    assert times[0] == 0.0
    assert all(a < b for a, b in pairwise(times))
    # The shares of a round of five seconds: Pa, Sa and Sa one each, the low Sa two.
    strays = [time - (turn // 4 * 5.0 + turn % 4) for turn, time in enumerate(times)]
    assert 0.9 * jitter < max(map(abs, strays)) <= jitter + half_a_period
    assert abs(sum(strays) / len(strays)) < 0.03 * jitter


@given(figures(), st.integers(0, 10**5))
def test_plucks_keep_their_order_whatever_the_waits(played: Figure, turn: int) -> None:
    shortest = min(played.waits) / sum(played.waits) * played.seconds
    assume((1.0 - 2.0 * 0.3) * shortest > 1.0 / min(played.frequencies))
    assert played.time_of(turn) < played.time_of(turn + 1)


@given(figures(), st.integers(0, 10**5))
def test_a_string_is_struck_in_phase_with_itself(played: Figure, turn: int) -> None:
    assert periods(played, turn) == pytest.approx(round(periods(played, turn)), abs=1e-4)


@given(figures(), st.integers(0, 10**6))
def test_no_string_sounds_the_same_twice_in_a_row(played: Figure, turn: int) -> None:
    now, then = played.pluck(turn), played.pluck(turn + len(played.waits))
    assert now is not None
    assert then is not None
    assert now.slot != then.slot
    assert now.slot // 4 == then.slot // 4 == turn % len(played.waits)


def test_plucks_keep_within_their_strings_level_and_place() -> None:
    played = figure(TANPURA, TONIC, SOUNDS, seed=4)
    for string, made in enumerate(TANPURA.strings):
        plucks = [played.pluck(turn) for turn in range(string, 2000, 4)]
        loud = made.level * SOUNDS[string].gain
        levels = [pluck.level for pluck in plucks if pluck]
        assert {pluck.slot for pluck in plucks if pluck} == {10 * string, 10 * string + 1, 10 * string + 2}
        assert {pluck.pan for pluck in plucks if pluck} == {made.pan}
        assert TANPURA.softest * loud <= min(levels) < 0.8 * loud
        assert 0.95 * loud < max(levels) <= loud


def test_the_same_seed_plays_the_same_and_another_does_not() -> None:
    def played(seed: int) -> list[object]:
        made = figure(TANPURA, TONIC, SOUNDS, seed=seed)
        return [(made.time_of(turn), made.pluck(turn)) for turn in range(100)]

    assert played(1) == played(1)
    assert played(1) != played(2)


def test_a_string_without_samples_is_not_plucked() -> None:
    played = figure(TANPURA, TONIC, (Sound(0, 0, 1.0), *SOUNDS[1:]), serial=5)
    assert [played.pluck(turn) is None for turn in range(5)] == [True, False, False, False, True]
    assert played.serial == 5
    assert played.slots == (0, 10, 20, 30)


def test_a_figure_crosses_to_the_engine_unchanged() -> None:
    made = figure(TANPURA, TONIC, SOUNDS, 2, 3)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(made), type=Figure) == made


def test_the_tanpura_is_pa_sa_sa_and_low_sa() -> None:
    assert [round(cents(TANPURA.frequency(i, TONIC) / TONIC)) for i in range(4)] == [-498, 0, 1, -1200]
    assert [string.name.split()[0] for string in TANPURA.strings] == ["Pa", "Sa", "Sa", "Sa"]


def test_figures_that_are_plucked_at_the_same_times_are_kin_whatever_their_pitch() -> None:
    one = figure(TANPURA, TONIC, SOUNDS)
    assert one.is_kin(figure(TANPURA, Hertz(110.0), SOUNDS[::-1], serial=5))
    for other in (
        figure(TANPURA, TONIC, SOUNDS, seed=1),
        figure(msgspec.structs.replace(TANPURA, seconds=TANPURA.seconds + 1.0), TONIC, SOUNDS),
        figure(strung(TANPURA, ".Pa Sa Sa Sa .Sa"), TONIC, SOUNDS),
    ):
        assert not one.is_kin(other)
