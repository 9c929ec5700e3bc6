"""Notes on channels of their own: which go where, how they are bent, and what follows to them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jambox.midi import messages, pitch
from jambox.midi.ground import KEYS, Ground
from jambox.midi.rotation import Rotation

QUARTERS = Ground(0.0, tuple(key + (0.5 if round(key) % 12 == 4 else 0.0) for key in KEYS))
"""Each E is half a semitone sharp."""
HALF_WAY = "00 50"
"""The bend of half a semitone where two are reached."""


def rotation(*channels: int, reach: int = 2, master: int | None = None, ground: Ground = QUARTERS) -> Rotation:
    made = Rotation([channel - 1 for channel in channels], reach, master)
    made.begin(ground)
    return made


def played(made: Rotation, *words: str) -> list[str]:
    """What becomes of messages, both in hex; those that come in without blanks."""
    heard = (out for word in words for out in made.hear(bytes.fromhex(word), 0.0))
    return [out.hex(" ").upper() for out in heard]


@pytest.mark.parametrize(
    ("into", "out"),
    [
        # Each note takes the next channel, and then the one that was let go first; its end goes where it went.
        ("903C64", "91 3C 64"),
        ("903C64 904364", "91 3C 64|92 43 64"),
        ("903C64 803C20 904364", "91 3C 64|81 3C 20|92 43 64"),
        ("903C64 904364 803C40 804340 903E64 904164", "91 3C 64|92 43 64|81 3C 40|82 43 40|93 3E 64|91 41 64"),
        ("903C64 903C00", "91 3C 64|81 3C 40"),
        # It is bent before it sounds, and only if its channel is not.
        ("904064", "E1 00 50|91 40 64"),
        ("904064 804040 903C64 803C40 903C64 803C40 903C64", None),
        # None is free: the oldest ends, and its own end does nothing any more.
        ("903C64 903E64 904164 904364 803C40", "91 3C 64|92 3E 64|93 41 64|81 3C 40|91 43 64"),
        # Struck again, it ends first. The same key on another channel is another note.
        ("903C64 903C50 803C40", "91 3C 64|81 3C 40|92 3C 50|82 3C 40"),
        ("903C64 943C50 803C40 843C40", "91 3C 64|92 3C 50|81 3C 40|82 3C 40"),
        ("803C40 A03C20", ""),
        # The pressure of a key goes with it.
        ("903C64 904364 A04330", "91 3C 64|92 43 64|A2 43 30"),
        # The wheel is added to what sounds, and to what is struck next; at its end a bend reaches no further.
        ("904064 E00060", "E1 00 50|91 40 64|E1 00 70"),
        ("904064 E00070", "E1 00 50|91 40 64|E1 7F 7F"),
        ("E00060 903C64 904064", "E1 00 60|91 3C 64|E2 00 70|92 40 64"),
        ("904064 804040 E00060", "E1 00 50|91 40 64|81 40 40"),
        ("B04040 904064 804040 E00060", "B1 40 40|B2 40 40|B3 40 40|E1 00 50|91 40 64|81 40 40|E1 00 70"),
        ("904064 E10060", "E1 00 50|91 40 64"),
        # Another reach of the wheel is the player's own, and no other is told to the destination.
        (
            "B06500 B06400 B00601 B02632 903C64 E00060",
            "91 3C 64|E1 00 58",
        ),
        # Values follow to what sounds, and to what is struck next before it sounds; once.
        (
            "B00764 903C64 904364 B00750 803C40 B00750 B00751",
            "B1 07 64|91 3C 64|B2 07 64|92 43 64|B1 07 50|B2 07 50|81 3C 40|B2 07 51",
        ),
        ("D030 903C64 D031", "D1 30|91 3C 64|D1 31"),
        # What changes the instrument goes to all channels.
        ("C005", "C1 05|C2 05|C3 05"),
        ("B00001 B02002", "B1 00 01|B2 00 01|B3 00 01|B1 20 02|B2 20 02|B3 20 02"),
        # A pedal is down as long as any player holds it.
        (
            "B04050 B14050 B04000 B14000",
            "B1 40 50|B2 40 50|B3 40 50|B1 40 00|B2 40 00|B3 40 00",
        ),
        # All notes off ends the notes of one player; modes are left as they are.
        ("903C64 913E64 B07B00 803C40 813E40", "91 3C 64|92 3E 64|81 3C 40|B1 7B 00|82 3E 40"),
        ("903C64 B07E01", "91 3C 64|81 3C 40|B1 7B 00"),
        ("903C64 B07800", "91 3C 64|81 3C 40|B1 78 00"),
        # Controllers are reset, and with them bends: those that sound are bent anew, the others as they are needed.
        ("E00060 B00130 904064 B07900", "B1 01 30|E1 00 70|91 40 64|B1 79 00|B2 79 00|B3 79 00|E1 00 50"),
        ("B07900 903C64", "B1 79 00|B2 79 00|B3 79 00|E1 00 40|91 3C 64"),
        # Drums and what has no channel are none of its business.
        ("992664 992600 B90750 F07D01F7 F310", "99 26 64|99 26 00|B9 07 50|F0 7D 01 F7|F3 10"),
    ],
)
def test_what_goes_where(into: str, out: str | None) -> None:
    found = played(rotation(2, 3, 4), *into.split())
    if out is None:  # the channel comes round again
        assert found[-1] == "E1 00 40" or found[-2:] == ["E1 00 40", "91 3C 64"]
    else:
        assert found == [each for each in out.split("|") if each]


@pytest.mark.parametrize("number", [3, 4, 6])
def test_no_player_sets_what_keeps_the_notes_in_tune(number: int) -> None:
    chosen = played(rotation(2), "B06500", f"B0640{number}", "B00605", "B02601", "B06000", "B06100")
    assert chosen == []
    assert played(rotation(2), "B06300", "B0620A", "B00605") == ["B1 63 00", "B1 62 0A", "B1 06 05"]
    assert played(rotation(2), "B06500", "B06401", "B00642") == ["B1 65 00", "B1 64 01", "B1 06 42"]


@pytest.mark.parametrize(
    ("into", "out"),
    [
        ("B06500 B06401 B00642", "B1 65 00|B1 64 01|B1 06 42"),
        ("B00642", ""),
        ("B06500 B06401 B0657F B0647F B00642", ""),
        # Chosen one way, it is not the other's.
        ("B06500 B06401 B06200 B00642", "B1 63 7F|B1 62 00|B1 06 42"),
        # Two players do not set each other's, and nothing is told twice.
        ("B06308 B06209 B16500 B16402 B00601 B10602", "B1 63 08|B1 62 09|B1 06 01|B1 65 00|B1 64 02|B1 06 02"),
        ("B06308 B06209 B00601 B00601 B00602", "B1 63 08|B1 62 09|B1 06 01|B1 63 08|B1 62 09|B1 06 02"),
        ("C005 C005 C006", "C1 05|C1 06"),
        ("B00001 C005 B00001 C005 B00002 C005", "B1 00 01|C1 05|B1 00 02|C1 05"),
        ("B07900 B07900 B00750 B07900", "B1 79 00|B1 79 00"),
        ("B0404F B0404F B04000 B04000", "B1 40 4F|B1 40 00"),
        ("B07800 903C64 B07B00 B07B00", "91 3C 64|81 3C 40|B1 7B 00"),
        ("B05814 B06000 B06100", ""),
    ],
)
def test_what_goes_to_all_channels_does_so_once(into: str, out: str) -> None:
    assert played(rotation(2), *into.split()) == [each for each in out.split("|") if each]


@pytest.mark.parametrize(
    ("height", "out"),
    [
        (60.49, ["E1 57 4F", "91 3C 64"]),
        (61.7, ["E1 33 36", "91 3E 64"]),
        (48.25, ["E1 00 48", "91 30 64"]),
        (127.4, ["E1 66 4C", "91 7F 64"]),
        (127.9, []),
        (-0.7, []),
        (None, []),
    ],
)
def test_a_key_out_of_reach_is_moved_to_the_nearest_first(height: float | None, out: list[str]) -> None:
    made = rotation(2, ground=Ground(0.0, tuple(height if key == 60 else float(key) for key in range(128))))
    assert played(made, "903C64") == out


def test_a_zone_of_mpe_has_a_channel_for_all() -> None:
    made = Rotation([1, 2], 48, 0)
    begun = [message.hex() for message in made.begin(QUARTERS)]
    assert begun[:6] == ["b06500", "b06406", "b00602", "b02600", "b0657f", "b0647f"]
    assert begun[6:10] == ["b16500", "b16400", "b10630", "b12600"]
    assert begun[-2:] == ["e10040", "e20040"]
    assert played(made, "904064", "A04050", "D020", "B04A10", "B00740", "C003", "B0407F") == [
        *("E1 55 40", "91 40 64", "D1 50", "D1 20", "B1 4A 10", "B0 07 40", "C0 03", "B0 40 7F"),
    ]
    assert [message.hex() for message in made.end()][-6:] == [
        "b06500",
        "b06406",
        "b00600",
        "b02600",
        "b0657f",
        "b0647f",
    ]


def test_the_pressure_of_a_key_is_not_that_of_the_next_note_there() -> None:
    made = Rotation([1], 2, 0)
    made.begin(Ground())
    assert played(made, "903C64", "A03C50", "803C40", "903E64", "803E40", "904164") == [
        *("91 3C 64", "D1 50", "81 3C 40", "D1 00", "91 3E 64", "81 3E 40", "91 41 64"),
    ]


def test_a_destination_is_told_how_far_bends_reach_and_left_as_it_was() -> None:
    made = Rotation([1], 12)
    assert [message.hex() for message in made.begin(QUARTERS)] == [
        *("b16500", "b16400", "b1060c", "b12600", "b1657f", "b1647f", "e10040"),
    ]
    played(made, "904064")
    assert [message.hex() for message in made.end()] == [
        *("e10040", "b16500", "b16400", "b10602", "b12600", "b1657f", "b1647f"),
    ]
    usual = rotation(1, 2)
    assert usual.end() == []


def test_what_sounds_goes_along_as_far_as_its_bend_reaches() -> None:
    made = rotation(2, 3, ground=Ground())
    assert played(made, "903C64", "904064", "804040", "E00060") == ["91 3C 64", "92 40 64", "82 40 40", "E1 00 60"]
    assert made.tune(Ground(0.0, tuple(key + 0.5 for key in KEYS))) == [bytes.fromhex("E10070")]
    assert made.tune(Ground(0.0, tuple(key + 3.0 for key in KEYS))) == []
    assert made.tune(Ground(0.0, (None,) * 128)) == []
    assert played(made, "804040", "803C40") == ["81 3C 40"]


plays = st.one_of(
    st.builds(lambda c, k, v: bytes([0x90 | c, k, v]), st.integers(0, 1), st.integers(60, 66), st.integers(0, 127)),
    st.builds(lambda c, k: bytes([0x80 | c, k, 64]), st.integers(0, 1), st.integers(60, 66)),
    st.builds(lambda c, v: bytes([0xE0 | c, 0, v]), st.integers(0, 1), st.integers(0, 127)),
    st.builds(lambda c, n: bytes([0xB0 | c, n, 0]), st.integers(0, 1), st.sampled_from([1, 120, 121, 123])),
)


@settings(max_examples=50)
@given(st.lists(plays, max_size=60), st.integers(1, 4))
def test_a_channel_has_one_note_at_most_in_tune_and_ended_once(sent: list[bytes], channels: int) -> None:
    made = rotation(*range(2, 2 + channels))
    down: dict[int, int] = {}
    bends = dict.fromkeys(range(16), pitch.CENTRE)
    held: dict[int, None] = {}
    for message in sent:
        for out in made.hear(message, 0.0):
            channel = out[0] & 0x0F
            assert 1 <= channel <= channels
            if out[0] & 0xF0 == messages.BEND:
                bends[channel] = out[1] | out[2] << 7
            elif messages.pressed(out) is not None:
                assert channel not in down
                down[channel] = out[1]
            elif messages.let_go(out) is not None:
                assert down.pop(channel) == out[1]
        hold = messages.subject(message)
        if message[0] < 0xA0:
            held.pop(hold, None)
            if messages.pressed(message) is not None:
                held[hold] = None
        elif messages.silences(message) is not None:
            held = {each: None for each in held if each >> 8 != message[0] & 0x0F}
        while len(held) > channels:
            del held[next(iter(held))]
        assert sorted(down.values()) == sorted(each & 0x7F for each in held)
    for channel, key in down.items():
        if not any(message[0] & 0xF0 == messages.BEND for message in sent):
            assert bends[channel] == pitch.CENTRE + (2048 if key == 64 else 0)


@pytest.mark.parametrize(
    "begun",
    ["B07800", "B17B00", "B07900", "B0407F", "B04000", "C005", "B00001", "B06308 B06209 B00601", "D030", "E00060"],
)
def test_what_an_instrument_sends_back_does_not_grow(begun: str) -> None:
    made = rotation(1, 2, 3)
    played(made, "903C64", "914064")
    coming = [made.hear(bytes.fromhex(word), 0.0) for word in begun.split()]
    messages_back = [message for each in coming for message in each]
    for _ in range(8):
        messages_back = [out for message in messages_back for out in made.hear(message, 0.0)]
    assert len(messages_back) <= 3
