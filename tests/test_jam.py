"""The script `jam`, in a house of its own: its Python, pip and apt-get only write down what they are asked."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
JAM = ROOT / "jam"
TOOLS = ("cat", "chmod", "cksum", "cp", "dirname", "env", "grep", "id", "ls", "mkdir", "readlink", "rm", "sh")
LOOPS = ("kernel.py", "kernel.pxd", "channels.py", "channels.pxd")
MADE_OF = ("jam", "pyproject.toml", *(f"jambox/sound/{name}" for name in LOOPS))

PYTHON3 = """\
case "$*" in
  -V*) echo "Python ${PYTHON:-3.11.9}" ;;
  -c*) exit "${TOO_OLD:-0}" ;;
  "-m venv --clear "*) mkdir -p "$4/bin"; [ -z "${NO_VENV-}" ] || exit 1
    for name in python jambox; do cp "$FAKES/venv-$name" "$4/bin/$name"; done ;;
esac
"""
VENV_PYTHON = """\
case "$*" in
  *" -e "*) [ -z "${NO_PIP-}" ] || exit 1; echo >"$HOUSE/jambox/sound/kernel.fake.so" ;;
  *" --upgrade pip"*) [ -z "${OFFLINE-}" ] || exit 1 ;;
  *" show "*lgpio*) [ -n "${HAS_LGPIO-}" ] || exit 1 ;;
  *" show "*Link*) [ -n "${HAS_LINK-}" ] || exit 1 ;;
  *LinkPython*) [ -z "${NO_LINK-}" ] || exit 1 ;;
  *lgpio*) [ -z "${NO_LGPIO-}" ] || exit 1 ;;
esac
"""


class House:
    """A copy of jam and what it is made from, in a folder with a space in its name; `environment` steers the fakes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "my jam box"
        self.script = self.folder / "jam"
        self.log = folder / "log"
        for name in MADE_OF:
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.folder / name)
        self._bin = folder / "bin"
        self._bin.mkdir()
        for tool in TOOLS:
            found = shutil.which(tool)
            assert found is not None
            (self._bin / tool).symlink_to(found)
        self.environment = {"PATH": str(self._bin), "FAKES": str(self._bin), "HOUSE": str(self.folder)}
        self.fake("python3", PYTHON3)
        self.fake("venv-python", VENV_PYTHON)
        self.fake("venv-jambox", "echo played\n")

    def fake(self, name: str, does: str = "") -> None:
        """Puts a program of that name there, which writes down its words and then `does`."""
        path = self._bin / name
        path.unlink(missing_ok=True)
        path.write_text(f'#!/bin/sh\necho "{name} $*" >>"{self.log}"\n{does}')
        path.chmod(0o755)

    def lack(self, name: str) -> None:
        (self._bin / name).unlink()

    def jam(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs ./jam; `asked` afterwards has what the fakes were asked meanwhile."""
        self.log.write_text("")
        command = ["/bin/sh", str(self.script), *words]
        env = self.environment | environment
        return subprocess.run(command, env=env, cwd="/", capture_output=True, text=True, check=False, timeout=20.0)

    @property
    def asked(self) -> list[str]:
        return self.log.read_text().splitlines()

    @property
    def played(self) -> list[str]:
        return [line.removeprefix("venv-jambox ").strip() for line in self.asked if line.startswith("venv-jambox")]

    @property
    def installed(self) -> list[str]:
        """The last word of each pip install, up to its last space: the house's name ends in `box`."""
        return [line.split(" ")[-1] for line in self.asked if " -m pip install " in line]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.mark.parametrize("shell", ["sh", "dash", "bash", "busybox"])
def test_every_shell_can_read_it(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    words = [shell, "sh"] if shell == "busybox" else [shell]
    assert subprocess.run([*words, "-n", str(JAM)], check=False).returncode == 0


def test_shellcheck_has_nothing_to_say() -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("no shellcheck here")
    assert subprocess.run(["shellcheck", str(JAM)], check=False).returncode == 0


def test_it_may_be_run() -> None:
    assert os.access(JAM, os.X_OK)


@pytest.mark.parametrize(
    ("words", "played"),
    [
        ((), "run"),
        (("--panel", "none"), "run --panel none"),
        (("--panel=none", "--audio", "null"), "run --panel=none --audio null"),
        (("run", "--panel", "none"), "run --panel none"),
        (("doctor", "--json"), "doctor --json"),
        (("render", "my tune.wav", "--seconds", "2"), "render my tune.wav --seconds 2"),
        (("--version",), "--version"),
        (("--help",), "--help"),
        (("-h",), "-h"),
    ],
)
def test_it_sets_up_once_and_then_runs(house: House, words: tuple[str, ...], played: str) -> None:
    first = house.jam(*words)
    assert (first.returncode, first.stdout) == (0, "played\n")
    assert "jam: setting up, once\n" in first.stderr
    assert house.played == [played]
    assert house.installed == ["pip", "box", "lgpio>=0.2.2"]
    second = house.jam(*words)
    assert (second.returncode, second.stdout, second.stderr) == (0, "played\n", "")
    assert house.played == [played]
    assert [line for line in house.asked if not line.startswith("venv-jambox")] == ["python3 -VV"]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda house: touch(house, "pyproject.toml"), id="other packages"),
        pytest.param(lambda house: touch(house, "jambox/sound/kernel.py"), id="another kernel"),
        pytest.param(lambda house: touch(house, "jambox/sound/kernel.pxd"), id="other types"),
        pytest.param(lambda house: touch(house, "jambox/sound/channels.py"), id="other strips"),
        pytest.param(lambda house: (house.folder / "jambox/sound/kernel.fake.so").unlink(), id="no kernel"),
    ],
)
def test_it_sets_up_again_when_what_it_was_made_from_changes(house: House, change: Callable[[House], None]) -> None:
    house.jam("setup")
    change(house)
    assert "setting up, once" in house.jam().stderr
    assert "setting up, once" not in house.jam().stderr


