"""Buttons outlive the process: each is stored under an opaque token, with its owner, its end and its group."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from bot.command import Again, Invocation
from bot.errors import HistoryError
from bot.pending import PendingItem
from bot.people import ChatUser
from bot.policy import Policy
from bot.ports import Clock, Pending
from bot.press import encode
from bot.reply import Audience, Button, Choice, Choices, Menu, Part, Reply, Table, Tone, say, text


class Buttons:
    def __init__(self, pending: Pending, clock: Clock, policy: Policy) -> None:
        self._pending = pending
        self._clock = clock
        self._policy = policy

    async def stored(self, reply: Reply, invocation: Invocation) -> Reply:
        """The reply with a token on every button, and the buttons stored."""
        if not reply.buttons and not any(map(_has_buttons, reply.parts)):
            return reply
        asks = reply.question or any(isinstance(part, Choices) for part in reply.parts)
        group = secrets.token_urlsafe(9) if asks else ""
        seconds = self._policy.confirm_seconds if asks else self._policy.button_seconds
        items: list[PendingItem] = []

        def store(button: Button) -> Button:
            token = secrets.token_urlsafe(12)
            again = isinstance(button.press, Again) and not asks
            items.append(
                PendingItem(
                    token,
                    "" if reply.audience is Audience.PUBLIC else invocation.user.subject,
                    invocation.channel,
                    encode(button.press),
                    self._clock.now() + timedelta(seconds=seconds),
                    "" if again else group or token,
                )
            )
            return replace(button, token=token)

        reply = replace(
            reply,
            parts=tuple(_with_tokens(part, store) for part in reply.parts),
            buttons=tuple(store(button) for button in reply.buttons),
        )
        try:
            await self._pending.put(items)
        except HistoryError:  # what was done is done, and said; the next command says that the history is ill
            return replace(reply, buttons=(), parts=(*reply.parts, text("The buttons of this answer cannot be kept.")))
        return reply

    async def item(self, token: str, user: ChatUser) -> PendingItem | Reply:
        """What the token stands for, if this person may press it now; otherwise the answer why not."""
        item = await self._pending.get(token)
        if item is None or (item.owner and item.owner != user.subject):
            return Reply(Tone.ERROR, say("This button is not yours, or is not known any more. Nothing was done."))
        if item.spent:
            return answered_already()
        if item.expires <= self._clock.now():
            return Reply(Tone.ERROR, say("This button has expired. Nothing was done. Type the command again."))
        return item

    async def spend(self, item: PendingItem) -> bool:
        """Whether this press is the first. Buttons without a group (pages) can be pressed again."""
        return not item.group or await self._pending.spend(item.token)


def answered_already() -> Reply:
    return Reply(Tone.INFO, say("This has been answered already. Nothing more was done."))


def _has_buttons(part: Part) -> bool:
    return isinstance(part, Choices | Menu) or (isinstance(part, Table) and bool(part.menus))


def _with_tokens(part: Part, store: Callable[[Button], Button]) -> Part:
    if isinstance(part, Choices):
        return Choices(tuple(Choice(option.spans, store(option.button)) for option in part.options))
    if isinstance(part, Menu):
        return Menu(part.label, tuple(map(store, part.entries)))
    if isinstance(part, Table) and part.menus:
        return replace(part, menus=tuple(tuple(map(store, menu)) for menu in part.menus))
    return part
