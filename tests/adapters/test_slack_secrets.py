"""Tokens and the signing secret stay out of chat, log and history, also when Slack says them back."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.livekit.simulator.lively import STANDUP
from adapters.logs import OURS, Discreet
from bot.errors import BotError
from bot.people import Role
from tests.slack_stand_in import App, SlackStandIn, chat_methods, read_methods, stand_in, view_methods
from tests.slack_stand_in.errors import Refused
from tests.slack_stand_in.methods import Method
from tests.slack_usher import MODES, Usher, usher_for

TABLES = (chat_methods.METHODS, read_methods.METHODS, view_methods.METHODS)
SECRETS = (App().bot_token, App().app_token, App().signing_secret)
ADDRESSES = re.compile(r"ticket=(?!\(removed\))|/commands/T0|/actions/T0|/app/T0")
"""A ticket opens a websocket, a response address a message: they are secrets too."""


class Log:
    """What `usher run` would have written, and what our own modules said before anything was left out."""

    def __init__(self) -> None:
        self.written, self.ours = io.StringIO(), io.StringIO()

    @property
    def text(self) -> str:
        return self.written.getvalue()

    @property
    def told(self) -> list[str]:
        """The secrets that it tells."""
        found = [secret for secret in SECRETS if secret in self.text + self.ours.getvalue()]
        return found + ADDRESSES.findall(self.text)


@pytest.fixture
def log() -> Iterator[Log]:
    """As `adapters.logs.set_up` sets it up for somebody who wants to know everything."""
    found, root = Log(), logging.getLogger()
    handlers = [logging.StreamHandler(found.written), *(logging.StreamHandler(found.ours) for _ in OURS)]
    handlers[0].setFormatter(Discreet("%(levelname)s %(name)s: %(message)s"))
    places = [root, *map(logging.getLogger, OURS)]
    for place, handler in zip(places, handlers, strict=True):
        place.addHandler(handler)
    before = [place.level for place in places]
    for place, level in zip(places, (logging.WARNING, logging.DEBUG, logging.DEBUG), strict=True):
        place.setLevel(level)
    yield found
    for place, handler, level in zip(places, handlers, before, strict=True):
        place.removeHandler(handler)
        place.setLevel(level)


def written_down(where: Path) -> list[str]:
    """The secrets that stand in any file there."""
    kept = b"".join(path.read_bytes() for path in where.rglob("*") if path.is_file())
    assert kept
    return [secret for secret in SECRETS if secret.encode() in kept]


async def everything(usher: Usher) -> None:
    """Every way in, and every way for an answer out, as far as Slack lets them."""
    slack = usher.slack
    await usher.grant(f"slack:{usher.home}/@{slack.world.group('stage-hands').id}", Role.VIEWER, STANDUP)
    await slack.slash("ann", "general", "/usher", f"use {STANDUP}")
    await slack.slash("ann", "general", "/usher", "mute bob shouting")
    with usher.slow("MutePublishedTrack", 1.7):
        await slack.slash("ann", "general", "/usher", "mute anna")
    await slack.mention("ann", "general", "participants")
    await slack.direct("ann", "participants")
    await slack.shortcut("ann", "moderate")
    await slack.open_home("ann")
    await slack.slash("cat", "general", "/usher", "participants")
    await slack.until(lambda: len(slack.called("views.publish")) == 1 and len(slack.called("views.open")) == 1)


@pytest.mark.parametrize("mode", MODES)
async def test_nothing_is_told_in_a_day_of_work(slack: SlackStandIn, tmp_path: Path, log: Log, mode: str) -> None:
    """The stand-in itself fails a test that sends a secret to where people read."""
    async with usher_for(slack, tmp_path, mode=mode, channel="mods") as usher:
        await everything(usher)
    assert log.told == []
    assert written_down(tmp_path) == []


LIES: dict[str, dict[str, Any]] = {
    "its word": {"word": SECRETS[0]},
    "the scope that is missing": {"word": "missing_scope", "needed": SECRETS[0], "provided": SECRETS[0]},
    "what it adds": {"word": "internal_error", "response_metadata": {"messages": list(SECRETS)}, "detail": SECRETS[1]},
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("lie", LIES)
async def test_nothing_is_told_when_slack_says_a_token_back(
    tmp_path: Path, log: Log, monkeypatch: pytest.MonkeyPatch, mode: str, lie: str
) -> None:
    async with _lying(monkeypatch, lie, but=("auth.test",)) as slack, usher_for(slack, tmp_path, mode=mode) as usher:
        await everything(usher)
        await slack.until(lambda: "reached nobody" in log.text)
    assert log.told == []
    assert written_down(tmp_path) == []


@pytest.mark.parametrize("lie", LIES)
async def test_nothing_is_told_when_slack_says_the_token_back_at_the_start(
    tmp_path: Path, log: Log, monkeypatch: pytest.MonkeyPatch, lie: str
) -> None:
    async with _lying(monkeypatch, lie) as slack:
        with pytest.raises(BotError) as refused:
            async with usher_for(slack, tmp_path):
                pass
    assert not [secret for secret in SECRETS if secret in str(refused.value)]
    assert log.told == []


def _lying(monkeypatch: pytest.MonkeyPatch, lie: str, but: tuple[str, ...] = ()) -> Any:
    """A stand-in that refuses every method in such words."""

    def refuse(*_: Any) -> Any:
        raise Refused(**LIES[lie])

    for table in TABLES:
        for name, method in table.items():
            if name not in but:
                monkeypatch.setitem(table, name, Method(refuse, method.arguments))
    return stand_in()


@pytest.mark.parametrize("word", ["token_revoked", "account_inactive", "invalid_auth"])
async def test_nothing_is_told_of_a_token_that_is_worth_nothing_any_more(
    slack: SlackStandIn, tmp_path: Path, log: Log, word: str
) -> None:
    async with usher_for(slack, tmp_path) as usher:
        slack.revoke(word)
        await everything(usher)
        await slack.until(lambda: word in log.text)
    assert log.told == []


async def test_nothing_is_told_of_a_connection_that_breaks_and_comes_back(
    slack: SlackStandIn, tmp_path: Path, log: Log
) -> None:
    async with usher_for(slack, tmp_path):
        slack.sockets.refusing = True
        slack.sockets.drop()
        await slack.until(lambda: "503" in log.text or "ERROR" in log.text)
        slack.sockets.refusing = False
        await slack.connected()
    assert log.told == []


async def test_nothing_is_told_of_requests_that_are_refused(slack: SlackStandIn, tmp_path: Path, log: Log) -> None:
    async with usher_for(slack, tmp_path, mode="http") as usher:
        body = {"command": "/usher", "text": "help", "token": SECRETS[0], "response_url": "http://a/commands/T0/x"}
        url = usher.slack.sending.http_url
        for secret in ("forged", slack.app.signing_secret):
            await slack.deliver_http(url, body, "slash_commands", secret=secret)
            await slack.deliver_http(url, {"type": "no-such-type", **body}, "events_api", secret=secret)
    assert log.told == []
