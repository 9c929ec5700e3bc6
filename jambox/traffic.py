"""How many messages the router passes: all that happens to one in the box, and nothing of what ALSA does with it."""

import gc
import time
from collections.abc import Sequence

import msgspec
import numpy as np

from jambox.midi.messages import note_off, note_on
from jambox.midi.notation import parse_route
from jambox.midi.route import Port
from jambox.midi.router import Router

ROUTES = 10
COUNT = 40_000
PACE = 1 / 20_000
"""Seconds from one message to the next, by the router's clock: so many that a flood would be thinned."""
CHORD = 4
"""Keys that are down at a time."""
KEYS = Port.parse("Keys:Keys 20:0")
SYNTHS = tuple(Port.parse(f"Synth {number}:in {30 + number}:0") for number in range(ROUTES))
CASES: tuple[tuple[str, str], ...] = (
    ("each takes one of ten routes", "Channel({n})"),
    ("each takes all ten routes, to as many instruments", f"Channel({', '.join(map(str, range(1, ROUTES + 1)))})"),
)
"""Ten routes alike, of which a message fits one or all."""


class Passing(msgspec.Struct, frozen=True):
    """`rate` messages come in a second of one core, by its own time, `sent` of them go out; microseconds for each."""

    case: str
    messages: int
    sent: int
    rate: float
    microseconds: dict[str, float]


def measure(count: int = COUNT) -> list[Passing]:
    """Notes of ten channels through ten routes, `count` of their ends and beginnings, for each of CASES."""
    return [_passing(case, fits, notes(count)) for case, fits in CASES]


def notes(count: int) -> list[bytes]:
    """So many beginnings and ends of notes, chord by chord on all channels."""
    begun = [note_on(n % ROUTES, 36 + n // ROUTES % 48, 1 + n % 127) for n in range(count)]
    ended = [note_off(message[0] & 0x0F, message[1]) for message in begun]
    chords = [begun[n : n + CHORD] + ended[n : n + CHORD] for n in range(0, count, CHORD)]
    return [message for chord in chords for message in chord][:count]


def _passing(case: str, fits: str, played: Sequence[bytes]) -> Passing:
    routes = [
        parse_route(
            f"From('Keys') >> {fits.format(n=n + 1)} >> VelocityCurve(0.7) >> Transpose({n}) >> To('Synth {n}')"
        )
        for n in range(ROUTES)
    ]
    router = Router(routes)
    router.join([KEYS], dict.fromkeys(SYNTHS, len))
    gc.collect()
    times = np.empty(len(played))
    busy = time.thread_time()
    for place, message in enumerate(played):
        begun = time.perf_counter()
        router.receive(KEYS.identity, message, place * PACE)
        times[place] = time.perf_counter() - begun
    busy = time.thread_time() - busy
    router.close()
    micro = {f"p{p}": round(float(np.percentile(times, p)) * 1e6, 1) for p in (50, 99)}
    return Passing(case, len(played), router.counters.sent, round(len(played) / busy, 0), micro)


def table(results: Sequence[Passing]) -> str:
    """The results for people."""
    return "\n".join(
        f"{result.case}: {result.rate:,.0f} messages a second in, {result.rate * result.sent / result.messages:,.0f}"
        f" out; p50 {result.microseconds['p50']:.1f} µs, p99 {result.microseconds['p99']:.1f} µs each"
        for result in results
    )
