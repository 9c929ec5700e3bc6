"""Which of several instruments of one make a route means, and how they are shown."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.midi.route import Port
from jambox.midi.twins import placed, titles

A, B, C, D = "usb-hcd.0-1", "usb-hcd.0-2", "usb-hcd.1-1", "usb-hcd.1-2"


def keys(client: int, path: str, number: int = 0) -> Port:
    return Port.parse(f"Keys:Keys MIDI {number + 1} {client}:{number}", path)


def meant(ports: Sequence[Port], *patterns: str) -> list[str]:
    """For each pattern, the sockets that the ports which it fits are in."""
    return [" ".join(port.path for port in placed(ports, patterns) if port.fits(pattern)) for pattern in patterns]


@pytest.mark.parametrize(
    ("paths", "patterns", "fits"),
    [
        # without a socket a pattern fits both, with one it fits that
        ((A, B), ("Keys",), [f"{A} {B}"]),
        ((A, B), (f"Keys@{A}",), [A]),
        ((A, B), (f"Keys@{B}", f"Keys@{A}", "Keys"), [B, A, f"{A} {B}"]),
        # while one is away, the other keeps to its own
        ((B,), (f"Keys@{A}", f"Keys@{B}"), ["", B]),
        ((B,), (f"Keys@{A}", f"Keys MIDI 1@{B}#0"), ["", B]),
        # one that sits where no route looks takes the place of one that is away
        ((C,), (f"Keys@{A}",), [C]),
        ((B, C), (f"Keys@{A}", f"Keys@{B}"), [C, B]),
        ((B, C, D), (f"Keys@{A}", f"Keys@{B}"), [C, B]),
        ((C,), (f"Keys@{B}", f"Keys@{A}"), [C, ""]),
        ((D, C), (f"Keys@{B}", f"Keys@{A}"), [C, D]),
        # until it is back
        ((A, C), (f"Keys@{A}",), [A]),
        # a glob is a place, too
        ((C,), ("Keys@*.0-1", "Keys@*.0-?"), [C, ""]),
        ((A, C), ("Keys@*.0-?", f"Keys@{B}"), [A, C]),
        # other names, other instruments
        ((C,), (f"Pads@{A}",), [""]),
        ((C,), (f"*@{A}",), [C]),
        (("",), (f"Keys@{A}", "Keys@*"), ["", ""]),
    ],
)
def test_a_socket_in_a_route_means(paths: tuple[str, ...], patterns: tuple[str, ...], fits: list[str]) -> None:
    assert meant([keys(24 + number, path) for number, path in enumerate(paths)], *patterns) == fits


def test_all_ports_of_a_device_move_together() -> None:
    ports = [keys(24, C, number) for number in range(3)]
    moved = placed(ports, [f"Keys MIDI 2@{A}"])
    assert [port.place for port in moved] == [A, A, A]
    assert [port.name for port in moved if port.fits(f"Keys MIDI 2@{A}")] == ["Keys MIDI 2"]
    assert [port.name for port in moved if port.fits(f"Keys@{A}#2")] == ["Keys MIDI 3"]


sockets = st.lists(st.sampled_from([A, B, C, D]), unique=True)


@given(sockets, st.lists(st.sampled_from([A, B, C, D])), st.randoms())
def test_the_order_of_plugging_in_does_not_matter(paths: list[str], named: list[str], chance: object) -> None:
    ports = [keys(24 + number, path) for number, path in enumerate(paths)]
    shuffled = list(ports)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    patterns = [f"Keys@{path}" for path in named]
    assert [(port, port.place) for port in placed(ports, patterns)] == [
        (port, port.place) for port in placed(shuffled, patterns)
    ]


@given(sockets, st.lists(st.sampled_from([A, B, C, D])))
def test_each_is_at_home_or_in_at_most_one_place_and_each_place_has_one(paths: list[str], named: list[str]) -> None:
    patterns = [f"Keys@{path}" for path in named]
    ports = placed([keys(24 + number, path) for number, path in enumerate(paths)], patterns)
    for port in ports:
        assert sum(map(port.fits, set(patterns))) <= 1
        assert port.fits(f"Keys@{port.path}")
    for pattern in patterns:
        assert sum(port.fits(pattern) for port in ports) <= 1
    # Nobody is left over while a place is empty.
    assert len([port for port in ports if any(map(port.fits, patterns))]) == min(len(paths), len(set(named)))


@given(sockets, st.lists(st.sampled_from(["Keys", "*", "Pads", "Keys MIDI 1", "Keys#0"])))
def test_without_a_socket_in_a_route_nothing_is_moved(paths: list[str], patterns: list[str]) -> None:
    ports = [keys(24 + number, path) for number, path in enumerate(paths)]
    assert {(port, port.place) for port in placed(ports, patterns)} == {(port, "") for port in ports}


@pytest.mark.parametrize(
    ("ports", "shown"),
    [
        ([keys(24, A)], ["Keys MIDI 1"]),
        ([keys(24, A), keys(24, A, 1)], ["Keys MIDI 1", "Keys MIDI 2"]),
        ([keys(24, A), keys(28, B)], [f"Keys MIDI 1@{A}", f"Keys MIDI 1@{B}"]),
        ([keys(24, A), keys(24, A, 1), keys(28, B)], [f"Keys MIDI 1@{A}", "Keys MIDI 2", f"Keys MIDI 1@{B}"]),
        ([keys(24, A), Port.parse("Keys:Keys MIDI 1 129:0")], [f"Keys MIDI 1@{A}", "Keys MIDI 1#0"]),
        ([Port.parse("Hub:MIDI 24:0", A), Port.parse("Hub:MIDI 24:1", A)], [f"MIDI@{A}#0", f"MIDI@{A}#1"]),
        (
            [Port.parse("FLUID Synth (812):in (812:0) 129:0"), Port.parse("FLUID Synth (813):in (813:0) 130:0")],
            ["in", "in"],
        ),
        ([], []),
    ],
)
def test_ports_are_shown_as_briefly_as_tells_them_apart(ports: list[Port], shown: list[str]) -> None:
    made = titles([*ports, *ports])
    assert [made[port.identity] for port in ports] == shown
    assert all(port.fits(made[port.identity]) for port in ports)


def test_who_stands_in_is_the_same_however_often_one_asks() -> None:
    away = Port.parse("Keys:Keys MIDI 1 24:0", "usb-hub-2")
    once = placed([away], ["Keys@usb-hub-1"])
    again = placed(once, ["Keys@usb-hub-1"])
    assert [port.place for port in once] == [port.place for port in again] == ["usb-hub-1"]
    assert [port.place for port in placed(once, ["Keys"])] == [""]
