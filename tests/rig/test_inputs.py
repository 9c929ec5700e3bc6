"""Threads of rtmidi's, as the interpreter knows them: one for each source, and none that has gone."""

import ctypes
from collections.abc import Callable, Iterator

import pytest

from jambox.midi.messages import note_off, note_on
from jambox.midi.ports import IGNORED, MidiPorts
from jambox.midi.route import Port
from jambox.midi.router import Router
from tests.rig import hardware
from tests.rig.far_midi import FarPort

Report = Callable[[str], None]
TIMES, NOTES = 20, 10

_PYTHON = ctypes.pythonapi
for name, result in (
    ("PyInterpreterState_Get", ctypes.c_void_p),
    ("PyInterpreterState_ThreadHead", ctypes.c_void_p),
    ("PyThreadState_Next", ctypes.c_void_p),
    ("PyThreadState_Get", ctypes.c_void_p),
    ("PyThreadState_GetID", ctypes.c_uint64),
):
    getattr(_PYTHON, name).restype = result


class Forgetful(FarPort):
    """As any program that uses rtmidi: what it knows of its thread ends with each message."""

    KEEPS_THREAD = False


def known() -> Iterator[int]:
    """The threads that the interpreter knows, each by a number that no other ever has."""
    state = _PYTHON.PyInterpreterState_ThreadHead(ctypes.c_void_p(_PYTHON.PyInterpreterState_Get()))
    while state:
        yield _PYTHON.PyThreadState_GetID(ctypes.c_void_p(state))
        state = _PYTHON.PyThreadState_Next(ctypes.c_void_p(state))


@pytest.mark.rig
def test_each_source_has_one_thread_while_it_is_heard(monkeypatch: pytest.MonkeyPatch, report: Report) -> None:
    """Of many that come and go none is left behind, whether they ever said anything or not."""
    heard: dict[str, list[int]] = {}
    receive = Router.receive

    def noted(self: Router, source: str, data: bytes, now: float) -> None:
        heard.setdefault(source, []).append(_PYTHON.PyThreadState_GetID(ctypes.c_void_p(_PYTHON.PyThreadState_Get())))
        receive(self, source, data, now)

    monkeypatch.setattr(Router, "receive", noted)
    ports = MidiPorts(Router(), lambda _: None, lambda _: None, lambda _: None, ignored={*IGNORED, "f_midi"})
    ports.poll()
    others, before = ports.sources, set(known())
    for turn in range(TIMES):
        with Forgetful(f"Keys {turn}") as keys, Forgetful(f"Mute {turn}") as mute:
            keys.open_virtual(), mute.open_virtual()
            ports.poll()
            for message in NOTES * (note_on(0, 60, 100), note_off(0, 60)):
                keys.send(message)
            hardware.wait_for(lambda: len(mute.arrivals) >= 2 * NOTES)
        hardware.wait_for(lambda: are_deleted(ports, others), every=0.01)
        (threads,) = heard.values()
        assert len(threads) == 2 * NOTES
        assert len(set(threads)) == 1
        assert not before.issuperset(threads)
        assert set(known()) == before
        heard.clear()
    ports.close()
    report(
        f"{TIMES} sources came, said {2 * NOTES} things in one thread each, and went: {len(before)} threads are left"
    )


def are_deleted(ports: MidiPorts, others: tuple[Port, ...]) -> bool:
    """Looks on; whether only those other sources are left, and no client of one that has gone."""
    ports.poll()
    return ports.sources == others and not ports._leavers
