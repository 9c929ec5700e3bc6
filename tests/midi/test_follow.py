"""The clock of others, heard through jitter, loss and fights: laws of the estimate, and tables of who leads."""

import random
from collections.abc import Callable, Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jambox.midi.follow import ECHO, LOCK, SILENT, WINDOWS, Follower, Lead, best_line, concerns, line, numbered
from jambox.midi.messages import CLOCK, CONTINUE, START, STOP
from jambox.midi.sync import PPQN
from jambox.units import Bpm

JITTER = 1e-3
"""Seconds by which a tick is late at most."""
MEAN = JITTER / 2.0
A, B = "A:A 20:0", "B:B 24:0"
SEEDS = st.integers(0, 2**32)
Tempo = Callable[[float], float]


def steady(tempo: float) -> Tempo:
    return lambda _beat: tempo


HUNDRED = steady(100.0)


class Master:
    """A clock with jitter: `beats` hands its ticks to a Follower, and gives each tick's beat and true time."""

    def __init__(self, follower: Follower, source: str = A, seed: int = 0, time: float = 100.0) -> None:
        self.follower, self.source, self.time, self.beat = follower, source, time, 0.0
        self.chance = random.Random(seed)

    def tell(self, message: bytes, before: float = 0.002) -> None:
        self.follower.hear(self.source, message, self.time - before)

    def beats(
        self, count: float, tempo: Tempo = HUNDRED, *, missing: float = 0.0, twice: float = 0.0
    ) -> Iterator[tuple[float, float]]:
        """Goes on for `count` beats; `time` is then that of the next tick."""
        for _ in range(round(count * PPQN)):
            late = self.time + JITTER * self.chance.random()
            if self.chance.random() >= missing:
                self.follower.hear(self.source, CLOCK, late)
            if self.chance.random() < twice:
                self.follower.hear(self.source, CLOCK, late + 0.0005)
            yield self.beat, self.time
            self.time += 60.0 / PPQN / tempo(self.beat)
            self.beat += 1.0 / PPQN

    def play(self, count: float, tempo: Tempo = HUNDRED, *, missing: float = 0.0, twice: float = 0.0) -> None:
        for _ in self.beats(count, tempo, missing=missing, twice=twice):
            pass

    @property
    def lead(self) -> Lead:
        """What is known when the latest tick has come."""
        lead = self.follower.lead(self.time)
        assert lead is not None
        return lead

    @property
    def off(self) -> float:
        """Seconds by which the beat is believed to be ahead of where it is, the mean of the jitter apart."""
        lead = self.lead
        return (lead.beat_at(self.time + MEAN) - self.beat) * 60.0 / lead.tempo


# The estimate


@given(st.floats(20.0, 140.0), SEEDS)
@settings(max_examples=25)
def test_two_beats_tell_a_constant_tempo_to_a_tenth_and_the_beat_to_a_millisecond(tempo: float, seed: int) -> None:
    master = Master(Follower(), seed=seed)
    master.tell(START)
    master.play(2, steady(tempo))
    assert master.lead.tempo == pytest.approx(tempo, abs=0.1)
    assert abs(master.off) < 1e-3


@given(st.floats(20.0, 300.0), SEEDS)
@settings(max_examples=15)
def test_four_beats_tell_any_tempo_to_a_thousandth(tempo: float, seed: int) -> None:
    master = Master(Follower(), seed=seed)
    master.tell(START)
    master.play(4, steady(tempo))
    assert master.lead.tempo == pytest.approx(tempo, rel=1e-3)
    assert abs(master.off) < 0.5e-3


def test_nothing_is_known_before_24_ticks() -> None:
    master = Master(Follower())
    master.tell(START)
    master.play((LOCK - 1) / PPQN)
    assert master.follower.lead(master.time) is None
    master.play(1 / PPQN)
    assert master.lead.tempo == pytest.approx(100.0, abs=0.5)


@pytest.mark.parametrize("ramp", [1.0, -1.0, 3.0, -3.0, 5.0, -5.0])
@given(SEEDS)
@settings(max_examples=3)
def test_a_ramp_is_followed(ramp: float, seed: int) -> None:
    """`ramp` beats per minute more each beat, from 110 on."""
    master = Master(Follower(), seed=seed)
    master.tell(START)
    master.play(2, steady(110.0))
    for beat, _ in master.beats(8, lambda beat: 110.0 + ramp * (beat - 2.0)):
        if beat > 2.5:
            assert abs(master.off) < 4e-3, beat
    assert master.lead.tempo == pytest.approx(110.0 + ramp * 8.0, abs=abs(ramp) * 0.75 + 0.3)
    master.play(4, steady(master.lead.tempo))
    assert abs(master.off) < 1e-3


