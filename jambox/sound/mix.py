# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: annotation_typing=False
"""Voices, and everything that sounds in one span of frames, from one call. Compiled like kernel.py."""

from typing import Any

from jambox.sound.layout import (
    BUS,
    DARK,
    GOAL,
    LEFT,
    LENGTH,
    LEVEL,
    LOUDNESS,
    LOW,
    OFFSET,
    POLE,
    POSITION,
    RAMP,
    RIGHT,
    ROWS,
    SLIDE,
    STEP,
    STRIP_STATE,
    TICK,
    VOICE_FLOATS,
    VOICE_INTS,
    YIELD_TO,
)


class Mix:
    """Strips, voices, buses and master of one span of frames.

    `channels` and `master` are the parts of that name. The arrays belong to the caller, who fills them between calls:

    - `bank` (float32, n): all samples, end to end
    - `voice_int` (int64, voices x VOICE_INTS), `voice_float` (float64, voices x VOICE_FLOATS): voices, oldest first
    - `state` (float64, strips x STRIP_STATE) and `house` (float64, HOUSE_DESIGN): the strips' state, for ducking
    - `buses` (float64, ROWS x longest span, flat): room to work in

    Ticks fall on every TICK-th frame since the beginning, so that the size of a block cannot be heard.
    """

    def __init__(
        self,
        channels: Any,
        master: Any,
        bank: "memoryview[float]",
        voice_int: "memoryview[int]",
        voice_float: "memoryview[float]",
        state: "memoryview[float]",
        house: "memoryview[float]",
        buses: "memoryview[float]",
    ) -> None:
        self.channels, self.master = channels, master
        self.bank, self.voice_int, self.voice_float = bank, voice_int, voice_float
        self.state, self.house = state, house
        self.buses = buses
        self.width = len(buses) // ROWS
        self.phase = 0

    def render(
        self,
        captured: "memoryview[float]",
        played: "memoryview[float]",
        cue: "memoryview[float]",
        first: int,
        frames: int,
        voices: int,
    ) -> int:
        """Render frames `first` to `first + frames` of the block; how many of the `voices` still sound.

        `captured` (float32, block x strips), `played` and `cue` (float32, block x 2) are interleaved and flat; `cue`
        may be empty.
        """
        for row in range(ROWS):
            for k in range(row * self.width, row * self.width + frames):
                self.buses[k] = 0.0
        live = self._voices(frames, voices)
        done = 0
        while done < frames:
            if self.phase == 0:
                self.channels.tick()
                self.master.tick(self._loudness())
            span = min(TICK - self.phase, frames - done)
            self.channels.run(captured, self.buses, self.width, first + done, done, span)
            self.master.run(played, cue, self.buses, self.width, first + done, done, span)
            self.phase = (self.phase + span) % TICK
            done += span
        return live

    def _loudness(self) -> float:
        following = int(self.house[YIELD_TO])
        if following < 1 or following * STRIP_STATE > len(self.state):
            return -1000.0
        return self.state[(following - 1) * STRIP_STATE + LOUDNESS]

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
        # Those that neither fade, glide nor end within the span, nearly all, run through loops without a question.
        start, last = self.voice_int[v, OFFSET], self.voice_int[v, LENGTH] - 1
        position, step = self.voice_float[v, POSITION], self.voice_float[v, STEP]
        level, left, right = self.voice_float[v, LEVEL], self.voice_float[v, LEFT], self.voice_float[v, RIGHT]
        row = 2 * self.voice_int[v, BUS] * self.width
        steady = 0
        if self.voice_float[v, RAMP] == 0.0 and self.voice_float[v, SLIDE] == 0.0 and level >= 0.0 and position < last:
            remaining = int((last - position) / step)
            steady = max(min(remaining - 1, frames), 0)
        left, right = level * left, level * right
        whole = int(position)
        exact = position == whole  # one that has glided lies between frames
        dark = self.voice_float[v, DARK]
        if dark != 0.0:
            # Few are both soft and moved in pitch: those are left to the loop that asks.
            steady = steady if step == 1.0 and exact else 0
            self._soft(v, start + whole, steady, left, right, row)
            position += steady
        elif step == 1.0 and exact:
            _play(self.bank, start + whole, steady, left, right, self.buses, row, row + self.width)
            position += steady
        else:
            position = _pitch(self.bank, start, position, step, steady, left, right, self.buses, row, row + self.width)
        self.voice_float[v, POSITION] = position
        return self._rest(v, steady, frames) if steady < frames else True

    def _soft(self, v: int, at: int, frames: int, left: float, right: float, row: int) -> None:
        dark, pole, low = self.voice_float[v, DARK], self.voice_float[v, POLE], self.voice_float[v, LOW]
        other = row + self.width
        for k in range(frames):
            x = self.bank[at + k]
            low += pole * (x - low)
            x -= dark * (x - low)
            self.buses[row + k] += x * left
            self.buses[other + k] += x * right
        self.voice_float[v, LOW] = low

    def _rest(self, v: int, first: int, frames: int) -> bool:
        start, last = self.voice_int[v, OFFSET], self.voice_int[v, LENGTH] - 1
        position, step = self.voice_float[v, POSITION], self.voice_float[v, STEP]
        level, ramp = self.voice_float[v, LEVEL], self.voice_float[v, RAMP]
        goal, slide = self.voice_float[v, GOAL], self.voice_float[v, SLIDE]
        dark, pole, low = self.voice_float[v, DARK], self.voice_float[v, POLE], self.voice_float[v, LOW]
        row = 2 * self.voice_int[v, BUS] * self.width
        for i in range(first, frames):
            if position >= last or level < 0.0:
                break
            whole = int(position)
            x = self.bank[start + whole]
            if position != whole:
                x += (position - whole) * (self.bank[start + whole + 1] - x)
            if dark != 0.0:
                low += pole * (x - low)
                x -= dark * (x - low)
            self.buses[row + i] += x * (level * self.voice_float[v, LEFT])
            self.buses[row + self.width + i] += x * (level * self.voice_float[v, RIGHT])
            position += step
            if slide != 0.0:
                step += slide
                if (step - goal) * slide >= 0.0:
                    step, slide = goal, 0.0
            if ramp != 0.0:
                level += ramp
                if level > 1.0:
                    level = 1.0
                    ramp = 0.0
        self.voice_float[v, POSITION], self.voice_float[v, STEP] = position, step
        self.voice_float[v, SLIDE] = slide
        self.voice_float[v, LEVEL] = level
        self.voice_float[v, RAMP] = ramp
        self.voice_float[v, LOW] = low
        return not (position >= last or level < 0.0)


def _play(
    bank: "memoryview[float]",
    at: int,
    frames: int,
    left: float,
    right: float,
    buses: "memoryview[float]",
    row: int,
    other: int,
) -> None:
    for k in range(frames):
        x = bank[at + k]
        buses[row + k] += x * left
        buses[other + k] += x * right


def _pitch(
    bank: "memoryview[float]",
    start: int,
    position: float,
    step: float,
    frames: int,
    left: float,
    right: float,
    buses: "memoryview[float]",
    row: int,
    other: int,
) -> float:
    for k in range(frames):
        whole = int(position)
        x = bank[start + whole]
        x += (position - whole) * (bank[start + whole + 1] - x)
        buses[row + k] += x * left
        buses[other + k] += x * right
        position += step
    return position
