"""Requests that are not Slack's, and payloads that ask for more than whoever sends them may have."""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest

from adapters.http import MOST_BYTES
from adapters.livekit.simulator.lively import BACKSTAGE, STANDUP
from adapters.slack.views import digest_of
from bot.people import Role
from tests.slack_forged import again, sent_to
from tests.slack_stand_in import Shown, SlackStandIn, View
from tests.slack_stand_in.signed import Answered, Post, signature, signed
from tests.slack_usher import MODES, Usher, opened, usher_for

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


@pytest.fixture
async def http(slack: SlackStandIn, tmp_path: Path) -> AsyncIterator[Usher]:
    """Behind the built-in server."""
    async with usher_for(slack, tmp_path, mode="http") as running:
        yield running


@pytest.fixture(params=MODES)
async def usher(slack: SlackStandIn, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Usher]:
    async with usher_for(slack, tmp_path, mode=request.param, channel="mods") as running:
        yield running


def mute(usher: Usher, **more: str) -> dict[str, str]:
    """Ann's `/usher mute bob`, as Slack sends it."""
    world = usher.slack.world
    return {
        "token": "verification_token", "team_id": world.team, "channel_id": world.channel("general").id,
        "user_id": world.user("ann").id, "user_name": "ann", "command": "/usher", "text": f"mute bob in:{STANDUP}",
        "response_url": f"{usher.slack.api_url}nowhere", "trigger_id": "1.2.mute", **more,
    }  # fmt: skip


async def post(usher: Usher, body: bytes, content_type: str = FORM, *, how: Post | None = None) -> Answered:
    """Posted to where Slack posts, signed as Slack does unless `how` says otherwise."""
    sending = usher.slack.sending
    return await sending.poster.post(sending.http_url, body, content_type, how or Post(usher.slack.app.signing_secret))


async def nothing_was_done(usher: Usher) -> bool:
    await asyncio.sleep(0.05)
    return usher.open("bob") and await usher.cases() == () and usher.service.calls == []


SECONDS = {"six minutes old": 360.0, "six minutes ahead": -360.0}


@pytest.mark.parametrize("how", SECONDS)
async def test_a_request_is_refused_when_its_time_is_too_far_off(http: Usher, how: str) -> None:
    secret = http.slack.app.signing_secret
    answer = await post(http, urlencode(mute(http)).encode(), how=Post(secret, age=SECONDS[how]))
    assert answer.status == 401
    assert await nothing_was_done(http)


FORGED: Mapping[str, Mapping[str, str | None]] = {
    "no signature": {"X-Slack-Signature": None},
    "no timestamp": {"X-Slack-Request-Timestamp": None},
    "neither": {"X-Slack-Signature": None, "X-Slack-Request-Timestamp": None},
    "an empty signature": {"X-Slack-Signature": ""},
    "another version": {"X-Slack-Signature": "v1=00"},
    "a signature beyond ASCII": {"X-Slack-Signature": "v0=é"},
    "a timestamp that is no number": {"X-Slack-Request-Timestamp": "yesterday"},
    "an empty timestamp": {"X-Slack-Request-Timestamp": ""},
    "a fraction of a second": {"X-Slack-Request-Timestamp": f"{time.time()}"},
    "an endless timestamp": {"X-Slack-Request-Timestamp": "9" * 5000},
    "the lazy header of Bolt": {"X-Slack-Signature": "v0=00", "X-Slack-Bolt-Lazy-Only": "1"},
}


