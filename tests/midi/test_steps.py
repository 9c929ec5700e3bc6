"""What each unit does to messages: message in -> messages out."""

import re

import pytest

from jambox.midi.ground import Ground
from jambox.midi.lanes import Lane
from jambox.midi.notation import parse_route
from jambox.midi.route import Port, Unit
from jambox.midi.steps import (
    Step,
)
from jambox.midi.table import Table, ways

SOURCE, DESTINATION = Port.parse("Keys:K 20:0"), Port.parse("Synth:S 24:0")
SYSEX = "F0 7E 00 F7"


def heard(unit: Unit, message: str) -> list[str]:
    table = Table(ways([unit]), [SOURCE], [DESTINATION])
    out = table.deliveries(SOURCE.identity, bytes.fromhex(message))
    assert {destination for destination, _ in out} <= {DESTINATION.identity}
    return [data.hex(" ").upper() for _, data in out]


@pytest.mark.parametrize(
    ("unit", "message", "out"),
    [
        ("Channel(1)", "90 3C 40", "90 3C 40"),
        ("Channel(1)", "91 3C 40", ""),
        ("Channel(1, 16)", "EF 00 40", "EF 00 40"),
        ("Channel(2)", SYSEX, SYSEX),
        ("Kind('note')", "90 3C 40", "90 3C 40"),
        ("Kind('note')", "83 3C 40", "83 3C 40"),
        ("Kind('note')", "B0 40 7F", ""),
        ("Kind('cc', 'sysex')", "B0 40 7F", "B0 40 7F"),
        ("Kind('cc', 'sysex')", SYSEX, SYSEX),
        ("Kind('cc', 'sysex')", "E0 00 40", ""),
        ("Kind('pressure')", "A0 3C 40", "A0 3C 40"),
        ("Kind('pressure')", "D0 40", "D0 40"),
        ("Kind('program')", "C0 05", "C0 05"),
        ("Kind('bend')", "E0 00 40", "E0 00 40"),
        ("Kind('note')", SYSEX, ""),
        ("Kind('sysex')", "F1 35", ""),
        ("Kind('mtc')", "F1 35", "F1 35"),
        ("Kind('mtc')", SYSEX, ""),
        ("Kind('common')", "F1 35", ""),
        ("Kind('common')", "F3 05", "F3 05"),
        ("Kind('common')", "F6", "F6"),
        ("Channel(2) >> ToChannel(3) >> ChannelMap({3: 4})", "F1 35", "F1 35"),
        ("Keys(0, 5) >> Transpose(3) >> Velocity(1, 2) >> NoteToCC(4) >> CCMap({1: 2})", "F3 05", "F3 05"),
        ("CC(1)", "F6", ""),
        ("Keys('C2', 'B3')", "90 23 40", ""),
        ("Keys('C2', 'B3')", "90 24 40", "90 24 40"),
        ("Keys('C2', 'B3')", "80 3B 40", "80 3B 40"),
        ("Keys('C2', 'B3')", "A0 3C 40", ""),
        ("Keys('C2', 'B3')", "B0 40 7F", "B0 40 7F"),
        ("Keys(0, 127)", "90 7F 01", "90 7F 01"),
        ("Velocity(64, 127)", "90 3C 3F", ""),
        ("Velocity(64, 127)", "90 3C 40", "90 3C 40"),
        ("Velocity(64, 127)", "90 3C 00", "90 3C 00"),
        ("Velocity(64, 127)", "80 3C 01", "80 3C 01"),
        ("Velocity(64, 127)", "B0 07 01", "B0 07 01"),
        ("VelocityCurve(2)", "90 3C 40", "90 3C 20"),
        ("VelocityCurve(2)", "90 3C 01", "90 3C 01"),
        ("VelocityCurve(0.5)", "90 3C 20", "90 3C 40"),
        ("VelocityCurve(0.5)", "90 3C 7F", "90 3C 7F"),
        ("VelocityCurve(0.5)", "90 3C 00", "90 3C 00"),
        ("VelocityCurve(0.5)", "80 3C 20", "80 3C 20"),
        ("FixedVelocity(100)", "90 3C 01", "90 3C 64"),
        ("FixedVelocity(100)", "90 3C 00", "90 3C 00"),
        ("Transpose(12)", "90 3C 40", "90 48 40"),
        ("Transpose(12)", "A0 3C 40", "A0 48 40"),
        ("Transpose(12)", "90 74 40", ""),
        ("Transpose(-61)", "90 3C 40", ""),
        ("Transpose(12)", "B0 3C 40", "B0 3C 40"),
        ("Transpose(12, fold=True)", "90 74 40", "90 74 40"),
        ("Transpose(12, fold=True)", "90 7F 40", "90 7F 40"),
        ("Transpose(13, fold=True)", "90 7F 40", "90 74 40"),
        ("Transpose(-61, fold=True)", "90 3C 40", "90 0B 40"),
        ("Snap(0)", "90 7F 40", "90 78 40"),
        ("Snap('major')", "80 3D 40", "80 3C 40"),
        ("Snap('major')", "B0 3D 40", "B0 3D 40"),
        ("ToChannel(10)", "90 3C 40", "99 3C 40"),
        ("ToChannel(10)", "C0 05", "C9 05"),
        ("ToChannel(10)", SYSEX, SYSEX),
        ("ChannelMap({1: 2})", "B0 07 40", "B1 07 40"),
        ("ChannelMap({1: 2})", "B2 07 40", "B2 07 40"),
        ("ChannelMap({1: 2})", SYSEX, SYSEX),
        ("CC(1, 11)", "B0 0B 40", "B0 0B 40"),
        ("CC(1, 11)", "B0 07 40", ""),
        ("CC(1, 11)", "90 01 40", ""),
        ("CC(1, 11)", SYSEX, ""),
        ("CCMap({1: 11})", "B0 01 40", "B0 0B 40"),
        ("CCMap({1: 11})", "B0 02 40", "B0 02 40"),
        ("CCMap({1: 11})", "90 01 40", "90 01 40"),
        ("CCScale(7, 20, 100)", "B0 07 00", "B0 07 14"),
        ("CCScale(7, 20, 100)", "B0 07 7F", "B0 07 64"),
        ("CCScale(7, 127, 0)", "B0 07 01", "B0 07 7E"),
        ("CCScale(7, 20, 100)", "B0 08 00", "B0 08 00"),
        ("CCScale(7, 20, 100)", "90 07 00", "90 07 00"),
        ("CCMap({1: 7}) >> CCScale(7, 0, 64)", "B0 01 7F", "B0 07 40"),
        ("NoteToCC(20)", "92 3C 40", "B2 14 40"),
        ("NoteToCC(20)", "92 3C 00", "B2 14 00"),
        ("NoteToCC(20)", "82 3C 40", "B2 14 00"),
        ("NoteToCC(20)", "A2 3C 40", ""),
        ("NoteToCC(20)", "E2 00 40", "E2 00 40"),
        ("Keys(60, 60) >> NoteToCC(20) >> CCScale(20, 0, 1)", "90 3C 7F", "B0 14 01"),
        ("Keys(60, 60) >> NoteToCC(20)", "90 3D 7F", ""),
        ("Program(5)", "C0 07", "C0 07"),
        ("Channel(1) >> ToChannel(2) >> Channel(1)", "90 3C 40", ""),
        ("Keys('C4', 'C4') >> Transpose(2) >> Keys('C4', 'C4')", "90 3C 40", ""),
        ("ToChannel(2) | ToChannel(3)", "90 3C 40", "91 3C 40 / 92 3C 40"),
        ("Channel(1) | Kind('note')", "90 3C 40", "90 3C 40"),
        ("Transpose(0) | FixedVelocity(64)", "90 3C 40", "90 3C 40"),
        ("Keys(0, 59) >> ToChannel(2) | Keys(60, 127) >> ToChannel(3)", "90 3C 40", "92 3C 40"),
        ("From('Keys') >> To('Synth')", "90 3C 40", "90 3C 40"),
        ("From('Pads')", "90 3C 40", ""),
        ("To('Keys')", "90 3C 40", ""),
        ("From('K*') >> From('*s') >> CC(7)", "B0 07 40", "B0 07 40"),
        ("From('K*') >> From('Pads')", "B0 07 40", ""),
    ],
)
def test_what_is_heard(unit: str, message: str, out: str) -> None:
    assert heard(parse_route(unit), message) == [each for each in out.split(" / ") if each]


