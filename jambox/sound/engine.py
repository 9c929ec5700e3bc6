"""The engine: commands and captured frames in, played frames out. It knows no device and no clock.

A block is rendered in spans that end where a player has something to do, so that every stroke starts on its own frame
and blocks of any size give the same samples.
"""

from collections.abc import Sequence

from jambox.music.drone import Figure
from jambox.music.humanising import Touch
from jambox.rounds import LOCKS, Round
from jambox.sound import commands, layout
from jambox.sound.commands import Command, Status
from jambox.sound.parameters import Mixer
from jambox.sound.players import STOP_FADE, RhythmPlayer, Samples
from jambox.sound.plucker import DronePlayer
from jambox.sound.softness import Softness
from jambox.sound.speaker import Speaker
from jambox.sound.strips import Strips
from jambox.sound.tables import NOTHING
from jambox.sound.voices import Voices

SLOTS = 640
"""Samples that the bank can hold."""
FREE = Round(0, 0.0, 0.0)
"""What is told of a drone whose rounds are not locked."""


class Engine:
    """Renders spans of up to `longest` frames at `rate` Hz from `bank` (float32) and `inputs` captured channels.

    Strokes are off the grid by `humanise` of what is measured of players, 0 to 1, drawn from `seed`.
    Of the inputs, the first `wanted` (all, unless told otherwise) are the strips of `mixer`; the others stay silent.
    Everything but the constructor is real-time safe.
    """

    def __init__(
        self,
        rate: float,
        mixer: Mixer,
        inputs: int,
        longest: int,
        bank: "memoryview[float]",
        seed: int = 0,
        wanted: int | None = None,
        humanise: float = 0.0,
    ) -> None:
        self.frame = 0
        self._longest = longest
        self.voices = Voices(rate)
        self.strips = Strips(rate, mixer, inputs, wanted)
        self.samples = Samples(SLOTS)
        self.rhythm = RhythmPlayer(rate, self.samples, seed, Touch(seed, humanise))
        self.drone = DronePlayer(rate, self.samples)
        self.speaker = Speaker(rate, self.samples)
        self._mix = self.strips.make_mix(bank, self.voices, longest)

    def load_score(self, numbers: "memoryview[float]") -> None:
        """Take a rhythm, as `roll.lay` makes it: at once when silent, else at its next sam."""
        self.rhythm.load(numbers, self.frame)
        self._agree()

    def swap_score(self, numbers: "memoryview[float]") -> None:
        """Go on by another score of the same line, at once."""
        self.rhythm.swap(numbers, self.frame)
        self._agree()

    def load_figure(self, figure: Figure) -> None:
        """Take a drone; one that sounds gives way."""
        self.drone.load(figure, self.voices, self.frame)

    def set_levels(self, levels: Sequence[float]) -> None:
        """Let inputs, drone, rhythm and master (amplitudes) glide to these."""
        for place, level in enumerate(levels):
            self.strips.levels[place] = level

    def set_mixer(self, values: Sequence[float]) -> None:
        """Let everything glide to other parameters, flat as in `parameters`, and clamped to their ranges."""
        self.strips.set_mixer(values)

    def carry_out(self, command: Command) -> None:
        """Carry out a command at the present frame. What lies on a page is for whoever holds it."""
        match command:
            case commands.DefineSample(slot, offset, frames, corner, power, low, high):
                self.samples.define(slot, offset, frames, Softness(corner, power, low, high))
            case commands.StartRhythm(beat):
                self.rhythm.start(beat, self.frame)
            case commands.JoinRhythm(beat, frame):
                self.rhythm.join(beat, frame, self.frame)
            case commands.EndRhythm():
                self.rhythm.end(self.frame)
            case commands.StopRhythm():
                self.rhythm.stop()
                self.voices.release(layout.RHYTHM, STOP_FADE)
                self.voices.release(layout.WORDS, STOP_FADE)
            case commands.SetTempo(tempo):
                self.rhythm.set_tempo(tempo, self.frame)
            case commands.PlaceBeat(heard):
                self.rhythm.place_beat(heard, self.frame)
            case commands.StartDrone():
                self.drone.start(self.frame)
            case commands.StopDrone():
                self.drone.stop(self.voices)
            case commands.BendDrone(ratio):
                self.drone.bend(ratio, self.voices, self.frame)
            case commands.LockDrone(lock):
                self.drone.lock(LOCKS[lock], self.frame)
            case commands.Strike(slot, gain):
                offset, length = self.samples.offsets[slot], self.samples.lengths[slot]
                self.voices.start(layout.SIGNALS, offset, length, gain)
            case commands.Listen():
                self.strips.listen()
        self._agree()

    def render(
        self,
        captured: "memoryview[float]",
        played: "memoryview[float]",
        frames: int,
        cue: "memoryview[float]" = NOTHING,
    ) -> None:
        """Render the next `frames`: `captured` (float32, frames x inputs) and `played` (frames x 2), interleaved.

        `cue` (frames x 2), unless it is empty, gets what is soloed, or else the mix, and what is said to players.
        """
        done = 0
        voices, rhythm, drone, speaker = self.voices, self.rhythm, self.drone, self.speaker
        while done < frames:
            if rhythm.due <= self.frame:
                rhythm.play(voices, self.frame)
                self._agree()
            elif speaker.due <= self.frame:
                speaker.play(rhythm, voices, self.frame)
            elif drone.due <= self.frame:
                drone.play(voices, self.frame)
            else:
                due = min(rhythm.due, speaker.due, drone.due)
                span = min(frames - done, self._longest, due - self.frame)
                voices.count = self._mix.render(captured, played, cue, done, span, voices.count)
                self.frame += span
                done += span

    def _agree(self) -> None:
        """Let drone and speaker know what the rhythm goes by."""
        self.drone.heed(self.rhythm.metre, self.frame)
        self.speaker.plan(self.rhythm, self.frame)

    def report(self, status: Status) -> None:
        """Fill in what the engine knows of `status`; clock, latency and counts of the device are not its business."""
        rhythm, drone, meters = self.rhythm, self.drone, self.strips.meters
        status.frame = self.frame
        status.playing, status.run, status.start = rhythm.playing, rhythm.run, rhythm.beginning
        status.tempo = rhythm.timeline.tempo
        status.beat0, status.frame0 = rhythm.timeline.beat0, rhythm.timeline.frame0
        status.score = rhythm.score.serial if rhythm.score else -1.0
        status.origin, status.boundary, status.pending = rhythm.origin, rhythm.boundary, rhythm.pending
        status.drone, status.drone_start, status.drone_bend = drone.playing, drone.start_frame, drone.ratio
        status.drone_turn, status.drone_last, status.drone_due = drone.turn, drone.last, drone.due
        first, beat, length, following, then = drone.round or FREE
        status.drone_shift, status.drone_first, status.drone_beat = drone.shift, first, beat
        status.drone_length, status.drone_following, status.drone_then = length, following, then
        status.figure = drone.figure.serial if drone.figure else -1.0
        status.voices = self.voices.count
        status.peak_inputs, status.peak_drone = meters[layout.INPUTS], meters[layout.DRONE]
        status.peak_rhythm, status.peak_master = meters[layout.RHYTHM], meters[layout.VOLUME]
        status.broken = meters[layout.FAULTS]
