"""Usher is asked to end, or killed, in the middle of something; and what there is beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.model import Source
from tests.e2e.scene import Scene, event
from tests.e2e.slack_run import MODES, Bot, bot_for
from tests.livekit_server import RunningServer
from tests.people import Person
from tests.slack_stand_in import Shown

pytestmark = [pytest.mark.real, pytest.mark.participants]

MIC = Source.MICROPHONE
ONLY_SOCKET = pytest.mark.parametrize("own", ["socket"], indirect=True)
RESTARTED = "Usher is being restarted. Nothing was done. Try again in a minute."


@pytest_asyncio.fixture(params=MODES)
async def own(request: pytest.FixtureRequest, livekit_server: RunningServer, tmp_path: Path) -> AsyncIterator[Bot]:
    """A process of this test's own: it will not survive it."""
    async with bot_for(livekit_server, tmp_path, request.param) as bot:
        yield bot


@pytest.fixture
async def people(own: Bot, scene: Scene) -> dict[str, Person]:
    """Bob, who is to be removed, and Eve, who hears of it."""
    return {name: await scene.join(name, MIC) for name in ("eve", "bob")}


async def asked_to_remove(bot: Bot, room: str, who: str = "bob") -> None:
    await bot.slack.slash("ann", "general", "/usher", f"kick {who} in:{room}")
    await bot.seen("ann", f"Remove {who} ({who}) from {room}?")


async def confirm(bot: Bot, room: str, who: str = "bob") -> None:
    await bot.slack.press("ann", await bot.seen("ann", f"Remove {who} ({who}) from {room}?"), "Remove")


@ONLY_SOCKET
async def test_what_is_under_way_at_sigterm_is_finished_answered_and_recorded(
    own: Bot, scene: Scene, people: dict[str, Person]
) -> None:
    await asked_to_remove(own, scene.room)
    with own.gate.held("RemoveParticipant", "MutePublishedTrack"):
        await confirm(own, scene.room)
        await own.slack.slash("ann", "general", "/usher", f"mute eve in:{scene.room}")
        await own.slack.until(lambda: len(own.gate.waiting) == 2)
        own.process.popen.terminate()
        await own.slack.until(lambda: any(line.startswith("Stopping") for line in own.process.said))
    await people["bob"].hears(event("disconnected", "bob", "PARTICIPANT_REMOVED"))
    assert await own.process.ended() == 0
    await own.seen("ann", "Removed bob")
    await own.seen("ann", "Muted eve")
    await own.seen("ben", "Removed bob", "mods")
    assert list(own.cases(scene.room).values()) == [[("intent", ""), ("outcome", "done")]] * 2


async def test_who_commands_while_it_stops_is_told_to_try_again(
    own: Bot, scene: Scene, people: dict[str, Person]
) -> None:
    slack = own.slack
    await slack.slash("ann", "general", "/participants", scene.room)
    shown = await own.seen("ann", f"{scene.room}: 2 people")
    await asked_to_remove(own, scene.room)
    with own.gate.held("RemoveParticipant"):
        await confirm(own, scene.room)
        await slack.until(lambda: own.gate.waiting)
        own.process.popen.terminate()
        await slack.until(lambda: any(line.startswith("Stopping") for line in own.process.said))
        done = await slack.slash("ann", "general", "/usher", f"mute eve in:{scene.room}")
        assert done.ack["text"] == RESTARTED
        await slack.mention("ann", "general", f"mute eve in:{scene.room}")
        await slack.press("ann", shown, "Mute", beside="eve")
        await slack.shortcut("ann", "moderate")
        await slack.until(lambda: len(own.messages("ann", RESTARTED)) == 4)
    assert await own.process.ended() == 0
    await own.seen("ann", "Removed bob")
    assert list(own.cases(scene.room).values()) == [[("intent", ""), ("outcome", "done")]]
    assert not [heard for heard in people["eve"].heard if heard.what == "track_muted"]


@ONLY_SOCKET
async def test_an_acknowledgement_that_carries_an_answer_is_sent_before_it_ends(
    own: Bot, scene: Scene, people: dict[str, Person]
) -> None:
    slack = own.slack
    with own.gate.held("ListParticipants"):
        asked = asyncio.create_task(slack.slash("ann", "general", "/participants", scene.room))
        await slack.until(lambda: own.gate.waiting)
        own.process.popen.terminate()
        await slack.until(lambda: any(line.startswith("Stopping") for line in own.process.said))
    assert (await asked).trouble == ""
    assert await own.process.ended() == 0
    await own.seen("ann", "2 people")


@ONLY_SOCKET
async def test_after_a_kill_the_next_process_finds_what_is_true_and_keeps_every_button(
    own: Bot, scene: Scene, people: dict[str, Person]
) -> None:
    slack, room = own.slack, scene.room
    locked = await slack.mention("ann", "general", f"mute eve lock in:{room}")
    line = await own.seen("ben", "Keeping eve muted", "mods")
    await people["bob"].hears(event("track_unpublished", "eve", "microphone"))
    await asked_to_remove(own, room, "eve")
    await asked_to_remove(own, room)
    with own.gate.answers_held("RemoveParticipant"):
        await confirm(own, room)
        await people["bob"].hears(event("disconnected", "bob", "PARTICIPANT_REMOVED"))
        await slack.until(lambda: own.gate.waiting)
        await own.kill()
    assert own.cases(room)[2] == [("intent", "")]
    await own.start()
    await slack.until(lambda: ("reconciled", "unknown") in own.cases(room)[2])
    assert "observed: holds" in own.entries(room)[-1].content.detail  # type: ignore[union-attr]
    again = await slack.redeliver(locked)
    assert again is not None
    assert again.acked is not None
    await remaining_buttons(own, room, line)
    await people["eve"].hears(event("disconnected", "eve", "PARTICIPANT_REMOVED"))
    intent, outcome = ("intent", ""), ("outcome", "done")
    assert own.cases(room)[1][:4] == [("order", "done"), intent, outcome, ("ended", "")]
    assert len(own.cases(room)[2]) == 2
    assert "The history is whole" in own.shell("history", "verify")


async def remaining_buttons(bot: Bot, room: str, line: Shown) -> None:
    """A question and an undo of the process before: for Ann, who may, and not for Ben."""
    question = await bot.seen("ann", f"Remove eve (eve) from {room}?")
    await bot.slack.press("ben", question, "Remove", unseen=True)
    await bot.seen("ben", "not yours")
    [undo] = line.labels
    await bot.slack.press("ben", line, undo)
    await bot.seen("ben", "You are not a moderator here")
    await bot.slack.press("ann", line, undo)
    await bot.slack.press("ann", await bot.seen("ann", f"{undo}?"), "Undo it")
    await bot.seen("ann", "Undid case 1")
    await bot.slack.press("ann", question, "Remove")
    await bot.seen("ann", "Removed eve")
