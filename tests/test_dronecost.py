"""What drones cost: that each is timed while it sounds, and in the table."""

import pytest

from jambox import dronecost
from jambox.music.library import load


@pytest.mark.no_cover
def test_every_drone_is_timed_while_it_sounds() -> None:
    costs = dronecost.measure(1024, 8000, blocks=40)
    drones = load().drones
    assert [one.drone for one in costs] == list(drones)
    for one in costs:
        assert len(drones[one.drone].strings) <= one.voices <= 3 * len(drones[one.drone].strings)
        assert one.share * 1024 / 8000 * 1e6 == pytest.approx(one.microseconds, abs=1.0)
    lines = dronecost.table(costs).splitlines()
    assert len(lines) == 1 + len(drones)
    assert all(line.startswith(one.drone) for line, one in zip(lines[1:], costs, strict=True))
