"""What `usher doctor` looks at in Slack: the tokens, what they may do, and the moderation channel."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from adapters.report import Report
from adapters.settings import Settings
from adapters.slack.fields import string
from adapters.slack.manifest import SCOPES
from adapters.slack.web import Web
from adapters.slack.wire import LIMITED, SlackError
from adapters.unanswered import TOO_OFTEN, unanswered
from bot.words import told

PATIENCE_SECONDS = 5.0  # for a rate limit: somebody waits for the report

_WORTHLESS = frozenset({"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive"})
_ANEW = {
    "SLACK_BOT_TOKEN": "install the app again and copy the bot token (OAuth & Permissions)",
    "SLACK_APP_TOKEN": "generate another app-level token with connections:write (Basic Information)",
}


async def check(settings: Settings, report: Report) -> None:
    """Report on everything that Slack can be asked about without anybody there noticing.

    OSError where the certificates of the settings cannot be used.
    """
    if not await _bot(settings, report):
        return
    if settings["SLACK_APP_TOKEN"]:
        await _connection(settings, report)
    elif settings["SLACK_SIGNING_SECRET"]:
        report.note(f"Slack: in HTTP mode it must reach {settings['USHER_HTTP']} under a public https address")


async def _bot(settings: Settings, report: Report) -> bool:
    """Whether Slack answered, be it that the token is worth nothing."""
    async with _web(settings, "SLACK_BOT_TOKEN") as web:
        try:
            found, scopes = await web.granted()
        except SlackError as error:
            report.bad(f"Slack: {_refused(error, 'SLACK_BOT_TOKEN', settings)}")
            return not error.unreachable
        report.good(f"Slack: the bot token is that of {_shown(found, 'user')} in {_workspace(found)}")
        _scopes(scopes, report)
        names = settings["USHER_SLACK_COMMANDS"]
        commands = ", ".join(f"/{name}" for name in (names.root, *names.own))
        report.note(f"Slack: it does not say which slash commands the app has; they must be {commands}")
        await _channel(web, settings, string(found, "user"), report)
        return True


@asynccontextmanager
async def _web(settings: Settings, token: str) -> AsyncIterator[Web]:
    web = Web(
        settings[token], base_url=settings["SLACK_API_URL"], proxy=settings["USHER_PROXY"],
        ca_file=settings["USHER_CA_FILE"], patience=PATIENCE_SECONDS,
    )  # fmt: skip
    try:
        yield web
    finally:
        await web.aclose()


def _scopes(scopes: frozenset[str], report: Report) -> None:
    if not scopes:
        report.note("Slack: it did not say which scopes the bot token has")
        return
    if missing := [scope for scope in SCOPES if scope not in scopes]:
        advice = "update the app from `usher manifest` and install it again"
        report.bad(f"Slack: the bot token lacks {_listed(missing)}: {advice}.")
    else:
        report.good("Slack: the bot token has all the scopes that Usher needs")
    if more := sorted(scopes - set(SCOPES)):
        report.note(f"Slack: the bot token may do more than Usher needs: {', '.join(map(told, more))}")


async def _channel(web: Web, settings: Settings, bot: str, report: Report) -> None:
    """The moderation channel: is it there, who reads it, and may Usher write into it."""
    name = settings["USHER_SLACK_CHANNEL"]
    if not name:
        report.note("Slack: no moderation channel (USHER_SLACK_CHANNEL): what is done is told only where /use says so")
        return
    invite = f"type /invite @{told(bot)} there"
    try:
        found = (await web.call("conversations.info", channel=name)).get("channel")
    except SlackError as error:
        if error.error == "channel_not_found":
            report.bad(f"Slack: USHER_SLACK_CHANNEL {name} is not there for Usher. If it is private, {invite}.")
        else:
            report.bad(f"Slack: USHER_SLACK_CHANNEL {name}: {_refused(error, 'SLACK_BOT_TOKEN', settings)}")
        return
    channel: Mapping[str, Any] = found if isinstance(found, Mapping) else {}
    shown = (
        f"the moderation channel #{_shown(channel, 'name')} ({'private' if channel.get('is_private') else 'public'})"
    )
    if channel.get("is_archived"):
        report.bad(f"Slack: {shown} is archived: name another one in USHER_SLACK_CHANNEL.")
    elif not channel.get("is_member"):
        report.bad(f"Slack: Usher is not in {shown}: {invite}.")
    else:
        report.good(f"Slack: Usher is in {shown}")
        if not channel.get("is_private"):
            report.note("Slack: everybody in the workspace can read a public channel: who was muted, by whom, and why")
        if channel.get("is_ext_shared"):
            report.note("Slack: people of other organisations read the moderation channel")


async def _connection(settings: Settings, report: Report) -> None:
    """Slack hands out the address of a websocket; it is not used, so nothing else notices."""
    async with _web(settings, "SLACK_APP_TOKEN") as web:
        try:
            await web.call("apps.connections.open")
        except SlackError as error:
            report.bad(f"Slack: {_refused(error, 'SLACK_APP_TOKEN', settings)}")
        else:
            report.good("Slack: the app-level token opens Socket Mode")


def _refused(error: SlackError, token: str, settings: Settings) -> str:
    """What to do about it, in a sentence."""
    if error.unreachable:
        why = TOO_OFTEN if error.error == LIMITED else error.why or error.error
        return unanswered(settings["SLACK_API_URL"], "SLACK_API_URL", why)
    if error.error in _WORTHLESS:
        return f"it does not know {token} ({error.error}): {_ANEW[token]}."
    if error.error == "missing_scope":
        return f"{token} lacks {error.needed or 'a scope'}: {_ANEW[token]}."
    if error.error == "not_allowed_token_type":
        return f"{token} is of the wrong kind: {_ANEW[token]}."
    return f"it refused {error.method} with the word {error.error}."


def _workspace(found: Mapping[str, Any]) -> str:
    where = _shown(found, "url")
    return f"{_shown(found, 'team')} ({where})" if where else _shown(found, "team")


def _shown(found: Mapping[str, Any], key: str) -> str:
    return told(string(found, key))


def _listed(names: list[str]) -> str:
    scopes = ", ".join(names)
    return f"the scope {scopes}" if len(names) == 1 else f"the scopes {scopes}"
