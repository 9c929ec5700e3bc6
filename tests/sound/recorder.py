"""Voices that only write down what players strike, and what lets a player play."""

from jambox.music.cycle import Score
from jambox.music.roll import lay
from jambox.sound import layout
from jambox.sound.players import RhythmPlayer, Samples
from jambox.sound.plucker import DronePlayer
from jambox.sound.voices import Voices
from tests.sound.bench import RATE, score_of

SLOTS = 32


FOUR = score_of((0.0, 0), (1.0, 1), (2.5, 2), (3.0, 3))


class Recorder(Voices):
    """Writes down (frame, slot, gain, pan) of every voice and (bus, seconds) of every release."""

    def __init__(self, length: int = 10) -> None:
        super().__init__(RATE)
        self.length = length
        self.frame = 0
        self.entries: list[tuple[float, float]] = []
        self.struck: list[tuple[int, int, float, float]] = []
        self.released: list[tuple[int, float]] = []
        self.groups: list[int] = []
        self.darkened: list[tuple[float, float]] = []
        self.choked: list[tuple[int, int]] = []

    def start(
        self,
        bus: int,
        offset: int,
        length: int,
        gain: float,
        pan: float = 0.0,
        step: float = 1.0,
        choke: int = 0,
        skip: float = 0.0,
        rise: float = 0.0,
        dark: float = 0.0,
        corner: float = 0.0,
    ) -> None:
        assert (bus in (layout.DRONE, layout.RHYTHM), length, step) == (True, self.length, 1.0)
        self.struck.append((self.frame, offset // length, gain, pan))
        self.groups.append(choke)
        self.darkened.append((dark, corner))
        self.entries.append((skip, rise))

    def release(self, bus: int, seconds: float) -> None:
        self.released.append((bus, seconds))

    def choke(self, group: int) -> None:
        self.choked.append((self.frame, group))

    @property
    def places(self) -> list[tuple[int, int]]:
        return [(frame, slot) for frame, slot, _, _ in self.struck]

    @property
    def slots(self) -> list[int]:
        return [slot for _, slot, _, _ in self.struck]


def samples(length: int = 10) -> Samples:
    made = Samples(SLOTS)
    for slot in range(SLOTS):
        made.define(slot, length * slot, length)
    return made


def rhythm(score: Score | None = FOUR, tempo: float = 120.0, beat: float | None = 0.0) -> RhythmPlayer:
    """A player that has started at frame 0 from `beat`."""
    player = RhythmPlayer(RATE, samples(), 0)
    player.set_tempo(tempo, 0)
    if score is not None:
        player.load(lay(score), 0)
    if beat is not None:
        player.start(beat, 0)
    return player


def run(player: RhythmPlayer | DronePlayer, voices: Recorder, until: int) -> None:
    """Let the player do everything that is due before frame `until`."""
    while player.due < until:
        assert player.due >= voices.frame
        voices.frame = player.due
        player.play(voices, voices.frame)
    voices.frame = until
