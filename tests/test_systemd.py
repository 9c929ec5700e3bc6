"""The unit and the scripts that install and remove it, tried below a folder, without systemd and without network."""

import os
import re
import subprocess
from collections import defaultdict
from collections.abc import Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path

import pytest

from jambox.config import STICKS
from jambox.sound.rights import FIRST
from tests.rig.box import HEAP

SYSTEMD = Path(__file__).parent.parent / "systemd"
FILES = (
    "etc/systemd/system/jambox.service",
    "etc/sysusers.d/jambox.conf",
    "etc/tmpfiles.d/jambox.conf",
    "etc/modules-load.d/jambox.conf",
    "etc/udev/rules.d/70-jambox.rules",
    "etc/udev/rules.d/71-jambox-stick.rules",
)


def parse_unit(text: str) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Section -> key -> values in order; systemd lets a key stand several times, which configparser does not."""
    unit: dict[str, dict[str, list[str]]] = {}
    section: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.startswith("["):
            section = unit.setdefault(line.strip("[]"), defaultdict(list))
        elif line and not line.startswith("#"):
            key, equals, value = line.partition("=")
            assert equals, f"no key=value: {line}"
            section[key].append(value)
    return unit


UNIT = parse_unit((SYSTEMD / "jambox.service").read_text(encoding="utf-8"))


def run(script: str, root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(SYSTEMD / script), *options],
        env={"PATH": os.environ["PATH"], "DESTDIR": str(root)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("PrivateNetwork", "yes"),
        ("Type", "notify"),
        ("NotifyAccess", "main"),
        ("ExecStart", "/opt/jambox/.venv/bin/jambox run --state /var/lib/jambox"),
        ("Restart", "always"),
        ("KillMode", "mixed"),
        ("OOMPolicy", "continue"),
        ("User", "jambox"),
        ("UMask", "0007"),
        ("StateDirectory", "jambox"),
        ("CacheDirectory", "jambox"),
        ("RuntimeDirectory", "jambox"),
        ("RuntimeDirectoryMode", "0750"),
        ("RuntimeDirectoryPreserve", "restart"),
        ("WorkingDirectory", "/run/jambox"),
        ("LimitRTPRIO", "95"),
        ("LimitNICE", str(FIRST)),
        ("LimitMEMLOCK", "infinity"),
        ("DevicePolicy", "closed"),
        ("RestrictAddressFamilies", "AF_UNIX"),
    ],
)
def test_unit_says(key: str, value: str) -> None:
    assert UNIT["Service"][key] == [value]


def test_unit_restarts_for_ever_and_soon() -> None:
    assert UNIT["Unit"]["StartLimitIntervalSec"] == ["0"]
    assert float(UNIT["Service"]["RestartSec"][0]) <= 2
    assert float(UNIT["Service"]["WatchdogSec"][0]) <= 15
    assert UNIT["Install"]["WantedBy"] == ["multi-user.target"]


@pytest.mark.parametrize(
    "key", ["PrivateDevices", "RestrictRealtime", "ProtectClock", "ProcSubset", "BindsTo", "PartOf"]
)
def test_unit_leaves_out_what_would_stop_the_engine(key: str) -> None:
    assert key not in UNIT["Service"]
    assert key not in UNIT["Unit"]


def test_unit_gives_back_real_time_calls_after_taking_resources() -> None:
    filters = UNIT["Service"]["SystemCallFilter"]
    taken = next(i for i, calls in enumerate(filters) if "@resources" in calls)
    given = " ".join(filters[taken + 1 :]).split()
    assert {"sched_setscheduler", "sched_setaffinity", "setpriority"} <= set(given)


def test_unit_opens_just_the_devices_that_the_box_uses_and_loads_their_drivers() -> None:
    assert UNIT["Service"]["DeviceAllow"] == ["char-alsa rw", "char-gpiochip rw", "char-spi rw"]
    modules = (SYSTEMD / "modules-load.conf").read_text(encoding="utf-8").splitlines()
    assert [line for line in modules if not line.startswith("#")] == ["snd-seq", "spidev"]


def test_unit_groups_exist() -> None:
    users = (SYSTEMD / "sysusers.conf").read_text(encoding="utf-8")
    made = set(re.findall(r"^[ug] (\S+)", users, re.MULTILINE))
    # Debian's base-passwd brings the group audio.
    assert set(UNIT["Service"]["SupplementaryGroups"][0].split()) <= made | {"audio"}
    assert "jambox" in made


def test_lgpio_writes_where_the_box_may() -> None:
    environment = dict(pair.split("=") for pair in UNIT["Service"]["Environment"][0].split())
    assert environment["LG_WD"] == "/run/jambox"
    assert environment["GPIOZERO_PIN_FACTORY"] == "lgpio"


def test_threads_share_a_heap_as_in_the_tests_of_the_whole_box() -> None:
    assert UNIT["Service"]["Environment"][1:] == [f"{name}={value}" for name, value in HEAP.items()]


def test_no_rule_restarts_the_box_on_a_sound_card() -> None:
    rules = [line for line in (SYSTEMD / "udev.rules").read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    assert rules
    assert not [line for line in rules if re.search(r'"sound"|RUN|SYSTEMD_WANTS', line)]


RULE = re.compile(r'[A-Z_]+(\{[A-Za-z_]+\})?(==|!=|=|\+=)"[^"]+"')


def test_a_stick_of_that_name_is_mounted_read_only_and_no_other() -> None:
    rules = [line for line in (SYSTEMD / "stick.rules").read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    assert all(RULE.fullmatch(token) for line in rules for token in line.split(", "))
    asked, (bound, *mounts, end) = rules[:4], rules[4:]
    assert [line.split("!=")[0] for line in asked] == ["ACTION", "SUBSYSTEM", "ENV{ID_BUS}", "ENV{ID_FS_LABEL}"]
    assert {line.split(", ")[1] for line in asked} == {f'GOTO="{end[7:-1]}"'}
    assert bound == 'ENV{SYSTEMD_MOUNT_DEVICE_BOUND}="1"'
    for line in mounts:
        (options,) = re.findall(r"--options=(\S+)", line)
        assert {"ro", "nosuid", "nodev", "noexec"} <= set(options.split(","))
        (place,) = re.findall(r'(\S+)/%k"', line)
        assert any(fnmatch(f"{place}/sda1/jambox/tunings", pattern) for pattern in STICKS)


def test_install_twice_then_uninstall_keeps_state_until_purged(tmp_path: Path) -> None:
    take = tmp_path / "var/lib/jambox/takes/0001.wav"
    take.parent.mkdir(parents=True)
    take.write_bytes(b"RIFF")
    box = tmp_path / "opt/jambox"

    first = run("install", tmp_path, "--files-only")
    assert (first.returncode, first.stderr) == (0, "")
    (box / ".venv").mkdir()
    (box / ".venv/kept").touch()
    (box / "jambox/gone.py").touch()
    second = run("install", tmp_path, "--files-only")
    assert (second.returncode, second.stderr) == (0, "")

    assert all((tmp_path / name).is_file() for name in FILES)
    assert (box / "jambox/units.py").read_bytes() == (SYSTEMD.parent / "jambox/units.py").read_bytes()
    assert os.access(box / "systemd/uninstall", os.X_OK)
    assert (box / ".venv/kept").exists()
    assert not (box / "jambox/gone.py").exists()
    assert not (box / ".git").exists()
    assert sorted(path.name for path in box.parent.iterdir()) == ["jambox"]
    assert (tmp_path / "usr/local/bin/jambox").readlink() == Path("/opt/jambox/.venv/bin/jambox")

    for _ in range(2):
        assert run("uninstall", tmp_path, "--files-only").returncode == 0
        assert [path for path in tmp_path.rglob("*") if path.is_file() or path.is_symlink()] == [take]
    assert run("uninstall", tmp_path, "--files-only", "--purge").returncode == 0
    assert not take.exists()


def test_link_opens_the_network_and_stays_until_it_is_uninstalled(tmp_path: Path) -> None:
    there = tmp_path / "etc/systemd/system/jambox.service.d/link.conf"
    assert run("install", tmp_path, "--files-only").returncode == 0
    assert not there.exists()
    for options in (("--link",), ()):
        assert run("install", tmp_path, "--files-only", *options).returncode == 0
        assert parse_unit(there.read_text(encoding="utf-8")) == {
            "Service": {
                "PrivateNetwork": ["no"],
                "RestrictAddressFamilies": ["AF_UNIX AF_INET AF_INET6 AF_NETLINK"],
            }
        }
    own = there.with_name("own.conf")
    own.touch()
    assert run("uninstall", tmp_path, "--files-only").returncode == 0
    assert [path for path in tmp_path.rglob("*") if path.is_file() or path.is_symlink()] == [own]


def test_an_installed_box_installs_and_removes_itself(tmp_path: Path) -> None:
    assert run("install", tmp_path, "--files-only").returncode == 0
    own = tmp_path / "opt/jambox/systemd"
    for script in ("install", "uninstall"):
        done = subprocess.run(
            ["sh", str(own / script), "--files-only"],
            env={"PATH": os.environ["PATH"], "DESTDIR": str(tmp_path)},
            check=False,
        )
        assert done.returncode == 0
        assert own.exists() == (script == "install")


def test_prefix_is_carried_into_the_unit(tmp_path: Path) -> None:
    assert run("install", tmp_path, "--files-only", "--prefix", "/srv/box").returncode == 0
    unit = parse_unit((tmp_path / FILES[0]).read_text(encoding="utf-8"))
    assert unit["Service"]["ExecStart"] == ["/srv/box/.venv/bin/jambox run --state /var/lib/jambox"]
    assert run("uninstall", tmp_path, "--files-only", "--prefix=/srv/box").returncode == 0
    assert not (tmp_path / "srv/box").exists()


@pytest.mark.parametrize("script", ["install", "uninstall"])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "add --files-only"),
        (("--files-only", "--prefix", "opt/x"), "give the whole path"),
        (("--files-only", "--prefix", "/"), "without a / at the end"),
        (("--files-only", "--prefix", "/a/../b"), "use letters"),
        (("--files-only", "--prefix", "/a b"), "use letters"),
        (("--files-only", "--prefix"), "needs a folder"),
        (("--files-only", "--prefix", "/usr"), "is something else"),
        (("--nonsense",), "unknown option --nonsense"),
    ],
)
def test_scripts_refuse_what_would_do_harm(tmp_path: Path, script: str, options: tuple[str, ...], message: str) -> None:
    (tmp_path / "usr/precious").mkdir(parents=True)
    done = run(script, tmp_path, *options)
    assert done.returncode == 1
    assert message in done.stderr
    assert [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")] == ["usr", "usr/precious"]
