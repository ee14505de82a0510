"""Usher is asked to end, or killed, in the middle of something in Discord; a second process, and Slack, beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.model import Source
from tests.clocks import PATIENCE
from tests.discord_stand_in import POST, Shown
from tests.discord_stand_in.errors import TWICE
from tests.discord_stand_in.server import Call
from tests.e2e.discord_run import Bot, discord_bot_for
from tests.e2e.scene import Scene, event
from tests.livekit_server import RunningServer
from tests.people import Person
from tests.slack_stand_in import stand_in as slack_stand_in

pytestmark = [pytest.mark.real, pytest.mark.participants]

MIC = Source.MICROPHONE
DONE = [("intent", ""), ("outcome", "done")]
COMMANDS = "GET /applications/{application}/guilds/{guild}/commands"
RESTARTED = "Usher is being restarted. Nothing was done. Try again in a minute."


@pytest.fixture
async def own(livekit_server: RunningServer, tmp_path: Path) -> AsyncIterator[Bot]:
    """A process of this test's own: it will not survive it."""
    async with discord_bot_for(livekit_server, tmp_path) as bot:
        yield bot


@pytest.fixture
async def people(scene: Scene) -> dict[str, Person]:
    """Bob, who is to be removed, and Eve, who hears of it."""
    return {name: await scene.join(name, MIC) for name in ("eve", "bob")}


async def asked_to_remove(bot: Bot, room: str, who: str = "bob") -> Shown:
    await bot.discord.command("ann", "general", "kick", {"who": who, "in": room})
    return await bot.seen("ann", f"Remove {who} ({who}) from {room}?")


async def stopping(bot: Bot) -> None:
    bot.process.popen.terminate()
    await bot.discord.until(lambda: any(line.startswith("Stopping") for line in bot.process.said))


async def test_what_is_under_way_at_sigterm_is_finished_and_who_commands_then_is_told_to_try_again(
    own: Bot, scene: Scene, people: dict[str, Person]
) -> None:
    discord = own.discord
    await discord.command("ann", "general", "participants", room=scene.room)
    shown = await own.seen("ann", f"{scene.room}: 2 people")
    question = await asked_to_remove(own, scene.room)
    with own.gate.held("RemoveParticipant", "MutePublishedTrack"):
        await discord.press("ann", question, "Remove")
        slow = asyncio.create_task(discord.command("ann", "general", "mute", {"who": "eve", "in": scene.room}))
        await discord.until(lambda: len(own.gate.waiting) == 2)
        await stopping(own)
        await discord.command("ann", "general", "name", {"who": "eve", "text": "Eva", "in": scene.room})
        await discord.press("ann", shown, "Mute eve")
        await discord.until(lambda: len(own.messages("ann", RESTARTED)) == 2)
        assert (await discord.complete("ann", "general", "mute", "who", "e", {"in": scene.room})).choices == []
    await people["bob"].hears(event("disconnected", "bob", "PARTICIPANT_REMOVED"))
    assert await own.process.ended() == 0
    assert (await slow).trouble == ""
    for words in ("Removed bob", "Muted eve"):
        await own.seen("ann", words)
        await own.seen("ben", words, "mods")
    assert list(own.cases(scene.room).values()) == [DONE] * 2


