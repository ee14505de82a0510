"""What was given as options is not lost while a room is chosen: the same is done there, to the last option."""

from __future__ import annotations

import pytest

from bot.reply import Choices
from tests.house import BACKSTAGE, STANDUP, House, labels, told


async def test_choosing_a_room_keeps_every_other_option(house: House) -> None:
    options = {"who": "bob", "lock": "true", "reason": "too loud"}
    asked = await house.say("mute", "alice", room="", options=options)
    assert labels(asked) == [BACKSTAGE, STANDUP]

    reply = await house.press(STANDUP, "alice")
    assert told(reply).startswith("Keeping Bob Stone muted in standup")
    assert "MICROPHONE" not in house.sources("bob")
    assert (await house.case(reply.case)).reasons == ("too loud",)


async def test_a_room_that_has_ended_gives_way_to_the_one_that_is_chosen(house: House) -> None:
    asked = await house.say("mute", "alice", options={"who": "bob", "in": "standup-2", "dry-run": "true"})
    assert STANDUP in labels(asked)
    assert "Dry run" in told(await house.press(STANDUP, "alice"))

    asked = await house.say("participants", "alice", options={"room": "standup-2", "in": "", "page": "1"})
    assert any(isinstance(part, Choices) for part in asked.parts), told(asked)
    assert told(await house.press(STANDUP, "alice")).startswith(STANDUP)
    assert house.writes == []


@pytest.mark.parametrize(
    ("command", "wrong", "said"),
    [
        ("mute", {"for": "10 parsecs"}, "'10 parsecs' is no time."),
        ("mute", {"what": "microphoen"}, "'microphoen' is not a source."),
        ("ban", {"for": "1 fortnight"}, "'1 fortnight' is no time."),
    ],
)
@pytest.mark.parametrize("default", ["", BACKSTAGE])
async def test_a_wrong_option_is_said_at_once_and_no_other_room_is_asked_about(
    house: House, command: str, wrong: dict[str, str], said: str, default: str
) -> None:
    if default:
        await house.say(f"use {default}", "alice")
    reply = await house.say(command, "alice", room="", options={"who": "bob", **wrong, "in": STANDUP})
    assert told(reply).startswith(said)
    assert labels(reply) == []
    assert house.writes == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("mute bob in:standup --forc", "There is no --forc here. Did you mean --force?"),
        ("mute bob --forc in:standup", "There is no --forc here. Did you mean --force?"),
        ("move bob in:standup", "room is missing"),
        ("name Bob Stone in:standup", "text is missing"),
    ],
)
@pytest.mark.parametrize("default", ["", BACKSTAGE])
async def test_what_is_wrong_in_a_line_is_said_at_once_though_it_names_another_room(
    house: House, line: str, said: str, default: str
) -> None:
    if default:
        await house.say(f"use {default}", "alice")
    reply = await house.say(line, "alice", room="")
    assert told(reply).startswith(said)
    assert labels(reply) == []


async def test_a_line_that_names_a_room_out_of_scope_says_nothing_of_who_is_there(house: House) -> None:
    answers = [told(await house.say(f"kick {who} in:{BACKSTAGE} --forc")) for who in ("mei", "nobody")]
    assert "--forc here" not in "".join(answers)