@pytest.mark.parametrize(
    ("scale", "ground", "keys"),
    [
        ("'major'", Ground(), "60 60 62 62 64 65 65 67 67 69 69 71"),
        ("'pentatonic'", Ground(2), "59 62 62 62 64 64 66 66 69 69 69 71"),
        ("'minor'", Ground(62.3), "60 60 62 62 64 65 65 67 67 69 70 70"),
        ("0", Ground(), "60 60 60 60 60 60 60 72 72 72 72 72"),
        # The box's tuning: by what it sounds, or every key where that is none.
        ("", Ground(), "60 61 62 63 64 65 66 67 68 69 70 71"),
        ("", Ground(60, (60.0, 61.5, 63.51, None, 67.02, 70.5)), "60 61 61 64 64 64 67 67 67 70 70 70"),
        ("", Ground(60, (None, -3.0, 200.0)), "60 61 62 63 64 65 66 67 68 69 70 71"),
    ],
)
def test_keys_snap_to_the_nearest_of_a_scale_on_the_tonic(scale: str, ground: Ground, keys: str) -> None:
    table = Table(ways([parse_route(f"Snap({scale})")], ground), [SOURCE], [DESTINATION])
    out = [table.deliveries(SOURCE.identity, bytes([0x90, key, 1]))[0][1][1] for key in range(60, 72)]
    assert out == [int(key) for key in keys.split()]


