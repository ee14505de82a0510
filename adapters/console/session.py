"""One person at one console: lines in, replies out, with the question that is pending between them."""

from __future__ import annotations

import secrets
from dataclasses import replace

from bot.command import Invocation
from bot.dispatch import Dispatcher
from bot.history import Outcome
from bot.people import ChatUser, Moderator
from bot.reply import Button, Choices, Reply, Tone, say

YES, NO = ("yes", "y"), ("no", "n")
LONGEST_NUMBER = 9  # digits


class Session:
    def __init__(self, dispatcher: Dispatcher, user: ChatUser, room: str = "") -> None:
        self._dispatcher = dispatcher
        self._user = user
        self._room = room
        self._last: Reply | None = None

    async def answer(self, line: str) -> Reply:
        """The reply to a line: a command; or yes, no or a number for what the last reply asked or offered."""
        word = line.strip().casefold()
        if not word:
            return Reply(Tone.INFO, say("Type a command, for example /participants. /help lists them."))
        if word in YES + NO:
            return await self._decide(word in YES, word)
        if word.isdecimal():
            number = word[:LONGEST_NUMBER]  # int() refuses thousands of digits
            if (button := self._numbered(int(number))) is not None:
                return await self._press(button, word)
            return Reply(Tone.WARN, say(f"There is no choice {number} pending. Nothing was done."), command=number)
        invocation = Invocation(self._user, self._channel, line, self._event_key(), self._room)
        return self._kept(await self._dispatcher.handle(invocation))

    async def moderator(self) -> Moderator:
        """The person with their grants as they are now."""
        return await self._dispatcher.moderator(self._user)

    async def _decide(self, yes: bool, word: str) -> Reply:
        last = self._last
        if last is not None and last.question and last.buttons:
            return await self._press(last.buttons[0] if yes else last.buttons[-1], word)
        options = (
            [option.button for part in last.parts if isinstance(part, Choices) for option in part.options]
            if last
            else []
        )
        if not options:
            return Reply(Tone.WARN, say("Nothing is pending. Nothing was done."), command=word)
        if yes:
            numbers = "1" if len(options) == 1 else f"a number from 1 to {len(options)}"
            return Reply(Tone.WARN, say(f"Which one? Answer with {numbers}, or no."), command=word)
        return self._kept(Reply(Tone.INFO, say("Nothing was done."), command=(last.command if last else "") or word))

    def _numbered(self, number: int) -> Button | None:
        """The choice of that number; without choices, the button."""
        if self._last is None:
            return None
        options = [option.button for part in self._last.parts if isinstance(part, Choices) for option in part.options]
        buttons = options or list(self._last.buttons)
        return buttons[number - 1] if 0 < number <= len(buttons) else None

    async def _press(self, button: Button, word: str) -> Reply:
        answered, self._last = self._last, None
        reply = await self._dispatcher.press(self._user, self._channel, button.token, self._event_key())
        named = (answered.command if answered else "") or word
        return self._kept(reply if reply.command else replace(reply, command=named))

    def _kept(self, reply: Reply) -> Reply:
        self._last = reply
        if reply.command == "use" and reply.outcome in (Outcome.DONE, Outcome.ALREADY):
            self._room = ""  # what was said last counts
        return reply

    @property
    def _channel(self) -> str:
        return self._user.subject

    def _event_key(self) -> str:
        return f"console:{secrets.token_hex(12)}"
