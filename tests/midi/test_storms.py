"""Floods: what passes at once, what waits and for how long, and what is left out."""

from collections import defaultdict
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.midi import messages
from jambox.midi.storms import BAD, BATCH, CALM, FLOOD, LONG, NOTES, PACE, VALUES, WINDOW, Storms

Timed = tuple[float, bytes]


def evenly(rate: float, seconds: float, *texts: str, begin: float = 0.0) -> list[Timed]:
    """So many messages a second, in turn; `__` stands for a value that goes from 0 to 127 again and again."""
    return [
        (begin + count / rate, bytes.fromhex(texts[count % len(texts)].replace("__", f"{count % 128:02X}")))
        for count in range(round(rate * seconds))
    ]


def through(storms: Storms, played: Iterable[Timed], until: float = 1e6, source: str = "Keys") -> list[Timed]:
    """What passes of what `source` plays, and when, as long as somebody takes what waits when it is due."""
    passed: list[Timed] = []

    def catch_up(now: float) -> None:
        while storms.due is not None and storms.due <= now:
            due = storms.due
            passed.extend((due, message) for _, message in storms.take(due))

    for now, message in played:
        catch_up(now)
        if storms.admit(source, message, now):
            passed.append((now, message))
    catch_up(until)
    return passed


@pytest.mark.parametrize(
    "played",
    [
        evenly(1_042, 3.0, "B0 01 __"),
        evenly(0.99 * FLOOD / WINDOW, 3.0, "E0 00 __"),
        evenly(20_000, 1.0, "90 3C 40", "80 3C 40", "90 3D 40", "90 3D 00"),
        evenly(20_000, 1.0, *(f"{kind:X}{channel:X} 00 __" for channel in range(16) for kind in (0xB, 0xE))),
        evenly(6_000, 1.0, *(text for n in range(16) for text in (f"E{n:X} 00 __", f"B{n:X} 4A __", f"D{n:X} __"))),
        evenly(160, 2.0, "F8"),
        [(0.0, bytes([0xB0, number, value])) for number in range(16, 32) for value in range(100)],
    ],
    ids=[
        "a wheel on a cable",
        "a wheel gone wild",
        "notes",
        "32 values at 20,000 a second",
        "ten fingers of MPE",
        "a clock",
        "a snapshot",
    ],
)
def test_what_instruments_play_passes_at_once(played: list[Timed]) -> None:
    storms = Storms()
    assert through(storms, played) == played
    assert (storms.lost, storms.due) == (0, None)


@pytest.mark.parametrize("kind", ["B0 01 __", "A0 3C __", "D0 __", "E0 00 __"])
@pytest.mark.parametrize("rate", [4_000, 16_000, 100_000])
def test_of_a_flood_the_latest_value_goes_on_at_its_pace(kind: str, rate: float) -> None:
    storms, played = Storms(), evenly(rate, 1.0, kind)
    passed = through(storms, played)
    assert passed[:FLOOD] == played[:FLOOD]
    assert len(passed) <= FLOOD + 1.0 / PACE + 1
    assert passed[-1][1] == played[-1][1]
    assert passed[-1][0] <= played[-1][0] + PACE
    assert storms.lost == len(played) - len(passed)
    at = defaultdict(list)
    for now, message in played:
        at[message].append(now)
    assert all(any(0.0 <= now - sent <= PACE + 1e-9 for sent in at[message]) for now, message in passed)


def test_a_flood_that_is_over_is_forgotten() -> None:
    storms = Storms()
    through(storms, evenly(5_000, 0.5, "B0 01 __"))
    played = evenly(990, 0.2, "B0 01 __", begin=0.5 + 2 * WINDOW)
    assert through(storms, played) == played


def test_a_flood_does_not_hold_up_what_else_is_played() -> None:
    flood = evenly(16_000, 1.0, "B0 01 __")
    others = evenly(700, 1.0, "90 3C 40", "80 3C 40", "B0 07 __", "E0 00 __", "F8", begin=0.00001)
    passed = through(Storms(), sorted([*flood, *others]))
    assert [one for one in passed if one[1][:2] != b"\xb0\x01"] == others


STEADY = [
    *("80 3C 40", "90 3C 00", "9F 3C 40", "C0 05", "F0 7E F7"),
    *(f"B0 {number:02X} 7F" for number in (0, 32, 6, 38, 96, 97, 98, 99, 100, 101, 88)),
    *(f"B0 {number:02X} 7F" for number in (*range(64, 70), *range(120, 128))),
]


@pytest.mark.parametrize("text", STEADY)
def test_what_is_no_value_never_waits(text: str) -> None:
    played = evenly(0.99 * NOTES / WINDOW, 3 * WINDOW, text)
    storms = Storms()
    assert through(storms, played) == played
    assert storms.lost == 0


def test_parameters_stay_in_order_among_all_that_floods() -> None:
    played = evenly(30_000, 0.5, "B0 63 __", "B0 01 __", "B0 62 __", "B0 06 __", "E0 00 __", "B0 26 __")
    passed = [message for _, message in through(Storms(), played) if message[1] in messages.PARAMETERS]
    assert passed == [message for _, message in played if message[1] in messages.PARAMETERS]


