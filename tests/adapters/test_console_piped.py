"""In a pipe each line in gives one line out, whatever the bytes are, and a bug becomes an answer."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import sys
import threading
from collections.abc import AsyncIterator
from io import BytesIO, FileIO
from pathlib import Path
from typing import Any, cast

import pytest

from adapters.console import guard
from adapters.console.app import run_console
from adapters.console.output import as_json, as_line
from adapters.console.piped import Source, run_piped
from adapters.console.session import Session
from adapters.wiring import House as Assembled
from bot.people import ChatUser
from bot.reply import Reply, Tone, say
from tests.house import House

ALICE = ChatUser("console:alice", "alice")
SECRET = "eyJhbGciOiJIUzI1NiJ9.secret"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with House.opened(tmp_path) as house:
        yield house


class Scripted(Session):
    """Answers without a house: `slow` when it is let go, `bug` never, anything else with itself."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.go = asyncio.Event()

    async def answer(self, line: str) -> Reply:
        self.lines.append(line)
        if line == "slow":
            await self.go.wait()
        if line.startswith("/bug"):
            raise RuntimeError(f"authorization: Bearer {SECRET}")
        return Reply(Tone.ERROR if line == "error" else Tone.OK, say(line or "(nothing)"))


async def piped(given: bytes | Source, session: Session | None = None) -> tuple[list[str], list[str], int]:
    """The lines that the session got, those that it gave, and the exit status."""
    session = session or Scripted()
    out = BytesIO()
    source = BytesIO(given) if isinstance(given, bytes) else given
    status = await run_piped(session, as_line, source, out)
    return getattr(session, "lines", []), out.getvalue().decode().split("\n")[:-1], status


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        (b"", []),
        (b"a\nb\n", ["a", "b"]),
        (b"a\r\nb\r\n", ["a", "b"]),
        (b"a\nb", ["a", "b"]),
        (b"\n\n", ["", ""]),
        (b"a\xff\xfeb\n", ["a\ufffd\ufffdb"]),
        (b"\xe2\x82\n", ["\ufffd"]),
        (b"a\x00b\n", ["a\x00b"]),
        (b"a\rb\x0bc\n", ["a\rb\x0bc"]),
        ("a\u2028b\x85c\n".encode(), ["a\u2028b\x85c"]),
        (b"x" * 200_000 + b"\ny\n", ["x" * 200_000, "y"]),
    ],
    ids=["nothing", "two", "CRLF", "no end", "empty", "not UTF-8", "cut UTF-8", "NUL", "CR", "unicode breaks", "long"],
)
async def test_each_line_is_answered_by_exactly_one_line(given: bytes, lines: list[str]) -> None:
    got, gave, status = await piped(given)
    assert (got, len(gave), status) == (lines, len(lines), 0)


async def test_the_exit_status_is_1_when_any_answer_was_an_error() -> None:
    assert (await piped(b"a\nerror\nb\n"))[2] == 1
    assert (await piped(b"a\nb\n"))[2] == 0


async def test_an_answer_is_written_before_the_next_line_is_there() -> None:
    (read_in, write_in), (read_out, write_out) = os.pipe(), os.pipe()
    with FileIO(read_in, "rb") as source, FileIO(write_out, "wb") as out, FileIO(read_out, "rb") as answers:
        session = Scripted()
        running = asyncio.create_task(run_piped(session, as_line, source, cast("Any", out)))
        os.write(write_in, b"o")
        os.write(write_in, b"ne\ntw")
        assert await asyncio.to_thread(answers.read, 100) == b"one\n"
        os.write(write_in, b"o")
        os.close(write_in)
        assert await running == 0
        assert answers.read(100) == b"two\n"


async def test_waiting_for_input_keeps_no_process_from_ending() -> None:
    read, write = os.pipe()
    with FileIO(read, "rb") as source:
        running = asyncio.create_task(run_piped(Scripted(), as_line, source, BytesIO()))
        while not (waiting := [one for one in threading.enumerate() if one.name == "usher-input"]):
            await asyncio.sleep(0)
        assert all(one.daemon for one in waiting)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        os.write(write, b"late\n")  # is given to nobody
        await asyncio.to_thread(waiting[0].join)
        await asyncio.sleep(0)
        os.close(write)
    assert running.cancelled()


