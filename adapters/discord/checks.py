"""What `usher doctor` looks at in Discord: the token, the servers and the commands; then who sees them, and the
channel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from adapters.discord import posting, seeing
from adapters.discord.adapter import log_in, opened, wanted_lists
from adapters.discord.asking import INVITE, PATIENCE_SECONDS, asked, unasked
from adapters.discord.client import UsherClient
from adapters.discord.delivery import UNSENT
from adapters.discord.sync import EVERYWHERE, Change, joined_servers, sync
from adapters.report import Report
from adapters.settings import Settings
from bot.errors import BotError
from bot.people import Grant
from bot.words import counted, told


async def check(settings: Settings, report: Report, grants: Iterable[Grant]) -> None:
    """Report on everything that Discord can be asked about without anybody there noticing. `grants` are the roster's.

    OSError where the certificates of the settings cannot be used.
    """
    async with opened(UsherClient(settings)) as client:
        try:
            await asked(log_in(client, settings["DISCORD_TOKEN"]))
            _application(client, report)
            served = await _servers(client, settings, report)
            await _commands(client, settings, served, report)
            await seeing.check(client, settings, served, grants, report)
            await posting.check(client, settings, report)
        except BotError as error:
            report.bad(f"Discord: {error.user_text}")
        except UNSENT as error:
            report.bad(f"Discord: {unasked(error, settings)}")


def _application(client: UsherClient, report: Report) -> None:
    found = client.application
    assert found is not None
    report.good(f"Discord: the token is that of {told(found.name)} (application {found.id})")
    if found.interactions_endpoint_url:
        advice = "remove it (General Information)"
        report.bad(f"Discord: the application has an Interactions Endpoint URL, so Usher hears nothing: {advice}.")
    if found.bot_public:
        report.note("Discord: anybody may add the bot to a server of theirs, where nobody has a role (Bot, Public Bot)")


async def _servers(client: UsherClient, settings: Settings, report: Report) -> dict[str, str]:
    """The names of those that the bot is on and serves, by id."""
    wanted, joined = settings["DISCORD_GUILDS"], await joined_servers(client.http, asked)
    for one in wanted:
        if one not in joined:
            report.bad(f"Discord: the bot is not on the server {one} of DISCORD_GUILDS: {INVITE}.")
    served = {one: name for one, name in joined.items() if not wanted or one in wanted}
    if served:
        report.good(f"Discord: the bot serves {', '.join(map(told, served.values()))}")
    elif not wanted:
        report.bad(f"Discord: the bot is on no server: {INVITE}.")
    if more := len(joined) - len(served):
        servers = counted(more, "more server, which is", "more servers, which are")
        report.note(f"Discord: the bot is on {servers} not in DISCORD_GUILDS and not served")
    return served


async def _commands(client: UsherClient, settings: Settings, served: Mapping[str, str], report: Report) -> None:
    """Whether what is registered is what is declared, and nothing of before stands beside it."""
    declared = wanted_lists(settings)
    wanted = {place: found for place, found in declared.items() if place == EVERYWHERE or place in served}
    if not wanted:
        return
    comparing = sync(client.http, client.application_id, wanted, tidy=True, dry_run=True)
    found = await asked(comparing, PATIENCE_SECONDS + len(served))
    for guild in found.refused:
        report.bad(f"Discord: the server {guild} lets Usher have no commands: {INVITE}.")
    differences = [one for one in found.changes if one]
    for one in differences:
        report.note(f"Discord: {_difference(one, there=one.guild in wanted)}")
    if not differences:
        report.good("Discord: the commands are registered as they are declared")


def _difference(change: Change, *, there: bool) -> str:
    """How many commands differ, and what brings them into line."""
    place = f"on the server {change.guild}" if change.guild else "everywhere"
    kinds = (("missing", change.added), ("different", change.changed), ("too many", change.removed))
    counted = ", ".join(f"{len(names)} {kind}" for kind, names in kinds if names)
    way = "`usher run` registers them" if there else "`usher discord sync` removes them"
    return f"the commands {place} are not those that are declared ({counted}): {way}"
