"""The console on a terminal: what a narrow screen shows, what is kept of the lines, and how it ends."""

from __future__ import annotations

import asyncio
import io
import os
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from prompt_toolkit.application import create_app_session, get_app_session
from prompt_toolkit.history import FileHistory, InMemoryHistory
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput
from prompt_toolkit.output.plain_text import PlainTextOutput
from rich.cells import cell_len
from rich.console import Console

from adapters.console import terminal
from adapters.console.app import run_console
from adapters.console.session import Session
from adapters.console.terminal import run_terminal, show
from adapters.console.told import Told
from adapters.wiring import House as Assembled
from bot.command import Nothing
from bot.people import ChatUser
from bot.plain import plain
from bot.reply import Button, Column, Fields, Name, Reply, Table, Tone, say, text
from tests.clocks import eventually
from tests.house import House, options

ALICE = ChatUser("console:alice", "alice")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with House.opened(tmp_path) as house:
        yield house


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[PipeInput]:
    """What is typed; the lines before are kept below the test's own folder."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        yield keys


def shown(reply: Reply, width: int = 120) -> str:
    out = io.StringIO()
    show(Console(file=out, width=width, highlight=False, markup=False), reply)
    return out.getvalue()


def kept(tmp_path: Path) -> Path:
    return tmp_path / "state" / "usher" / "console-history"


async def typed(house: House, keys: PipeInput, given: str) -> int:
    keys.send_text(given)
    return await begun(house)


async def begun(house: House) -> int:
    return await run_terminal(Session(house.dispatcher, ALICE, "standup"), house.services, house.channels)


async def test_lines_are_answered_until_ctrl_d(
    house: House, keys: PipeInput, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await typed(house, keys, "/kick bob\r\r   \ryes\r\x04") == 0
    out = capsys.readouterr().out
    assert "Ctrl-D ends" in out
    assert "Answer yes or no." in out
    assert "bob" not in house.rooms.rooms["standup"].people


async def test_the_exit_status_is_1_when_any_answer_was_an_error(
    house: House, keys: PipeInput, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await typed(house, keys, "/mute nobody-at-all\r/rooms\r\x04") == 1
    assert "Error: " in capsys.readouterr().out


async def test_ctrl_c_drops_the_line_and_goes_on(
    house: House, keys: PipeInput, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await typed(house, keys, "/mute bob\x03/rooms\r\x04") == 0
    assert "2 live rooms" in capsys.readouterr().out
    assert house.writes == []


async def test_tab_completes_the_command(house: House, keys: PipeInput, capsys: pytest.CaptureFixture[str]) -> None:
    keys.send_text("/who\t")
    running = asyncio.create_task(begun(house))

    async def completed() -> bool:
        app = get_app_session().app
        return app is not None and app.current_buffer.text.strip() == "/whoami"

    await eventually(completed)
    keys.send_text("\r\x04")
    assert await running == 0
    assert "console:alice" in capsys.readouterr().out


async def test_what_was_typed_is_kept_for_its_owner_alone(house: House, keys: PipeInput, tmp_path: Path) -> None:
    kept(tmp_path).parent.mkdir(parents=True)
    kept(tmp_path).touch(0o644)
    await typed(house, keys, "/rooms\r\x04")
    assert "/rooms" in kept(tmp_path).read_text()
    assert kept(tmp_path).stat().st_mode & 0o777 == 0o600


def test_a_new_folder_and_file_are_closed_to_others(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert isinstance(terminal._history(), FileHistory)
    path = tmp_path / ".local" / "state" / "usher" / "console-history"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_where_nothing_can_be_kept_lines_stay_in_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert isinstance(terminal._history(), InMemoryHistory)

    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setattr(Path, "home", homeless)
    assert isinstance(terminal._history(), InMemoryHistory)


TABLE = Table(
    (Column("Name", 0), Column("Identity", 1), Column("Place", 2), Column("Joined", 3)),
    ((say(Name("Bob Stone")), say("bob"), say("stage"), say("3 min ago")),),
)


@pytest.mark.parametrize(
    ("width", "columns"),
    [
        (40, ["Name"]),
        (49, ["Name"]),
        (50, ["Name", "Identity"]),
        (80, ["Name", "Identity", "Place"]),
        (100, ["Name", "Identity", "Place", "Joined"]),
        (120, ["Name", "Identity", "Place", "Joined"]),
    ],
)
def test_a_narrow_screen_drops_the_least_important_columns(width: int, columns: list[str]) -> None:
    lines = shown(Reply(Tone.INFO, say("People"), (TABLE,)), width).splitlines()
    assert lines[1].split() == columns
    assert "Bob Stone" in lines[2]
    assert ("3 min ago" in lines[2]) is ("Joined" in columns)
    assert all(len(line) <= width for line in lines)


@pytest.mark.parametrize("width", [40, 80, 120])
async def test_every_width_shows_everybody_in_the_room(house: House, width: int) -> None:
    out = shown(await house.say("/participants", "alice"), width)
    assert all(name in out for name in ("Hana Ito", "Bob Stone", "Anna Berg"))
    assert all(cell_len(line) <= width for line in out.splitlines())


@pytest.mark.parametrize(
    ("tone", "first"), [(Tone.OK, "Done: x"), (Tone.INFO, "x"), (Tone.WARN, "x"), (Tone.ERROR, "Error: x")]
)
def test_the_state_stands_in_words(tone: Tone, first: str) -> None:
    assert shown(Reply(tone, say("x"))).splitlines() == [first]


def test_an_answer_shows_its_parts_its_case_and_what_it_offers() -> None:
    parts = (text("Why it was."), Fields((("id", say("bob")),)))
    reply = Reply(Tone.OK, say("Muted"), parts, (Button("Keep muted", Nothing()), Button("Undo", Nothing())), case=7)
    assert shown(reply).splitlines() == [
        "Done: Muted", "  Why it was.", "  id: bob", "Case 7.", "[1] Keep muted  [2] Undo",
    ]  # fmt: skip


async def test_a_question_and_a_choice_say_how_to_answer(house: House) -> None:
    question = shown(await house.say("/kick bob"))
    assert question.splitlines()[-1] == "Answer yes or no."
    assert "[1]" not in question
    choice = await house.say("/mute ann")
    lines = shown(choice).splitlines()
    assert lines[-1] == "Answer with a number, or no."
    assert sum(line.startswith(("  1. ", "  2. ")) for line in lines) == len(options(choice))


def test_a_text_that_begins_like_an_answer_hides_no_offer() -> None:
    reply = Reply(Tone.OK, say("Done"), (text("Answer me."),), (Button("Keep muted", Nothing()),))
    assert shown(reply).splitlines()[-1] == "[1] Keep muted"


@pytest.mark.parametrize("mark", ["\x1b[2J", "\x9b2J", "\x07", "\r", "\x08", "\x00", "\u2028"])
def test_no_name_reaches_the_terminal_as_a_command(mark: str) -> None:
    hostile = f"a{mark}b"
    table = Table((Column("Name"),), ((say(hostile),),))
    parts = (text(hostile), Fields((("id", say(hostile)),)), table)
    out = shown(Reply(Tone.ERROR, say(hostile), parts, (Button(hostile, Nothing()),)))
    assert mark not in out
    assert out.count("\n") == len(out.splitlines())


def test_markup_in_a_name_is_only_text() -> None:
    assert "[red]bob[/red]" in shown(Reply(Tone.OK, say(Name("[red]bob[/red]"))))


async def test_a_terminal_on_both_sides_gets_a_prompt(
    house: House, keys: PipeInput, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    master, slave = os.openpty()
    with os.fdopen(slave, "r", closefd=False) as source:
        monkeypatch.setattr(sys, "stdin", source)
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        keys.send_text("/whoami\r\x04")
        whole = Assembled(
            house.dispatcher, house.services, cast("Any", None), house.database, house.channels, house.enforcement
        )
        assert await run_console(whole, ALICE) == 0
    os.close(master)
    os.close(slave)
    assert "console:alice" in capsys.readouterr().out


async def test_what_nobody_asked_for_stands_above_the_prompt_and_changes_no_number(
    house: House, keys: PipeInput, capsys: pytest.CaptureFixture[str]
) -> None:
    above = io.StringIO()
    with create_app_session(input=keys, output=PlainTextOutput(above)):
        running = asyncio.create_task(begun(house))
    keys.send_text("/kick bob\r")
    seen = ""

    async def asked() -> bool:
        nonlocal seen
        seen += capsys.readouterr().out
        return "Answer yes or no." in seen

    await eventually(asked)
    assert await house.channels.tell("standup", Reply(Tone.WARN, say("Look here"), (), (Button("Do it", Nothing()),)))
    keys.send_text("1\r\x04")
    assert await running == 0
    seen += capsys.readouterr().out + above.getvalue()
    assert "Look here" in seen
    assert "Do it" not in seen
    assert "bob" not in house.rooms.rooms["standup"].people
    assert not await house.channels.tell("standup", Reply(Tone.WARN, say("Nobody is here")))


async def test_of_a_room_that_is_not_theirs_nobody_is_told(house: House) -> None:
    shown: list[Reply] = []
    told = Told(Session(house.dispatcher, ChatUser("console:vera", "vera")), shown.append)
    assert not await told.tell("backstage", Reply(Tone.INFO, say("x")))
    assert await told.tell("standup", Reply(Tone.INFO, say("y")))
    assert [plain(reply) for reply in shown] == ["y"]
