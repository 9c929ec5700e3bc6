"""From the bytes of sources to messages to heed."""

from jambox.midi.intake import Counters, Intake
from jambox.midi.sensing import SILENCE
from jambox.midi.storms import CALM, FLOOD, PACE

ON = bytes([0x90, 60, 100])


def test_bytes_become_messages_and_all_is_counted() -> None:
    counters = Counters()
    intake = Intake(counters)
    assert intake.feed("Keys", bytes.fromhex("90 3C"), 0.0) == []
    assert intake.feed("Keys", bytes.fromhex("F8 64 3E 64 FE"), 0.1) == [b"\xf8", ON, bytes([0x90, 62, 100])]
    assert intake.feed("Pads", bytes.fromhex("64 F4"), 0.2) == []
    assert counters == Counters(received=3, dropped=2)
    assert (intake.faults("Keys"), intake.faults("Pads")) == (0, 2)


def test_a_source_that_sent_active_sensing_and_then_nothing_is_silent() -> None:
    intake = Intake(Counters())
    senses = []
    for moment, data in enumerate((ON, b"\xfe")):
        intake.feed("Keys", data, moment / 10)
        senses.append(intake.senses)
    assert senses == [False, True]
    intake.feed("Keys", ON, 0.2)
    assert intake.silent(0.1 + SILENCE) == []
    assert intake.silent(0.2 + SILENCE) == ["Keys"]


def test_a_flood_is_thinned_and_counted() -> None:
    counters = Counters()
    intake = Intake(counters)
    flood = [bytes([0xB0, 1, value % 128]) for value in range(FLOOD + 3)]
    admitted = [message for value in flood for message in intake.feed("Keys", value, 0.0)]
    assert admitted == flood[: FLOOD + 1]
    assert intake.due == PACE
    assert counters == Counters(received=FLOOD + 3, thinned=1)
    assert intake.take(PACE) == [("Keys", flood[-1])]
    assert intake.flooding(PACE) == []


def test_what_is_forgotten_begins_anew() -> None:
    intake = Intake(Counters())
    for data in ("F4", "FE", *FLOOD * ["B0 01 01"], "B0 01 02", "B0 01 03", "90"):
        intake.feed("Keys", bytes.fromhex(data), 0.0)
    waiting = intake.due
    assert waiting is not None
    intake.forget("Keys")
    assert (intake.due, intake.senses, intake.faults("Keys")) == (None, False, 0)
    assert intake.feed("Keys", bytes.fromhex("3C 64"), 0.0) == []


def test_a_panic_leaves_out_what_waits() -> None:
    intake = Intake(Counters())
    for _ in range(FLOOD + 2):
        intake.feed("Keys", bytes([0xB0, 1, 1]), 0.0)
    intake.drop()
    assert intake.take(9.0) == []


def test_a_source_of_which_messages_were_lost_is_told_of() -> None:
    intake = Intake(Counters())
    intake.tear("Keys", 1.0)
    assert intake.flooding(2.0) == ["Keys"]
    intake.feed("Keys", ON, 2.0)
    intake.tear("Keys", 2.0)
    assert intake.flooding(1.5 + CALM) == ["Keys"]
    assert intake.flooding(2.0 + CALM) == []