async def test_a_reader_that_goes_away_ends_the_session_quietly() -> None:
    class Gone(BytesIO):
        def flush(self) -> None:
            raise BrokenPipeError

    session = Scripted()
    assert await run_piped(session, as_line, BytesIO(b"error\nb\n"), Gone()) == 1
    assert session.lines == ["error"]


async def test_input_that_cannot_be_read_any_more_has_ended() -> None:
    class HungUp:
        def read(self, size: int, /) -> bytes | None:
            raise OSError(5, "Input/output error")

    class NotThere:
        def read(self, size: int, /) -> bytes | None:
            return None

    assert await piped(HungUp()) == ([], [], 0)
    assert await piped(NotThere()) == ([], [], 0)


async def test_hostile_lines_are_answered_on_the_real_rooms(house: House) -> None:
    given = b"/mute \x00\xff\r\n/kick " + "\u2028\x85\x1b[2J".encode() + b"\n/participants \x00\n\x00\nyes\x0b\n"
    out = BytesIO()
    session = Session(house.dispatcher, ALICE, "standup")
    status = await run_piped(session, as_json, BytesIO(given), out)
    answers = [json.loads(line) for line in out.getvalue().decode().splitlines()]
    assert len(answers) == 5
    assert {answer["outcome"] for answer in answers} == {None}
    assert status == 1
    assert house.writes == []


async def test_a_bug_is_one_answer_with_a_reference_and_the_session_goes_on(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        got, (bug, after), status = await piped(b"/bug here\nfine\n")
    assert (got, after, status) == (["/bug here", "fine"], "fine", 1)
    (record,) = [record for record in caplog.records if record.levelname == "ERROR"]
    reference = record.getMessage().split()[1].strip(":")
    assert f"Something went wrong inside Usher (reference {reference})." in bug
    assert "RuntimeError" in record.getMessage()
    assert "test_console_piped.py" in record.getMessage()  # where it was
    assert SECRET not in "".join([caplog.text, bug, *capsys.readouterr()])


async def test_a_bugs_answer_names_the_command() -> None:
    reply = await guard.guarded(Scripted(), "/bug here", io.StringIO())
    assert (reply.command, reply.tone, reply.outcome) == ("bug", Tone.ERROR, None)


async def test_long_work_gives_signs_of_life_on_standard_error_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(guard, "FIRST_SIGN", 0)
    monkeypatch.setattr(guard, "NEXT_SIGNS", 0)
    session = Scripted()
    seen = ""
    running = asyncio.create_task(piped(b"slow\n", session))
    while seen.count("Still at work (0 s) ...\n") < 2:
        await asyncio.sleep(0)
        seen += capsys.readouterr().err
    session.go.set()
    assert (await running)[1] == ["slow"]
    assert capsys.readouterr().out == ""


async def test_short_work_gives_none(capsys: pytest.CaptureFixture[str]) -> None:
    await piped(b"a\n")
    await asyncio.sleep(0)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("json_", [False, True])
async def test_without_a_terminal_the_console_reads_the_pipe(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, json_: bool
) -> None:
    (tmp_path / "in").write_bytes(b"/rooms\n")
    with (tmp_path / "in").open() as source, (tmp_path / "out").open("w") as out:
        monkeypatch.setattr(sys, "stdin", source)
        monkeypatch.setattr(sys, "stdout", out)
        whole = Assembled(
            house.dispatcher, house.services, cast("Any", None), house.database, house.channels, house.enforcement
        )
        assert await run_console(whole, ALICE, json=json_) == 0
    (line,) = (tmp_path / "out").read_text(encoding="utf-8").splitlines()
    assert (json.loads(line)["title"] if json_ else line).startswith("2 live rooms")


async def test_what_nobody_asked_for_goes_beside_the_answers(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading) as source, (tmp_path / "out").open("w") as out:
        monkeypatch.setattr(sys, "stdin", source)
        monkeypatch.setattr(sys, "stdout", out)
        whole = Assembled(
            house.dispatcher, house.services, cast("Any", None), house.database, house.channels, house.enforcement
        )
        running = asyncio.create_task(run_console(whole, ALICE, json=True))
        while not await house.channels.tell("standup", Reply(Tone.WARN, say("Look here"))):
            await asyncio.sleep(0)
        os.close(writing)
        assert await running == 0
    assert (tmp_path / "out").read_text() == ""
    assert json.loads(capsys.readouterr().err)["title"] == "Look here"
