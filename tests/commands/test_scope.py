"""Who may see which rooms: nobody learns of a room that is out of their scope."""

from __future__ import annotations

import pytest

from bot.history import Outcome
from bot.people import Role
from tests.house import BACKSTAGE, STANDUP, House, told

READS = ["participants {}", "participants in:{}", "participant mei in:{}"]
WRITES = ["mute mei in:{}", "kick mei in:{}", "use {}", "quiet {}", "quiet in:{}", "close {}", "room-metadata in:{} x"]


@pytest.mark.parametrize("line", READS + WRITES)
async def test_a_room_out_of_scope_is_refused_in_the_same_words_whether_it_exists_or_not(
    house: House, line: str
) -> None:
    await house.grant("console:adm", Role.ADMIN, STANDUP)
    real = await house.say(line.format(BACKSTAGE), "adm")
    made_up = await house.say(line.format("made-up"), "adm")
    assert real.outcome is made_up.outcome is Outcome.REFUSED
    assert told(real).replace(BACKSTAGE, "X").splitlines()[0] == told(made_up).replace("made-up", "X").splitlines()[0]
    assert not house.writes
    assert BACKSTAGE not in str([call.body for call in house.service.calls])


@pytest.mark.parametrize(
    "line", ["rooms", "rooms back", "participants", "find mei", "find tom", "history", "moderators", "whoami", "help",
             "mute mei", "kick tom", "case 1", "undo 1", "use x*", "participant mei", "nonsense"],
)  # fmt: skip
async def test_no_answer_names_a_room_out_of_scope(house: House, line: str) -> None:
    await house.say("demote mei", "alice", room=BACKSTAGE)
    await house.say("use backstage", "alice", channel="c")
    for as_ in ("mia", "vera"):
        answer = told(await house.say(line, as_))
        assert BACKSTAGE not in answer
        assert "Speakers waiting" not in answer


async def test_near_names_and_choices_are_of_the_scope(house: House) -> None:
    house.rooms.open("standup-2")
    house.rooms.open("standup-secret")
    await house.grant("console:duo", Role.MODERATOR, STANDUP, "standup-?")
    for line in ("participants in:standup-3", "participants", "mute bob"):
        answer = told(await house.say(line, "duo", room=""))
        assert "standup-2" in answer
        assert "standup-secret" not in answer


async def test_globs_are_case_sensitive_and_whole(house: House) -> None:
    house.rooms.open("Standup")
    house.rooms.open("my-standup")
    for room in ("Standup", "my-standup"):
        assert (await house.say(f"participants in:{room}")).outcome is Outcome.REFUSED


async def test_a_refused_attempt_at_a_room_is_written(house: House) -> None:
    await house.say("mute mei in:backstage")
    entry = (await house.refusals())[-1]
    assert entry.code == "out_of_scope"
    assert entry.content is not None
    assert entry.content.arguments == "mei in:backstage"


async def test_telephone_numbers_are_for_admins(house: House) -> None:
    await house.say("mute sip_+15550100", "alice")
    for line in ("participants", "participant sip_+15550100", "find 555", "history", "mute sip_+15550100", "mute sip"):
        assert "15550100" not in told(await house.say(line)), line
        assert "555 0100" not in told(await house.say(line)), line
    assert "15550100" in told(await house.say("participants", "alice"))


async def test_hidden_people_stand_in_no_list_choice_or_count(house: House) -> None:
    for line in ("participants", "find EG", "mute EG", "participants EG", "participant EG_recorder"):
        assert "EG_recorder (" not in told(await house.say(line))
        assert "egress" not in told(await house.say(line))


async def test_a_scoped_admin_sees_metadata_and_hidden_people_of_their_rooms_alone(house: House) -> None:
    house.person("mei", BACKSTAGE).metadata = "hers"
    assert "hers" in told(await house.say("participant mei", "bea", room=BACKSTAGE))
    await house.grant("console:bea2", Role.VIEWER, STANDUP)
    assert "EG_recorder" not in told(await house.say("participants", "bea", groups=("console:bea2",)))


@pytest.mark.parametrize(
    ("line", "typed"),
    [
        ("quiet the raid", "/quiet standup the raid"),
        ("close enough for today", "/close standup enough for today"),
    ],
)
async def test_a_reason_in_the_place_of_the_room_is_refused_with_how_it_is_typed(
    house: House, line: str, typed: str
) -> None:
    answer = told(await house.say(line))
    assert "is not in your scope" in answer
    assert f"A reason stands behind the room: {typed}" in answer
    assert not house.writes


async def test_that_refusal_is_recorded_as_before(house: House) -> None:
    for line in ("quiet the", "quiet the raid"):
        await house.say(line)
    assert [entry.content.room for entry in await house.refusals() if entry.content] == ["", ""]


async def test_where_the_room_is_not_known_its_place_is_shown(house: House) -> None:
    house.rooms.rooms.clear()
    assert "/quiet ROOM the raid" in told(await house.say("quiet the raid", room=""))


async def test_where_there_are_several_rooms_the_place_of_one_is_shown(house: House) -> None:
    house.rooms.open("standup-2")
    await house.grant("console:mia", Role.MODERATOR, "standup", "standup-2")
    assert "/quiet ROOM the raid" in told(await house.say("quiet the raid", room=""))


@pytest.mark.parametrize("room", ["backstage", "no-such-room"])
async def test_that_says_nothing_of_whether_there_is_such_a_room(house: House, room: str) -> None:
    answer, other = [told(await house.say(f"quiet {one} raid")).partition("Case")[0] for one in (room, "X")]
    assert answer.replace(room, "X") == other
    assert "A reason" not in told(await house.say(f"quiet {room}"))
    assert "A reason" not in told(await house.say(f"quiet in:{room} raid"))
