"""The boots of marked tests, with a kernel that is a shell script: it runs what it is told on this machine itself."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple, cast

import pytest

from tests.rig.boots import ALIKE, BOOT, shared

ROOT = Path(__file__).parents[2]
KERNEL = """#!/bin/sh
for word in "$@"; do case $word in rig_job=*) job=${word#*=} ;; esac; done
trap 'kill 0' TERM  # a kernel's processes end with it
sh "$job/command" >"$job/out" 2>&1 & wait $!
echo $? >"$job/status"
"""
MARKED = """
import os, pytest

@pytest.mark.rig
def test_first(report):
    assert os.environ["RIG"] == "1"
    report("a figure")

@pytest.mark.rig
def test_that_takes_the_kernel_along():
    os._exit(3)

@pytest.mark.rig
def test_behind():
    pass

@pytest.mark.rig(mem="512M")
def test_in_another_boot():
    assert False, "for a reason"

@pytest.mark.rig
@pytest.mark.skipif("os.environ.get('RIG')", reason="not here")
def test_skipped_inside():
    pass
"""
MEETING = """
import os, pytest

{mark}
def test_meets():
    # Opening a pipe waits until it is opened at its other end.
    for name, mode in {pipes}:
        open(name, mode).close()
"""
needs_two = pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="boots run beside tests on two processors")


def run(folder: Path, *words: str, **modules: str) -> str:
    """Runs pytest on the modules, with the kernel that is none; what it printed."""
    (folder / "kernel").write_text(KERNEL)
    (folder / "kernel").chmod(0o755)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = rig\naddopts = --import-mode=importlib\n")
    (folder / "conftest.py").write_text("from tests.conftest import *\n")
    for name, text in modules.items():
        (folder / f"{name}.py").write_text(text)
    env = {key: value for key, value in os.environ.items() if not key.startswith(("COV_", "PYTEST_"))}
    env |= {"JAMBOX_RIG_KERNEL": str(folder / "kernel"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", *words]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=300, check=False).stdout


def test_each_marked_test_has_its_own_outcome_after_the_others(tmp_path: Path) -> None:
    told = run(tmp_path, test_a=MARKED, test_b="import os\ndef test_plain(): assert 'RIG' not in os.environ\n")
    outcomes = [line.split()[:2] for line in told.splitlines() if line.endswith("%]")]
    assert outcomes == [
        ["test_b.py::test_plain", "PASSED"],
        ["test_a.py::test_first", "PASSED"],
        ["test_a.py::test_that_takes_the_kernel_along", "FAILED"],
        ["test_a.py::test_behind", "PASSED"],
        ["test_a.py::test_in_another_boot", "FAILED"],
        ["test_a.py::test_skipped_inside", "SKIPPED"],
    ]
    assert "the rig ended before this test did\nexit status 3\n" in told
    assert "for a reason" in told
    assert "test_a.py::test_first: a figure\n" in told
    assert "2 failed, 3 passed, 1 skipped" in told.splitlines()[-1]


@needs_two
def test_boots_run_beside_other_tests_and_then_beside_each_other(tmp_path: Path) -> None:
    for name in ("plain", "pair"):
        os.mkfifo(tmp_path / name)
    told = run(
        tmp_path,
        test_plain=MEETING.format(mark="", pipes=[("plain", "r")]),
        test_one=MEETING.format(mark="@pytest.mark.rig", pipes=[("plain", "w"), ("pair", "w")]),
        test_two=MEETING.format(mark='@pytest.mark.rig(mem="512M")', pipes=[("pair", "r")]),
    )
    assert "3 passed" in told.splitlines()[-1]


class Marked(NamedTuple):
    """All that tells what boot a test is in."""

    path: Path
    number: int


def test_tests_with_the_same_keywords_share_boots_up_to_a_number() -> None:
    modules = {"a": 5, "b": ALIKE - 5, "c": ALIKE + 1, "d": 1}
    tests = {Marked(Path(name), count): 1.0 for name, many in modules.items() for count in range(many)}
    groups = shared(("--virtual-time",), cast("dict[pytest.Item, float]", tests))
    assert [sorted({item.path.name for item in group.tests}) for group in groups] == [["a", "b"], ["c"], ["d"]]
    assert [group.limit for group in groups] == [ALIKE + BOOT, ALIKE + 1 + BOOT, 1 + BOOT]


@needs_two
def test_a_session_that_ends_early_takes_its_boots_along(tmp_path: Path) -> None:
    for name in ("plain", "never"):
        os.mkfifo(tmp_path / name)
    told = run(
        tmp_path,
        "-x",
        test_plain=MEETING.format(mark="", pipes=[("plain", "r")]) + "    assert False\n",
        test_one=MEETING.format(mark="@pytest.mark.rig", pipes=[("plain", "w"), ("never", "r")]),
    )
    assert "1 failed" in told.splitlines()[-1]
    # Nobody waits at the other end any more.
    with pytest.raises(OSError, match=os.strerror(errno.ENXIO)):
        os.open(tmp_path / "never", os.O_WRONLY | os.O_NONBLOCK)
