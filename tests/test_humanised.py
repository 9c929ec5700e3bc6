"""Hands off the grid, as they are rendered and as they are sent: spreads, the same by the same seed, and in time."""

import random
from dataclasses import replace
from pathlib import Path

import mido
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from jambox import offline, pulse
from jambox.midi import messages
from jambox.midi.sync import Playhead
from jambox.music.cycle import Hit, Score, Sound
from jambox.music.humanising import LEVEL, MOST, TIMING, Touch
from jambox.music.roll import lay
from jambox.sound import commands, layout
from jambox.sound.commands import Command, Status
from jambox.sound.players import APART
from jambox.sound.tables import NOTHING, view
from jambox.sound.voices import Voices
from jambox.units import Bpm, parse_pitch
from tests.shipped import LIBRARY
from tests.sound.bench import RATE, click, do, engine_with, perform, render

PERIOD, LATENCY = 64, 128
CLICK = 8
SOFT = 0.5
HALVES = Score(1, 4.0, tuple(Hit(i / 2, (Sound(0, 1, 0.5),), (36,), SOFT) for i in range(8)), 7)
"""On every half beat; those of even beats are left out in its thinner kin."""
THIN = Score(2, 4.0, HALVES.hits[::2], 7)
OTHER = Score(3, 3.0, tuple(Hit(i / 3, (Sound(0, 1, 0.5),), (40, 41), SOFT) for i in range(9)))
FINE = tuple(Hit(i / 8, (Sound(0, 1, 0.5),), (36,), SOFT) for i in range(32))
LINE = [Score(10 + i, 4.0, tuple(FINE[::step]), 7) for i, step in enumerate((1, 2, 3, 4, 5, 8))]
"""Kin, which have strokes in common."""
SCORES = {score.serial: score for score in (HALVES, THIN, OTHER, *LINE)}
Frames = NDArray[np.float32]


def strokes(sound: Frames) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Frames and peaks of the clicks, none of which touch."""
    loud = np.abs(sound[:, 0]).astype(np.float64)
    starts = np.flatnonzero(loud)
    starts = starts[np.diff(starts, prepend=-100) > CLICK]
    return starts, np.array([loud[start : start + CLICK].max() for start in starts])


def played(
    seed: int, share: float, beats: int, tempo: float = 120.0, rate: float = RATE
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of each stroke off sam, the beats by which it is late, and its level in dB."""
    engine = engine_with([click(CLICK)], rate=rate, seed=seed, humanise=share)
    engine.carry_out(commands.SetTempo(tempo))
    engine.load_score(lay(HALVES))
    engine.carry_out(commands.StartRhythm(0.0))
    frames, peaks = strokes(render(engine, round((beats - 0.25) * 60.0 / tempo * rate)))
    assert len(frames) == 2 * beats
    late = frames * tempo / 60.0 / rate - np.arange(len(frames)) / 2
    assert np.abs(late[::8]).max() < 1e-4
    off = np.arange(len(frames)) % 8 != 0
    return late[off], 20.0 * np.log10(peaks[off])


@pytest.mark.no_cover
@pytest.mark.parametrize(("share", "tempo"), [(1.0, 120.0), (0.5, 120.0), (1.0, 240.0)])
def test_rendered_strokes_are_spread_as_is_asked_in_time_and_level(share: float, tempo: float) -> None:
    # So few frames to a beat are quickly rendered, and half of one is far less than the spread.
    found = [played(seed, share, 32, tempo, rate=100.0 * tempo) for seed in range(24)]
    late, level = (np.concatenate(parts) for parts in zip(*found, strict=True))
    spread = share * TIMING * 0.5
    # 24 hands that drift over 8 beats each: some 300 that know nothing of each other.
    assert late.std() == pytest.approx(spread, rel=0.1)
    assert abs(late.mean()) < 3.0 * spread / 300**0.5
    assert np.abs(late).max() <= MOST * spread + 1e-4
    assert level.std() == pytest.approx(share * LEVEL, rel=0.06)


