"""What was given as options is not lost while a room is chosen: the same is done there, to the last option."""

from __future__ import annotations

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
