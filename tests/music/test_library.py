"""The shipped data holds what the traditions say; a user's folder adds to it, and a broken file harms no other."""

import shutil
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from jambox.errors import UnknownNameError
from jambox.music.certainty import SURE, WORDS
from jambox.music.cycle import Cycle, CycleFile
from jambox.music.drone import Drone
from jambox.music.drums import Drums, score
from jambox.music.library import FEW, SHIPPED, load, unheard

LIBRARY = load()


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A user's folder, empty as yet."""
    for part in ("cycles", "drums", "drones"):
        (tmp_path / part).mkdir()
    return tmp_path


def copy(name: str, own: Path, *changes: tuple[str, str], to: str = "") -> Path:
    """A shipped file in the user's folder, with changes."""
    text = (SHIPPED / name).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = own / (to or name)
    path.write_text(text, encoding="utf-8")
    return path


def at(cycle: Cycle, name: str) -> list[float]:
    return [stroke.beat for stroke in cycle.strokes if stroke.name == name]


def test_shipped_data_has_no_faults() -> None:
    assert LIBRARY.faults == ()
    assert {"teental", "four-floor"} <= LIBRARY.cycles.keys()
    assert {"tabla", "kit"} <= LIBRARY.drums.keys()
    assert {"tanpura"} <= LIBRARY.drones.keys()
    assert {"just5", "ghb-98"} <= LIBRARY.tunings.keys()


@pytest.mark.parametrize(
    ("part", "ids"), [("cycles", LIBRARY.cycles), ("drums", LIBRARY.drums), ("drones", LIBRARY.drones)]
)
def test_every_shipped_file_is_named_after_its_id(part: str, ids: Mapping[str, object]) -> None:
    there = {path.stem for path in (SHIPPED / part).glob("*.toml")} - LIBRARY.absent.keys()
    assert there == {name.partition(":")[0] for name in ids}


@pytest.mark.parametrize(
    "thing",
    [
        *{cycle.file.id: cycle.file for cycle in LIBRARY.cycles.values()}.values(),
        *LIBRARY.drums.values(),
        *LIBRARY.drones.values(),
    ],
    ids=lambda thing: thing.id,
)
def test_every_shipped_file_tells_its_sources(thing: CycleFile | Drums | Drone) -> None:
    assert all(thing.sources)
    assert thing.sources
    assert thing.certainty in WORDS


GESTURES = {"little finger", "ring finger", "middle finger", "wave", "wela"}
"""What is shown or left out on purpose, and makes no sound."""


@pytest.mark.parametrize("name", LIBRARY.cycles)
def test_every_shipped_cycle_has_sounds_and_keys_for_each_stroke(name: str) -> None:
    cycle = LIBRARY.cycle(name)
    family = LIBRARY.family(cycle.file.drums)
    unheard = {stroke.name for stroke in cycle.strokes if not family.strokes[stroke.name].sounds}
    assert unheard <= GESTURES
    hits = score(cycle, family, {}).hits
    assert all(hit.keys and 0.6 <= hit.velocity <= 1.0 for hit in hits)


def test_teental_is_as_the_tradition_has_it() -> None:
    # Sixteen matras in four vibhags; sam and tali on 1, 5 and 13, khali on 9: Teental as every source has it.
    teental = LIBRARY.cycle("teental")
    assert (teental.file.pulses, teental.beats, teental.file.groups) == (16, 16.0, (4, 4, 4, 4))
    marks = teental.file.marks
    assert (marks.sam, marks.tali, marks.khali) == (1, (5, 13), (9,))
    assert [stroke.name for stroke in teental.strokes] == [
        *("Dha", "Dhin", "Dhin", "Dha"),
        *("Dha", "Dhin", "Dhin", "Dha"),
        *("Dha", "Tin", "Tin", "Ta"),
        *("Ta", "Dhin", "Dhin", "Dha"),
    ]
    assert [stroke.beat for stroke in teental.strokes] == [float(matra) for matra in range(16)]
    assert teental.file.names["hi"] == "तीनताल"


def test_teentals_bayan_is_silent_from_matra_10_to_13_and_returns_on_14() -> None:
    family, teental = LIBRARY.family("tabla"), LIBRARY.cycle("teental")
    bayan = {int(s.beat) + 1 for s in teental.strokes if "ge" in family.strokes[s.name].sounds}
    assert set(range(1, 17)) - bayan == {10, 11, 12, 13}


