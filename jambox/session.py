"""A Link session, of which the box is a peer, as one more clock that may lead.

Ableton Link keeps tempo and beat of all peers on a network together, without a master: whoever changes the tempo is
followed by all, and who joins takes what is there. Peers count each their own beats, but agree where these stand within
a quantum: here the cycle, so that sams coincide. Alone, the box tells its own private session what it plays, so that
whoever joins finds its beat; among peers it bends to what the session says, and never moves the beats of others.

After the documentation of Link (github.com/Ableton/link: README, TEST-PLAN, include/ableton/Link.hpp).
"""

import math
from dataclasses import dataclass, replace
from typing import Protocol

from jambox import pulse
from jambox.following import TARDY
from jambox.midi.follow import Lead
from jambox.scene import FASTEST
from jambox.sound.commands import Status
from jambox.units import Bpm

SOURCE = "Link"
QUICKEST = 999.0
"""Beats per minute that a session goes at most (Link clamps tempos to 20 to 999)."""
APART = 0.0005
"""Seconds by which the private session may be off the box's beat."""
EQUAL = 1e-5
"""Share by which its tempo may be."""
SURE = 0.02
"""Seconds that this must last: a session that is just being joined changes a moment before its peers are counted."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the session says at `time` (monotonic seconds): how many other `peers` it has, its tempo, its beat.

    `playing`: whether it was started or stopped last, and `since` which second; known only where peers start and stop
    together.
    """

    peers: int
    tempo: float
    beat: float
    time: float
    playing: bool = False
    since: float = -math.inf


class Peers(Protocol):
    """A session as `jambox.link` offers it. Times are monotonic seconds, `quantum` is in beats."""

    def enable(self, on: bool) -> None:
        """Join, or leave. Who joins takes the session's tempo and beat, if there is one."""
        ...

    def say(self, quantum: float) -> Said:
        """What the session says now; its beat stands in `quantum` where everybody's does."""
        ...

    def propose(self, tempo: float) -> None:
        """Let the session go on in another tempo, from now."""
        ...

    def place(self, tempo: float, beat: float, moment: float, quantum: float) -> None:
        """Let `beat` fall on `moment`, in that tempo. Does nothing unless we are alone."""
        ...

    def play(self, playing: bool, moment: float) -> None:
        """Start or stop all who start and stop together, at `moment`."""
        ...


class Session:
    """The box as a peer; without `peers` as if it were for ever alone. `fault`: why, where it should not be.

    With `start_stop`, those who wish so start and stop together: the box with them, and they with the box.
    Not thread-safe. Call `lead` often, and `show` after it.
    """

    def __init__(self, peers: Peers | None, start_stop: bool = False, fault: str = "") -> None:
        self.fault = fault
        self._peers = peers
        self._start_stop = start_stop
        self._on = False
        self._said: Said | None = None
        self._multiple = 1
        self._joined = self._apart = math.inf
        self._playing = False
        self._run = self._cue = 0

    def lead(self, cycle: float, follow: bool) -> Lead | None:
        """What the session says in cycles of so many beats; None while the box is alone, or does not `follow`.

        A session too fast for the box is followed at half its tempo or a quarter, in beats of twice the length or four
        times (TEST-PLAN, TEMPO-4).
        """
        self._join(follow)
        if not self._on:
            return None
        said = self._said = self._listen(cycle)
        if not said.peers:
            self._joined = math.inf
            return None
        self._joined = min(self._joined, said.time)
        if said.playing != self._playing:
            self._playing = said.playing
            # What was started before we came is not for us (Link: "only follow user actions").
            self._cue += said.playing and said.since > self._joined
        running = self._start_stop and said.playing
        begun = -math.inf
        if running and said.since > self._joined:
            begun = math.ceil((_beat_at(said, said.since) - TARDY) / cycle) * cycle
        return Lead(SOURCE, Bpm(said.tempo), said.beat, said.time, running, self._cue, begun, cycle)

    def propose(self, tempo: float) -> None:
        """A player has set the tempo: let the session take it."""
        if self._peers and self._said:
            whole = tempo * self._multiple
            while whole > QUICKEST:
                whole /= 2.0
            self._peers.propose(whole)

    def show(self, status: Status, tempo: float, cycle: float, now: float) -> None:
        """Let the peers know of the engine's start or stop; a session without any, of its beat and the box's tempo."""
        if not self._peers or not self._said:
            return
        # By its runs, since one may end and another begin between two looks.
        playing = bool(status.playing)
        run = int(status.run) if playing else 0
        if run != self._run:
            self._run = run
            if self._start_stop and playing != self._playing:
                self._playing = playing
                self._peers.play(playing, max(_begins(status), now) if playing else now)
        if not self._said.peers:
            self._mirror(self._peers, self._said, status, tempo, cycle)
        else:
            self._apart = math.inf

    def close(self) -> None:
        """Leave."""
        self._join(False)

    def as_dict(self) -> dict[str, object]:
        """For `jambox status`; empty while the box is in no session, not even in one of its own."""
        if self._said is None:
            return {}
        said = self._said
        return {
            "peers": said.peers,
            "tempo": round(said.tempo * self._multiple, 2),
            "beat": round(said.beat * self._multiple, 2),
            "playing": said.playing,
        }

    def _join(self, follow: bool) -> None:
        if self._peers and follow != self._on:
            self._on = follow
            self._peers.enable(follow)
            self._said, self._joined, self._playing = None, math.inf, False

    def _listen(self, cycle: float) -> Said:
        assert self._peers is not None
        while True:
            said = self._peers.say(cycle * self._multiple)
            multiple = 1
            while said.tempo > FASTEST * multiple:
                multiple *= 2
            if multiple == self._multiple:
                return replace(said, tempo=said.tempo / multiple, beat=said.beat / multiple)
            self._multiple = multiple

    def _mirror(self, peers: Peers, said: Said, status: Status, tempo: float, cycle: float) -> None:
        heard = pulse.beat_at(status, said.time)
        beat = said.beat if heard is None else heard
        apart = math.remainder(beat - said.beat, cycle) * 60.0 / tempo
        if abs(apart) <= APART and abs(tempo / said.tempo - 1.0) <= EQUAL:
            self._apart = math.inf
            return
        self._apart = min(self._apart, said.time)
        if said.time - self._apart >= SURE:
            peers.place(tempo, beat, said.time, cycle)


def _beat_at(said: Said, time: float) -> float:
    return said.beat + (time - said.time) * said.tempo / 60.0


def _begins(status: Status) -> float:
    """When the first beat of the engine's run is heard."""
    return pulse.heard(status).time_at(pulse.timeline(status).frame_at(status.start))
