"""Words that cannot be answered where they were said, kept under a button for whoever said them."""

from __future__ import annotations

from bot.buttons import Buttons
from bot.command import Again, Invocation
from bot.context import Services
from bot.reply import Button, Reply, Tone


async def kept(services: Services, invocation: Invocation, label: str) -> Button | None:
    """The button that asks for the same when this person presses it, once; None where it cannot be kept.

    Nothing is looked at, decided or recorded before: what the words mean, and whether the person may, is found out
    by the press. It expires as questions do.
    """
    button = Button(label, Again(invocation.text, invocation.room, invocation.options))
    buttons = Buttons(services.pending, services.clock, services.policy)
    offer = await buttons.stored(Reply(Tone.INFO, (), buttons=(button,), question=True), invocation)
    return next(iter(offer.buttons), None)