def test_it_sets_up_again_for_another_python(house: House) -> None:
    house.jam("setup")
    assert "setting up, once" in house.jam(PYTHON="3.13.5").stderr
    assert "setting up, once" not in house.jam(PYTHON="3.13.5").stderr


def touch(house: House, name: str) -> None:
    with (house.folder / name).open("a") as file:
        file.write("\n# another\n")


def test_a_link_to_it_will_do(house: House, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere" / "jam"
    link.parent.mkdir()
    link.symlink_to(house.folder / "jam")
    house.script = link
    assert house.jam("doctor").returncode == 0
    assert house.played == ["doctor"]
    assert not (link.parent / ".venv").exists()


def test_a_search_path_for_cd_does_not_lead_it_astray(house: House, tmp_path: Path) -> None:
    assert house.jam("doctor", CDPATH=str(tmp_path)).stdout == "played\n"


def test_setting_up_alone_says_that_it_is_ready(house: House) -> None:
    done = house.jam("setup")
    assert (done.returncode, done.stdout, done.stderr.splitlines()[-1]) == (0, "", "jam: ready")
    assert house.played == []


def test_without_lgpio_everything_else_is_set_up_and_setup_tries_again(house: House) -> None:
    done = house.jam("doctor", NO_LGPIO="1")
    assert (done.returncode, done.stdout) == (0, "played\n")
    assert "lgpio cannot be had on this machine: no wired panel, everything else works" in done.stderr
    assert house.jam("doctor").stderr == ""
    assert house.jam("setup").returncode == 0
    assert house.installed == ["lgpio>=0.2.2"]
    assert house.jam("setup", HAS_LGPIO="1").returncode == 0
    assert house.installed == []


def test_ableton_link_is_there_for_who_asks(house: House) -> None:
    house.jam("setup")
    assert not any("Link" in line for line in house.asked)
    done = house.jam("setup", "link")
    assert (done.returncode, done.stderr) == (0, "jam: ready\n")
    assert house.installed[-1] == "LinkPython-extern>=1.3"
    assert house.jam("setup", "link", HAS_LINK="1", HAS_LGPIO="1").returncode == 0
    assert house.installed == []


def test_ableton_link_that_cannot_be_had_costs_nothing_else(house: House) -> None:
    failed = house.jam("setup", "link", NO_LINK="1")
    assert failed.returncode == 1
    assert failed.stderr.splitlines()[-1].startswith("jam: Ableton Link cannot be had for this machine")
    assert house.jam("doctor").stdout == "played\n"


def test_setup_refuses_a_word_that_it_does_not_know(house: House) -> None:
    failed = house.jam("setup", "lnik")
    assert (failed.returncode, failed.stderr) == (1, "jam: ./jam setup takes nothing or `link`, not lnik\n")
    assert house.asked == []


def test_an_old_pip_will_do(house: House) -> None:
    done = house.jam("doctor", OFFLINE="1")
    assert (done.returncode, done.stdout) == (0, "played\n")
    assert "jam: pip cannot be brought up to date" in done.stderr


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"TOO_OLD": "1", "PYTHON": "3.9.2"}, "Python 3.9.2 is too old: jambox needs Python 3.11 or newer"),
        ({"NO_VENV": "1"}, "cannot make "),
        ({"NO_PIP": "1"}, "pip cannot install jambox"),
    ],
)
def test_a_set_up_that_fails_says_so_and_goes_on_the_next_time(
    house: House, environment: dict[str, str], told: str
) -> None:
    failed = house.jam("doctor", **environment)
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr.splitlines()[-1].startswith(f"jam: {told}")
    assert house.jam("doctor").stdout == "played\n"


