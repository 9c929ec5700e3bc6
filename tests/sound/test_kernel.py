"""The kernel: compiled and interpreted alike, bit for bit; its ring, its sequence lock, its sample formats."""

import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

import cython
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from jambox.sound import kernel, layout
from jambox.sound.strips import CEILING
from jambox.sound.tables import view
from tests.sound.bench import interpreted_kernel

PLAIN = interpreted_kernel()
BOTH = pytest.mark.parametrize("module", [kernel, PLAIN], ids=["compiled", "interpreted"])
STEPS = (1.0, 1.0, 0.5, 1.37, 2.0)


class Desk:
    """All arrays of one Mix, filled by a seed: voices of all kinds, gliding strips and levels."""

    def __init__(
        self, module: ModuleType, seed: int, voices: int, strips: int, loud: float, longest: int = 128
    ) -> None:
        random = np.random.default_rng(seed)
        self.bank = (random.standard_normal(4000) * 0.3 * loud).astype(np.float32)
        self.ints = np.zeros((16, layout.VOICE_INTS), dtype=np.int64)
        self.floats = np.zeros((16, layout.VOICE_FLOATS))
        for row in range(voices):
            self.ints[row] = (random.integers(0, 2000), random.integers(2, 600), random.integers(0, layout.BUSES))
            ramp = random.choice([0.0, -0.003, -0.02, 0.01])
            level = 0.3 if ramp > 0.0 else 1.0
            self.floats[row] = (0.0, random.choice(STEPS), random.uniform(), random.uniform(), level, ramp)
        self.inputs = strips
        self.strips = random.uniform(size=strips * layout.STRIP_FLOATS)
        self.levels = random.uniform(size=layout.LEVELS)
        self.glides = random.uniform(size=layout.LEVELS)
        self.meters = np.zeros(layout.METERS)
        self.count = voices
        self.random = random
        self.loud = loud
        scratch = np.zeros((2 * layout.BUSES, longest))
        arrays: list[NDArray[Any]] = [
            self.bank,
            self.ints,
            self.floats,
            self.strips,
            self.levels,
            self.glides,
            self.meters,
            scratch,
        ]
        self.mix = module.Mix(*(view(array) for array in arrays), 0.01, CEILING, 0.999, 0.9999)

    def blocks(self, sizes: list[int], broken: list[float]) -> NDArray[np.float32]:
        """Render blocks of these sizes; each block's first captured sample is the next of `broken`."""
        parts = []
        for number, frames in enumerate(sizes):
            captured = (self.random.standard_normal((frames, self.inputs)) * 0.1 * self.loud).astype(np.float32)
            if number < len(broken) and captured.size:
                captured[0, 0] = broken[number]
            played = np.zeros((frames, 2), dtype=np.float32)
            self.count = self.mix.render(view(captured.reshape(-1)), view(played.reshape(-1)), 0, frames, self.count)
            parts.append(played)
        return np.concatenate(parts)

    def state(self) -> list[Any]:
        live = (self.ints[: self.count], self.floats[: self.count])
        return [array.tobytes() for array in (*live, self.strips, self.glides, self.meters)]


def test_the_kernel_under_test_is_compiled_and_its_twin_is_not() -> None:
    assert kernel.__file__.endswith(".so")
    assert PLAIN.__file__ is not None
    assert PLAIN.__file__.endswith(".py")
    assert not cython.compiled
    assert PLAIN.Mix is not kernel.Mix


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    voices=st.integers(0, 8),
    strips=st.integers(0, 3),
    loud=st.sampled_from([0.01, 1.0, 30.0]),
    sizes=st.lists(st.integers(1, 128), min_size=1, max_size=4),
    broken=st.lists(st.sampled_from([0.0, float("nan"), float("inf"), -float("inf"), 1e30]), max_size=3),
)
def test_compiled_and_interpreted_agree_bit_for_bit(
    seed: int, voices: int, strips: int, loud: float, sizes: list[int], broken: list[float]
) -> None:
    compiled = Desk(kernel, seed, voices, strips, loud)
    plain = Desk(PLAIN, seed, voices, strips, loud)
    assert compiled.blocks(sizes, broken).tobytes() == plain.blocks(sizes, broken).tobytes()
    assert compiled.count == plain.count
    assert compiled.state() == plain.state()


@BOTH
def test_the_size_of_the_blocks_is_not_heard(module: ModuleType) -> None:
    whole, split = (Desk(module, 3, 6, 0, 1.0) for _ in range(2))
    assert whole.blocks([128, 128], []).tobytes() == split.blocks([1, 63, 128, 64], []).tobytes()
    assert whole.state() == split.state()


