import pytest

from jambox.midi.passages import REMEMBERED, SHOWN, Passage, Passages

ON = bytes([0x90, 60, 100])


def test_what_is_told_is_what_came_after() -> None:
    passages = Passages()
    for number in range(5):
        passages.add(float(number), "Keys", ON, [("Synth", ON)])
    count, latest = passages.since(3)
    assert count == 5
    assert latest == tuple(Passage(time, "Keys", ON, (("Synth", ON),)) for time in (3.0, 4.0))


@pytest.mark.parametrize("since", [5, 99])
def test_nothing_is_told_twice(since: int) -> None:
    passages = Passages()
    for _ in range(5):
        passages.add(0.0, "Keys", ON, ())
    assert passages.since(since) == (5, ())


def test_only_so_many_and_so_much_of_each_is_kept() -> None:
    passages = Passages()
    long = b"\xf0" + bytes(1000) + b"\xf7"
    for _ in range(REMEMBERED + 1):
        passages.add(0.0, "Keys", long, [("Synth", long)])
    count, latest = passages.since(0)
    assert (count, len(latest)) == (REMEMBERED + 1, REMEMBERED)
    assert latest[0] == Passage(0.0, "Keys", long[:SHOWN], (("Synth", long[:SHOWN]),))