def test_four_on_the_floor_is_as_house_has_it() -> None:
    cycle = LIBRARY.cycle("four-floor")
    assert (cycle.file.pulses, cycle.beats, cycle.file.groups) == (16, 4.0, (4, 4, 4, 4))
    assert at(cycle, "kick") == [0.0, 1.0, 2.0, 3.0]
    assert at(cycle, "clap") == [1.0, 3.0]
    assert at(cycle, "open hat") == [0.5, 1.5, 2.5, 3.5]
    assert at(cycle, "closed hat") == [pulse / 4 for pulse in range(16)]
    assert 118 <= cycle.tempo <= 128


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        ("cycle", "no cycle is called 'polkka': of 169, most alike are polka, solea, rupaka"),
        ("drone", "no drone is called 'polkka': "),
        ("family", f"no drum family is called 'polkka': of {len(LIBRARY.drums)}, most alike are dholak"),
        ("tuning", "no tuning is called 'polkka': of 133, most alike are "),
    ],
)
def test_a_name_that_does_not_exist_is_told_with_those_that_do(kind: str, fault: str) -> None:
    with pytest.raises(UnknownNameError) as raised:
        getattr(LIBRARY, kind)("polkka")
    assert str(raised.value).startswith(fault)


def test_a_users_files_are_added_and_replace_the_same_id(own: Path) -> None:
    copy("cycles/teental.toml", own, ("usual = 120", "usual = 66"))
    copy("cycles/teental.toml", own, ('"teental"', '"tilwada"'), to="cycles/other.toml")
    copy("drones/tanpura.toml", own, ("seconds = 5.0", "seconds = 6.5"))
    copy("drums/kit.toml", own, ("keys = [36]", "keys = [35]"))
    library = load((SHIPPED, own))
    assert library.faults == ()
    assert library.cycle("teental").tempo == 66.0
    assert library.cycle("tilwada").file.id == "tilwada"
    assert library.drone("tanpura").seconds == 6.5
    assert library.family("kit").strokes["kick"].keys == (35,)
    assert load((SHIPPED,)).cycle("teental").tempo == 120.0


@pytest.mark.parametrize(
    ("name", "changes", "fault"),
    [
        ("cycles/teental.toml", [("pulses = 16", "pulses = 15")], "groups: they add up to 16, but pulses is 15"),
        (
            "cycles/teental.toml",
            [("Dha Tin", "Dha Tan")],
            "teental: lines.theka: 'Tan' is no stroke of tabla: it has Dha, Dhin",
        ),
        (
            "cycles/teental.toml",
            [('"tabla"', '"dol"')],
            f"drums: no drum family is called 'dol': of {len(LIBRARY.drums)}, most alike are dhol, dholak",
        ),
        (
            "drones/tanpura.toml",
            [("seconds = 5.0", 'seconds = "5"')],
            "seconds: Expected `float`, got `str` (found '5')",
        ),
        ("drums/kit.toml", [("[36]", "[236]")], "strokes.kick.keys[0]: Expected `int` <= 127 (found 236)"),
        ("drums/kit.toml", [("id =", "id")], "not valid TOML"),
    ],
)
def test_a_broken_file_is_left_out_and_explained(
    own: Path, name: str, changes: list[tuple[str, str]], fault: str
) -> None:
    path = copy(name, own, *changes)
    copy("cycles/four-floor.toml", own, ("usual = 122", "usual = 125"))
    library = load((SHIPPED, own))
    assert len(library.faults) == 1
    assert library.faults[0].startswith(f"{path}: {fault}")
    assert library.cycle("four-floor").tempo == 125.0
    assert library.cycle("teental") == LIBRARY.cycle("teental")
    assert library.drones == LIBRARY.drones
    assert library.drums == LIBRARY.drums


def test_files_that_cannot_be_read_are_left_out_and_explained(own: Path) -> None:
    (own / "cycles" / "latin.toml").write_bytes('id = "samba", name = "Não"'.encode("latin-1"))
    (own / "drones" / "folder.toml").mkdir()
    (own / "drones" / "notes.txt").write_text("not data", encoding="utf-8")
    library = load((SHIPPED, own))
    assert [fault.split(": ")[0] for fault in library.faults] == [
        str(own / "drones" / "folder.toml"),
        str(own / "cycles" / "latin.toml"),
    ]
    assert (library.cycles, library.drones) == (LIBRARY.cycles, LIBRARY.drones)


