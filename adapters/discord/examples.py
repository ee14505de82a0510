"""How the main answers are shown in Discord, for `docs/discord.md`."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.discord.modals import reason_modal
from adapters.discord.names import CommandNames
from adapters.discord.offer import label, offer
from adapters.discord.render import Message, render
from adapters.discord.suggested import choices, person_value
from adapters.examples import OPAQUE, ROOM, Example, Platform
from bot.command import Again
from bot.people import ChatUser
from bot.registry import load
from bot.reply import Button, Reply
from bot.suggest import Suggestions

GUILD = "197038439483310086"
ANN = ChatUser("discord:80351110224678912", "ann")
STRANGER = ChatUser("discord:80351110224678999", "kim")


def message(title: str, reply: Reply) -> Example:
    shown = render(reply, CommandNames.of(load()))
    return Example(title, shown.content, _folded(shown), [*shown.embeds, *shown.components])


def _folded(shown: Message) -> str:
    return "Embeds and components" if shown.embeds and shown.components else "Embeds" if shown.embeds else "Components"


async def others(suggestions: Suggestions) -> Sequence[Example]:
    people = await suggestions.people(ANN, ROOM, "an")
    offered = choices((one.label, person_value(one.value, one.sid)) for one in people)
    names = CommandNames.of(load())
    line = label("mute bob too loud", names.groups, names)
    below = offer(Button(line, Again("mute bob too loud"), token=OPAQUE), ANN.id)
    typed = "What is offered while somebody types `an` as *who* of `/mute`"
    return (
        Example(typed, "", "Choices", offered),
        Example(
            "Below a message in a channel: @Usher mute bob too loud", below.content, "Components", below.components
        ),
        Example("The modal that asks for a reason", "", "Modal", [reason_modal("1")]),
    )


PLATFORM = Platform(ANN, STRANGER, f"discord:{GUILD}/155101607195836416", message, others)
