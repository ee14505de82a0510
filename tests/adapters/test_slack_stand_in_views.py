"""The stand-in's modals and triggers, and the App Home: what opens them, replaces them, and closes them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from tests.adapters.slack_stand_in_app import ROOMS, modal, plain, section
from tests.adapters.slack_stand_in_raw import Timed, raw
from tests.clocks import ManualClock
from tests.conformance.slack_data import present
from tests.slack_stand_in import stand_in
from tests.slack_stand_in.views import TRIGGER_SECONDS

HOME: Mapping[str, Any] = {"type": "home", "blocks": [section("Home")]}


@pytest.fixture
async def timed() -> AsyncIterator[Timed]:
    clock = ManualClock()
    async with stand_in(clock=clock) as slack, raw(slack) as app:
        yield Timed(slack, clock, app)


async def test_a_trigger_opens_one_view_and_not_for_long(timed: Timed) -> None:
    first, second = await timed.trigger(), await timed.trigger()
    timed.clock.advance(TRIGGER_SECONDS)
    await timed.client.views_open(trigger_id=first, view=modal())
    assert timed.slack.seen_by("ann").view.title == "Ask"
    assert await timed.refused("views.open", trigger_id=first, view=modal()) == "exchanged_trigger_id"
    timed.clock.advance(0.1)
    assert await timed.refused("views.open", trigger_id=second, view=modal()) == "expired_trigger_id"
    assert await timed.refused("views.open", trigger_id="1.2.x", view=modal()) == "invalid_trigger_id"
    assert await timed.refused("views.open", view=modal()) == "invalid_arguments"


async def test_views_lie_on_each_other_three_high(timed: Timed) -> None:
    view = await timed.opened(blocks=ROOMS)
    for title in ("Second", "Third"):
        pressed = await timed.slack.press("ann", timed.slack.seen_by("ann").view, "Open")
        above = modal(title=plain(title), blocks=ROOMS)
        await timed.client.views_push(trigger_id=pressed.payload["trigger_id"], view=above)
    stack = timed.slack.seen_by("ann").views
    assert [one.title for one in stack] == ["Ask", "Second", "Third"]
    assert [(one.root, one.previous) for one in stack[1:]] == [(view.id, view.id), (view.id, stack[1].id)]
    pressed = await timed.slack.press("ann", stack[-1], "Open")
    assert await timed.refused("views.push", trigger_id=pressed.payload["trigger_id"], view=modal()) == (
        "push_limit_reached"
    )
    with pytest.raises(AssertionError, match="does not see that view"):
        await timed.slack.press("ann", view, "Open")


async def test_a_view_is_pushed_from_within_a_view_alone(timed: Timed) -> None:
    assert await timed.refused("views.push", trigger_id=await timed.trigger(), view=modal()) == "not_found"
    await timed.client.views_publish(user_id="U0ANN", view={"type": "home", "blocks": ROOMS})
    home = timed.slack.seen_by("ann").home
    assert home is not None
    trigger = (await timed.slack.press("ann", home, "Open")).payload["trigger_id"]
    assert await timed.refused("views.push", trigger_id=trigger, view=modal()) == "not_found"
    view = await timed.opened(blocks=ROOMS)
    pressed = await timed.slack.press("ann", view, "Open")
    await timed.slack.close("ann", view)
    trigger = pressed.payload["trigger_id"]
    assert await timed.refused("views.push", trigger_id=trigger, view=modal()) == "not_found"


async def test_an_update_names_a_view_that_is_open_as_it_is_now(timed: Timed) -> None:
    view = await timed.opened(external_id="mine")
    old = view.hash
    await timed.client.views_update(view_id=view.id, hash=old, view=modal(title=plain("New"), external_id="mine"))
    assert view.title == "New"
    assert await timed.refused("views.update", view_id=view.id, hash=old, view=modal()) == "hash_conflict"
    await timed.client.views_update(external_id="mine", view=modal(title=plain("Newer")))
    assert view.title == "Newer"
    assert await timed.refused("views.update", view_id="V1", view=modal()) == "not_found"
    assert await timed.refused("views.update", view=modal()) == "invalid_arguments"
    assert await timed.refused("views.update", view_id=view.id, view=HOME) == "invalid_arguments"
    await timed.slack.close("ann", view)
    assert await timed.refused("views.update", view_id=view.id, view=modal()) == "not_found"


async def test_an_external_id_is_there_once(timed: Timed) -> None:
    await timed.opened(external_id="mine")
    args = {"trigger_id": await timed.trigger(), "view": modal(external_id="mine")}
    assert await timed.refused("views.open", **args) == "duplicate_external_id"


async def test_what_is_filled_in_stays_when_the_view_is_updated(timed: Timed) -> None:
    view = await timed.opened()
    timed.app.answer = {"options": [{"text": plain("Bob"), "value": "bob"}]}
    await timed.slack.search("ann", view, "person")
    timed.app.answer = {"response_action": "update", "view": modal(title=plain("Again"))}
    await timed.slack.submit("ann", view, {"person": "Bob", "reason": "x"})
    assert view.title == "Again"
    timed.app.answer = None
    done = await timed.slack.submit("ann", view)
    assert done.payload["view"]["state"]["values"]["reason"]["reason"]["value"] == "x"
    assert timed.slack.seen_by("ann").views == []


@pytest.mark.parametrize(
    ("answer", "titles"),
    [
        (None, ["Ask"]),
        ({"response_action": "push", "view": modal(title=plain("Third"))}, ["Ask", "Second", "Third"]),
        ({"response_action": "clear"}, []),
    ],
)
async def test_a_submission_is_answered_with_what_comes_next(timed: Timed, answer: Any, titles: list[str]) -> None:
    below = await timed.opened(blocks=ROOMS)
    pressed = await timed.slack.press("ann", below, "Open")
    second = modal(title=plain("Second"), blocks=[section("Sure?")])
    await timed.client.views_push(trigger_id=pressed.payload["trigger_id"], view=second)
    timed.app.answer = answer
    await timed.slack.submit("ann", timed.slack.seen_by("ann").view)
    assert [one.title for one in timed.slack.seen_by("ann").views] == titles


async def test_a_submission_of_a_view_that_was_closed_meanwhile_does_nothing(timed: Timed) -> None:
    view = await timed.opened(blocks=[section("Sure?")])
    timed.app.silent = True
    submitting = asyncio.create_task(timed.slack.submit("ann", view))
    await timed.slack.until(lambda: timed.app.heard[-1].payload["type"] == "view_submission")
    await timed.slack.close("ann", view)
    update = {"response_action": "update", "view": modal()}
    await timed.app.send({"envelope_id": timed.app.heard[-1].envelope_id, "payload": update})
    assert (await submitting).acked is not None
    assert timed.slack.seen_by("ann").views == []


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        ({"response_action": "vanish"}, "no response_action is 'vanish'"),
        ({"response_action": "errors", "errors": {"elsewhere": "no"}}, "errors belong to inputs"),
        ({"response_action": "update", "view": {"type": "modal"}}, "invalid_arguments"),
    ],
)
async def test_a_submission_that_is_answered_wrong_stays_open_and_fails_the_test(
    timed: Timed, answer: Any, trouble: str
) -> None:
    view = await timed.opened(blocks=[section("Sure?")])
    timed.app.answer = answer
    await timed.slack.submit("ann", view)
    assert timed.slack.seen_by("ann").views == [view]
    timed.slack.failures.take(trouble)


async def test_an_app_home_is_each_persons_own(timed: Timed) -> None:
    first = await timed.client.views_publish(user_id="U0ANN", view=dict(HOME))
    assert timed.slack.seen_by("ben").home is None
    again = {"user_id": "U0ANN", "view": {"type": "home", "blocks": [section("Newer")]}}
    await timed.client.api_call("views.publish", json={**again, "hash": first["view"]["hash"]})
    home = timed.slack.seen_by("ann").home
    assert home is not None
    assert home.text == "Newer"
    assert await timed.refused("views.publish", hash=first["view"]["hash"], **again) == "hash_conflict"
    assert await timed.refused("views.publish", user_id="U0NOBODY", view=HOME) == "invalid_arguments"
    opened = await timed.slack.open_home("ann")
    assert opened.payload["event"]["view"]["id"] == home.id


async def test_views_that_are_too_large_or_none_are_refused(timed: Timed) -> None:
    timed.slack.checks.schemas = False
    trigger = await timed.trigger()
    large = modal(blocks=[section("x" * 2900) for _ in range(90)])
    assert await timed.refused("views.open", trigger_id=trigger, view=large) == "view_too_large"
    several: list[Any] = [{"type": "home", "blocks": []}, {"type": "modal"}, [], None]
    for wrong in several:
        assert await timed.refused("views.open", trigger_id=trigger, view=wrong) == "invalid_arguments"
        timed.slack.failures.take("views.open: invalid_arguments")


@present
async def test_views_are_held_to_the_published_schemas(timed: Timed) -> None:
    trigger = await timed.trigger()
    wrong = json.dumps(modal(title=plain("x" * 25)))
    assert await timed.refused("views.open", trigger_id=trigger, view=wrong) == "invalid_arguments"
    timed.slack.failures.take("views.open: invalid_arguments")


async def test_a_closed_view_is_told_of_when_it_asks_for_that(timed: Timed) -> None:
    assert await timed.slack.close("ann", await timed.opened()) is None
    done = await timed.slack.close("ann", await timed.opened(notify_on_close=True))
    assert done is not None
    assert (done.what, done.payload["is_cleared"]) == ("view_closed", False)
