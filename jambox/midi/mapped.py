"""The pages of what is down, in a file that a killed process leaves behind."""

import errno
import mmap
import os
import stat
from pathlib import Path

from jambox.errors import DeviceError
from jambox.midi.pages import SIZE


def mapped(path: Path) -> memoryview:
    """The memory of the file at `path` for `Pages`: made, or emptied where it has not their size.

    It outlives the process, whatever ends it, and not the power; so it lies best where memory does, in /run. It is for
    one process at a time. Raises DeviceError when it cannot be had.
    """
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
        try:
            found = os.fstat(file)
            if not stat.S_ISREG(found.st_mode):
                raise OSError(errno.EINVAL, "not a regular file")
            if found.st_size != SIZE:
                os.ftruncate(file, 0)
            os.posix_fallocate(file, 0, SIZE)  # or a full disk would kill us at a store
            return memoryview(mmap.mmap(file, SIZE))
        finally:
            os.close(file)
    except OSError as fault:
        raise DeviceError(
            f"{path}: what sounds cannot be noted there ({fault}), so a crash would leave it sounding. Remove what lies"
            " there, or let the box listen elsewhere by --socket"
        ) from fault
