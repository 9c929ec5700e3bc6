"""When an echo is a loop."""

import pytest

from jambox.midi.loops import ECHOES, SPAN, WINDOW, Loops

INSTRUMENTS = {"keys": 24, "pads": 28, "pads 2": 28, "out": "Program", "in": "Program"}
EDGE = ("keys", "pads")


def loops() -> Loops:
    made = Loops()
    made.join(INSTRUMENTS)
    return made


def run(made: Loops, times: int, *, every: float = 0.02, after: float = 0.003, back: str = "pads") -> list[int]:
    """Sends over EDGE `times` times, hears each come back; gives after which echoes an edge was to be cut."""
    cut = []
    for count in range(times):
        message = bytes([0x90, count % 128, 1 + count // 128])
        made.sent("keys", [("pads", message)], count * every)
        if (edge := made.received(back, message, count * every + after)) is not None:
            assert edge == EDGE
            cut.append(count + 1)
    return cut


@pytest.mark.parametrize(
    ("back", "every", "after", "cut"),
    [
        ("pads", 0.02, 0.003, [8, 16, 24]),
        ("pads 2", 0.02, 0.003, [8, 16, 24]),
        ("keys", 0.02, 0.003, []),
        ("pads", 0.02, WINDOW * 0.99, [8, 16, 24]),
        ("pads", 0.02, WINDOW * 1.01, []),
        ("pads", SPAN / (ECHOES - 1) * 0.99, 0.003, [8, 16, 24]),
        ("pads", SPAN / (ECHOES - 1) * 1.01, 0.003, []),
    ],
)
def test_many_echoes_within_a_short_time_are_a_loop(back: str, every: float, after: float, cut: list[int]) -> None:
    assert run(loops(), 30, every=every, after=after, back=back) == cut


def test_the_two_clients_of_a_program_are_one() -> None:
    made = loops()
    for count in range(ECHOES):
        made.sent("keys", [("in", bytes([0x90, count, 1]))], 0.0)
    cut = [made.received("out", bytes([0x90, count, 1]), 0.001) for count in range(ECHOES)]
    assert cut == [None] * (ECHOES - 1) + [("keys", "in")]


def test_an_echo_counts_once() -> None:
    made = loops()
    made.sent("keys", [("pads", b"\x90\x3c\x40")], 0.0)
    assert [made.received("pads", b"\x90\x3c\x40", 0.001) for _ in range(2 * ECHOES)] == [None] * 2 * ECHOES


def test_other_messages_are_no_echo() -> None:
    made = loops()
    for count in range(3 * ECHOES):
        made.sent("keys", [("pads", bytes([0x90, count, 100]))], count * 0.01)
        assert made.received("pads", bytes([0x90, count, 99]), count * 0.01 + 0.001) is None


def test_echoes_of_what_was_unplugged_are_forgotten() -> None:
    made = loops()
    assert run(made, ECHOES - 1) == []
    made.join({name: number for name, number in INSTRUMENTS.items() if name != "keys"})
    made.join(INSTRUMENTS)
    assert run(made, ECHOES - 1) == []


def test_what_is_past_takes_no_room() -> None:
    made = loops()
    for count in range(10_000):
        made.sent("keys", [("pads", count.to_bytes(3, "big"))], count * 0.001)
    assert len(made._sent) <= WINDOW / 0.001 + 2
