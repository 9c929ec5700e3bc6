"""The `rig` marker: such a test runs inside the rig's kernel, a virtual Pi with a sound card, MIDI and GPIO
(tests/rig/README.md).

    @pytest.mark.rig(virtual_time=False, timeout=60, append="snd-aloop.enable=1,1")
    def test_two_cards(report): ...

Keywords: `virtual_time` (True), `timeout` in seconds of this host's clock (120), `append` (kernel
parameters), `gpio` (lines, 54), `mem` ("1G"), `usb_midi` (True: the gadget is plugged in at the start). The
marked tests of one module with the same keywords share one boot and run in order, so each leaves the devices
as it found them. Inside, `RIG` is "1", and the same test runs as any other; its reports travel back as JSON
lines.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes is no law: it says how busy the machine is.
settings.register_profile("laws", deadline=None)
settings.load_profile("laws")

INSIDE = os.environ.get("RIG") == "1"
RUN = Path(__file__).parent / "rig" / "run"
REMEDY = "`./jam rig` builds the rig's kernel once, or set JAMBOX_RIG_KERNEL to one"
PASSED_IN = ("PYTHONPATH", "VIRTUAL_ENV", "HYPOTHESIS_STORAGE_DIRECTORY", "RIG_REPORTS", "JAMBOX_SOAK")
FIGURE = "figure"
BOOT = 15
"""Seconds for the boot, and for a hung test's stack to be printed before the kernel is stopped."""

Reports = dict[str, list[pytest.TestReport]]
_REPORTS = pytest.StashKey[Reports]()
_WORDS = pytest.StashKey[list[str]]()


def _kernel() -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("JAMBOX_RIG_KERNEL") or cache / "jambox" / "rig" / "linux")


def _words(
    *,
    virtual_time: bool = True,
    timeout: float = 120,
    append: str = "",
    gpio: int = 54,
    mem: str = "1G",
    usb_midi: bool = True,
) -> list[str]:
    """The marker's keywords as options of `run`, the timeout first. Raises TypeError for an unknown one."""
    words = [str(timeout), "--gpio", str(gpio), "--mem", mem]
    words += ["--virtual-time"] * virtual_time + ["--no-usb-midi"] * (not usb_midi)
    return words + (["--append", append] if append else [])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Checks the keywords of every marker; without a kernel, gives every marked test its reason to be skipped."""
    missing = not INSIDE and not os.access(_kernel(), os.X_OK)
    for item in items:
        if (marker := item.get_closest_marker("rig")) is not None:
            try:
                item.stash[_WORDS] = _words(*marker.args, **marker.kwargs)
            except TypeError as error:
                raise pytest.UsageError(f"{item.nodeid}: marker rig: {error}") from None
            if missing:
                item.add_marker(pytest.mark.skip(reason=f"no rig: {REMEDY}"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> bool | None:
    """Outside, replaces the set-up, call and tear-down of a marked test by its reports from inside."""
    if INSIDE or _WORDS not in item.stash or any(mark.name == "skip" for mark in item.iter_markers()):
        return None
    reports = item.session.stash.setdefault(_REPORTS, {})
    if item.nodeid not in reports:
        _boot(item, reports)
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in reports[item.nodeid]:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def _boot(item: pytest.Item, reports: Reports) -> None:
    """Runs `item`, and what shares its boot, inside. At least `item` has reports afterwards: a boot that
    never told of it is its failure.
    """
    later = item.session.items[item.session.items.index(item) :]
    words = item.stash[_WORDS]
    alike = [it for it in later if it.path == item.path and it.stash.get(_WORDS, None) == words]
    group = [it for it in alike if it.nodeid not in reports]
    limit = float(words[0]) * len(group) + BOOT
    with tempfile.NamedTemporaryFile("r", dir="/var/tmp", prefix="jambox-rig-reports.") as file:
        pytest_words = ["-p", "no:cacheprovider", "-o", f"faulthandler_timeout={words[0]}"]
        pytest_words += [it.nodeid for it in group]
        output = _run([*words[1:], "--timeout", f"{limit:g}"], pytest_words, item.config.rootpath, file.name)
        for line in file.read().splitlines():
            report = item.config.hook.pytest_report_from_serializable(config=item.config, data=json.loads(line))
            reports.setdefault(report.nodeid, []).append(report)
    told = reports.setdefault(item.nodeid, [])
    if not told or told[-1].when != "teardown":
        text = f"the rig ended before this test did\n{output}"
        told.append(pytest.TestReport(item.nodeid, item.location, {}, "failed", text, "call"))


def _run(words: Sequence[str], pytest_words: Sequence[str], root: Path, reports: str) -> str:
    env = dict(os.environ, RIG_REPORTS=reports, HYPOTHESIS_STORAGE_DIRECTORY="/tmp/hypothesis")
    env["RIG_ENV"] = " ".join([*PASSED_IN, *os.environ.get("RIG_ENV", "").split()])
    command = [str(RUN), *words, "--", sys.executable, "-m", "pytest", *pytest_words]
    done = subprocess.run(command, cwd=root, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return f"exit status {done.returncode}\n" + done.stdout.decode(errors="replace")


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
