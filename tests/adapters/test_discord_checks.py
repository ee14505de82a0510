"""`usher doctor` on Discord: each thing that is missing is one sentence that says what to do, and no token is shown."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from adapters.discord import asking
from adapters.discord.commands import Body
from adapters.discord.names import CommandNames
from adapters.discord.sync import declared
from adapters.doctor import run_doctor
from adapters.settings import load
from bot.history import Content, Draft, EntryKind
from bot.people import Grant, Role
from bot.registry import load as commands
from tests.clocks import WallClock
from tests.database_fixtures import opened, url_of
from tests.discord_stand_in import DiscordStandIn
from tests.discord_stand_in import permissions as p
from tests.discord_stand_in.permissions import Overwrite

WHERE = "Check DISCORD_API_URL, USHER_PROXY, USHER_CA_FILE."
INVITE = "`usher discord invite` prints the link that adds it"


async def doctor(tmp_path: Path, given: dict[str, str], **more: str) -> list[str]:
    """What it says about Discord, without what was set."""
    out = io.StringIO()
    environment = {"DATABASE_URL": url_of(tmp_path / "usher.db"), **given, **more}
    await run_doctor(load({name: value for name, value in environment.items() if value}), out)
    said = out.getvalue()
    assert given.get("DISCORD_TOKEN", "no token") not in said
    assert "Traceback" not in said
    return [line for line in said.splitlines() if "Discord" in line[:18]]


def missing(lines: list[str]) -> list[str]:
    return [line.removeprefix("missing ") for line in lines if line.startswith("missing ")]


def notes(lines: list[str]) -> list[str]:
    return [line.removeprefix("note    ") for line in lines if line.startswith("note    ")]


def wanted(*guilds: str, root: str = "") -> list[Body]:
    """What is to be registered, on these servers or everywhere."""
    return list(next(iter(declared(commands(), CommandNames.of(commands(), root), guilds).values())))


def registered(discord: DiscordStandIn, guild: str = "") -> None:
    discord.app.public = False
    identifier = discord.world.guild(guild).id if guild else ""
    discord.desk.registered.put(identifier, wanted(identifier) if guild else wanted())


async def granted(tmp_path: Path, *grants: tuple[str, Role]) -> None:
    async with opened(tmp_path / "usher.db", server="main") as database:
        made = [Grant(subject, role, ("*",), "main", "test", WallClock().now()) for subject, role in grants]
        await database.history.append([Draft(EntryKind.GRANT, Content(), projection=one) for one in made])


def role_of(discord: DiscordStandIn, name: str, guild: str = "Home") -> str:
    return f"discord:{discord.world.guild(guild).id}/@{discord.world.role(guild, name).id}"


async def test_where_all_is_there_it_says_so_changes_nothing_and_is_not_seen(
    discord: DiscordStandIn, tmp_path: Path
) -> None:
    registered(discord)
    await granted(tmp_path, (role_of(discord, "Mods"), Role.MODERATOR))
    lines = await doctor(tmp_path, discord.environment, USHER_DISCORD_CHANNEL=discord.world.channel("mods").id)
    assert lines == [
        f"ok      Discord: the token is that of Usher (application {discord.app.id})",
        "ok      Discord: the bot serves Home, Away",
        "ok      Discord: the commands are registered as they are declared",
        "ok      Discord: the role Mods of Home, which is moderator, sees its commands",
        "ok      Discord: Usher writes into the moderation channel #mods",
    ]
    assert [call.route for call in discord.calls if not call.route.startswith("GET ")] == []
    assert discord.gateway.identified == []


async def test_where_discord_is_not_set_up_it_says_only_that(tmp_path: Path) -> None:
    assert await doctor(tmp_path, {}) == ["note    Discord: not set up (DISCORD_TOKEN)"]


async def test_settings_that_are_wrong_are_looked_at_first(discord: DiscordStandIn, tmp_path: Path) -> None:
    for name in ("DISCORD_TOKEN", "DISCORD_GUILDS", "USHER_DISCORD_CHANNEL", "USHER_ROLES", "USHER_PROXY"):
        lines = await doctor(tmp_path, {**discord.environment, name: "#wrong"})
        assert lines == ["note    Discord was not tried: its settings are not complete."]
    assert discord.calls == []


async def test_a_token_that_discord_does_not_know_is_named(discord: DiscordStandIn, tmp_path: Path) -> None:
    lines = await doctor(tmp_path, {**discord.environment, "DISCORD_TOKEN": "other.bot.token"})
    assert lines == ["missing Discord: Discord does not take the token: see DISCORD_TOKEN."]


async def test_an_application_that_hears_nothing_or_that_anybody_may_add_is_named(
    discord: DiscordStandIn, tmp_path: Path
) -> None:
    registered(discord)
    discord.app.public, discord.app.interactions_url = True, "https://usher.example.com/"
    lines = await doctor(tmp_path, discord.environment)
    advice = "so Usher hears nothing: remove it (General Information)."
    assert missing(lines) == [f"Discord: the application has an Interactions Endpoint URL, {advice}"]
    assert any("anybody may add the bot" in line for line in notes(lines))


async def test_servers_that_the_bot_is_not_on_are_named_with_what_to_do(
    discord: DiscordStandIn, tmp_path: Path
) -> None:
    home, away = discord.world.guild("Home"), discord.world.guild("Away")
    gone = discord.world.add_guild("Gone", "ann", joined=False)
    registered(discord, "Home")
    lines = await doctor(tmp_path, discord.environment, DISCORD_GUILDS=f"{home.id},{gone.id}")
    assert missing(lines) == [f"Discord: the bot is not on the server {gone.id} of DISCORD_GUILDS: {INVITE}."]
    assert "Discord: the bot is on 1 more server, which is not in DISCORD_GUILDS and not served" in notes(lines)
    assert "ok      Discord: the bot serves Home" in lines
    assert "ok      Discord: the commands are registered as they are declared" in lines
    lines = await doctor(tmp_path, discord.environment, DISCORD_GUILDS=gone.id)
    assert any("the bot is on 2 more servers, which are not in DISCORD_GUILDS" in line for line in lines)
    await discord.left(home)
    await discord.left(away)
    lines = await doctor(tmp_path, discord.environment)
    assert missing(lines) == [f"Discord: the bot is on no server: {INVITE}."]


async def test_a_bot_on_many_servers_is_asked_about_all_of_them(
    discord: DiscordStandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.sync.MOST_SERVERS", 1)
    registered(discord)
    assert "ok      Discord: the bot serves Home, Away" in await doctor(tmp_path, discord.environment)


async def test_commands_that_differ_are_counted_with_what_brings_them_into_line(
    discord: DiscordStandIn, tmp_path: Path
) -> None:
    registered(discord)
    [first, second, *rest] = wanted()
    old = {"name": "old", "description": "Old", "type": 1}
    discord.desk.registered.put("", [{**second, "description": "x"}, *rest, old])
    discord.desk.registered.put(discord.world.guild("Away").id, [first, old])
    lines = await doctor(tmp_path, discord.environment)
    assert missing(lines) == []
    away = discord.world.guild("Away").id
    others = "are not those that are declared"
    assert sorted(line for line in notes(lines) if "the commands" in line) == [
        f"Discord: the commands everywhere {others} (1 missing, 1 different, 1 too many): `usher run` registers them",
        f"Discord: the commands on the server {away} {others} (2 too many): `usher discord sync` removes them",
    ]


async def test_a_role_that_does_not_see_what_it_may_use_is_named(discord: DiscordStandIn, tmp_path: Path) -> None:
    registered(discord)
    home = discord.world.guild("Home")
    hosts = discord.world.add_role(home, "Hosts", p.EVERYBODY)
    discord.world.add_role(home, "Gone")
    gone = role_of(discord, "Gone")
    roles = {name: role_of(discord, name) for name in ("Hosts", "Mods", "Admins", "Helpers")}
    strangers = (("discord:5", Role.ADMIN), ("slack:T1/@S1", Role.ADMIN), ("discord:2/@3", Role.VIEWER))
    await granted(tmp_path, *((one, Role.VIEWER) for one in roles.values()), (gone, Role.ADMIN), *strangers)
    await granted(tmp_path, (roles["Helpers"], Role.ADMIN))
    del home.roles[gone.rpartition("@")[2]]
    mute, help_ = (next(one for one in discord.commands() if one["name"] == name) for name in ("mute", "help"))
    helping = discord.world.role("Home", "Helpers").id
    home.command_permissions[mute["id"]] = [{"id": helping, "type": 1, "permission": False}]
    lines = await doctor(tmp_path, discord.environment)
    [helpers, hidden] = missing(lines)
    advice = "allow it there under Integrations, or give the role Time Out Members."
    whom, seen = "Discord: the role Hosts of Home, which is viewer, does not see", r"/bans, (/[a-z-]+, ){3}/[a-z-]+"
    assert re.fullmatch(rf"{whom} {seen} and \d+ more: {re.escape(advice)}", hidden)
    assert helpers == f"Discord: the role Helpers of Home, which is admin, does not see /mute: {advice}"
    assert [line for line in lines if line.startswith("ok") and "sees its commands" in line] == [
        f"ok      Discord: the role {name} of Home, which is viewer, sees its commands" for name in ("Mods", "Admins")
    ]
    assert f"Discord: {gone} is admin, and Home has no such role any more" in notes(lines)
    assert "Discord: roles of the server 2 may moderate, and Usher does not serve it" in notes(lines)
    home.command_permissions[help_["id"]] = [{"id": home.id, "type": 1, "permission": False}]
    home.command_permissions[discord.app.id] = [{"id": hosts.id, "type": 1, "permission": True}]
    lines = await doctor(tmp_path, discord.environment)
    assert [line.partition(" does not see ")[2].partition(":")[0] for line in missing(lines)] == [
        "/help", "/help, /mute", "/help",
    ]  # fmt: skip


async def test_a_root_that_a_role_does_not_see_is_named(discord: DiscordStandIn, tmp_path: Path) -> None:
    given = {**discord.environment, "USHER_DISCORD_ROOT": "usher", "USHER_ROLES": "mute=viewer"}
    await granted(tmp_path, (role_of(discord, "Mods"), Role.VIEWER))
    discord.desk.registered.put("", wanted(root="usher"))
    assert missing(await doctor(tmp_path, given)) == []
    root = next(one for one in discord.commands() if one["name"] == "usher")
    mods = discord.world.role("Home", "Mods").id
    discord.world.guild("Home").command_permissions[root["id"]] = [{"id": mods, "type": 1, "permission": False}]
    [line] = missing(await doctor(tmp_path, given))
    assert "which is viewer, does not see /usher: " in line


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ("general", ""),
        ("chat", ""),
        ("rules", "Usher cannot write into the moderation channel #rules: it lacks Send Messages there."),
        ("secret", "USHER_DISCORD_CHANNEL {id} (50001): Usher does not see it: let it."),
        ("999999999999999999", "USHER_DISCORD_CHANNEL {id} (10003): there is no such channel."),
        ("lobby", "USHER_DISCORD_CHANNEL {id} is on the server {away}, which is not in DISCORD_GUILDS."),
        ("@gus", "USHER_DISCORD_CHANNEL {id} is no channel of a server that can be written into."),
        ("topics", "USHER_DISCORD_CHANNEL {id} is no channel of a server that can be written into."),
    ],
)
async def test_a_channel_that_usher_cannot_write_into_is_named_with_what_is_wrong(
    discord: DiscordStandIn, tmp_path: Path, where: str, sentence: str
) -> None:
    registered(discord, "Home")
    discord.world.direct("gus")
    discord.world.add_channel("Home", "topics").kind = 15
    identifier = where if where.isdecimal() else discord.world.channel(where).id
    home, away = discord.world.guild("Home").id, discord.world.guild("Away").id
    lines = await doctor(tmp_path, discord.environment, USHER_DISCORD_CHANNEL=identifier, DISCORD_GUILDS=home)
    wanted = [f"Discord: {sentence.format(id=identifier, away=away)}"] if sentence else []
    assert missing(lines) == wanted
    public = any("everybody on the server reads" in line for line in notes(lines))
    assert public is (where in ("general", "chat", "rules"))


async def test_a_thread_is_written_into_with_a_permission_of_its_own(discord: DiscordStandIn, tmp_path: Path) -> None:
    registered(discord)
    everybody = discord.world.guild("Home").id
    discord.world.channel("general").overwrites.append(Overwrite(everybody, deny=p.SEND_IN_THREADS))
    lines = await doctor(tmp_path, discord.environment, USHER_DISCORD_CHANNEL=discord.world.channel("chat").id)
    lacks = "it lacks Send Messages in Threads there."
    assert missing(lines) == [f"Discord: Usher cannot write into the moderation channel #chat: {lacks}"]


async def test_an_administrator_writes_everywhere(discord: DiscordStandIn, tmp_path: Path) -> None:
    registered(discord)
    discord.world.role("Home", "Usher").permissions = p.ADMINISTRATOR
    lines = await doctor(tmp_path, discord.environment, USHER_DISCORD_CHANNEL=discord.world.channel("rules").id)
    assert lines[-2] == "ok      Discord: Usher writes into the moderation channel #rules"


async def test_without_a_moderation_channel_there_is_a_note(discord: DiscordStandIn, tmp_path: Path) -> None:
    registered(discord)
    lines = await doctor(tmp_path, discord.environment)
    assert notes(lines)[-1].startswith("Discord: no moderation channel (USHER_DISCORD_CHANNEL): ")


async def test_an_address_where_nobody_answers_is_named_with_what_to_look_at(
    discord: DiscordStandIn, tmp_path: Path
) -> None:
    given = {**discord.environment, "DISCORD_API_URL": "http://127.0.0.1:1/api/v10"}
    sentence = f"http://127.0.0.1:1/api/v10 did not answer (nothing listens there). {WHERE}"
    assert missing(await doctor(tmp_path, given)) == [f"Discord: {sentence}"]


async def test_a_proxy_that_is_not_there_is_told_from_discord_and_keeps_its_login(
    discord: DiscordStandIn, tmp_path: Path
) -> None:
    lines = await doctor(tmp_path, discord.environment, USHER_PROXY="http://ada:passw0rd@127.0.0.1:1")
    assert missing(lines) == [f"Discord: {discord.api_url} did not answer (the proxy was not reached). {WHERE}"]
    assert "passw0rd" not in "".join(lines)


async def test_certificates_that_are_none_are_named(discord: DiscordStandIn, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    lines = await doctor(tmp_path, discord.environment, USHER_CA_FILE=str(tmp_path / "ca.pem"))
    (line,) = missing(lines)
    assert line.startswith("Discord cannot be asked with USHER_CA_FILE: ")


@pytest.mark.parametrize(
    ("route", "retry_after", "words"),
    [
        ("GET /users/@me", 100.0, "it limits how often it may be asked"),
        ("GET /users/@me/guilds", 5.0, "it took too long"),
    ],
)
async def test_a_rate_limit_is_not_waited_for_at_length(
    discord: DiscordStandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, route: str, retry_after: float, words: str
) -> None:
    monkeypatch.setattr(asking.asked, "__defaults__", (0.3,))
    discord.trouble.limit(route, times=10, retry_after=retry_after)
    lines = await doctor(tmp_path, discord.environment)
    assert missing(lines) == [f"Discord: {discord.api_url} did not answer ({words}). {WHERE}"]


async def test_what_discord_refuses_without_a_reason_that_is_known_is_named_by_its_code(
    discord: DiscordStandIn, tmp_path: Path
) -> None:
    registered(discord)
    discord.trouble.fail("GET /channels/{channel}", 418)
    channel = discord.world.channel("mods").id
    lines = await doctor(tmp_path, discord.environment, USHER_DISCORD_CHANNEL=channel)
    assert missing(lines) == ["Discord: it refused with the code 418."]
    discord.trouble.fail("GET /users/@me", 503)
    lines = await doctor(tmp_path, discord.environment)
    assert missing(lines) == [f"Discord: {discord.api_url} did not answer (HTTP 503). {WHERE}"]


async def test_a_server_that_lets_usher_have_no_commands_is_named(discord: DiscordStandIn, tmp_path: Path) -> None:
    registered(discord)
    away = discord.world.guild("Away")
    away.takes_commands = False
    lines = await doctor(tmp_path, discord.environment)
    assert missing(lines) == [f"Discord: the server {away.id} lets Usher have no commands: {INVITE}."]


async def test_what_discord_says_writes_no_line_of_its_own(discord: DiscordStandIn, tmp_path: Path) -> None:
    registered(discord)
    discord.app.name = discord.world.bot.name = "a\nok      b\x1b[31m"
    discord.world.guild("Home").name = "c\nmissing d"
    lines = await doctor(tmp_path, discord.environment)
    assert missing(lines) == []
    assert len([line for line in lines if line.startswith("ok")]) == 3
