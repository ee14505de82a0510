"""What becomes of an answer when Discord does not take it, when it comes late, and when another process was first."""

from __future__ import annotations

import copy
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest
from simcord.http import FakeWebhookAdapter

from adapters.answering import ANSWER_SECONDS
from adapters.discord import limits
from adapters.discord.adapter import discord_adapter, opened
from adapters.discord.client import UsherClient, Ways
from adapters.http import HttpServer
from adapters.livekit.simulator.lively import STANDUP
from adapters.settings import load
from bot.people import Role
from tests.discord_payloads import button
from tests.discord_usher import TOKEN, Usher, labels, text, usher_for

CALLBACK, ORIGINAL, FOLLOWUP = "/interactions/*/callback", "/webhooks/*/messages/@original", "/webhooks/*"
LOG = "adapters.discord.delivery"


@pytest.fixture
async def usher(tmp_path: Path) -> AsyncIterator[Usher]:
    async with usher_for(tmp_path) as running:
        yield running


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING]


def test_what_is_not_ready_is_deferred_long_before_it_is_too_late() -> None:
    assert ANSWER_SECONDS <= limits.ACKNOWLEDGE_SECONDS / 2


@pytest.mark.parametrize(("status", "code"), [(500, 0), (429, 0), (400, 50035), (403, 50001)])
async def test_an_answer_that_is_refused_as_the_response_comes_as_a_direct_message(
    usher: Usher, caplog: pytest.LogCaptureFixture, status: int, code: int
) -> None:
    usher.env.inject_error("POST", CALLBACK, status=status, code=code)
    usher.env.inject_error("POST", FOLLOWUP, status=404, code=10015)
    await usher.call("ben", "mute", who="bob", in_=STANDUP)
    [said] = usher.direct("ben")
    assert "Muted Bob Stone" in said
    assert errors(caplog) == []


@pytest.mark.parametrize("who", ["dora", "ben"])
async def test_a_direct_message_has_buttons_for_those_alone_who_can_press_them_there(usher: Usher, who: str) -> None:
    """Dora moderates by a role of the server, which does not count there; Ben by himself."""
    expired(usher)
    await usher.call(who, "kick", who="omar", in_=STANDUP)
    [question] = usher.people[who].user.dm_channel.history()
    assert "Remove Omar (omar) from standup?" in usher.direct(who)[0]
    if who == "ben":
        await usher.people[who].user.click(question, label="Remove")
        assert not usher.here("omar")
        return
    assert labels(question) == []
    assert usher.direct(who)[0].endswith(f"{NOTHING_TO_PRESS} Ask again in the channel.")
    expired(usher)
    await usher.call(who, "mute", who="bob", in_=STANDUP)
    *_, done = usher.people[who].user.dm_channel.history()
    assert labels(done) == []
    assert f"{NOTHING_TO_PRESS} Go on in the channel." in usher.direct(who)[-1]
    expired(usher)
    await usher.call(who, "whoami")
    assert NOTHING_TO_PRESS not in usher.direct(who)[-1], "nothing is missing there"


async def test_a_direct_message_has_the_buttons_where_the_role_gives_nothing_more(usher: Usher) -> None:
    await usher.grant(usher.subject("dora"), Role.MODERATOR, STANDUP)
    expired(usher)
    await usher.call("dora", "kick", who="omar", in_=STANDUP)
    [question] = usher.people["dora"].user.dm_channel.history()
    assert labels(question) == ["Remove", "No, leave it"]


NOTHING_TO_PRESS = "Nothing can be pressed here, where the roles that you have on the server do not count."


def expired(usher: Usher) -> None:
    """Nothing but a direct message can be shown to the next one who asks."""
    usher.env.inject_error("POST", CALLBACK, status=500)
    usher.env.inject_error("POST", FOLLOWUP, status=404, code=10015)


def unreachable(usher: Usher) -> None:
    """Nothing can be shown to the next one who asks alone."""
    usher.env.inject_error("POST", CALLBACK, status=500)
    usher.env.inject_error("POST", FOLLOWUP, status=404, code=10015)
    usher.env.inject_error("POST", "/users/@me/channels", status=403, code=50007)


async def test_who_takes_no_direct_messages_is_told_in_the_channel_that_there_was_an_answer(
    usher: Usher, caplog: pytest.LogCaptureFixture
) -> None:
    unreachable(usher)
    await usher.call("ben", "mute", who="bob", in_=STANDUP)
    [case] = await usher.cases()
    ben = usher.people["ben"].id
    again = f"It is case {case.number}: /case {case.number} shows it."
    assert usher.said("general") == [f"{ben}: your answer could not be shown to you alone. {again}"]
    unreachable(usher)
    await usher.call("ben", "participants", room=STANDUP)
    assert usher.said("general")[1:] == [f"{ben}: your answer could not be shown to you alone. Ask again."]
    assert errors(caplog) == []


