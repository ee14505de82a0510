"""Reading Slack's payloads."""

from __future__ import annotations

import re

from adapters.payloads import BadPayload as BadPayload
from adapters.payloads import Payload as Payload
from adapters.payloads import mapping as mapping
from adapters.payloads import mappings as mappings
from adapters.payloads import string as string

_ID = re.compile(r"[A-Z0-9]{1,30}")


def identifier(value: object, what: str) -> str:
    """An id of Slack's; `BadPayload` where it is none."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise BadPayload(f"no {what} in the payload")
    return value


def event_key(given: str) -> str:
    """The key under which an event is claimed, so that it acts once."""
    return f"slack:{given}" if given else ""