@pytest.mark.parametrize("factor", [0.5, 0.6, 0.9, 0.97, 1.03, 1.1, 1.5, 2.0, 2.5])
@given(SEEDS)
@settings(max_examples=3)
def test_after_a_jump_of_tempo_all_is_known_again_in_three_beats_and_no_beat_is_lost(factor: float, seed: int) -> None:
    master = Master(Follower(), seed=seed)
    master.tell(START)
    master.play(6)
    master.play(3, steady(100.0 * factor))
    assert master.lead.tempo == pytest.approx(100.0 * factor, rel=3e-3)
    assert abs(master.off) < 1e-3


@given(st.floats(60.0, 180.0), st.floats(0.5, 2.4), SEEDS)
@settings(max_examples=40)
@example(102.0, 1.65, 1)
def test_no_jump_of_tempo_loses_a_tick(tempo: float, factor: float, seed: int) -> None:
    """Also where, in the new tempo, every second or third tick happens to lie on the old line."""
    master = Master(Follower(), seed=seed)
    master.tell(START)
    master.play(6, steady(tempo))
    master.play(5, steady(min(max(tempo * factor, 30.0), 300.0)))
    assert abs(master.off) < 1e-3


@given(st.floats(0.0, 0.1), st.floats(0.0, 0.1), SEEDS)
@settings(max_examples=15)
def test_ticks_that_are_lost_or_come_twice_cost_nothing(missing: float, twice: float, seed: int) -> None:
    master = Master(Follower(), seed=seed)
    master.tell(START)
    master.play(2)
    master.play(8, missing=missing, twice=twice)
    master.play(1 / PPQN)
    assert master.lead.tempo == pytest.approx(100.0, abs=0.3)
    assert abs(master.off) < 1e-3


@given(SEEDS)
@settings(max_examples=10)
def test_lost_ticks_do_not_keep_a_clock_from_being_believed(seed: int) -> None:
    master = Master(Follower(), seed=seed)
    master.play(4, missing=0.05, twice=0.05)
    assert master.lead.tempo == pytest.approx(100.0, abs=0.3)


def test_one_stray_tick_is_left_out() -> None:
    master = Master(Follower())
    master.tell(START)
    master.play(3)
    master.tell(CLOCK, before=0.012)
    master.play(1)
    assert abs(master.off) < 0.3e-3


def test_after_a_pause_ticks_count_on() -> None:
    """A master that hung for 0.4 s goes on with the tick that it owed."""
    master = Master(Follower())
    master.tell(START)
    master.play(3)
    master.time += 0.4
    master.play(2)
    assert abs(master.off) < 1e-3


@pytest.mark.parametrize("tempo", [15.0, 500.0])
def test_a_tempo_that_the_box_cannot_play_does_not_lead(tempo: float) -> None:
    master = Master(Follower())
    master.play(3, steady(tempo))
    assert master.follower.lead(master.time) is None


def test_ticks_without_order_do_not_lead() -> None:
    follower, chance, time = Follower(), random.Random(1), 0.0
    for _ in range(300):
        time += chance.choice([0.002, 0.02, 0.05, 0.11])
        follower.hear(A, CLOCK, time)
        assert follower.lead(time) is None


def test_ticks_all_at_once_do_not_lead() -> None:
    follower = Follower()
    for _ in range(100):
        follower.hear(A, CLOCK, 5.0)
    assert follower.lead(5.0) is None


def test_a_clock_that_falls_into_disorder_leads_no_longer() -> None:
    master = Master(Follower())
    master.play(3)
    for _ in range(2 * WINDOWS[-1]):
        master.time += master.chance.choice([0.002, 0.02, 0.05, 0.11])
        master.tell(CLOCK, before=0.0)
    assert master.follower.lead(master.time) is None


def test_a_line_goes_through_its_ticks() -> None:
    ticks = [(n, 3.0 + 0.02 * n) for n in range(5, 120)]
    for found in (line(ticks), best_line(ticks)):
        assert found.period == pytest.approx(0.02)
        assert found.time_at(50) == pytest.approx(4.0)
        assert found.off((50, 4.001)) == pytest.approx(0.001)


@pytest.mark.parametrize(
    ("times", "numbers"),
    [
        ([0, 10, 20, 30], [0, 1, 2, 3]),
        ([0, 10, 11, 20, 30, 40], [0, 1, 1, 2, 3, 4]),
        ([0, 10, 40, 50, 60], [0, 1, 4, 5, 6]),
        ([0, 9, 21, 30, 30.1, 42, 60, 70, 80], [0, 1, 2, 3, 3, 4, 6, 7, 8]),
    ],
)
def test_ticks_are_numbered(times: list[float], numbers: list[int]) -> None:
    assert numbered(times) == numbers