async def test_an_answer_to_whom_nothing_can_be_sent_is_logged_without_its_words(
    usher: Usher, caplog: pytest.LogCaptureFixture
) -> None:
    unreachable(usher)
    usher.env.inject_error("POST", f"/channels/{usher.channel('general').id}/messages", status=403, code=50013)
    await usher.call("ben", "mute", who="bob", in_=STANDUP)
    number = usher.arrived[-1]["id"]
    assert errors(caplog) == [f"The answer to interaction {number} reached nobody (500, 10008, 10015, 50007, 50013)."]
    assert not usher.open("bob")


@pytest.mark.parametrize(("status", "code"), [(404, 10015), (401, 50027), (404, 10008)])
async def test_a_late_answer_whose_token_has_ended_comes_as_a_direct_message_and_nobody_else_reads_it(
    usher: Usher, caplog: pytest.LogCaptureFixture, status: int, code: int
) -> None:
    usher.env.inject_error("PATCH", ORIGINAL, status=status, code=code)
    usher.env.inject_error("POST", FOLLOWUP, status=status, code=code)
    with usher.slow("ListParticipants"):
        await usher.call("ben", "participants", room=STANDUP)
    [said] = usher.direct("ben")
    assert "standup: 9 people" in said
    assert usher.said("general") == []
    assert errors(caplog) == []


async def test_an_answer_whose_place_is_gone_follows(usher: Usher) -> None:
    usher.env.inject_error("PATCH", ORIGINAL, status=404, code=10008)
    with usher.slow("MutePublishedTrack"):
        done = await usher.call("ben", "mute", who="bob", in_=STANDUP)
    assert "Muted Bob Stone" in text(done)
    assert usher.direct("ben") == []


async def test_where_it_could_not_be_deferred_the_answer_still_arrives(usher: Usher) -> None:
    usher.env.inject_error("POST", CALLBACK, status=500)
    usher.env.inject_error("POST", FOLLOWUP, status=404, code=10015)
    with usher.slow("MutePublishedTrack"):
        await usher.call("ben", "mute", who="bob", in_=STANDUP)
    assert "Muted Bob Stone" in usher.direct("ben")[0]


async def test_what_is_too_late_and_has_done_something_is_told_by_direct_message(usher: Usher) -> None:
    usher.env.inject_error("POST", CALLBACK, status=404, code=10062)
    await usher.call("ben", "mute", who="bob", in_=STANDUP)
    assert "Muted Bob Stone" in usher.direct("ben")[0]
    assert usher.sent("POST", "/messages")  # and not through a token that is none
    assert [one.path for one in usher.env.http_requests if one.path.startswith("/webhooks")] == []


async def test_after_fifteen_minutes_the_answer_comes_as_a_direct_message(
    usher: Usher, caplog: pytest.LogCaptureFixture
) -> None:
    await usher.call("ben", "help", command="mute")
    late = usher.anew(usher.arrived[-1])
    late["data"]["options"][0]["value"] = "kick"
    with usher.slow_to_know(limits.TOKEN_SECONDS + 1):
        await usher.deliver(late, pass_=limits.TOKEN_SECONDS + 2)
    assert usher.sent("POST", "/callback")[-1] == {"type": 5, "data": {"flags": 64}}
    assert "/kick" in usher.direct("ben")[0]
    assert errors(caplog) == []


async def test_an_acknowledgement_that_comes_too_late_is_lost_but_not_what_was_done(
    usher: Usher, monkeypatch: pytest.MonkeyPatch
) -> None:
    await usher.call("ben", "mute", who="anna", in_=STANDUP)
    late = usher.anew(usher.arrived[-1])
    late["data"]["options"][0]["value"] = "bob"
    with usher.slow_to_know(4):
        monkeypatch.setattr("adapters.answering.ANSWER_SECONDS", 60)
        await usher.deliver(late, pass_=10)  # the roles of two people are asked for
    assert not usher.answers(late).acknowledged
    assert "Muted Bob Stone" in usher.direct("ben")[0]


