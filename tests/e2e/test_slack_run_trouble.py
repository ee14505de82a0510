"""A slow LiveKit, a Slack that limits rates, refuses the token or cannot be reached: nothing is lost."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.model import Source
from tests.clocks import PATIENCE
from tests.e2e.conftest import Consoles
from tests.e2e.gate import gate_to
from tests.e2e.scene import Scene, event
from tests.e2e.slack_run import HTTP, SOCKET, Bot, bot_for
from tests.livekit_server import RunningServer, free_port
from tests.slack_stand_in import views

pytestmark = [pytest.mark.real, pytest.mark.participants, pytest.mark.asyncio(loop_scope="module")]

MIC = Source.MICROPHONE


async def test_a_slow_command_is_acknowledged_in_time_and_answered_later(bot: Bot, hall: Scene) -> None:
    await hall.join("bob", MIC)
    with bot.gate.held("MutePublishedTrack"):
        done = await bot.slack.slash("ann", "general", "/usher", f"mute bob in:{hall.room}")
        assert (done.trouble, done.bodies) == ("", [])
        assert f"Working on it: /usher-mute bob in {hall.room}" in done.ack["text"]
    shown = await bot.seen("ann", "Muted bob")
    assert shown.ephemeral
    assert len(done.bodies) == 1


@HTTP
async def test_a_livekit_that_says_nothing_at_first_is_waited_for(bot: Bot, hall: Scene) -> None:
    await hall.join("bob", MIC)
    with bot.gate.answers_held("ListRooms", "ListParticipants", "GetParticipant"):
        done = await bot.slack.slash("ann", "general", "/participants", hall.room)
        assert done.trouble == ""
        assert f"Working on it: /participants {hall.room}" in done.ack["text"]
    assert "bob" in (await bot.seen("ann", f"{hall.room}: 1 person")).text


@SOCKET
async def test_a_slow_press_says_what_is_being_done_and_then_what_was(bot: Bot, hall: Scene) -> None:
    await hall.join("bob", MIC)
    await bot.slack.slash("ann", "general", "/participants", hall.room)
    with bot.gate.held("MutePublishedTrack"):
        done = await bot.slack.press("ann", await bot.seen("ann", hall.room), "Mute", beside="bob")
        assert (done.ack, done.trouble) == (None, "")
        await bot.seen("ann", f"Working on it: /usher-mute bob in {hall.room}")
    await bot.seen("ann", "Muted bob")


@HTTP
async def test_a_slow_answer_opens_a_modal_in_time_and_fills_it_later(bot: Bot, hall: Scene) -> None:
    await hall.join("bob", MIC)
    await bot.knows(hall.room)
    alert = bot.slack.say("ben", "secret", f"someone is screaming in {hall.room}")
    with bot.gate.held("ListParticipants"):
        await bot.slack.message_shortcut("ann", alert, "moderate_message")
        view = await bot.view("ann", "Working on it")
    assert await bot.view("ann", "bob") is view


@SOCKET
async def test_an_answer_outlives_its_response_address(bot: Bot, hall: Scene) -> None:
    """As a message for one person where the bot is a member, else as a direct message."""
    slack = bot.slack
    for name in ("bob", "eve"):
        await hall.join(name, MIC)
    with bot.gate.held("MutePublishedTrack"):
        both = await asyncio.gather(
            slack.slash("ann", "general", "/usher", f"mute bob in:{hall.room}"),
            slack.slash("ann", "secret", "/usher", f"mute eve in:{hall.room}"),
        )
        for done in both:
            assert done.answer is not None
            done.answer.uses = 5
    assert (await bot.seen("ann", "Muted bob")).ephemeral
    assert (await bot.seen("ann", "Muted eve")).direct
    assert len(bot.messages("ann", "Muted")) == 2


@HTTP
async def test_rate_limits_of_messages_lose_none_and_double_none(bot: Bot, hall: Scene) -> None:
    await hall.join("bob", MIC)
    for method in ("chat.postMessage", "chat.postEphemeral"):
        bot.slack.trouble.limit(method, times=1, retry_after=1)
    await bot.slack.mention("ann", "general", f"mute bob in:{hall.room}")
    await once_after_a_limit(bot, hall, "chat.postMessage", "chat.postEphemeral")


@SOCKET
async def test_a_rate_limit_of_a_response_address_loses_nothing(bot: Bot, hall: Scene) -> None:
    await hall.join("bob", MIC)
    bot.slack.trouble.limit("response_url", times=1, retry_after=1)
    await bot.slack.slash("ann", "general", "/participants", hall.room)
    await bot.slack.press("ann", await bot.seen("ann", hall.room), "Mute", beside="bob")
    await once_after_a_limit(bot, hall, "response_url")


async def once_after_a_limit(bot: Bot, hall: Scene, *methods: str) -> None:
    await bot.seen("ann", "Muted bob")
    await bot.seen("ben", "Muted bob", "mods")
    for method in methods:
        assert [call.status for call in bot.slack.called(method) if hall.room in str(call.args)] == [429, 200]
    assert len(bot.messages("ann", "Muted bob")) == len(bot.messages("ben", "Muted bob", "mods")) == 1


@pytest.mark.parametrize(
    ("bot", "lives", "opens"), [("socket", PATIENCE, True), ("http", 0.5, False)], indirect=["bot"], scope="module"
)
async def test_a_limited_modal_opens_late_or_its_answer_comes_as_a_message(
    bot: Bot, hall: Scene, lives: float, opens: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What opens it lives for so many seconds."""
    await hall.join("bob", MIC)
    await bot.knows(hall.room)
    monkeypatch.setattr(views, "TRIGGER_SECONDS", lives)
    bot.slack.trouble.limit("views.open", times=1, retry_after=1)
    alert = bot.slack.say("ben", "secret", f"someone is screaming in {hall.room}")
    await bot.slack.message_shortcut("ann", alert, "moderate_message")
    if opens:
        await bot.view("ann", "bob")
    else:
        assert "bob" in (await bot.seen("ann", f"{hall.room}: 1 person")).text
    assert len(bot.messages("ann", hall.room)) == (not opens)