def test_the_same_seed_plays_the_same_and_another_does_not() -> None:
    one, again, other = (played(seed, 1.0, 16)[0] for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert np.abs(one - other).max() > 0.5 * TIMING * 0.5


def test_without_a_share_all_is_as_it_is_written() -> None:
    late, level = played(1, 0.0, 32)
    assert np.abs(late).max() <= 0.5 / RATE * 2.0 + 1e-9
    assert np.ptp(level) == 0.0


@pytest.mark.parametrize("block", [1, 17, 512])
def test_blocks_of_any_size_give_the_same_samples(block: int) -> None:
    def sound(size: int) -> Frames:
        engine = engine_with([click(CLICK)], longest=512, seed=3, humanise=1.0)
        engine.load_score(lay(HALVES))
        script = [
            (0, do(commands.StartRhythm(0.5))),
            (9_000, do(commands.SetTempo(211.0))),
            (15_555, lambda each: each.swap_score(lay(THIN))),
            (22_222, lambda each: each.load_score(lay(OTHER))),
            (60_000, do(commands.EndRhythm())),
        ]
        return perform(engine, script, 90_000, size)

    reference = sound(128)
    assert len(strokes(reference)[0]) > 12
    assert np.array_equal(sound(block), reference)


Script = list[tuple[int, Command | Score]]


def heard_and_sent(
    script: Script, blocks: int, polled: int = 1
) -> tuple[list[tuple[float, int]], list[tuple[float, int]]]:
    """When each stroke is heard, and when it is sent, with velocities; control looks every `polled` blocks."""
    engine, touch = engine_with([click(CLICK)], longest=PERIOD, seed=5, humanise=1.0), Touch(5, 1.0)
    heard: list[tuple[float, int]] = []

    class Heard(Voices):
        def start(self, bus: int, *words: float, **_more: float) -> None:
            if bus == layout.RHYTHM:
                heard.append(((engine.frame + LATENCY) / RATE, round((words[2] / 0.5) ** 0.5 * 127)))

    engine.voices.__class__ = Heard
    engine.load_score(lay(HALVES))
    playhead, run, sent = Playhead(), 0.0, []
    status = Status(nominal_rate=RATE, clock_rate=RATE, latency=LATENCY)
    out = view(np.zeros(2 * PERIOD, np.float32))
    until = 0.0
    for number in range(blocks):
        asked = [what for block, what in script if block == number]
        for what in asked:
            if not isinstance(what, Score):
                engine.carry_out(what)
            elif what.line:
                engine.swap_score(lay(what))
            else:
                engine.load_score(lay(what))
        engine.render(NOTHING, out, PERIOD)
        if asked or number % polled == 0:
            engine.report(status)
            if status.playing:
                if status.run != run:
                    playhead.follow(None)
                    run = status.run
                playhead.follow(pulse.performance(status, pulse.pattern(SCORES[int(status.score)]), touch))
        now, until = (number + 1) * PERIOD / RATE, (number + 2) * PERIOD / RATE
        while (due := playhead.due()) is not None and due < until:
            now = max(now, due)
            sent += [(now, message[2]) for message in playhead.take(now) if messages.pressed(message) is not None]
    return [each for each in heard if each[0] < until], sent


@pytest.mark.no_cover
@pytest.mark.parametrize("polled", [1, 5])
@pytest.mark.parametrize("beat", [0.0, 0.5, 1.75])
def test_notes_are_sent_when_strokes_are_heard_and_as_loud(beat: float, polled: int) -> None:
    script: Script = [(10, commands.StartRhythm(beat)), (900, commands.SetTempo(133.0)), (2000, commands.EndRhythm())]
    heard, sent = heard_and_sent(script, 4000, polled)
    assert len(heard) > 12
    # The first may be sent at once.
    assert [time for time, _ in sent] == pytest.approx([time for time, _ in heard], abs=0.0015)
    assert [time for time, _ in sent[1:]] == pytest.approx([time for time, _ in heard[1:]], abs=0.0001)
    assert [loud for _, loud in sent] == pytest.approx([loud for _, loud in heard], abs=1)
    assert len({loud for _, loud in sent}) > 5


def test_a_change_of_cycle_is_sent_as_it_is_heard() -> None:
    script: Script = [(0, commands.StartRhythm(0.0)), (100, OTHER), (3000, commands.EndRhythm())]
    heard, sent = heard_and_sent(script, 5000)
    before = [each for each in heard if each[0] < 2.0]
    assert len(before) == 8
    after = [time for time, _ in heard if time >= 2.0]
    assert len(after) > 12
    # Each of these strokes is a note for both of its keys.
    assert [time for time, _ in sent if time >= 2.0] == pytest.approx(
        [time for time in after for _ in range(2)], abs=0.0001
    )


@settings(max_examples=15, deadline=None)
@given(
    st.integers(0, 64).map(lambda number: number / 16),
    st.lists(st.tuples(st.integers(1, 3000), st.floats(40.0, 300.0).map(commands.SetTempo)), max_size=6),
)
def test_no_change_of_tempo_repeats_or_loses_a_stroke(
    beat: float, changes: list[tuple[int, commands.SetTempo]]
) -> None:
    heard, sent = heard_and_sent([(0, commands.StartRhythm(beat)), *changes], 4000, polled=5)
    assert [time for time, _ in sent] == pytest.approx([time for time, _ in heard], abs=0.002)
    engine = engine_with([click(CLICK)], longest=PERIOD)
    engine.load_score(lay(HALVES))
    engine.carry_out(commands.StartRhythm(beat))
    script = [(block * PERIOD, do(command)) for block, command in changes]
    exact = strokes(perform(engine, script, 4000 * PERIOD, PERIOD))[0]
    assert abs(len(exact) - len(heard)) <= 1


def test_nothing_sounds_before_the_press() -> None:
    for seed in range(20):
        engine = engine_with([click(CLICK)], seed=seed, humanise=1.0)
        render(engine, 1000)
        engine.load_score(lay(HALVES))
        engine.carry_out(commands.StartRhythm(0.5))
        first = strokes(render(engine, RATE // 8))[0]
        assert len(first) == 1
        assert first[0] <= TIMING * MOST * 0.5 * RATE / 2


def test_a_file_of_notes_has_them_where_they_are_heard(tmp_path: Path) -> None:
    cycle, seconds, tempo = LIBRARY.cycle("teental"), 8.0, 120.0
    what = offline.Piece(
        RATE, Bpm(tempo), parse_pitch("D3"), (0.0, 0.5, 0.5, 1.0), cycle, LIBRARY.family("tabla"), humanise=1.0
    )
    files = []
    for each in (what, replace(what, humanise=0.0)):
        strikes: list[offline.Strike] = []
        for _ in offline.blocks(each, round(seconds * RATE), heard=strikes.append):
            pass
        offline.write_midi(tmp_path / "jam.mid", each, seconds, strikes)
        now, found = 0.0, []
        for message in mido.MidiFile(tmp_path / "jam.mid"):
            now += message.time
            if message.type == "note_on":
                found.append((now, message.velocity))
        heard = [one.frame / RATE for one in strikes for _ in one.keys]
        assert [time for time, _ in found] == pytest.approx(heard, abs=30.0 / tempo / 960 + 1.0 / RATE)
        files.append(found)
    off = [one[0] - other[0] for one, other in zip(*files, strict=True)]
    assert max(map(abs, off)) > 0.005
    assert off[0] == 0.0


@pytest.mark.parametrize("seed", range(8))
def test_of_a_storm_of_changes_in_mid_cycle_what_is_sent_is_what_is_heard(seed: int) -> None:
    """As while ENERGY is turned: nothing comes twice. What is sent is sent ahead of what is heard: only one may know of
    what a change puts between the two, and of what it puts too near to a late stroke.
    """
    chance = random.Random(seed)
    script: Script = [(0, commands.StartRhythm(0.0))]
    block = 20
    while block < 9000:
        block += chance.randint(11, 110)
        script.append((block, chance.choice(LINE)))
    heard, sent = heard_and_sent(script, 9000)
    times = np.array([time for time, _ in sent])
    assert np.diff(times).min() > 0.01
    assert len(heard) > 60
    struck, changes = np.array([time for time, _ in heard]), np.array([block * PERIOD / RATE for block, _ in script])
    odd = [time for time in struck if np.abs(times - time).min() > 0.0015]
    odd += [time for time in times if np.abs(struck - time).min() > 0.0015]
    assert all(np.abs(changes - time).min() < APART + LATENCY / RATE for time in odd)
    assert len(odd) < 0.05 * len(heard) + 2.0
