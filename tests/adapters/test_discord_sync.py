"""What is registered in Discord: what is declared, where it is wanted, and only when it is something else."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adapters.discord.adapter import discord_adapter, synced
from adapters.discord.commands import Body, bodies
from adapters.discord.names import CommandNames
from adapters.discord.sync import EVERYWHERE, Change, compared, declared
from adapters.http import HttpServer
from adapters.settings import Settings, load
from bot.errors import BotError
from bot.registry import load as commands
from tests.clocks import eventually
from tests.discord_stand_in import DiscordStandIn
from tests.discord_usher import GUILD, TOKEN, Usher, usher_for

EVERYTHING = len(list(commands())) + 1  # the one in the menu of a message
OTHER = str(int(GUILD) + 1)


def puts(usher: Usher) -> list[str]:
    return [
        one.path.partition("/applications/")[2].partition("/")[2]
        for one in usher.env.http_requests
        if one.method == "PUT"
    ]


async def restart(usher: Usher, **settings: str) -> None:
    """Usher, started anew with these settings."""
    given = load({"DISCORD_TOKEN": TOKEN, **settings})
    adapter = discord_adapter(given, usher.house, HttpServer(given["USHER_HTTP"]))
    await usher.env.restart_bot(adapter.client(shard_count=1))


async def test_everything_is_registered_once_and_again_only_when_the_declaration_has_changed(tmp_path: Path) -> None:
    async with usher_for(tmp_path) as usher:
        assert puts(usher) == ["commands"]
        assert len(usher.sent("PUT", "/commands")[0]) == EVERYTHING
        await restart(usher)
        assert puts(usher) == ["commands"]
        await restart(usher, USHER_DISCORD_ROOT="usher")
        assert puts(usher) == ["commands"] * 2
        assert [one["name"] for one in usher.sent("PUT", "/commands")[1]] == ["usher", "Moderate this room"]


async def test_what_was_registered_and_has_gone_is_registered_again_once_the_bot_is_there(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with usher_for(tmp_path) as usher:
        application = str(usher.env.bot.application_id)
        await eventually(lambda: _kept(usher, application))
        usher.env.backend.commands.clear()
        await restart(usher)
        await usher.env.settle()
        assert puts(usher) == ["commands"] * 2
        assert "The commands were not what Usher had registered; now they are: everywhere: " in caplog.text
        assert (await usher.call("ann", "whoami")).response


async def _kept(usher: Usher, application: str) -> bool:
    return bool(await usher.house.database.registrations.known(application))


async def test_with_servers_in_the_settings_it_is_registered_on_those_and_what_is_elsewhere_is_left(
    tmp_path: Path,
) -> None:
    async with usher_for(tmp_path, guilds=f"{GUILD},{OTHER}") as usher:
        assert puts(usher) == [f"guilds/{GUILD}/commands", f"guilds/{OTHER}/commands"]
        usher.env.create_guild("Third", id=int(OTHER) + 1)
        await usher.env.settle()
        assert len(puts(usher)) == 2


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR]


async def test_a_server_that_the_bot_is_not_on_is_named_and_the_others_are_served(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with usher_for(tmp_path, guilds=GUILD) as usher:
        usher.env.inject_error("GET", f"*/guilds/{OTHER}/commands", status=403, code=50001)
        await restart(usher, DISCORD_GUILDS=f"{GUILD},{OTHER}")
        assert errors(caplog) == [
            f"The server {OTHER} does not let Usher have commands (50001): invite the bot there.",
        ]
        assert (await usher.call("ann", "whoami")).response


async def test_where_no_server_lets_usher_in_it_is_raised(tmp_path: Path) -> None:
    async with usher_for(tmp_path, guilds=GUILD) as usher:
        usher.env.inject_error("GET", f"*/guilds/{OTHER}/commands", status=403, code=50001)
        with pytest.raises(BotError, match=r"^No server of DISCORD_GUILDS lets Usher have commands\."):
            await restart(usher, DISCORD_GUILDS=OTHER)


@pytest.mark.parametrize(
    ("method", "status", "code"), [("GET", 500, 0), ("PUT", 400, 30034), ("PUT", 429, 0), ("GET", 403, 50001)]
)
async def test_while_they_cannot_be_registered_the_commands_of_before_are_served(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, method: str, status: int, code: int
) -> None:
    async with usher_for(tmp_path) as usher:
        usher.env.inject_error(method, "*/commands", status=status, code=code)
        await restart(usher, USHER_DISCORD_ROOT="usher")
        assert errors(caplog) == [f"The commands could not be registered ({code or status})."]
        assert (await usher.call("ann", "whoami")).response


def returned(body: Body) -> dict[str, Any]:
    """A command as Discord gives it back: with ids, with what was left out, without what goes without saying."""
    found = copy.deepcopy(body) | {
        "id": "1",
        "application_id": "2",
        "version": "3",
        "dm_permission": True,
        "nsfw": False,
    }
    permissions = body["default_member_permissions"]
    found["default_member_permissions"] = None if permissions is None else str(permissions)
    found["name_localizations"] = found["description_localizations"] = None
    found["integration_types"] = body.get("integration_types", [0])
    found["contexts"] = [*reversed(body["contexts"])] if "contexts" in body else None
    _given_back(found)
    return found


def _given_back(body: dict[str, Any]) -> None:
    for key in ("required", "autocomplete"):
        if body.get(key) is False:
            del body[key]
    if body.get("options") == []:
        del body["options"]
    for one in body.get("options", ()):
        one["description_localizations"] = None
        _given_back(one)


@pytest.mark.parametrize("guild", [False, True])
@pytest.mark.parametrize("root", ["", "usher"])
def test_what_discord_gives_back_is_what_was_registered(root: str, guild: bool) -> None:
    found = bodies(commands(), CommandNames.of(commands(), root), guild=guild)
    assert compared("", found, list(reversed([returned(one) for one in found]))) == Change("")


def _mute(found: list[Any]) -> Any:
    return next(one for one in found if one["name"] == "mute")


SPOILERS: dict[str, Callable[[Any], object]] = {
    "description": lambda one: one.update(description="x"),
    "permissions": lambda one: one.update(default_member_permissions=None),
    "contexts": lambda one: one.update(contexts=[0]),
    "installs": lambda one: one.update(integration_types=[0, 1]),
    "option gone": lambda one: one["options"].pop(),
    "options in another order": lambda one: one["options"].reverse(),
    "option described otherwise": lambda one: one["options"][0].update(description="x"),
    "option not required": lambda one: one["options"][0].pop("required"),
    "option required": lambda one: one["options"][1].update(required=True),
    "option not completed": lambda one: one["options"][0].pop("autocomplete"),
    "option of another type": lambda one: one["options"][2].update(type=3),
    "option with choices": lambda one: one["options"][3].update(choices=[{"name": "x", "value": "x"}]),
    "option of a length": lambda one: one["options"][3].update(max_length=20),
}


@pytest.mark.parametrize("spoil", SPOILERS)
def test_whatever_differs_is_registered_anew(spoil: str) -> None:
    found = bodies(commands())
    known = [returned(one) for one in found]
    SPOILERS[spoil](_mute(known))
    assert compared("", found, known) == Change("", changed=("mute",))


def test_what_is_new_and_what_is_gone_is_named() -> None:
    found = bodies(commands())
    known = [returned(one) for one in found if one["name"] != "kick"]
    known.append({**returned(_mute(found)), "name": "warn"})
    known.append({**returned(_mute(found)), "type": 3})
    change = compared("5", found, known)
    assert change
    assert str(change) == "server 5: 1 added (kick), 2 removed (mute, warn)"
    assert not compared("", found, found)
    assert str(compared("", found, found)) == "everywhere: nothing to change"


def test_it_is_declared_for_the_servers_of_the_settings_or_everywhere() -> None:
    names = CommandNames.of(commands())
    assert list(declared(commands(), names, ())) == [EVERYWHERE]
    found = declared(commands(), names, ("1", "2"))
    assert list(found) == ["1", "2"]
    assert "contexts" not in found["1"][0]


def settings_of(discord: DiscordStandIn, **more: str) -> Settings:
    return load({**discord.environment, **more})


async def test_the_shell_command_says_what_it_would_do_and_does_nothing(discord: DiscordStandIn) -> None:
    home = discord.world.guild("Home").id
    report = await synced(settings_of(discord, DISCORD_GUILDS=home), dry_run=True)
    [change] = [one for one in report.changes if one]
    assert (change.guild, len(change.added), report.refused) == (home, EVERYTHING, {})
    assert discord.commands("Home") == discord.commands() == []


@pytest.mark.parametrize("at_once", [1, 2, 200])
async def test_the_shell_command_leaves_no_command_where_none_is_wanted(
    discord: DiscordStandIn, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr("adapters.discord.sync.MOST_SERVERS", at_once)
    home = discord.world.guild("Home").id
    await synced(settings_of(discord, DISCORD_GUILDS=home))
    assert len(discord.commands("Home")) == EVERYTHING
    report = await synced(settings_of(discord))
    assert {one.guild: (len(one.added), len(one.removed)) for one in report.changes if one} == {
        home: (0, EVERYTHING),
        EVERYWHERE: (EVERYTHING, 0),
    }
    assert (len(discord.commands("Home")), len(discord.commands())) == (0, EVERYTHING)
    assert [one for one in (await synced(settings_of(discord))).changes if one] == []


async def test_a_token_that_discord_does_not_take_is_said_without_it(discord: DiscordStandIn) -> None:
    with pytest.raises(BotError) as caught:
        await synced(settings_of(discord, DISCORD_TOKEN=TOKEN))
    assert caught.value.user_text == "Discord does not take the token: see DISCORD_TOKEN."
    assert caught.value.__cause__ is None