@pytest.mark.parametrize(
    ("unit", "greeting"),
    [
        ("Kind('note')", []),
        ("Program(5)", ["C0 04"]),
        ("Program(128, channel=16)", ["CF 7F"]),
        ("Program(1, bank=300)", ["B0 00 02", "B0 20 2C", "C0 00"]),
        ("Program(5) >> ToChannel(3)", ["C2 04"]),
        ("ToChannel(3) >> Program(5)", ["C0 04"]),
        ("Program(5) >> Kind('note')", []),
        ("Program(5, bank=0) >> CC(0)", ["B0 00 00"]),
        ("Program(5) | Program(6, channel=2)", ["C0 04", "C1 05"]),
        ("From('Nobody') >> Program(5)", None),
    ],
)
def test_a_sound_is_chosen_when_two_come_together(unit: str, greeting: list[str] | None) -> None:
    table = Table(ways([parse_route(unit)]), [SOURCE], [DESTINATION])
    sent = {edge: [data.hex(" ").upper() for _, data in table.greeting(edge)] for edge in table.edges}
    assert sent == ({} if greeting is None else {(SOURCE.identity, DESTINATION.identity): greeting})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Snap('happy')", "('happy',) is no scale: allowed is one of 'major', 'minor'"),
        ("Snap('major', 'minor')", "('major', 'minor') is no scale"),
        ("Snap(12)", "12 is not semitones: expected a whole number from 0 to 11"),
        ("Snap(0, 'major')", "'major' is not semitones"),
        ('From("")', "'' is no pattern: expected a port's name"),
        ("To(5)", "5 is no pattern"),
        ("Channel()", "no channels are named"),
        ("Channel(0)", "0 is not a channel: expected a whole number from 1 to 16"),
        ("Channel(17)", "17 is not a channel"),
        ("Channel(True)", "True is not a channel"),
        ('Channel("1")', "'1' is not a channel"),
        ("Kind()", "no kinds are named"),
        ('Kind("notes")', "'notes' is no kind of message: allowed are 'note', 'cc', 'program', 'bend'"),
        ('Keys("C5", "C4")', "'C5' lies above 'C4': write the lower key first"),
        ('Keys("H2", "C4")', "'H2' is no pitch"),
        ("Keys(0, 128)", "128 is not a key"),
        ('Keys("C4", "A9")', "129 is not a key"),
        ("Velocity(0, 1)", "0 is not a velocity"),
        ("Velocity(2, 1)", "velocity 2 lies above 1"),
        ("VelocityCurve(0)", "gamma 0 is out of range"),
        ("VelocityCurve(10.1)", "gamma 10.1 is out of range"),
        ('VelocityCurve("soft")', "gamma is 'soft': expected a number"),
        ("FixedVelocity(128)", "128 is not a velocity"),
        ("Transpose(1.5)", "1.5 is not semitones"),
        ("Transpose(1, 2)", "fold is 2: allowed are True, False"),
        ("ToChannel(0)", "0 is not a channel"),
        ("ChannelMap({})", "{} is no map: expected the form {1: 2}, each a channel from 1 to 16"),
        ("ChannelMap({1: 17})", "17 is not a channel"),
        ("ChannelMap(3)", "3 is no map"),
        ("CC()", "no controllers are named"),
        ("CC(128)", "128 is not a controller"),
        ("CCMap({1: 120})", "120 is not a controller: expected a whole number from 0 to 119"),
        ("CCScale(120, 0, 1)", "120 is not a controller"),
        ("CCScale(1, 0, 128)", "128 is not a value"),
        ("NoteToCC(123)", "123 is not a controller"),
        ("Program(0)", "0 is not a program: expected a whole number from 1 to 128"),
        ("Program(1, 16_384)", "16384 is not a bank"),
        ("Program(1, bank='')", "'' is not a bank"),
        ("Program(1, channel=0)", "0 is not a channel"),
    ],
)
def test_what_is_out_of_range_is_refused(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(told)}"):
        parse_route(text)


def test_a_step_says_what_it_does() -> None:
    with pytest.raises(NotImplementedError):
        Step().through(Lane(0x90))
