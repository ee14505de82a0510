"""Shortcuts, the modal "Moderate" with its search, and the App Home: moderating without typing anything."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from adapters.answering import Progress
from adapters.found import found_in
from adapters.slack import limits
from adapters.slack.arrivals import HomeOpened, Opened, Pressed, Searched, Submitted
from adapters.slack.blocks import Block, Option
from adapters.slack.delivery import Return
from adapters.slack.desk import Desk
from adapters.slack.invocations import channel_of, of_modal
from adapters.slack.people import Sender
from adapters.slack.render import Message
from adapters.slack.views import (
    ACTION,
    ACTIONS,
    MODERATE_MESSAGE,
    PERSON,
    REASON,
    ROOM,
    Kept,
    answer_view,
    home_view,
    is_digest,
    moderate_view,
    room_of,
    suggested,
)
from adapters.slack.web import SlackError
from bot.command import Invocation
from bot.people import ChatUser
from bot.plain import plain
from bot.reply import Reply, Tone
from bot.working import late

OPEN_SECONDS = 1.0  # what opens a modal lives 3 s: by then something has to be shown
LOOK_SECONDS = 2.0  # how long a look at LiveKit is waited for
SEARCH_SECONDS = 2.3  # Slack waits 3 s for what there is to choose from


@dataclass(frozen=True, slots=True)
class Screen:
    """A view; and what is said in a message, should the view come too late."""

    view: Block
    message: Message


class Modals:
    """Rooms and people are offered for muting too, for which groups as they were lately count; the core decides."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def opened(self, found: Opened) -> None:
        """A shortcut: the modal; or, on a message, at once the room that it names."""
        kept = Kept(channel=found.place.channel, thread=found.place.thread)
        progress = _begun(found, "participants")
        await self._show(found.sender, found.trigger, kept, progress, self._first(found, kept, progress))

    async def _first(self, found: Opened, kept: Kept, progress: Progress) -> Screen:
        user = await self._desk.user(found.sender)
        progress.invocation = replace(progress.invocation, channel=channel_of(found.place, user))
        rooms, labels = await self._rooms(user)
        named = found_in(found.message, rooms).rooms if found.callback == MODERATE_MESSAGE else ()
        if not rooms or len(named) == 1:
            return await self._people(found.sender, user, named[0] if named else "", kept, progress)
        ordered = [*named, *(room for room in rooms if room not in named)]
        first = named[0] if named else rooms[0] if len(rooms) == 1 else ""
        view = moderate_view(ordered, Kept(first, kept.channel, kept.thread), labels=labels)
        return Screen(view, self._desk.rendered(found.sender, late()))

    async def _people(self, sender: Sender, user: ChatUser, room: str, kept: Kept, progress: Progress) -> Screen:
        """Who is in that room, each with a menu; where no room is known, what the core says to that."""
        progress.invocation = Invocation(user, progress.invocation.channel, "participants", "", room, menus=True)
        reply = await self._desk.asked(sender, progress)
        return self._screen(sender, reply, Kept(room, kept.channel, kept.thread))

    async def room_opened(self, found: Pressed) -> None:
        """A room's button in the App Home."""
        progress = _begun(found, "participants")

        async def people() -> Screen:
            user = await self._desk.user(found.sender)
            progress.invocation = replace(progress.invocation, channel=user.subject)
            room = room_of(found.value, await self._names(user))
            return await self._people(found.sender, user, room, Kept(), progress)

        await self._show(found.sender, found.trigger, Kept(), progress, people())

    async def room_chosen(self, found: Pressed) -> None:
        """Another room in the modal: the people to choose from are others, and nobody is chosen yet."""
        if found.view is None:
            return
        user = await self._desk.user(found.sender)
        rooms, labels = await self._rooms(user)
        old, values = Kept.of(found.view), found.view.values
        kept = Kept(room_of(found.value, rooms), old.channel, old.thread)
        chosen, reason = values.get(ACTION, ""), values.get(REASON, "")
        view = moderate_view(rooms, kept, labels=labels, action=chosen, reason=reason)
        await self._desk.web.call("views.update", view_id=found.view.id, hash=found.view.hash or None, view=view)

    async def searched(self, found: Searched) -> Block:
        """The people of the chosen room that fit what is typed; nobody, where it takes longer than Slack waits."""
        try:
            async with asyncio.timeout(SEARCH_SECONDS):
                return await self._fitting(found)
        except TimeoutError:
            return suggested(())

    async def _fitting(self, found: Searched) -> Block:
        if found.view is None or not found.block.startswith(PERSON):
            return suggested(())
        user = await self._desk.user(found.sender)
        kept = Kept.of(found.view)
        key = found.view.values.get(ROOM, "")
        room = room_of(key, await self._names(user) if is_digest(key) else ()) or kept.room
        groups: dict[str, list[Option]] = {}
        for person in await self._desk.suggestions.people(user, room, found.text, calming=True) if room else ():
            groups.setdefault(person.group, []).append(Option(person.label, person.value))
        return suggested(list(groups.items()))

    async def submitted(self, found: Submitted) -> None:
        """Do what the modal asks for, and show the answer in its place; or the modal again, with what is missing."""
        values = found.view.values if found.view else {}
        kept = Kept.of(found.view)
        action = next((one for one in ACTIONS if one.key == values.get(ACTION)), None)
        progress = _begun(found, (action.command or values.get(REASON, "")) if action else "")
        await self._show(found.sender, found.trigger, kept, progress, self._done(found, values, progress, kept))

    async def _done(self, found: Submitted, values: Mapping[str, str], progress: Progress, kept: Kept) -> Screen:
        user = await self._desk.user(found.sender)
        rooms, labels = await self._rooms(user)
        desk = self._desk
        room = room_of(values.get(ROOM, ""), rooms)
        asked = of_modal(found, room, desk.commands, user, desk.names.meant)
        if isinstance(asked, Invocation):
            progress.invocation = asked
            return self._screen(found.sender, await self._desk.asked(found.sender, progress, kept.thread), kept)
        notes, chosen, reason = list(asked.values()), values.get(ACTION, ""), values.get(REASON, "")
        chosen_in = replace(kept, room=room or kept.room)
        view = moderate_view(rooms, chosen_in, labels=labels, notes=notes, action=chosen, reason=reason)
        return Screen(view, self._desk.rendered(found.sender, late()))

    async def home(self, found: HomeOpened) -> None:
        """Draw the App Home: the rooms of this person; where there are none, why."""
        user = await self._desk.user(found.sender)
        rooms = await self._desk.suggestions.rooms(user)
        notes: Sequence[str] = ()
        if not rooms:
            notes = await self._why_none(user)
            rooms = await self._desk.suggestions.rooms(user)  # it may only have taken long
        shown, labels = [(room.name, room.facts) for room in rooms], {room.name: room.label for room in rooms}
        view = home_view(shown, account=user.subject, labels=labels, notes=() if rooms else notes)
        await self._desk.web.call("views.publish", user_id=found.sender.id, view=view)

    async def _why_none(self, user: ChatUser) -> Sequence[str]:
        """For somebody without a role, how to get one; else what keeps the rooms from being known, if anything."""
        dispatcher = self._desk.dispatcher
        asks = "rooms" if (await dispatcher.moderator(user)).grants else "whoami"
        reply = await dispatcher.handle(Invocation(user, user.subject, asks))
        return () if asks == "rooms" and reply.tone is not Tone.ERROR else (self._desk.names.spoken(plain(reply)),)

    async def _names(self, user: ChatUser) -> list[str]:
        """The rooms in the scope of this person, where none of them is shown."""
        return [room.name for room in await self._desk.suggestions.rooms(user, calming=True, facts=False)]

    async def _rooms(self, user: ChatUser) -> tuple[list[str], dict[str, str]]:
        """The rooms in the scope of this person, and how each is shown to them."""
        rooms = await self._desk.suggestions.rooms(user, calming=True)
        return [room.name for room in rooms], {room.name: room.label for room in rooms}

    def _screen(self, sender: Sender, reply: Reply, kept: Kept) -> Screen:
        view = answer_view(self._desk.rendered(sender, reply, limits.VIEW_BLOCKS), kept)
        return Screen(view, self._desk.rendered(sender, reply))

    async def _show(
        self, sender: Sender, trigger: str, kept: Kept, progress: Progress, work: Coroutine[Any, Any, Screen]
    ) -> None:
        """Open a modal with what the work makes; while that takes long, with what is being done."""
        task, done = await self._desk.answering.within(OPEN_SECONDS, work)
        web = self._desk.web
        first = task.result().view if done else self._screen(sender, progress.said, kept).view
        try:
            opened = await web.call("views.open", trigger_id=trigger, view=first)
            if not done:
                await asyncio.wait({task})
                await web.call("views.update", view_id=opened["view"]["id"], view=task.result().view)
        except SlackError:  # it cannot be opened any more, or was closed: an answer must not be lost
            screen: Screen = await task
            await self._beside(sender, kept, screen.message)

    async def _beside(self, sender: Sender, kept: Kept, message: Message) -> None:
        await self._desk.delivery.answer(Return(sender.id, kept.place(sender.home)), message)


def _begun(found: Opened | Pressed | Submitted, command: str) -> Progress:
    """What is to be done, as far as it is known before Slack is asked who it is."""
    user = found.sender.user
    return Progress(Invocation(user, channel_of(found.place, user), command, found.key, menus=True))
