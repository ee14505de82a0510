"""The stand-in's REST API answers in the published form, and refuses what Discord refuses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.adapters.discord_stand_in_raw import MODAL, ROW, USER_AGENT, Raw, raw
from tests.conformance import discord_data
from tests.conformance.discord_schemas import wrong_answer
from tests.discord_stand_in import POST, DiscordStandIn, Interaction
from tests.discord_stand_in import permissions as p
from tests.discord_stand_in.permissions import Overwrite

ASK: dict[str, Any] = {"type": 1, "name": "ask", "description": "Ask"}
ROLE = {"type": 3, "name": "role", "description": "Which", "choices": [{"name": "viewer", "value": "v"}]}
GIVE: dict[str, Any] = {"type": 1, "name": "give", "description": "Give", "options": [{**ROLE, "required": True}]}
DECLARED = {
    "/channels/{channel}": "/channels/{channel_id}",
    "/guilds/{guild}": "/guilds/{guild_id}",
    "/applications/{application}": "/applications/{application_id}",
    "{command}": "{command_id}",
    "{message}": "{message_id}",
    "{user}": "{user_id}",
    "/webhooks/{application}/{token}": "/webhooks/{webhook_id}/{webhook_token}",
    "/interactions/{interaction}/{token}": "/interactions/{interaction_id}/{interaction_token}",
}
WRITTEN_OTHERWISE = ("GET /oauth2/applications/@me",)  # an older form of what stands under /applications/@me


@pytest.fixture
async def app(discord: DiscordStandIn) -> AsyncIterator[Raw]:
    async with raw(discord) as found:
        yield found


def deviations(discord: DiscordStandIn) -> list[str]:
    """What is wrong with the answers so far, by the published file."""
    found = []
    for call in discord.calls:
        method, path = call.route.split()
        for ours, theirs in DECLARED.items():
            path = path.replace(ours, theirs)
        if call.status == 200 and call.route not in WRITTEN_OTHERWISE:
            found += [f"{call.route}: {wrong}" for wrong in wrong_answer(path, method.lower(), 200, call.answer)]
    return found


def commands(discord: DiscordStandIn, guild: str = "") -> str:
    within = f"/guilds/{discord.world.guild(guild).id}" if guild else ""
    return f"/applications/{discord.app.id}{within}/commands"


@discord_data.present
async def test_answers_are_of_the_published_form(discord: DiscordStandIn, app: Raw) -> None:
    home, general, chat = (discord.world.guild("Home"), discord.world.channel("general"), discord.world.channel("chat"))
    ann = discord.world.direct("ann")
    home.command_permissions[discord.app.id] = [{"id": home.id, "type": 1, "permission": True}]
    for path in ("/users/@me", "/applications/@me", "/oauth2/applications/@me", "/users/@me/guilds", "/gateway",
                 "/gateway/bot", f"/guilds/{home.id}", f"/guilds/{home.id}/roles", f"/guilds/{home.id}/channels",
                 f"/guilds/{home.id}/members/{home.owner}", f"/channels/{general.id}", f"/channels/{chat.id}",
                 f"/channels/{ann.id}", commands(discord), f"{commands(discord, 'Home')}/permissions"):  # fmt: skip
        assert (await app.call("GET", path))[0] == 200, path
    assert (await app.call("POST", "/users/@me/channels", {"recipient_id": ann.direct}))[1]["id"] == ann.id
    for where in ("", "Home"):
        [_, one] = (await app.call("PUT", commands(discord, where), [ASK, GIVE]))[1]
        for method, body in (("GET", None), ("PATCH", {"description": "Hand"}), ("DELETE", None)):
            status, _ = await app.call(method, f"{commands(discord, where)}/{one['id']}", body)
            assert status == (204 if method == "DELETE" else 200)
        assert (await app.call("POST", commands(discord, where), GIVE))[0] == 200
    done = await answered(discord, app, {"type": 4, "data": {"content": "hello", "embeds": [{"title": "x"}]}})
    hook = f"/webhooks/{discord.app.id}/{done.token}"
    for method, path, body in (("POST", hook, {"content": "x"}), ("GET", f"{hook}/messages/@original", None),
                               ("PATCH", f"{hook}/messages/@original", {"content": "x"})):  # fmt: skip
        assert (await app.call(method, path, body, token=""))[0] == 200
    posted = (await app.call("POST", f"/channels/{general.id}/messages", {"content": "x"}))[1]
    place = f"/channels/{general.id}/messages/{posted['id']}"
    for method, body in (("GET", None), ("PATCH", {"content": "y"}), ("DELETE", None)):
        assert (await app.call(method, place, body))[0] in (200, 204)
    assert deviations(discord) == []


async def answered(discord: DiscordStandIn, app: Raw, body: dict[str, Any]) -> Interaction:
    """A command whose answer is answered with the message that it made."""

    async def answer(payload: dict[str, Any]) -> None:
        assert (await app.callback(payload, body, with_response="true"))[0] == 200

    tasks = []
    app.answer = lambda payload: tasks.append(asyncio.create_task(answer(payload)))
    done = await discord.command("ann", "general", "ask")
    await asyncio.gather(*tasks)
    return done


@discord_data.present
async def test_answers_to_answers_are_of_the_published_form(discord: DiscordStandIn, app: Raw) -> None:
    discord.desk.registered.put("", [ASK])
    await answered(discord, app, {"type": 5, "data": {"flags": 64}})
    await answered(discord, app, {"type": 4, "data": {"content": "x", "components": [ROW]}})
    line = discord.seen_by("ann").last
    app.answer = lambda _: {"type": 4, "data": {"content": "pressed"}}
    pressed = await discord.press("ann", line, "Go")
    app.answer = lambda _: {"type": 9, "data": MODAL}
    await discord.press("ann", line, "Go")
    app.answer = lambda _: {"type": 4, "data": {"content": "submitted"}}
    submitted = await discord.submit("ann", {"T": "x"})
    for one in (pressed, submitted):
        await app.call("GET", f"/webhooks/{discord.app.id}/{one.token}/messages/@original", token="")
    assert deviations(discord) == []


async def test_only_the_bots_token_opens_what_is_the_bots(discord: DiscordStandIn, app: Raw) -> None:
    for token in ("", "wrong"):
        assert await app.call("GET", "/users/@me", token=token) == (401, {"code": 0, "message": "401: Unauthorized"})
    assert [call.token for call in discord.calls] == ["none", "unknown"]


async def test_an_unknown_route_fails_the_test(discord: DiscordStandIn, app: Raw) -> None:
    assert (await app.call("GET", "/guilds/1/bans"))[0] == 404
    discord.failures.take("an unknown route (/api/v10/guilds/1/bans)")


@discord_data.present
async def test_a_strange_user_agent_and_a_body_that_is_none_fail_the_test(discord: DiscordStandIn) -> None:
    headers = {"Authorization": f"Bot {discord.app.token}"}
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{discord.api_url}/users/@me", headers=headers) as response:
            assert response.status == 200
        discord.failures.take("a User-Agent that Discord turns away")
        url = f"{discord.api_url}/channels/{discord.world.channel('general').id}/messages"
        for body in ("{", "content=x"):
            kind = "application/json" if body == "{" else "application/x-www-form-urlencoded"
            more = {**headers, "User-Agent": USER_AGENT, "Content-Type": kind}
            async with session.post(url, data=body, headers=more) as response:
                assert response.status == 400
            discord.failures.take("a body that is no JSON")
            discord.failures.take("Invalid Form Body")


async def test_a_token_in_what_is_sent_fails_the_test_and_is_not_kept(discord: DiscordStandIn, app: Raw) -> None:
    path = f"/channels/{discord.world.channel('general').id}/messages"
    await app.call("POST", path, {"content": f"My token is {discord.app.token}"})
    discord.failures.take("the bot secret stands in what was sent")
    assert discord.called(POST)[0].body == {"content": "My token is <bot>"}


@pytest.mark.parametrize(
    ("where", "code"),
    [("general", 0), ("chat", 0), ("mods", 0), ("rules", 50013), ("secret", 50001), ("lobby", 0)],
)
async def test_the_bot_writes_where_it_may(discord: DiscordStandIn, app: Raw, where: str, code: int) -> None:
    path = f"/channels/{discord.world.channel(where).id}/messages"
    status, body = await app.call("POST", path, {"content": "x"})
    assert (status, body.get("code", 0)) == (403 if code else 200, code)
    assert discord.called(POST)[0].code == code


async def test_what_is_not_there_has_its_code(discord: DiscordStandIn, app: Raw) -> None:
    home, general = discord.world.guild("Home").id, discord.world.channel("general").id
    gone = discord.world.add_guild("Gone", "ann", joined=False).id
    for path, status, code in (
        ("/channels/1", 404, 10003),
        ("/guilds/1", 404, 10004),
        (f"/guilds/{gone}", 403, 50001),
        (f"/guilds/{home}/members/1", 404, 10007),
        (f"/channels/{general}/messages/1", 404, 10008),
        (f"{commands(discord)}/1", 404, 10063),
        (f"/applications/{discord.app.id}/guilds/{gone}/commands", 403, 50001),
        ("/applications/100000000000000009/commands", 403, 20012),
    ):
        answered, body = await app.call("GET", path)
        assert (answered, body["code"]) == (status, code), path


async def test_a_person_may_take_no_direct_messages(discord: DiscordStandIn, app: Raw) -> None:
    channel = discord.world.direct("ann")
    assert (await app.call("POST", f"/channels/{channel.id}/messages", {"content": "psst"}))[0] == 200
    assert [line.text for line in discord.seen_by("ann").messages] == ["psst"]
    discord.desk.closed.add(channel.direct)
    assert (await app.call("POST", f"/channels/{channel.id}/messages", {"content": "psst"}))[1]["code"] == 50007
    assert (await app.call("POST", "/users/@me/channels", {"recipient_id": discord.app.id}))[0] == 400
    discord.failures.take("nobody who can be written to")


async def test_only_ones_own_messages_are_edited_and_no_ephemeral_ones(discord: DiscordStandIn, app: Raw) -> None:
    discord.desk.registered.put("", [ASK])
    app.answer = lambda _: {"type": 4, "data": {"content": "x", "flags": 64}}
    done = await discord.command("ann", "general", "ask")
    assert done.original is not None
    place = f"/channels/{done.channel}/messages/{done.original.id}"
    assert (await app.call("PATCH", place, {"content": "y"}))[1]["code"] == 10008
    done.original.only_for, done.original.author = "", discord.world.user("ann").id
    assert (await app.call("PATCH", place, {"content": "y"}))[1]["code"] == 50005


async def test_servers_come_in_pages(discord: DiscordStandIn, app: Raw) -> None:
    [first] = (await app.call("GET", "/users/@me/guilds", limit="1"))[1]
    [second] = (await app.call("GET", "/users/@me/guilds", limit="1", after=first["id"]))[1]
    assert (first["name"], second["name"]) == ("Home", "Away")
    assert int(first["permissions"]) & p.SEND


async def test_commands_keep_their_ids_and_come_back_with_what_was_not_given(discord: DiscordStandIn, app: Raw) -> None:
    first, second = (await app.call("PUT", commands(discord), [ASK, {**GIVE, "default_member_permissions": 8}]))[1]
    assert (second["default_member_permissions"], first["default_member_permissions"]) == ("8", None)
    assert (first["contexts"], first["integration_types"], first["nsfw"]) == (None, [0], False)
    [again] = (await app.call("PUT", commands(discord), [{**ASK, "description": "Other"}]))[1]
    assert (again["id"], again["description"]) == (first["id"], "Other")
    assert again["version"] != first["version"]
    [there] = (await app.call("PUT", commands(discord, "Home"), [ASK]))[1]
    assert there["guild_id"] == discord.world.guild("Home").id
    assert [one["id"] for one in discord.commands("Home")] == [there["id"]]
    assert [one["id"] for one in discord.commands()] == [first["id"]]
    posted = (await app.call("POST", commands(discord), {**ASK, "options": [{**ROLE, "required": False}]}))[1]
    assert posted["id"] == first["id"]
    assert "required" not in posted["options"][0]


@pytest.mark.parametrize(
    ("bodies", "failure"),
    [
        ([{**ASK, "name": "Ask"}], "the name 'Ask'"),
        ([ASK, ASK], "twice: command 'ask'"),
        ([{**ASK, "description": "x" * 101}], "0/description"),
        ([{**ASK, "name": f"a{n}"} for n in range(101)], "101 commands"),
        ([{**ASK, "options": [ROLE, {**ROLE, "name": "x", "required": True}]}], "a required option behind one"),
        ({"name": "ask"}, "no list of commands"),
        ([{"description": "x"}], "no list of commands"),
    ],
)
@discord_data.present
async def test_commands_that_discord_does_not_take_fail_the_test(
    discord: DiscordStandIn, app: Raw, bodies: Any, failure: str
) -> None:
    status, body = await app.call("PUT", commands(discord), bodies)
    assert (status, body["code"]) == (400, 50035)
    discord.failures.take(failure)
    assert discord.commands() == []


async def test_a_commands_contexts_say_where_it_is_found(discord: DiscordStandIn, app: Raw) -> None:
    app.answer = lambda _: {"type": 4, "data": {"content": "x"}}
    discord.desk.registered.put("", [{**ASK, "contexts": [0]}, {**ASK, "name": "tell", "contexts": [1]}])
    discord.desk.registered.put(discord.world.guild("Away").id, [{**ASK, "name": "away"}])
    for who, where, found in (("ann", "general", "ask"), ("ann", "@me", "tell"), ("eve", "lobby", "away")):
        assert (await discord.command(who, where, found)).kind == 4
        for other in {"ask", "tell", "away"} - {found} - ({"ask"} if where == "lobby" else set()):
            with pytest.raises(AssertionError, match="no command is called"):
                await discord.command(who, where, other)
    assert "guild_id" in discord.interactions[-1].payload["data"]


@pytest.mark.parametrize(
    ("overwrites", "seen"),
    [
        ([], True),
        ([("everyone", 0, p.VIEW)], False),
        ([("everyone", 0, p.VIEW), ("Mods", p.VIEW, 0)], True),
        ([("Mods", 0, p.VIEW)], False),
        ([("Mods", 0, p.VIEW), ("Extra", p.VIEW, 0)], True),
        ([("Mods", p.VIEW, 0), ("ann", 0, p.VIEW)], False),
        ([("everyone", 0, p.VIEW), ("ann", p.VIEW, 0)], True),
    ],
)
def test_permissions_are_computed_as_documented(discord: DiscordStandIn, overwrites: list[Any], seen: bool) -> None:
    world = discord.world
    home, general = world.guild("Home"), world.channel("general")
    home.members[world.user("ann").id].roles.append(world.add_role(home, "Extra").id)
    ids = {"everyone": home.id, "ann": world.user("ann").id}
    for name, allow, deny in overwrites:
        identifier = ids.get(name) or world.role(home, name).id
        general.overwrites.append(Overwrite(identifier, name == "ann", allow, deny))
    assert bool(world.may("ann", general)) is seen
    assert world.may("dan", general) == world.may("olu", general) == p.ALL
    assert world.may("ann", world.add_thread(general, "talk", private=True)) == world.may("ann", general)