def test_a_users_drum_family_that_lacks_a_stroke_costs_the_cycles_that_need_it(own: Path) -> None:
    # Whatever is in the library can be played: the check is against the family that will sound.
    copy("drums/tabla.toml", own, ("[strokes.Tin]", "[strokes.Tinn]"))
    library = load((SHIPPED, own))
    needy = {cycle.file.id for cycle in LIBRARY.cycles.values() if at(cycle, "Tin") and cycle.file.drums == "tabla"}
    assert "teental" in needy
    assert LIBRARY.cycles.keys() - library.cycles.keys() == needy
    assert len(library.faults) == len(needy)
    told = f"{SHIPPED / 'cycles' / 'teental.toml'}: teental: lines.theka: 'Tin' is no stroke of tabla: it has Dha, Dhin"
    assert any(fault.startswith(told) for fault in library.faults)


def test_a_users_cycle_may_need_a_users_drums(own: Path) -> None:
    copy("drums/tabla.toml", own, ('"tabla"', '"dhol"'), to="drums/dhol.toml")
    copy("cycles/teental.toml", own, ('"tabla"', '"dhol"'), ('"teental"', '"chaal"'), to="cycles/chaal.toml")
    library = load(iter((SHIPPED, own)))
    assert library.faults == ()
    assert library.family(library.cycle("chaal").file.drums).id == "dhol"


def test_a_users_tunings_are_read_with_their_maps_and_each_fault_costs_its_own(own: Path) -> None:
    folder = own / "tunings"
    folder.mkdir()
    (folder / "of mine.scl").write_bytes("! Não\nd'après Rameau\n2\n3/2\n2/1\n".encode("latin-1"))
    (folder / "of mine.kbm").write_text("2\n0\n127\n60\n60\n250.0\n2\n0\n1\n", encoding="utf-8")
    (folder / "just5.scl").write_text("flat\n1\n1190.\n", encoding="utf-8")
    (folder / "short.scl").write_text("short\n3\n5/4\n3/2\n", encoding="utf-8")
    (folder / "mapped.scl").write_text("mapped\n1\n2\n", encoding="utf-8")
    (folder / "mapped.kbm").write_text("2\n0\n128\n", encoding="utf-8")
    (folder / "large.scl").write_bytes(b"large\n1\n2\n" + b"!" * 10**6)
    (folder / "folder.scl").mkdir()
    library = load((SHIPPED, own))
    told = [fault.removeprefix(f"{folder}/") for fault in library.faults]
    assert told[0].startswith("folder.scl: ")
    assert told[1:] == [
        "large.scl: it is larger than 256 KiB: no scale needs that",
        "mapped.kbm: line 3: '128' is not the last key to retune: a key is 0 to 127",
        "short.scl: line 4: the file ends where note 3 of 3 is due",
    ]
    mine = library.tuning("of mine")
    assert (mine.name, mine.certainty, mine.sources, mine.tradition) == ("d'après Rameau", "unchecked", (), "")
    assert mine.map is not None
    assert mine.map.frequency == 250.0
    assert library.tuning("just5").scale.cents == (1190.0,)
    assert LIBRARY.tunings.keys() | {"of mine"} == library.tunings.keys()


def test_folders_that_are_not_there_are_empty(tmp_path: Path) -> None:
    assert load((SHIPPED, tmp_path / "nowhere")) == LIBRARY
    assert load(()) == load((tmp_path,))
    with pytest.raises(UnknownNameError, match=r"no cycle is called 'teental'"):
        load(()).cycle("teental")


def test_the_shipped_folder_can_be_copied_whole(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED, tmp_path / "data")
    assert load((tmp_path / "data",)) == LIBRARY


# Readings, and what STYLE turns through


def test_a_cycle_of_several_readings_is_there_once_for_each() -> None:
    found = [name for name in LIBRARY.cycles if name.startswith("karachi")]
    assert found == ["karachi", "karachi:2", "karachi:3"]
    assert [LIBRARY.cycle(name).reading for name in found] == ["1", "2", "3"]
    assert [LIBRARY.cycle(name).strokes[0].name for name in found] == ["tak", "tak", "dum"]
    assert all(name == cycle.id for name, cycle in LIBRARY.cycles.items())


