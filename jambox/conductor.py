"""The conductor: when the rhythm starts, by whose clock, and what leads to its sams."""

import time

from jambox import pulse
from jambox.following import Following
from jambox.herald import Herald
from jambox.keeper import Keeper
from jambox.music.passages import Kind
from jambox.scene import Scene
from jambox.sound import commands
from jambox.stage import Stage


class Conductor:
    """Leads the engine of `keeper` by way of the stage. All calls are for the event loop's thread."""

    def __init__(self, stage: Stage, keeper: Keeper, following: Following, herald: Herald) -> None:
        self._stage, self._keeper, self._following, self._herald = stage, keeper, following, herald
        self._fills = 0

    def start(self, scene: Scene, introduced: bool) -> None:
        """Play from sam, at once or after an introduction; by a clock that leads, on its own sam."""
        sam = self._following.begin(time.monotonic())
        if sam is not None:
            self.join(0.0, sam)
        elif introduced:
            self._stage.introduce_rhythm(scene)
        else:
            self._stage.start_rhythm()

    def join(self, beat: float, moment: float) -> None:
        """Play so that `beat` is heard at `moment`, in monotonic seconds."""
        status = self._keeper.status()
        frame = pulse.heard(status).frame_at(moment) if status.clock_rate else None
        self._stage.start_rhythm(beat, frame)

    def fill(self, scene: Scene) -> None:
        """Let a fill lead to the next sam, each time another one."""
        self._fills += 1
        if name := self._lead(Kind.FILL, scene, self._fills):
            self._herald.say(f"{name} into sam")

    def end(self, scene: Scene) -> bool:
        """Close on the next sam, with an ending; False when the rhythm still waited for its samples."""
        if name := self._lead(Kind.ENDING, scene):
            self._herald.say(f"{name}, and the end on sam")
        return self._stage.end_rhythm()

    def place_beat(self, moment: float) -> None:
        """Let the nearest beat be heard at `moment`, in monotonic seconds."""
        self._stage.send(commands.PlaceBeat(pulse.heard(self._keeper.status()).frame_at(moment)))

    def _lead(self, kind: Kind, scene: Scene, seed: int = 0) -> str:
        status = self._keeper.status()
        room = pulse.room(status, self._stage.length(status, scene), time.monotonic())
        return self._stage.lead_in(kind, scene, int(status.score), room, seed)
