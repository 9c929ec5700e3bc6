"""The socket: questions and answers over a real one, and what happens to those that make no sense."""

import asyncio
import json
import os
import socket
import stat
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from jambox import remote
from jambox.errors import AlreadyRunningError, NotRunningError, SocketError, UnknownNameError
from jambox.remote import LONGEST, Answer, Request, ask, serve

Handler = Callable[[Request], Awaitable[Answer]]


async def echo(request: Request) -> Answer:
    """Says back what was asked; refuses the button `nothing`."""
    if request.press == "nothing":
        raise UnknownNameError("the panel has no button 'nothing'")
    return Answer((request.press, request.turn), {"hold": request.hold} if request.status else {})


def served(path: Path, talk: Callable[[], Any], handle: Handler = echo) -> Any:
    """What `talk` gives, on a thread of its own, while a server answers at `path`."""

    async def run() -> Any:
        server = await serve(path, handle)
        try:
            return await asyncio.to_thread(talk)
        finally:
            server.close()

    return asyncio.run(run())


def lines(path: Path, data: bytes) -> list[dict[str, Any]]:
    """The answers to `data`, sent as it is and then ended."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10.0)
        connection.connect(os.fspath(path))
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as answers:
            return [json.loads(line) for line in answers]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "socket"


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (Request(press="drone"), Answer(("drone", ""))),
        (Request(turn="volume", value=0.25, holding=("shift",)), Answer(("", "volume"))),
        (Request(press="tap", hold=0.5, status=True), Answer(("tap", ""), {"hold": 0.5})),
        (Request(press="nothing"), Answer(error="the panel has no button 'nothing'")),
        (Request(), Answer(("", ""))),
    ],
)
def test_what_is_asked_is_answered(path: Path, request_: Request, answer: Answer) -> None:
    assert served(path, lambda: ask(path, request_)) == answer


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"hello", "not understood: JSON is malformed"),
        (b"{", "not understood: Input data was truncated"),
        (b"[]", "not understood: Expected `object`, got `array`"),
        (b'{"pres": "drone"}', "not understood: Object contains unknown field `pres`"),
        (b'{"press": 3}', "not understood: Expected `str`, got `int` - at `$.press`"),
        (b'{"press": "drone", "hold": -1}', "not understood: Expected `float` >= 0.0 - at `$.hold`"),
        (b'{"press": "drone", "hold": 31}', "not understood: Expected `float` <= 30.0 - at `$.hold`"),
        (b'{"turn": "volume", "value": NaN}', "not understood: JSON is malformed"),
        (b'{"turn": "volume", "value": null}', "not understood: Expected `float`, got `null` - at `$.value`"),
        (b'{"press": "\xff"}', "not understood: 'utf-8' codec"),
        (b"\xff\xfe", "not understood: JSON is malformed"),
        (b"x" * (LONGEST + 1), f"not understood: the line is longer than {LONGEST} bytes"),
        (b" " * LONGEST + b"{}", f"not understood: the line is longer than {LONGEST} bytes"),
        (b"x" * (5 * LONGEST), f"not understood: the line is longer than {LONGEST} bytes"),
    ],
)
def test_what_makes_no_sense_is_answered_too_and_the_talk_goes_on(path: Path, line: bytes, told: str) -> None:
    first, second = served(path, lambda: lines(path, line + b'\n{"press": "drone"}\n'))
    assert first["error"].startswith(told)
    assert second == {"said": ["drone", ""]}


def test_many_lines_on_one_connection_are_answered_in_order(path: Path) -> None:
    data = b"".join(b'{"press": "%d"}\n' % number for number in range(500))
    answers = served(path, lambda: lines(path, data))
    assert [answer["said"][0] for answer in answers] == [str(number) for number in range(500)]


def test_a_last_line_may_lack_its_end(path: Path) -> None:
    assert served(path, lambda: lines(path, b'{"press": "drone"}')) == [{"said": ["drone", ""]}]


def test_the_longest_line_is_read(path: Path) -> None:
    line = b'{"press": "drone"}'.ljust(LONGEST)
    assert served(path, lambda: lines(path, line + b"\n")) == [{"said": ["drone", ""]}]


def test_a_caller_that_goes_away_harms_nobody(path: Path) -> None:
    asked = threading.Event()

    async def slow(request: Request) -> Answer:
        if request.press == "slow":
            asked.set()
            await asyncio.sleep(0.05)
        return await echo(request)

    def talk() -> Answer:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(os.fspath(path))
            connection.sendall(b'{"press": "slow"}\n' * 3)
            assert asked.wait(10.0)
        return ask(path, Request(press="drone"))

    assert served(path, talk, slow) == Answer(("drone", ""))


def test_several_callers_are_answered_at_once(path: Path) -> None:
    together = threading.Barrier(3, timeout=10.0)

    async def meeting(request: Request) -> Answer:
        await asyncio.to_thread(together.wait)
        return await echo(request)

    def talk() -> list[Answer]:
        answers: list[Answer] = []
        callers = [
            threading.Thread(target=lambda name=name: answers.append(ask(path, Request(press=name)))) for name in "abc"
        ]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        return answers

    assert sorted(answer.said[0] for answer in served(path, talk, meeting)) == ["a", "b", "c"]


def test_owner_and_group_may_speak(path: Path) -> None:
    umask = os.umask(0o077)
    try:
        mode = served(path, lambda: path.stat().st_mode)
    finally:
        os.umask(umask)
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o660
    assert stat.S_IMODE(path.parent.stat().st_mode) & 0o007 == 0


def test_a_socket_that_a_killed_box_left_is_taken_over(path: Path) -> None:
    path.parent.mkdir()
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(os.fspath(path))
        left.listen()
    assert path.exists()
    assert served(path, lambda: ask(path, Request(press="drone"))) == Answer(("drone", ""))


def test_a_socket_that_answers_is_not_taken_over(path: Path) -> None:
    async def second() -> None:
        server = await serve(path, echo)
        try:
            with pytest.raises(AlreadyRunningError, match=f"already running at {path}: stop it first"):
                await serve(path, echo)
            assert await asyncio.to_thread(ask, path, Request(press="drone")) == Answer(("drone", ""))
        finally:
            server.close()

    asyncio.run(second())


def test_a_file_that_is_no_socket_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("dear friend")
    with pytest.raises(SocketError, match=r"cannot listen there: .* in use; .*--socket$"):
        served(path, lambda: None)
    assert path.read_text() == "dear friend"


@pytest.mark.parametrize("place", ["file/socket", "x" * 108])
def test_a_place_that_refuses_is_a_socket_error(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SocketError, match="cannot listen there"):
        served(tmp_path / place, lambda: None)


def test_without_a_box_the_remedy_is_told(path: Path) -> None:
    with pytest.raises(NotRunningError, match=rf"^no box answers at {path} \(.*\): start it by `\./jam`$"):
        ask(path, Request(status=True))


@pytest.mark.parametrize(
    ("reply", "told"), [(b"", "hung up: look at its log"), (b"HTTP/1.1 400 Bad Request\r\n", "is no box")]
)
def test_what_answers_like_no_box_is_none(tmp_path: Path, reply: bytes, told: str) -> None:
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(os.fspath(path))
        other.listen()

        def answer() -> None:
            connection, _ = other.accept()
            with connection:
                connection.recv(LONGEST)
                connection.sendall(reply)

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(NotRunningError, match=told):
            ask(path, Request(status=True))
        thread.join()


def test_a_box_that_does_not_answer_in_time_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "PATIENCE", 0.05)
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(os.fspath(path))
        other.listen()
        with pytest.raises(NotRunningError, match="timed out"):
            ask(path, Request(status=True))


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"RUNTIME_DIRECTORY": "/run/jambox", "XDG_RUNTIME_DIR": "/run/user/1000"}, "/run/jambox/socket"),
        ({"XDG_RUNTIME_DIR": "/run/user/1000"}, "/run/user/1000/jambox/socket"),
        ({}, f"/tmp/jambox-{os.getuid()}/jambox/socket"),
    ],
)
def test_where_the_socket_lies(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: str) -> None:
    for name in ("RUNTIME_DIRECTORY", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(Path, "exists", lambda _path: False)
    assert remote.default_path() == Path(expected)


def test_the_services_socket_comes_before_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RUNTIME_DIRECTORY", raising=False)
    monkeypatch.setattr(Path, "exists", lambda path: path == Path("/run/jambox/socket"))
    assert remote.default_path() == Path("/run/jambox/socket")
