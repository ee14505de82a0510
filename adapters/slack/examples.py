"""How the main answers are shown in Slack, for `docs/slack.md`."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.examples import ROOM, Example, Platform
from adapters.slack.lines import Workspace
from adapters.slack.names import SlashNames
from adapters.slack.render import render
from adapters.slack.views import Kept, home_view, moderate_view
from bot.command import Invocation
from bot.people import ChatUser
from bot.registry import load
from bot.reply import Reply
from bot.suggest import Suggestions
from bot.working import working

BLOCKS = "Blocks"
HOME = "T012AB3CD"
CHANNEL = f"slack:{HOME}/C012AB3CD"
ANN = ChatUser(f"slack:{HOME}/U045EF6GH", "ann")
STRANGER = ChatUser(f"slack:{HOME}/U0STRANGE", "kim")


def message(title: str, reply: Reply) -> Example:
    shown = render(reply, Workspace(HOME, SlashNames.read([one.name for one in load()])))
    return Example(title, shown.text, BLOCKS, shown.blocks)


async def others(suggestions: Suggestions) -> Sequence[Example]:
    rooms = await suggestions.rooms(ANN)
    moderate = moderate_view([room.name for room in rooms], Kept(ROOM))
    home = home_view([(room.name, room.facts) for room in rooms], account=ANN.subject)
    return (
        message("While something takes long", working(Invocation(ANN, CHANNEL, "mute bob"), None)),
        Example('The modal "Moderate"', "", BLOCKS, [moderate]),
        Example("The App Home", "", BLOCKS, [home]),
    )


PLATFORM = Platform(ANN, STRANGER, CHANNEL, message, others)
