"""The rig's boots, beside the tests of this machine: each runs some marked tests in a kernel of its own.

While other tests run, `advance` between two of them keeps all processors but one busy with boots, the longest first. On
that one, boots in virtual time, which do not mind, take what the tests leave, the shortest first. Who waits for the
reports of a boot, by `reports_of`, lends the last one whole.
"""

import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import IO

import pytest

RUN = Path(__file__).parent / "run"
PASSED_IN = ("PYTHONPATH", "VIRTUAL_ENV", "PYTEST_DISABLE_PLUGIN_AUTOLOAD", "RIG_REPORTS", "JAMBOX_SOAK")
BOOT = 15
"""Seconds for the boot, and for a hung test's stack to be printed before the kernel is stopped."""
ALIKE = 16
"""Tests that share a boot, but for what one module has more: of fewer boots, each takes longer, and the last one is
waited for while other processors idle.
"""
MOST = 4
"""Boots at a time on a machine of many processors: each may take a gigabyte of memory."""
YIELDING, LONGER = 19, 6
"""Niceness of a boot that leaves a processor to the tests, and how many times longer it may then take."""


@dataclass(frozen=True)
class Group:
    """Marked tests with the same keywords: they share a boot, in order."""

    words: tuple[str, ...]
    """The keywords, as options of `run`."""
    tests: Mapping[pytest.Item, float]
    """How many seconds each may take."""

    @property
    def in_virtual_time(self) -> bool:
        return "--virtual-time" in self.words

    @property
    def limit(self) -> float:
        """Seconds after which the kernel is stopped."""
        return sum(self.tests.values()) + BOOT


@dataclass(frozen=True)
class Boot:
    """A group that runs, on a processor; its reports and its words come in files."""

    group: Group
    processor: int
    process: subprocess.Popen[bytes]
    end: int
    """A descriptor that can be read from when the process has ended."""
    reports: IO[str]
    output: IO[str]


class Boots:
    """All boots of a session. Each group's tests get their reports, in the form in which pytest wants them."""

    def __init__(self, groups: Iterable[Group], config: pytest.Config) -> None:
        self._config = config
        self._waiting = sorted(groups, key=lambda group: group.limit, reverse=True)
        self._running: list[Boot] = []
        self._reports: dict[str, list[pytest.TestReport]] = {}
        self._processors = sorted(os.sched_getaffinity(0), reverse=True)[:MOST]

    def advance(self, spared: int = 1) -> None:
        """Takes in what has ended and starts what waits, on `spared` processors what yields. Does not wait."""
        for boot in [boot for boot in self._running if boot.process.poll() is not None]:
            self._take_in(boot)
        whole = max(1, len(self._processors) - spared)
        taken = {boot.processor for boot in self._running}
        for place, processor in enumerate(self._processors):
            if processor not in taken:
                self._start(processor, yielding=place >= whole)

    def reports_of(self, item: pytest.Item) -> list[pytest.TestReport]:
        """Waits for the boot that `item` belongs to; its reports, which are at least one."""
        self.advance(spared=0)
        while item.nodeid not in self._reports:
            select.select([boot.end for boot in self._running], [], [])
            self.advance(spared=0)
        return self._reports[item.nodeid]

    def stop(self) -> None:
        """Ends what runs, and forgets what waits."""
        self._waiting.clear()
        for boot in self._running:
            boot.process.terminate()
        for boot in self._running:
            boot.process.wait()
            _close(boot)
        self._running.clear()

    def _start(self, processor: int, yielding: bool) -> None:
        fit = [group for group in self._waiting if group.in_virtual_time] if yielding else self._waiting
        if fit:
            group = fit[-1 if yielding else 0]
            self._waiting.remove(group)
            self._running.append(_start(group, processor, yielding, self._config.rootpath))

    def _take_in(self, boot: Boot) -> None:
        self._running.remove(boot)
        hook, told = self._config.hook, {item.nodeid: list[pytest.TestReport]() for item in boot.group.tests}
        for line in boot.reports.read().splitlines():
            report = hook.pytest_report_from_serializable(config=self._config, data=json.loads(line))
            if isinstance(report.longrepr, list):
                report.longrepr = tuple(report.longrepr)  # why it was skipped: JSON has no tuples
            told[report.nodeid].append(report)
        rest = [item for item in boot.group.tests if not told[item.nodeid] or told[item.nodeid][-1].when != "teardown"]
        if rest:
            # The kernel ended in this test, or before it came to it; those behind it are tried again.
            boot.output.seek(0)
            text = f"the rig ended before this test did\nexit status {boot.process.returncode}\n{boot.output.read()}"
            told[rest[0].nodeid].append(pytest.TestReport(rest[0].nodeid, rest[0].location, {}, "failed", text, "call"))
        again = {item: boot.group.tests[item] for item in rest[1:]}
        self._reports |= {item.nodeid: told[item.nodeid] for item in boot.group.tests if item not in again}
        if again:
            self._waiting.insert(0, Group(boot.group.words, again))
        _close(boot)


def shared(words: tuple[str, ...], tests: Mapping[pytest.Item, float]) -> list[Group]:
    """The boots for tests with these keywords, module by module as they come. A boot costs what some tests cost."""
    groups: list[dict[pytest.Item, float]] = []
    for _, items in groupby(tests, key=lambda item: item.path):
        module = {item: tests[item] for item in items}
        if groups and len(groups[-1]) + len(module) <= ALIKE:
            groups[-1] |= module
        else:
            groups.append(module)
    return [Group(words, group) for group in groups]


def _start(group: Group, processor: int, yielding: bool, root: Path) -> Boot:
    reports = tempfile.NamedTemporaryFile("r", dir="/var/tmp", prefix="jambox-rig-reports.")  # noqa: SIM115
    output = tempfile.TemporaryFile("w+", errors="replace")  # noqa: SIM115
    # The kernel and its processes take turns at every system call: that is quicker on one processor than across two.
    words = ["taskset", "--cpu-list", str(processor)] if group.in_virtual_time else []
    longer = LONGER if yielding else 1
    words += [
        str(RUN),
        *group.words,
        "--nice",
        str(YIELDING if yielding else 0),
        "--timeout",
        f"{longer * group.limit:g}",
        "--",
        sys.executable,
        "-m",
        "pytest",
    ]
    words += ["-p", "no:cacheprovider", "-o", f"faulthandler_timeout={longer * max(group.tests.values()):g}"]
    words += [item.nodeid for item in group.tests]
    # Plugins that are installed, as those of coverage and hypothesis, take a boot longer to import than pytest itself.
    env = dict(os.environ, RIG_REPORTS=reports.name, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    env["RIG_ENV"] = " ".join([*PASSED_IN, *os.environ.get("RIG_ENV", "").split()])
    process = subprocess.Popen(words, cwd=root, env=env, stdout=output, stderr=subprocess.STDOUT)
    return Boot(group, processor, process, os.pidfd_open(process.pid), reports, output)


def _close(boot: Boot) -> None:
    os.close(boot.end)
    boot.reports.close()
    boot.output.close()
