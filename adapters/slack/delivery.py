"""How an answer reaches the person: through the address that came with the event, else as a message for them alone."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

from adapters.slack import limits
from adapters.slack.arrivals import Place
from adapters.slack.render import Message
from adapters.slack.web import SlackError, Web

log = logging.getLogger(__name__)

QUIET = {"parse": "none", "link_names": False, "unfurl_links": False, "unfurl_media": False}


@dataclass(frozen=True, slots=True)
class Return:
    """Where an answer goes: to `user`, at `place`, through `url` while that takes any (five in half an hour)."""

    user: str
    place: Place
    url: str = ""


class Delivery:
    def __init__(self, web: Web) -> None:
        self._web = web

    async def answer(self, back: Return, message: Message, *, instead: bool = False) -> bool:
        """Show the message to the person alone; `instead` of the one in which they pressed, where that is possible.

        Whether it reached Slack in any of the ways there are; when not, that is logged.
        """
        refused: list[str] = []
        for way in self._ways(back, message, instead=instead):
            try:
                await way()
            except SlackError as error:
                refused.append(f"{error.method}: {error.error}")
            else:
                return True
        log.error("An answer reached nobody (%s).", ", ".join(refused))
        return False

    def _ways(self, back: Return, message: Message, *, instead: bool) -> Iterator[Callable[[], Awaitable[object]]]:
        """Best first. In a thread the address is good for a replacement alone: what is new would stand outside."""
        body = message.body
        thread = {"thread_ts": back.place.thread or None}
        told = {"response_type": "ephemeral", "replace_original": instead, **body}
        answers_here = instead or not back.place.thread
        if back.url and answers_here:
            yield lambda: self._web.respond(back.url, told)
        if back.place.channel and not back.place.direct:
            yield lambda: self._web.call(
                "chat.postEphemeral", channel=back.place.channel, user=back.user, **thread, **body, **_quiet()
            )
        if back.url and not answers_here:
            yield lambda: self._web.respond(back.url, told)
        if back.place.direct:  # it may be one between two people, which Usher is no part of
            yield lambda: self._web.call("chat.postMessage", channel=back.place.channel, **thread, **body, **QUIET)
        yield lambda: self._web.call("chat.postMessage", channel=back.user, **body, **QUIET)


def _quiet() -> dict[str, Any]:
    return {name: QUIET[name] for name in ("parse", "link_names")}  # chat.postEphemeral knows no other ones


def acknowledged(message: Message) -> dict[str, Any]:
    """The answer as the acknowledgement of a slash command."""
    return {"response_type": "ephemeral", **message.body}


def fits(acknowledgement: dict[str, Any]) -> bool:
    """Whether Slack takes it over a websocket, where slack_sdk spells each character beyond ASCII in six or more."""
    return len(json.dumps(acknowledgement)) <= limits.ACKNOWLEDGEMENT_SIZE
