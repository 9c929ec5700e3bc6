"""A saved scene made fit to play: what is not there any more costs nothing but itself."""

from collections.abc import Collection, Mapping

import msgspec

from jambox.errors import DataError
from jambox.music.drone import Drone, strung
from jambox.reference import Reference
from jambox.scene import HIGHEST_TONIC, LOWEST_TONIC, Scene
from jambox.sound import dials
from jambox.sound.layout import STRIPS
from jambox.units import Hertz, parse_pitch


def refer(scene: Scene, given: Reference) -> Scene:
    """`scene` on the reference that the configuration gives now: what it says otherwise than last time counts.

    When A4 alone has moved, the tonic moves along, and keeps its note.
    """
    before, tonic = scene.reference, scene.tonic
    if given.tonic != before.tonic:
        tonic = parse_pitch(given.tonic, Hertz(given.a4))
    elif given.a4 != before.a4:
        tonic = min(max(tonic * given.a4 / before.a4, LOWEST_TONIC), HIGHEST_TONIC)
    tuning = scene.tuning if given.scale == before.scale else given.scale
    return msgspec.structs.replace(scene, tonic=tonic, tuning=tuning, reference=given)


def mend(
    scene: Scene, cycles: Collection[str], drones: Mapping[str, Drone], tunings: Collection[str]
) -> tuple[Scene, tuple[str, ...]]:
    """`scene` with names that there are, and parameters that the mixer takes; and a line for whatever was left out."""
    first, told = Scene(), []
    for part, default, known in (("cycle", first.cycle, cycles), ("drone", first.drone, drones)):
        name = getattr(scene, part)
        if name not in known:
            other = default if default in known else next(iter(known), name)
            told.append(f"the saved {part} {name} is not there: the box starts with {other}")
            scene = msgspec.structs.replace(scene, **{part: other})
    if scene.drone in drones:
        try:
            strung(drones[scene.drone], scene.strings)
        except DataError as fault:
            told.append(f"{fault}: the box starts with its usual ones")
            scene = msgspec.structs.replace(scene, strings="")
    if scene.tuning not in tunings:
        told.append(f"the tuning {scene.tuning} is not there: the box starts with {first.tuning}")
        # Asked for again at the next start: its file may be there by then.
        asked = msgspec.structs.replace(scene.reference, scale="")
        scene = msgspec.structs.replace(scene, tuning=first.tuning, reference=asked)
    if scene.partner and scene.partner not in cycles:
        told.append(f"the saved partner {scene.partner} is not there: the best there is takes its place")
        scene = msgspec.structs.replace(scene, partner="")
    mixer, faults = dials.fit(scene.mixer)
    kept = {}
    for card, settings in scene.kept.items():
        kept[card], more = dials.fit(settings)
        faults += more
    seats = tuple(seat for seat in scene.seats if 0 <= seat.first < seat.first + seat.channels <= STRIPS)
    told += [f"a saved setting of the mixer is left out: {fault}" for fault in faults]
    return msgspec.structs.replace(scene, mixer=mixer, seats=seats, kept=kept), tuple(told)
