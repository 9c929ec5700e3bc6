"""Chance that can be played again: uniform numbers from a seed and a place, without any state."""

_MASK = (1 << 64) - 1


def uniform(seed: int, *place: int) -> float:
    """A number in 0…1 (1 excluded) that depends on `seed` and `place` alone.

    The finaliser of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014),
    applied once for each number. Real-time safe.
    """
    mixed = seed & _MASK
    for number in place:
        mixed = (mixed + (number + 1) * 0x9E3779B97F4A7C15) & _MASK
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        mixed ^= mixed >> 31
    return (mixed >> 11) / (1 << 53)


def variant(seed: int, count: int, turn: int) -> int:
    """Which of `count` variants sounds at `turn`: none twice in a row, and no order that repeats. Real-time safe.

    Even turns choose freely, odd ones among those that neither neighbour takes; two variants simply alternate.
    """
    if count < 3:
        return turn % count
    if turn % 2 == 0:
        return int(uniform(seed, turn) * count)
    taken = {variant(seed, count, turn - 1), variant(seed, count, turn + 1)}
    free = [choice for choice in range(count) if choice not in taken]
    return free[int(uniform(seed, turn) * len(free))]
