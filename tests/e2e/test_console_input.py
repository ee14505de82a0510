"""Whatever is typed: one line in, one line out, nothing else on standard output, and an honest exit status."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.conftest import Consoles
from tests.e2e.console import Answer, environment, usher
from tests.e2e.scene import Scene
from tests.livekit_server import RunningServer

pytestmark = [pytest.mark.real, pytest.mark.participants]

STRANGE: dict[str, bytes] = {
    "an empty line": b"",
    "spaces": b"   \t ",
    "a slash": b"/",
    "a number": b"7",
    "a very long number": b"9" * 5000,
    "yes": b"yes",
    "no": b"no",
    "no slash": b"whoami",
    "capitals": "／WHOAMI".encode(),
    "an unknown command": b"/frobnicate bob",
    "a typo": b"/mut bob",
    "an unknown person": b"/mute mallory",
    "an unknown room": b"/participants in:nowhere",
    "a person and an unknown room": b"/mute bob in:nowhere",
    "nobody": b"/mute",
    "an unknown flag": b"/mute bob --forse",
    "an open quote": b'/mute "bob',
    "a case that is none": b"/case 999999999999999999999",
    "a case below one": b"/case -1",
    "a page that is none": b"/history 99999999",
    "no role": b"/moderator console:bea king",
    "no account": b"/moderator bea moderator",
    "a long line": b"/mute " + b"x" * 100_000,
    "a long reason": b"/mute bob --dry-run " + b"because " * 12_500,
    "a hundred thousand words": b"/find " + b"a " * 50_000,
    "bytes that are no text": b"/mute \xff\xfe\xc3",
    "control characters": b"/mute bo\x00b\x1b[31m\x07\x08 \x7f",
    "line breaks of other kinds": "/find a\u2028b\u2029c\x85d\x0b\x0ce".encode(),
    "a carriage return": b"/whoami\r",
    "half a character": b'/find "\xed\xa0\x80"',
    "a bidirectional override": "/mute \u202ebob\u202c".encode(),
    "braces": b"/find {who} %s \\N{BULLET} ${HOME}",
}


async def test_each_line_in_gives_one_line_out_whatever_it_is(consoles: Consoles, scene: Scene) -> None:
    await scene.join("bob")
    alice = consoles(scene.server.url, "--room", scene.room)
    for line in STRANGE.values():
        alice.write(line)
    answers = {name: Answer.of(await alice.next()) for name in STRANGE}
    assert await alice.close() == 1
    assert alice.log == ""
    assert all(answer.outcome in (None, "refused") for answer in answers.values()), answers
    assert not any(character in answer.text for answer in answers.values() for character in "\x1b\x00\x07\u202e")
    assert all(len(answer.text) < 10_000 for answer in answers.values())
    assert answers["yes"].text == "Nothing is pending. Nothing was done."
    assert answers["an unknown person"].tone == "error"
    assert answers["a typo"].choices()[0] == "/mute bob"
    assert answers["an unknown room"].text.startswith("No live room is called nowhere")
    for name in ("no slash", "capitals", "a carriage return"):
        assert answers[name].title == "alice: admin", name


async def test_the_status_is_zero_when_nothing_ended_in_an_error(livekit_server: RunningServer, tmp_path: Path) -> None:
    env = environment(tmp_path / "usher.db", livekit_server.url)
    ended = usher("console", "--as", "alice", "--json", env=env, given=b"/whoami\n\n/help mute\n/history\nyes\n/whoami")
    assert (ended.returncode, ended.stderr) == (0, b"")
    answers = [Answer.of(line) for line in ended.stdout.decode().splitlines()]
    assert [answer.command for answer in answers] == ["whoami", "", "help", "history", "yes", "whoami"]


async def test_plain_lines_are_one_for_each_line_too(livekit_server: RunningServer, tmp_path: Path) -> None:
    env = environment(tmp_path / "usher.db", livekit_server.url)
    given = [*STRANGE.values(), b"/help", b"/moderators"]
    ended = usher("console", "--as", "alice", env=env, given=b"\n".join(given) + b"\n")
    assert (ended.returncode, ended.stderr) == (1, b"")
    assert ended.stdout.count(b"\n") == len(given)
    lines = ended.stdout.decode().split("\n")
    assert all(line.strip() for line in lines[:-1])
    assert lines[-2].startswith("1 grant: · console:alice")


async def test_a_reader_that_goes_away_ends_it_quietly(consoles: Consoles, livekit_server: RunningServer) -> None:
    alice = consoles(livekit_server.url)
    await alice.say("/whoami")
    assert alice.process.stdout is not None
    alice.write("/help")
    assert (await alice.next()).startswith("{")
    assert await alice.close() == 0
    assert alice.log == ""


async def test_wrong_words_of_the_shell_are_said_on_standard_error(
    livekit_server: RunningServer, tmp_path: Path
) -> None:
    env = environment(tmp_path / "usher.db", livekit_server.url)
    for words in (("console", "--as", "two words"), ("console", "--jsn"), ("consol",), ()):
        ended = usher(*words, env=env, given=b"/whoami\n")
        assert (ended.returncode, ended.stdout) == (2, b""), words
        assert b"Traceback" not in ended.stderr
        assert ended.stderr.strip()