async def test_after_a_kill_the_next_process_finds_what_is_true_and_keeps_every_button(
    own: Bot, scene: Scene, people: dict[str, Person]
) -> None:
    discord, room = own.discord, scene.room
    locked = await discord.command("ann", "general", "mute", {"who": "eve", "lock": True, "in": room})
    line = await own.seen("ben", "Keeping eve muted", "mods")
    await people["bob"].hears(event("track_unpublished", "eve", "microphone"))
    await discord.command("ann", "general", "participants", room=room)
    listed = await own.seen("ann", f"{room}: 2 people")
    kept = await asked_to_remove(own, room, "eve")
    question = await asked_to_remove(own, room)
    with own.gate.answers_held("RemoveParticipant"):
        await discord.press("ann", question, "Remove")
        await people["bob"].hears(event("disconnected", "bob", "PARTICIPANT_REMOVED"))
        await discord.until(lambda: own.gate.waiting)
        await own.kill()
    assert own.cases(room)[2] == [("intent", "")]
    await own.start()
    await discord.until(lambda: ("reconciled", "unknown") in own.cases(room)[2])
    assert "observed: holds" in own.entries(room)[-1].content.detail  # type: ignore[union-attr]
    await discord.again(locked)
    [undo] = [label for label in line.labels if label.startswith("Undo")]
    await discord.press("ben", line, undo)
    await own.seen("ben", "You are not a moderator here")
    await discord.press("ann", line, undo)
    await discord.press("ann", await own.seen("ann", f"{undo}?"), "Undo it")
    await own.seen("ann", "Undid case 1")
    await discord.select("ann", listed, "eve", menu="Choose a person")
    await own.seen("ann", f"eve in {room}")
    pressed = await discord.press("ann", kept, "Remove", custom_id="older:1")
    chosen = await discord.select("ann", listed, "eve", menu="Choose a person", custom_id="older:1")
    for unknown in (pressed, chosen):
        assert ["Usher does not know this any more" in one.content for one in unknown.sent] == [True]
    await discord.press("ann", kept, "Remove")
    await own.seen("ann", "Removed eve")
    await people["eve"].hears(event("disconnected", "eve", "PARTICIPANT_REMOVED"))
    assert own.cases(room)[1][:4] == [("order", "done"), *DONE, ("ended", "")]
    assert len(own.cases(room)[2]) == 2
    assert "The history is whole" in own.shell("history", "verify")


async def test_a_token_that_discord_takes_no_longer_is_named_and_used_again_when_it_is_good(
    own: Bot, scene: Scene, people: dict[str, Person]
) -> None:
    await own.discord.revoke()
    await own.discord.until(lambda: "Discord does not take the token: see DISCORD_TOKEN." in own.process.log)
    own.discord.restore()
    await own.serving()
    await own.discord.command("ann", "general", "mute", {"who": "bob", "in": scene.room})
    await people["eve"].hears(event("track_muted", "bob"))
    await own.seen("ann", "Muted bob")


async def test_the_next_process_serves_before_it_asks_about_commands_and_mends_them_then(
    own: Bot, scene: Scene, people: dict[str, Person]
) -> None:
    discord, home = own.discord, own.discord.world.guild("Home").id
    assert await own.terminate() == 0
    discord.trouble.slow(COMMANDS, 10 * PATIENCE)
    await own.start()
    await discord.command("ann", "general", "mute", {"who": "bob", "in": scene.room})
    await people["eve"].hears(event("track_muted", "bob"))
    await own.seen("ann", "Muted bob")
    assert await own.terminate() == 0
    discord.trouble.clear()
    before = discord.commands("Home")
    discord.desk.registered.commands[home] = [one for one in before if one["name"] != "kick"]
    await own.start()
    await discord.until(lambda: len(discord.commands("Home")) == len(before))
    mended = f"The commands were not what Usher had registered; now they are: server {home}: 1 added (kick)."
    await discord.until(lambda: own.process.log.count(mended) == 1)


def under(bot: Bot, nonce: str) -> list[Call]:
    """What the processes sent under that nonce."""
    return [one for one in bot.discord.called(POST) if one.body.get("nonce") == nonce]