@given(st.floats(20.0, 400.0), st.floats(-1e3, 1e3), st.floats(0.0, 1e5), st.floats(-1e3, 1e3))
def test_beats_and_times_of_a_lead_are_inverse(tempo: float, beat: float, time: float, other: float) -> None:
    lead = Lead(A, Bpm(tempo), beat, time)
    assert lead.beat_at(lead.time_at(other)) == pytest.approx(other, abs=1e-6)


# The song


def test_ticks_alone_start_nothing() -> None:
    master = Master(Follower())
    master.play(3)
    assert not master.lead.running
    assert master.lead.cue == 0


@pytest.mark.parametrize("idle", [0.0, 0.5, 2.0, 2.3])
@pytest.mark.parametrize("shift", [0.0, 0.004, -0.004, 0.012, -0.012])
def test_the_first_tick_after_start_is_the_first_beat(idle: float, shift: float) -> None:
    """Also where a master begins its ticks anew, before or after the next one was due."""
    master = Master(Follower())
    master.play(idle)
    master.time, master.beat = master.time + shift, 0.0
    master.tell(START)
    master.play(2)
    assert (master.lead.running, master.lead.cue, master.lead.begun) == (True, 1, 0.0)
    assert abs(master.off) < 1e-3
    assert master.lead.tempo == pytest.approx(100.0, abs=0.2)


def test_start_waits_for_its_tick() -> None:
    master = Master(Follower())
    master.play(2)
    master.tell(START)
    assert not master.lead.running
    master.play(1 / PPQN)
    assert master.lead.running


def test_stop_continue_and_start_again() -> None:
    master = Master(Follower())
    master.tell(START)
    master.play(5)
    master.tell(STOP)
    assert not master.lead.running
    master.play(1.5)
    master.tell(CONTINUE)
    master.beat = 5.0
    master.play(2)
    assert (master.lead.running, master.lead.cue, master.lead.begun) == (True, 2, 5.0)
    assert abs(master.off) < 1e-3
    master.tell(CONTINUE)
    master.play(0.5)
    assert master.lead.cue == 2
    assert abs(master.off) < 1e-3
    master.tell(START)
    master.beat = 0.0
    master.play(1)
    assert (master.lead.cue, master.lead.begun) == (3, 0.0)
    assert abs(master.off) < 1e-3


def spp(sixteenths: int) -> bytes:
    return bytes([0xF2, sixteenths & 0x7F, sixteenths >> 7])


@pytest.mark.parametrize("sixteenths", [0, 4, 27, 1000, 16383])
@pytest.mark.parametrize("messages", ["position, continue", "continue, position", "while it runs"])
def test_song_position_moves_the_song(sixteenths: int, messages: str) -> None:
    master = Master(Follower())
    master.play(2)
    if messages == "while it runs":
        master.tell(START)
        master.play(1)
    told = [spp(sixteenths), CONTINUE]
    for message in told[::-1] if messages == "continue, position" else told:
        master.tell(message)
    master.beat = sixteenths / 4.0
    master.play(2)
    assert (master.lead.running, master.lead.begun) == (True, sixteenths / 4.0)
    assert abs(master.off) < 1e-3


def test_start_and_stop_at_once_leave_the_song_at_its_beginning() -> None:
    master = Master(Follower())
    master.play(2)
    for message in (START, STOP):
        master.tell(message)
    master.play(1)
    assert not master.lead.running
    master.tell(CONTINUE)
    master.beat = 0.0
    master.play(1)
    assert master.lead.begun == 0.0
    assert abs(master.off) < 1e-3


def test_the_song_counts_on_through_lost_ticks_before_its_clock_is_believed() -> None:
    master = Master(Follower(), seed=3)
    master.play(0.25)
    master.tell(START)
    master.beat = 0.0
    master.play(3, missing=0.1)
    assert abs(master.off) < 1e-3


# Who leads


def test_a_silent_clock_leads_no_longer() -> None:
    master = Master(Follower())
    master.tell(START)
    master.play(4)
    assert master.follower.lead(master.time - 0.025 + SILENT) is not None
    assert master.follower.lead(master.time - 0.02 + SILENT) is None
    # The song does not go on by itself when ticks come back.
    master.time += 3.0
    master.play(2)
    assert not master.lead.running
    assert master.lead.tempo == pytest.approx(100.0, abs=0.2)


