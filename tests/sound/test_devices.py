"""ALSA's devices: what a card may do to us: grant something else, fall behind, go away."""

import errno
from collections.abc import Callable
from typing import Any

import alsaaudio
import msgspec
import numpy as np
import pytest

from jambox.errors import DeviceError
from jambox.sound.agreement import Request
from jambox.sound.devices import AlsaDevice, open_device
from jambox.sound.tables import view
from tests.sound.requests import CUE, PERIOD, PERIODS, RATE, REQUEST, frames

NAMES = {
    alsaaudio.PCM_FORMAT_S32_LE: ("S32_LE", 4),
    alsaaudio.PCM_FORMAT_S24_3LE: ("S24_3LE", 3),
    alsaaudio.PCM_FORMAT_S16_LE: ("S16_LE", 2),
}
Pcm = Any


class FakePcm:
    """A PCM of a card that grants what it can; it writes down its calls in the card's log."""

    def __init__(self, card: "FakeCard", words: dict[str, Any]) -> None:
        self.card = card
        self.side = "out" if words["type"] == alsaaudio.PCM_PLAYBACK else "in"
        self.words = words
        name, self.width = NAMES[words["format"]]
        self.granted = {
            "format_name": name,
            "rate": words["rate"],
            "channels": card.fewest.get(words["channels"], words["channels"]),
            "period_size": words["periodsize"],
            "periods": words["periods"],
        }
        if name not in card.formats:
            self.granted["format_name"] = card.formats[0]
        self.granted |= card.grants.get(self.side, {})

    def info(self) -> dict[str, Any]:
        return self.granted

    def write(self, data: Any) -> int:
        raw = bytes(data)
        count = len(raw) // (self.width * self.granted["channels"])
        self.card.log.append(("write", count))
        self.card.played.append(raw)
        return self.card.answer("write", count)

    def read(self) -> tuple[int, bytes]:
        count = self.card.answer("read", self.granted["period_size"])
        self.card.log.append(("read", count))
        return count, self.card.sound if count > 0 else b""

    def drop(self) -> None:
        self.card.log.append((f"drop {self.side}", 0))
        self.card.answer("drop", 0)

    def close(self) -> None:
        self.card.log.append((f"close {self.side}", 0))


class FakeCard:
    """What a card can do: formats, grants by side, channels by what is asked (`fewest`).

    And its answers to come by call: numbers, or faults to raise.
    """

    def __init__(self) -> None:
        self.formats = ["S32_LE", "S24_3LE", "S16_LE"]
        self.grants: dict[str, dict[str, Any]] = {}
        self.fewest: dict[int, int] = {}
        self.answers: dict[str, list[int | Exception]] = {}
        self.refuses: dict[str, str] = {}
        self.log: list[tuple[str, int]] = []
        self.asked: list[dict[str, Any]] = []
        self.played: list[bytes] = []
        self.sound = bytes(PERIOD * 2 * 4)

    def open(self, **words: Any) -> FakePcm:
        self.asked.append(words)
        side = "out" if words["type"] == alsaaudio.PCM_PLAYBACK else "in"
        if side in self.refuses:
            raise alsaaudio.ALSAAudioError(self.refuses[side])
        return FakePcm(self, words)

    def answer(self, call: str, usual: int) -> int:
        waiting = self.answers.get(call)
        answer = waiting.pop(0) if waiting else usual
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> FakeCard:
    card = FakeCard()
    monkeypatch.setattr(alsaaudio, "PCM", card.open)
    return card


def test_a_card_that_can_do_everything_gets_the_best(card: FakeCard) -> None:
    device = open_device(REQUEST)
    assert isinstance(device, AlsaDevice)
    granted = device.granted
    assert (granted.name, granted.rate, granted.period, granted.periods) == (REQUEST.name, RATE, PERIOD, PERIODS)
    assert (granted.inputs, granted.format, granted.latency) == (2, "S32_LE", (PERIODS - 1) * PERIOD)
    assert all(words["device"] == REQUEST.name for words in card.asked)
    # The full buffer of silence is also the start.
    assert card.log == [("write", PERIOD * PERIODS)]
    assert set(card.played[0]) == {0}
    device.close()
    assert card.log[1:] == [("close out", 0), ("close in", 0)]