@pytest.mark.postgres
async def test_what_reaches_two_processes_on_one_history_is_done_once(
    livekit_server: RunningServer, tmp_path: Path, scene: Scene, postgres_url: str
) -> None:
    """A command, a press of what the other one may have shown, a modal: one of them does it, the other is silent."""
    listener, bob = await scene.join("listener"), await scene.join("bob", MIC)
    async with discord_bot_for(livekit_server, tmp_path, DATABASE_URL=postgres_url) as bot:
        first = bot.process
        bot.launch()
        await bot.discord.connected(2)
        done = await bot.discord.command("ann", "general", "mute", {"who": "bob", "in": scene.room})
        await listener.hears(event("track_muted", "bob"))
        line = await bot.seen("ben", "Muted bob", "mods")
        pressed = await bot.discord.press("ann", await asked_to_remove(bot, scene.room), "Remove")
        await bob.hears(event("disconnected", "bob", "PARTICIPANT_REMOVED"))
        await bot.seen("ann", "Removed bob")
        await bot.discord.press("ann", line, "Reason")
        await bot.discord.submit("ann", {"Reason": "loud"})
        await bot.seen("ann", "has a new reason: loud")
        assert {done.copies, pressed.copies} == {2}
        assert {code for one in bot.discord.interactions for code in one.refused} <= {TWICE[1]}
        assert list(bot.cases(scene.room).values()) == [[*DONE, ("reason", "done")], DONE]
        for words in ("Muted bob", "Removed bob"):
            assert len(bot.messages("ben", words, "mods")) == len(bot.messages("ann", words)) == 1
        for where, words in (("general", f"{bot.discord.me} rooms"), ("@me", "rooms")):
            written = await bot.discord.say("ann", where, words)
            await bot.discord.until(lambda: len(under(bot, written.id)) == 2)  # noqa: B023 - it is over before the next
        offer = await bot.seen("ann", "Press to go on", "general")
        await bot.discord.press("ann", offer, "/rooms")
        await bot.discord.until(lambda: len(bot.messages("ann", "live room")) == 2)
        await bot.discord.until(lambda: not bot.messages("ann", "Press to go on", "general"))
        first.popen.terminate()
        assert await first.ended() == 0
        await bot.discord.connected(1)
        await bot.discord.command("ann", "general", "history", room=scene.room)
        await bot.seen("ann", "kick, bob")


async def test_a_case_of_slack_is_undone_in_discord_and_slack_is_served_without_discord(
    livekit_server: RunningServer, tmp_path: Path, scene: Scene, people: dict[str, Person]
) -> None:
    """One process serves both."""
    async with slack_stand_in() as slack:
        admin = f"slack:{slack.world.team}/{slack.world.user('ann').id}"
        async with discord_bot_for(livekit_server, tmp_path, start=False, **slack.environment) as bot:
            bot.env["USHER_ADMINS"] += f",{admin}"
            await bot.start()
            await slack.connected()
            await slack.slash("ann", "general", "/usher", f"mute bob lock in:{scene.room}")
            await people["eve"].hears(event("track_unpublished", "bob", "microphone"))
            assert await scene.refused(people["bob"], MIC)
            [case] = bot.cases(scene.room)
            await bot.discord.command("ann", "general", "undo", n=case)
            await bot.discord.press("ann", await bot.seen("ann", f"Undo case {case}?"), "Undo it")
            await bot.seen("ann", f"Undid case {case}")
            await people["bob"].publish(MIC)
            await people["eve"].hears(event("track_published", "bob", "microphone"))
            await slack.slash("ann", "general", "/usher", f"case {case}")
            [shown] = await slack.until(lambda: slack.seen_by("ann").saying(f"Case {case} mute lock bob"))
            assert f"ended, just now, by Ann ({bot.account('ann')})" in shown.text
            assert bot.cases(scene.room)[case][:4] == [("order", "done"), *DONE, ("ended", "")]
            await bot.discord.revoke()
            await bot.discord.until(lambda: "Discord does not take the token" in bot.process.log)
            await slack.slash("ann", "general", "/usher", f"name bob in:{scene.room} Robert")
            await people["eve"].hears(event("name_changed", "bob", "Robert"))
            await slack.until(lambda: slack.seen_by("ann").saying("is called Robert"))
        slack.failures.check()
