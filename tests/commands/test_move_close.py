"""/move and /close."""

from __future__ import annotations

from adapters.livekit.simulator.people import JoinGrant
from bot.history import Outcome
from bot.model import Kind
from bot.people import Role
from bot.reply import Tone
from tests.house import BACKSTAGE, STANDUP, House, told


async def test_where_the_server_cannot_move_it_says_so_plainly_and_nobody_has_moved(house: House) -> None:
    question = await house.say("move bob backstage", "alice")
    assert question.question
    assert "from standup to backstage" in told(question)
    reply = await house.yes("alice")
    assert (reply.tone, reply.outcome) == (Tone.ERROR, Outcome.FAILED)
    assert "still in standup" in told(reply)
    assert "bob" in house.rooms.rooms[STANDUP].people
    assert "bob" not in house.rooms.rooms[BACKSTAGE].people


async def test_where_the_server_can_the_session_goes_on_in_the_other_room(cloud: House) -> None:
    sid = cloud.person("bob").sid
    reply = await cloud.sure("move bob backstage his slot", "alice")
    assert reply.outcome is Outcome.DONE
    assert cloud.person("bob", BACKSTAGE).sid == sid
    assert "from standup to backstage" in told(reply)
    assert "Reason: his slot" in told(reply)


async def test_a_move_can_be_undone_while_the_session_is_there(cloud: House) -> None:
    moved = await cloud.sure("move bob backstage", "alice")
    await cloud.say(f"undo {moved.case}", "alice")
    assert (await cloud.yes("alice")).outcome is Outcome.DONE
    assert "bob" in cloud.rooms.rooms[STANDUP].people


async def test_a_move_to_the_same_room_is_refused_before_it_is_asked_about(house: House) -> None:
    reply = await house.say("move bob standup", "alice")
    assert not reply.question
    assert "already" in told(reply)


async def test_nobody_moves_people_into_a_room_out_of_their_scope(house: House) -> None:
    reply = await house.say("move bob backstage")
    assert reply.outcome is Outcome.REFUSED
    assert not reply.question
    assert not house.writes


async def test_a_viewer_of_the_destination_cannot_move_people_there(house: House) -> None:
    await house.grant("console:@both", Role.VIEWER, BACKSTAGE)
    reply = await house.say("move bob backstage", groups=("console:@both",))
    assert reply.outcome is Outcome.REFUSED


async def test_a_destination_is_required(house: House) -> None:
    assert "room is missing" in told(await house.say("move bob"))


async def test_a_dry_run_of_a_move_changes_nothing(cloud: House) -> None:
    assert "backstage" in told(await cloud.say("move bob backstage --dry-run", "alice"))
    assert not cloud.writes


async def test_close_asks_with_the_number_of_people_and_ends_the_room_for_everyone(house: House) -> None:
    question = await house.say("close standup --force the event is over", "alice", room="")
    assert question.question
    assert "10 people" in told(question)
    assert "Reason: the event is over" in told(question)
    assert not house.writes
    reply = await house.yes("alice")
    assert reply.outcome is Outcome.DONE
    assert STANDUP not in house.rooms.rooms
    assert "Reason: the event is over" in told(reply)


async def test_close_with_force_still_says_what_it_would_end(house: House) -> None:
    question = await house.say("close standup --force", "alice")
    assert question.question
    assert "10 people" in told(question)


async def test_a_room_that_ended_and_began_anew_since_the_question_is_not_closed(house: House) -> None:
    await house.say("close standup --force", "alice")
    house.rooms.delete(STANDUP)
    house.rooms.open(STANDUP)
    reply = await house.yes("alice")
    assert "begun anew" in told(reply)
    assert STANDUP in house.rooms.rooms
    assert not house.writes


async def test_a_room_that_ended_since_the_question_is_said_to_have(house: House) -> None:
    await house.say("close standup --force", "alice")
    house.rooms.delete(STANDUP)
    assert "not live any more" in told(await house.yes("alice"))
    assert not house.writes


async def test_close_of_an_unknown_room_offers_near_names(house: House) -> None:
    reply = await house.say("close standp --force", "alice", room="")
    assert "No live room is called standp" in told(reply)
    assert not house.writes
    question = await house.press(1, "alice")
    assert question.question
    assert STANDUP in told(question)


async def test_a_closed_room_has_no_undo(house: House) -> None:
    reply = await house.sure("close standup --force", "alice")
    assert "no undo" in told(await house.say(f"undo {reply.case}", "alice", room=BACKSTAGE))


async def test_close_needs_a_moderator_of_the_room(house: House) -> None:
    await house.grant("console:mia", Role.MODERATOR, BACKSTAGE)
    assert (await house.say("close backstage")).question
    assert (await house.say("close standup", "vera")).outcome is Outcome.REFUSED


async def test_a_dry_run_of_close_closes_nothing(house: House) -> None:
    assert "closed" in told(await house.say("close standup --force --dry-run", "alice"))
    assert not house.writes


async def test_the_words_behind_the_scope_are_the_reason(house: House) -> None:
    question = await house.say("close in:standup --force over and out", "alice", room="")
    assert "Reason: over and out" in told(question)


async def test_a_moderator_closes_a_room_without_protected_people(house: House) -> None:
    await house.grant("console:mia", Role.MODERATOR, BACKSTAGE)
    reply = await house.sure("close backstage")
    assert reply.outcome is Outcome.DONE
    assert BACKSTAGE not in house.rooms.rooms


async def test_a_moderator_does_not_end_what_they_could_not_remove(house: House) -> None:
    reply = await house.say("close standup")
    assert reply.outcome is Outcome.REFUSED
    assert "A recording, a call or a service that is running there" in told(reply)
    assert "EG_recorder" not in told(reply)
    assert not house.writes


async def test_an_admin_is_told_what_else_a_close_ends_and_needs_force(house: House) -> None:
    reply = await house.say("close standup", "alice")
    assert reply.outcome is Outcome.REFUSED
    assert "EG_recorder (is egress" in told(reply)
    question = await house.say("close standup --force", "alice")
    assert question.question
    assert "It also ends for" in told(question)
    assert "Note taker (is agent" in told(question)


async def test_who_becomes_protected_between_question_and_yes_is_not_ended(house: House) -> None:
    await house.grant("console:mia", Role.MODERATOR, BACKSTAGE)
    await house.say("close backstage")
    house.rooms.join(BACKSTAGE, JoinGrant("late", kind=Kind.EGRESS))
    assert (await house.yes()).outcome is Outcome.REFUSED
    assert BACKSTAGE in house.rooms.rooms
