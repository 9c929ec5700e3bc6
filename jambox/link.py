"""Ableton Link by the binding LinkPython-extern, which is an extra: without it the box is in no session."""

import importlib.util
import math
import socket
import time

from jambox.config import Link
from jambox.session import Said, Session

BINDING = "LinkPython-extern"
TRIES = 5
"""Readings of Link's clock between two of ours; the closest pair counts, since others were interrupted."""
CLOSE = 10e-6
"""Seconds between two that are close enough."""


def join(config: Link, tempo: float) -> Session:
    """The box as a peer, as `config` says, in a session of its own at `tempo` until it finds others.

    Nothing goes out before it is first asked who leads. Never raises: what hinders it is the session's `fault`.
    """
    if not config.enabled or importlib.util.find_spec("link") is None:
        return Session(None)
    try:
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()
    except OSError as fault:
        return Session(
            None, fault=f"Link: no network may be used ({fault}). Let the service: sudo systemd/install --link"
        )
    return Session(_Peer(tempo, config.start_stop), config.start_stop)


class _Peer:
    """A `Peers`, see `jambox.session`. Link's own thread never calls back into Python: the box looks often enough.

    Link's clock is CLOCK_MONOTONIC_RAW in whole microseconds, which no NTP slews, so that it drifts from ours (seen: by
    four minutes). So each call reads both.
    """

    def __init__(self, tempo: float, start_stop: bool) -> None:
        import link

        self._link = link.Link(tempo)
        self._link.startStopSyncEnabled = start_stop
        self._clock = self._link.clock()

    def enable(self, on: bool) -> None:
        self._link.enabled = on

    def say(self, quantum: float) -> Said:
        now, micros = self._now()
        state = self._link.captureSessionState()
        return Said(
            self._link.numPeers(),
            state.tempo(),
            state.beatAtTime(micros, quantum),
            now,
            state.isPlaying(),
            now + (state.timeForIsPlaying() - micros) * 1e-6,
        )

    def propose(self, tempo: float) -> None:
        state = self._link.captureSessionState()
        state.setTempo(tempo, self._clock.micros())
        self._link.commitSessionState(state)

    def place(self, tempo: float, beat: float, moment: float, quantum: float) -> None:
        state = self._link.captureSessionState()
        # Looked at after the state was taken: if peers come meanwhile, theirs is not overwritten.
        if self._link.numPeers():
            return
        micros = self._micros(moment)
        state.setTempo(tempo, micros)
        state.requestBeatAtTime(beat, micros, quantum)
        self._link.commitSessionState(state)

    def play(self, playing: bool, moment: float) -> None:
        state = self._link.captureSessionState()
        state.setIsPlaying(playing, self._micros(moment))
        self._link.commitSessionState(state)

    def _micros(self, moment: float) -> int:
        now, micros = self._now()
        return micros + round((moment - now) * 1e6)

    def _now(self) -> tuple[float, int]:
        """The same moment on our clock and on Link's."""
        closest, now, micros = math.inf, 0.0, 0
        for _ in range(TRIES):
            before = time.monotonic()
            read = self._clock.micros()
            after = time.monotonic()
            if after - before < closest:
                closest, now, micros = after - before, (before + after) / 2.0, read
            if closest < CLOSE:
                break
        return now, micros
