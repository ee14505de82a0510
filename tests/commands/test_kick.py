"""/kick: gone, and looked at again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.history import Outcome
from bot.people import Role
from bot.reply import Tone
from tests.house import BACKSTAGE, STANDUP, House, labels, told


async def test_it_asks_first_naming_person_and_room_and_removes_on_yes(house: House) -> None:
    question = await house.say("kick bob spamming the chat")
    assert question.question
    assert "Bob Stone" in told(question)
    assert STANDUP in told(question)
    assert "spamming the chat" in told(question)
    assert not house.writes
    reply = await house.yes()
    assert (reply.tone, reply.outcome) == (Tone.OK, Outcome.DONE)
    assert "bob" not in house.rooms.rooms[STANDUP].people
    assert STANDUP in told(reply)
    assert house.writes == ["RemoveParticipant"]


async def test_no_leaves_the_person_alone(house: House) -> None:
    await house.say("kick bob")
    assert "Nothing was done" in told(await house.press("No, leave it"))
    assert not house.writes


async def test_on_a_self_hosted_server_it_says_that_the_token_stays_valid(house: House) -> None:
    assert "join token stays valid" in told(await house.sure("kick bob"))


async def test_on_cloud_it_says_that_the_token_is_revoked(cloud: House) -> None:
    answer = told(await cloud.sure("kick bob"))
    assert "takes no join token any more that was issued to them before this" in answer
    [removal] = [call for call in cloud.service.calls if call.method == "RemoveParticipant"]
    assert removal.body["revoke_token_ts"] == str(int(cloud.clock.now().timestamp()) + 1)


async def test_elsewhere_no_token_is_said_to_be_revoked(house: House) -> None:
    await house.sure("kick bob")
    [removal] = [call for call in house.service.calls if call.method == "RemoveParticipant"]
    assert "revoke_token_ts" not in removal.body


async def test_one_tap_keeps_out_whoever_was_removed_or_had_left_already(house: House) -> None:
    for reply in (await house.sure("kick bob spamming"), await house.say("kick bob")):
        assert "Keep out" in labels(reply)
        question = await house.press("Keep out", of=reply)
        assert question.question
        assert "Keep Bob Stone (bob) out of standup for 24 h" in told(question)
    assert (await house.yes()).outcome is Outcome.DONE
    [order] = await house.database.orders.active(STANDUP)
    assert order.what.absent
    assert order.who is not None
    assert order.who.identity == "bob"


async def test_who_may_remove_and_not_ban_is_not_offered_it(house: House) -> None:
    house.use(replace(house.policy, roles={"ban": Role.ADMIN}))
    assert "Keep out" not in labels(await house.sure("kick bob"))
    assert "Keep out" not in labels(await house.say("participant anna"))


async def test_somebody_who_is_back_at_once_is_gone_all_the_same_and_it_is_said(house: House) -> None:
    async def back_at_once(call, carry_out):  # type: ignore[no-untyped-def]
        answer = await carry_out()
        if call.method == "RemoveParticipant":
            house.rooms.rejoin(STANDUP, "bob")
        return answer

    house.service.around = back_at_once
    reply = await house.sure("kick bob")
    assert reply.outcome is Outcome.DONE
    assert "already back" in told(reply)


@pytest.mark.parametrize("typed", ["bob", "Bob Stone", "BOB STONE", '"Bob Stone"', "@bob"])
async def test_somebody_who_has_left_is_already_and_nothing_is_called(house: House, typed: str) -> None:
    await house.say("participants")
    house.rooms.leave(STANDUP, "bob")
    reply = await house.say(f"kick {typed} spamming")
    assert (reply.tone, reply.outcome) == (Tone.INFO, Outcome.ALREADY)
    assert "Reason: spamming" in told(reply)
    assert not house.writes


async def test_somebody_whom_only_the_history_knows_is_already_too(house: House) -> None:
    await house.say("mute bob")
    house.rooms.leave(STANDUP, "bob")
    house.use(recent=type(house.services.recent)())
    assert (await house.say("kick bob")).outcome is Outcome.ALREADY


async def test_somebody_who_was_never_here_is_no_target(house: House) -> None:
    reply = await house.say("kick mallory")
    assert (reply.tone, reply.outcome, reply.case) == (Tone.ERROR, None, None)
    assert "Nobody in standup is called 'mallory'" in told(reply)
    assert not house.writes


async def test_somebody_of_another_room_was_never_here(house: House) -> None:
    await house.say("participants", "alice", room=BACKSTAGE)
    assert (await house.say("kick mei", "alice")).outcome is None


async def test_hidden_people_are_nobody_to_a_moderator_also_when_an_admin_has_seen_them(house: House) -> None:
    await house.say("participants", "alice")
    reply = await house.say("kick EG_recorder")
    assert reply.outcome is None
    assert "Nobody in standup is called 'EG_recorder'" in told(reply)
    assert "EG_recorder" in house.rooms.rooms[STANDUP].people
    assert not house.writes


async def test_who_leaves_after_the_question_is_already(house: House) -> None:
    await house.say("kick bob")
    house.rooms.leave(STANDUP, "bob")
    reply = await house.yes()
    assert reply.outcome is Outcome.ALREADY
    assert not house.writes


async def test_who_comes_back_in_another_session_before_the_yes_is_not_removed_and_it_is_said(house: House) -> None:
    await house.say("kick bob")
    house.rooms.rejoin(STANDUP, "bob")
    reply = await house.yes()
    assert reply.outcome is None
    assert "new session" in told(reply)
    assert not house.writes


async def test_a_kick_has_no_undo_and_says_so(house: House) -> None:
    reply = await house.sure("kick bob")
    assert not [label for label in labels(reply) if "Undo" in label]
    refused = await house.say(f"undo {reply.case}")
    assert "has to join again" in told(refused)
    assert house.writes == ["RemoveParticipant"]


async def test_the_dry_run_asks_nothing_and_removes_nobody(house: House) -> None:
    reply = await house.say("kick bob --dry-run")
    assert not reply.question
    assert "gone" in told(reply)
    assert not house.writes
