"""Reading the payloads of chat platforms: whatever is missing, or is something else than it should be, is empty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

Payload: TypeAlias = Mapping[str, Any]


class BadPayload(ValueError):
    """What arrived lacks something that the platform always sends."""


def mapping(payload: Payload, key: str) -> Payload:
    value = payload.get(key)
    return value if isinstance(value, Mapping) else {}


def mappings(payload: Payload, key: str) -> list[Payload]:
    value = payload.get(key)
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def string(payload: Payload, key: str) -> str:
    value = payload.get(key)
    return value if isinstance(value, str) else ""
