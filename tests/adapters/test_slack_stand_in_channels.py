"""The stand-in's messages, people, channels and groups, asked for with the bare SDK."""

from __future__ import annotations

import json

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.adapters.slack_stand_in_app import button, section
from tests.adapters.slack_stand_in_raw import asked, client_of, word
from tests.conformance.slack_data import present
from tests.slack_stand_in import App, SlackStandIn, World, stand_in


@pytest.fixture
async def client(slack: SlackStandIn) -> AsyncWebClient:
    return client_of(slack)


LONG = [section("x" * 2900) for _ in range(5)]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"text": ""}, "no_text"),
        ({"text": ["x"]}, "no_text"),
        ({"text": "x" * 4001}, "msg_too_long"),
        ({"text": "\U0001f600" * 2001}, "msg_too_long"),
        ({"text": "x", "blocks": json.dumps(LONG)}, "msg_blocks_too_long"),
        ({"text": "x", "blocks": "["}, "invalid_blocks_format"),
        ({"text": "x", "blocks": '["section"]'}, "invalid_blocks_format"),
        ({"text": "x", "blocks": '{"type": "divider"}'}, "invalid_blocks_format"),
    ],
)
async def test_messages_that_are_too_large_or_none_are_refused(
    slack: SlackStandIn, client: AsyncWebClient, body: dict[str, str], error: str
) -> None:
    with pytest.raises(SlackApiError, match=error):
        await client.api_call("chat.postMessage", json={"channel": "C0GENERAL", **body})
    slack.failures.take(error)
    assert await word(client, "chat.postMessage", channel="C0GENERAL", text="x" * 4000) == ""


@present
@pytest.mark.parametrize("schemas", [True, False])
async def test_blocks_are_held_to_the_published_schemas(
    slack: SlackStandIn, client: AsyncWebClient, schemas: bool
) -> None:
    slack.checks.schemas = schemas
    wrong = [{"type": "actions", "elements": [button("x" * 76, "a")]}]
    refused = await asked(client, "chat.postMessage", channel="C0GENERAL", text="x", blocks=json.dumps(wrong))
    assert refused.get("error") == ("invalid_blocks" if schemas else None)
    if schemas:
        assert refused["response_metadata"]["messages"]
        slack.failures.take("chat.postMessage: invalid_blocks")
    good = [{"type": "actions", "elements": [button("x" * 75, "a")]}]
    assert await word(client, "chat.postMessage", channel="C0GENERAL", text="x", blocks=json.dumps(good)) == ""


@pytest.mark.parametrize(
    ("channel", "posted", "whispered"),
    [
        ("C0GENERAL", "", ""),
        ("C0MODS", "", ""),
        ("#general", "", ""),
        ("C0RANDOM", "not_in_channel", "not_in_channel"),
        ("C0SECRET", "channel_not_found", "channel_not_found"),
        ("C0NOWHERE", "channel_not_found", "channel_not_found"),
        ("", "channel_not_found", "channel_not_found"),
        ("U0ANN", "", "channel_not_found"),
        ("U0BOT", "cannot_dm_bot", "channel_not_found"),
        ("U0DEE", "channel_not_found", "channel_not_found"),
        ("U0SAM", "channel_not_found", "channel_not_found"),
    ],
)
async def test_the_app_writes_where_it_is_a_member(
    client: AsyncWebClient, channel: str, posted: str, whispered: str
) -> None:
    assert await word(client, "chat.postMessage", channel=channel, text="x") == posted
    assert await word(client, "chat.postEphemeral", channel=channel, text="x", user="U0ANN") == whispered


async def test_public_channels_are_open_with_the_scope_for_it(slack: SlackStandIn, client: AsyncWebClient) -> None:
    slack.app.scopes.add("chat:write.public")
    assert await word(client, "chat.postMessage", channel="C0RANDOM", text="x") == ""
    slack.world.channel("general").archived = True
    assert await word(client, "chat.postMessage", channel="C0GENERAL", text="x") == "is_archived"


