"""Notes one by one on channels of their own, each bent to what it shall sound.

A note takes the channel that was let go first; where none is free the oldest note ends. Its end and the pressure of its
key go where it went. What its player does to a whole channel, with wheel, pressure and controllers, follows to the
notes of that channel that sound, and to new ones before they begin; pedals, programs and the like go to all channels,
but nothing twice: what an instrument sends back would grow with each round.
Drums, on channel 10, are left as they are where no note takes that.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from jambox.midi import messages, pitch
from jambox.midi.ground import EQUAL, Ground
from jambox.midi.match import HALF
from jambox.midi.messages import (
    ALL_NOTES_OFF,
    ALL_SOUND_OFF,
    BANK,
    BANK_LSB,
    BEND,
    CONTROL,
    DRUMS,
    NOTE_OFF,
    NOTE_ON,
    PARAMETERS,
    PEDALS,
    POLY_PRESSURE,
    PRESSURE,
    PROGRAM,
    SYSEX,
)
from jambox.midi.pitch import USUAL
from jambox.midi.stages import Retuning
from jambox.midi.storms import FINE_VELOCITY, KEPT, RESET_CONTROLLERS

TIMBRE = 74
"""The controller that belongs to single notes in MPE (RP-053)."""
OURS = frozenset({pitch.BEND_RANGE, pitch.TUNING_PROGRAM, pitch.TUNING_BANK, pitch.ZONE})
"""Registered parameters that no player sets: the notes would leave their tuning."""
NONE = (pitch.PARAMETER_MSB, 127, 127)
"""What is chosen when no parameter is (MIDI 1.0, RPN null)."""
_NEAR = 0.5 + 1e-6
"""Semitones from a key to what is sounded by it, rather than by the next."""
_DROPPED = frozenset({pitch.STEP_UP, pitch.STEP_DOWN, FINE_VELOCITY})
"""Controllers that mean something each time, or for one note: they cannot go to all channels, and nothing twice."""


@dataclass(slots=True)
class Voice:
    """A note: what its player holds for it, see `messages.subject`; as which key, so many semitones off, it sounds."""

    hold: int
    channel: int
    key: int
    off: float
    down: bool = True

    @property
    def player(self) -> int:
        """The channel on which it was played."""
        return self.hold >> 8


@dataclass(slots=True)
class Player:
    """What was done on one channel: the wheel, in semitones, and how far it reaches; which parameter is chosen, by
    which controllers, 101 and 100 or 99 and 98.
    """

    wheel: float = 0.0
    reach: float = USUAL
    parameter: tuple[int, int, int] = NONE
    values: dict[int, bytes] = field(default_factory=dict)
    """By controller, and for the pressure `PRESSURE`: what comes after the status."""


def spread(message: bytes, channels: Iterable[int]) -> list[bytes]:
    """A channel message on each of `channels`."""
    return [bytes([message[0] & 0xF0 | channel, *message[1:]]) for channel in channels]


class Rotation(Retuning):
    """Who sounds on which of `channels`, 0 to 15, which are told that bends reach `told` semitones.

    `reach` is how many they really do, where that differs.
    With a `master`, a channel besides, it is a zone of MPE: what is meant for all notes goes there, and the pressure of
    a key is the pressure of its channel.
    """

    __slots__ = (
        "_bends",
        "_channels",
        "_free",
        "_has",
        "_last",
        "_master",
        "_pedals",
        "_pitches",
        "_players",
        "_range",
        "_reach",
        "_rung",
        "_told",
    )

    def __init__(
        self, channels: Sequence[int], told: int = USUAL, master: int | None = None, reach: float | None = None
    ) -> None:
        self._channels, self._range, self._master = tuple(channels), told, master
        self._reach = told if reach is None else reach
        self._pitches = EQUAL.heard
        self._free = dict.fromkeys(self._channels)  # the first let go first
        self._last: dict[int, Voice] = {}  # by channel, the oldest first
        self._bends: dict[int, bytes] = {}
        self._has: dict[int, dict[int, bytes]] = {channel: {} for channel in self._channels}
        self._players: dict[int, Player] = {}
        self._pedals: dict[int, set[int]] = {pedal: set() for pedal in PEDALS}  # the players who hold each
        self._rung: set[int] = set()  # channels that had notes since they were silenced
        self._told: dict[tuple[int, ...], bytes] = {}  # by what: what all channels were told last

    def begin(self, ground: Ground) -> list[bytes]:
        """What a destination is told first: how far bends reach; and that nothing is bent."""
        self._pitches = ground.heard
        self._bends = {channel: pitch.bend(channel, 0.0) for channel in self._channels}
        return [*self._zone(len(self._channels)), *self._ranges(self._range), *self._bends.values()]

    def tune(self, ground: Ground) -> list[bytes]:
        """Goes by another ground from now on: what bends the notes that sound, as far as their bends reach."""
        self._pitches = ground.heard
        for voice in self._last.values():
            wanted = self._pitches[voice.hold & 0x7F]
            if wanted is not None and abs(wanted - voice.key) <= self._reach:
                voice.off = wanted - voice.key
        return self._bend(self._sounding())

    def end(self) -> list[bytes]:
        """What a destination is told last: to be as it was."""
        bends = {channel: pitch.bend(channel, 0.0) for channel in self._channels}
        unbent = [bends[channel] for channel in self._channels if self._bends.get(channel) != bends[channel]]
        return [*unbent, *(self._ranges(USUAL) if self._range != USUAL else ()), *self._zone(0)]

    def hear(self, message: bytes, _beat: float, /) -> list[bytes]:
        """Takes a whole message; gives what becomes of it."""
        kind, player = message[0] & 0xF0, message[0] & 0x0F
        if message[0] >= SYSEX or (player == DRUMS and DRUMS not in self._channels):
            return [message]
        if kind != CONTROL or message[1] != RESET_CONTROLLERS:
            self._told.pop((RESET_CONTROLLERS,), None)
        if kind == NOTE_ON and message[2]:
            return self._strike(message)
        if kind in (NOTE_OFF, NOTE_ON):
            return self._let_go(messages.subject(message), message[2] if kind == NOTE_OFF else 64)
        if kind == POLY_PRESSURE:
            return self._press(messages.subject(message), message[2])
        if kind == BEND:
            known = self._player(player)
            known.wheel = pitch.bent(message, known.reach)
            return self._bend(self._sounding(player))
        if kind == CONTROL:
            return self._control(player, message)
        if kind == PRESSURE:
            return self._turn(player, PRESSURE, message[1:])
        return self._spread(message)

    def _strike(self, message: bytes) -> list[bytes]:
        hold, player = messages.subject(message), message[0] & 0x0F
        ended = self._let_go(hold, 64)
        wanted = self._pitches[message[1]]
        if wanted is None:
            return ended
        key = message[1] if abs(wanted - message[1]) <= _NEAR else round(wanted)
        if not 0 <= key <= 127:
            return ended
        if not self._free:
            ended += self._let_go(next(iter(self._last.values())).hold, 64)
        channel = next(iter(self._free))
        del self._free[channel]
        self._rung.add(channel)
        self._last.pop(channel, None)
        self._last[channel] = voice = Voice(hold, channel, key, wanted - key)
        caught_up = self._catch_up(channel, self._player(player))
        return [*ended, *caught_up, *self._bend([voice]), messages.note_on(channel, key, message[2])]

    def _let_go(self, hold: int, velocity: int) -> list[bytes]:
        voice = self._voice(hold)
        if voice is None:
            return []
        voice.down = False
        self._free[voice.channel] = None
        return [bytes([NOTE_OFF | voice.channel, voice.key, velocity])]

    def _press(self, hold: int, value: int) -> list[bytes]:
        voice = self._voice(hold)
        if voice is None:
            return []
        if self._master is not None:
            self._player(voice.player).values.setdefault(PRESSURE, bytes([0]))  # of the next note there
            self._has[voice.channel][PRESSURE] = bytes([value])
            return [bytes([PRESSURE | voice.channel, value])]
        return [bytes([POLY_PRESSURE | voice.channel, voice.key, value])]

    def _control(self, player: int, message: bytes) -> list[bytes]:
        number, value = message[1], message[2]
        if messages.silences(message) is not None:
            return self._silence(player, ALL_SOUND_OFF if number == ALL_SOUND_OFF else ALL_NOTES_OFF)
        if number == RESET_CONTROLLERS:
            return self._reset(player, message)
        if number in PEDALS:
            return self._pedal(player, message)
        if number in _DROPPED:
            return []
        if number in PARAMETERS:
            return self._parameter(self._player(player), number, value)
        if number not in KEPT and (self._master is None or number == TIMBRE):
            return self._turn(player, number, message[1:])
        return self._spread(message)

    def _parameter(self, player: Player, number: int, value: int) -> list[bytes]:
        """Chosen by a player, a parameter is chosen at the destination when it is set there."""
        head, msb, lsb = player.parameter
        if number not in (pitch.DATA, pitch.DATA_LSB):
            first = number | 1
            msb, lsb = (msb, lsb) if first == head else (127, 127)
            player.parameter = (first, value, lsb) if number == first else (first, msb, value)
            return []
        if head == pitch.PARAMETER_MSB and msb == 0 and lsb in OURS:
            if lsb == pitch.BEND_RANGE:
                whole, cents = divmod(player.reach, 1.0)
                player.reach = value + cents if number == pitch.DATA else whole + min(value, 99) / 100.0
            return []
        if player.parameter[1:] == NONE[1:] or self._knows((number, *player.parameter), bytes([value])):
            return []
        told = ((head, msb), (head - 1, lsb), (number, value))
        return [sent for each in told for sent in spread(bytes([CONTROL, *each]), self._all)]

    def _pedal(self, player: int, message: bytes) -> list[bytes]:
        """A pedal is down on all channels as long as anyone holds it."""
        holding = self._pedals[message[1]]
        (holding.add if message[2] >= HALF else holding.discard)(player)
        return [] if holding and message[2] < HALF else self._spread(message)

    def _silence(self, player: int, controller: int) -> list[bytes]:
        """Ends the notes of one player; then says so on the channels that no other sounds on."""
        holds = [voice.hold for voice in self._last.values() if voice.down and voice.player == player]
        ended = [sent for hold in holds for sent in self._let_go(hold, 64)]
        silenced = [channel for channel in self._free if channel in self._rung]
        self._rung.difference_update(silenced)
        return ended + [bytes([CONTROL | channel, controller, 0]) for channel in silenced]

    def _reset(self, player: int, message: bytes) -> list[bytes]:
        """Wheels and controllers go back, and with them bends: so notes are bent again."""
        known = self._player(player)
        known.wheel, known.parameter = 0.0, NONE
        known.values.clear()
        told = self._spread(message)
        if not told:
            return []
        self._told = {(RESET_CONTROLLERS,): message[1:]}
        self._bends.clear()
        for has in self._has.values():
            has.clear()
        return told + self._bend(self._sounding())

    def _turn(self, player: int, what: int, value: bytes) -> list[bytes]:
        """A value follows to the notes that sound."""
        self._player(player).values[what] = value
        return [
            sent for voice in self._sounding(player) for sent in self._catch_up(voice.channel, self._player(player))
        ]

    def _catch_up(self, channel: int, player: Player) -> Iterator[bytes]:
        """The values that a channel has not been told yet."""
        has = self._has[channel]
        for what, value in player.values.items():
            if has.get(what) != value:
                has[what] = value
                yield bytes([(PRESSURE if what == PRESSURE else CONTROL) | channel, *value])

    def _bend(self, voices: Iterable[Voice]) -> list[bytes]:
        """What bends these to where they shall be, if they are not there."""
        told = []
        for voice in voices:
            bend = pitch.bend(voice.channel, voice.off + self._player(voice.player).wheel, self._reach)
            if self._bends.get(voice.channel) != bend:
                self._bends[voice.channel] = bend
                told.append(bend)
        return told

    def _sounding(self, player: int | None = None) -> list[Voice]:
        """The notes that are held, by hand or pedal; those of one player."""
        held = any(self._pedals.values())
        return [one for one in self._last.values() if (one.down or held) and player in (None, one.player)]

    def _voice(self, hold: int) -> Voice | None:
        return next((voice for voice in self._last.values() if voice.hold == hold and voice.down), None)

    def _player(self, channel: int) -> Player:
        return self._players.setdefault(channel, Player())

    def _spread(self, message: bytes) -> list[bytes]:
        """What is meant for all notes, if that is news."""
        what = PROGRAM if len(message) == 2 else message[1]
        if self._knows((what,), message[1:]):
            return []
        if what in (BANK, BANK_LSB):
            self._told.pop((PROGRAM,), None)
        return spread(message, self._all)

    def _knows(self, what: tuple[int, ...], value: bytes) -> bool:
        """Whether all channels were told the same last; from now on they were."""
        known = self._told.get(what) == value
        self._told[what] = value
        return known

    @property
    def _all(self) -> tuple[int, ...]:
        return self._channels if self._master is None else (self._master,)

    def _ranges(self, semitones: int) -> Iterator[bytes]:
        for channel in self._channels:
            yield from pitch.parameter(channel, pitch.BEND_RANGE, semitones)

    def _zone(self, members: int) -> tuple[bytes, ...]:
        return () if self._master is None else pitch.parameter(self._master, pitch.ZONE, members)
