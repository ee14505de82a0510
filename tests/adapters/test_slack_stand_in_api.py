"""The stand-in's Web API, driven with the bare SDK: what Slack takes is taken, what it refuses is refused."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.adapters.slack_stand_in_app import button, section
from tests.conformance.slack_data import present
from tests.slack_stand_in import App, SlackStandIn, World, stand_in


def client_of(slack: SlackStandIn, token: str = "") -> AsyncWebClient:
    return AsyncWebClient(token or slack.app.bot_token, base_url=slack.api_url, retry_handlers=[])


@pytest.fixture
async def client(slack: SlackStandIn) -> AsyncWebClient:
    return client_of(slack)


async def asked(client: AsyncWebClient, method: str, **args: Any) -> dict[str, Any]:
    """The answer, as a form with POST; what is refused too."""
    try:
        return dict((await client.api_call(method, data=args)).data)  # type: ignore[arg-type]
    except SlackApiError as error:
        return dict(error.response.data)  # type: ignore[arg-type]


async def word(client: AsyncWebClient, method: str, **args: Any) -> str:
    """What it was refused for; "" for an answer that is ok."""
    return str((await asked(client, method, **args)).get("error", ""))


async def test_a_good_token_says_whose_it_is(slack: SlackStandIn, client: AsyncWebClient) -> None:
    found = await client.auth_test()
    assert (found["team_id"], found["user_id"], found["bot_id"]) == ("T0HOME", "U0USHER", "B0USHER")
    assert set(found.headers["x-oauth-scopes"].split(",")) == slack.app.scopes
    assert (await asked(client_of(slack, slack.app.app_token), "auth.test"))["app_id"] == slack.app.id


async def test_a_wrong_token_is_refused_and_a_revoked_one_until_it_is_restored(slack: SlackStandIn) -> None:
    assert await word(client_of(slack, "xoxb-other"), "auth.test") == "invalid_auth"
    assert await word(AsyncWebClient(base_url=slack.api_url), "auth.test") == "not_authed"
    slack.revoke()
    assert await word(client_of(slack), "auth.test") == "token_revoked"
    slack.restore()
    assert await word(client_of(slack), "auth.test") == ""


async def test_each_kind_of_token_is_for_its_own_methods(slack: SlackStandIn) -> None:
    bot, app = client_of(slack), client_of(slack, slack.app.app_token)
    assert await word(bot, "apps.connections.open") == "not_allowed_token_type"
    assert await word(app, "users.info", user="U0ANN") == "not_allowed_token_type"
    assert (await asked(app, "apps.connections.open"))["url"].startswith("ws://127.0.0.1:")
    slack.revoke("account_inactive", app=True)
    assert await word(app, "apps.connections.open") == "account_inactive"
    assert await word(bot, "auth.test") == ""


async def test_a_missing_scope_is_named(slack: SlackStandIn, client: AsyncWebClient) -> None:
    slack.app.scopes.discard("usergroups:read")
    refused = await asked(client, "usergroups.users.list", usergroup="S0STAGEHANDS")
    assert (refused["error"], refused["needed"]) == ("missing_scope", "usergroups:read")
    assert set(refused["provided"].split(",")) == slack.app.scopes
    slack.app.scopes.discard("groups:read")
    assert (await asked(client, "conversations.info", channel="C0MODS"))["needed"] == "groups:read"
    assert await word(client, "conversations.info", channel="C0GENERAL") == ""


async def test_reads_are_asked_for_with_post(slack: SlackStandIn, client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as refused:
        await client.users_info(user="U0ANN")
    assert refused.value.response.status_code == 404
    assert [call.status for call in slack.called("users.info")] == [404]
    assert (await asked(client, "users.info", user="U0ANN"))["user"]["name"] == "ann"


@pytest.mark.parametrize(
    ("method", "args", "error"),
    [
        ("users.info", {"user": "U0ANN"}, "user_not_found"),
        ("conversations.info", {"channel": "C0GENERAL"}, "invalid_arguments"),
        ("conversations.members", {"channel": "C0GENERAL"}, "invalid_arguments"),
        ("usergroups.users.list", {"usergroup": "S0STAGEHANDS"}, "invalid_arguments"),
    ],
)
async def test_older_reads_take_a_form_and_drop_json(
    client: AsyncWebClient, method: str, args: dict[str, str], error: str
) -> None:
    assert await word(client, method, **args) == ""
    with pytest.raises(SlackApiError, match=error):
        await client.api_call(method, json=args)


async def test_bodies_that_are_no_arguments_are_refused(slack: SlackStandIn) -> None:
    url, headers = f"{slack.api_url}chat.postMessage", {"Authorization": f"Bearer {slack.app.bot_token}"}
    found = []
    async with aiohttp.ClientSession(headers=headers) as session:
        for body, kind in ((b"{", "application/json"), (b"[]", "application/json"), (b"x", "text/plain")):
            async with session.post(url, data=body, headers={"Content-Type": kind}) as response:
                found.append((await response.json())["error"])
    assert found == ["invalid_json", "json_not_object", "invalid_post_type"]


async def test_a_method_or_an_argument_that_nobody_knows_fails_the_test(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    assert await word(client, "chat.shout", channel="C0GENERAL") == "unknown_method"
    slack.failures.take("chat.shout")
    assert await word(client, "chat.postMessage", channel="C0GENERAL", text="x", thread="1.2") == ""
    slack.failures.take("Slack does not read the arguments ['thread']")


async def test_what_is_left_of_failures_is_raised_at_the_end() -> None:
    with pytest.raises(AssertionError, match="no_text"):
        async with stand_in() as slack:
            assert await word(client_of(slack), "chat.postMessage", channel="C0GENERAL") == "no_text"
    with pytest.raises(AssertionError, match="no failure has"):
        async with stand_in() as slack:
            slack.failures.take("no_text")


LONG = [section("x" * 2900) for _ in range(5)]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"text": ""}, "no_text"),
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
    assert await word(client, "chat.postMessage", channel="C0GENERAL", **body) == error
    if body["text"] != "x" or body["blocks"] != "[":
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


async def test_calls_are_kept_in_their_order_without_their_tokens(slack: SlackStandIn, client: AsyncWebClient) -> None:
    await client.auth_test()
    await word(client, "chat.postMessage", channel="C0SECRET", text="x")
    await word(AsyncWebClient(base_url=slack.api_url), "auth.test", token=slack.app.bot_token)
    assert [(call.method, call.token, call.error, call.ok) for call in slack.calls] == [
        ("auth.test", "bot", "", True),
        ("chat.postMessage", "bot", "channel_not_found", False),
        ("auth.test", "bot", "", True),
    ]
    assert slack.calls[1].args == {"channel": "C0SECRET", "text": "x"}
    assert slack.app.bot_token not in repr(slack.calls)


async def test_a_secret_in_a_message_fails_the_test(slack: SlackStandIn, client: AsyncWebClient) -> None:
    text = f"my token is {slack.app.bot_token}"
    await client.chat_postMessage(channel="C0GENERAL", text=text, blocks=[section(text)])
    assert slack.calls[0].args["text"] == "my token is <bot>"
    for _ in range(2):
        slack.failures.take("the bot secret stands in what was sent")


async def test_a_limited_method_is_done_when_the_sdk_asks_again(slack: SlackStandIn) -> None:
    client = client_of(slack)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    slack.trouble.limit("usergroups.users.list", times=1, retry_after=1)
    assert (await asked(client, "usergroups.users.list", usergroup="S0STAGEHANDS"))["ok"]
    assert [(call.status, call.error) for call in slack.calls] == [(429, "ratelimited"), (200, "")]


async def test_a_limit_says_how_long_to_wait(slack: SlackStandIn, client: AsyncWebClient) -> None:
    slack.trouble.limit("chat.postMessage", times=2, retry_after=30)
    for _ in range(2):
        with pytest.raises(SlackApiError, match="ratelimited") as refused:
            await client.chat_postMessage(channel="C0GENERAL", text="x")
        assert refused.value.response.headers["Retry-After"] == "30"
    await client.chat_postMessage(channel="C0GENERAL", text="x")
    assert len(slack.seen_by("ann").messages) == 1


async def test_a_failing_method_fails_and_does_nothing(slack: SlackStandIn, client: AsyncWebClient) -> None:
    slack.trouble.fail("chat.postMessage", 503)
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel="C0GENERAL", text="x")
    assert refused.value.response.status_code == 503
    assert slack.seen_by("ann").messages == []
    slack.trouble.fail("*", 500, times=5)
    slack.trouble.clear()
    await client.chat_postMessage(channel="C0GENERAL", text="x")


@pytest.mark.parametrize(("after", "messages"), [(False, 0), (True, 1)])
async def test_a_dropped_call_was_done_or_not(
    slack: SlackStandIn, client: AsyncWebClient, after: bool, messages: int
) -> None:
    slack.trouble.drop("chat.postMessage", after=after)
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel="C0GENERAL", text="x")
    assert len(slack.seen_by("ann").messages) == messages
    assert [(call.status, call.ok) for call in slack.calls] == [(0, False)]


async def test_a_slow_method_is_answered_when_nobody_waits_any_more(slack: SlackStandIn) -> None:
    client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url, timeout=1, retry_handlers=[])
    slack.trouble.slow("users.info", 30, times=1)
    with pytest.raises(TimeoutError):
        await client.api_call("users.info", data={"user": "U0ANN"})
    assert await word(client, "users.info", user="U0ANN") == ""
    slack.trouble.clear()


async def test_a_world_of_ones_own_has_nobody_but_the_app() -> None:
    world = World()
    assert set(world.users) == {world.app.user}
    assert [world.add_user(name).id for name in ("Ann B.", "ann b", "annb")] == ["U0ANNB", "U0ANNB2", "U0ANNB3"]
    with pytest.raises(AssertionError, match="nothing is called 'zoe'"):
        world.user("zoe")