async def test_an_ephemeral_message_is_for_one_person_in_the_channel(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    assert await word(client, "chat.postEphemeral", channel="C0MODS", user="U0CAT", text="x") == "user_not_in_channel"
    assert await word(client, "chat.postEphemeral", channel="C0MODS", text="x") == "invalid_arguments"
    assert await word(client, "chat.postEphemeral", channel="C0MODS", user="U0ANN", text="psst") == ""
    assert [one.text for one in slack.seen_by("ann").messages] == ["psst"]
    assert slack.seen_by("ben").messages == []


async def test_a_message_reaches_those_who_are_there(slack: SlackStandIn, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel="C0MODS", text="mods")
    answer = await client.chat_postMessage(channel="U0ANN", text="dm", blocks=[section("dm", button("b", "a"))])
    assert answer["channel"] == slack.world.direct("ann").id
    assert answer["message"]["blocks"][0]["block_id"]
    assert [one.text for one in slack.seen_by("ann").messages] == ["mods", "dm"]
    assert [one.text for one in slack.seen_by("ben").messages] == ["mods"]
    assert slack.seen_by("cat").messages == []


async def test_a_thread_is_one_that_somebody_sees(slack: SlackStandIn, client: AsyncWebClient) -> None:
    first = slack.say("ann", "general", "hello")
    reply = await client.chat_postMessage(channel="C0GENERAL", text="reply", thread_ts=first.ts)
    again = await client.chat_postMessage(channel="C0GENERAL", text="again", thread_ts=reply["ts"])
    assert again["message"]["thread_ts"] == first.ts
    await client.chat_postMessage(channel="C0MODS", text="lost", thread_ts=first.ts)
    slack.failures.take("nobody sees a thread")


async def test_only_ones_own_messages_that_stand_are_updated(slack: SlackStandIn, client: AsyncWebClient) -> None:
    hers = slack.say("ann", "general", "hello")
    mine = await client.chat_postMessage(channel="C0GENERAL", text="old", blocks=[section("old")])
    whispered = await client.chat_postEphemeral(channel="C0GENERAL", user="U0ANN", text="psst")
    update = {"channel": "C0GENERAL", "text": "new"}
    assert await word(client, "chat.update", ts=hers.ts, **update) == "cant_update_message"
    assert await word(client, "chat.update", ts=whispered["message_ts"], **update) == "message_not_found"
    assert await word(client, "chat.update", **update) == "invalid_arguments"
    assert await word(client, "chat.update", ts=mine["ts"], **update) == ""
    kept = slack.seen_by("ben").last
    assert (kept.text, kept.replaced, len(kept.blocks)) == ("new", True, 1)  # blocks that are not given stay
    assert await word(client, "chat.update", ts=mine["ts"], blocks="[]", **update) == ""
    assert slack.seen_by("ben").last.blocks == []


async def test_people_are_what_they_are(slack: SlackStandIn, client: AsyncWebClient) -> None:
    found = {}
    for name in ("ann", "gus", "una", "bot", "dee", "sam"):
        found[name] = (await asked(client, "users.info", user=slack.world.user(name).id))["user"]
    assert {name for name, user in found.items() if user.get("is_restricted")} == {"gus", "una"}
    assert {name for name, user in found.items() if user.get("is_ultra_restricted")} == {"una"}
    assert {name for name, user in found.items() if user["is_bot"]} == {"bot"}
    assert {name for name, user in found.items() if user["deleted"]} == {"dee"}
    assert {name for name, user in found.items() if user["team_id"] != "T0HOME"} == {"sam"}
    assert found["sam"]["is_stranger"] is False  # they share a channel with the app
    slack.world.channel("partners").members.discard("U0SAM")
    assert (await asked(client, "users.info", user="U0SAM"))["user"]["is_stranger"] is True
    assert await word(client, "users.info", user="U0NOBODY") == "user_not_found"
    assert await word(client, "users.info") == "user_not_found"


async def test_people_of_an_enterprise_are_in_it() -> None:
    async with stand_in(World.usual(enterprise="E0CORP")) as slack:
        other = slack.world.add_user("wes", team="T0WEST")
        found = (await asked(client_of(slack), "users.info", user=other.id))["user"]
        assert found["enterprise_user"]["enterprise_id"] == "E0CORP"
        assert found["enterprise_user"]["teams"] == ["T0WEST"]
        assert "enterprise_user" not in (await asked(client_of(slack), "users.info", user="U0SAM"))["user"]
        assert (await asked(client_of(slack), "auth.test"))["enterprise_id"] == "E0CORP"


async def test_user_groups_have_members(slack: SlackStandIn, client: AsyncWebClient) -> None:
    group = "S0STAGEHANDS"
    assert (await asked(client, "usergroups.users.list", usergroup=group))["users"] == ["U0ANN", "U0BEN"]
    [found] = (await asked(client, "usergroups.list", include_users="true"))["usergroups"]
    assert (found["handle"], found["users"]) == ("stage-hands", ["U0ANN", "U0BEN"])
    assert await word(client, "usergroups.users.list", usergroup=group, team_id="T0ELSE") == "invalid_team"
    slack.world.group(group).enabled = False
    assert (await asked(client, "usergroups.list"))["usergroups"] == []
    assert await word(client, "usergroups.users.list", usergroup=group) == "no_such_subteam"
    assert await word(client, "usergroups.users.list", usergroup=group, include_disabled="true") == ""


async def test_a_token_of_a_whole_enterprise_says_which_workspace_it_means() -> None:
    async with stand_in(World.usual(enterprise="E0CORP", org_install=True)) as slack:
        client = client_of(slack)
        assert (await asked(client, "auth.test"))["team_id"] == "E0CORP"
        assert await word(client, "usergroups.users.list", usergroup="S0STAGEHANDS") == "missing_argument"
        assert await word(client, "usergroups.users.list", usergroup="S0STAGEHANDS", team_id="T0HOME") == ""


async def test_channels_are_what_they_are(slack: SlackStandIn, client: AsyncWebClient) -> None:
    general = (await asked(client, "conversations.info", channel="C0GENERAL", include_num_members="true"))["channel"]
    assert (general["is_private"], general["is_member"], general["is_ext_shared"]) == (False, True, False)
    assert general["num_members"] == 6
    assert (await asked(client, "conversations.info", channel="C0RANDOM"))["channel"]["is_member"] is False
    assert (await asked(client, "conversations.info", channel="C0MODS"))["channel"]["is_private"] is True
    assert (await asked(client, "conversations.info", channel="C0PARTNERS"))["channel"]["is_ext_shared"] is True
    assert await word(client, "conversations.info", channel="C0SECRET") == "channel_not_found"
    assert await word(client, "conversations.info", channel="C0NOWHERE") == "channel_not_found"


async def test_members_come_in_pages(client: AsyncWebClient) -> None:
    found, cursor = [], ""
    while True:
        page = await asked(client, "conversations.members", channel="C0GENERAL", limit=4, cursor=cursor)
        found.append(page["members"])
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert [len(page) for page in found] == [4, 2]
    assert await word(client, "conversations.members", channel="C0GENERAL", cursor="bm8=") == "invalid_cursor"


async def test_a_direct_message_is_opened_with_the_scope_for_it(slack: SlackStandIn, client: AsyncWebClient) -> None:
    assert await word(client, "conversations.open", users="U0ANN") == "missing_scope"
    slack.app.scopes |= {"im:write", "im:read", "mpim:write"}
    opened = (await asked(client, "conversations.open", users="U0ANN", return_im="true"))["channel"]
    assert (opened["is_im"], opened["user"]) == (True, "U0ANN")
    assert (await asked(client, "conversations.open", channel=opened["id"]))["channel"] == {"id": opened["id"]}
    assert await word(client, "conversations.open") == "users_list_not_supplied"
    assert await word(client, "conversations.open", users="U0DEE") == "user_disabled"
    assert await word(client, "conversations.open", users="U0NOBODY") == "user_not_found"
    assert await word(client, "conversations.open", users="U0ANN,U0BEN") == "method_not_supported_for_channel_type"


async def test_tabs_that_the_manifest_turns_off_are_off() -> None:
    usual = App().manifest
    home = {**usual["features"]["app_home"], "home_tab_enabled": False, "messages_tab_enabled": False}
    app = App({**usual, "features": {**usual["features"], "app_home": home}})
    async with stand_in(World.usual(app)) as slack:
        client = client_of(slack)
        assert await word(client, "chat.postMessage", channel="U0ANN", text="x") == "messages_tab_disabled"
        view = json.dumps({"type": "home", "blocks": [section("x")]})
        assert await word(client, "views.publish", user_id="U0ANN", view=view) == "not_enabled"


async def test_a_world_of_ones_own_has_nobody_but_the_app() -> None:
    world = World()
    assert set(world.users) == {world.app.user}
    assert [world.add_user(name).id for name in ("Ann B.", "ann b", "annb")] == ["U0ANNB", "U0ANNB2", "U0ANNB3"]
    with pytest.raises(AssertionError, match="nothing is called 'zoe'"):
        world.user("zoe")
