"""A device that writes what is played into a sound file."""

from pathlib import Path

import msgspec
import soundfile

from jambox.errors import DeviceError
from jambox.sound import kernel
from jambox.sound.agreement import OUTPUTS, WITH_CUE, Request
from jambox.sound.devices import NullDevice
from jambox.sound.tables import NOTHING, table


class WavDevice(NullDevice):
    """Like NullDevice, but what is played is written to a WAV file (24 bits): for trying things out, not for a jam."""

    def __init__(self, request: Request, path: Path) -> None:
        super().__init__(request)
        self.granted = msgspec.structs.replace(self.granted, name=f"wav:{path}", format="PCM_24")
        self._wide: memoryview[float] = table("f", request.period * request.outputs)
        try:
            self._file = soundfile.SoundFile(str(path), "w", request.rate, request.outputs, "PCM_24")
        except (soundfile.LibsndfileError, OSError) as fault:
            raise DeviceError(f"cannot write {path}: {fault}; name a file in a folder that you may write to") from fault

    def write(self, played: "memoryview[float]", cue: "memoryview[float]" = NOTHING) -> None:
        """Append one period: two channels, or four where the cue is wanted on them."""
        outputs, frames = self.granted.outputs, played
        if outputs >= WITH_CUE:
            frames = self._wide
            kernel.weave(played, frames, outputs, 0)
            kernel.weave(cue, frames, outputs, OUTPUTS)
        try:
            self._file.buffer_write(frames, "float32")
        except (soundfile.LibsndfileError, OSError) as fault:
            raise DeviceError(f"{self.granted.name}: {fault}; make room on that disk") from fault

    def close(self) -> None:
        """Finish the file."""
        self._file.close()
