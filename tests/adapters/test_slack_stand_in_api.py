"""The stand-in's Web API, driven with the bare SDK: tokens, scopes, arguments, the record of calls, trouble."""

from __future__ import annotations

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.adapters.slack_stand_in_app import section
from tests.adapters.slack_stand_in_raw import asked, client_of, word
from tests.conformance.slack_data import present
from tests.slack_stand_in import SlackStandIn, shapes, stand_in
from tests.slack_stand_in.checks import Checks
from tests.slack_stand_in.errors import Failures


@pytest.fixture
async def client(slack: SlackStandIn) -> AsyncWebClient:
    return client_of(slack)


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


@present
async def test_a_bug_of_the_stand_in_fails_the_test(
    slack: SlackStandIn, client: AsyncWebClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shapes, "auth", lambda _: 1 / 0)
    with pytest.raises(SlackApiError):
        await client.auth_test()
    slack.failures.take("the stand-in itself broke at /api/auth.test")
    with pytest.raises(AssertionError, match="made a wrong slash"):
        Checks(Failures()).outgoing("slash", {"command": "/usher"})


async def test_what_is_left_of_failures_is_raised_at_the_end() -> None:
    with pytest.raises(AssertionError, match="no_text"):
        async with stand_in() as slack:
            assert await word(client_of(slack), "chat.postMessage", channel="C0GENERAL") == "no_text"
    with pytest.raises(AssertionError, match="no failure has"):
        async with stand_in() as slack:
            slack.failures.take("no_text")


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
