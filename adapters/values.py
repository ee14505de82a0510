"""How the text of a setting becomes its value; a ValueError's text completes "NAME ..."."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, tzinfo
from ipaddress import AddressValueError, IPv6Address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adapters.livekit.address import parse_address
from adapters.slack.names import SlashNames
from bot.people import Role, is_subject
from bot.registry import load

GIVEN = tuple(role.word for role in Role if role)
DIGITS = 9
SHORTEST_TOKEN = 20
MOST_REASONS, LONGEST_REASON = 20, 75
NONE = "none"

_HOST_PORT = re.compile(r"(?:\[([^\]]*)\]|([^\s:/@\[\]]+)):(\d{1,5})")
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,30}")
_KINDS = {
    "xoxb-": "a bot token",
    "xoxe.": "a token that is rotated",
    "xoxp-": "a user's token",
    "xapp-": "an app-level token",
}


@dataclass(frozen=True, slots=True)
class HostPort:
    """Where to listen: an IPv6 address stands without brackets in `host`; port 0 is any free one."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def text(given: str) -> str:
    return given.strip()


def words(given: str) -> tuple[str, ...]:
    """Comma-separated words."""
    return tuple(word for word in (part.strip() for part in given.split(",")) if word)


def reasons(given: str) -> tuple[str, ...]:
    """Comma-separated reasons; each has to fit into a menu, and all of them into one."""
    found = tuple(dict.fromkeys(words(given)))
    if len(found) > MOST_REASONS:
        raise ValueError(f"has {len(found)} reasons; it takes {MOST_REASONS}")
    for reason in found:
        if len(reason) > LONGEST_REASON or not reason.isprintable():
            raise ValueError(f"has {reason!r}: a reason has 1 to {LONGEST_REASON} printable characters")
    return found


def livekit_url(given: str) -> str:
    try:
        parse_address(given)
    except ValueError:
        raise ValueError("is no ws, wss, http or https address of host, port and path alone") from None
    return given.strip()


def http_url(given: str) -> str:
    try:
        parts = urlsplit(given.strip())
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if given.strip() and not good:
        raise ValueError("is no http or https address")
    return given.strip()


def host_port(given: str) -> HostPort:
    found = _HOST_PORT.fullmatch(given.strip())
    if not found or int(found[3]) > 65535:
        raise ValueError("is no host:port")
    try:
        return HostPort(str(IPv6Address(found[1])) if found[1] is not None else found[2], int(found[3]))
    except AddressValueError:
        raise ValueError("has no IPv6 address between its brackets") from None


def api_url(ending: str) -> Callable[[str], str]:
    """An address whose path ends so, and nothing behind it."""

    def parse(given: str) -> str:
        found = http_url(given)
        parts = urlsplit(found)
        if not parts.path.endswith(ending) or parts.query or parts.fragment or parts.username is not None:
            raise ValueError(f"is no address of host and path that ends in {ending}")
        return found

    return parse


slack_api_url = api_url("/api/")


def slack_token(prefix: str) -> Callable[[str], str]:
    """Never repeats what was given: it may be a secret all the same."""

    def parse(given: str) -> str:
        token = secret_text(given)
        if token and not token.startswith(prefix):
            kind = next((kind for start, kind in _KINDS.items() if token.startswith(start)), "something else")
            raise ValueError(f"is {kind}; {_KINDS[prefix]} begins with {prefix}")
        return token

    return parse


def slack_signing_secret(given: str) -> str:
    secret = secret_text(given)
    for start, kind in _KINDS.items():
        if secret.startswith(start):
            raise ValueError(f"is {kind}; the signing secret stands under Basic Information, App Credentials")
    return secret


def secret_text(given: str) -> str:
    secret = given.strip()
    if not all(33 <= ord(mark) < 127 for mark in secret):
        raise ValueError("has white space or other marks in it that it cannot have")
    return secret


def api_token(given: str) -> str:
    token = secret_text(given)
    if token and len(token) < SHORTEST_TOKEN:
        raise ValueError(f"is too easy to guess: it needs at least {SHORTEST_TOKEN} characters")
    return token


def slash_root(given: str) -> str:
    return SlashNames.read((), "", given).root


def slash_names(given: str) -> SlashNames:
    """With the default root; `none` stands for no command but the root."""
    text = "" if given.strip().lower() == NONE else given
    return SlashNames.read([command.name for command in load()], text)


def slack_channel(given: str) -> str:
    channel = given.strip()
    if channel and not _CHANNEL.fullmatch(channel):
        raise ValueError(f"has {channel!r}, which is no channel id; it stands at the end of the channel's details")
    return channel


def admins(given: str) -> tuple[str, ...]:
    found = words(given)
    for subject in found:
        if not is_subject(subject) or "@" in subject:
            raise ValueError(f"has {subject!r}, which is no chat account")
    return found


def roles(given: str) -> dict[str, Role]:
    commands = load()
    found = {}
    for word in words(given):
        command, _, role = (part.strip() for part in word.partition("="))
        if command not in commands:
            raise ValueError(f"names a command that does not exist: {command!r}")
        if role.lower() not in GIVEN:
            raise ValueError(f"gives {command} no role that there is: {', '.join(GIVEN)}")
        found[command] = Role.parse(role)
    return found


def identities(given: str) -> dict[str, str]:
    found = {}
    for word in words(given):
        platform, _, pattern = (part.strip() for part in word.partition("="))
        if platform not in ("console", "slack", "discord") or "{id}" not in pattern:
            raise ValueError(f"has {word!r}: write platform=pattern with {{id}} in it")
        found[platform] = pattern
    return found


def pair_or_empty(given: str) -> str:
    if given and (not given.partition("=")[0].strip() or "=" not in given):
        raise ValueError("is no key=value")
    return given.strip()


def name(given: str) -> str:
    found = given.strip()
    if not found or len(found) > 64 or not found.isprintable():
        raise ValueError("must be 1 to 64 printable characters")
    return found


def number(least: int, most: int) -> Callable[[str], int]:
    def parse(given: str) -> int:
        if not given.strip().isdecimal() or len(given.strip()) > DIGITS or not least <= int(given) <= most:
            raise ValueError(f"must be a number from {least} to {most}")
        return int(given)

    return parse


def one_of(*choices: str) -> Callable[[str], str]:
    def parse(given: str) -> str:
        if given.strip().lower() not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return given.strip().lower()

    return parse


def time_zone(given: str) -> tzinfo:
    """A zone of the IANA database, by its name."""
    if given.strip() == "UTC":
        return UTC
    try:
        return ZoneInfo(given.strip())
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise ValueError("is no time zone that this machine knows") from None


def file(given: str) -> str:
    if given and not Path(given).is_file():
        raise ValueError(f"names a file that does not exist: {given}")
    return given


def from_toml(value: Any) -> str:
    """A TOML value as the text that the environment would hold: lists are comma-joined, tables key=value."""
    if isinstance(value, list):
        return ",".join(str(one) for one in value)
    if isinstance(value, dict):
        return ",".join(f"{key}={one}" for key, one in value.items())
    return str(value)