@pytest.mark.parametrize(("formats", "best"), [(["S24_3LE", "S16_LE"], "S24_3LE"), (["S16_LE"], "S16_LE")])
def test_formats_that_are_silently_replaced_are_noticed(card: FakeCard, formats: list[str], best: str) -> None:
    card.formats = formats
    device = AlsaDevice(REQUEST)
    assert device.granted.format == best
    width = 3 if best == "S24_3LE" else 2
    assert len(card.played[0]) == PERIOD * PERIODS * 2 * width
    device.write(frames(0.5))
    first = int.from_bytes(card.played[-1][:width], "little", signed=True)
    assert first == pytest.approx(0.5 * 2 ** (8 * width - 1), abs=1.0)
    card.sound = (2 ** (8 * width - 3)).to_bytes(width, "little", signed=True) * PERIOD * 2
    assert list(device.read()) == [0.25] * 2 * PERIOD


def test_a_rate_that_is_silently_replaced_is_refused_with_the_way_out(card: FakeCard) -> None:
    card.grants = {"out": {"rate": 44100}}
    with pytest.raises(DeviceError) as fault:
        AlsaDevice(REQUEST)
    message = str(fault.value)
    assert "does not take 48000 Hz" in message
    assert "44100 Hz" in message
    assert "--rate" in message
    assert "plughw:CARD=Fake" in message
    assert card.log == [("close out", 0)] * 3


def test_a_single_output_is_refused(card: FakeCard) -> None:
    card.grants = {"out": {"channels": 1}}
    for request in (REQUEST, CUE):
        with pytest.raises(DeviceError, match=r"with 2 channels, .* with 1 channels"):
            AlsaDevice(request)


@pytest.mark.parametrize(
    ("asked", "channels", "outputs", "frame"),
    [
        (2, 2, 2, (0.5, -0.25)),
        (2, 4, 2, (0.5, -0.25, 0.0, 0.0)),
        (4, 2, 2, (0.5, -0.25)),
        (4, 3, 3, (0.5, -0.25, 0.0)),
        (4, 4, 4, (0.5, -0.25, 0.125, -1.0)),
        (4, 6, 4, (0.5, -0.25, 0.125, -1.0, 0.0, 0.0)),
    ],
)
def test_mix_and_cue_go_to_the_first_outputs_and_silence_to_others(
    card: FakeCard, asked: int, channels: int, outputs: int, frame: tuple[float, ...]
) -> None:
    card.grants = {"out": {"channels": channels}}
    device = AlsaDevice(msgspec.structs.replace(REQUEST, outputs=asked))
    assert device.granted.outputs == outputs
    assert len(card.played[0]) == PERIOD * PERIODS * channels * 4
    cue = (0.125, -1.0) if outputs >= 4 else ()
    device.write(view(np.array((0.5, -0.25) * PERIOD, np.float32)), view(np.array(cue * PERIOD, np.float32)))
    raw = np.frombuffer(card.played[-1], "<i4").reshape(PERIOD, channels)
    assert raw / (2.0**31 - 1) == pytest.approx(np.tile(frame, (PERIOD, 1)), abs=1e-9)


def test_a_card_that_does_not_know_four_outputs_at_all_plays_on_two(card: FakeCard) -> None:
    # One that is asked for what it has not grants the least that it has.
    card.fewest = {4: 1}
    device = AlsaDevice(CUE)
    assert device.granted.outputs == 2
    assert [words["channels"] for words in card.asked if words["type"] == alsaaudio.PCM_PLAYBACK] == [4, 4, 4, 2]


def test_another_period_is_taken_as_it_is_granted_and_asked_of_the_inputs(card: FakeCard) -> None:
    card.grants = {"out": {"period_size": 96, "periods": 4}, "in": {"period_size": 96}}
    device = AlsaDevice(REQUEST)
    assert (device.granted.period, device.granted.periods, device.granted.latency) == (96, 4, 288)
    assert card.asked[-1]["periodsize"] == 96
    assert card.log == [("write", 4 * 96)]


@pytest.mark.parametrize(
    ("spoil", "closes"),
    [
        (lambda card: card.refuses.update({"in": "No such file or directory"}), 0),
        (lambda card: card.grants.update({"in": {"rate": 44100}}), 3),
        (lambda card: card.grants.update({"in": {"period_size": 100}}), 1),
    ],
)
def test_without_fitting_inputs_the_box_plays_on(
    card: FakeCard, spoil: Callable[[FakeCard], None], closes: int
) -> None:
    spoil(card)
    device = AlsaDevice(REQUEST)
    assert (device.granted.inputs, device.granted.latency) == (0, PERIODS * PERIOD)
    assert card.log.count(("close in", 0)) == closes
    assert len(device.read()) == 0
    device.close()
    assert card.log.count(("close in", 0)) == closes


