"""The ways in: slash commands, mentions, direct messages, shortcuts, the App Home; and changes of user groups."""

from __future__ import annotations

from collections.abc import Iterable

from tests.slack_stand_in import payloads, typed
from tests.slack_stand_in.controls import Json
from tests.slack_stand_in.deliveries import EVENT, SLASH, Delivery
from tests.slack_stand_in.messages import Shown
from tests.slack_stand_in.presses import Presses
from tests.slack_stand_in.views import View
from tests.slack_stand_in.world import Channel, Group, Kind, User, Where, Which, Who


class People(Presses):
    """Each action returns what was delivered, once it is acknowledged or Slack has given up waiting."""

    async def slash(self, who: Who, where: Where, command: str, text: str = "") -> Delivery:
        """`/command text`, typed into a channel (not into a thread: Slack has no commands there)."""
        user, channel = self._inside(who, where)
        if command not in self._world.app.commands:
            raise AssertionError(f"{command} is not a valid command: {sorted(self._world.app.commands)}")
        if user.kind in (Kind.STRANGER, Kind.BOT):
            raise AssertionError(f"Slack offers no commands of this app to {user.name}")
        answer = self._answer("commands", user, channel.id)
        sent = typed.as_sent(text, self._world, labelled=True)
        payload = payloads.slash(self._desk, user, channel, command, sent, self._sending.base + answer.path)
        self._desk.checks.outgoing("slash", payload)
        return await self._sending.deliver(SLASH, command, payload, user=user.id, answer=answer)

    async def mention(self, who: Who, where: Where, text: str, *, thread_ts: str = "") -> Delivery:
        """`@Usher text` in a channel or a thread; Slack tells the app only where it is a member."""
        user, channel = self._inside(who, where)
        bot = f"<@{self._world.app.user}>"
        said = self.say(user, channel, text if bot in text else f"{bot} {text}", thread_ts=thread_ts)
        payload = payloads.said(self._desk, "app_mention", self._message(said), channel)
        return await self._event("app_mention", payload, user, channel)

    async def direct(self, who: Who, text: str, *, thread_ts: str = "") -> Delivery:
        """A direct message to the app."""
        user = self._world.user(who)
        channel = self._world.direct(user)
        said = self.say(user, channel, text, thread_ts=thread_ts)
        payload = payloads.said(self._desk, "message", self._message(said), channel)
        return await self._event("message.im", payload, user, channel)

    async def shortcut(self, who: Who, callback_id: str) -> Delivery:
        """A global shortcut."""
        user = self._world.user(who)
        self._known_shortcut("global", callback_id)
        return await self._interaction(payloads.shortcut(self._desk, user, callback_id), user)

    async def message_shortcut(self, who: Who, message: Shown, callback_id: str) -> Delivery:
        """A shortcut in the menu of a message, which works in channels without the app too."""
        user = self._world.user(who)
        self._known_shortcut("message", callback_id)
        place = self._place(user, message)
        if isinstance(place, View) or place.only_for:
            raise AssertionError("an ephemeral message has no menu")
        answer = self._answer("app", user, place.channel)
        base = self._sending.base
        payload = payloads.message_shortcut(self._desk, user, place, callback_id, answer, base)
        return await self._interaction(payload, user, answer=answer)

    async def open_home(self, who: Who) -> Delivery:
        """Look at the App Home."""
        user = self._world.user(who)
        return await self._event("app_home_opened", payloads.home_opened(self._desk, user), user)

    async def group_changed(
        self, which: Which, users: Iterable[Who], *, event: str = "subteam_members_changed"
    ) -> Delivery:
        """Other people are in a user group; `event` may be subteam_updated."""
        group: Group = self._world.group(which)
        before, group.users = group.users, [self._world.user(one).id for one in users]
        return await self._event(event, payloads.group_changed(self._desk, event, group, before))

    def _known_shortcut(self, kind: str, callback_id: str) -> None:
        known = self._world.app.shortcuts(kind)
        if callback_id not in known:
            raise AssertionError(f"no {kind} shortcut is {callback_id}: {sorted(known)}")

    async def _event(
        self, what: str, payload: Json, user: User | None = None, channel: Channel | None = None
    ) -> Delivery:
        """Slack tells an app of what it listens to, may hear, and only in channels that it is in."""
        why = self._sending.unheard(what, channel)
        return await self._sending.deliver(EVENT, what, payload, user=user.id if user else "", unheard=why)