def test_without_python_it_says_what_is_needed(house: House) -> None:
    house.lack("python3")
    failed = house.jam("doctor")
    assert failed.returncode == 1
    assert failed.stderr.splitlines()[-1] == "jam: no python3 here: jambox needs Python 3.11 or newer"


def test_without_apt_get_it_says_what_to_install_and_tries(house: House) -> None:
    done = house.jam("doctor")
    assert "jam: no apt-get here: install a C++ compiler" in done.stderr
    assert done.stdout == "played\n"


def test_missing_packages_are_installed_as_root(house: House) -> None:
    house.fake("dpkg-query", '[ "$4" = gcc ] || echo "install ok installed"\n')
    house.fake("apt-get")
    house.fake("id", "echo 1000\n")
    house.fake("sudo", '"$@"\n')
    done = house.jam("doctor")
    assert "jam: installing gcc\n" in done.stderr
    apt = [line for line in house.asked if line.startswith("apt-get")]
    assert apt == ["apt-get update -qq", "apt-get install -y -qq --no-install-recommends gcc"]
    assert sum(line.startswith("sudo ") for line in house.asked) == 2


def test_nothing_is_asked_of_root_when_nothing_is_missing(house: House) -> None:
    house.fake("dpkg-query", 'echo "install ok installed"\n')
    house.fake("apt-get")
    assert house.jam("doctor").returncode == 0
    assert not any(line.startswith("apt-get") for line in house.asked)


@pytest.mark.parametrize(
    ("sudo", "apt", "told"),
    [
        (False, "", "jam: needs root for: apt-get update -qq (become root, or install sudo, and try again)"),
        (True, '[ "$1" = update ] || exit 100\n', "jam: apt-get cannot install gcc"),
    ],
)
def test_packages_that_cannot_be_installed_end_it(house: House, sudo: bool, apt: str, told: str) -> None:
    house.fake("dpkg-query", '[ "$4" = gcc ] || echo "install ok installed"\n')
    house.fake("apt-get", apt)
    house.fake("id", "echo 1000\n")
    if sudo:
        house.fake("sudo", '"$@"\n')
    failed = house.jam("doctor")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr.splitlines()[-1].startswith(told)
    assert not any("-m venv" in line for line in house.asked)
