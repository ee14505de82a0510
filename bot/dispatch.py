"""The one pipeline: who is it, what is asked, may they, sure?, do it, answer.

Every surface hands its commands and presses to this and gets a `Reply` back; an error of the tree becomes one too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, TypeAlias, TypeVar

from bot.asking import asked_first, only_asks
from bot.authorise import authorise, unknown
from bot.binding import bind
from bot.buttons import Buttons
from bot.called import called_text
from bot.command import Again, BoundInvocation, Command, Invocation, Nothing, Press
from bot.context import Context, Services
from bot.errors import BotError, HistoryError, NotFound, Refused, SessionChanged, Unavailable, UsageError
from bot.fellow import met
from bot.options import written
from bot.pending import PendingItem
from bot.people import ChatUser, Moderator, Role
from bot.press import arguments, decode, line_again
from bot.public import public_line
from bot.reasons import with_reasons
from bot.redact import redacted
from bot.refusals import Refusals
from bot.reply import Audience, Reply, Tone, say
from bot.sight import seen_by, shown_bound, visible
from bot.tasks import Budget, within
from bot.words import told

T = TypeVar("T")
Watch: TypeAlias = Callable[[BoundInvocation], object]


def _unwatched(_: BoundInvocation) -> None:
    """Nobody waits to be told."""


class Dispatcher:
    """Each of `observers` is told each command that was answered, with the seconds that it took."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.observers: list[Callable[[Reply, float], None]] = []
        self._buttons = Buttons(services.pending, services.clock, services.policy)
        self._refusals = Refusals(services)

    async def handle(self, invocation: Invocation, watch: Watch = _unwatched) -> Reply:
        """The answer to a command as it arrived; never raises for anything that a person can cause.

        `watch` is called with what is about to be done, once it is known, as this person may see it.
        """
        budget = Budget(self.services.clock, self.services.clock.monotonic())
        name, rest = split_command(invocation.text)
        typed = self._typed(invocation, name, rest)
        moderator = await self.moderator(invocation.user, calming=self._calms(name))
        command: Command | None = None
        context: Context | None = None
        try:
            command = self._command(moderator, name)
            self._allow(moderator, command)
            unread = BoundInvocation(command.name, typed=typed)
            context = Context(self.services, moderator, invocation, command, unread, budget)
            bound = await self._timed(budget, bind(context, rest))
            if isinstance(bound, BoundInvocation):
                context.bound = bound
                await met(context)
                watch(shown_bound(moderator, context.bound, self.services.recent.numbers))
                bound = await self._carry_out(context)
            reply = replace(bound, command=command.name)
        except BotError as error:
            held = context.bound if context else None
            reply = await self._refusals.answer(error, invocation, name, typed, command, held)
        return await self._finished(reply, moderator, invocation, context.bound if context else None, budget)

    async def press(
        self,
        user: ChatUser,
        channel: str,
        token: str,
        event_key: str = "",
        *,
        menus: bool = False,
        watch: Watch = _unwatched,
    ) -> Reply:
        """The answer to a press of a button (or to yes, no, a number): authorised again, and spent once."""
        try:
            item = await self._buttons.item(token, user, event_key)
            if isinstance(item, Reply):
                return item
            press = decode(item.bound)
            if not isinstance(press, BoundInvocation) and (late := await self._buttons.spend(item, event_key)):
                return late
        except HistoryError as error:
            return Reply(Tone.ERROR, say(error.user_text, " Nothing was done."))
        invocation = Invocation(user, channel, "", event_key, menus=menus)
        return await self._buttons.carried_out(item, event_key, self._pressed(invocation, press, item, watch))

    async def _pressed(self, invocation: Invocation, press: Press, item: PendingItem, watch: Watch) -> Reply:
        if isinstance(press, Again):
            again = replace(invocation, text=press.text, room=press.room, options=press.options)
            return await self.handle(again, watch)
        if isinstance(press, Nothing):
            return Reply(Tone.INFO, say("Nothing was done."))
        return await self._confirmed(invocation, press, item, watch)

    async def _confirmed(
        self, invocation: Invocation, bound: BoundInvocation, item: PendingItem, watch: Watch
    ) -> Reply:
        services = self.services
        budget = Budget(services.clock, services.clock.monotonic())
        command = services.registry[bound.command]
        moderator = await self.moderator(invocation.user, calming=command.calms)
        context: Context | None = None
        try:
            self._allow(moderator, command, bound)
            watch(shown_bound(moderator, bound, services.recent.numbers))
            bound = await self._timed(budget, self._looked_at(bound, command, moderator))
            self._allow(moderator, command, bound)
            pressed = Context(services, moderator, invocation, command, bound, budget)
            await met(pressed)
            if not only_asks(pressed) and (late := await self._buttons.spend(item, invocation.event_key)):
                return replace(late, command=command.name)
            context = pressed
            reply = await self._carry_out(context)
            reply = replace(reply, command=command.name)
        except BotError as error:
            bound = context.bound if context else bound
            reply = await self._refusals.answer(error, invocation, command.name, bound.typed, command, bound)
            reply = self._buttons.again(reply, command, bound)
        return await self._finished(reply, moderator, invocation, context.bound if context else bound, budget)

    async def told(self, room: str, reply: Reply) -> Reply:
        """A line that nobody asked for, as every moderator of that room may see it, its buttons stored for them all."""
        line = replace(reply, room=room, audience=Audience.PUBLIC)
        return await self._buttons.stored(redacted(line, self.services.recent.numbers))

    async def _finished(
        self,
        reply: Reply,
        moderator: Moderator,
        invocation: Invocation,
        bound: BoundInvocation | None,
        budget: Budget,
    ) -> Reply:
        """The reply as this person may see it, its buttons stored; and what the others are told."""
        room = bound.room if bound else ""
        line = await public_line(self.services, reply, moderator.user, bound)
        reply = seen_by(moderator, room, reply, self.services.recent.numbers)
        reply = with_reasons(reply, self.services, moderator, invocation, bound)
        reply = await self._buttons.stored(replace(reply, room=room), invocation)
        for observe in self.observers:
            observe(reply, self.services.clock.monotonic() - budget.started)
        if line is None:
            return reply
        line = await self._buttons.stored(replace(line, room=room), invocation)
        return replace(reply, public=replace(line, parts=()))

    async def moderator(self, user: ChatUser, *, calming: bool = False) -> Moderator:
        """The person with every grant: their own, those of their groups, and the settings'.

        Groups as they were lately count for `calming` alone, and none for an account that is limited to its own
        grants. While the history cannot be read, the settings' grants alone count.
        """
        groups, lately = ((), ()) if user.limited else (user.groups, user.lately)
        counted = {user.subject, *groups, *(lately if calming else ())}
        subjects = tuple(dict.fromkeys((user.subject, *groups, *lately)))
        try:
            stored = await self.services.roster.grants(subjects)
        except HistoryError:
            stored = ()
        settled = tuple(grant for subject in subjects for grant in self.services.policy.admin_grants(subject))
        held = settled + tuple(stored)
        counts = tuple(grant for grant in held if grant.subject in counted)
        return Moderator(user, counts, tuple(grant for grant in held if grant.subject not in counted))

    def _typed(self, invocation: Invocation, name: str, rest: str) -> str:
        """What stands behind the command's name, or would if its options were words."""
        command, options = self.services.registry.get(name), invocation.options
        return rest if command is None or options is None else written(command, options)

    def _calms(self, name: str) -> bool:
        command = self.services.registry.get(name)
        return command is not None and command.calms

    def _command(self, moderator: Moderator, name: str) -> Command:
        """The command of that name; people without any grant learn nothing but how to get one."""
        command = self.services.registry.get(name)
        if not moderator.grants and (command is None or command.role is not Role.NONE):
            raise unknown(moderator, self.services.policy, command)
        if not name:
            raise UsageError("Type a command, for example /participants. /help lists them.")
        return self.services.registry.find(name)

    def _allow(self, moderator: Moderator, command: Command, bound: BoundInvocation | None = None) -> None:
        """Raise the refusal, where there is one; what anybody may ask (whoami, help) needs no grant."""
        if command.role is Role.NONE:
            return
        person = bound.target.participant if bound and bound.target else None
        room = (bound.room or None) if bound else None
        verdict = authorise(
            moderator, command, self.services.policy, room=room, person=person, force=bool(bound and bound.force)
        )
        if isinstance(verdict, Refused):
            raise verdict

    async def _carry_out(self, context: Context) -> Reply:
        bound, command = context.bound, context.command
        self._allow(context.moderator, command, bound)
        given = arguments(command, bound)
        if command.check is not None:
            command.check(context, given)
        if not bound.confirmed and not bound.dry_run and (reply := asked_first(context)) is not None:
            return reply
        answer = command.run(context, given)
        if command.writes:
            return await answer
        return await self._timed(context.budget, answer, context.budget.recorded)

    async def _looked_at(self, bound: BoundInvocation, command: Command, moderator: Moderator) -> BoundInvocation:
        """The bound target as it is now: the same session, or an error that says what changed."""
        if bound.target is None:
            return bound
        target = bound.target
        name, room = called_text(target), told(target.room)
        try:
            person = await self.services.rooms.get_participant(target.room, target.identity)
        except NotFound:
            if command.takes_gone:
                return bound
            raise SessionChanged(f"{name} has left {room}. Nothing was done.", "gone") from None
        self.services.recent.remember(target.room, [person])
        if command.any_session:
            return replace(bound, target=target.now(person)) if visible(moderator, target.room, [person]) else bound
        if person.sid != target.sid:
            raise SessionChanged(
                f"{name} left {room} and came back in a new session since. Nothing was done. "
                f"Type the command again if it is still meant{line_again(command, target, bound.values) or '.'}"
            )
        return replace(bound, target=target.now(person))

    async def _timed(self, budget: Budget, work: Coroutine[Any, Any, T], moment: float | None = None) -> T:
        try:
            return await within(self.services.clock, budget.left(moment or budget.bound), work)
        except TimeoutError:
            raise Unavailable("LiveKit did not answer in time. Nothing was changed.", "timeout", sent=False) from None


def split_command(line: str) -> tuple[str, str]:
    """The command's name (without its slash, folded) and the rest of the line, untouched."""
    name, *rest = line.strip("\r\n").split(maxsplit=1) or [""]
    return unicodedata.normalize("NFKC", name).lstrip("/").casefold(), rest[0] if rest else ""
