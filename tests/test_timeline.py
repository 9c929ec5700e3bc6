"""Laws of the Timeline: a bijection between beats and frames, without a jump where it bends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.timeline import Timeline
from jambox.units import Bpm

RATES = st.sampled_from([44100.0, 48000.0, 96000.0])
TEMPOS = st.floats(20.0, 400.0).map(Bpm)
BEATS = st.floats(-1e5, 1e5)
FRAMES = st.floats(-1e9, 1e9)
TIMELINES = st.builds(Timeline, TEMPOS, RATES, BEATS, FRAMES)


@pytest.mark.parametrize(
    ("timeline", "beat", "frame"),
    [
        (Timeline(Bpm(120.0), 48000.0), 1.0, 24000.0),
        (Timeline(Bpm(120.0), 48000.0), -2.0, -48000.0),
        (Timeline(Bpm(60.0), 44100.0, 4.0, 100.0), 4.0, 100.0),
        (Timeline(Bpm(60.0), 44100.0, 4.0, 100.0), 5.5, 66250.0),
        (Timeline(Bpm(90.0), 48000.0), 1.0, 32000.0),
    ],
)
def test_a_beat_and_its_frame(timeline: Timeline, beat: float, frame: float) -> None:
    assert timeline.frame_at(beat) == pytest.approx(frame)
    assert timeline.beat_at(frame) == pytest.approx(beat)


@given(TIMELINES, BEATS)
def test_beat_at_undoes_frame_at(timeline: Timeline, beat: float) -> None:
    assert timeline.beat_at(timeline.frame_at(beat)) == pytest.approx(beat, abs=1e-6)


@given(TIMELINES, FRAMES)
def test_frame_at_undoes_beat_at(timeline: Timeline, frame: float) -> None:
    assert timeline.frame_at(timeline.beat_at(frame)) == pytest.approx(frame, abs=1e-3)


@given(TIMELINES, BEATS, st.floats(1e-3, 1e4))
def test_later_beats_have_later_frames(timeline: Timeline, beat: float, more: float) -> None:
    assert timeline.frame_at(beat + more) > timeline.frame_at(beat)


@given(TIMELINES, TEMPOS, FRAMES, st.floats(-1e6, 1e6))
def test_another_tempo_goes_on_from_the_same_position(
    timeline: Timeline, tempo: Bpm, frame: float, more: float
) -> None:
    bent = timeline.with_tempo(tempo, frame)
    assert bent.beat_at(frame) == timeline.beat_at(frame)
    assert (bent.tempo, bent.rate) == (tempo, timeline.rate)
    passed = more / timeline.rate / 60.0 * tempo
    assert bent.beat_at(frame + more) - bent.beat_at(frame) == pytest.approx(passed, abs=1e-6)


@given(TIMELINES, BEATS, FRAMES)
def test_a_placed_beat_falls_on_its_frame_in_the_same_tempo(timeline: Timeline, beat: float, frame: float) -> None:
    moved = timeline.with_beat(beat, frame)
    assert moved.beat_at(frame) == beat
    assert moved.frame_at(beat) == frame
    assert moved.frames_per_beat == timeline.frames_per_beat


def test_an_hour_of_beats_has_no_drift() -> None:
    timeline = Timeline(Bpm(133.7), 48000.0)
    beats = 133.7 * 60
    assert timeline.frame_at(beats) == pytest.approx(3600 * 48000, abs=1e-5)
