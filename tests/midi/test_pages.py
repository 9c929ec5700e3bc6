"""What is down outlives a crash and a pulled cable, and nothing else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.midi.pages import HOLDS, MAGIC, PAGES, SIZE, Page, Pages

ON, OFF = bytes([0x99, 60, 100]), bytes([0x89, 60, 64])


def fresh() -> bytearray:
    return bytearray(SIZE)


def played(page: Page, *texts: str) -> list[bytes]:
    """What went out."""
    sent: list[bytes] = []
    send = page.noting(sent.append)
    for text in texts:
        send(bytes.fromhex(text))
    return sent


@pytest.mark.parametrize(
    ("texts", "down"),
    [
        ([], []),
        (["90 3C 64"], [0x03C]),
        (["9F 7F 01", "90 00 7F"], [0x000, 0xF7F]),
        (["90 3C 64", "80 3C 40"], []),
        (["90 3C 64", "90 3C 00"], []),
        (["90 3C 64", "80 3D 40", "81 3C 40"], [0x03C]),
        (["B0 40 7F", "B1 42 40", "B2 45 7F"], [0x0C0, 0x1C2, 0x2C5]),
        (["B0 40 7F", "B0 40 3F"], []),
        (["B0 07 7F", "A0 3C 40", "C0 05", "D0 40", "E0 00 40", "F8", "F0 7E F7"], []),
    ],
)
def test_what_is_down_is_noted(texts: list[str], down: list[int]) -> None:
    page = Page(memoryview(bytearray(HOLDS)))
    assert played(page, *texts) == [bytes.fromhex(text) for text in texts]
    assert list(page.down()) == down


def test_a_crash_leaves_a_note_off_too_many_and_never_one_too_few() -> None:
    page = Page(memoryview(bytearray(HOLDS)))

    def killed(_: bytes) -> None:
        seen.append(page.down())
        raise SystemExit

    seen: list[tuple[int, ...]] = []
    for message in (ON, OFF):
        with pytest.raises(SystemExit):
            page.noting(killed)(message)
    assert seen == [(0x93C,), (0x93C,)]


def test_the_next_process_finds_each_destination_by_name() -> None:
    memory = fresh()
    one = Pages(memoryview(memory))
    played(one.take("Synth 28:0", "Synth#0"), "90 3C 64", "B0 40 7F")
    played(one.take("Drums 30:1", "Drums#1"), "99 24 64")
    other = Pages(memoryview(memory))
    assert other.take("Organ 20:0", "Organ#0").down() == ()
    assert other.take("Drums 21:1", "Drums#1").down() == (0x924,)
    assert other.take("Synth 22:0", "Synth#0").down() == (0x03C, 0x0C0)


def test_a_page_that_is_given_back_keeps_what_was_down() -> None:
    pages = Pages()
    played(pages.take("Synth 28:0", "Synth#0"), "90 3C 64")
    assert pages.take("Synth 28:0", "Synth#0").down() == (0x03C,)
    pages.give("Synth 28:0")
    assert pages.take("Synth 29:0", "Synth#0").down() == (0x03C,)
    played(pages.take("Synth 29:0", "Synth#0"), "80 3C 40")
    pages.give("Synth 29:0")
    assert pages.take("Synth 30:0", "Synth#0").down() == ()


def test_two_of_one_name_have_a_page_each() -> None:
    memory = fresh()
    pages = Pages(memoryview(memory))
    for client, key in ((28, "3C"), (29, "3D")):
        played(pages.take(f"Synth {client}:0", "Synth#0"), f"90 {key} 64")
    after = Pages(memoryview(memory))
    assert {after.take(f"Synth {client}:0", "Synth#0").down() for client in (30, 31)} == {(0x3C,), (0x3D,)}


@pytest.mark.parametrize(
    "memory",
    [
        b"\x01" * SIZE,
        (MAGIC[:-3] + b"0\r\n").ljust(SIZE, b"\x01"),
        bytes(SIZE - 1) + b"\x01",
    ],
)
def test_foreign_memory_is_cleared(memory: bytes) -> None:
    foreign = bytearray(memory)
    Pages(memoryview(foreign))
    assert foreign == MAGIC.ljust(SIZE, b"\0")


def test_holds_that_no_box_notes_are_passed_over() -> None:
    memory = bytearray(HOLDS)
    memory[0x080 + 20] = memory[0x03D] = 1
    memory[0x03C] = 2
    assert Page(memoryview(memory)).down() == (0x03D,)


def test_where_all_pages_are_full_one_that_dies_with_us_will_do() -> None:
    memory = fresh()
    pages = Pages(memoryview(memory))
    for number in range(PAGES):
        played(pages.take(f"{number}:0", f"Synth {number}#0"), "90 3C 64")
    before = bytes(memory)
    spare = pages.take("Organ 1:0", "Organ#0")
    played(spare, "90 3D 64")
    assert spare.down() == (0x03D,)
    pages.give("Organ 1:0")
    assert memory == before
    assert pages.take("Organ 2:0", "Organ#0").down() == ()


def test_who_left_nothing_down_makes_room() -> None:
    pages = Pages()
    for number in range(3 * PAGES):
        played(pages.take("Synth", f"Synth {number}#0"), "90 3C 64", "80 3C 64")
        pages.give("Synth")
    played(pages.take("Organ", "Organ#0"), "90 3C 64")
    pages.give("Organ")
    for number in range(PAGES - 1):
        assert pages.take(str(number), f"Synth {number}#0").down() == ()
    assert pages.take("Organ", "Organ#0").down() == (0x03C,)


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("+-"), st.integers(0, 127)), max_size=40),
    st.integers(0, 40),
)
def test_whenever_it_is_killed_the_next_knows_what_was_down(steps: list[tuple[str, str, int]], killed: int) -> None:
    memory = fresh()
    pages = Pages(memoryview(memory))
    down: set[tuple[str, int]] = set()
    for name, way, key in steps[:killed]:
        played(pages.take(name, name), f"{'90' if way == '+' else '80'} {key:02X} 40")
        (down.add if way == "+" else down.discard)((name, key))
    after = Pages(memoryview(memory))
    assert {(name, hold) for name in "abc" for hold in after.take(name, name).down()} == down
