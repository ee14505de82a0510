"""How the text of Discord's settings becomes their values; a ValueError's text completes "NAME ..."."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from adapters import values as v
from adapters.discord.names import CommandNames

API = "/api/v10"
api_url = v.api_url(API)

_ID = re.compile(r"[0-9]{17,20}")  # those of before February 2015 would be shorter
_TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)


def token(given: str) -> str:
    """Never repeats what was given: it may be a secret all the same."""
    found = v.secret_text(given)
    if found and not _TOKEN.fullmatch(found):
        raise ValueError(
            "is no bot token, which has three parts with dots between them; it stands under Bot, and neither the "
            "client secret nor the public key is one"
        )
    return found


def guilds(given: str) -> tuple[str, ...]:
    """Comma-separated ids, each once."""
    return tuple(dict.fromkeys(_identifier(word, "server") for word in v.words(given)))


def channel(given: str) -> str:
    return _identifier(given.strip(), "channel") if given.strip() else ""


def _identifier(given: str, what: str) -> str:
    if not _ID.fullmatch(given):
        raise ValueError(f"has {given!r}, which is no {what} id; Copy {what.title()} ID (in developer mode) gives it")
    return given


def gateway_url(given: str) -> str:
    """An address without the query, which depends on the client."""
    found = given.strip()
    try:
        parts = urlsplit(found)
        good = parts.scheme in ("ws", "wss") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if found and (not good or parts.query or parts.fragment or parts.username is not None):
        raise ValueError("is no ws or wss address of host, port and path alone")
    return found


def root(given: str) -> str:
    """The name of the one command, without its slash; "" for a command each."""
    return CommandNames.of((), given).root
