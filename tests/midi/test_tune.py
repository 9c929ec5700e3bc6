"""Instruments tuned as the box is: what routes say of it, what they send, and that nothing sounds on."""

import re

import pytest

from jambox.errors import ConfigError
from jambox.midi import messages, pitch
from jambox.midi.ground import KEYS, Ground
from jambox.midi.notation import parse_route
from jambox.midi.rotation import Rotation
from jambox.midi.route import Port
from jambox.midi.router import Router
from jambox.midi.tune import Keyed, Tune
from tests.midi.synth import Synth

SHARP = Ground(0.0, tuple(key + 0.5 for key in KEYS))
WIDE = Ground(0.0, tuple(None if key % 12 == 1 else key + 1.5 for key in KEYS))
PLAYERS = (Port.parse("Keys:Keys MIDI 1 20:0"), Port.parse("Pads:Pads MIDI 1 24:0"))
KEYS_PORT, PADS = (port.identity for port in PLAYERS)
ON, OFF = messages.note_on(0, 60, 100), messages.note_off(0, 60)
E_ON, E_OFF = messages.note_on(0, 64, 100), messages.note_off(0, 64)
SHARED = "From('*') >> Tune('bend', channels='1-2') >> To('Synth')"


def told(key: int, height: float) -> bytes:
    """The tuning change of one key."""
    return pitch.tuned({key: height})[0]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Tune()", [*range(1, 10), *range(11, 17)]),
        ("Tune('bend')", [*range(1, 10), *range(11, 17)]),
        ("Tune('mpe')", range(2, 10)),
        ("Tune('bend', channels=3)", [3]),
        ("Tune('bend', channels='2-4, 7,12 - 13')", [2, 3, 4, 7, 12, 13]),
        ("Tune(by='mpe', channels='2-2', range=96)", [2]),
        ("Tune('bend', channels='1', measured=198.44)", [1]),
    ],
)
def test_which_channels_it_takes(text: str, numbers: list[int]) -> None:
    tune = parse_route(text)
    assert isinstance(tune, Tune)
    assert [number + 1 for number in tune.numbers] == list(numbers)
    assert parse_route(repr(tune)) == tune
    assert isinstance(tune.start(), Keyed if tune.by == "mts" else Rotation)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Tune('scala')", "'scala' is no way to tune: allowed are 'mts', 'bend', 'mpe'"),
        ("Tune(['bend'])", "expected a number, a text in quotes"),
        ("Tune('bend', range=0)", "range is 0: expected semitones, a whole number from 1 to 96"),
        ("Tune('bend', range=True)", "range is True: expected semitones"),
        ("Tune('mpe', range=97)", "range is 97: expected semitones"),
        ("Tune('mts', range=12)", "range is for 'bend' and 'mpe': leave it out"),
        ("Tune('mts', measured=200)", "measured is for 'bend' and 'mpe': leave it out"),
        ("Tune('bend', measured=49.9)", "measured is 49.9: expected the cents of a whole bend, 50 to 12000"),
        ("Tune('mpe', measured=12001)", "measured is 12001: expected the cents"),
        ("Tune('bend', measured='2')", "measured is '2': expected the cents"),
        ("Tune('bend', measured=True)", "measured is True: expected the cents"),
        ("Tune('bend', channels='0-3')", "channels are '0-3': expected some of 1 to 16, as '2-9' or '1-9, 11-16'"),
        ("Tune('bend', channels='9-3')", "channels are '9-3': expected"),
        ("Tune('bend', channels='1,')", "channels are '1,': expected"),
        ("Tune('bend', channels=17)", "channels are 17: expected"),
        ("Tune('bend', channels=2.0)", "channels are 2.0: expected"),
        ("Tune('mpe', channels='1-4')", "channels are '1-4': 'mpe' takes those from 2 on without a gap, as '2-9'"),
        ("Tune('mpe', channels='2,4')", "channels are '2,4': 'mpe' takes"),
        (
            "Tune('bend', 1, 2, 3, 4)",
            "wrong arguments: the form is Tune(by=..., channels=..., range=..., measured=...)",
        ),
        ("Tune() >> Transpose(12)", "nothing is done to notes that are tuned: write Tune() behind the other units"),
        ("(From('a') >> Tune() | Latch()) >> (To('b') | Snap())", "nothing is done to notes that are tuned"),
        ("Tune() >> Tune()", "nothing is done to notes that are tuned"),
    ],
)
def test_what_is_wrong_is_refused(text: str, what: str) -> None:
    with pytest.raises(ConfigError, match=f"^{re.escape(what)}"):
        parse_route(text)


def test_ports_may_stand_behind_it() -> None:
    text = "(Latch() >> Tune() | Tune(by='bend')) >> From('a') >> To('b')"
    assert repr(parse_route(f"{text} | Snap()")) == f"{text} | Snap()"


class Room:
    """A synth that players share by routes that tune it."""

    def __init__(self, *routes: str, ground: Ground = SHARP) -> None:
        self.router = Router([parse_route(route) for route in routes], clock=lambda: 0.0)
        self.router.tune(ground)
        self.synth = Synth("Synth:Synth MIDI 1 28:0")
        self.plug()

    def plug(self, *players: Port) -> list[bytes]:
        """These play, or all. Gives what the synth is told."""
        self.router.join(players or PLAYERS, {self.synth.port: self.synth.hear})
        return self.synth.take()

    def play(self, source: str, *played: bytes) -> list[bytes]:
        for message in played:
            self.router.receive(source, message, 0.0)
        return self.synth.take()

    def close(self) -> list[bytes]:
        self.router.close()
        return self.synth.take()


