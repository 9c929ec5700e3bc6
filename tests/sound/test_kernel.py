"""The kernel: its ring, its sequence lock, its sample formats, compiled and interpreted alike."""

import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

import cython
import numpy as np
import pytest
from numpy.typing import NDArray

from jambox.sound import kernel, layout
from jambox.sound.tables import view
from tests.sound.bench import engine_with, interpreted, render

PLAIN = interpreted("kernel")
BOTH = pytest.mark.parametrize("module", [kernel, PLAIN], ids=["compiled", "interpreted"])


def test_the_kernel_under_test_is_compiled_and_its_twin_is_not() -> None:
    assert kernel.__file__.endswith(".so")
    assert PLAIN.__file__ is not None
    assert PLAIN.__file__.endswith(".py")
    assert not cython.compiled


@BOTH
def test_the_ring_keeps_order_and_refuses_when_full(module: ModuleType) -> None:
    ends = np.zeros(2, dtype=np.int64)
    rows = np.zeros((4, 3))
    record = np.zeros(3)
    taken = []
    assert not module.pop(view(ends), view(rows), view(record))
    for lap in range(3):
        for number in range(4):
            assert module.push(view(ends), view(rows), view(np.array([lap, number, 0.5])))
        assert not module.push(view(ends), view(rows), view(record))
        while module.pop(view(ends), view(rows), view(record)):
            taken.append(record.tolist())
    assert taken == [[lap, number, 0.5] for lap in range(3) for number in range(4)]


@BOTH
def test_a_snapshot_is_whole_or_refused(module: ModuleType) -> None:
    sequence = np.zeros(1, dtype=np.int64)
    shared, values, seen = np.zeros(3), np.array([1.0, 2.0, 3.0]), np.zeros(3)
    assert module.snapshot(view(sequence), view(shared), view(seen)) == 0
    module.publish(view(sequence), view(shared), view(values))
    assert module.snapshot(view(sequence), view(shared), view(seen)) == 2
    assert seen.tolist() == [1.0, 2.0, 3.0]
    sequence[0] = 3  # a writer stopped while writing
    assert module.snapshot(view(sequence), view(shared), view(seen)) == -1
    module.publish(view(sequence), view(shared), view(values * 2))
    assert module.snapshot(view(sequence), view(shared), view(seen)) == 4
    assert seen.tolist() == [2.0, 4.0, 6.0]


class Interrupting:
    """Shared values during whose reading another write begins."""

    def __init__(self, sequence: NDArray[np.int64]) -> None:
        self.sequence = sequence

    def __getitem__(self, index: int) -> float:
        self.sequence[0] = 3
        return float(index)


def test_a_write_in_between_spoils_the_snapshot() -> None:
    sequence = np.array([2], dtype=np.int64)
    assert PLAIN.snapshot(view(sequence), Interrupting(sequence), view(np.zeros(3))) == -1


def test_a_reader_never_sees_half_a_write() -> None:
    sequence, shared, seen = np.zeros(1, dtype=np.int64), np.zeros(64), np.zeros(64)
    done = threading.Event()

    def write() -> None:
        for number in range(3000):
            kernel.publish(view(sequence), view(shared), view(np.full(64, float(number))))
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    whole = 0
    while not done.is_set() or not whole:
        if kernel.snapshot(view(sequence), view(shared), view(seen)) >= 0:
            whole += 1
            assert (seen == seen[0]).all()
    writer.join()


Converter = Callable[[Any, Any], None]
FORMATS = pytest.mark.parametrize(("bits", "dtype"), [(16, np.int16), (32, np.int32), (24, np.uint8)])


def converters(module: ModuleType, bits: int) -> tuple[Converter, Converter]:
    return getattr(module, f"encode{bits}"), getattr(module, f"decode{bits}")


