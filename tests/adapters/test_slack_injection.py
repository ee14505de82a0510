"""Whatever people call themselves and their rooms, and whatever they give as a reason, Slack shows it as text."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from adapters.livekit.simulator.people import JoinGrant
from bot.people import Role
from tests.adapters.test_slack_escape import active
from tests.slack_stand_in import SlackStandIn
from tests.slack_usher import Usher, opened, usher_for

EVIL = (
    "*evil*",
    "_evil_",
    "~evil~",
    "`evil`",
    "```evil```",
    "> evil",
    "<!channel>",
    "<!here|click>",
    "<!subteam^S0STAGEHANDS|@evil>",
    "<@U0CAT>",
    "<#C0SECRET|click>",
    "<https://evil.example|click>",
    "<!date^0^{date}|click>",
    "&lt;!channel&gt;",
    "@channel",
    "@here",
    "@everyone",
    ":poop:",
    "evil\n> *evil*\n<!channel>",
    "\u202e*evil*\u202c",
)
ROOM = "*evil* <!channel> :poop: @here"
REASON = "_evil_ <@U0CAT> `evil` @channel <https://evil.example|evil> &lt;!here&gt;"
METADATA = '{"title": "<!channel> *evil*", "who": "~evil~ @here"}'
HELD_FROM_SLACK = {"apps.connections.open", "auth.test", "users.info", "usergroups.users.list", "conversations.info"}

FORMS = tuple(form for form in EVIL if form.isascii() and "\n" not in form and not form.startswith("&"))
CODE = re.compile(r"(?<![\w`])`[^`\n]+`(?![\w`])")
OURS = re.compile(r"<@U0(?:ANN|BEN)>|<!date\^\d{9,}\^\{date_short_pretty\} \{time\}\|[^<>|]*>")
BOLD = re.compile(r"(?<![A-Za-z0-9*])\*([^*\n]+)\*(?![A-Za-z0-9*])")


def harmful(mrkdwn: str) -> list[str]:
    """What Slack would act on in it, but for what is ours: bold names, code to copy, the actor, times."""
    bare = OURS.sub("", CODE.sub("", mrkdwn))
    quoted = [form for form in FORMS if "`" in form and form in mrkdwn]
    return quoted + [form for form in FORMS if form in bare and form != "> evil"] + active(BOLD.sub(r"\1", bare))


@pytest.mark.parametrize("form", FORMS)
def test_the_judge_of_these_tests_knows_each_form(form: str) -> None:
    assert harmful(form) != []
    assert active(form) != []


def shown(slack: SlackStandIn) -> Iterator[tuple[str, Any]]:
    """Every body that was sent to Slack, with where it went."""
    for call in slack.calls:
        if call.method not in HELD_FROM_SLACK:
            yield call.method, {key: _parsed(value) for key, value in call.args.items()}
    for delivery in slack.deliveries:
        if delivery.ack:
            yield f"acknowledgement of {delivery.what}", delivery.ack


def _parsed(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) and value[:1] in ("[", "{") else value


def objects(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from objects(inner)


def found_harm(slack: SlackStandIn) -> list[str]:
    found = []
    for where, body in shown(slack):
        if isinstance(text := body.get("text"), str):
            found += [f"{where}: {form} in the fallback {text!r}" for form in active(text)]
        for one in objects(body):
            text = one.get("text", "")
            if one.get("type") == "mrkdwn":
                found += [f"{where}: {form} in {text!r}" for form in harmful(text)]
                found += [] if one.get("verbatim") is True else [f"{where}: looked into {text!r}"]
            if one.get("type") == "plain_text" and ":" in text and one.get("emoji") is not False:
                found.append(f"{where}: emoji in {text!r}")
            if one.get("type") == "plain_text" and "\n" in text:
                found.append(f"{where}: more than a line: {text!r}")
    return found


@pytest.fixture
async def usher(slack: SlackStandIn, tmp_path: Path) -> AsyncIterator[Usher]:
    """The rooms are gone but for one, in which everybody has such a name; the reasons to pick are such ones too."""
    async with usher_for(slack, tmp_path, channel="mods", reasons=(REASON, ":poop: <!here>"), page_size=30) as running:
        running.rooms.rooms.clear()
        running.rooms.open(ROOM, METADATA)
        for number, form in enumerate(EVIL):
            grant = JoinGrant(f"{form} {number}", form, metadata=METADATA, attributes={form: form})
            running.rooms.join(ROOM, grant)
            running.rooms.publish(ROOM, grant.identity)
        await running.grant(running.subject("ben"), Role.MODERATOR, ROOM)
        yield running


def sid(usher: Usher, number: int) -> str:
    return usher.person(f"{EVIL[number]} {number}", ROOM).sid


async def test_in_answers_to_commands_names_are_text(usher: Usher) -> None:
    slack = usher.slack
    for line in ("participants", "rooms", "find poop", "quiet", f"use {ROOM}", "history", "moderators"):
        done = await slack.slash("ann", "general", "/usher", line)
        assert done.ack["blocks"]
    for number in range(len(EVIL)):
        await slack.slash("ann", "general", "/usher", f"participant {sid(usher, number)}")
    assert len([one for one in slack.deliveries if "PA_" in one.payload["text"]]) == len(EVIL)
    assert found_harm(slack) == []


@pytest.mark.parametrize("number", range(len(EVIL)))
async def test_in_answers_to_writes_and_in_public_lines_names_and_reasons_are_text(usher: Usher, number: int) -> None:
    slack, who = usher.slack, sid(usher, number)
    for line in (f"mute {who} {REASON}", f"mute {who} lock {EVIL[number]}", f"name {who} {REASON}"):
        await slack.slash("ann", "general", "/usher", line)
    await slack.until(lambda: len(slack.called("chat.postMessage")) == 3)
    await slack.slash("ann", "general", "/usher", f"metadata {who} {EVIL[number]}")
    await slack.slash("ann", "general", "/usher", f"attribute {who} {EVIL[number].split()[0]}={REASON}")
    await slack.slash("ann", "general", "/usher", f"room-metadata {EVIL[number]}")
    question = await slack.slash("ann", "general", "/usher", f"kick {who} {EVIL[number]}")
    assert len(question.ack["blocks"]) > 1
    await slack.press("ann", await usher.seen("ann", "Remove"), "Remove")
    await slack.until(lambda: not usher.here(f"{EVIL[number]} {number}", ROOM))
    await slack.slash("ann", "general", "/usher", "history")
    await slack.slash("ann", "general", "/usher", "case 2")
    assert found_harm(slack) == []


async def test_in_what_is_said_while_it_takes_long_names_are_text(usher: Usher) -> None:
    with usher.slow("MutePublishedTrack", 2.0):
        done = await usher.slack.slash("ann", "general", "/usher", f"mute {sid(usher, 0)} {REASON}")
    assert "Working on it" in done.ack["text"]
    assert "evil" in done.ack["text"]
    await usher.seen("ann", "Muted")
    assert found_harm(usher.slack) == []


async def test_in_choices_names_are_text(usher: Usher) -> None:
    for number in range(3):
        grant = JoinGrant(f"{EVIL[number]} twin", "*evil* <!channel>")
        usher.rooms.join(ROOM, grant)
        usher.rooms.publish(ROOM, grant.identity)
    done = await usher.slack.slash("ann", "general", "/usher", "mute *evil* <!channel>")
    assert usher.slack.seen_by("ann").last.labels != []
    assert len(done.ack["blocks"]) > 2
    assert found_harm(usher.slack) == []


async def test_in_refusals_names_are_text(usher: Usher) -> None:
    await usher.grant(usher.subject("ben"), Role.VIEWER, ROOM)
    for line in (
        f"mute {sid(usher, 0)}",
        f"participant <!here> {REASON}",
        f"participants {REASON}",
        REASON,
        "use *evil*",
    ):
        await usher.slack.slash("ben", "general", "/usher", line)
    assert found_harm(usher.slack) == []


async def test_in_modals_and_searches_names_are_text(usher: Usher) -> None:
    slack = usher.slack
    await slack.shortcut("ann", "moderate")
    [view] = await slack.until(lambda: opened(slack, "ann"))
    found = await slack.search("ann", view, _block(view, "person"))
    assert len(found.options) == len(EVIL)
    person = {_block(view, "person"): found.options[0], "action": "Mute", "reason": REASON}
    await slack.submit("ann", view, person)
    await slack.until(lambda: "Muted" in str(slack.seen_by("ann").views))
    assert found_harm(slack) == []


async def test_in_a_room_that_a_message_names_the_lines_and_their_menus_are_text(usher: Usher) -> None:
    slack = usher.slack
    room = ROOM.replace("<", "&lt;").replace(">", "&gt;")
    named = {"type": "section", "text": {"type": "mrkdwn", "text": f"someone is screaming in {room}"}}
    alert = slack.say("ben", "secret", "alert", blocks=[named])
    await slack.message_shortcut("ann", alert, "moderate_message")
    [view] = await slack.until(lambda: opened(slack, "ann"))
    assert f"{len(EVIL)} people" in view.text
    await slack.press("ann", view, "Mute", beside="poop")
    await slack.until(lambda: "Muted" in str(slack.seen_by("ann").views))
    assert found_harm(slack) == []


async def test_a_configured_reason_is_text_where_it_is_offered_and_where_it_is_told(usher: Usher) -> None:
    slack = usher.slack
    await slack.slash("ann", "general", "/usher", f"mute {sid(usher, 0)}")
    answer = await usher.seen("ann", "Muted")
    label = next(one.partition(" > ")[2] for one in answer.labels if "evil" in one)
    await slack.press("ann", answer, label)
    await usher.seen("ann", "has a new reason")
    assert found_harm(slack) == []


async def test_in_the_app_home_rooms_are_text(usher: Usher) -> None:
    await usher.slack.open_home("ann")
    home = await usher.slack.until(lambda: usher.slack.seen_by("ann").home)
    assert "evil" in home.text
    assert found_harm(usher.slack) == []


def _block(view: Any, name: str) -> str:
    return next(str(one["block_id"]) for one in view.blocks if str(one["block_id"]).partition(":")[0] == name)