def test_an_instrument_is_told_what_its_keys_sound_before_it_plays() -> None:
    room = Room(*["From('*') >> Tune(channels='1,3') >> To('Synth')"])
    room.synth.port = Port.parse("Synth:Synth MIDI 1 99:0")
    begun = room.plug()
    choice = [*pitch.parameter(0, pitch.TUNING_PROGRAM, 0), *pitch.parameter(2, pitch.TUNING_PROGRAM, 0)]
    assert begun == [*choice, *pitch.tuned({key: key + 0.5 for key in range(128)})]
    assert room.play(KEYS_PORT, ON, OFF) == [ON, OFF]
    room.close()


def test_played_keys_are_tuned_at_once_and_others_before_their_next_note() -> None:
    room = Room("From('*') >> Tune() >> To('Synth')")
    room.play(KEYS_PORT, ON)
    room.router.tune(WIDE)
    assert room.synth.take() == [told(60, 61.5)]
    assert room.play(PADS, E_ON, E_OFF, E_ON) == [told(64, 65.5), E_ON, E_OFF, E_ON]
    silent, drum = messages.note_on(0, 61, 100), messages.note_on(9, 61, 100)
    assert room.play(PADS, silent, drum) == [drum]
    room.router.tune(WIDE)
    assert room.synth.take() == []
    ended = room.close()
    assert set(ended[:3]) == {OFF, E_OFF, messages.note_off(9, 61)}
    back = [message for message in ended[3:] if message[0] == 0xF0]
    assert back == pitch.tuned({key: float(key) for key in range(128)})


def test_the_sound_is_chosen_on_all_channels_that_notes_take() -> None:
    for by, channels in (("mts", [4]), ("bend", [0, 1]), ("mpe", [0])):
        numbers = "2-3" if by == "mpe" else "1-2"
        text = f"From('Keys') >> Program(6, channel=5) >> Tune('{by}', channels='{numbers}') >> To('Synth')"
        room = Room(text)
        room.synth.port = Port.parse("Synth:Synth MIDI 1 99:0")
        assert [message for message in room.plug() if message[0] >> 4 == 0xC] == [
            bytes([0xC0 | c, 5]) for c in channels
        ]
        room.close()


def test_players_share_the_channels_of_one_instrument() -> None:
    room = Room(SHARED)
    assert room.play(KEYS_PORT, ON) == [pitch.bend(0, 0.5), ON]
    assert room.play(PADS, E_ON) == [pitch.bend(1, 0.5), messages.note_on(1, 64, 100)]
    # A key that both hold ends when both have let go; a third takes the channel of the oldest.
    assert room.play(PADS, ON) == [OFF, ON]
    assert room.play(KEYS_PORT, OFF) == []
    assert room.play(KEYS_PORT, messages.note_on(0, 67, 1)) == [
        messages.note_off(1, 64),
        messages.note_on(1, 67, 1),
    ]
    assert room.play(PADS, OFF, E_OFF) == [OFF]
    room.router.tune(WIDE)
    assert room.synth.take() == [pitch.bend(1, 1.5)]
    assert room.close() == [messages.note_off(1, 67), pitch.bend(0, 0.0), pitch.bend(1, 0.0)]


@pytest.mark.parametrize("how", ["unplug", "reroute", "tear", "panic"])
def test_one_player_goes_and_the_other_plays_on(how: str) -> None:
    room = Room("From('Keys') >> Tune('bend', channels='1-2') >> To('Synth')", SHARED.replace("*", "Pads"))
    room.play(KEYS_PORT, ON)
    room.play(PADS, E_ON)
    match how:
        case "unplug":
            room.plug(PLAYERS[1])
        case "reroute":
            room.router.reroute([parse_route(SHARED.replace("*", "Pads"))])
        case "tear":
            room.router.tear(KEYS_PORT)
        case "panic":
            room.router.release_all()
    assert room.synth.down == (set() if how == "panic" else {messages.subject(messages.note_on(1, 64, 1))})
    room.synth.take()
    assert room.play(PADS, E_OFF) == ([] if how == "panic" else [messages.note_off(1, 64)])
    room.play(PADS, ON)
    assert len(room.synth.down) == 1
    room.close()
    assert room.synth.down == set()


def test_a_panic_tells_the_instrument_anew() -> None:
    room = Room(SHARED)
    room.play(KEYS_PORT, ON)
    room.router.release_all()
    assert room.synth.take()[-2:] == [pitch.bend(0, 0.0), pitch.bend(1, 0.0)]
    assert room.play(KEYS_PORT, ON)[0] == pitch.bend(0, 0.5)


def test_an_instrument_that_sends_back_what_it_hears_is_cut_off() -> None:
    """Its player is known behind what tunes it."""
    room = Room("From('*') >> Tune() >> To('*')")
    organ = Synth("Organ:Organ MIDI 1 32:0")
    moment = 0.0

    def echo(message: bytes) -> None:
        room.synth.hear(message)
        coming.append(message)

    coming: list[bytes] = []
    room.router.join([*PLAYERS, room.synth.port], {room.synth.port: echo, organ.port: organ.hear})
    coming.clear()
    for _ in range(40):
        moment += 0.02
        for message in (ON, OFF):
            room.router.receive(KEYS_PORT, message, moment)
            back, coming[:] = list(coming), []
            for sent in back:
                room.router.receive(room.synth.port.identity, sent, moment + 0.001)
    assert [(str(source), str(to)) for source, to in room.router.cut] == [("Keys MIDI 1", "Synth MIDI 1")]
    assert room.router.held() == ()
