"""What the box is tuned by, as the configuration says it."""

from typing import Annotated

import msgspec

from jambox.units import A4

LOWEST_A4, HIGHEST_A4 = 400.0, 480.0
"""Hz; from below any known concert pitch to the low A of Highland pipes."""
SCALE = "just5"


class Reference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By which `a4`, in Hz, notes are read; which `tonic`, a note, perhaps with cents, or Hz; the `scale` on it, by id.

    What is set while playing counts until the configuration says something else than it did.
    """

    a4: Annotated[float, msgspec.Meta(ge=LOWEST_A4, le=HIGHEST_A4)] = A4
    tonic: str = "D3"
    scale: str = SCALE
