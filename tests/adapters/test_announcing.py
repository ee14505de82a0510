"""Which channels take a line that nobody asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from adapters.announcing import Places

MODS = "C9"
TAKES = ""


class FakeRoster:
    """A roster of which only the channels are known."""

    def __init__(self, *keys: str) -> None:
        self._keys = keys

    async def channels(self, prefix: str) -> Mapping[str, str]:
        return {key: "stage" for key in self._keys if key.startswith(prefix)}


async def posted(
    *keys: str, channel: str = MODS, public: str = "", answers: Mapping[str, str] | None = None
) -> tuple[bool, list[str]]:
    """Whether anybody was told, and the channels that were tried, in order."""
    tried: list[str] = []
    roster: Any = FakeRoster(*keys)

    async def is_private(one: str) -> bool:
        return one not in public.split()

    async def post(one: str) -> str:
        tried.append(one)
        return (answers or {}).get(one, TAKES)

    return await Places(roster, channel, is_private).tell_all("d:", "stage", post), tried


async def test_each_home_is_told_once_and_the_moderation_channel_not_as_well() -> None:
    assert await posted("d:1/C1", "d:1/C2", "d:2/C3", "other:1/C4") == (True, ["C1", "C3"])


async def test_a_channel_that_everybody_reads_is_passed_over() -> None:
    assert await posted("d:1/C1", "d:1/C2", public="C1") == (True, ["C2"])
    assert await posted("d:1/C1", public="C1") == (True, [MODS])


async def test_the_moderation_channel_that_follows_the_room_is_told_like_any_other() -> None:
    assert await posted("d:1/C9", "d:2/C3", public=MODS) == (True, [MODS, "C3"])


async def test_what_one_does_not_take_is_for_the_next_one_and_nobody_is_asked_twice(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert await posted("d:1/C1", answers={"C1": "archived"}) == (True, ["C1", MODS])
    assert caplog.messages == []
    assert await posted("d:1/C9", answers={MODS: "archived"}) == (False, [MODS])
    assert caplog.messages == ["A line could not be posted (C9: archived)."]


async def test_where_no_channel_is_known_nobody_is_told() -> None:
    assert await posted(channel="") == (False, [])
