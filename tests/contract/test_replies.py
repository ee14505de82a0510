"""One corpus of replies for each platform: the same words in the same order, and the same to press.

So no renderer holds a rule of its own: what is said and offered is decided in the core. Where something does not fit,
what is shown is the beginning, and the cut is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from adapters.discord.names import CommandNames
from adapters.discord.render import render as for_discord
from adapters.slack.lines import Workspace
from adapters.slack.names import SlashNames
from adapters.slack.render import render as for_slack
from bot.plain import plain, spans_text
from bot.reply import Button, Choices, Fields, Mention, Menu, Part, Plain, Reply, Spans, Table, Text, Time
from bot.words import fold
from tests.discord_markup import seen
from tests.replies import CORPUS

CUT = re.compile(r"not fit|more characters|the rest is")
SAYS_SO = re.compile(r"\b\d+ more [a-z ]+? (does|do) not fit[a-z ]*\.( Ask for less\.)?|The rest is [a-z ]+\.")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a platform shows: its words without markup, the tokens of what can be pressed, and whether it says that
    something does not fit."""

    text: str
    tokens: tuple[str, ...]
    cut: bool


def on_slack(reply: Reply) -> Shown:
    message = for_slack(reply, Workspace("T111", SlashNames()))
    text = message.text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    blocks = list(message.blocks)
    return Shown(text, tuple(_slack_tokens(blocks)), "not fit" in str(blocks))


def on_discord(reply: Reply) -> Shown:
    message = for_discord(reply, CommandNames())
    parts = [message.content, *(box["description"] for box in message.embeds)]
    inside = [one for row in message.components for one in row["components"]]
    pressed = [one["custom_id"].partition(":")[2] for one in inside if one["type"] == 2]
    chosen = [option["value"] for one in inside for option in one.get("options", ())]
    return Shown("\n".join(seen(part).text for part in parts), (*pressed, *chosen), "not fit" in str(parts))


def _slack_tokens(value: Any) -> list[str]:
    if isinstance(value, list):
        return [token for one in value for token in _slack_tokens(one)]
    if not isinstance(value, dict):
        return []
    own = [value["value"]] if isinstance(value.get("value"), str) else []
    return own + [token for one in value.values() for token in _slack_tokens(one)]


PLATFORMS: dict[str, Callable[[Reply], Shown]] = {"slack": on_slack, "discord": on_discord}


def neutral(reply: Reply) -> Reply:
    """The reply with the words of its times and mentions, which platforms show in their own way."""

    def spans(given: Spans) -> Spans:
        return tuple(Plain(spans_text((one,))) if isinstance(one, Time | Mention) else one for one in given)

    def part(one: Part) -> Part:
        if isinstance(one, Text):
            return Text(spans(one.spans))
        if isinstance(one, Fields):
            return Fields(tuple((label, spans(words)) for label, words in one.items))
        if isinstance(one, Table):
            return replace(one, rows=tuple(tuple(map(spans, row)) for row in one.rows))
        return one

    return replace(reply, title=spans(reply.title), parts=tuple(map(part, reply.parts)))


def words(text: str) -> list[str]:
    return re.findall(r"\w+", fold(text))


def offered(reply: Reply) -> list[Button]:
    """What each platform has to offer of a reply: its buttons, its choices, the way on from each row, what to pick."""
    found = list(reply.buttons)
    for part in reply.parts:
        if isinstance(part, Choices):
            found += [option.button for option in part.options]
        elif isinstance(part, Table):
            found += [menu[-1] for menu in part.menus if menu]
        elif isinstance(part, Menu):
            found += part.entries
    return found


def everything(reply: Reply) -> set[str]:
    rows = [menu for part in reply.parts if isinstance(part, Table) for menu in part.menus]
    return {one.token for one in (*offered(reply), *(entry for menu in rows for entry in menu))}


@pytest.mark.parametrize("name", CORPUS)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_each_platform_says_the_same_in_the_same_order_or_says_that_it_does_not_fit(platform: str, name: str) -> None:
    reply = neutral(CORPUS[name])
    text, whole = PLATFORMS[platform](reply).text, words(plain(reply))
    if not CUT.search(text.casefold()):
        assert words(text) == whole or (text == "(no words)" and not plain(reply).strip())
        return
    line, *_ = text.split("\n")
    beginning = words(SAYS_SO.sub("", line.partition("…")[0]))[:-1]
    assert beginning == whole[: len(beginning)]


@pytest.mark.parametrize("name", CORPUS)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_each_platform_offers_the_same_to_press_or_says_that_it_does_not_fit(platform: str, name: str) -> None:
    reply = CORPUS[name]
    shown = PLATFORMS[platform](reply)
    missing = {one.token for one in offered(reply)} - set(shown.tokens)
    assert not missing or shown.cut
    assert len(missing) < len(offered(reply)) or not offered(reply)
    strange = set(shown.tokens) - everything(reply)
    assert strange <= {str(reply.case)}  # the case whose reason can be given


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_question_is_whole_on_each_platform(platform: str) -> None:
    for name, reply in CORPUS.items():
        if reply.question:
            assert {one.token for one in reply.buttons} <= set(PLATFORMS[platform](reply).tokens), name
