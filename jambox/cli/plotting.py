"""`jambox plot`: how a drone's strings sound, as a picture."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jambox.cli.parsing import Arguments, command, heard_text
from jambox.errors import JamboxError
from jambox.music import library
from jambox.places import config_home
from jambox.units import Hertz, parse_pitch

if TYPE_CHECKING:
    from jambox.spectrogram import Spectrogram

HIGHEST = 8000.0
"""Hz up to which it is drawn."""


class PlotError(JamboxError):
    """A picture cannot be drawn or written."""


def add(commands: Any) -> None:
    """Adds plot."""
    what = "draw how a drone's strings sound, over time and pitch; of a tanpura, with its bridge and without"
    parser = command(commands, _plot, "plot", what, "jambox plot tanpura --out tanpura.png")
    parser.add_argument("drone", metavar="DRONE", help="by its id in `jambox list drones`")
    parser.add_argument("--tonic", type=heard_text, default="D3", metavar="D3|D3+14c|146.83Hz", help="default: D3")
    help_ = "a picture in the form that its name says: png, svg, pdf (default: DRONE.png)"
    parser.add_argument("--out", type=Path, metavar="FILE", help=help_)


def _plot(arguments: Arguments) -> int:
    drone = library.load((library.SHIPPED, config_home() / "data")).drone(arguments.drone)
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError as fault:
        raise PlotError(f"plot: matplotlib is missing ({fault}): pip install 'jambox[plot]'") from fault
    from jambox.spectrogram import sounds, spectrogram

    tonic = Hertz(parse_pitch(arguments.tonic))
    out = arguments.out or Path(f"{drone.id}.png")
    draw({title: spectrogram(sound) for title, sound in sounds(drone, tonic).items()}, out)
    print(out)
    return 0


def draw(panels: "dict[str, Spectrogram]", out: Path) -> None:
    """Draws them one below the other, each with its centroid, into a file. Raises PlotError."""
    from matplotlib.figure import Figure

    picture = Figure(figsize=(9.0, 0.8 + 3.2 * len(panels)), layout="constrained")
    axes = picture.subplots(len(panels), sharex=True, squeeze=False)[:, 0]
    for axis, (title, found) in zip(axes, panels.items(), strict=True):
        inside = found.frequencies <= HIGHEST
        levels, frequencies = found.levels[:, inside].T, found.frequencies[inside]
        mesh = axis.pcolormesh(found.times, frequencies, levels, shading="nearest", cmap="magma", rasterized=True)
        axis.plot(found.times, found.centroids, color="white", linewidth=1.2, label="centroid")
        axis.set(title=title, ylabel="Hz", ylim=(0.0, HIGHEST))
        axis.legend(loc="upper right", facecolor="0.3", labelcolor="white")
        picture.colorbar(mesh, ax=axis, label="dB under the loudest")
    axes[-1].set_xlabel("s")
    try:
        picture.savefig(out, dpi=110)
    except (OSError, ValueError) as fault:
        raise PlotError(f"{out}: cannot be written ({fault}); name a .png in a folder of yours") from fault
