"""Who is kept out."""

from __future__ import annotations

from bot.command import Command, Effect
from bot.commands.orders import Arguments, Words, listed
from bot.context import Context
from bot.order_words import kind
from bot.people import Role
from bot.reply import Reply


async def run(context: Context, arguments: Arguments) -> Reply:
    return await listed(
        context, arguments, Words("Nobody is kept out", "ban", "bans"), lambda order: kind(order) == "ban"
    )


COMMAND = Command(
    name="bans",
    summary="Who is kept out, of which rooms, until when and by whom",
    arguments=Arguments,
    role=Role.VIEWER,
    effect=Effect.READ,
    run=run,
    in_room=False,
    details="The newest first; /orders shows them beside everything else that is in force.",
    examples=("/bans", "/bans standup"),
)
