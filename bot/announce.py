"""Where a write in a room is announced: in the channels that follow the room."""

from __future__ import annotations

from bot.errors import HistoryError
from bot.people import glob_matches
from bot.ports import Roster


async def channels_for(roster: Roster, prefix: str, channel: str, room: str) -> tuple[str, ...]:
    """The keys of the channels below that prefix (`slack:T1/`) whose default is this room, or a glob that matches it.

    First the one where the command was typed, the rest sorted. What belongs to no room ("") is announced where it
    was typed, if that channel follows any room. While the history cannot be read there are none.
    """
    try:
        defaults = await roster.channels(prefix)
    except HistoryError:
        return ()
    if not room:
        return (channel,) if channel in defaults else ()
    following = [key for key, default in defaults.items() if default == room or glob_matches(default, room)]
    return tuple(sorted(following, key=lambda key: (key != channel, key)))
