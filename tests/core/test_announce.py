"""Where the line about a write goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.announce import channels_for
from bot.people import glob_matches
from tests.core.histories import FULL

TEAM = "slack:T1/"
MODS, STAGE, ALL, OTHER = (f"{TEAM}C{number}" for number in range(1, 5))
DEFAULTS = {STAGE: "stage", MODS: "st*", ALL: "*", OTHER: "lobby"}


class FakeRoster:
    """A roster of which only the channels are known."""

    def __init__(self, defaults: Mapping[str, str] | None) -> None:
        self._defaults = defaults

    async def channels(self, prefix: str) -> Mapping[str, str]:
        if self._defaults is None:
            raise FULL
        return {key: room for key, room in self._defaults.items() if key.startswith(prefix)}


async def told(defaults: Mapping[str, str] | None, channel: str, room: str) -> tuple[str, ...]:
    roster: Any = FakeRoster(defaults)
    return await channels_for(roster, TEAM, channel, room)


async def test_the_channels_that_follow_the_room_are_told_the_one_where_it_was_typed_first() -> None:
    assert await told(DEFAULTS, ALL, "stage") == (ALL, MODS, STAGE)
    assert await told(DEFAULTS, STAGE, "stage") == (STAGE, MODS, ALL)


async def test_a_channel_that_follows_another_room_is_not_told_although_it_was_typed_there() -> None:
    assert await told(DEFAULTS, OTHER, "stage") == (MODS, STAGE, ALL)
    assert await told(DEFAULTS, f"{TEAM}C9", "stage") == (MODS, STAGE, ALL)


async def test_a_room_is_told_of_by_its_own_name_whatever_is_in_it() -> None:
    assert await told({STAGE: "a?b", MODS: "a*b", OTHER: "axb"}, "", "a*b") == (MODS, STAGE)
    assert await told({STAGE: "stage"}, "", "Stage") == ()


async def test_what_belongs_to_no_room_is_told_where_it_was_typed_if_that_channel_follows_any() -> None:
    assert await told(DEFAULTS, OTHER, "") == (OTHER,)
    assert await told(DEFAULTS, f"{TEAM}C9", "") == ()


async def test_another_workspace_is_not_told() -> None:
    assert await told({"slack:T2/C1": "*", "slack:T10/C1": "*"}, "slack:T2/C1", "stage") == ()
    assert await told({"slack:T2/C1": "*"}, "slack:T2/C1", "") == ()


async def test_while_the_history_cannot_be_read_there_is_no_channel() -> None:
    assert await told(None, STAGE, "stage") == ()


keys = st.builds(lambda number: f"{TEAM}C{number}", st.integers(0, 9))


@given(st.dictionaries(keys, st.text("ab*?", min_size=1, max_size=3)), keys, st.text("ab", min_size=1, max_size=3))
async def test_each_channel_that_follows_is_there_once_and_no_other(
    defaults: dict[str, str], channel: str, room: str
) -> None:
    found = await told(defaults, channel, room)
    assert set(found) == {key for key, default in defaults.items() if glob_matches(default, room)}
    assert len(set(found)) == len(found)
    rest = found[1:] if channel in found else found
    assert channel not in rest
    assert list(rest) == sorted(rest)