def simple(module: ModuleType, bank: list[float], strips: int = 0) -> Desk:
    """A desk with open levels, unit gains, no voices and this bank."""
    desk = Desk(module, 0, 0, strips, 1.0)
    desk.bank[:] = 0.0
    desk.bank[: len(bank)] = bank
    desk.levels[:] = desk.glides[:] = 1.0
    desk.strips[:] = 1.0
    return desk


def one_voice(desk: Desk, length: int, step: float = 1.0, level: float = 1.0, ramp: float = 0.0) -> None:
    desk.ints[0] = (0, length, layout.SIGNALS)
    desk.floats[0] = (0.0, step, 1.0, 0.5, level, ramp)
    desk.count = 1


@BOTH
def test_a_voice_plays_its_samples_and_ends_inside_the_block(module: ModuleType) -> None:
    desk = simple(module, [0.1, 0.2, 0.3, 0.4, 0.9])
    one_voice(desk, 4)
    played = desk.blocks([8], [])
    assert played[:, 0] == pytest.approx([0.1, 0.2, 0.3, 0, 0, 0, 0, 0])
    assert played[:, 1] == pytest.approx(played[:, 0] / 2)
    assert desk.count == 0


@BOTH
def test_a_fractional_step_interpolates(module: ModuleType) -> None:
    desk = simple(module, [0.1, 0.2, 0.4, 0.0])
    one_voice(desk, 4, step=0.5)
    assert desk.blocks([6], [])[:, 0] == pytest.approx([0.1, 0.15, 0.2, 0.3, 0.4, 0.2])
    assert desk.count == 0


@BOTH
def test_fades_go_in_even_steps_and_end_the_voice(module: ModuleType) -> None:
    desk = simple(module, [0.8] * 100)
    one_voice(desk, 100, ramp=-0.25)
    assert desk.blocks([8], [])[:, 0] == pytest.approx([0.8, 0.6, 0.4, 0.2, 0, 0, 0, 0])
    assert desk.count == 0
    one_voice(desk, 100, level=0.5, ramp=0.25)
    assert desk.blocks([4], [])[:, 0] == pytest.approx([0.4, 0.6, 0.8, 0.8])
    assert desk.count == 1


@BOTH
def test_ended_voices_leave_the_others_in_order(module: ModuleType) -> None:
    desk = simple(module, [0.0] * 100)
    for row, length in enumerate((50, 4, 60, 5, 70)):
        desk.ints[row] = (0, length, layout.SIGNALS)
        desk.floats[row] = (0.0, 1.0, 1.0, 1.0, 1.0, 0.0)
    desk.count = 5
    desk.blocks([10], [])
    assert desk.ints[: desk.count, layout.LENGTH].tolist() == [50, 60, 70]


@BOTH
@pytest.mark.parametrize("broken", [float("nan"), float("inf"), -float("inf"), 1e30])
def test_a_broken_sample_is_one_silent_frame_that_is_counted_and_forgotten(module: ModuleType, broken: float) -> None:
    desk = simple(module, [], strips=1)
    desk.blocks([4], [broken])
    assert desk.meters[layout.FAULTS] == 1.0
    desk.loud = 1e-9
    played = desk.blocks([4, 4], [0.0, 0.25])
    assert np.isfinite(desk.meters).all()
    assert played[4].tolist() == [0.25, 0.25]
    assert desk.meters.max() <= 1.0
    assert desk.meters[layout.FAULTS] == 1.0


@BOTH
@pytest.mark.parametrize("channel", [layout.STRIP_LEFT, layout.STRIP_RIGHT])
def test_a_frame_that_is_broken_on_one_side_is_silent_on_both(module: ModuleType, channel: int) -> None:
    desk = simple(module, [], strips=1)
    desk.strips[channel] = np.nan
    played = desk.blocks([8], [])
    assert not played.any()
    assert desk.meters[layout.FAULTS] == 8.0


@BOTH
def test_a_broken_bank_is_silent_frame_by_frame(module: ModuleType) -> None:
    desk = simple(module, [0.1, float("nan"), 0.3, float("inf"), 0.5, 0.0])
    one_voice(desk, 6)
    assert desk.blocks([6], [])[:, 0] == pytest.approx([0.1, 0, 0.3, 0, 0.5, 0])
    assert desk.meters[layout.FAULTS] == 2.0


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


def test_denormals_are_flushed_on_the_thread_that_asks() -> None:
    tiny = np.array([1e-40], dtype=np.float32)
    found = []

    def ask() -> None:
        found.append(kernel.flush_denormals())
        desk = simple(kernel, [1e-40, 1e-40, 1e-40])
        one_voice(desk, 3)
        found.append(bool(desk.blocks([2], []).any()))

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert found == [True, False]
    assert tiny[0] > 0.0
    assert not PLAIN.flush_denormals()
