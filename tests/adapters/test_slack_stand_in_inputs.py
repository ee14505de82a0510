"""The stand-in's selects and inputs: filled in, searched, kept, and held back by Slack itself where they are not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.adapters.slack_stand_in_app import ROOMS, modal, plain, section
from tests.adapters.slack_stand_in_raw import Raw, raw
from tests.conformance.slack_data import present
from tests.slack_stand_in import Shown, SlackStandIn


@pytest.fixture
async def app(slack: SlackStandIn) -> AsyncIterator[Raw]:
    async with raw(slack) as found:
        yield found


async def posted(slack: SlackStandIn, blocks: Any = ROOMS, channel: str = "C0GENERAL") -> Shown:
    client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)
    await client.chat_postMessage(channel=channel, text="Rooms", blocks=blocks)
    return slack.seen_by("ann").last


async def test_a_select_in_a_message_is_chosen_and_kept_in_its_state(slack: SlackStandIn, app: Raw) -> None:
    rooms = [{"text": plain(name), "value": f"room:{name}"} for name in ("a", "b")]
    menu = {"type": "static_select", "action_id": "room", "option_groups": [{"label": plain("All"), "options": rooms}]}
    shown = await posted(slack, [section("Room", menu)])
    assert shown.labels == ["room > a", "room > b"]
    for done in (await slack.press("ann", shown, "b"), await slack.press("ann", shown, "room", option="room:b")):
        [action] = done.payload["actions"]
        assert action["selected_option"] == rooms[1]
        assert done.payload["state"]["values"][action["block_id"]]["room"]["selected_option"] == rooms[1]


def form(*elements: dict[str, Any], **more: Any) -> dict[str, Any]:
    blocks = [
        {"type": "input", "block_id": one["action_id"], "label": plain("L"), "element": one, **more} for one in elements
    ]
    return modal(blocks=blocks)


OPTIONS = [{"text": plain(name), "value": name.lower()} for name in ("One", "Two")]


async def opened(slack: SlackStandIn, view: dict[str, Any]) -> None:
    trigger = (await slack.shortcut("ann", "moderate")).payload["trigger_id"]
    client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)
    await client.views_open(trigger_id=trigger, view=view)


async def test_every_kind_of_input_is_filled_in(slack: SlackStandIn, app: Raw) -> None:
    elements = (
        {"type": "plain_text_input", "action_id": "text", "initial_value": "old"},
        {"type": "radio_buttons", "action_id": "radio", "options": OPTIONS, "initial_option": OPTIONS[0]},
        {"type": "checkboxes", "action_id": "boxes", "options": OPTIONS},
        {"type": "users_select", "action_id": "user"},
    )
    slack.checks.schemas = False  # the published limits know no checkboxes
    await opened(slack, form(*elements, optional=True))
    view = slack.seen_by("ann").view
    first = await slack.submit("ann", view)
    assert first.payload["view"]["state"]["values"] == {
        "text": {"text": {"type": "plain_text_input", "value": "old"}},
        "radio": {"radio": {"type": "radio_buttons", "selected_option": OPTIONS[0]}},
        "boxes": {"boxes": {"type": "checkboxes", "selected_options": []}},
        "user": {"user": {"type": "users_select", "selected_user": None}},
    }
    await opened(slack, form(*elements, optional=True))
    values = {"text": "new", "radio": "Two", "boxes": ["One", "two"], "user": "U0BEN"}
    second = await slack.submit("ann", slack.seen_by("ann").view, values)
    state = second.payload["view"]["state"]["values"]
    assert state["text"]["text"]["value"] == "new"
    assert state["radio"]["radio"]["selected_option"] == OPTIONS[1]
    assert state["boxes"]["boxes"]["selected_options"] == OPTIONS
    assert state["user"]["user"]["selected_user"] == "U0BEN"


async def test_a_press_in_a_view_stays_filled_in(slack: SlackStandIn, app: Raw) -> None:
    radio = {"type": "radio_buttons", "action_id": "radio", "options": OPTIONS}
    boxes = {"type": "checkboxes", "action_id": "boxes", "options": OPTIONS}
    typed = {"type": "plain_text_input", "action_id": "typed"}
    slack.checks.schemas = False
    await opened(slack, form(radio, boxes, typed, dispatch_action=True))
    view = slack.seen_by("ann").view
    await slack.press("ann", view, "radio", option="Two")
    await slack.press("ann", view, "boxes", option="One")
    await slack.press("ann", view, "boxes")
    done = await slack.press("ann", view, "typed", option="text")
    assert done.payload["actions"][0]["value"] == "text"
    state = (await slack.submit("ann", view, {"boxes": ["Two"]})).payload["view"]["state"]["values"]
    assert state["radio"]["radio"]["selected_option"] == OPTIONS[1]
    assert state["boxes"]["boxes"]["selected_options"] == OPTIONS[1:]
    assert state["typed"]["typed"]["value"] == "text"


async def test_slack_itself_holds_back_what_is_not_filled_in_well(slack: SlackStandIn, app: Raw) -> None:
    text = {"type": "plain_text_input", "action_id": "text", "max_length": 3, "min_length": 2}
    await opened(slack, form(text))
    view = slack.seen_by("ann").view
    for given, wrong in (({}, "text is required"), ({"text": "long"}, "4 characters"), ({"text": "x"}, "1 characters")):
        with pytest.raises(AssertionError, match=wrong):
            await slack.submit("ann", view, given)
    with pytest.raises(AssertionError, match="ben does not see that view"):
        await slack.submit("ben", view, {"text": "abc"})
    without = {key: value for key, value in modal(blocks=[section("x")]).items() if key != "submit"}
    await opened(slack, without)
    with pytest.raises(AssertionError, match="nothing to submit"):
        await slack.submit("ann", slack.seen_by("ann").view)


async def test_a_search_offers_what_can_then_be_chosen(slack: SlackStandIn, app: Raw) -> None:
    person = {"type": "external_select", "action_id": "person"}
    await opened(slack, form(person))
    view = slack.seen_by("ann").view
    with pytest.raises(AssertionError, match="min_query_length"):
        await slack.search("ann", view, "person", "bo")
    app.answer = {"option_groups": [{"label": plain("Open"), "options": OPTIONS}]}
    assert (await slack.search("ann", view, "person", "one")).options == ["One", "Two"]
    app.answer = None
    with pytest.raises(AssertionError, match="no option is 'Three'"):
        await slack.submit("ann", view, {"person": "Three"})
    assert (await slack.press("ann", view, "person", option="Two")).acked is not None
    assert (await slack.submit("ann", view)).acked is not None


async def test_a_search_in_a_message_says_which(slack: SlackStandIn, app: Raw) -> None:
    select = {"type": "external_select", "action_id": "person", "min_query_length": 0}
    shown = await posted(slack, [section("Who?", select)])
    app.answer = {"options": []}
    done = await slack.search("ann", shown, "person", "")
    assert (done.options, done.trouble, done.payload["container"]["message_ts"]) == ([], "", shown.ts)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {"text": "Bob"},
        {"options": [{"value": "bob"}] * 2, "option_groups": [{"label": plain("x")}]},
        {"options": [{"text": plain(f"{n}"), "value": f"{n}"} for n in range(101)]},
        pytest.param({"options": [{"text": plain("x" * 76), "value": "x"}]}, marks=present),
    ],
)
async def test_a_search_that_is_answered_wrong_shows_nothing(slack: SlackStandIn, app: Raw, answer: Any) -> None:
    await opened(slack, form({"type": "external_select", "action_id": "person", "min_query_length": 0}))
    app.answer = answer
    done = await slack.search("ann", slack.seen_by("ann").view, "person")
    assert done.trouble == "invalid_options"
    slack.failures.take("invalid_options")