def test_inputs_are_not_opened_when_none_are_asked_for(card: FakeCard) -> None:
    device = AlsaDevice(Request("hw:0", RATE, PERIOD, PERIODS, 0))
    assert [words["type"] for words in card.asked] == [alsaaudio.PCM_PLAYBACK]
    assert device.granted.inputs == 0


def test_more_inputs_than_asked_for_are_told(card: FakeCard) -> None:
    card.grants = {"in": {"channels": 8}}
    card.sound = bytes(PERIOD * 8 * 4)
    device = AlsaDevice(REQUEST)
    assert device.granted.inputs == 8
    assert len(device.read()) == 8 * PERIOD


RESTART = [("drop out", 0), ("drop in", 0), ("write", PERIOD * PERIODS)]


def test_an_underrun_restarts_both_sides_with_one_silence_and_counts_once(card: FakeCard) -> None:
    device = AlsaDevice(REQUEST)
    card.log.clear()
    card.answers = {"write": [-errno.EPIPE]}
    device.write(frames(0.5))
    assert card.log == [("write", PERIOD), *RESTART]
    assert set(card.played[-1]) == {0}
    assert device.xruns == 1
    device.read()
    device.write(frames())
    assert device.xruns == 1


def test_an_overrun_restarts_both_sides_and_reads_as_silence(card: FakeCard) -> None:
    device = AlsaDevice(REQUEST)
    card.sound = (2**30).to_bytes(4, "little") * PERIOD * 2
    assert list(device.read()) == [0.5] * 2 * PERIOD
    card.log.clear()
    card.answers = {"read": [-errno.EPIPE]}
    assert list(device.read()) == [0.0] * 2 * PERIOD
    assert card.log == [("read", -errno.EPIPE), *RESTART]
    assert device.xruns == 1
    assert list(device.read()) == [0.5] * 2 * PERIOD


GONE = alsaaudio.ALSAAudioError("No such device [hw:CARD=Fake]")


@pytest.mark.parametrize(
    ("answers", "act"),
    [
        ({"read": [GONE]}, "read"),
        ({"write": [GONE]}, "write"),
        ({"write": [-errno.EPIPE, GONE]}, "write"),
        ({"write": [-errno.EPIPE], "drop": [GONE]}, "write"),
    ],
)
def test_a_lost_card_is_a_device_error(card: FakeCard, answers: dict[str, list[int | Exception]], act: str) -> None:
    device = AlsaDevice(REQUEST)
    card.answers = answers
    with pytest.raises(DeviceError, match="hw:CARD=Fake: lost"):
        device.read() if act == "read" else device.write(frames())


def test_a_card_that_does_not_start_is_let_go(card: FakeCard) -> None:
    card.answers = {"write": [alsaaudio.ALSAAudioError("Input/output error")]}
    with pytest.raises(DeviceError, match="hw:CARD=Fake: does not start: Input/output error"):
        AlsaDevice(REQUEST)
    assert card.log[-2:] == [("close out", 0), ("close in", 0)]


@pytest.mark.parametrize(
    ("fault", "remedy"),
    [
        ("Device or resource busy [hw:0]", "another program holds it"),
        ("No such file or directory [hw:9]", "jambox list audio"),
        ("No such device [hw:CARD=x]", "jambox list audio"),
        ("Permission denied [hw:0]", "group audio"),
        ("Something new [hw:0]", "hw:CARD=Fake: Something new"),
    ],
)
def test_a_refusal_carries_its_remedy(card: FakeCard, fault: str, remedy: str) -> None:
    card.refuses = {"out": fault}
    with pytest.raises(DeviceError) as raised:
        open_device(REQUEST)
    assert str(raised.value).startswith(f"hw:CARD=Fake: {fault}")
    assert remedy in str(raised.value)


def test_alsas_own_null_device_works_in_both_directions() -> None:
    try:
        device = AlsaDevice(Request("null", RATE, PERIOD, PERIODS, 2))
    except DeviceError as fault:
        pytest.skip(f"no ALSA configuration here: {fault}")
    for _ in range(3):
        assert len(device.read()) == 2 * PERIOD
        device.write(frames(0.25))
    assert device.granted.inputs == 2
    device.close()
