"""A room service that lies, breaks or tells secrets: never a false `done`, never a secret, never a traceback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e import hostility as h
from tests.e2e.conftest import Consoles
from tests.e2e.console import Answer, Console
from tests.livekit_server import API_SECRET

LINES = (
    "/quiet", "/mute bob", "/mute bob lock", "/demote bob", "/promote anna camera", "/attribute bob a=1", "/kick bob",
    "/metadata bob {}", "/name bob Robert", "/room-metadata x", "/move bob elsewhere", "/close hall",
)  # fmt: skip
ASKING = ("/kick", "/close", "/quiet", "/move")


@dataclass(frozen=True, slots=True)
class Victim:
    """A console before a hostile room service, and everything that it said."""

    rooms: h.Hostility
    console: Console
    said: list[Answer]
    folder: Path

    async def say(self, line: str) -> Answer:
        """The answer, the question confirmed where there is one."""
        answer = await self.console.say(line)
        self.said.append(answer)
        if line.startswith(ASKING) and answer.tone == "warn" and len(answer.buttons) == 2:
            answer = await self.console.say("yes")
            self.said.append(answer)
        return answer

    async def check(self) -> None:
        """No secret and no traceback, anywhere."""
        await self.console.close()
        written = [answer.text for answer in self.said] + [self.console.log]
        stored = b"".join(path.read_bytes() for path in self.folder.iterdir() if path.is_file())
        assert self.rooms.tokens
        for secret in (API_SECRET, *self.rooms.tokens):
            assert not any(secret in text for text in written)
            assert secret.encode() not in stored
            if secret != API_SECRET:
                assert not any(piece in text for piece in secret.split(".")[1:] for text in written)
                assert secret.split(".")[2].encode() not in stored
        assert not any("Traceback" in text or "<h" in text for text in written), written


@pytest.fixture
async def victim(consoles: Consoles, tmp_path: Path) -> AsyncIterator[Victim]:
    async with h.hostile_rooms() as rooms:
        victim = Victim(rooms, consoles(rooms.url, "--room", h.ROOM), [], tmp_path)
        await victim.say("/participants")
        yield victim
        await victim.check()


def shows(rooms: h.Hostility, line: str) -> bool:
    """Whether the rooms are as the line wants them."""
    hall, bob, anna = rooms.rooms.rooms.get(h.ROOM), rooms.person(), rooms.person("anna")
    if line == "/close hall":
        return hall is None
    if line == "/kick bob":
        return bob is None
    assert hall is not None
    assert bob is not None
    assert anna is not None
    return {
        "/mute bob": all(track.muted for track in bob.tracks.values()),
        "/mute bob lock": not bob.tracks,
        "/demote bob": not bob.permission["can_publish"],
        "/attribute bob a=1": bob.attributes.get("a") == "1",
        "/metadata bob {}": bob.metadata == "{}",
        "/name bob Robert": bob.name == "Robert",
        "/room-metadata x": hall.metadata == "x",
        "/quiet": all(track.muted for person in (anna, bob) for track in person.tracks.values()),
    }[line]


NOT_DONE = (h.lie, h.lie_about_the_track, h.fail, h.reset, h.cut_the_body, h.answer_html, h.answer_a_gateway,
            h.echo_the_token, h.redirect)  # fmt: skip
DONE = (h.do_and_fail, h.do_and_reset, h.cut)


@pytest.mark.parametrize("twist", NOT_DONE, ids=lambda twist: twist.__name__)
async def test_what_was_not_done_is_never_said_to_be(victim: Victim, twist: h.Twist) -> None:
    victim.rooms.writes = twist
    for line in LINES:
        answer = await victim.say(line)
        if answer.outcome == "already":
            assert line == "/promote anna camera"
            continue
        assert answer.tone == "error", answer
        assert answer.outcome in {"not_effective", "failed", "unknown"}, answer
        assert answer.case is not None
        case = await victim.say(f"/case {answer.case}")
        assert f"{'in force, ' if 'lock' in line else ': '}{answer.outcome}" in case.title


async def test_an_answer_that_shows_the_old_state_is_not_effective(victim: Victim) -> None:
    victim.rooms.writes = victim.rooms.show_the_old_state
    for line in ("/mute bob", "/mute bob lock", "/demote bob", "/attribute bob a=1", "/name bob Robert", "/kick bob"):
        answer = await victim.say(line)
        assert (answer.tone, answer.outcome) == ("error", "not_effective"), answer
        assert "does not show it" in answer.text


@pytest.mark.parametrize("twist", DONE, ids=lambda twist: twist.__name__)
async def test_what_was_done_although_the_answer_broke_is_looked_up(victim: Victim, twist: h.Twist) -> None:
    for line in LINES:
        if victim.rooms.person() is None:
            victim.rooms.join("bob")
        victim.rooms.writes = twist
        answer = await victim.say(line)
        victim.rooms.writes = None
        if line in ("/move bob elsewhere", "/promote anna camera"):
            assert answer.outcome in {"failed", "unknown", "already"}, answer
            continue
        assert answer.outcome in {"done", "already"}, (line, answer)
        assert shows(victim.rooms, line), answer


async def hung(consoles: Consoles, folder: Path, line: str, *, reads: bool, done: bool) -> Answer:
    folder.mkdir()
    async with h.hostile_rooms() as rooms:
        console = consoles(rooms.url, "--room", h.ROOM, database=folder / "usher.db")
        victim = Victim(rooms, console, [], folder)
        await victim.say("/participants")
        rooms.writes = h.do_and_hang if done else h.hang
        rooms.reads = h.hang if reads else None
        answer = await victim.say(line)
        await victim.check()
        return answer


async def test_a_service_that_hangs_is_answered_in_time_with_what_is_known(consoles: Consoles, tmp_path: Path) -> None:
    mute, undone, update, blind, kick = await asyncio.gather(
        hung(consoles, tmp_path / "1", "/mute bob", reads=False, done=True),
        hung(consoles, tmp_path / "2", "/mute bob", reads=False, done=False),
        hung(consoles, tmp_path / "3", "/attribute bob a=1", reads=False, done=True),
        hung(consoles, tmp_path / "4", "/mute bob", reads=True, done=False),
        hung(consoles, tmp_path / "5", "/kick bob", reads=False, done=False),
    )
    assert (mute.outcome, update.outcome) == ("done", "done")
    assert (undone.tone, undone.outcome) == ("error", "unknown"), undone.text
    assert (kick.tone, kick.outcome) == ("error", "unknown"), kick.text
    assert blind.tone == "error"
    assert blind.outcome in {None, "failed"}
    assert "Nothing was changed" in blind.text


@pytest.mark.parametrize(
    "twist", [h.fail, h.reset, h.cut, h.answer_html, h.echo_the_token], ids=lambda twist: twist.__name__
)
async def test_reads_that_break_are_said_and_nothing_is_touched(victim: Victim, twist: h.Twist) -> None:
    victim.rooms.reads = twist
    for line in ("/participants", "/find bob", "/mute bob", "/quiet"):
        answer = await victim.say(line)
        assert answer.tone == "error", answer
        assert answer.outcome in {None, "failed"}, answer
    assert {method for method in victim.rooms.asked if not method.startswith(("List", "Get"))} == set()
    victim.rooms.reads = None
    assert (await victim.say("/mute bob")).outcome == "done"


async def test_a_wrong_secret_is_refused_in_one_clear_sentence(consoles: Consoles, tmp_path: Path) -> None:
    wrong = "another-secret-of-more-than-32-letters-for-tests"
    async with h.hostile_rooms() as rooms:
        console = consoles(rooms.url, "--room", h.ROOM, env={"LIVEKIT_API_SECRET": wrong})
        victim = Victim(rooms, console, [], tmp_path)
        answer = await victim.say("/mute bob")
        assert answer.tone == "error"
        assert "LiveKit refused Usher's key" in answer.text
        assert "nothing was changed" in answer.text
        assert (await victim.say("/participants")).tone == "error"
        await victim.check()
        assert wrong not in victim.console.log
        assert wrong.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
