"""Meetings as they are rendered: taken apart into the strokes that are expected, and nothing is left.

Each expected stroke is subtracted where it should begin, in whichever of its renderings fits best. What sounded twice,
too early by a frame, or not at all, would remain.
"""

import itertools
import math
from collections import defaultdict
from functools import cache as cache_calls

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from jambox import offline
from jambox.music import meet
from jambox.music.cycle import SAM, Cycle
from jambox.music.drums import SOFTEST, Drums
from jambox.music.meet import Played
from jambox.programme import Number
from jambox.sound import instruments
from jambox.sound.instruments.tones import Samples
from jambox.sound.shelves import VARIANTS
from jambox.units import Bpm, parse_pitch
from tests.shipped import LIBRARY
from tests.sound.measure import peak_db

RATE = 48000
D3 = parse_pitch("D3")
SWEEP = (0.0, 1.0, 0.0)
QUIET = 0.05
"""The level of the rhythm: the limiter has nothing to do."""
GAIN = QUIET / math.sqrt(2.0)
"""In the middle, each side has half the power."""
Sound = NDArray[np.float64]


def part(name: str) -> tuple[Cycle, Drums]:
    """A cycle and its family, of which all strokes ring on, so that each can be taken out whole."""
    cycle = LIBRARY.cycle(name)
    family = LIBRARY.family(cycle.file.drums)
    strokes = {word: msgspec.structs.replace(stroke, choke="") for word, stroke in family.strokes.items()}
    return cycle, msgspec.structs.replace(family, strokes=strokes)


def rendered(number: Number, cache: str) -> Sound:
    piece = offline.Piece(RATE, number.tempo, D3, (0.0, 0.0, QUIET, 1.0), programme=(number,), cache=cache)
    blocks = list(offline.blocks(piece, round(number.seconds * RATE)))
    return np.concatenate(blocks)[:, 0].astype(np.float64)


def expected(number: Number) -> list[tuple[int, Played]]:
    """Every stroke of the meeting by its frame, from the beat on which the hand stands when it is due.

    Contested places are settled at each sam of the cycle that leads.
    """
    assert number.second
    pair = meet.meeting(number.first[0], number.second[0], number.tempo)
    found, settled = [], 0.0
    moments = {float(beat) for beat in range(int(number.beats))}
    moments |= {turn * sam for sam in (pair.first, pair.second) for turn in range(round(number.beats / sam))}
    edges = [*sorted(moments), number.beats]
    for since, until in itertools.pairwise(edges):
        share = since / number.beats
        blend = 2.0 * share if share <= 0.5 else 2.0 - 2.0 * share
        if since % pair.sam(blend) < 1e-9:
            settled = blend
        for turn in range(int(since // pair.length), int(until // pair.length) + 1):
            for played in pair.at(blend, settled):
                beat = turn * pair.length + played.beat
                if since - 1e-6 <= beat < until - 1e-6:
                    found.append((round(beat * 60.0 / number.tempo * RATE), played))
    # It closes on sam, by the first alone.
    found += [(round(number.beats * 60.0 / number.tempo * RATE), p) for p in pair.at(0.0) if p.beat == 0.0]
    return found


def strokes(number: Number) -> dict[int, list[tuple[str, str, float]]]:
    """Family, sound and velocity of all that is expected, by frame."""
    found: dict[int, list[tuple[str, str, float]]] = defaultdict(list)
    for frame, played in expected(number):
        drums = number.cast[played.second][1]
        struck = drums.strokes[played.stroke.name]
        velocity = SOFTEST + (SAM - SOFTEST) * played.stroke.weight * struck.weight
        found[frame] += [(drums.maker, sound, velocity) for sound in struck.sounds]
    return dict(found)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("cache"))


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("first", "second"),
    [("keherwa", "four-floor"), ("bulerias", "standard-bell"), ("rupak", "kalamatianos"), ("jhaptal", "curcuna")],
)
def test_a_meeting_is_what_it_should_be_and_nothing_else(first: str, second: str, cache: str) -> None:
    number = Number(part(first), part(second), Bpm(LIBRARY.cycle(first).tempo), 40.0, SWEEP)
    sound = rendered(number, cache)
    loudest, awaited = peak_db(sound), strokes(number)
    takes: dict[tuple[str, str, float], list[Sound]] = {}
    for frame, struck in sorted(awaited.items()):
        choices = []
        for one in struck:
            if one not in takes:
                takes[one] = [taken(*one, turn) for turn in range(VARIANTS)]
            choices.append(takes[one])
        subtract(sound, frame, choices)
    assert len(awaited) > 50
    assert peak_db(sound) < loudest - 100.0


@cache_calls
def made(maker: str, name: str, turn: int) -> Samples:
    return instruments.render(maker, name, D3, RATE, turn)


def taken(maker: str, name: str, velocity: float, turn: int) -> Sound:
    """A sound as it is struck at that velocity: quieter, and darker by what the pole leaves below it."""
    plain = made(maker, name, turn)
    softness = instruments.softness(maker, name, plain, RATE)
    samples = plain.astype(np.float64)
    dark, lift = softness.struck(velocity)
    pole = 1.0 - math.exp(-2.0 * math.pi * softness.corner / RATE)
    size = 1 << (2 * len(samples) - 1).bit_length()
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(size))
    below = np.fft.irfft(np.fft.rfft(samples, size) * pole / (1.0 - (1.0 - pole) * z), size) if dark else samples
    soft: Sound = samples - dark * (samples - below[: len(samples)].astype(np.float64))
    return velocity * velocity * lift * soft


def subtract(sound: Sound, frame: int, choices: list[list[Sound]]) -> None:
    """Take strokes that begin on `frame` out of `sound`, in those renderings that leave least of their beginning."""
    reach = 480
    best = min(itertools.product(*choices), key=lambda chosen: remains(sound, frame, reach, chosen))
    for take in best:
        end = min(frame + len(take), len(sound))
        sound[frame:end] -= GAIN * take[: end - frame]


def remains(sound: Sound, frame: int, reach: int, chosen: tuple[Sound, ...]) -> float:
    there = sound[frame : frame + reach].copy()
    for take in chosen:
        part_of = take[: len(there)]
        there[: len(part_of)] -= GAIN * part_of
    return float(np.sum(there * there))


@pytest.mark.no_cover
def test_a_programme_is_the_same_in_blocks_of_any_size_and_each_number_closes_before_the_next(cache: str) -> None:
    pairs = [("rupak", "kalamatianos"), ("jhaptal", "curcuna"), ("keherwa", "four-floor")]
    numbers = tuple(Number(part(one), part(other), Bpm(240.0), 8.0, SWEEP) for one, other in pairs)
    piece = offline.Piece(RATE, Bpm(90.0), D3, (0.0, 0.0, QUIET, 1.0), programme=numbers, cache=cache)
    whole, pieces = (np.concatenate(list(offline.blocks(piece, 24 * RATE, block))) for block in (1024, 65))
    assert np.array_equal(whole, pieces)
    for number in range(1, 3):
        edge = number * 8 * RATE
        assert peak_db(whole[edge - 480 : edge, 0].astype(np.float64)) < peak_db(whole[edge : edge + 480, 0]) - 20.0
