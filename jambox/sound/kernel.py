# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: annotation_typing=False
"""The inner loops: Cython in pure-Python mode, compiled at installation, typed by kernel.pxd.

The same file runs uncompiled, slowly and bit for bit the same: all arithmetic is in float64, samples are stored as
float32, and nothing is contracted. Arguments are C-contiguous memoryviews (`memoryview(array)`), never numpy arrays,
since numpy's float32 scalars would round in between. Everything here is real-time safe: no allocation, no locks, no
Python objects in the loops.
"""

import cython

from jambox.sound.layout import (
    BUS,
    BUSES,
    ENVELOPE,
    FAULTS,
    LEFT,
    LENGTH,
    LEVEL,
    LOUDEST,
    OFFSET,
    POSITION,
    RAMP,
    RIGHT,
    STEP,
    STRIP_FLOATS,
    STRIP_LEFT,
    STRIP_LEFT_GOAL,
    STRIP_RIGHT,
    STRIP_RIGHT_GOAL,
    VOICE_FLOATS,
    VOICE_INTS,
)

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


class Mix:
    """Strips, voices, buses and master of one span of frames.

    The arrays belong to the caller, who fills them between calls:

    - `bank` (float32, n): all samples, end to end
    - `voice_int` (int64, voices x VOICE_INTS), `voice_float` (float64, voices x VOICE_FLOATS): voices, oldest first
    - `strips` (float64, inputs x STRIP_FLOATS, flat): gains of the input strips, and their goals
    - `levels`, `glides` (float64, LEVELS): goals and present gains of the three buses and the master
    - `meters` (float64, METERS): falling peaks of buses and master, the limiter's envelope, broken frames silenced
    - `buses` (float64, 2 BUSES x longest span): room to work in

    `glide`, `release` and `fall` are per-frame coefficients in 0…1; `ceiling` is an amplitude.
    """

    bank: "memoryview[float]"
    voice_int: "memoryview[int]"
    voice_float: "memoryview[float]"
    strips: "memoryview[float]"
    levels: "memoryview[float]"
    glides: "memoryview[float]"
    meters: "memoryview[float]"
    buses: "memoryview[float]"
    glide: float
    ceiling: float
    release: float
    fall: float

    def __init__(
        self,
        bank: "memoryview[float]",
        voice_int: "memoryview[int]",
        voice_float: "memoryview[float]",
        strips: "memoryview[float]",
        levels: "memoryview[float]",
        glides: "memoryview[float]",
        meters: "memoryview[float]",
        buses: "memoryview[float]",
        glide: float,
        ceiling: float,
        release: float,
        fall: float,
    ) -> None:
        self.bank = bank
        self.voice_int = voice_int
        self.voice_float = voice_float
        self.strips = strips
        self.levels = levels
        self.glides = glides
        self.meters = meters
        self.buses = buses
        self.glide = glide
        self.ceiling = ceiling
        self.release = release
        self.fall = fall

    def render(
        self, captured: "memoryview[float]", played: "memoryview[float]", first: int, frames: int, voices: int
    ) -> int:
        """Render frames `first` to `first + frames` of the block; how many of the `voices` still sound.

        `captured` (float32, block x inputs) and `played` (float32, block x 2) are interleaved and flat.
        """
        self._inputs(captured, first, frames)
        live = self._voices(frames, voices)
        self._master(played, first, frames)
        return live

    def _inputs(self, captured: "memoryview[float]", first: int, frames: int) -> None:
        # Every strip glides towards its gain frame by frame, so that the size of a block cannot be heard.
        strips = len(self.strips) // STRIP_FLOATS
        glide = self.glide
        for i in range(2 * BUSES):
            for k in range(frames):
                self.buses[i, k] = 0.0
        for i in range(strips):
            row = i * STRIP_FLOATS
            left = self.strips[row + STRIP_LEFT]
            right = self.strips[row + STRIP_RIGHT]
            left_goal = self.strips[row + STRIP_LEFT_GOAL]
            right_goal = self.strips[row + STRIP_RIGHT_GOAL]
            index = first * strips + i
            for k in range(frames):
                left += (left_goal - left) * glide
                right += (right_goal - right) * glide
                x = captured[index]
                index += strips
                self.buses[0, k] += x * left
                self.buses[1, k] += x * right
            self.strips[row + STRIP_LEFT] = left
            self.strips[row + STRIP_RIGHT] = right

    def _voices(self, frames: int, voices: int) -> int:
        # Voices keep their order when others end: sums of floats depend on it, and blocks of any size must agree.
        live = 0
        for v in range(voices):
            if self._voice(v, frames):
                if live != v:
                    for k in range(VOICE_INTS):
                        self.voice_int[live, k] = self.voice_int[v, k]
                    for k in range(VOICE_FLOATS):
                        self.voice_float[live, k] = self.voice_float[v, k]
                live += 1
        return live

    def _voice(self, v: int, frames: int) -> bool:
        start = self.voice_int[v, OFFSET]
        last = self.voice_int[v, LENGTH] - 1
        bus = 2 * self.voice_int[v, BUS]
        position = self.voice_float[v, POSITION]
        step = self.voice_float[v, STEP]
        level = self.voice_float[v, LEVEL]
        ramp = self.voice_float[v, RAMP]
        left = self.voice_float[v, LEFT]
        right = self.voice_float[v, RIGHT]
        ended = False
        for i in range(frames):
            if position >= last or level < 0.0:
                ended = True
                break
            whole = int(position)
            x = self.bank[start + whole]
            fraction = position - whole
            if fraction != 0.0:
                x += fraction * (self.bank[start + whole + 1] - x)
            x *= level
            self.buses[bus, i] += x * left
            self.buses[bus + 1, i] += x * right
            position += step
            if ramp != 0.0:
                level += ramp
                if level > 1.0:
                    level = 1.0
                    ramp = 0.0
        self.voice_float[v, POSITION] = position
        self.voice_float[v, LEVEL] = level
        self.voice_float[v, RAMP] = ramp
        return not (ended or position >= last or level < 0.0)

    def _master(self, played: "memoryview[float]", first: int, frames: int) -> None:
        # The limiter has no look-ahead and so no latency: its gain falls in the frame that asks for it, where the
        # product stays continuous because the signal does, and rises again slowly.
        glide, fall, release, ceiling = self.glide, self.fall, self.release, self.ceiling
        inputs, drone, rhythm, volume = self.glides[0], self.glides[1], self.glides[2], self.glides[3]
        envelope = self.meters[ENVELOPE]
        out = 2 * first
        for i in range(frames):
            inputs += (self.levels[0] - inputs) * glide
            drone += (self.levels[1] - drone) * glide
            rhythm += (self.levels[2] - rhythm) * glide
            volume += (self.levels[3] - volume) * glide
            left = self.buses[0, i] * inputs
            right = self.buses[1, i] * inputs
            peak_inputs = max(abs(left), abs(right))
            more_left = self.buses[2, i] * drone
            more_right = self.buses[3, i] * drone
            peak_drone = max(abs(more_left), abs(more_right))
            left += more_left
            right += more_right
            more_left = self.buses[4, i] * rhythm
            more_right = self.buses[5, i] * rhythm
            peak_rhythm = max(abs(more_left), abs(more_right))
            left = (left + more_left + self.buses[6, i]) * volume
            right = (right + more_right + self.buses[7, i]) * volume
            peak = max(abs(left), abs(right))
            if not (abs(left) < LOUDEST and abs(right) < LOUDEST):
                # No meter and no envelope hears of it: an infinity would never fall again.
                left = right = peak = 0.0
                peak_inputs = peak_drone = peak_rhythm = 0.0
                self.meters[FAULTS] += 1.0
            self.meters[0] = max(peak_inputs, self.meters[0] * fall)
            self.meters[1] = max(peak_drone, self.meters[1] * fall)
            self.meters[2] = max(peak_rhythm, self.meters[2] * fall)
            envelope = max(peak, envelope * release)
            if envelope > ceiling:
                gain = ceiling / envelope
                left *= gain
                right *= gain
                peak *= gain
            self.meters[3] = max(peak, self.meters[3] * fall)
            played[out] = left
            played[out + 1] = right
            out += 2
        self.meters[ENVELOPE] = envelope
        self.glides[0] = inputs
        self.glides[1] = drone
        self.glides[2] = rhythm
        self.glides[3] = volume