def numbers(raw: NDArray[Any], bits: int) -> list[int]:
    """The integers of a buffer, read apart from the kernel."""
    text = raw.tobytes()
    return [int.from_bytes(text[i : i + bits // 8], "little", signed=True) for i in range(0, len(text), bits // 8)]


@BOTH
@FORMATS
def test_formats_round_trip_to_half_a_step(module: ModuleType, bits: int, dtype: type[Any]) -> None:
    encode, decode = converters(module, bits)
    samples = np.concatenate([np.linspace(-1, 1, 501), [1e-4, -1e-4, 0.0]]).astype(np.float32)
    raw = np.zeros(len(samples) * bits // 8 // np.dtype(dtype).itemsize, dtype=dtype)
    back = np.zeros_like(samples)
    encode(view(samples), view(raw))
    decode(view(raw), view(back))
    # Full scale is 2^n - 1 on the way out and 2^n on the way in: 1 step at most, besides rounding.
    assert np.abs(back - samples).max() <= 1.5 / 2 ** (bits - 1) + 2.0**-24


@BOTH
@FORMATS
def test_full_scale_is_held(module: ModuleType, bits: int, dtype: type[Any]) -> None:
    encode, _ = converters(module, bits)
    samples = np.array([1.0, -1.0, 1.5, -7.0, 1e30, 0.0], dtype=np.float32)
    raw = np.zeros(len(samples) * bits // 8 // np.dtype(dtype).itemsize, dtype=dtype)
    encode(view(samples), view(raw))
    full = 2 ** (bits - 1) - 1
    assert numbers(raw, bits) == [full, -full, full, -full, full, 0]


@BOTH
@FORMATS
def test_the_ends_of_the_integers_decode_into_one(module: ModuleType, bits: int, dtype: type[Any]) -> None:
    _, decode = converters(module, bits)
    full = 2 ** (bits - 1)
    text = b"".join(n.to_bytes(bits // 8, "little", signed=True) for n in (-full, full - 1, 1, -1, 0))
    samples = np.zeros(5, dtype=np.float32)
    # A card hands over bytes, which cannot be written to.
    decode(view(np.frombuffer(text, dtype)), view(samples))
    assert samples == pytest.approx([-1.0, 1.0 - 1.0 / full, 1.0 / full, -1.0 / full, 0.0])


@FORMATS
def test_compiled_formats_equal_interpreted_ones(bits: int, dtype: type[Any]) -> None:
    samples = np.random.default_rng(1).uniform(-1.2, 1.2, 999).astype(np.float32)
    results = []
    for module in (kernel, PLAIN):
        encode, decode = converters(module, bits)
        raw = np.zeros(len(samples) * bits // 8 // np.dtype(dtype).itemsize, dtype=dtype)
        back = np.zeros_like(samples)
        encode(view(samples), view(raw))
        decode(view(raw), view(back))
        results.append(raw.tobytes() + back.tobytes())
    assert results[0] == results[1]


@BOTH
@pytest.mark.parametrize(("stride", "first"), [(2, 0), (4, 0), (4, 2), (5, 3)])
def test_two_channels_are_woven_into_more(module: ModuleType, stride: int, first: int) -> None:
    pair = np.arange(1, 13, dtype=np.float32)
    out = np.zeros((6, stride), np.float32)
    module.weave(view(pair), view(out.reshape(-1)), stride, first)
    assert np.array_equal(out[:, first : first + 2], pair.reshape(6, 2))
    assert out.sum() == pair.sum()
    module.weave(view(pair[:0]), view(out.reshape(-1)), stride, first)
    assert out.sum() == pair.sum()


def test_denormals_are_flushed_on_the_thread_that_asks() -> None:
    tiny = np.array([1e-40], dtype=np.float32)
    found = []

    def ask() -> None:
        found.append(kernel.flush_denormals())
        rest = engine_with([np.full(3, 1e-40)])
        rest.voices.start(layout.SIGNALS, 1, 3, 1.0)
        found.append(bool(render(rest, 2).any()))

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert found == [True, False]
    assert tiny[0] > 0.0
    assert not PLAIN.flush_denormals()
