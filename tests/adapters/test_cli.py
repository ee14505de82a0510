"""The shell's command: its words, its exit statuses, and how it ends when something else does."""

from __future__ import annotations

import getpass
import io
import json
import os
import sys
from collections.abc import Iterator
from io import FileIO
from pathlib import Path

import pytest

from adapters import cli, running
from adapters.console import app, demo
from adapters.console.app import console_user
from adapters.settings import Settings, SettingsError
from bot.errors import BotError, HistoryError
from tests.database_fixtures import intent, opened, url_of


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of whoever runs the tests, and a history in the test's own folder."""
    for name in list(os.environ):
        if name.startswith(("USHER_", "LIVEKIT_", "DATABASE_", "SLACK_", "DISCORD_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("DATABASE_URL", url_of(tmp_path / "usher.db"))


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """The file that is standard input."""
    path = tmp_path / "input"
    path.touch()
    with path.open() as source:
        monkeypatch.setattr(sys, "stdin", source)
        yield path


def ended(*words: str) -> int:
    with pytest.raises(SystemExit) as caught:
        cli.main(words)
    assert isinstance(caught.value.code, int)
    return caught.value.code


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ((), ("Moderate LiveKit rooms from chat.", "run", "console", "demo", "doctor", "history")),
        (("run",), ("usage: usher run",)),
        (("manifest",), ("--http URL", "--root NAME", "USHER_SLACK_ROOT", "--root-only")),
        (("discord",), ("sync", "invite", "least permissions")),
        (("discord", "sync"), ("--dry-run",)),
        (("console",), ("--as NAME", "your OS user", "--room ROOM", "--json")),
        (("demo",), ("--as NAME", "--room ROOM", "--json", "--cloud")),
        (("doctor",), ("usage: usher doctor",)),
        (("history",), ("verify", "export", "first broken entry")),
        (("history", "export"), ("--format {jsonl,csv}",)),
    ],
)
def test_help_names_every_word(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], named: list[str]) -> None:
    assert ended(*words, "--help") == 0
    out = " ".join(capsys.readouterr().out.split())
    assert [word for word in named if word not in out] == []


