"""How the box goes along with a clock that leads: what the state is told, and in which tempo the engine meets its beat.

The engine never jumps while it plays: it goes a little faster or slower until its beat is heard with the leader's. Only
the leader's own Start, Continue and song position place it. Into the tempo of a new leader it glides. Where the leader
counts cycles, the rhythm starts on sam.
"""

import math

from jambox import pulse
from jambox.actions import Action, ClockStarts, ClockStops, Led
from jambox.midi.follow import Lead
from jambox.midi.route import Port
from jambox.midi.sync import PPQN
from jambox.sound.commands import Status
from jambox.state import State
from jambox.units import Beats, Bpm, Seconds

FRESH = 2.0
"""A song that began up to so many beats before its clock was believed still starts the rhythm."""
TARDY = 1.0 / 16.0
"""A beat that passed by less is still begun on, late; after more, the next one is."""
NEWS = 0.05
"""Beats per minute by which the leader's tempo must change to become the scene's: jitter need not be saved."""
REACH = 1.0
"""Beats in which a deviation falls to a third."""
SLEW = 0.1
"""Share of the tempo that is added or taken away at most: half a beat is made up in some 8 beats."""
GLIDE = math.log(1.0 + SLEW)
"""Seconds by which a beat grows longer or shorter in each second on the way to a new leader's tempo: then none differs
from the one before by more than SLEW, as a share of the shorter."""
NIGH = 1.5
"""Beats between two sams that are bent together; between others, beats are. Between whole ones, lest it wavers."""
DEAF = 1e-4
"""A smaller change of tempo, as a share of it, is not worth a command."""


def elect(midi: Lead | None, session: Lead | None) -> Lead | None:
    """Which one leads: a MIDI clock, or the session in which the box has peers.

    A MIDI clock that was ever started was plugged in and started on purpose, by someone in this circle: it leads while
    it ticks. One that only ticks may be an instrument that always does: it leads where there is no session.
    """
    return midi if midi and (midi.cue or not session) else session


class Following:
    """Compares what the leader says with what it said before. `lead` is the latest; None: the box leads."""

    def __init__(self) -> None:
        self.lead: Lead | None = None
        self._joined = ""  # the leader's source, once the engine was steered
        self._glide: tuple[float, Bpm] | None = None  # while the engine glides: since when in which tempo

    def follow(self, lead: Lead | None, state: State, now: float) -> tuple[Action, ...]:
        """The actions by which `state` goes along with what is said at `now` (monotonic seconds)."""
        before, self.lead = self.lead, lead
        if lead is None:
            tempo = self._glide[1] if self._glide else before.tempo if before else None
            self._joined, self._glide = "", None
            return () if tempo is None else (Led("", tempo),)
        led = Led(_name(lead), lead.tempo, shared=bool(lead.cycle))
        if before is None or before.source != lead.source:
            begins = lead.running and not state.rhythm_on and lead.beat_at(now) - lead.begun < FRESH
            return (led, _start(lead, now)) if begins else (led,)
        news = (led,) if abs(lead.tempo - state.scene.tempo) > NEWS else ()
        if lead.running and lead.cue != before.cue and not (lead.cycle and state.rhythm_on):
            return (*news, _start(lead, now))
        return (*news, ClockStops()) if before.running and not lead.running else news

    def begin(self, now: float) -> float | None:
        """When the sam of a rhythm that is started at `now` is to be heard; None: as soon as it can."""
        lead = self.lead
        return lead.time_at(entry(lead, now)) if lead and (lead.running or lead.cycle) else None

    def steer(self, status: Status) -> Bpm | None:
        """The tempo that the engine is to go on in, if that is worth a command.

        While the rhythm plays, a new leader's tempo is come to by and by, as `glided` says; its later changes at once.
        """
        if self.lead is None:
            return None
        time = pulse.heard(status).time_at(status.frame) if status.clock_rate else 0.0
        if not (status.playing and status.clock_rate):
            self._glide = None
        elif self.lead.source != self._joined:
            self._glide = time, Bpm(status.tempo)
        self._joined = self.lead.source
        tempo = wanted = steered(self.lead, status)
        if self._glide:
            tempo = glided(Bpm(status.tempo), wanted, time - self._glide[0])
        if tempo == wanted:
            self._glide = None
        if not worth(tempo, status):
            return None
        if self._glide:
            self._glide = time, tempo
        return tempo


def entry(lead: Lead, now: float) -> float:
    """The beat of the leader on which to begin: the song's first if it has just come, else a whole one, or a sam."""
    here = lead.beat_at(now) - TARDY
    grid = lead.cycle or 1.0
    return lead.begun if here <= lead.begun else math.ceil(here / grid) * grid


def steered(lead: Lead, status: Status) -> Bpm:
    """The tempo in which the engine goes on, so that its beat comes to be heard when the leader's is.

    That is the nearest whole beat; while the song of a MIDI clock does not run, the nearest tick. Where the leader
    counts cycles and its sam is NIGH, that.
    """
    if not status.clock_rate:
        return lead.tempo
    tempo = lead.tempo * status.nominal_rate / status.clock_rate
    if not status.playing:
        return Bpm(tempo)
    there = lead.beat_at(pulse.heard(status).time_at(status.frame))
    grid = 1 if lead.running or lead.cycle else PPQN
    behind = there - pulse.timeline(status).beat_at(status.frame)
    if lead.cycle:
        # Cycles need not be whole beats long.
        behind = math.remainder(behind + status.origin, lead.cycle)
    if not lead.cycle or abs(behind) > NIGH:
        behind -= round(behind * grid) / grid
    return Bpm(tempo * (1.0 + min(max(behind / REACH, -SLEW), SLEW)))


def glided(own: Bpm, tempo: Bpm, seconds: float) -> Bpm:
    """The tempo after so many seconds of a glide from `own` to `tempo`, which it reaches and does not leave."""
    length, room = 60.0 / own, GLIDE * max(seconds, 0.0)
    apart = 60.0 / tempo - length
    return tempo if abs(apart) <= room else Bpm(60.0 / (length + math.copysign(room, apart)))


def worth(tempo: float, status: Status) -> bool:
    """Whether `tempo` differs from the engine's by as much as a command is worth."""
    return abs(tempo - status.tempo) > DEAF * tempo


def _start(lead: Lead, now: float) -> ClockStarts:
    beat = entry(lead, now)
    return ClockStarts(Beats(0.0 if lead.cycle else beat), Seconds(lead.time_at(beat)))


def _name(lead: Lead) -> str:
    return lead.source if lead.cycle else str(Port.parse(lead.source))
