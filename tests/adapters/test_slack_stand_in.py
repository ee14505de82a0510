"""The stand-in for Slack does for a real app, on Slack's own framework, what Slack does; in both modes alike."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.adapters.slack_stand_in_app import MODES, running
from tests.conformance.slack_data import present
from tests.slack_stand_in import SlackStandIn, World, stand_in


@pytest.fixture(params=MODES)
async def peopled(slack: SlackStandIn, request: pytest.FixtureRequest) -> AsyncIterator[SlackStandIn]:
    async with running(slack, request.param):
        yield slack


async def test_an_acknowledged_command_shows_its_payload_to_one_person(peopled: SlackStandIn) -> None:
    done = await peopled.slash("ann", "general", "/usher", "show")
    assert done.acked is not None
    assert done.ack["text"] == "Two people"
    last = peopled.seen_by("ann").last
    assert (last.text, last.ephemeral, last.channel) == ("Two people", True, "C0GENERAL")
    assert last.labels == ["menu_bob > Mute", "menu_bob > Remove", "menu_eve > Mute", "menu_eve > Remove", "Open"]
    assert peopled.seen_by("ben").messages == []


async def test_a_bare_acknowledgement_shows_nothing_and_the_answer_follows(peopled: SlackStandIn) -> None:
    done = await peopled.slash("ann", "secret", "/usher", "bare")
    assert done.acked is not None
    assert not done.ack
    await peopled.until(lambda: peopled.seen_by("ann").saying("Later."))
    assert [body["text"] for body in done.bodies] == ["Later."]
    assert peopled.called("response_url")[0].args["text"] == "Later."


async def test_a_menu_entry_is_chosen_in_the_row_that_is_meant(peopled: SlackStandIn) -> None:
    await peopled.slash("ann", "general", "/usher", "show")
    done = await peopled.press("ann", peopled.seen_by("ann").last, "Mute", beside="bob")
    assert done.payload["actions"][0]["selected_option"]["value"] == "Mute:bob"
    assert "message" not in done.payload  # nobody is sent an ephemeral message back
    await peopled.until(lambda: peopled.seen_by("ann").saying("Chosen: Mute:bob"))
    [only] = peopled.seen_by("ann").messages
    assert only.replaced


async def test_a_button_opens_a_modal_that_is_searched_filled_in_and_submitted(peopled: SlackStandIn) -> None:
    await peopled.slash("ann", "general", "/usher", "show")
    await peopled.press("ann", peopled.seen_by("ann").last, "Open")
    [view] = await peopled.until(lambda: peopled.seen_by("ann").views)
    assert (await peopled.search("ann", view, "person", "bo")).options == ["Bob", "Bo"]
    done = await peopled.submit("ann", view, {"person": "Bob", "reason": "shouting"})
    values = done.payload["view"]["state"]["values"]
    assert values["person"]["person"]["selected_option"]["value"] == "bob"
    assert values["reason"]["reason"]["value"] == "shouting"
    assert peopled.seen_by("ann").views == []


async def test_errors_keep_a_modal_open(peopled: SlackStandIn) -> None:
    await peopled.shortcut("ann", "moderate")
    [view] = await peopled.until(lambda: peopled.seen_by("ann").views)
    await peopled.search("ann", view, "person")
    done = await peopled.submit("ann", view, {"person": "eve", "reason": "bad"})
    assert done.trouble == "Not that."
    assert peopled.seen_by("ann").view is view


async def test_a_mention_is_answered_in_its_thread(peopled: SlackStandIn) -> None:
    alert = peopled.say("ben", "general", "someone is screaming")
    done = await peopled.mention("ann", "general", "quiet standup", thread_ts=alert.ts)
    assert done.payload["event"]["text"] == "<@U0USHER> quiet standup"
    assert done.payload["event"]["thread_ts"] == alert.ts
    [heard] = await peopled.until(lambda: peopled.seen_by("cat").saying("Heard."))
    assert heard.thread_ts == alert.ts


async def test_a_direct_message_is_answered_there(peopled: SlackStandIn) -> None:
    done = await peopled.direct("gus", "a < b & @ann")
    assert done.payload["event"]["text"] == "a &lt; b &amp; <@U0ANN>"
    assert done.payload["event"]["channel_type"] == "im"
    [answer] = await peopled.until(lambda: peopled.seen_by("gus").saying("You said"))
    assert answer.direct
    assert peopled.seen_by("ann").messages == []


async def test_a_message_shortcut_works_where_the_app_is_no_member(peopled: SlackStandIn) -> None:
    alert = peopled.say("ben", "secret", "someone is screaming in room x")
    done = await peopled.message_shortcut("ann", alert, "moderate_message")
    assert done.payload["message"]["text"] == "someone is screaming in room x"
    assert done.payload["channel"] == {"id": "C0SECRET", "name": "privategroup"}
    [view] = await peopled.until(lambda: peopled.seen_by("ann").views)
    assert view.title == "Message"


async def test_the_app_home_is_published_and_pressed(peopled: SlackStandIn) -> None:
    await peopled.open_home("ann")
    home = await peopled.until(lambda: peopled.seen_by("ann").home)
    assert (home.text, home.labels) == ("Your rooms", ["Open"])
    done = await peopled.press("ann", home, "Open")
    assert done.payload["container"] == {"type": "view", "view_id": home.id}
    assert "response_url" not in done.payload
    [view] = await peopled.until(lambda: peopled.seen_by("ann").views)
    assert view.title == "Ask"


async def test_a_changed_group_is_told(peopled: SlackStandIn) -> None:
    done = await peopled.group_changed("stage-hands", ["ann", "cat"])
    assert done.acked is not None
    event = done.payload["event"]
    assert (event["added_users"], event["removed_users"]) == (["U0CAT"], ["U0BEN"])


@pytest.mark.parametrize("mode", MODES)
async def test_what_is_delivered_again_says_so(slack: SlackStandIn, mode: str) -> None:
    async with running(slack, mode):
        done = await slack.mention("ann", "general", "twice")
        await slack.redeliver(done)
        assert [one.acked is not None for one in done.attempts] == [True, True]
        await slack.until(lambda: len(slack.called("chat.postMessage")) == 2)


@present
@pytest.mark.parametrize("org_install", [False, True])
@pytest.mark.parametrize("mode", MODES)
async def test_payloads_of_an_enterprise_are_of_slacks_form(mode: str, org_install: bool) -> None:
    """`press`, `submit` and `slash` check what they send against the published types."""
    async with stand_in(World.usual(enterprise="E0CORP", org_install=org_install)) as slack, running(slack, mode):
        slash = await slack.slash("ann", "general", "/usher", "show")
        assert slash.payload["enterprise_id"] == "E0CORP"
        press = await slack.press("ann", slack.seen_by("ann").last, "Open")
        assert press.payload["team"]["enterprise_id"] == "E0CORP"
        [view] = await slack.until(lambda: slack.seen_by("ann").views)
        await slack.search("ann", view, "person")
        submit = await slack.submit("ann", view, {"person": "bob"})
        assert (submit.payload["team"] is None) is org_install
        assert submit.payload["enterprise"] == {"id": "E0CORP", "name": "Corp"}
