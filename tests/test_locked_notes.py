"""What MIDI sends of a drone whose rounds go with the rhythm, beside what the engine really plucks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jambox import pulse
from jambox.midi import messages
from jambox.midi.plucks import Strings
from jambox.music.roll import lay
from jambox.rounds import LOCKS, Lock
from jambox.sound import commands, layout
from jambox.sound.commands import Command, Status
from jambox.sound.tables import NOTHING, view
from jambox.sound.voices import Voices
from tests.sound.bench import click, engine_with, figure_of, score_of

RATE, PERIOD, LATENCY = 8000, 32, 64
"""Frames: blocks of 4 ms, heard 8 ms after they are rendered."""
EXACT = 0.0002
FIGURE = figure_of(
    *(0, 0, 0, 0), seconds=1.3, jitter=0.04, waits=(1.0, 1.0, 1.0, 2.0), frequencies=(1100.0, 1470.0, 1472.0, 735.0)
)
SCORE = score_of((0.0, 1), (2.0, 1), length=4.0)
Script = list[tuple[int, Command]]
COMMANDS: st.SearchStrategy[Command] = st.one_of(
    st.floats(60.0, 240.0).map(commands.SetTempo),
    st.floats(-300.0, 300.0).map(lambda off: commands.JoinRhythm(0.0, off)),
    st.sampled_from(
        [commands.StartRhythm(0.0), commands.StartRhythm(1.5), commands.StopRhythm(), commands.EndRhythm()]
    ),
    st.integers(0, 2).map(commands.LockDrone),
)


def plucked_and_sent(lock: Lock, script: Script, blocks: int, polled: int) -> tuple[list[float], list[float]]:
    """Seconds at which the engine's plucks are heard, and at which notes are sent.

    Control looks at the engine once it has carried out what was asked of it, and else every `polled` blocks.
    """
    engine = engine_with([click(), click()], longest=PERIOD, rate=RATE)
    plucked: list[float] = []

    class Heard(Voices):
        def start(self, bus: int, *_words: float, **_more: float) -> None:
            if bus == layout.DRONE:
                plucked.append((engine.frame + LATENCY) / RATE)

    engine.voices.__class__ = Heard
    engine.load_score(lay(SCORE))
    engine.load_figure(FIGURE)
    engine.carry_out(commands.LockDrone(LOCKS.index(lock)))
    engine.carry_out(commands.StartDrone())
    strings, sent = Strings(), []
    status = Status(nominal_rate=RATE, clock_rate=RATE, latency=LATENCY)
    played = view(np.zeros(2 * PERIOD, np.float32))
    for number in range(blocks):
        asked = [command for block, command in script if block == number]
        for command in asked:
            engine.carry_out(command)
        engine.render(NOTHING, played, PERIOD)
        if asked or number % polled == 0:
            engine.report(status)
            strings.follow(pulse.plucks(status, {1: FIGURE}))
        now, until = (number + 1) * PERIOD / RATE, (number + 2) * PERIOD / RATE
        while (due := strings.due()) is not None and due < until:
            now = max(now, due)
            sent += [now for message in strings.take(now) if messages.pressed(message) is not None]
    return [time for time in plucked if time < until], sent


@pytest.mark.parametrize("polled", [1, 5, 40])
@pytest.mark.parametrize("lock", Lock)
def test_notes_come_with_the_plucks(lock: Lock, polled: int) -> None:
    script: Script = [(100, commands.StartRhythm(0.0)), (400, commands.SetTempo(133.0)), (700, commands.EndRhythm())]
    plucked, sent = plucked_and_sent(lock, script, 1200, polled)
    assert len(plucked) > 12
    assert sent == pytest.approx(plucked, abs=EXACT)


@settings(max_examples=15)
@given(st.sampled_from(Lock), st.lists(st.tuples(st.integers(0, 700), COMMANDS), max_size=8))
def test_notes_come_with_the_plucks_whatever_is_done_to_the_rhythm(lock: Lock, script: Script) -> None:
    plucked, sent = plucked_and_sent(lock, script, 800, 5)
    assert sent == pytest.approx(plucked, abs=EXACT)


@pytest.mark.parametrize("tempo", [60.0, 240.0])
@pytest.mark.parametrize("turn", [5, 6, 8])
def test_what_was_plucked_and_is_not_yet_heard_when_tempo_changes_is_sent_when_it_is_heard(
    turn: int, tempo: float
) -> None:
    begun: Script = [(0, commands.StartRhythm(0.0))]
    before, _ = plucked_and_sent(Lock.BEAT, begun, 800, 5)
    block = int((before[turn] * RATE - LATENCY) // PERIOD)
    plucked, sent = plucked_and_sent(Lock.BEAT, [*begun, (block + 1, commands.SetTempo(tempo))], 800, 5)
    assert plucked[: turn + 1] == before[: turn + 1]
    assert sent == pytest.approx(plucked, abs=EXACT)
