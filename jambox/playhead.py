"""Where in its cycle the running box is, as a picture that is drawn again and again."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import msgspec

from jambox import portrait, pulse
from jambox.columns import cut
from jambox.music.cycle import Cycle
from jambox.music.drums import Drums, named
from jambox.music.surprise import varied
from jambox.sound.commands import Status
from jambox.variation import Variation


def picture(
    cycles: Mapping[str, Cycle],
    families: Mapping[str, Drums],
    told: Mapping[str, Any],
    wanted: str,
    now: float,
    columns: int,
    height: int,
) -> list[str]:
    """One of the `cycles` in at most `height` lines of at most `columns` columns, and what the box does, as `told`.

    `told` is what `jambox status` has. Shown is the cycle `wanted`, or, for none, the one that sounds, in silence the
    one that is set; with a playhead at what is heard at `now` (monotonic seconds of the box's machine), as long as it
    is that cycle that sounds. Raises UnknownNameError.
    """
    scene, sounding = told["scene"], told["cycles"]
    shown = wanted or (sounding[0] if sounding else scene["cycle"])
    cycle = named(cycles, shown, "cycle")
    if shown == scene["cycle"]:
        cycle = varied(cycle, msgspec.convert(scene["variation"], Variation), families)
    here = shown in sounding[:1]
    beat = pulse.beat_at(_status(told["engine"]), now) if here else None
    beat = None if beat is None or beat < 0.0 else beat
    lines = portrait.window(portrait.playing(cycle, beat, columns), height - 1)
    return [cut(line, columns) for line in (*lines, _said(cycle, told, here, beat))]


def _said(cycle: Cycle, told: Mapping[str, Any], here: bool, beat: float | None) -> str:
    sounding = told["cycles"]
    if not here:
        return f"{sounding[0]} sounds" if sounding else "the rhythm is silent"
    meets = f", meets {', '.join(sounding[1:])}" if sounding[1:] else ""
    if beat is None:
        return f"about to begin{meets}"
    turn, place = divmod(beat, cycle.beats)
    return (
        f"cycle {turn + 1:.0f}, beat {int(place) + 1} of {cycle.beats:g}, {told['engine']['tempo']:.1f} a minute{meets}"
    )


def _status(engine: Mapping[str, Any]) -> Status:
    return Status(**{field.name: engine[field.name] for field in fields(Status)})
