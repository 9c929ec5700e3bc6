"""The box's tonic and tuning: as they are wished for, and as MIDI's routes ask for them."""

from collections.abc import Iterator, Mapping

from jambox.actions import SetInstrument, SetRound, SetStrings, SetTonic, SetTuning
from jambox.errors import SettingError
from jambox.midi.ground import Ground
from jambox.music.drone import Drone, strung
from jambox.music.drums import named
from jambox.music.scala import KEYS, Map
from jambox.music.tuning import Tuning
from jambox.reference import Reference
from jambox.rounds import LOCKS, Lock
from jambox.scene import HIGHEST_TONIC, LOWEST_TONIC, Scene
from jambox.units import Hertz, frequency_key, key_frequency, parse_pitch

USUAL = "usual"
"""What stands for the strings that a drone has by itself."""
Wish = SetTonic | SetTuning | SetInstrument | SetStrings | SetRound


def wishes(
    tonic: str,
    tuning: str,
    strings: str,
    scene: Scene,
    drones: Mapping[str, Drone],
    known: Mapping[str, Tuning],
    drone: str = "",
    lock: str = "",
) -> tuple[Wish, ...]:
    """What is to be done for a tonic, as a note or in Hz, a tuning and a drone, by ids, strings, and what rounds go by.

    Nothing for what is empty, and all or nothing: raises SettingError for what is no pitch that a tonic can have or no
    Lock, UnknownNameError for what is no tuning or no drone, DataError for what are no strings.
    """
    return tuple(_wishes(tonic, tuning, strings, scene, drones, known, drone, lock))


def _wishes(
    tonic: str,
    tuning: str,
    strings: str,
    scene: Scene,
    drones: Mapping[str, Drone],
    known: Mapping[str, Tuning],
    drone: str,
    lock: str,
) -> Iterator[Wish]:
    if tonic:
        yield SetTonic(_tonic(tonic, Hertz(scene.reference.a4)))
    if tuning:
        yield SetTuning(named(known, tuning, "tuning").id)
    if drone:
        yield SetInstrument(named(drones, drone, "drone").id)
    if strings:
        strings = "" if strings == USUAL else strings
        strung(named(drones, drone or scene.drone, "drone"), strings)
        yield SetStrings(strings)
    if lock:
        if lock not in LOCKS:
            raise SettingError(f"a round goes by none that is called {lock!r}: it is {', '.join(LOCKS)}")
        yield SetRound(Lock(lock))


def _tonic(text: str, a4: Hertz) -> Hertz:
    try:
        pitch = parse_pitch(text, a4)
    except ValueError as fault:
        raise SettingError(str(fault)) from fault
    if not LOWEST_TONIC <= pitch <= HIGHEST_TONIC:
        limits = f"{LOWEST_TONIC:g} to {HIGHEST_TONIC:g} Hz"
        raise SettingError(f"the tonic cannot be {text}, which is {pitch:.4g} Hz: it goes from {limits}")
    return pitch


def key_tonic(key: int, reference: Reference) -> Hertz:
    """The tonic that a MIDI key stands for: by A4, and as far above or below its note as the configured tonic is."""
    a4 = Hertz(reference.a4)
    tonic = frequency_key(parse_pitch(reference.tonic, a4), a4)
    return key_frequency(key + tonic - round(tonic), a4)


def within(pitch: Hertz) -> Hertz:
    """The tonic for a pitch above 0 Hz: itself or, where a tonic cannot be, the next of its octaves at which it can."""
    while pitch < LOWEST_TONIC:
        pitch = Hertz(2.0 * pitch)
    while pitch > HIGHEST_TONIC:
        pitch = Hertz(0.5 * pitch)
    return pitch


def ground_of(scene: Scene, known: Mapping[str, Tuning]) -> Ground:
    """What keys sound in the scene's tuning, on its tonic."""
    return ground(Hertz(scene.tonic), Hertz(scene.reference.a4), known.get(scene.tuning))


def ground(tonic: Hertz, a4: Hertz, tuning: Tuning | None) -> Ground:
    """What keys sound on that tonic: by the tuning's map, else each the degree nearest to it; none: as ever.

    Nearest by the interval from the tonic's key: that sounds the tonic, however many cents lie between. A map says
    which key plays which degree; how high they are says the tonic, in the octave that is nearest to where the map's
    own frequency puts it.
    """
    key = frequency_key(tonic, a4)
    if tuning is None:
        return Ground(key, a4=a4)
    if tuning.map is None:
        nearest = tuning.finder()
        return Ground(key, tuple(key + nearest(100.0 * (each - round(key))) / 100.0 for each in range(KEYS)), a4)
    return Ground(key, tuple(_mapped(tuning, tuning.map, key, a4)), a4)


def _mapped(tuning: Tuning, found: Map, tonic: float, a4: Hertz) -> Iterator[float | None]:
    below = (found.cents(found.reference, tuning.scale) or 0.0) / 100.0
    first = frequency_key(Hertz(found.frequency), a4) - below
    base = tonic + 12.0 * round((first - tonic) / 12.0)
    for key in range(KEYS):
        cents = found.cents(key, tuning.scale)
        if not found.first <= key <= found.last:
            yield float(key)
        else:
            yield None if cents is None else base + cents / 100.0
