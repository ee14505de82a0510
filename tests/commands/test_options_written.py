"""What was given as options is kept as the words that say the same, and pages go on from those."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.command import Command, Kind, Param
from bot.grammar import read
from bot.options import read_options, written
from bot.registry import load
from bot.words import split
from tests.house import STANDUP, TYPED, House, told

SAMPLES: dict[Kind, str] = {
    Kind.WHO: "Bob Stone", Kind.PEOPLE: "bob,omar", Kind.SOURCES: "microphone, camera", Kind.FLAG: "true",
    Kind.PAIRS: 'seat=4 team="the red one"', Kind.FILTER: "who was 7", Kind.KEYED: "some body", Kind.TEXT: "as  it is ",
    Kind.REASON: "too loud", Kind.NUMBER: "7", Kind.PAGE: "2", Kind.ROLE: "viewer", Kind.GLOBS: "standup,back-*",
    Kind.DURATION: "10m",
}  # fmt: skip


def given(command: Command, *, without: Kind | None = None) -> dict[str, str]:
    found = {param.name: _sample(param) for param in command.params if param.kind is not without}
    if command.in_room and command.param(Kind.ROOM) is None:
        found["in"] = "the big hall"
    return found | ({"dry-run": "true"} if command.takes_flags else {})


def _sample(param: Param) -> str:
    if param.kind is Kind.SOURCES:
        return ", ".join(param.choices[:2])
    if param.kind is Kind.CHOICE:
        return param.choices[-1]
    return SAMPLES.get(param.kind, "word")


@pytest.mark.parametrize("command", [*load()], ids=lambda command: command.name)
def test_options_are_written_as_words_that_are_read_alike(command: Command) -> None:
    """In words nothing stands behind the people who are left as they are."""
    options = given(command, without=Kind.REASON if command.param(Kind.PEOPLE) else None)
    line = written(command, options)
    words = split(line)
    in_words = read(command, line, words, 1 if command.param(Kind.WHO) else 0, TYPED)
    wanted = read_options(command, options, TYPED)
    assert _alike(in_words.values) == _alike(wanted.values)
    found = (in_words.room, in_words.force, in_words.dry_run, in_words.reason)
    assert found == (wanted.room, wanted.force, wanted.dry_run, wanted.reason)


def _alike(values: dict[str, Any]) -> dict[str, Any]:
    """People who are named as one word or several."""
    return {name: ",".join(value) if name == "except" else value for name, value in values.items()}


def test_what_is_not_given_is_not_written() -> None:
    mute = load()["mute"]
    assert written(mute, {"who": "bob", "lock": "false", "reason": "", "force": "no"}) == "bob"
    assert written(mute, {"who": 'Bob "the" Stone', "in": STANDUP}) == f'Bob "the" Stone in:{STANDUP}'
    assert written(load()["whoami"], {}) == ""
    assert written(load()["history"], {"who": "7", "page": "2"}) == '"7" 2'


async def test_a_case_says_what_was_asked_for_to_the_last_option(house: House) -> None:
    options = {"who": "Bob Stone", "what": "microphone", "lock": "true", "reason": "too loud", "in": STANDUP}
    done = await house.say("mute", "alice", options=options)
    opening = (await house.case(done.case)).opening
    assert opening.arguments == '"Bob Stone" microphone lock in:standup too loud'
    assert opening.arguments in told(await house.say(f"case {done.case}", "alice"))


async def test_who_is_refused_is_recorded_with_what_they_asked_for(house: House) -> None:
    await house.say("kick", "nobody", options={"who": "bob", "in": STANDUP, "reason": "fun"})
    [refused] = await house.refusals()
    assert refused.content is not None
    assert refused.content.arguments == "bob in:standup fun"


async def test_the_next_page_of_a_narrowed_history_is_narrowed_too(house: House) -> None:
    house.use(replace(house.policy, page_size=2))
    for name in ("bob", "anna", "hana", "lena"):
        await house.say(f"mute {name}", "alice")
        await house.say(f"participant {name}", "nobody")
    first = await house.say("history", "alice", options={"kind": "mute", "room": STANDUP})
    assert "More: /history room:standup kind:mute 2" in told(first)
    second = await house.press("Next page", "alice")
    assert [told(second).count(f"({name}) in standup") for name in ("bob", "anna", "hana", "lena")] == [1, 1, 0, 0]
