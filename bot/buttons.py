"""Buttons outlive the process: each is stored under an opaque token, with its owner, its end and its group."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby

from bot.command import Again, BoundInvocation, Command, Invocation, Nothing, Press
from bot.describe import asked_for
from bot.errors import HistoryError
from bot.history import Outcome
from bot.pending import PendingItem
from bot.people import ChatUser
from bot.policy import Policy
from bot.ports import Clock, Pending
from bot.press import decode, encode
from bot.refusals import HANDLED
from bot.reply import Audience, Button, Choices, Menu, Part, Reply, Style, Table, Tone, say, text, with_buttons
from bot.used import Used

UNKEPT = "The buttons of this answer cannot be kept: the history cannot be written."
UNANSWERABLE = (
    "The buttons of this answer cannot be kept, because the history cannot be written now; without it nothing would be "
    "done either. Type the command again once it can be."
)


class Buttons:
    def __init__(self, pending: Pending, clock: Clock, policy: Policy) -> None:
        self._pending = pending
        self._clock = clock
        self._policy = policy
        self._used = Used()

    async def stored(self, reply: Reply, invocation: Invocation | None = None) -> Reply:
        """The reply with a token on every button, and the buttons stored; a question that waits keeps its own.

        Without an invocation nobody has asked: whoever is authorised may press them, wherever they see them.
        """
        inside = any(map(_has_buttons, reply.parts))
        if not reply.buttons and not inside:
            return reply
        asks = reply.question or any(isinstance(part, Choices) for part in reply.parts)
        seconds = self._policy.confirm_seconds if asks else self._policy.button_seconds
        batch = _Batch(
            "" if invocation is None or reply.audience is Audience.PUBLIC else invocation.user.subject,
            invocation.channel if invocation is not None else "",
            self._clock.now() + timedelta(seconds=seconds),
            secrets.token_urlsafe(9) if asks else "",
        )
        if reply.question and not inside and (asked := await self._asked_already(reply.buttons, batch)):
            return replace(reply, buttons=asked)
        parts, buttons = tuple(map(batch.part, reply.parts)), tuple(map(batch.press, reply.buttons))
        try:
            await self._pending.put(batch.items)
        except HistoryError:  # what was done is done, and said; the next command says that the history is ill
            return replace(reply, buttons=(), parts=(*reply.parts, text(UNANSWERABLE if asks else UNKEPT)))
        return replace(reply, parts=parts, buttons=buttons)

    async def _asked_already(self, buttons: Sequence[Button], batch: _Batch) -> tuple[Button, ...]:
        """The buttons under the tokens of the same question, where it waits for its answer; it then waits longer.

        Nothing where no such question waits. What the buttons carry out makes the question, not its words.
        """
        bound = [_meant(button.press) for button in buttons]
        try:
            waiting = await self._pending.waiting(batch.owner, batch.channel) if batch.owner else ()
            for group, items in groupby(waiting, key=lambda item: item.group):
                tokens = {_meant(decode(item.bound)): item.token for item in items}
                if tokens.keys() == set(bound) and await self._pending.prolong(group, batch.expires):
                    return tuple(replace(one, token=tokens[press]) for one, press in zip(buttons, bound, strict=True))
        except HistoryError:
            pass  # it is asked as if for the first time
        return ()

    @staticmethod
    def again(reply: Reply, command: Command, bound: BoundInvocation) -> Reply:
        """What failed before anything was done, although somebody said yes: named, and asked again.

        The question that it answers may have been spent; where it was not, it is the same one.
        """
        if not bound.confirmed or reply.outcome is not Outcome.FAILED:
            return reply
        buttons = (Button(command.confirm, bound, Style.DANGER), Button("No, leave it", Nothing()))
        title = say(*asked_for(bound), ": ", *reply.title)
        return replace(reply, title=title, told=reply.title, buttons=buttons, question=True)

    async def item(self, token: str, user: ChatUser, event_key: str = "") -> PendingItem | Reply:
        """What the token stands for, if this person may press it now; otherwise the answer why not."""
        item = await self._pending.get(token)
        if item is None or (item.owner and item.owner != user.subject):
            return Reply(Tone.ERROR, say("This button is not yours, or is not known any more. Nothing was done."))
        if item.spent:
            return await self._answered(item, event_key)
        if item.expires <= self._clock.now():
            return Reply(Tone.ERROR, say("This button has expired. Nothing was done. Type the command again."))
        return item

    async def spend(self, item: PendingItem, event_key: str = "") -> Reply | None:
        """None where this press is the first, else the answer to it. Buttons without a group (pages, entries of menus)
        can be pressed again."""
        if not item.group:
            return None
        if not await self._pending.spend(item.token, event_key):
            return await self._answered(item, event_key)
        self._used.begin(item.group, event_key)
        return None

    async def carried_out(self, item: PendingItem, event_key: str, work: Awaitable[Reply]) -> Reply:
        """The answer to that press, as the work comes to it: a later press is told how far it is."""
        return await self._used.until(item.group, event_key, work)

    async def _answered(self, item: PendingItem, event_key: str) -> Reply:
        """One press may reach several processes: the others leave its answer to the one that was first."""
        if event_key and await self._pending.spent_by(item.token, event_key):
            return HANDLED
        return self._used.again(item.group)


def _meant(press: Press) -> str:
    """What it carries out, whatever the words were that were typed for it."""
    return encode(replace(press, typed="") if isinstance(press, BoundInvocation) else press)


def _has_buttons(part: Part) -> bool:
    return isinstance(part, Choices | Menu) or (isinstance(part, Table) and bool(part.menus))


@dataclass(slots=True)
class _Batch:
    """The buttons of one answer, collected while each is given its token."""

    owner: str
    channel: str
    expires: datetime
    group: str
    items: list[PendingItem] = field(default_factory=list)

    def part(self, part: Part) -> Part:
        return with_buttons(part, self.press, self.pick)

    def press(self, button: Button) -> Button:
        """Used once, together with its group; a page can be turned to again."""
        return self.pick(button, once=bool(self.group) or not isinstance(button.press, Again))

    def pick(self, button: Button, *, once: bool = False) -> Button:
        """An entry of a menu can be picked again: it stands for a command, which asks and looks as it always does."""
        token = secrets.token_urlsafe(12)
        group = (self.group or token) if once else ""
        self.items.append(PendingItem(token, self.owner, self.channel, encode(button.press), self.expires, group))
        return replace(button, token=token)
