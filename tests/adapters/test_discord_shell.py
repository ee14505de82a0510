"""`usher discord sync` and `usher discord invite`: what they do, print, and end with."""

from __future__ import annotations

import io
import urllib.parse
from collections.abc import Mapping

import pytest

from adapters.discord.commands import Body
from adapters.discord.names import CommandNames
from adapters.discord.permissions import ASKED, SCOPES, invite
from adapters.discord.shell import print_invite, print_synced
from adapters.discord.sync import declared
from adapters.documents import DOCS
from adapters.settings import Settings, SettingsError, load
from bot.errors import BotError
from bot.registry import load as commands
from tests.discord_stand_in import DiscordStandIn

CHANGES = ("PUT /applications/{application}/commands", "PUT /applications/{application}/guilds/{guild}/commands")


def settings(discord: DiscordStandIn, **more: str) -> Settings:
    return load({**discord.environment, **more})


def wanted(*guilds: str) -> list[Body]:
    """What is to be registered, on these servers or everywhere."""
    return list(next(iter(declared(commands(), CommandNames.of(commands()), guilds).values())))


async def synced(given: Settings, *, dry_run: bool = False) -> tuple[int, list[str]]:
    out = io.StringIO()
    return await print_synced(given, out, dry_run=dry_run), out.getvalue().splitlines()


async def test_commands_are_registered_once(discord: DiscordStandIn) -> None:
    number = len(wanted())
    status, lines = await synced(settings(discord))
    assert status == 0
    [line] = [one for one in lines if one.startswith("everywhere: ")]
    assert line.startswith(f"everywhere: {number} added (")
    assert "metadata, moderator, " in line
    assert len(discord.commands()) == number
    status, lines = await synced(settings(discord))
    assert (status, "everywhere: nothing to change" in lines) == (0, True)
    assert len(discord.called(CHANGES[0])) == 1


async def test_a_dry_run_says_what_would_be_done_and_does_nothing(discord: DiscordStandIn) -> None:
    home, away = discord.world.guild("Home").id, discord.world.guild("Away").id
    old = {"name": "old", "description": "Old", "type": 1}
    [first, second, *rest] = wanted(home)
    discord.desk.registered.put(home, [{**first, "description": "x"}, *rest, old])
    discord.desk.registered.put(away, [old])
    status, lines = await synced(settings(discord, DISCORD_GUILDS=home), dry_run=True)
    assert status == 0
    first_name, second_name = first["name"], second["name"]
    assert f"server {home}: 1 added ({second_name}), 1 changed ({first_name}), 1 removed (old)" in lines
    assert f"server {away}: 1 removed (old)" in lines
    assert "everywhere: nothing to change" in lines
    assert lines[-1] == "Nothing was registered: this only shows what would be."
    assert [discord.called(route) for route in CHANGES] == [[], []]
    await synced(settings(discord, DISCORD_GUILDS=home))
    assert (len(discord.commands("Home")), discord.commands("Away"), discord.commands()) == (len(rest) + 2, [], [])


async def test_a_root_takes_the_place_of_the_single_commands(discord: DiscordStandIn) -> None:
    await synced(settings(discord))
    _, lines = await synced(settings(discord, USHER_DISCORD_ROOT="usher"))
    assert any(line.startswith("everywhere: 1 added (usher), ") for line in lines)
    assert "usher" in [one["name"] for one in discord.commands()]
    assert "mute" not in [one["name"] for one in discord.commands()]


async def test_a_server_that_refuses_is_named_and_the_others_are_served(discord: DiscordStandIn) -> None:
    home, away = discord.world.guild("Home"), discord.world.guild("Away")
    away.takes_commands = False
    status, lines = await synced(settings(discord, DISCORD_GUILDS=f"{home.id},{away.id}"))
    assert status == 1
    assert lines[-1].startswith(f"server {away.id}: refused (50001): `usher discord invite` prints the link")
    assert len(discord.commands("Home")) == len(wanted())


async def test_the_invite_asks_for_the_least(discord: DiscordStandIn) -> None:
    out = io.StringIO()
    assert await print_invite(settings(discord), out) == 0
    [link] = out.getvalue().splitlines()
    address, _, query = link.partition("?")
    assert address == "https://discord.com/oauth2/authorize"
    assert urllib.parse.parse_qs(query) == {
        "client_id": [discord.app.id],
        "scope": ["bot applications.commands"],
        "permissions": [str(1 << 10 | 1 << 11 | 1 << 14 | 1 << 38)],
    }
    assert link == invite(discord.app.id)


def test_what_is_asked_for_is_explained() -> None:
    text = (DOCS / "security.md").read_text(encoding="utf-8").partition("## Permissions of the Discord bot")[2]
    rows = [
        line.split(" | ")[0].strip("| `") for line in text.partition("\n## ")[0].splitlines() if line.startswith("| ")
    ]
    assert rows[2:] == [*SCOPES, *ASKED]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"DISCORD_TOKEN": ""}, "DISCORD_TOKEN (or DISCORD_TOKEN_FILE) is not set: copy the bot's token"),
        ({"DISCORD_TOKEN": "other.bot.token"}, "Discord does not take the token: see DISCORD_TOKEN."),
        (
            {"DISCORD_API_URL": "http://127.0.0.1:1/api/v10"},
            "did not answer (nothing listens there). Check DISCORD_API",
        ),
        ({"USHER_CA_FILE": __file__}, "did not answer (the connection broke). Check DISCORD_API_URL"),
    ],
)
async def test_what_does_not_work_is_said_in_a_sentence(
    discord: DiscordStandIn, given: Mapping[str, str], sentence: str
) -> None:
    for does in (print_synced, print_invite):
        with pytest.raises(BotError) as caught:
            await does(settings(discord, **given), io.StringIO())
        assert sentence in caught.value.user_text
        assert not isinstance(caught.value, SettingsError)


async def test_a_server_error_is_said_in_a_sentence(discord: DiscordStandIn) -> None:
    discord.trouble.fail("GET /users/@me", 403)
    with pytest.raises(BotError, match="Discord: it refused with the code 403"):
        await synced(settings(discord))


async def test_only_the_settings_that_are_needed_have_to_be_right(discord: DiscordStandIn) -> None:
    wrong = {"USHER_DISCORD_CHANNEL": "#mods", "USHER_PAGE_SIZE": "0", "SLACK_BOT_TOKEN": "x"}
    assert (await synced(settings(discord, **wrong)))[0] == 0
    for name in ("DISCORD_GUILDS", "USHER_DISCORD_ROOT", "USHER_PROXY"):
        with pytest.raises(SettingsError, match=name):
            await synced(settings(discord, **{name: "A b"}))
    with pytest.raises(SettingsError, match="USHER_PROXY"):
        await print_invite(settings(discord, USHER_PROXY="x"), io.StringIO())
