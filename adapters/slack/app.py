"""Bolt's app: every payload that Slack sends, acknowledged in time and handed to what it is for."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from adapters.boundary import logged
from adapters.once import Seen, Twice
from adapters.slack.arrivals import (
    GroupChanged,
    HomeOpened,
    Ignored,
    Inbound,
    Opened,
    Pressed,
    Searched,
    Submitted,
    Typed,
)
from adapters.slack.blocks import BESIDE, PRESS
from adapters.slack.delivery import Return, acknowledged
from adapters.slack.desk import Desk
from adapters.slack.fields import BadPayload
from adapters.slack.inbound import parse
from adapters.slack.modals import Modals
from adapters.slack.presses import Presses
from adapters.slack.render import Message
from adapters.slack.views import MODERATE, MODERATE_MESSAGE, ROOM, Kept, suggested
from adapters.slack.web import SlackError
from adapters.slack.words import Words
from bot.reply import Reply
from bot.working import stopping

Ack = Callable[..., Awaitable[object]]
EVERYTHING = re.compile(".*", re.DOTALL)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Account:
    """Who we are, as `auth.test` says it."""

    team: str
    enterprise: str
    user: str
    bot: str

    @property
    def home(self) -> str:
        """Where the app is installed."""
        return self.enterprise or self.team

    @classmethod
    def read(cls, found: Mapping[str, Any]) -> Account:
        return cls(*(str(found.get(key) or "") for key in ("team_id", "enterprise_id", "user_id", "bot_id")))


class Front:
    """Reads what arrives, drops what has arrived before, and begins what it asks for."""

    def __init__(self, desk: Desk, account: Account) -> None:
        self._desk = desk
        self._bots = frozenset(filter(None, [account.user]))
        clock = desk.dispatcher.services.clock
        self._seen, self._twice = Seen(clock), Twice[Reply](clock)
        self._words, self._presses, self._modals = Words(desk, self._twice), Presses(desk), Modals(desk)

    async def arrived(self, body: Mapping[str, Any], ack: Ack) -> None:
        """Acknowledge, and do what is asked for: a command with its answer, a search with what fits, the rest bare."""
        try:
            found = parse(body, self._desk.names, self._bots)
        except BadPayload as error:
            log.warning("A payload of Slack's was not understood: %s.", error)
            await ack()
            return
        if isinstance(found, Searched):
            await self._search(found, ack)
        elif isinstance(found, Typed) and found.slash:
            await self._command(found, ack)
        else:
            await ack()
            self._begin(found)

    async def unsent(self, body: Mapping[str, Any], carried: Mapping[str, Any]) -> None:
        """The answer to a command whose acknowledgement, which was to carry it, could not be sent."""
        found = parse(body, self._desk.names, self._bots)
        if isinstance(found, Typed):
            message = Message(carried["text"], tuple(carried["blocks"]))
            back = Return(found.sender.id, found.place, found.answer_url)
            await self._desk.under_way.begin(self._desk.delivery.answer(back, message))

    async def _command(self, found: Typed, ack: Ack) -> None:
        if self._desk.under_way.closing:
            await ack(**acknowledged(self._desk.rendered(found.sender, stopping())))
        elif self._seen.first(found.key):
            await asyncio.wait({self._desk.under_way.begin(self._words.slash(found, ack))})
        else:
            await ack()

    async def _search(self, found: Searched, ack: Ack) -> None:
        try:
            await ack(**await self._modals.searched(found))
        except Exception as error:  # noqa: BLE001 - the boundary: whoever searches gets an empty list
            logged(error)
            await ack(**suggested(()))

    def _begin(self, found: Inbound) -> None:
        if isinstance(found, GroupChanged):
            self._desk.groups.changed(found.team, found.group)
            return
        if isinstance(found, Ignored):
            log.debug("Left alone: %s.", found.why)
            return
        if not self._seen.first(found.key):
            return
        closing = self._desk.under_way.closing
        if (work := self._postponed(found) if closing else self._work(found)) is not None:
            self._desk.under_way.begin(_heard(work))

    def _postponed(self, found: Inbound) -> Any:
        """What comes while this process ends: whoever wants something is told to try again."""
        if not isinstance(found, Typed | Pressed | Opened | Submitted):
            return None
        view = found.view if isinstance(found, Pressed | Submitted) else None
        place = Kept.of(view).place(found.place.home) if view else found.place
        back = Return(found.sender.id, place, found.answer_url)
        return self._desk.delivery.answer(back, self._desk.rendered(found.sender, stopping()))

    def _work(self, found: Inbound) -> Any:
        if isinstance(found, Typed):
            return self._words.said(found)
        if isinstance(found, Pressed | Submitted):
            self._twice.went_on(found.sender.user.subject)
        if isinstance(found, Pressed):
            return self._press(found)
        if isinstance(found, HomeOpened):
            return self._modals.home(found)
        return self._view(found)

    def _view(self, found: Inbound) -> Any:
        """Shortcuts and modals of our own; an older manifest may hold others."""
        if isinstance(found, Submitted) and found.view is not None and found.view.callback == MODERATE:
            return self._modals.submitted(found)
        if isinstance(found, Opened) and found.callback in (MODERATE, MODERATE_MESSAGE):
            return self._modals.opened(found)
        return None

    def _press(self, found: Pressed) -> Any:
        if found.action in (PRESS, BESIDE):
            return self._presses.pressed(found)
        if found.action == ROOM:
            in_modal = found.view is not None and found.view.callback == MODERATE
            return self._modals.room_chosen(found) if in_modal else self._modals.room_opened(found)
        if found.action == MODERATE:
            opened = Opened(found.sender, found.place, found.key, found.trigger, found.answer_url, MODERATE)
            return self._modals.opened(opened)
        return None


async def _heard(work: Awaitable[object]) -> None:
    """A refusal of Slack's is no bug: a view can be closed, or another one, by the time that it is to be changed."""
    try:
        await work
    except SlackError as error:
        log.warning("Slack did not show something (%s).", error)


def _bolts_log() -> logging.Logger:
    """Bolt's own log, of errors alone: it warns of SLACK_BOT_TOKEN in the environment, which is where it belongs."""
    found = logging.getLogger("slack_bolt.usher")
    found.setLevel(logging.ERROR)
    return found


def bolt_app(client: AsyncWebClient, account: Account, front: Front, signing_secret: str = "") -> AsyncApp:
    """Bolt checks signatures, timestamps, `ssl_check` and the verification of the address; the rest is `front`."""
    known = AuthorizeResult(
        enterprise_id=account.enterprise or None, team_id=account.team, bot_user_id=account.user, bot_id=account.bot,
        bot_token=client.token,
    )  # fmt: skip

    async def authorize() -> AuthorizeResult:
        return known

    async def arrived(body: dict[str, Any], ack: Ack) -> None:
        await front.arrived(body, ack)

    app = AsyncApp(
        client=AsyncWebClient(base_url=client.base_url, session=client.session), authorize=authorize,
        signing_secret=signing_secret, name="usher", logger=_bolts_log(),
        process_before_response=True,  # else it looks a hundred times a second whether a listener has acknowledged
    )  # fmt: skip
    for listens in (app.command, app.action, app.options, app.view, app.view_closed, app.shortcut, app.event):
        listens(EVERYTHING)(arrived)
    return app
