"""How the text of a setting becomes its value; a ValueError's text completes "NAME ..."."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from adapters.livekit.address import parse_address
from bot.people import Role, is_subject
from bot.registry import load

GIVEN = tuple(role.word for role in Role if role)
DIGITS = 9


def text(given: str) -> str:
    return given.strip()


def words(given: str) -> tuple[str, ...]:
    """Comma-separated words."""
    return tuple(word for word in (part.strip() for part in given.split(",")) if word)


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
