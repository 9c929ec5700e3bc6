"""Both ends of the shared memory: in order, whole, never waiting."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields

import pytest

from jambox.errors import DeviceError
from jambox.sound import commands, hearing, layout
from jambox.sound.commands import LoadDrone, LoadScore, SetTempo, StartDrone, Status, Strike
from jambox.sound.meters import METERS
from jambox.sound.parameters import Mixer, Reverb, Strip, flatten
from jambox.sound.shared import PAGE, PAGES, RING, Link, allocate
from jambox.sound.tables import filled, table

Ends = tuple[Link, Link]


@pytest.fixture
def ends() -> Iterator[Ends]:
    """Control's end and the engine's."""
    control = Link()
    yield control, Link(control.descriptor)
    control.close()


def taken(engine: Link) -> list[commands.Command]:
    return list(iter(engine.receive, None))


def test_commands_arrive_in_order_and_once(ends: Ends) -> None:
    control, engine = ends
    sent: list[commands.Command] = [SetTempo(90.5), StartDrone(), Strike(3, 0.25)]
    for command in sent:
        control.send(command)
    assert taken(engine) == sent
    assert engine.receive() is None
    assert control.sent == 3


def test_a_full_ring_is_an_error_and_not_a_wait(ends: Ends) -> None:
    control, engine = ends
    for number in range(RING):
        control.send(Strike(number, 1.0))
    with pytest.raises(DeviceError, match="does not take commands"):
        control.send(StartDrone())
    assert control.sent == RING
    assert taken(engine) == [Strike(number, 1.0) for number in range(RING)]
    control.send(StartDrone())
    assert taken(engine) == [StartDrone()]


def test_levels_are_told_only_when_they_were_published(ends: Ends) -> None:
    control, engine = ends
    assert engine.levels() is None
    control.set_levels((0.1, 0.2, 0.3, 0.4))
    control.set_levels((0.5, 0.6, 0.7, 0.8))
    levels = engine.levels()
    assert levels is not None
    assert list(levels) == [0.5, 0.6, 0.7, 0.8]
    assert len(levels) == layout.LEVELS
    assert engine.levels() is None


def test_a_new_engine_learns_the_levels_that_stand(ends: Ends) -> None:
    control, engine = ends
    control.set_levels((0.5, 0.6, 0.7, 0.8))
    assert engine.levels() is not None
    assert Link(control.descriptor).levels() is not None


def test_the_mixer_is_told_only_when_it_was_published(ends: Ends) -> None:
    control, engine = ends
    assert engine.mixer() is None
    mixer = Mixer((Strip(trim=3.0),), reverb=Reverb(decay=4.0))
    control.set_mixer(mixer)
    values = engine.mixer()
    assert values is not None
    assert list(values) == flatten(mixer)
    assert engine.mixer() is None


def test_meters_come_back_whole(ends: Ends) -> None:
    control, engine = ends
    assert control.meters() == [0.0] * METERS
    page = table("d", METERS)
    for number in range(METERS):
        page[number] = number
    engine.report_meters(page)
    assert control.meters() == list(range(METERS))
    engine._meters.sequence[0] += 1  # another page begun, and not ended
    page[0] = 5.0
    assert control.meters() == list(range(METERS))


def test_pages_carry_scores_and_figures(ends: Ends) -> None:
    control, engine = ends
    texts = [b"", b"a score", bytes(range(256)) * 255, b"x" * (PAGE - 8)]
    for text in texts:
        control.send_score(text)
    control.send_figure(b"a figure")
    *scores, figure = taken(engine)
    assert [engine.page(command.page) for command in scores if isinstance(command, LoadScore)] == texts
    assert isinstance(figure, LoadDrone)
    assert engine.page(figure.page) == b"a figure"


def test_a_score_that_is_too_long_is_refused(ends: Ends) -> None:
    control, engine = ends
    with pytest.raises(DeviceError, match=f"{PAGE - 7} bytes is too long .* at most {PAGE - 8}"):
        control.send_score(b"x" * (PAGE - 7))
    assert taken(engine) == []


def test_a_page_that_waits_is_never_written_over(ends: Ends) -> None:
    control, engine = ends
    for number in range(PAGES):
        control.send_score(b"%d" % number)
    with pytest.raises(DeviceError, match="does not take commands"):
        control.send_figure(b"one too many")
    first = engine.receive()
    assert isinstance(first, LoadScore)
    with pytest.raises(DeviceError):  # it may be reading that very page
        control.send_figure(b"still one too many")
    assert engine.page(first.page) == b"0"
    second = engine.receive()
    control.send_figure(b"now")
    assert isinstance(second, LoadScore)
    assert engine.page(second.page) == b"1"
    *_, last = taken(engine)
    assert isinstance(last, LoadDrone)
    assert engine.page(last.page) == b"now"


def test_pages_go_round_for_ever_when_they_are_read(ends: Ends) -> None:
    control, engine = ends
    for number in range(3 * PAGES):
        control.send_score(b"%d" % number)
        command = engine.receive()
        assert isinstance(command, LoadScore)
        assert engine.page(command.page) == b"%d" % number


def test_status_comes_back_whole(ends: Ends) -> None:
    control, engine = ends
    assert set(vars_of(control.status())) == {0.0}
    told = Status(**{field.name: float(number) for number, field in enumerate(fields(Status))})
    engine.report(told)
    assert control.status() == told


def vars_of(status: Status) -> list[float]:
    return [getattr(status, field.name) for field in fields(status)]


def test_an_engine_that_died_while_reporting_does_not_hang_control(ends: Ends) -> None:
    control, engine = ends
    engine.report(Status(frame=128.0))
    assert control.status().frame == 128.0
    # Killed in the middle of its next report: the sequence number stays odd.
    stuck = engine._status.sequence
    stuck[0] += 1
    assert control.status().frame == 128.0
    # Its successor reports on the same memory.
    successor = Link(control.descriptor)
    successor.report(Status(frame=64.0))
    assert control.status().frame == 64.0


def test_the_other_end_may_be_another_process(ends: Ends) -> None:
    control, _ = ends
    control.send(SetTempo(77.0))
    control.send_score(b"teental")
    control.set_levels((1.0, 0.5, 0.25, 0.125))
    program = """
