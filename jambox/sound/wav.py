"""A device that writes what is played into a sound file."""

from pathlib import Path

import msgspec
import soundfile

from jambox.errors import DeviceError
from jambox.sound.agreement import Request
from jambox.sound.devices import OUTPUTS, NullDevice


class WavDevice(NullDevice):
    """Like NullDevice, but what is played is written to a WAV file (24 bits): for trying things out, not for a jam."""

    def __init__(self, request: Request, path: Path) -> None:
        super().__init__(request)
        self.granted = msgspec.structs.replace(self.granted, name=f"wav:{path}", format="PCM_24")
        try:
            self._file = soundfile.SoundFile(str(path), "w", request.rate, OUTPUTS, "PCM_24")
        except (soundfile.LibsndfileError, OSError) as fault:
            raise DeviceError(f"cannot write {path}: {fault}; name a file in a folder that you may write to") from fault

    def write(self, played: "memoryview[float]") -> None:
        """Append one period."""
        try:
            self._file.buffer_write(played, "float32")
        except (soundfile.LibsndfileError, OSError) as fault:
            raise DeviceError(f"{self.granted.name}: {fault}; make room on that disk") from fault

    def close(self) -> None:
        """Finish the file."""
        self._file.close()
