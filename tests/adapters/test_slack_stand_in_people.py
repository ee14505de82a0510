"""The stand-in's people do what a person can do, see what a person sees, and press nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.adapters.slack_stand_in_app import MODES, ROOMS, button, section
from tests.adapters.slack_stand_in_raw import Raw, raw
from tests.slack_stand_in import App, Shown, SlackStandIn, World, stand_in
from tests.slack_stand_in.typed import as_sent


@pytest.fixture
async def app(slack: SlackStandIn) -> AsyncIterator[Raw]:
    async with raw(slack) as found:
        yield found


async def posted(slack: SlackStandIn, blocks: Any = ROOMS, channel: str = "C0GENERAL") -> Shown:
    client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)
    await client.chat_postMessage(channel=channel, text="Rooms", blocks=blocks)
    return slack.seen_by("ann").last


async def test_what_is_typed_is_sent_in_slacks_forms() -> None:
    world = World.usual()
    assert as_sent("mute @ann in #general", world) == "mute <@U0ANN> in <#C0GENERAL|general>"
    assert as_sent("mute @ann", world, labelled=True) == "mute <@U0ANN|ann>"
    assert as_sent("<@U0BEN> a<b @nobody x@ann.org", world) == "<@U0BEN> a&lt;b @nobody x@ann.org"


async def test_a_command_is_one_of_the_manifest_and_of_a_person_who_is_there(slack: SlackStandIn) -> None:
    for who, where, command in (
        ("ann", "general", "/unknown"),
        ("cat", "mods", "/usher"),
        ("sam", "partners", "/usher"),
        ("dee", "general", "/usher"),
    ):
        slack.world.channel("general").members.add("U0DEE")
        with pytest.raises(AssertionError):
            await slack.slash(who, where, command)
    assert slack.deliveries == []


async def test_nobody_hears_of_a_command_without_a_connection(slack: SlackStandIn) -> None:
    done = await slack.slash("ann", "general", "/usher")
    assert (done.undelivered, done.acked, done.status, done.ack) == ("no connection", None, 0, None)


async def test_the_app_hears_only_where_it_is_and_what_it_may(slack: SlackStandIn, app: Raw) -> None:
    assert (await slack.mention("ann", "random", "hi")).undelivered == "the app is not in random"
    assert (await slack.mention("ann", "mods", "hi")).acked is not None
    slack.app.scopes -= {"app_mentions:read", "im:history"}
    assert (await slack.mention("ann", "mods", "hi")).undelivered == "the app has no scope app_mentions:read"
    assert (await slack.direct("ann", "hi")).undelivered == "the app has no scope im:history"
    done = await slack.group_changed("stage-hands", ["ann"], event="subteam_created")
    assert done.undelivered == "the app does not listen to subteam_created"
    assert len(app.heard) == 1


async def test_a_changed_group_may_be_told_whole(slack: SlackStandIn, app: Raw) -> None:
    done = await slack.group_changed("stage-hands", ["cat"], event="subteam_updated")
    assert done.payload["event"]["subteam"]["users"] == ["U0CAT"]


async def test_a_stranger_is_one_of_another_organisation(slack: SlackStandIn, app: Raw) -> None:
    done = await slack.mention("sam", "partners", "mute bob")
    event = done.payload["event"]
    assert (event["team"], event["user_team"], event["source_team"]) == ("T0OTHER",) * 3
    assert (done.payload["team_id"], done.payload["context_team_id"]) == ("T0OTHER", "T0HOME")
    assert done.payload["is_ext_shared_channel"] is True
    await posted(slack, channel="C0PARTNERS")
    press = await slack.press("sam", slack.seen_by("sam").last, "Open")
    assert (press.payload["user"]["team_id"], press.payload["team"]["id"]) == ("T0OTHER", "T0HOME")


async def test_another_bot_says_that_it_is_one(slack: SlackStandIn, app: Raw) -> None:
    slack.world.channel("general").members.add("U0BOT")
    assert (await slack.mention("bot", "general", "mute bob")).payload["event"]["bot_id"] == "B0BOT"


async def test_a_label_is_pressed_where_it_stands_once(slack: SlackStandIn, app: Raw) -> None:
    shown = await posted(slack)
    for label, beside in (("Mute", ""), ("Mute", "nobody"), ("Fly", "")):
        with pytest.raises(AssertionError, match="controls are"):
            await slack.press("ann", shown, label, beside=beside)
    done = await slack.press("ann", shown, "Remove", beside="eve")
    assert done.payload["actions"][0]["action_id"] == "menu_eve"
    assert done.payload["message"]["blocks"] == shown.blocks
    assert done.payload["container"]["is_ephemeral"] is False
    with pytest.raises(AssertionError, match="no option is"):
        await slack.press("ann", shown, "menu_eve")


async def test_one_presses_what_is_on_ones_own_screen(slack: SlackStandIn, app: Raw) -> None:
    app.answer = {"text": "Rooms", "blocks": ROOMS}
    await slack.slash("ann", "general", "/usher")
    app.answer = None
    shown = slack.seen_by("ann").last
    with pytest.raises(AssertionError, match="ben does not see that message"):
        await slack.press("ben", shown, "Open")
    with pytest.raises(AssertionError, match="has no menu"):
        await slack.message_shortcut("ann", shown, "moderate_message")
    done = await slack.press("ben", shown, "Open", unseen=True, forged={"value": "tampered"})
    assert (done.payload["user"]["id"], done.payload["actions"][0]["value"]) == ("U0BEN", "tampered")


async def test_an_old_screen_can_be_pressed_by_somebody_late(slack: SlackStandIn, app: Raw) -> None:
    shown = await posted(slack)
    client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)
    await client.chat_update(channel=shown.channel, ts=shown.ts, text="Gone", blocks=[section("Gone")])
    with pytest.raises(AssertionError, match="0 controls"):
        await slack.press("ann", shown, "Open")
    assert (await slack.press("ann", shown, "Open", unseen=True)).acked is not None
    with pytest.raises(AssertionError, match="never was"):
        await slack.press("ann", Shown("C1", "1.2", "", "", [], "", False, False), "Open", unseen=True)


async def test_shortcuts_are_those_of_the_manifest(slack: SlackStandIn, app: Raw) -> None:
    with pytest.raises(AssertionError, match="no global shortcut is moderate_message"):
        await slack.shortcut("ann", "moderate_message")
    with pytest.raises(AssertionError, match="no message shortcut is moderate"):
        await slack.message_shortcut("ann", slack.say("ann", "general", "x"), "moderate")


async def test_a_wrong_acknowledgement_of_a_command_shows_nothing(slack: SlackStandIn, app: Raw) -> None:
    app.answer = {"text": "x" * 4001}
    done = await slack.slash("ann", "general", "/usher")
    assert (done.trouble, slack.seen_by("ann").messages) == ("msg_too_long", [])
    slack.failures.take("acknowledgement of /usher: msg_too_long")


async def test_an_acknowledgement_may_be_for_everybody(slack: SlackStandIn, app: Raw) -> None:
    app.answer = {"text": "hello", "response_type": "in_channel"}
    await slack.slash("ann", "general", "/usher")
    assert slack.seen_by("ben").last.text == "hello"


@pytest.mark.parametrize("mode", MODES)
async def test_the_settings_of_a_process_are_those_of_the_mode(slack: SlackStandIn, mode: str) -> None:
    given = slack.environment if mode == "socket" else slack.http_environment
    assert given["SLACK_API_URL"].endswith("/api/")
    assert ("SLACK_APP_TOKEN" in given) is (mode == "socket")
    assert ("SLACK_SIGNING_SECRET" in given) is (mode == "http")


async def test_a_stand_in_that_ended_answers_nobody() -> None:
    async with stand_in(World.usual(App(name="other"))) as slack:
        url = f"{slack.api_url}auth.test"
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectionError):
            await session.post(url)


async def test_a_message_of_another_app_can_be_anything(slack: SlackStandIn, app: Raw) -> None:
    alert = slack.say("ann", "secret", "alert", blocks=[section("room x", button("Ack", "ack"))])
    done = await slack.message_shortcut("ben", alert, "moderate_message")
    assert done.payload["message"]["blocks"][0]["text"]["text"] == "room x"
