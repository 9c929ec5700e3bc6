"""The `rig` marker: such a test runs inside the rig's kernel, a virtual Pi with a sound card, MIDI and GPIO
(tests/rig/README.md).

    @pytest.mark.rig(virtual_time=False, timeout=60, append="snd-aloop.enable=1,1")
    def test_two_cards(report): ...

Keywords: `virtual_time` (True), `timeout` in seconds of this host's clock (120), `append` (kernel
parameters), `gpio` (lines, 54), `mem` ("1G"), `usb_midi` (True: the gadget is plugged in at the start). Marked
tests with the same keywords, whatever their timeout, share boots and run in order, so each leaves the devices
as it found them. Inside, `RIG` is "1", and the same test runs as any other; its reports travel back as JSON
lines. The boots run beside the other tests, which come first.
"""

import gc
import json
import os
import sys
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from tests.rig.boots import Boots, shared

INSIDE = os.environ.get("RIG") == "1"
REMEDY = "`./jam rig` builds the rig's kernel once, or set JAMBOX_RIG_KERNEL to one"
FIGURE = "figure"

if not INSIDE:
    # No marked test has examples drawn, and each boot would wait for what draws them.
    import hypothesis

    # By default an example must take no longer than 0.2 s of the clock on the wall, which a busy machine decides.
    hypothesis.settings.register_profile("unhurried", hypothesis.settings.default, deadline=None)
    hypothesis.settings.load_profile("unhurried")


def _cache() -> Path:
    """The user's folder of what can be made again."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "jambox"


if not INSIDE and sys.dont_write_bytecode:
    # Where no bytecode may lie beside the sources, every process that a test starts would compile them all again.
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(_cache() / "bytecode")

_BOOTS = pytest.StashKey[Boots]()
_KEYWORDS = pytest.StashKey[tuple[float, tuple[str, ...]]]()


def _kernel() -> Path:
    return Path(os.environ.get("JAMBOX_RIG_KERNEL") or _cache() / "rig" / "linux")


def _keywords(
    *,
    timeout: float = 120.0,
    virtual_time: bool = True,
    append: str = "",
    gpio: int = 54,
    mem: str = "1G",
    usb_midi: bool = True,
) -> tuple[float, tuple[str, ...]]:
    """The marker's timeout, and its other keywords as options of `run`. Raises TypeError for an unknown one."""
    words = ["--gpio", str(gpio), "--mem", mem]
    words += ["--virtual-time"] * virtual_time + ["--no-usb-midi"] * (not usb_midi)
    words += ["--append", append] if append else []
    return timeout, tuple(words)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Checks the keywords of every marker and puts the marked tests last; without a kernel, gives them their reason to
    be skipped. Coverage is of what examples show: a hunt for counterexamples takes four times as long under its eyes.
    So do long plays: those of which a shorter test shows the code are marked `no_cover` where they stand.
    """
    missing = not INSIDE and not os.access(_kernel(), os.X_OK)
    for item in items:
        if getattr(getattr(item, "function", None), "is_hypothesis_test", False):
            item.add_marker(pytest.mark.no_cover)
        if (marker := item.get_closest_marker("rig")) is not None:
            try:
                item.stash[_KEYWORDS] = _keywords(*marker.args, **marker.kwargs)
            except TypeError as error:
                raise pytest.UsageError(f"{item.nodeid}: marker rig: {error}") from None
            if missing:
                item.add_marker(pytest.mark.skip(reason=f"no rig: {REMEDY}"))
    items.sort(key=lambda item: _KEYWORDS in item.stash)


def pytest_collection_finish() -> None:
    """Keeps Python's garbage collector from the tests themselves, which are many and stay."""
    gc.collect()
    gc.freeze()


def _is_for_a_boot(item: pytest.Item) -> bool:
    return not INSIDE and _KEYWORDS in item.stash and not any(mark.name == "skip" for mark in item.iter_markers())


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Groups the marked tests by what they share a boot with."""
    alike: dict[tuple[str, ...], dict[pytest.Item, float]] = {}
    for item in session.items:
        if _is_for_a_boot(item):
            seconds, words = item.stash[_KEYWORDS]
            alike.setdefault(words, {})[item] = seconds
    groups = [group for words, tests in alike.items() for group in shared(words, tests)]
    session.stash[_BOOTS] = Boots(groups, session.config)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> bool | None:
    """Outside, replaces the set-up, call and tear-down of a marked test by its reports from inside."""
    boots = item.session.stash[_BOOTS]
    if not _is_for_a_boot(item):
        boots.advance()
        return None
    reports = boots.reports_of(item)
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Ends boots that nobody waits for any more, after Control-C or a failure with `-x`."""
    if _BOOTS in session.stash:
        session.stash[_BOOTS].stop()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Inside: one JSON line for each report, written at once, so that it outlives a kernel that is stopped."""
    report = yield
    if INSIDE and (path := os.environ.get("RIG_REPORTS")):
        data = item.config.hook.pytest_report_to_serializable(config=item.config, report=report)
        with Path(path).open("a") as file:
            file.write(json.dumps(data) + "\n")
    return report


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """`report("latency 6.0 ms")`: a measured figure, one line, which the summary at the end shows whether the
    test passes or not.
    """

    def add(text: str) -> None:
        request.node.user_properties.append((FIGURE, text))

    return add


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Lists the measured figures, and says how to get a kernel when that is why tests were skipped."""
    stats = terminalreporter.stats
    ended = [r for key in ("passed", "failed", "xfailed", "xpassed") for r in stats.get(key, ()) if r.when == "call"]
    figures = [(r.nodeid, text) for r in ended for key, text in r.user_properties if key == FIGURE]
    if figures and not INSIDE:
        terminalreporter.section("measured")
        for nodeid, text in figures:
            terminalreporter.line(f"{nodeid.removeprefix('tests/')}: {text}")
    skipped = sum(REMEDY in str(r.longrepr) for r in stats.get("skipped", ()))
    if skipped:
        terminalreporter.line(f"{skipped} tests on kernel devices were skipped: {REMEDY}")