def test_a_users_file_replaces_all_readings(own: Path) -> None:
    copy("cycles/teental.toml", own, ('id = "teental"', 'id = "karachi"'), to="cycles/karachi.toml")
    library = load((SHIPPED, own))
    assert [name for name in library.cycles if name.startswith("karachi")] == ["karachi"]


RECORDED = """
id = "mine"
name = "Mine"
certainty = "unchecked"
sources = ["me"]
package = "my-sounds"
samples = "sounds"
strokes.dum = { sounds = ["low"], keys = [36] }
files.low = "low.wav"
"""
REMEDY = "mine is recorded, and sounds is not there: sudo apt install my-sounds"


def test_a_family_whose_package_is_missing_is_not_offered_and_asking_for_it_tells_the_remedy(own: Path) -> None:
    (own / "drums" / "mine.toml").write_text(RECORDED, encoding="utf-8")
    library = load((SHIPPED, own))
    assert library.faults == ()
    assert "mine" not in library.drums
    with pytest.raises(UnknownNameError, match=REMEDY):
        library.family("mine")
    assert library.chosen({"tabla": "mine"}) == (library, (f"drums.tabla: {REMEDY}",))


def test_a_cycle_on_such_a_family_is_left_out_with_the_remedy(own: Path) -> None:
    (own / "drums" / "mine.toml").write_text(RECORDED, encoding="utf-8")
    path = copy("cycles/rupak.toml", own, ('drums = "tabla"', 'drums = "mine"'))
    assert load((SHIPPED, own)).faults == (f"{path}: {REMEDY}",)


def test_once_its_folder_is_there_it_is_offered(own: Path) -> None:
    (own / "drums" / "mine.toml").write_text(RECORDED, encoding="utf-8")
    (own / "drums" / "sounds").mkdir()
    library = load((SHIPPED, own))
    # Installed, but not whole: told as of any other family.
    assert library.family("mine").recordings == {}
    assert "mine" not in library.absent
    assert all("low.wav: no such file" in fault or "no file for 'low'" in fault for fault in library.faults)


def test_of_one_id_the_latest_folders_family_is_there_or_absent(own: Path) -> None:
    copy("drums/tabla.toml", own, ('certainty = "S2"', 'certainty = "S2"\npackage = "p"\nsamples = "gone"'))
    assert load((SHIPPED, own)).absent["tabla"].endswith("sudo apt install p")
    assert "tabla" not in load((SHIPPED, own)).drums
    assert "tabla" in load((own, SHIPPED)).drums
    assert "tabla" not in load((own, SHIPPED)).absent


def test_what_is_wrong_with_its_file_is_told_in_one_line(own: Path) -> None:
    path = own / "drums" / "mine.toml"
    (fault,) = unheard(RECORDED, path)
    assert str(fault) == f"{path}: {REMEDY}"
    assert fault.at == ("samples",)


@pytest.mark.parametrize(("place", "name"), [("mridangam", "ghatam"), ("ghatam", "mridangam")])
def test_mridangam_and_ghatam_speak_the_same_syllables(place: str, name: str) -> None:
    chosen, told = LIBRARY.chosen({place: name})
    assert told == ()
    assert chosen.family(place) is LIBRARY.family(name)


def test_style_turns_through_what_is_sure_tradition_by_tradition() -> None:
    tempos, told = LIBRARY.style()
    assert told == ()
    assert len(tempos) == 130
    assert {"teental", "four-floor", "maqsum"} <= tempos.keys()
    assert not {"maqsum:ornamented", "karachi", "wahda", "addha", "swing-ride"} & tempos.keys()
    files = [LIBRARY.cycle(name).file for name in tempos]
    assert {file.certainty for file in files} == set(SURE)
    assert [file.tradition for file in files] == sorted(file.tradition for file in files)
    assert tempos["teental"] == 120.0


def test_style_turns_through_what_is_wished() -> None:
    tempos, told = LIBRARY.style(("wahda:b", "gone", "teental"))
    assert list(tempos) == ["wahda:b", "teental"]
    assert told == ("style: no cycle is called 'gone': see `jambox list cycles`",)


def test_a_few_tunings_are_sure() -> None:
    assert {LIBRARY.tuning(name).certainty for name in FEW} <= set(SURE)


@pytest.mark.no_cover  # whose eyes would take three times as long
def test_all_is_soon_loaded() -> None:
    def seconds() -> float:
        before = time.process_time()
        load()
        return time.process_time() - before

    assert min(seconds() for _ in range(3)) <= 0.15