def test_a_start_without_ticks_is_forgotten() -> None:
    master = Master(Follower())
    master.tell(START)
    master.time += 1.0
    assert master.follower.lead(master.time) is None
    master.play(2)
    assert not master.lead.running


def test_of_two_clocks_the_first_leads_until_it_is_silent() -> None:
    follower = Follower()
    first, second = Master(follower, A), Master(follower, B, seed=5, time=100.3)
    first.tell(START)
    told = sorted(
        [(time, first) for _, time in _times(100.0, 10, 100.0)]
        + [(time, second) for _, time in _times(100.3, 20, 140.0)],
        key=lambda event: event[0],
    )
    leaders = []
    for time, master in told:
        follower.hear(master.source, CLOCK, time)
        if master is second and 102.0 < time < 103.0:
            follower.hear(B, STOP, time)
        if lead := follower.lead(time):
            leaders.append((lead.source, round(lead.tempo), lead.running))
    assert list(dict.fromkeys(leaders)) == [(A, 100, True), (B, 140, False)]


def _times(begin: float, beats: float, tempo: float) -> list[tuple[float, float]]:
    return [(n / PPQN, begin + n * 60.0 / PPQN / tempo) for n in range(round(beats * PPQN))]


def test_a_source_that_is_gone_leads_no_longer() -> None:
    master = Master(Follower())
    master.play(2)
    master.follower.forget(A)
    master.follower.forget(B)
    assert master.follower.lead(master.time) is None


@pytest.mark.parametrize(
    ("plugged", "late", "leads"),
    [
        (0.0, 0.003, False),
        (0.0, ECHO + 0.002, True),
        (0.0, -0.005, True),
        (9.9, 0.003, False),
    ],
    ids=["right behind", "further behind", "ahead", "right behind, plugged in later"],
)
def test_an_echo_of_our_own_clock_does_not_lead(plugged: float, late: float, leads: bool) -> None:
    """Ours ticks at 100 from second 5 on; what is plugged in later answers from second 10 on."""
    follower = Follower()
    follower.plug(A, plugged)
    for _, time in _times(5.0, 20, 100.0):
        answer = [(time + late, A)] if time >= plugged + 0.05 else []
        for moment, source in sorted([(time, ""), *answer]):
            if source:
                follower.hear(source, CLOCK, moment)
            else:
                follower.ticked(moment)
    assert (follower.lead(time) is not None) is leads


def test_another_clock_in_our_tempo_leads_though_it_ticks_right_behind_ours() -> None:
    follower = Follower()
    follower.plug(A, 0.0)
    for beat, time in _times(5.0, 20, 100.0):
        follower.ticked(time)
        if beat > 8.0:
            follower.hear(A, CLOCK, time + 0.003)
    assert follower.lead(time) is not None


def test_who_answered_once_our_clock_came_back_is_its_echo() -> None:
    """It led, got no clock from us, fell silent, and answers again as soon as it gets ours."""
    follower = Follower()
    for _, time in _times(0.0, 3, 100.0):
        follower.ticked(time)
        follower.hear(A, CLOCK, time + 0.01)
    assert follower.lead(time) is not None
    for _, time in _times(2.0, 1, 100.0):
        follower.ticked(time)
    assert follower.lead(time) is None
    for _, later in _times(time + 0.025, 4, 100.0):
        follower.ticked(later)
        follower.hear(A, CLOCK, later + 0.003)
    assert follower.lead(later) is None


@pytest.mark.parametrize("message", ["90 3C 40", "FE", "F1 20", "F6", "F0 7E F7", "FF", "C0 01"])
def test_other_messages_are_none_of_its_business(message: str) -> None:
    assert not concerns(bytes.fromhex(message))
    follower = Follower()
    for n in range(100):
        follower.hear(A, bytes.fromhex(message), n * 0.02)
    assert follower.lead(2.0) is None


@given(
    st.lists(
        st.tuples(
            st.sampled_from([CLOCK, CLOCK, CLOCK, START, CONTINUE, STOP, spp(0), spp(300)]),
            st.sampled_from([A, B]),
            st.sampled_from([0.0, 1e-4, 0.02, 0.02, 0.02, 0.021, 0.05, 0.3, 0.6]),
        ),
        max_size=200,
    )
)
def test_nothing_that_clocks_send_does_harm(told: list[tuple[bytes, str, float]]) -> None:
    follower, time = Follower(), 0.0
    for message, source, pause in told:
        time += pause
        follower.hear(source, message, time)
        if lead := follower.lead(time):
            assert 19.0 < lead.tempo < 500.0
            assert lead.source in (A, B)
