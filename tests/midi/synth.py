"""An instrument at the far end of a cable, as its player hears it."""

from jambox.midi import messages
from jambox.midi.route import Port


class Synth:
    """Keeps what it was sent and which of its keys and pedals are down.

    It is of the stubborn kind: only note-offs and pedals end its notes, and it sounds on when its cable is pulled.
    """

    def __init__(self, identity: str) -> None:
        self.port = Port.parse(identity)
        self.heard: list[bytes] = []
        self.down: set[int] = set()

    def hear(self, message: bytes) -> None:
        """Takes what the box sends it."""
        assert messages.is_whole(message)
        self.heard.append(message)
        if (hold := messages.pressed(message)) is not None:
            self.down.add(hold)
        elif (hold := messages.let_go(message)) is not None:
            self.down.discard(hold)

    def take(self) -> list[bytes]:
        """What it was sent since the last call."""
        heard, self.heard = self.heard, []
        return heard
