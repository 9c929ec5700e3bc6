"""Mridangam: one barrel, the right head (valanthalai) loaded and tuned, the left one (thoppi) deep under wet semolina.

The right head rings in five harmonics, the first three of them long (Raman and Kumar, Nature 104, 1920; why, Raman,
Proc. Indian Acad. Sci. A1, 1935); measured again, its first five modes were nearly so (Krishnamurthy, Hempe and
Cottingham, 154th meeting of the ASA, 2007; JASA, doi 10.1121/1.2942899). It is tuned by Din or Chapu to the singer's
Sa (nathalaya.co.uk); Chapu and Nam then sound alike, and the left head an octave lower or as high
(musicalinstrumentsofindia.com), or at Sa of the lowest register (Tiruvarur Bhaktavatsalam, Music Academy 2024). Here
Din, Nam and Chapu are heard at mode 2, so that mode 1 is Sa an octave below, and the left head another octave below.

How the strokes are made: three fingers on the black patch that stay there (Ki, elsewhere called Thi), one finger so
(Ta), the middle finger, lightly (Mi); the index finger on the rim, with another on the patch against what vibrates
there (Nam); the little finger between patch and rim, touching little (Chapu), or with the hand over half of the head
(arai chapu); the flat left hand that stays (Tha), or is lifted at once, near the edge (Thom); Gumki with the thumb or
the base of the palm rubbing along (nathalaya.co.uk; mysorevadiraj.com; Evan Laforge, karya, Solkattu).

Which modes each stroke lets ring follows the measured Na, Tin, Tun and Te of the tabla, see `tabla`. Their levels, all
decays, the range of pitch, the modes of the left head (those of a bayan in the Csound manual), how far Gumki rises and
the rustle of what lies between the skins of some instruments are this project's guesses, which players should check.
"""

from collections.abc import Mapping
from types import MappingProxyType

from jambox.sound.instruments.strokes import Blow
from jambox.sound.instruments.tones import Band, Mode
from jambox.sound.instruments.woods import clap

SA = 116.54
"""The right head's mode 1 is Sa, between this frequency in Hz (B♭2) and its double: singers' tonics from B to A."""
THOPPI = 58.27
"""The left head's is an octave below."""

_SLAP = (Band(250, 1600, -17, 0.03), Band(1600, 4500, -10, 0.03), Band(4500, 10000, -17, 0.025))
"""The finger on the rim."""


def _ringing(
    levels: tuple[float, ...],
    t60s: tuple[float, ...],
    target: float,
    slap: tuple[Band, ...] = _SLAP,
    *,
    buzz: tuple[Band, ...] = (),
    bend: float = 0.1,
    drive: float = 0.0,
) -> Blow:
    """The right head, its modes at the harmonics 1, 2, 3 …; those above 6 a little sharp, as a dayan's are."""
    ratios = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.1, 8.2)
    modes = tuple(Mode(*mode) for mode in zip(ratios[: len(levels)], levels, t60s, strict=True))
    return Blow(SA, modes, slap, target, buzz=buzz, bend=bend, settle=0.03, drive=drive, tuned=True)


def _dry(modes: tuple[Mode, ...], noises: tuple[Band, ...], target: float, pitch: float = SA) -> Blow:
    """Fingers, or a hand, that stay where they fell."""
    return Blow(pitch, modes, noises, target, tuned=True)


def _deep(target: float, bend: float, settle: float) -> Blow:
    """The left head, let ring."""
    modes = (
        Mode(1.0, 0, 0.75),
        Mode(2.0, -7, 0.42),
        Mode(3.01, -13, 0.30),
        Mode(4.01, -19, 0.22),
        Mode(4.69, -24, 0.2),
    )
    noises = (Band(90, 450, -15, 0.05), Band(450, 2200, -25, 0.025))
    return Blow(THOPPI, modes, noises, target, bend=bend, settle=settle, tuned=True)


MRIDANGAM: Mapping[str, Blow] = MappingProxyType(
    {
        "nam": _ringing(
            (-18, -6, 0, -5, -8, -14, -17, -20),
            (0.10, 1.00, 0.75, 0.42, 0.25, 0.15, 0.10, 0.08),
            -22.3,
            buzz=(Band(2500, 7000, -27, 0.30),),
        ),
        "din": _ringing(
            (-12, 0, -11, -18, -24),
            (0.12, 1.30, 0.70, 0.35, 0.20),
            -22.0,
            (Band(180, 700, -16, 0.035), Band(700, 3000, -21, 0.028), Band(3000, 9000, -28, 0.025)),
        ),
        "dim": _ringing(
            (0, -9, -15, -23),
            (1.50, 1.10, 0.55, 0.30),
            -21.7,
            (Band(120, 500, -15, 0.04), Band(500, 2500, -23, 0.025)),
            bend=0.2,
        ),
        "chapu": _ringing(
            (-10, 0, -2, -4, -7, -11, -14, -18),
            (0.20, 0.90, 0.80, 0.55, 0.35, 0.20, 0.14, 0.10),
            -22.0,
            buzz=(Band(2500, 8000, -23, 0.35),),
        ),
        "arai chapu": _ringing(
            (-20, -9, -3, 0, -2, -5, -8, -11),
            (0.06, 0.15, 0.20, 0.20, 0.16, 0.12, 0.10, 0.08),
            -22.5,
            (Band(400, 1800, -14, 0.03), Band(1800, 5000, -9, 0.03), Band(5000, 11000, -15, 0.025)),
            bend=0.2,
            drive=2.0,
        ),
        "ki": _dry(
            (Mode(1.4, -1, 0.05), Mode(2.4, -2, 0.045), Mode(4.6, -9, 0.06)),
            (Band(150, 700, -5, 0.045), Band(700, 3500, -9, 0.035), Band(3500, 8000, -21, 0.03)),
            -27.3,
        ),
        "ta": _dry(
            (Mode(1.7, -4, 0.045), Mode(2.9, -2, 0.045), Mode(5.1, -6, 0.06)),
            (Band(200, 900, -8, 0.04), Band(900, 4500, -6, 0.035), Band(4500, 9500, -17, 0.03)),
            -27.3,
        ),
        "mi": _dry(
            (Mode(1.5, -3, 0.04), Mode(2.6, -4, 0.04), Mode(4.9, -10, 0.05)),
            (Band(150, 800, -6, 0.04), Band(800, 4000, -10, 0.03), Band(4000, 8000, -22, 0.025)),
            -29.5,
        ),
        "thom": _deep(-21.0, 0.3, 0.04),
        "gumki": _deep(-21.0, -4.5, 0.11),
        "tha": _dry(
            (Mode(1.6, 0, 0.07), Mode(2.9, -5, 0.05), Mode(5.4, -13, 0.04)),
            (Band(90, 400, -6, 0.06), Band(400, 2000, -10, 0.045), Band(2000, 7000, -23, 0.03)),
            -26.0,
            THOPPI,
        ),
        # Who keeps the tala claps in the hand, or on the thigh: deeper than palmas.
        "clap": clap(1050.0, -24.5),
    }
)
