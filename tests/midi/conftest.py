import pytest

from tests.midi.sequencer import Log


@pytest.fixture
def log() -> Log:
    """What ports tell, and the ports that tell it."""
    return Log()
