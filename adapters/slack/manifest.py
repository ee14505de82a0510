"""The Slack app as a manifest, derived from the registry: what it listens to, and the least that it may do. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from adapters.slack import limits
from adapters.slack.names import EVERYDAY, ROOT, SlashNames
from adapters.slack.views import MODERATE, MODERATE_MESSAGE
from adapters.slack.yaml_text import dumped
from bot.command import Command

EVENTS_PATH = "/slack/events"

SCOPES = {
    "app_mentions:read": "hear @Usher, the way in threads",
    "channels:read": "tell public channels from private ones, where it says what was done",
    "chat:write": "answer, and tell what was done",
    "commands": "slash commands and shortcuts",
    "groups:read": "the same for the private channels that it is a member of",
    "im:history": "hear direct messages to it, and no other messages",
    "usergroups:read": "user groups that have been given a role",
    "users:read": "tell guests, bots, deactivated people and people of other organisations from members",
}
EVENTS = {
    "app_home_opened": "the App Home is drawn when somebody looks at it",
    "app_mention": "@Usher mute bob",
    "message.im": "commands in a direct message",
    "subteam_members_changed": "a role through a user group ends with the membership",
    "subteam_updated": "or with the group",
}
DESCRIPTION = "Moderates LiveKit rooms: mute, remove, promote, with a record of everything and undo."
LONG_DESCRIPTION = (
    "Usher moderates LiveKit rooms from Slack. Say who shall be muted, removed or brought on stage; Usher checks that "
    "you may, does it, looks at the room again, writes it down, and answers with what is true now. What can be undone "
    "has a button for it. It reads no messages but those that are addressed to it."
)


@dataclass(frozen=True, slots=True)
class Options:
    """`http` is the public address for HTTP mode; without it the app uses Socket Mode, which needs none.

    `root_only` leaves out all commands but the root, for when Slack refuses a name that nobody knew to be taken.
    """

    http: str = ""
    root: str = ROOT
    root_only: bool = False
    commands: str = EVERYDAY


def names_of(commands: Iterable[Command], options: Options) -> SlashNames:
    """The names of the slash commands; ValueError says what is wrong with them."""
    return SlashNames.read([one.name for one in commands], "" if options.root_only else options.commands, options.root)


def manifest(commands: Iterable[Command], options: Options = Options()) -> dict[str, Any]:
    """The manifest as data; ValueError says which option Slack would not take."""
    known = {one.name: one for one in commands}
    url = _address(options.http)
    names = names_of(known.values(), options)
    slash = [_root(names), *(_command(name, known[meant]) for name, meant in names.own.items())]
    return {
        "_metadata": {"major_version": 2},
        "display_information": {
            "name": "Usher",
            "description": DESCRIPTION,
            "long_description": LONG_DESCRIPTION,
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Usher", "always_online": True},
            "shortcuts": _shortcuts(),
            "slash_commands": [{**one, **({"url": url} if url else {}), "should_escape": True} for one in slash],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**({"request_url": url} if url else {}), "bot_events": list(EVENTS)},
            "interactivity": {
                "is_enabled": True,
                **({"request_url": url, "message_menu_options_url": url} if url else {}),
            },
            "org_deploy_enabled": True,
            "socket_mode_enabled": not url,
            "token_rotation_enabled": False,
        },
    }


def manifest_text(commands: Iterable[Command], options: Options = Options()) -> str:
    """The manifest as YAML, with the reason of each scope and event."""
    head = (
        "# The Slack app: import it at api.slack.com/apps, Create New App, From a manifest.\n"
        "# Derived from the code by `make generate`; `usher manifest --help` shows the variants.\n"
    )
    root = [f"USHER_SLACK_ROOT={options.root.strip().lstrip('/')}"] if options.root != ROOT else []
    if settings := [*root, *(["USHER_SLACK_COMMANDS=none"] if options.root_only else [])]:
        head += f"# Usher's settings for it: {' '.join(settings)} (answers name commands as they are typed).\n"
    return head + dumped(manifest(commands, options), {**SCOPES, **EVENTS})


def _root(names: SlashNames) -> dict[str, Any]:
    return {
        "command": f"/{names.root}",
        "description": "Moderate LiveKit rooms: every command, for example mute bob",
        "usage_hint": "help | participants [room] | mute who | undo",
    }


def _command(name: str, command: Command) -> dict[str, Any]:
    found = {"command": f"/{name}", "description": command.summary[: limits.COMMAND_DESCRIPTION]}
    hint = command.usage.partition(" ")[2]
    return {**found, "usage_hint": hint[: limits.COMMAND_HINT]} if hint else found


def _shortcuts() -> list[dict[str, Any]]:
    return [
        {
            "name": "Moderate",
            "type": "global",
            "callback_id": MODERATE,
            "description": "Choose a room, a person and what to do",
        },
        {
            "name": "Moderate this room",
            "type": "message",
            "callback_id": MODERATE_MESSAGE,
            "description": "Look into the room that the message names, open microphones first",
        },
    ]


def _address(given: str) -> str:
    """Where Slack shall send everything; "" for Socket Mode."""
    if not given:
        return ""
    parts = urlsplit(given)
    if parts.scheme != "https" or not parts.hostname:
        raise ValueError(
            f"has {given!r} for its address; Slack needs one such as https://usher.example.com{EVENTS_PATH}"
        )
    return given if parts.path.strip("/") else f"https://{parts.netloc}{EVENTS_PATH}"
