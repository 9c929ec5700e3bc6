"""What a player can choose from, out of all cycles, drum families, drones and tunings there are."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache

import msgspec

from jambox.music import partners, surprise
from jambox.music.cycle import Cycle
from jambox.music.drums import Drums
from jambox.state import Catalogue
from jambox.units import Bpm
from jambox.variation import Change, Luck, Variation


def catalogue(
    tempos: dict[str, Bpm],
    cycles: Mapping[str, Cycle],
    families: Mapping[str, Drums],
    drones: Sequence[str] = (),
    tunings: Callable[[], Sequence[str]] = tuple,
) -> Catalogue:
    """The catalogue of the cycles that STYLE turns through, by `tempos`.

    Partners and surprises are among them, too. A partner comes from another tradition, where any meets the cycle well.
    `tunings` gives those that are turned through now.
    """
    played = _played(families)

    @cache
    def partners_of(name: str) -> tuple[str, ...]:
        if name not in cycles:
            return ()
        here = cycles[name]
        ranked = partners.partners(here, [cycles[other] for other in tempos])
        good = [one for one in ranked if one.score >= partners.GOOD]
        far = [one for one in good if cycles[one.id].file.tradition != here.file.tradition]
        return tuple(one.id for one in (far or good or ranked))

    def surprise_for(name: str, variation: Variation, luck: Luck) -> Change | None:
        if name not in cycles:
            return None
        known = {other: cycles[other] for other in dict.fromkeys((*tempos, name))}
        return surprise.draw(name, variation, luck.seed, luck.drawn, luck.recent, known, played)

    def unfit(name: str, variation: Variation, laya: float) -> str:
        return surprise.unfit(cycles[name], variation, laya) if name in cycles else ""

    def drone_after(name: str, steps: int) -> str:
        return _after(drones, name, steps)

    def tuning_after(name: str, steps: int) -> str:
        return _after(tunings(), name, steps)

    return Catalogue(tempos, partners_of, surprise_for, unfit, drone_after, tuning_after)


def _played(families: Mapping[str, Drums]) -> dict[str, Drums]:
    """The families that surprises may hand strokes to, each by the place where it plays.

    Who plays in another's place is not another family beside it; who comes with a package plays where it is asked for.
    """
    elsewhere = {family.id for place, family in families.items() if place != family.id}
    return {
        place: msgspec.structs.replace(family, id=place)
        for place, family in families.items()
        if place != family.id or not (family.package or place in elsewhere)
    }


def _after(names: Sequence[str], name: str, steps: int) -> str:
    """What is `steps` further on in the round; from what is not in it, its first or, backwards, its last."""
    if name in names:
        return names[(names.index(name) + steps) % len(names)]
    return names[0 if steps > 0 else -1] if names else name
