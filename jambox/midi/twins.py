"""Instruments of one make: which of them a route or an offset means, and how people tell them apart.

A route that says `Keys` means all of them; one that says `Keys@usb-xhci-hcd.0-1.2` means the one in that USB socket,
whenever it is there. While none of that name is there, another takes its place: one that no route means by its own
socket. So a keyboard keeps its routes when it moves to another socket, and never takes those of its twin while both
sit where the routes say. Where several could take several places, sockets are filled in the order of the routes, from
the devices in the order of their paths: the same whatever was plugged in first.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from jambox.midi.route import Port, parted


def placed(ports: Iterable[Port], patterns: Iterable[str]) -> tuple[Port, ...]:
    """The same ports, those in the place of an absent device marked so, for `patterns` in the order of the routes.

    Marks that they bear from before count for nothing.
    """
    ports = sorted((replace(port, place="") for port in ports), key=lambda port: (port.path, port.number))
    sockets: dict[str, list[str]] = {}
    for pattern in patterns:
        name, path = parted(pattern)
        if path:
            sockets.setdefault(path, []).append(name)
    here = {path: {port.instrument for port in ports if _is_at(port, path, names)} for path, names in sockets.items()}
    settled = set().union(*here.values())
    places: dict[int | str, str] = {}
    for path, names in sockets.items():
        free = (port for port in ports if port.path and port.instrument not in settled and _is_one_of(port, names))
        if not here[path] and (stand_in := next(free, None)) is not None:
            places[stand_in.instrument] = path
            settled.add(stand_in.instrument)
    # From a list, see `both_placed`.
    return tuple([replace(port, place=places.get(port.instrument, "")) for port in ports])


def both_placed(
    sources: Iterable[Port], destinations: Iterable[Port], patterns: Iterable[str]
) -> tuple[tuple[Port, ...], tuple[Port, ...]]:
    """The same sources and destinations, as `placed` has them all together."""
    # From lists: of each tuple that a generator fills Python (3.11, 3.13) keeps the memory once it is freed, up to
    # 2,000 for each length, for tuples that no generator fills.
    there = {port.identity: port for port in placed({*sources, *destinations}, patterns)}
    return tuple([there[port.identity] for port in sources]), tuple([there[port.identity] for port in destinations])


def titles(ports: Iterable[Port]) -> Mapping[str, str]:
    """By identity: a name for people, as short as tells a port from the others; it is a pattern that the port fits.

    Programs of one name share theirs.
    """
    names = {port.identity: _names(port) for port in ports}
    counts = Counter(name for some in names.values() for name in set(some))
    return {identity: next((name for name in some if counts[name] == 1), some[0]) for identity, some in names.items()}


def _names(port: Port) -> tuple[str, str, str]:
    there = f"{port}@{port.path}" if port.path else str(port)
    return str(port), there, f"{there}#{port.number}"


def _is_at(port: Port, path: str, names: Iterable[str]) -> bool:
    return any(port.fits(f"{name}@{path}") for name in names)


def _is_one_of(port: Port, names: Iterable[str]) -> bool:
    return any(map(port.is_named, names))
