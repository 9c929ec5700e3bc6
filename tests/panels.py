"""What a panel shows and what it reads, for the tests of panels."""

from jambox.panel.controls import Reading
from jambox.panel.feedback import View
from jambox.scene import Scene
from jambox.state import State
from jambox.units import Seconds

VIEW = View(State(Scene(drone_on=True)), Seconds(100.0), beat=0.0)


def kinds(readings: list[Reading]) -> list[tuple[str, str]]:
    return [(type(reading).__name__, reading.control) for reading in readings]
