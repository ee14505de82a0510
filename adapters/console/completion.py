"""What the prompt can complete: commands, and the people and rooms that this person may see."""

from __future__ import annotations

from collections.abc import Iterable

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from bot.authorise import sees_hidden
from bot.context import Services
from bot.errors import BotError
from bot.model import Kind, Participant
from bot.people import Moderator
from bot.words import fold

MOST_ROOMS = 10
FRESH_SECONDS = 15.0


class Known:
    """Names of rooms and people, refreshed while somebody types; a room out of scope is never among them."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._at = float("-inf")
        self.names: tuple[str, ...] = ()

    async def refresh(self, moderator: Moderator) -> None:
        """Look again, unless that was just done; while LiveKit does not answer, the names stay as they were."""
        now = self._services.clock.monotonic()
        if now - self._at < FRESH_SECONDS or not moderator.grants:
            return
        self._at = now
        try:
            rooms = [room.name for room in await self._services.rooms.list_rooms() if moderator.may_see(room.name)]
            names = dict.fromkeys(rooms)
            for room in rooms[:MOST_ROOMS]:
                people = await self._services.rooms.list_participants(room)
                hidden = sees_hidden(moderator, room)
                names |= dict.fromkeys(p.identity for p in people if hidden or _for_everybody(p))
        except BotError:
            return
        self.names = tuple(name for name in names if name.isprintable())


def _for_everybody(person: Participant) -> bool:
    """Hidden people, and callers, whose identity is their telephone number, are for admins."""
    return not person.permission.hidden and person.kind is not Kind.SIP


class Words(Completer):
    def __init__(self, services: Services, known: Known) -> None:
        self._commands = [command.name for command in services.registry]
        self._known = known

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        before = document.text_before_cursor
        word = before.rsplit(" ", 1)[-1]
        if " " in before:
            wanted = fold(word.removeprefix("in:"))
            found = [name for name in self._known.names if wanted and fold(name).startswith(wanted)]
            yield from (_completion(name, word.removeprefix("in:")) for name in found)
        else:
            slash = "/" if word.startswith("/") else ""
            names = [slash + name for name in self._commands]
            yield from (_completion(name, word) for name in names if name.startswith(word))


def _completion(name: str, word: str) -> Completion:
    text = f'"{name}"' if " " in name else name
    return Completion(text, start_position=-len(word), display=name)
