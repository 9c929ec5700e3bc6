# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: annotation_typing=False
"""What engine and control hand each other, and sample formats: Cython in pure-Python mode, typed by kernel.pxd.

The same file runs uncompiled, slowly and bit for bit the same: all arithmetic is in float64, samples are stored as
float32, and nothing is contracted. Arguments are C-contiguous memoryviews (`memoryview(array)`), never numpy arrays,
since numpy's float32 scalars would round in between. Everything here is real-time safe: no allocation, no locks, no
Python objects in the loops.
"""

import cython

if not cython.compiled:
    from jambox.sound.interpreted import jambox_flush_denormals, jambox_memory_fence


def flush_denormals() -> bool:
    """Let this thread's processor round denormals to zero; False where that cannot be had."""
    return jambox_flush_denormals() == 1


def push(ends: "memoryview[int]", rows: "memoryview[float]", record: "memoryview[float]") -> bool:
    """Append `record` (float64, width) to the ring `rows` (float64, capacity x width); False when it is full.

    `ends` (int64, 2) holds how many records were ever popped and pushed. One writer, one reader.
    """
    capacity, width = len(rows), len(record)
    head, tail = ends[0], ends[1]
    if tail - head >= capacity:
        return False
    row = tail % capacity
    for i in range(width):
        rows[row, i] = record[i]
    jambox_memory_fence()
    ends[1] = tail + 1
    return True


def pop(ends: "memoryview[int]", rows: "memoryview[float]", record: "memoryview[float]") -> bool:
    """Take the oldest record of the ring into `record`; False when there is none. See `push`."""
    capacity, width = len(rows), len(record)
    head, tail = ends[0], ends[1]
    if head == tail:
        return False
    jambox_memory_fence()
    row = head % capacity
    for i in range(width):
        record[i] = rows[row, i]
    jambox_memory_fence()
    ends[0] = head + 1
    return True


def publish(sequence: "memoryview[int]", shared: "memoryview[float]", values: "memoryview[float]") -> None:
    """Write `values` (float64) where readers take whole snapshots: a sequence lock, odd while writing.

    A writer that was killed while writing leaves it odd; the next one takes over from there.
    """
    odd = sequence[0] | 1
    sequence[0] = odd
    jambox_memory_fence()
    for i in range(len(values)):
        shared[i] = values[i]
    jambox_memory_fence()
    sequence[0] = odd + 1


def snapshot(sequence: "memoryview[int]", shared: "memoryview[float]", values: "memoryview[float]") -> int:
    """Copy what was last published into `values`; the sequence number, or -1 when a write came between (try again)."""
    before = sequence[0]
    if before % 2 == 1:
        return -1
    jambox_memory_fence()
    for i in range(len(values)):
        values[i] = shared[i]
    jambox_memory_fence()
    return before if sequence[0] == before else -1


def decode16(raw: "memoryview[int]", samples: "memoryview[float]") -> None:
    """Signed 16-bit integers to float32 in -1…1."""
    n = len(samples)
    for i in range(n):
        samples[i] = raw[i] * (1.0 / 32768.0)


def decode32(raw: "memoryview[int]", samples: "memoryview[float]") -> None:
    """Signed 32-bit integers to float32 in -1…1."""
    n = len(samples)
    for i in range(n):
        samples[i] = raw[i] * (1.0 / 2147483648.0)


def decode24(raw: "memoryview[int]", samples: "memoryview[float]") -> None:
    """Packed little-endian signed 24-bit integers (3 bytes each) to float32 in -1…1."""
    n = len(samples)
    for i in range(n):
        word = raw[3 * i] | (raw[3 * i + 1] << 8) | (raw[3 * i + 2] << 16)
        if word >= 0x800000:
            word -= 0x1000000
        samples[i] = word * (1.0 / 8388608.0)


def weave(pair: "memoryview[float]", out: "memoryview[float]", stride: int, first: int) -> None:
    """Copy `pair` (float32, left and right in turn) to channels `first` and `first + 1` of the `stride` of `out`."""
    for i in range(len(pair) // 2):
        out[i * stride + first] = pair[2 * i]
        out[i * stride + first + 1] = pair[2 * i + 1]


def encode16(samples: "memoryview[float]", raw: "memoryview[int]") -> None:
    """float32 to signed 16-bit integers, rounded to nearest, held at full scale."""
    n = len(samples)
    for i in range(n):
        x = samples[i] * 32767.0
        x = x + 0.5 if x >= 0.0 else x - 0.5
        raw[i] = int(min(max(x, -32767.0), 32767.0))


def encode32(samples: "memoryview[float]", raw: "memoryview[int]") -> None:
    """float32 to signed 32-bit integers, held at full scale."""
    n = len(samples)
    for i in range(n):
        x = samples[i] * 2147483647.0
        raw[i] = int(min(max(x, -2147483647.0), 2147483647.0))


def encode24(samples: "memoryview[float]", raw: "memoryview[int]") -> None:
    """float32 to packed little-endian signed 24-bit integers, rounded to nearest, held at full scale."""
    n = len(samples)
    for i in range(n):
        x = samples[i] * 8388607.0
        x = x + 0.5 if x >= 0.0 else x - 0.5
        word = int(min(max(x, -8388607.0), 8388607.0))
        raw[3 * i] = word & 255
        raw[3 * i + 1] = (word >> 8) & 255
        raw[3 * i + 2] = (word >> 16) & 255