@pytest.mark.parametrize("what", FORGED)
async def test_a_request_is_refused_when_its_headers_are_no_signature(
    http: Usher, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    how = Post(http.slack.app.signing_secret, headers=FORGED[what])
    answer = await post(http, urlencode(mute(http)).encode(), how=how)
    assert answer.status == 401
    assert await nothing_was_done(http)
    assert caplog.records == []


async def test_a_request_with_another_secret_is_refused(http: Usher, caplog: pytest.LogCaptureFixture) -> None:
    answer = await post(http, urlencode(mute(http)).encode(), how=Post("forged"))
    assert answer.status == 401
    assert await nothing_was_done(http)
    assert caplog.records == []


async def test_a_body_that_was_changed_after_it_was_signed_is_refused(http: Usher) -> None:
    now = str(int(time.time()))
    signed = signature(http.slack.app.signing_secret, now, urlencode(mute(http)).encode())
    headers = {"X-Slack-Request-Timestamp": now, "X-Slack-Signature": signed}
    changed = urlencode(mute(http, text=f"mute anna in:{STANDUP}")).encode()
    assert (await post(http, changed, how=Post("", headers=headers))).status == 401
    assert await nothing_was_done(http)


UNREADABLE = {
    "no form": (b"\xff\xfe", FORM),
    "no JSON": (b"{", JSON),
    "a list": (b"[1]", JSON),
    "a number": (b"1", JSON),
    "nothing": (b"", JSON),
    "JSON without an end": (b"[" * 100_000, JSON),
    "a payload that is no JSON": (urlencode({"payload": "{"}).encode(), FORM),
    "a payload that is a list": (urlencode({"payload": "[]"}).encode(), FORM),
    "a user that is a number": (json.dumps({"type": "block_actions", "user": 1}).encode(), JSON),
}


@pytest.mark.parametrize("secret", ["", "forged"])
@pytest.mark.parametrize("what", UNREADABLE)
async def test_what_cannot_be_read_is_refused_without_a_bug_in_the_log(
    http: Usher, what: str, secret: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Anybody can post anything to a public address."""
    body, content_type = UNREADABLE[what]
    answer = await post(http, body, content_type, how=Post(secret or http.slack.app.signing_secret))
    assert answer.status in (400, 401, 404)
    assert await nothing_was_done(http)
    assert [one.getMessage() for one in caplog.records if one.levelname == "ERROR"] == []


async def test_a_signed_request_that_is_replayed_acts_once(http: Usher) -> None:
    body = urlencode(mute(http)).encode()
    how = Post("", headers=signed(body, FORM, Post(http.slack.app.signing_secret)))
    first = await post(http, body, how=how)
    assert "Muted Bob Stone" in first.body
    http.rooms.set_muted(STANDUP, "bob", next(iter(http.person("bob").tracks)), False)
    second = await post(http, body, how=how)
    assert (second.status, second.body) == (200, "")
    assert http.open("bob")
    assert len(await http.cases()) == 1


async def test_a_signed_request_that_is_replayed_after_a_restart_acts_once(slack: SlackStandIn, tmp_path: Path) -> None:
    async with usher_for(slack, tmp_path, mode="http") as before:
        body = urlencode(mute(before)).encode()
        how = Post("", headers=signed(body, FORM, Post(slack.app.signing_secret)))
        assert "Muted Bob Stone" in (await post(before, body, how=how)).body
    async with usher_for(slack, tmp_path, mode="http") as after:
        answer = await post(after, body, how=how)
        assert answer.status == 200
        assert "Muted Bob Stone" not in answer.body
        assert after.open("bob")
        assert len(await after.cases()) == 1


async def question(usher: Usher, who: str = "ann") -> Shown:
    """Asked whether Omar is to be removed."""
    await usher.slack.slash(who, "general", "/usher", f"kick omar in:{STANDUP}")
    return await usher.seen(who, "Remove Omar")


def buttons(shown: Shown) -> dict[str, str]:
    """The values of its buttons, by their labels."""
    found = [one for block in shown.blocks if block["type"] == "actions" for one in block["elements"]]
    return {one["text"]["text"]: one["value"] for one in found}


async def times(usher: Usher, who: str, words: str, number: int) -> None:
    """Wait until so many messages say so."""
    await usher.slack.until(lambda: len(usher.slack.seen_by(who).saying(words)) == number)


async def test_a_tampered_value_does_nothing_and_spends_nothing(usher: Usher) -> None:
    asked = await question(usher)
    value = buttons(asked)["Remove"]
    forged = [
        "",
        "0",
        value[:-1],
        f"{value} ",
        value.swapcase(),
        "x" * 2000,
        "\ud800\x00",
        '{"bound": {}}',
        "' OR 1=1 --",
    ]
    for number, tampered in enumerate(forged, 1):
        await usher.slack.press("ann", asked, "Remove", forged={"value": tampered})
        await times(usher, "ann", "is not known", number)
    assert usher.here("omar")
    await usher.slack.press("ann", asked, "Remove")
    await usher.seen("ann", "Removed Omar")
    assert len(await usher.cases()) == 1


async def test_another_persons_confirmation_is_refused_and_not_spent(usher: Usher) -> None:
    theirs, own = await question(usher), await question(usher, "ben")
    await usher.slack.press("ben", theirs, "Remove", unseen=True)
    await usher.seen("ben", "not yours")
    await usher.slack.press("ben", own, "Remove", forged={"value": buttons(theirs)["Remove"]})
    await times(usher, "ben", "not yours", 2)
    assert usher.here("omar")
    await usher.slack.press("ann", theirs, "Remove")
    await usher.seen("ann", "Removed Omar")


async def test_a_confirmation_is_worth_what_its_owner_may_when_it_is_pressed(usher: Usher) -> None:
    asked = await question(usher, "ben")
    await usher.grant(usher.subject("ben"), Role.VIEWER, STANDUP)
    await usher.slack.press("ben", asked, "Remove")
    await usher.seen("ben", "needs the role moderator")
    assert usher.here("omar")
    await usher.grant(usher.subject("ben"), Role.MODERATOR, STANDUP)
    await usher.slack.press("ben", asked, "Remove")
    await usher.seen("ben", "Removed Omar")


@pytest.mark.parametrize(
    ("role", "room", "why"), [(Role.VIEWER, STANDUP, "needs the role"), (Role.ADMIN, BACKSTAGE, "scope")]
)
async def test_the_public_undo_is_refused_to_a_colleague_with_fewer_rights_and_not_spent(
    usher: Usher, role: Role, room: str, why: str
) -> None:
    await usher.grant(usher.subject("ben"), role, room)
    await usher.slack.slash("ann", "general", "/usher", f"mute bob lock in:{STANDUP}")
    line = await usher.seen("ann", "Keeping Bob Stone muted", "mods")
    sources = usher.person("bob").permission["can_publish_sources"]
    await usher.slack.press("ben", line, line.labels[0])
    assert (await usher.seen("ben", why)).ephemeral
    assert usher.person("bob").permission["can_publish_sources"] == sources
    await usher.slack.press("ann", line, line.labels[0])
    await usher.slack.press("ann", await usher.seen("ann", "Undo case"), "Undo it")
    await usher.seen("ann", "Undid case")


async def modal(usher: Usher, who: str) -> View:
    await usher.slack.shortcut(who, "moderate")
    [view] = await usher.slack.until(lambda: opened(usher.slack, who))
    assert isinstance(view, View)
    return view


def fill(view: View, **chosen: str) -> None:
    """Put these values into the state, offered or not; the person as from the list of that room."""
    for block in view.blocks:
        name = str(block["block_id"]).partition(":")[0]
        if name in chosen:
            option = {"text": {"type": "plain_text", "text": "forged"}, "value": chosen[name]}
            state = {"type": block["element"]["type"], "selected_option": option}
            if name == "person":
                block["block_id"] = f"person:{digest_of(chosen['room'])}"
            view.state[block["block_id"], block["element"]["action_id"]] = state


async def answered(usher: Usher, who: str, words: str) -> None:
    await usher.slack.until(lambda: words in sent_to(usher.slack, who))


@pytest.mark.parametrize("action", ["mute", "lock", "kick", "promote", "quiet", "participants", "no-such-action"])
async def test_a_submission_for_a_room_out_of_scope_is_refused_and_tells_nothing_of_it(
    usher: Usher, action: str
) -> None:
    view = await modal(usher, "ben")
    fill(view, room=BACKSTAGE, person="tom", action=action)
    view.body["private_metadata"] = json.dumps({"room": BACKSTAGE})
    await usher.slack.submit("ben", view)
    await answered(usher, "ben", "Choose what to do" if action == "no-such-action" else "not in your scope")
    assert "Tom Hart" not in sent_to(usher.slack, "ben")
    assert "Mei" not in sent_to(usher.slack, "ben")
    assert [call.method for call in usher.service.calls if not call.reads] == []


@pytest.mark.parametrize("by", ["identity", "sid"])
@pytest.mark.parametrize("action", ["mute", "kick", "promote"])
async def test_a_submission_about_a_hidden_person_is_answered_as_if_there_were_none(
    usher: Usher, action: str, by: str
) -> None:
    hidden = usher.person("EG_recorder")
    view = await modal(usher, "ben")
    fill(view, room=STANDUP, person=hidden.identity if by == "identity" else hidden.sid, action=action)
    await usher.slack.submit("ben", view)
    await answered(usher, "ben", "Nobody")
    assert [call.method for call in usher.service.calls if not call.reads] == []
    assert await usher.cases() == ()


async def test_a_search_with_a_forged_room_offers_nobody(usher: Usher) -> None:
    view = await modal(usher, "ben")
    fill(view, room=BACKSTAGE)
    view.body["private_metadata"] = json.dumps({"room": BACKSTAGE})
    person = next(one["block_id"] for one in view.blocks if one["block_id"].startswith("person"))
    assert (await usher.slack.search("ben", view, person, "tom")).options == []
    assert (await usher.slack.search("ben", view, person)).options == []
    fill(view, room=STANDUP)
    assert (await usher.slack.search("ben", view, person, "EG_rec")).options == []
    assert len((await usher.slack.search("ben", view, person, "bob")).options) == 1


@pytest.mark.parametrize("metadata", ["", "{", "[]", "null", '{"room": 1}', '{"channel": ["C0MODS"]}', "\ud800" * 700])
async def test_private_metadata_that_is_none_of_ours_counts_as_none(usher: Usher, metadata: str) -> None:
    view = await modal(usher, "ann")
    view.body["private_metadata"] = metadata
    fill(view, room=STANDUP, person="bob", action="mute")
    await usher.slack.submit("ann", view)
    await answered(usher, "ann", "Muted *Bob Stone*")
    assert not usher.open("bob")


async def test_a_command_in_a_channel_that_follows_another_room_widens_no_scope(usher: Usher) -> None:
    await usher.slack.slash("ann", "mods", "/usher", f"use {BACKSTAGE}")
    for line in ("participants", "mute tom", "kick mei", "quiet"):
        done = await usher.slack.slash("ben", "mods", "/usher", line)
        assert "not in your scope" in done.ack["text"]
        assert "Tom Hart" not in done.ack["text"]
    assert [call.method for call in usher.service.calls if not call.reads] == []


async def test_a_press_that_names_another_channel_does_what_was_asked_about_and_no_more(usher: Usher) -> None:
    await usher.slack.slash("ann", "mods", "/usher", f"use {BACKSTAGE}")
    await usher.slack.slash("ben", "general", "/participants", STANDUP)
    shown = await usher.seen("ben", "people")
    pressed = await usher.slack.press("ben", shown, "Mute", beside="Bob Stone")
    await usher.seen("ben", "Muted Bob Stone")
    other = {"id": usher.slack.world.channel("mods").id, "name": "mods"}
    await again(
        usher.slack, pressed, channel=other, container={**pressed.payload["container"], "channel_id": other["id"]}
    )
    await usher.seen("ben", "already muted", "mods")
    assert {case.opening.room for case in await usher.cases()} == {STANDUP, BACKSTAGE}


LONG = 100_000
LONG_TEXTS = {
    "a command": "x" * LONG,
    "a person": f"mute {'x' * LONG} in:{STANDUP}",
    "many words": f"mute in:{STANDUP} " + "bob " * (LONG // 4),
    "a room": "participants " + "x" * LONG,
    "a reason": f"mute bob in:{STANDUP} " + "x" * LONG,
    "a name": f"name bob in:{STANDUP} " + "x" * LONG,
    "a number": "case " + "9" * LONG,
    "mentions": f"mute in:{STANDUP} " + "<@U0ANN|ann> " * (LONG // 13),
    "entities": "&amp;" * (LONG // 5),
    "lines": f"mute bob in:{STANDUP}\n" * (LONG // 20),
    "emoji": f"mute in:{STANDUP} " + "\U0001f600" * (LONG // 4),
    "an attribute": f"attribute bob in:{STANDUP} k=" + "x" * LONG,
}


@pytest.mark.parametrize("what", LONG_TEXTS)
async def test_a_long_text_is_answered_and_the_next_command_too(
    usher: Usher, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    slack = usher.slack
    done = await slack.slash("ann", "general", "/usher", LONG_TEXTS[what])
    assert done.ack["text"]
    assert "went wrong" not in done.ack["text"]
    await slack.mention("ann", "general", LONG_TEXTS[what])
    [answer] = await slack.until(lambda: slack.called("chat.postEphemeral"))
    assert "went wrong" not in answer.args["text"]
    assert "10 people" in (await slack.slash("ann", "general", "/participants", STANDUP)).ack["text"]
    assert caplog.records == []


async def test_a_long_reason_is_kept_whole(usher: Usher) -> None:
    await usher.slack.slash("ann", "general", "/usher", LONG_TEXTS["a reason"])
    [case] = await usher.cases()
    assert case.opening.reason == "x" * LONG


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_of_more_than_a_mebibyte_is_refused(http: Usher, chunked: bool) -> None:
    body = urlencode(mute(http, text="x" * MOST_BYTES)).encode()
    headers = signed(body, FORM, Post(http.slack.app.signing_secret))

    async def pieces() -> AsyncIterator[bytes]:
        yield body

    async with aiohttp.ClientSession() as session:
        data = pieces() if chunked else io.BytesIO(body)
        async with session.post(http.slack.sending.http_url, data=data, headers=headers) as answer:
            assert answer.status == 413
    assert await nothing_was_done(http)


ODD = (
    "a\x00b",
    "\x1b[31mred",
    "\x07\x08\x7f",
    "\r\nsecond line",
    "\u2028\u2029\x85",
    "\u202egnorts\u202c",
    "\u2066\u2067open",
    "\ufeff\u200b\u00ad",
    "\U000e0041\U000e007f",
    "\uffff\ufdd0",
    "a\u0301\u0302" * 40,
)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(
    "line", [f"mute bob in:{STANDUP} {{}}", f"mute {{}} in:{STANDUP}", "{}", "use {}", "history {}"]
)
async def test_characters_that_show_nothing_or_turn_the_line_are_taken_and_not_repeated(
    usher: Usher, line: str, odd: str, caplog: pytest.LogCaptureFixture
) -> None:
    done = await usher.slack.slash("ann", "general", "/usher", line.format(odd))
    text = done.ack["text"]
    assert "went wrong" not in text
    assert (
        not {char for char in odd if not char.isprintable()}
        & set(text)
        & set("\x00\x1b\x07\x08\x7f\r\u2028\u2029\x85\u202e")
    )
    assert caplog.records == []


@pytest.mark.parametrize("half", ["\ud800", "x\udfffy", "\ud83d \ude00"])
async def test_half_a_character_in_a_message_is_taken(
    usher: Usher, half: str, caplog: pytest.LogCaptureFixture
) -> None:
    """JSON can hold one; a form cannot."""
    done = await usher.slack.mention("ann", "general", f"mute bob in:{STANDUP}")
    await usher.seen("ann", "Muted Bob Stone")
    event: dict[str, Any] = done.payload["event"]
    lines = (f"mute anna-berg in:{STANDUP} {half}", f"name bob in:{STANDUP} {half}", half)
    for line in lines:
        await again(usher.slack, done, event={**event, "text": f"<@{usher.slack.app.user}> {line}"})
    await usher.slack.until(lambda: len(usher.slack.called("chat.postEphemeral")) == 1 + len(lines))
    assert not [one for one in usher.slack.called("chat.postEphemeral") if "went wrong" in one.args["text"]]
    assert caplog.records == []
