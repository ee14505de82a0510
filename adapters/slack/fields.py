"""Reading payloads: whatever is missing, or is something else than it should be, counts as empty."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

Payload: TypeAlias = Mapping[str, Any]
_ID = re.compile(r"[A-Z0-9]{1,30}")


class BadPayload(ValueError):
    """What arrived lacks something that Slack always sends."""


def identifier(value: object, what: str) -> str:
    """An id of Slack's; `BadPayload` where it is none."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise BadPayload(f"no {what} in the payload")
    return value


def mapping(payload: Payload, key: str) -> Payload:
    value = payload.get(key)
    return value if isinstance(value, Mapping) else {}


def mappings(payload: Payload, key: str) -> list[Payload]:
    value = payload.get(key)
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def string(payload: Payload, key: str) -> str:
    value = payload.get(key)
    return value if isinstance(value, str) else ""


def event_key(given: str) -> str:
    """The key under which an event is claimed, so that it acts once."""
    return f"slack:{given}" if given else ""
