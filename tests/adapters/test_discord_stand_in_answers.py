"""The stand-in holds answers to Discord's rules: in time, once, of the right kind, with a token that is still good."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import aiohttp
import pytest

from tests.adapters.discord_stand_in_raw import MODAL, ROW, Raw, raw
from tests.clocks import ManualClock
from tests.conformance import discord_data
from tests.discord_stand_in import CALLBACK, EDIT, FOLLOWUP, DiscordStandIn, Interaction, stand_in
from tests.discord_stand_in.interactions import ANSWER_SECONDS

ASK: dict[str, Any] = {"type": 1, "name": "ask", "description": "Ask", "options": []}
ROOM = {"type": 3, "name": "room", "description": "The room", "autocomplete": True}
SAY = {"type": 4, "data": {"content": "hello"}}
DEFER, DEFER_UPDATE = {"type": 5, "data": {"flags": 64}}, {"type": 6}
LONG = {"description": "x" * 4000}


@pytest.fixture
async def app(discord: DiscordStandIn) -> AsyncIterator[Raw]:
    async with raw(discord) as found:
        await registered(found)
        yield found


async def registered(app: Raw) -> None:
    path = f"/applications/{app.discord.app.id}/commands"
    assert (await app.call("PUT", path, [{**ASK, "options": [ROOM]}]))[0] == 200


async def asked(discord: DiscordStandIn, app: Raw, answer: Any = None) -> tuple[Interaction, dict[str, Any]]:
    """A command that is answered so, or not yet."""
    app.answer = lambda _: answer
    if answer is None:
        discord.timing.answer_seconds = 0.02
    done = await discord.command("ann", "general", "ask")
    discord.timing.answer_seconds = ANSWER_SECONDS
    return done, done.payload


async def refused(discord: DiscordStandIn, asking: Coroutine[Any, Any, Interaction]) -> Interaction:
    """The one whose answer was refused; another answer is not waited for."""
    waiting = asyncio.create_task(asking)
    await discord.until(lambda: discord.failures.found)
    waiting.cancel()
    await asyncio.wait({waiting})
    return discord.timing.all[-1]


def hook(discord: DiscordStandIn, payload: dict[str, Any], rest: str = "") -> str:
    return f"/webhooks/{discord.app.id}/{payload['token']}{rest}"


async def test_what_is_not_answered_in_time_failed(discord: DiscordStandIn, app: Raw) -> None:
    discord.timing.answer_seconds = 0.02
    done = await discord.command("ann", "general", "ask")
    assert (done.answered, done.trouble, done.copies) == (None, "The application did not respond", 1)


async def test_where_nobody_is_connected_nothing_is_answered(discord: DiscordStandIn) -> None:
    async with raw(discord) as app:
        await registered(app)
    await discord.connected(0)
    done = await discord.command("ann", "general", "ask")
    assert (done.trouble, done.copies) == ("no session is connected", 0)


async def test_a_late_answer_is_refused_and_shows_nothing() -> None:
    clock = ManualClock()
    async with stand_in(clock=clock) as discord, raw(discord) as app:
        await registered(app)
        done, payload = await asked(discord, app)
        clock.advance(ANSWER_SECONDS + 0.01)
        status, body = await app.callback(payload, SAY)
        assert (status, body["code"], done.refused) == (404, 10062, [10062])
        assert discord.seen_by("ann").messages == []


async def test_a_second_answer_is_refused(discord: DiscordStandIn, app: Raw) -> None:
    done, payload = await asked(discord, app, SAY)
    status, body = await app.callback(payload, DEFER)
    assert (status, body["code"], done.refused, done.kind) == (400, 40060, [40060], 4)
    assert len(discord.seen_by("ann").messages) == 1


async def test_an_answer_to_nothing_or_with_another_token_is_refused(discord: DiscordStandIn, app: Raw) -> None:
    _, payload = await asked(discord, app)
    for wrong in ({"id": "1"}, {"token": "x"}):
        status, body = await app.callback({**payload, **wrong}, SAY)
        assert (status, body["code"]) == (404, 10062)


@pytest.mark.parametrize("kind", [1, 6, 7, 8, 12, 99])
async def test_a_command_takes_only_some_kinds_of_answers(discord: DiscordStandIn, app: Raw, kind: int) -> None:
    _, payload = await asked(discord, app)
    status, body = await app.callback(payload, {"type": kind, "data": {"content": "x", "choices": []}})
    assert (status, body["code"]) == (400, 50035)
    discord.failures.take(f"type 2 is not answered with {kind}")


@discord_data.present
async def test_completion_takes_choices_alone(discord: DiscordStandIn, app: Raw) -> None:
    app.answer = lambda _: SAY
    assert (await refused(discord, discord.complete("ann", "general", "ask", "room"))).refused == [50035]
    discord.failures.take("type 4 is not answered with 4")
    many = [{"name": f"{n}", "value": f"{n}"} for n in range(26)]
    app.answer = lambda _: {"type": 8, "data": {"choices": many}}
    assert (await refused(discord, discord.complete("ann", "general", "ask", "room"))).names == []
    discord.failures.take("Invalid Form Body")
    app.answer = lambda _: {"type": 8, "data": {"choices": many[:25]}}
    assert len((await discord.complete("ann", "general", "ask", "room")).names) == 25


async def test_a_modal_is_not_answered_with_a_modal(discord: DiscordStandIn, app: Raw) -> None:
    done, _ = await asked(discord, app, {"type": 9, "data": MODAL})
    assert done.kind == 9
    assert (await refused(discord, discord.submit("ann", {"t": "x"}))).refused == [50035]
    discord.failures.take("type 5 is not answered with 9")
    app.answer = lambda _: {"type": 7, "data": {"content": "x"}}
    assert (await refused(discord, discord.submit("ann", {"T": "x"}))).refused == [50035]
    discord.failures.take("type 5 is not answered with 7")
    app.answer = lambda _: SAY
    assert (await discord.submit("ann", {"T": "x"})).kind == 4


@pytest.mark.parametrize(
    ("data", "failure"),
    [
        ({"content": "x" * 2001}, "2001"),
        ({"content": ""}, "an empty message"),
        ({"content": "x", "embeds": [{"description": "x" * 4097}]}, "embeds/0/description"),
        ({"content": "x", "embeds": [LONG, LONG]}, "embeds of 8000"),
        ({"content": "x", "components": [ROW, ROW]}, "twice: custom_id 'go'"),
        ({"content": "x", "components": [{"type": 1, "components": ROW["components"] * 6}]}, "components/0"),
    ],
)
@discord_data.present
async def test_a_message_that_discord_does_not_take_fails_the_test(
    discord: DiscordStandIn, app: Raw, data: dict[str, Any], failure: str
) -> None:
    done, payload = await asked(discord, app)
    for status, body in (
        await app.callback(payload, {"type": 4, "data": data}),
        await app.call("POST", f"/channels/{payload['channel_id']}/messages", data),
    ):
        assert (status, body["code"]) == (400, 50035)
    assert (done.kind, discord.seen_by("ann").messages) == (0, [])
    assert len([text for text in discord.failures.found if "Invalid Form Body" in text]) == 2
    discord.failures.take(failure)
    discord.failures.found.clear()


async def test_a_followup_needs_a_first_answer_and_a_token_that_is_not_too_old() -> None:
    clock = ManualClock()
    async with stand_in(clock=clock) as discord, raw(discord) as app:
        await registered(app)
        done, payload = await asked(discord, app)
        assert await app.call("POST", hook(discord, payload), SAY["data"], token="") == (
            404,
            {"code": 10015, "message": "Unknown Webhook"},
        )
        await app.callback(payload, SAY)
        clock.advance(899)
        assert (await app.call("POST", hook(discord, payload), {"content": "more"}, token=""))[0] == 200
        edit = hook(discord, payload, "/messages/@original")
        assert (await app.call("PATCH", edit, {"content": "other"}, token=""))[0] == 200
        clock.advance(2)
        for method, path in (("POST", hook(discord, payload)), ("PATCH", edit), ("GET", edit), ("DELETE", edit)):
            body = {"content": "too late"} if method in ("POST", "PATCH") else None
            status, answer = await app.call(method, path, body, token="")
            assert (status, answer["code"]) == (404, 10015)
        assert [line.text for line in discord.seen_by("ann").messages] == ["other", "more"]
        assert done.refused == [10015] * 4


async def test_an_original_that_is_not_there_cannot_be_edited(discord: DiscordStandIn, app: Raw) -> None:
    _, payload = await asked(discord, app, {"type": 9, "data": MODAL})
    status, body = await app.call("PATCH", hook(discord, payload, "/messages/@original"), {"content": "x"}, token="")
    assert (status, body["code"]) == (404, 10008)
    other = hook(discord, payload).replace(discord.app.id, "100000000000000009")
    assert (await app.call("POST", other, {"content": "x"}, token=""))[1]["code"] == 10015


async def test_a_deferred_press_edits_the_message_below_which_it_stands(discord: DiscordStandIn, app: Raw) -> None:
    await asked(discord, app, {"type": 4, "data": {"content": "a", "components": [ROW]}})
    app.answer = lambda _: DEFER_UPDATE
    done = await discord.press("ann", discord.seen_by("ann").last, "Go")
    assert discord.seen_by("ann").last.text == "a"
    await app.call("POST", hook(discord, done.payload), {"content": "new"}, token="")
    edit = hook(discord, done.payload, "/messages/@original")
    assert (await app.call("PATCH", edit, {"content": "b", "components": []}, token=""))[0] == 200
    assert [line.text for line in discord.seen_by("ann").messages] == ["b", "new"]


async def test_the_answer_to_an_answer_is_asked_for(discord: DiscordStandIn, app: Raw) -> None:
    _, payload = await asked(discord, app)
    status, body = await app.callback(payload, DEFER, with_response="true")
    assert status == 200
    told = body["interaction"]
    assert (told["response_message_loading"], told["response_message_ephemeral"]) == (True, True)
    found = (await app.call("GET", hook(discord, payload, "/messages/@original"), token=""))[1]
    assert (found["id"], found["flags"]) == (told["response_message_id"], 64 | 128)
    _, payload = await asked(discord, app)
    assert await app.callback(payload, {"type": 4, "data": {"content": "x"}}) == (204, None)


@pytest.mark.parametrize("schemas", [pytest.param(True, marks=discord_data.present), False])
async def test_many_people_at_once_are_all_answered(discord: DiscordStandIn, app: Raw, schemas: bool) -> None:
    discord.checks.schemas = schemas
    app.answer = lambda _: SAY
    done = await asyncio.gather(*(discord.command("ann", "general", "ask") for _ in range(20)))
    assert [one.kind for one in done] == [4] * 20
    assert len({one.id for one in done}) == len(discord.seen_by("ben").messages) == len(discord.interactions) == 20


async def test_trouble_is_for_a_route_and_so_often(discord: DiscordStandIn, app: Raw) -> None:
    _, payload = await asked(discord, app)
    for path, body in (("callback", SAY), ("followup", SAY["data"]), ("edit", SAY["data"])):
        route = {"callback": CALLBACK, "followup": FOLLOWUP, "edit": EDIT}[path]
        discord.trouble.limit(route, retry_after=0.25)
        discord.trouble.drop(route)
        discord.trouble.slow(route, 0.001, times=1)

        async def send(path: str = path, body: Any = body) -> tuple[int, Any]:
            if path == "callback":
                return await app.callback(payload, body)
            method, rest = ("POST", "") if path == "followup" else ("PATCH", "/messages/@original")
            return await app.call(method, hook(discord, payload, rest), body, token="")

        status, answer = await send()
        assert (status, answer["retry_after"], answer["global"]) == (429, 0.25, False)
        with pytest.raises(aiohttp.ClientError):
            await send()
        assert (await send())[0] in (200, 204)
        assert [call.status for call in discord.called(route)][:2] == [429, 0]
    assert [line.text for line in discord.seen_by("ann").messages] == ["hello", "hello"]


async def test_an_answer_may_be_lost_after_it_was_taken(discord: DiscordStandIn, app: Raw) -> None:
    _, payload = await asked(discord, app)
    discord.trouble.drop(CALLBACK, after=True)
    with pytest.raises(aiohttp.ClientError):
        await app.callback(payload, SAY)
    assert discord.seen_by("ann").last.text == "hello"
    assert (await app.callback(payload, SAY))[1]["code"] == 40060
