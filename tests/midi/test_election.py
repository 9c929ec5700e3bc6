"""Which clock leads, and what its start, stop and song position do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.midi.follow import ECHO, SILENT, Follower, concerns
from jambox.midi.messages import CLOCK, CONTINUE, START, STOP
from jambox.midi.sync import PPQN
from tests.midi.masters import A, B, Master


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
