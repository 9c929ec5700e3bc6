"""`jambox kit`: drumkits of Hydrogen's brought in as drum families."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from jambox.cli.parsing import Arguments, command
from jambox.music import library
from jambox.places import config_home


def add(commands: Any) -> None:
    """Adds kit."""
    example = "jambox kit /usr/share/hydrogen/data/drumkits/ForzeeStereo --for drumset"
    parser = command(commands, _kit, "kit", "take a drumkit of Hydrogen's as a drum family", example)
    parser.add_argument("kit", type=Path, metavar="KIT", help="a .h2drumkit, or a folder with a drumkit.xml")
    in_place = "play the strokes of that one, in its place; with --id, only where the configuration says so"
    parser.add_argument("--for", dest="model", metavar="FAMILY", help=in_place)
    parser.add_argument("--id", default="", metavar="ID", help="what it is called (default: by the kit's name)")


def _kit(arguments: Arguments) -> int:
    from jambox import kits

    shipped = library.load((library.SHIPPED,))
    model = shipped.family(arguments.model) if arguments.model else None
    target, family, faults = kits.take(arguments.kit, config_home() / "data" / "drums", arguments.id, model)
    for fault in faults:
        print(f"jambox: {fault}", file=sys.stderr)
    print(f"{target}: drum family {family.id}, {len(family.files)} sounds of {len(family.recordings)} recordings")
    if model and model.id != family.id:
        print(f'it plays for {model.id} once the configuration says, under [drums], {model.id} = "{family.id}"')
    loudest, _ = kits.levels(family)
    if loudest < kits.LOUDEST - kits.NEAR:
        less = f"{loudest:.1f} LUFS, others {kits.LOUDEST:g}: louder, its peaks would be cut"
        print(f"its loudest sound has {less}; the knob RHYTHM brings it up")
    return 0


def is_kit(path: Path) -> bool:
    """Whether that is a drumkit, rather than a file of this project's own kinds."""
    return path.suffix == ".h2drumkit" or path.is_dir() or path.name == "drumkit.xml"


def check_kit(path: Path) -> int:
    """Tells what is wrong with a kit. Raises DataError when nothing of it can be used."""
    from jambox import kits

    with tempfile.TemporaryDirectory() as folder:
        _, family, faults = kits.take(path.parent if path.name == "drumkit.xml" else path, Path(folder))
    for fault in faults:
        print(f"jambox: {fault}", file=sys.stderr)
    if not faults:
        print(f"drumkit {family.name}: {len(family.files)} sounds; nothing is wrong")
    return 1 if faults else 0
