"""The button under which a line that was written in a channel waits for whoever wrote it. Pure.

Others read the message that it stands in. So that says nothing of rooms and people, and not whether the person may.
"""

from __future__ import annotations

from collections.abc import Collection

from adapters.discord.components import button, row
from adapters.discord.names import CommandNames
from adapters.discord.render import Message
from bot.dispatch import split_command
from bot.reply import Button

OFFER = "offer"  # the beginning of the custom id
HELP = "help"  # what somebody is taken to ask for who mentions the bot and says nothing
WORDS = "<@{author}> Nothing is done yet. Press to go on: only you can, and you alone will see the answer."
UNKEPT = "<@{author}> Nothing was done: the button for it could not be kept. Type the command with / instead."


def label(line: str, commands: Collection[str], names: CommandNames) -> str:
    """The line as its command is called on this server: what the button carries out."""
    name, rest = split_command(line)
    return f"{names.typed(name)} {rest}".strip() if name in commands else line


def offer(kept: Button | None, author: str) -> Message:
    """For a message of that account, which is named and not called; without a button where the line was not kept.

    It is not sent as a reply: that would take the permission to read the channel's history.
    """
    if kept is None:
        return Message(UNKEPT.format(author=author))
    return Message(
        WORDS.format(author=author), components=(row([button(kept.label, f"{OFFER}:{author}:{kept.token}")]),)
    )


def taken(value: str) -> tuple[str, str]:
    """From what stands behind the action in the custom id: whose line it is, and its token."""
    author, _, token = value.partition(":")
    return author, token