@pytest.mark.parametrize(("status", "code"), [(404, 10062), (400, 40060)])
@pytest.mark.parametrize("slow", [False, True])
async def test_what_only_asked_is_left_to_whoever_was_first_without_a_word(
    usher: Usher, caplog: pytest.LogCaptureFixture, status: int, code: int, slow: bool
) -> None:
    usher.env.inject_error("POST", CALLBACK, status=status, code=code)
    if slow:
        with usher.slow("ListParticipants"):
            await usher.call("ben", "participants", room=STANDUP)
    else:
        await usher.call("ben", "participants", room=STANDUP)
    assert [one.path.rpartition("/")[2] for one in usher.env.http_requests if one.method in ("POST", "PATCH")] == [
        "callback"
    ]
    assert errors(caplog) == []


@pytest.mark.parametrize("slow", [False, True])
async def test_what_was_done_is_told_behind_somebody_elses_acknowledgement(usher: Usher, slow: bool) -> None:
    usher.env.inject_error("POST", CALLBACK, status=400, code=40060)
    if slow:
        with usher.slow("MutePublishedTrack"):
            done = await usher.call("ben", "mute", who="bob", in_=STANDUP)
    else:
        done = await usher.call("ben", "mute", who="bob", in_=STANDUP)
    [said] = done.followups
    assert "Muted" in said.content
    assert said.ephemeral


@pytest.mark.parametrize("error", [aiohttp.ServerDisconnectedError(), OSError(104, "reset"), TimeoutError()])
async def test_where_the_connection_fails_the_answer_still_arrives(
    usher: Usher, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    request, failures = FakeWebhookAdapter.request, iter([error])

    async def fail(*given: Any, **more: Any) -> Any:
        if (raised := next(failures, None)) is not None:
            raise raised
        return await request(*given, **more)

    monkeypatch.setattr(FakeWebhookAdapter, "request", fail)
    await usher.call("ben", "mute", who="bob", in_=STANDUP)
    done = usher.answers(usher.arrived[-1])
    assert "Muted" in text(done)
    assert (done.followups, usher.direct("ben")) == ([], [])


async def test_a_modal_and_suggestions_that_come_too_late_are_no_error(
    usher: Usher, caplog: pytest.LogCaptureFixture
) -> None:
    await usher.call("ben", "mute", who="bob", in_=STANDUP)
    press = {**usher.arrived[-1], **{key: button("reason:4")[key] for key in ("type", "data", "message")}}
    usher.env.inject_error("POST", CALLBACK, status=404, code=10062)
    await usher.deliver(usher.anew(press))
    usher.env.inject_error("POST", CALLBACK, status=404, code=10062)
    channel = usher.channel("general")
    assert await usher.people["ben"].autocomplete(channel, "mute", "who", "b", **{"in": STANDUP}) == []
    assert errors(caplog) == []


async def test_an_interaction_that_reaches_two_processes_is_carried_out_once_and_answered_once(
    usher: Usher, caplog: pytest.LogCaptureFixture
) -> None:
    await usher.call("ben", "whoami")
    async with beside(usher) as heard:
        done = await usher.call("ben", "mute", who="bob", in_=STANDUP)
        assert "Muted Bob Stone" in text(done)
        assert len(await usher.cases()) == 1
        people = await usher.call("ben", "participants", room=STANDUP)
        assert "9 people" in text(people)
        assert (people.followups, usher.direct("ben"), errors(caplog)) == ([], [], [])
        question = await usher.call("ben", "kick", who="omar", in_=STANDUP)
        await usher.click("ben", question, "Remove")
        assert not usher.here("omar")
        assert len(await usher.cases()) == 2
    assert heard == [2, 2, 2, 3]
    assert errors(caplog) == []


@asynccontextmanager
async def beside(usher: Usher) -> AsyncIterator[list[int]]:
    """Another process, to which Discord sends the same after the one in use; the types of what it has had."""
    settings, heard = load({"DISCORD_TOKEN": TOKEN}), []
    front = discord_adapter(settings, usher.house, HttpServer(settings["USHER_HTTP"]))._front

    async def arrived(interaction: discord.Interaction[Any]) -> None:
        heard.append(interaction.type.value)
        await front.arrived(interaction)

    async with opened(UsherClient(settings, Ways(arrived))) as other:
        other._connection.user = usher.env.bot.user  # as logging in does
        await other.setup_hook()

        parsers: Any = usher.env.bot._connection.parsers
        first = parsers["INTERACTION_CREATE"]

        def both(payload: Any) -> None:
            again = copy.deepcopy(payload)
            first(payload)
            other._connection.parse_interaction_create(again)

        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(parsers, "INTERACTION_CREATE", both)
            yield heard