@SOCKET
async def test_a_refused_token_is_logged_and_used_again_when_it_is_good(
    bot: Bot, hall: Scene, consoles: Consoles
) -> None:
    listener = await hall.join("listener")
    await hall.join("bob", MIC)
    bot.slack.revoke()
    await bot.slack.mention("ann", "general", f"mute bob in:{hall.room}")
    await listener.hears(event("track_muted", "bob"))
    await bot.slack.until(lambda: "An answer reached nobody" in bot.process.log)
    assert "token_revoked" in bot.process.log
    console = consoles(hall.server.url, "--room", hall.room, database=bot.folder / "usher.db")
    assert (await console.say("/name bob Robert")).outcome == "done"
    await console.close()
    bot.slack.restore()
    await bot.slack.mention("ann", "general", f"demote Robert in:{hall.room}")
    await bot.seen("ann", "Robert is in the audience")
    await bot.seen("ben", "Robert is in the audience", "mods")
    assert [len(case) for case in bot.cases(hall.room).values()] == [2, 2, 2]


async def test_without_slack_the_process_says_so_and_serves_as_soon_as_there_is_one(
    livekit_server: RunningServer, tmp_path: Path
) -> None:
    port = free_port()
    nowhere = f"http://127.0.0.1:{port}/api/"
    async with bot_for(livekit_server, tmp_path, "http", start=False, SLACK_API_URL=nowhere) as bot:
        bot.launch()
        await bot.slack.until(lambda: "nothing listens there" in bot.process.log)
        refused = await bot.slack.deliver_http(bot.url, {"type": "event_callback"})
        assert refused.status == 503
        async with gate_to(int(bot.slack.api_url.split(":")[2].partition("/")[0]), port):
            await bot.serving()
            await bot.slack.slash("ann", "general", "/usher", "whoami")
            await bot.seen("ann", "slack:T0HOME/U0ANN")


@SOCKET
async def test_at_the_level_of_debug_the_log_holds_no_secret_and_no_traceback(bot: Bot, hall: Scene) -> None:
    """Of all that went wrong in this module."""
    bot.slack.revoke("account_inactive", app=True)
    bot.slack.sockets.drop()
    await bot.slack.until(lambda: "account_inactive" in bot.process.log)
    bot.slack.restore()
    await bot.slack.connected()
    bot.check()
