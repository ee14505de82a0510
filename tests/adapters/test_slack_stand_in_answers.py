"""The stand-in's response addresses: how long they live, how often they can be used, and what a post to them does."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.adapters.slack_stand_in_app import ROOMS, section
from tests.adapters.slack_stand_in_raw import Timed, raw
from tests.clocks import ManualClock
from tests.slack_stand_in import Delivery, World, stand_in

HOME: Mapping[str, Any] = {"type": "home", "blocks": [section("Home")]}


@pytest.fixture
async def timed() -> AsyncIterator[Timed]:
    clock = ManualClock()
    async with stand_in(clock=clock) as slack, raw(slack) as app:
        yield Timed(slack, clock, app)


async def respond(where: Delivery | str, **body: Any) -> str:
    """What a post to the response address is answered with."""
    url = where if isinstance(where, str) else where.payload["response_url"]
    return (await AsyncWebhookClient(url).send_dict(body)).body


async def test_a_response_address_takes_five_posts(timed: Timed) -> None:
    done = await timed.slack.slash("ann", "secret", "/usher")
    answers = [await respond(done, text=str(number)) for number in range(6)]
    assert answers[:5] == ["ok"] * 5
    assert json.loads(answers[5]) == {"ok": False, "error": "used_url"}
    assert [one.text for one in timed.slack.seen_by("ann").messages] == list("01234")
    assert [call.status for call in timed.slack.called("response_url")] == [200] * 5 + [404]


async def test_a_response_address_lives_for_half_an_hour(timed: Timed) -> None:
    done = await timed.slack.slash("ann", "general", "/usher")
    timed.clock.advance(1800)
    assert await respond(done, text="in time") == "ok"
    timed.clock.advance(1)
    assert "expired_url" in await respond(done, text="late")
    assert "no_service" in await respond(done.payload["response_url"] + "x", text="elsewhere")


async def test_a_response_is_for_one_person_or_for_everybody(timed: Timed) -> None:
    done = await timed.slack.slash("ann", "random", "/usher")
    await respond(done, text="psst")
    await respond(done, text="hear", response_type="in_channel")
    assert [one.text for one in timed.slack.seen_by("ann").messages] == ["psst", "hear"]
    assert [one.text for one in timed.slack.seen_by("ben").messages] == ["hear"]


async def test_a_command_has_no_message_to_replace(timed: Timed) -> None:
    done = await timed.slack.slash("ann", "general", "/usher")
    await respond(done, text="one")
    await respond(done, text="two", replace_original=True)
    assert [(one.text, one.replaced) for one in timed.slack.seen_by("ann").messages] == [("one", False), ("two", False)]


async def pressed(timed: Timed) -> Delivery:
    timed.app.answer = {"text": "Rooms", "blocks": ROOMS}
    await timed.slack.slash("ann", "general", "/usher")
    timed.app.answer = None
    return await timed.slack.press("ann", timed.slack.seen_by("ann").last, "Open")


async def test_a_press_may_replace_keep_or_delete_its_message(timed: Timed) -> None:
    done = await pressed(timed)
    await respond(done, text="new", replace_original=False)
    assert [one.text for one in timed.slack.seen_by("ann").messages] == ["Rooms", "new"]
    await respond(done, text="old", replace_original="true")
    old, _ = timed.slack.seen_by("ann").messages
    assert (old.text, old.blocks, old.replaced) == ("old", [], True)
    await respond(done, delete_original=True)
    assert [one.text for one in timed.slack.seen_by("ann").messages] == ["new"]
    assert "message_not_found" in await respond(done, text="gone", replace_original=True)


async def test_a_press_says_what_becomes_of_its_message(timed: Timed) -> None:
    await respond(await pressed(timed), text="new")
    assert [one.text for one in timed.slack.seen_by("ann").messages] == ["new"]
    timed.slack.failures.take("neither replace_original nor delete_original")


async def test_a_response_goes_into_a_thread_when_it_is_for_everybody(timed: Timed) -> None:
    alert = timed.slack.say("ben", "secret", "screaming")
    done = await timed.slack.message_shortcut("ann", alert, "moderate_message")
    await respond(done, text="in thread", response_type="in_channel", thread_ts=alert.ts)
    assert timed.slack.seen_by("ben").last.thread_ts == alert.ts
    await respond(done, text="psst", thread_ts=alert.ts)
    assert timed.slack.seen_by("ann").last.thread_ts == ""
    timed.slack.failures.take("only a message with response_type in_channel goes into a thread")


@pytest.mark.parametrize(("body", "error"), [({"text": ""}, "no_text"), ({"text": "x" * 4001}, "msg_too_long")])
async def test_a_wrong_response_is_refused(timed: Timed, body: dict[str, Any], error: str) -> None:
    done = await timed.slack.slash("ann", "general", "/usher")
    assert json.loads(await respond(done, **body))["error"] == error
    timed.slack.failures.take(error)


async def test_a_response_gets_into_trouble_like_a_call(timed: Timed) -> None:
    done = await timed.slack.slash("ann", "general", "/usher")
    timed.slack.trouble.limit("response_url", retry_after=7)
    client = AsyncWebhookClient(done.payload["response_url"])
    limited = await client.send_dict({"text": "x"})
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "7")
    timed.slack.trouble.drop("response_url", after=True)
    assert (await client.send_dict({"text": "y"})).status_code == 200  # the SDK asks again once it was cut off
    assert [one.text for one in timed.slack.seen_by("ann").messages] == ["y", "y"]


async def test_a_post_that_is_no_json_is_none(timed: Timed) -> None:
    done = await timed.slack.slash("ann", "general", "/usher")
    answered = await timed.slack.deliver_http(done.payload["response_url"], {"text": "x"}, "slash_commands")
    assert (answered.status, "invalid_payload" in answered.body) == (400, True)


async def test_a_world_without_enterprise_has_none_in_its_views(timed: Timed) -> None:
    view = await timed.opened(blocks=ROOMS)
    done = await timed.slack.press("ann", view, "Open")
    assert done.payload["enterprise"] is None
    assert World().enterprise == ""
