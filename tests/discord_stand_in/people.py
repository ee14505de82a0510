"""What people do: commands with completion, presses, choices, modals; and what they have before them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.discord_stand_in import controls, payloads, typed
from tests.discord_stand_in.desk import Desk
from tests.discord_stand_in.gateway import DIRECT_MESSAGES, GUILD_MESSAGES, Gateway
from tests.discord_stand_in.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL, Interaction
from tests.discord_stand_in.messages import Message, Shown, pings, shown
from tests.discord_stand_in.registered import MESSAGE as ON_MESSAGE
from tests.discord_stand_in.shapes import Json
from tests.discord_stand_in.world import Channel, User, Where, Who

DIRECT = "@me"
SILENT, NOBODY = "The application did not respond", "no session is connected"


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody has before them: messages oldest first, and the modal that is open."""

    messages: list[Shown]
    modal: Json | None

    @property
    def last(self) -> Shown:
        """The newest message."""
        return self.messages[-1]

    def saying(self, text: str) -> list[Shown]:
        """The messages with this in them, embeds included."""
        return [one for one in self.messages if text in one.text]


class People:
    """Each action returns the interaction, once it is answered or Discord has given up waiting."""

    def __init__(self, desk: Desk, gateway: Gateway) -> None:
        self._desk, self._gateway = desk, gateway
        self._world = desk.world

    def seen_by(self, who: Who) -> Seen:
        user = self._world.user(who).id
        modal = self._desk.modals.get(user)
        return Seen([shown(one) for one in self._desk.messages.visible(user, self._world)], modal and modal[0])

    @property
    def me(self) -> str:
        """How the bot stands in a text that was typed with `@`."""
        return self.mention(self._world.bot)

    def mention(self, who: Who) -> str:
        """How a person stands in a text that was typed with `@`."""
        return f"<@{self._world.user(who).id}>"

    async def command(
        self,
        who: Who,
        where: Where,
        name: str,
        options: Mapping[str, Any] | None = None,
        /,
        *,
        unseen: bool = False,
        **more: Any,
    ) -> Interaction:
        """`/name` in a channel, `@me` for a direct message. `name` may be a path: "usher person mute".

        `options` by their names, or as keywords (`in_`, `dry_run`): texts, numbers, flags; a User or a Role where
        somebody is picked. `unseen` lets somebody use what Discord does not show them.
        """
        user, channel = self._there(who, where)
        body, data = self._called(user, channel, name, {**(options or {}), **more}, unseen=unseen)
        return await self._send(COMMAND, user, channel, payloads.command(body, *data))

    async def say(self, who: Who, where: Where, text: str) -> Shown:
        """A message. The bot is told of it, and what it says where that mentions the bot, or is written to it."""
        user, channel = self._there(who, where)
        said = Message(self._desk.snowflake(), channel.id, user.id, self._desk.clock.now(), text)
        said.pings = pings({"content": text})
        self._desk.messages.add(said)
        payload, intent = payloads.written(self._desk, said), GUILD_MESSAGES if channel.guild else DIRECT_MESSAGES
        await self._gateway.dispatch("MESSAGE_CREATE", payload, guild=channel.guild, intent=intent)
        return shown(said)

    async def on_message(self, who: Who, where: Shown, name: str) -> Interaction:
        """A command in the menu of a message."""
        user, message = self._before(who, where, unseen=False)
        if message.only_for:
            raise AssertionError("an ephemeral message has no menu of apps")
        channel = self._world.channels[message.channel]
        body = self._desk.registered.named(channel.guild, name, ON_MESSAGE)
        self._offered(body, user, channel, unseen=False)
        return await self._send(COMMAND, user, channel, payloads.on_message(self._desk, body, message))

    async def complete(
        self,
        who: Who,
        where: Where,
        name: str,
        focus: str,
        text: str = "",
        options: Mapping[str, Any] | None = None,
        /,
        *,
        unseen: bool = False,
        **more: Any,
    ) -> Interaction:
        """Type so far into the option `focus`; what is offered stands in the interaction's `choices` and `names`."""
        user, channel = self._there(who, where)
        given = {**(options or {}), **more, focus: text}
        body, data = self._called(user, channel, name, given, focus=focus, unseen=unseen)
        return await self._send(AUTOCOMPLETE, user, channel, payloads.command(body, *data))

    async def press(
        self, who: Who, where: Shown, label: str, *, unseen: bool = False, custom_id: str = ""
    ) -> Interaction:
        """A button, by what is written on it. `unseen` lets somebody press what is not (or no longer) on their screen;
        `custom_id` forges another one, which the message that is sent along has, too."""
        user, message = self._before(who, where, unseen=unseen)
        there = where.components if unseen else message.components
        one = controls.button(there, label)
        if one.get("disabled") or "custom_id" not in one:
            raise AssertionError(f"{label} cannot be pressed: {one}")
        other = _forged(one, custom_id)
        return await self._pressed(user, message, controls.exchanged(there, one, other), payloads.button(other))

    async def select(
        self,
        who: Who,
        where: Shown,
        label: str,
        *,
        menu: str = "",
        unseen: bool = False,
        custom_id: str = "",
        value: str = "",
    ) -> Interaction:
        """An entry of a select, by what is written on it (or its value); `menu` is a part of its placeholder.

        The rest as in `press`; `value` forges what was chosen.
        """
        user, message = self._before(who, where, unseen=unseen)
        there = where.components if unseen else message.components
        one, option = controls.entry(there, label, menu)
        if one.get("disabled"):
            raise AssertionError(f"nothing can be chosen there: {one}")
        other = _forged(one, custom_id)
        data = payloads.select(other, value or option["value"])
        return await self._pressed(user, message, controls.exchanged(there, one, other), data)

    async def submit(self, who: Who, values: Mapping[str, Any] | None = None, *, custom_id: str = "") -> Interaction:
        """Fill in the modal that is open (by label or custom id of its inputs), and submit it."""
        user = self._world.user(who)
        if user.id not in self._desk.modals:
            raise AssertionError(f"{user.name} has no modal before them")
        modal, opened = self._desk.modals[user.id]
        data = payloads.submission(_forged(modal, custom_id), controls.filled(modal, values or {}))
        channel = self._world.channels[opened.channel]
        done = await self._send(MODAL, user, channel, data, opened.source, opened.summary)
        if done.kind and self._desk.modals.get(user.id) == (modal, opened):
            del self._desk.modals[user.id]
        return done

    async def again(self, done: Interaction) -> Interaction:
        """Send the same interaction once more, to every session."""
        done.copies += await self._gateway.dispatch(
            "INTERACTION_CREATE", done.payload, guild=done.payload.get("guild_id", "")
        )
        return done

    def _called(
        self, user: User, channel: Channel, name: str, values: Mapping[str, Any], *, focus: str = "", unseen: bool
    ) -> tuple[Json, tuple[list[Json], dict[str, Any]]]:
        """The command that is registered, and its options as they are sent."""
        guild = self._world.guilds.get(channel.guild)
        first, *path = name.split()
        body = self._desk.registered.named(channel.guild, first)
        self._offered(body, user, channel, unseen=unseen)
        parts = typed.below(body, path)
        resolved = typed.Resolved(self._world, guild)
        options = typed.given(parts[-1].get("options", ()), values, resolved, focus)
        return body, (typed.nested(parts, options), resolved.found)

    def _offered(self, body: Json, user: User, channel: Channel, *, unseen: bool) -> None:
        guild = self._world.guilds.get(channel.guild)
        if not unseen and not self._desk.registered.shown(body, guild, user):
            raise AssertionError(f"Discord does not show {body['name']} to {user.name}")

    async def _pressed(self, user: User, message: Message, there: list[Json], data: Json) -> Interaction:
        """Sent with the message as whoever pressed has it: what is pressed is always in it."""
        sent = replace(message, components=there)
        return await self._send(COMPONENT, user, self._world.channels[message.channel], data, message, sent=sent)

    async def _send(
        self,
        kind: int,
        user: User,
        channel: Channel,
        data: Json,
        message: Message | None = None,
        opener: Json | None = None,
        sent: Message | None = None,
    ) -> Interaction:
        payload = payloads.interaction(self._desk, kind, user, channel, data, sent or message)
        one = self._desk.interactions.add(payload, user.id, channel.id, message, opener)
        one.copies = await self._gateway.dispatch("INTERACTION_CREATE", payload, guild=channel.guild)
        if not one.copies:
            one.trouble = NOBODY
            return one
        try:
            await asyncio.wait_for(one.done.wait(), self._desk.interactions.answer_seconds)
        except TimeoutError:
            one.trouble = SILENT
        return one

    def _there(self, who: Who, where: Where) -> tuple[User, Channel]:
        user = self._world.user(who)
        channel = self._world.direct(user) if where == DIRECT else self._world.channel(where)
        if not self._world.may(user, channel):
            raise AssertionError(f"{user.name} does not see {channel.name}")
        return user, channel

    def _before(self, who: Who, where: Shown, *, unseen: bool) -> tuple[User, Message]:
        """The message itself, if it is on this person's screen; AssertionError."""
        user = self._world.user(who)
        found = next((one for one in self._desk.messages.all if one.id == where.id), None)
        if found is None:
            raise AssertionError("there never was such a message")
        if not unseen and found not in self._desk.messages.visible(user.id, self._world):
            raise AssertionError(f"{user.name} does not see that message (any more): {where.text!r}")
        return user, found


def _forged(one: Json, custom_id: str) -> Json:
    return {**one, "custom_id": custom_id} if custom_id else one