import sys
from jambox.sound.shared import Link
from jambox.sound.commands import LoadScore, SetTempo, Status
link = Link(int(sys.argv[1]))
assert link.receive() == SetTempo(77.0)
score = link.receive()
assert isinstance(score, LoadScore) and link.page(score.page) == b"teental"
assert list(link.levels()) == [1.0, 0.5, 0.25, 0.125]
link.report(Status(frame=4096.0))
"""
    words = [sys.executable, "-c", program, str(control.descriptor)]
    subprocess.run(words, pass_fds=[control.descriptor], check=True, timeout=20)
    assert control.status().frame == 4096.0


def test_allocated_memory_has_its_size_and_is_handed_back() -> None:
    descriptor = allocate("jambox-test", 12345)
    assert os.fstat(descriptor).st_size == 12345
    os.close(descriptor)
    link = Link()
    link.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(link.descriptor)


def test_what_is_captured_is_heard_at_the_other_end_and_only_the_latest_is_kept(ends: Ends) -> None:
    control, engine = ends
    everyone, strikers = (hearing.Funnel(48000.0, filled([weight])) for weight in (1.0, 0.5))
    block = table("f", 480)
    assert control.heard == 0
    assert len(control.overhear(0, 0)) == 0
    for number in range(200):
        for k in range(480):
            block[k] = 0.001 * number
        engine.hear(block, 480, everyone, strikers)
    assert control.heard == 200 * 120
    last = control.overhear(control.heard - 60, control.heard)
    assert list(last) == pytest.approx([0.199] * 60, abs=1e-6)
    of_strikers = control.overhear_strokes(control.heard - 60, control.heard)
    assert list(of_strikers) == pytest.approx([0.0995] * 60, abs=1e-6)
    turned = control.overhear(hearing.KEPT, hearing.KEPT + 120)  # behind the ring's end
    assert 0.13 < min(turned) <= max(turned) < 0.14
    assert len(control.overhear(0, control.heard)) == hearing.KEPT // 2