def test_in_a_storm_note_ons_and_ticks_are_left_out_and_nothing_else_is() -> None:
    storms = Storms()
    played = evenly(200_000, 0.5, "90 3C 40", "80 3C 40", "B0 01 __", "B0 40 7F", "F8", "C0 05", "90 3D 00", "FA")
    passed = [message for _, message in through(storms, played)]
    for kept in ("80 3C 40", "B0 40 7F", "C0 05", "90 3D 00"):
        assert passed.count(bytes.fromhex(kept)) == len(played) / 8
    assert passed.count(b"\xf8") == FLOOD
    assert passed.count(bytes.fromhex("90 3C 40")) == 5 * NOTES / 8
    assert storms.flooding(0.5) == ["Keys"]


def test_of_more_values_than_any_instrument_has_each_comes_at_last() -> None:
    played = evenly(100_000, 0.3, *(f"A{channel:X} {key:02X} __" for channel in range(16) for key in range(128)))
    passed = through(Storms(), played)
    last = {message[:2]: message for _, message in played}
    assert {message[:2]: message for _, message in passed} == last
    assert max(now for now, _ in passed) <= 0.3 + PACE * (len(last) / BATCH + 1)
    for begin in (0.1, 0.2):
        within = sum(begin <= now < begin + WINDOW for now, _ in passed)
        assert within <= VALUES + BATCH * WINDOW / PACE + BATCH


def test_what_waits_is_left_out_where_controllers_are_reset() -> None:
    storms = Storms()
    flood = evenly(50_000, 0.02, "B0 01 __", "B1 01 __")
    passed = through(storms, [*flood, (0.02, bytes.fromhex("B0 79 00"))])
    after = [message for now, message in passed if now >= 0.02]
    assert after == [bytes.fromhex("B0 79 00"), flood[-1][1]]


def test_each_source_has_its_own_measure() -> None:
    storms = Storms()
    through(storms, evenly(200_000, 0.2, "B0 01 __", "90 3C 40"))
    played = evenly(990, 0.1, "B0 01 __", "90 3C 40")
    assert through(storms, played, source="Pads") == played
    storms.admit("Keys", bytes([0xB0, 1, 1]), 0.2)
    storms.admit("Pads", bytes([0xB0, 1, 1]), 0.2)
    assert storms.flooding(0.3) == ["Keys"]


@pytest.mark.parametrize("end", [lambda storms: storms.forget("Keys"), Storms.drop], ids=["pulled", "panic"])
def test_what_waits_of_a_source_that_is_pulled_or_silenced_never_comes(end: Callable[[Storms], None]) -> None:
    storms = Storms()
    for now, message in evenly(50_000, 0.01, "B0 01 __"):
        storms.admit("Keys", message, now)
    waiting = storms.due
    assert waiting is not None
    end(storms)
    assert storms.due is None
    assert storms.take(9.0) == []
    storms.forget("Keys")


def test_a_source_is_told_of_when_it_does_not_cease_until_it_has() -> None:
    storms = Storms()
    flood = evenly((FLOOD + 2 * BAD) / WINDOW, 3.0, "B0 01 __")
    seen = [(now, storms.flooding(now)) for now, message in flood if storms.admit("Keys", message, now) or True]
    begun = next(now for now, flooding in seen if flooding)
    assert (LONG - 1) * WINDOW <= begun <= (LONG + 2) * WINDOW
    assert storms.flooding(2.9 + CALM) == ["Keys"]
    assert storms.flooding(3.1 + CALM) == []


def test_a_wild_second_is_not_told_of() -> None:
    storms = Storms()
    for begin in range(10):
        through(storms, evenly(5_000, 0.8, "B0 01 __", begin=float(begin)), until=begin + 0.9)
        assert storms.flooding(begin + 0.9) == []


short = st.sampled_from(
    [
        *("B0 01", "B0 07", "B1 01", "E0 00", "A0 3C"),  # values
        *("90 3C", "80 3C", "B0 40", "B0 63", "B0 06", "C0"),  # and what is none
    ]
)
course = st.lists(st.tuples(st.sampled_from([0.0, 1e-5, 1e-3, 0.05, 0.3]), short, st.integers(1, 60)), max_size=60)


@given(course)
def test_whatever_is_played_the_last_of_each_kind_comes_and_nothing_overtakes_its_like(
    drawn: list[tuple[float, str, int]],
) -> None:
    storms, played, now = Storms(), [], 0.0
    for gap, head, times in drawn:
        for value in range(times):
            now += gap / times
            data = bytes.fromhex(head)
            played.append((now, data + bytes([value % 128]) if len(data) == 2 or head == "C0" else data))
    passed = [message for _, message in through(storms, played)]

    def like(message: bytes) -> bytes:
        return message[:1] if message[0] == 0xC0 else message[:2]

    for kind in {like(message) for _, message in played}:
        came = [message for _, message in played if like(message) == kind]
        went = [message for message in passed if like(message) == kind]
        assert went[-1] == came[-1]
        left = iter(came)
        assert all(message in left for message in went)
    assert storms.lost == len(played) - len(passed)
    steady = [bytes.fromhex(head) for head in ("90 3C", "80 3C", "B0 40", "B0 63", "B0 06", "C0")]
    assert [m for m in passed if like(m) in steady] == [m for _, m in played if like(m) in steady]