@pytest.mark.parametrize(
    "words",
    [(), ("moderate",), ("console", "--loud"), ("history",), ("discord",), ("history", "export", "--format", "xml")],
)
def test_wrong_words_end_with_2_and_nothing_on_standard_output(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert ended(*words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("usage: usher")


@pytest.mark.parametrize("command", ["console", "run"])
def test_settings_that_are_not_complete_are_named_on_standard_error(
    capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert cli.main([command]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[0].startswith("LIVEKIT_URL is not set.")
    assert err.splitlines()[-1].startswith("The settings are not complete. usher doctor")


@pytest.mark.parametrize("command", ["console", "demo"])
@pytest.mark.parametrize("name", ["a b", "a,b", "a/b", "a:b", "a@b"])
def test_a_wrong_name_is_no_matter_of_settings(capsys: pytest.CaptureFixture[str], command: str, name: str) -> None:
    assert cli.main([command, "--as", name]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"--as {name!r} is no name: write it without spaces, commas, slashes, colons and @.\n"


def test_a_wrong_name_is_no_settings_error() -> None:
    with pytest.raises(BotError) as caught:
        console_user("a b")
    assert not isinstance(caught.value, SettingsError)


def test_without_a_name_one_is_the_user_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "root")
    assert (console_user(None).subject, console_user("").origin) == ("console:root", "root")
    assert (console_user("alice").subject, console_user("alice").origin) == ("console:alice", "root")


@pytest.mark.parametrize("error", [KeyError("uid not found"), OSError("No username set")])
def test_a_system_user_without_a_name_is_unknown(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def nameless() -> str:
        raise error

    monkeypatch.setattr(getpass, "getuser", nameless)
    assert console_user(None).subject == "console:unknown"


def test_the_demo_needs_no_settings_and_answers_a_pipe(
    typed: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    typed.write_text("/mute bob\n/move anna backstage\nyes\n")
    for words, status, outcome in (((), 1, None), (("--cloud",), 0, "done")):
        sys.stdin.seek(0)
        with (tmp_path / "out").open("w") as out, monkeypatch.context() as patched:
            patched.setattr(sys, "stdout", out)
            assert cli.main(["demo", "--json", "--as", "alice", *words]) == status
        answers = [json.loads(line) for line in (tmp_path / "out").read_text(encoding="utf-8").splitlines()]
        assert answers[0]["outcome"] == "done"
        assert (answers[-1]["outcome"] == "done") is (outcome == "done")
    assert not list(tmp_path.glob("*.db"))


def test_the_console_begins_in_the_room_that_was_named(
    typed: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    typed.write_text("/participants\n")
    with (tmp_path / "out").open("w") as out, monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", out)
        assert cli.main(["demo", "--room", "backstage"]) == 0
    assert (tmp_path / "out").read_text(encoding="utf-8").startswith("backstage: 2 people")


def test_the_console_serves_the_house_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("URL", "ws://127.0.0.1:1"), ("API_KEY", "APIkey"), ("API_SECRET", "s3cret" * 8)):
        monkeypatch.setenv(f"LIVEKIT_{name}", value)
    seen = []

    async def run(house: object, user: object, *, room: str, json: bool) -> int:
        seen.append((user, room, json))
        return 1

    monkeypatch.setattr(app, "run_console", run)
    assert cli.main(["console", "--as", "alice", "--room", "standup", "--json"]) == 1
    assert seen == [(console_user("alice"), "standup", True)]


def test_run_serves_the_chats_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    async def run(settings: Settings, out: object) -> int:
        seen.append(settings["DATABASE_URL"])
        assert out is sys.stdout
        return 0

    monkeypatch.setattr(running, "run", run)
    assert cli.main(["run"]) == 0
    assert seen == [os.environ["DATABASE_URL"]]


def test_the_doctors_status_is_that_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor"]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "4 things are missing."


@pytest.mark.parametrize("words", [("sync",), ("sync", "--dry-run"), ("invite",)])
def test_discord_is_asked_only_with_a_token(capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    assert cli.main(["discord", *words]) == 2
    out, err = capsys.readouterr()
    assert (out, err.partition(":")[0]) == ("", "DISCORD_TOKEN (or DISCORD_TOKEN_FILE) is not set")


async def one_entry(path: Path) -> None:
    async with opened(path) as database:
        await database.history.append([intent(reason="נועה")])


async def test_history_needs_the_database_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    await one_entry(tmp_path / "usher.db")
    assert cli.main(["history", "verify"]) == 0
    assert "The history is whole: 1 entry, head " in capsys.readouterr().out
    assert cli.main(["history", "export"]) == 0
    assert json.loads(capsys.readouterr().out)["seq"] == 1
    assert cli.main(["history", "export", "--format", "csv"]) == 0
    assert capsys.readouterr().out.startswith("seq,case,kind,")


def test_a_history_that_is_not_there_does_not_verify(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert cli.main(["history", "verify"]) == 1
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"There is no history at {tmp_path / 'usher.db'}.\n")
    assert cli.main(["history", "export"]) == 2
    assert capsys.readouterr() == ("", f"There is no history at {tmp_path / 'usher.db'}.\n")


async def test_an_export_is_utf_8_whatever_the_terminal_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await one_entry(tmp_path / "usher.db")
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    assert cli.main(["history", "export"]) == 0
    assert "נועה".encode() in written.getvalue()
    plain = io.StringIO()
    monkeypatch.setattr(sys, "stdout", plain)
    assert cli.main(["history", "export"]) == 0
    assert "נועה" in plain.getvalue()


async def test_an_export_whose_reader_goes_away_ends_quietly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    await one_entry(tmp_path / "usher.db")
    read, write = os.pipe()
    os.close(read)
    with io.TextIOWrapper(io.BufferedWriter(FileIO(write, "wb"))) as out, monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", out)
        assert cli.main(["history", "export"]) == 0
        out.flush()  # as the interpreter does in the end
    assert capsys.readouterr().err == ""


def test_ctrl_c_ends_with_130_and_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def interrupted(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "run_demo", interrupted)
    assert cli.main(["demo"]) == 130
    assert capsys.readouterr() == ("", "")


def test_a_history_that_cannot_be_opened_is_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def full(*_: object, **__: object) -> int:
        raise HistoryError("The disk is full.")

    monkeypatch.setattr(demo, "run_demo", full)
    assert cli.main(["demo"]) == 2
    assert capsys.readouterr() == ("", "The disk is full.\n")
