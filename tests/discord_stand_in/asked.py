"""What a request to the REST API is, once it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.discord_stand_in.desk import Desk


@dataclass(frozen=True, slots=True)
class Asked:
    """`route` is the method and the path with its names in braces: `GET /channels/{channel}`."""

    route: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any


@dataclass(frozen=True, slots=True)
class Route:
    """`open` needs no bot token: the token in the path is enough."""

    run: Callable[[Desk, Asked], Any]
    open: bool = False


Routes: TypeAlias = dict[str, Route]
