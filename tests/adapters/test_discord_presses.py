"""Buttons, selects, confirmations and modals in Discord, through discord.py and SimCord."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.discord import presses
from adapters.discord.presses import UNKNOWN
from adapters.livekit.simulator.lively import STANDUP
from adapters.livekit.simulator.people import JoinGrant
from bot.people import Role
from bot.plain import plain
from tests.core.faults import UNREACHABLE, failing
from tests.discord_payloads import renamed
from tests.discord_usher import Usher, labels, text, usher_for


@pytest.fixture
async def usher(tmp_path: Path) -> AsyncIterator[Usher]:
    async with usher_for(tmp_path) as running:
        yield running


async def test_a_person_is_muted_with_the_button_below_the_list(usher: Usher) -> None:
    people = await usher.call("ben", "participants", room=STANDUP)
    done = await usher.click("ben", people, "Mute Bob Stone")
    assert "Muted Bob Stone" in text(done)
    assert not usher.open("bob")
    assert done.ephemeral
    assert "9 people" in text(people)


async def test_two_people_of_one_name_have_buttons_and_entries_that_tell_them_apart(usher: Usher) -> None:
    usher.rooms.join(STANDUP, JoinGrant("anna-2", "Anna"))
    usher.rooms.publish(STANDUP, "anna-2")
    people = await usher.call("ben", "participants", room=STANDUP)
    assert {"Mute Anna (anna)", "Mute Anna (anna-2)"} <= set(labels(people))
    done = await usher.click("ben", people, "Mute Anna (anna-2)")
    assert "Muted Anna (anna-2) in standup" in text(done)
    assert usher.open("anna")
    assert not usher.open("anna-2")
    assert "identity: anna-2" in text(await usher.pick("ben", people, "Anna (anna-2)"))


async def test_whoever_is_chosen_from_the_list_is_shown_with_all_that_can_be_done(usher: Usher) -> None:
    people = await usher.call("ben", "participants", room=STANDUP)
    done = await usher.pick("ben", people, "Omar")
    assert "Omar" in text(done)
    question = await usher.click("ben", done, "Remove")
    assert "Remove Omar (omar) from standup?" in text(question)


async def test_a_refused_press_leaves_the_question_and_does_not_spend_it(usher: Usher) -> None:
    question = await usher.call("ann", "kick", who="omar", in_=STANDUP)
    with usher.refused("ann"):
        refused = await usher.click("ann", question, "Remove")
    assert "You are not a moderator here" in text(refused)
    assert refused.response
    assert question.response
    assert refused.response.id != question.response.id
    assert "Remove Omar (omar) from standup?" in text(question)
    assert usher.here("omar")
    await usher.click("ann", question, "Remove")
    assert not usher.here("omar")


async def test_a_yes_that_livekit_does_not_answer_is_asked_again_in_the_place_of_the_question(usher: Usher) -> None:
    question = await usher.call("ann", "kick", who="omar", in_=STANDUP)
    usher.service.around = failing(UNREACHABLE, "GetParticipant", after=False)
    await usher.click("ann", question, "Remove")
    assert "Omar in standup: LiveKit cannot be reached. Nothing was changed." in text(question)
    assert labels(question) == ["Remove", "No, leave it"]
    usher.service.around = None
    await usher.click("ann", question, "Remove")
    assert not usher.here("omar")


async def test_whoever_has_pressed_something_and_asks_the_same_again_is_answered_anew(usher: Usher) -> None:
    """Within the seconds in which the same command is Enter pressed twice."""
    people = await usher.call("ann", "participants", room=STANDUP)
    assert "5 with an open microphone" in text(people)
    await usher.click("ann", people, "Mute Bob Stone")
    assert "4 with an open microphone" in text(await usher.call("ann", "participants", room=STANDUP))
    question = await usher.call("ann", "kick", who="omar", in_=STANDUP)
    await usher.click("ann", question, "No, leave it")
    await usher.click("ann", await usher.call("ann", "kick", who="omar", in_=STANDUP), "Remove")
    assert not usher.here("omar")


async def test_a_forged_token_and_somebody_elses_do_nothing(usher: Usher) -> None:
    question = await usher.call("ann", "kick", who="omar", in_=STANDUP)
    assert question.response
    token = question.response.components[0]["components"][0]["custom_id"]
    await usher.call("ben", "participants", room=STANDUP)
    people = usher.answers(usher.arrived[-1])
    await usher.click("ben", people, "Mute Bob Stone")
    press = usher.arrived[-1]
    for forged in (token, "press:made-up-token-00", "beside:", "press:"):
        again = usher.anew(renamed(press, forged))
        await usher.deliver(again)
        assert "is not yours, or is not known any more" in text(usher.answers(again)), forged
    assert usher.here("omar")
    assert "9 people" in text(people)


@pytest.mark.parametrize("custom_id", ["older:1", "reason:x", "reason:", "x", "an.older one\nof two lines:1:2"])
async def test_what_usher_does_not_know_is_answered_so(usher: Usher, custom_id: str) -> None:
    await usher.click("ben", await usher.call("ben", "participants", room=STANDUP), "Mute Bob Stone")
    again = usher.anew(renamed(usher.arrived[-1], custom_id))
    await usher.deliver(again)
    assert text(usher.answers(again)) == plain(UNKNOWN)


async def test_a_slow_press_is_acknowledged_in_time_and_its_answer_takes_the_place(usher: Usher) -> None:
    question = await usher.call("ann", "kick", who="omar", in_=STANDUP)
    with usher.slow("RemoveParticipant"):
        done = await usher.click("ann", question, "Remove")
    assert "Removed Omar" in text(question)
    assert done.followups == []
    assert usher.sent("POST", "/callback")[-1] == {"type": 6}


async def test_a_slow_refusal_stands_beside_the_question(usher: Usher) -> None:
    question = await usher.call("ann", "kick", who="omar", in_=STANDUP)
    with usher.refused("ann"), usher.slow_to_know():
        done = await usher.click("ann", question, "Remove")
    [refused] = done.followups
    assert refused.ephemeral
    assert "You are not a moderator here" in refused.content
    assert "Remove Omar" in text(question)


async def test_a_slow_press_beside_waits_visibly(usher: Usher) -> None:
    people = await usher.call("ben", "participants", room=STANDUP)
    with usher.slow("MutePublishedTrack"):
        done = await usher.click("ben", people, "Mute Bob Stone")
    assert "Muted Bob Stone" in text(done)
    assert usher.sent("POST", "/callback")[-1] == {"type": 5, "data": {"flags": 64}}
    assert "9 people" in text(people)


async def test_a_page_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    async with usher_for(tmp_path, page_size=5) as usher:
        first = await usher.call("ann", "participants", room=STANDUP)
        before = text(first)
        done = await usher.click("ann", first, next(one for one in labels(first) if "ext" in one))
        assert done.response
        assert first.response
        assert done.response.id == first.response.id
        assert text(first) != before


async def test_what_others_read_is_not_replaced_and_its_undo_works_for_whoever_may(tmp_path: Path) -> None:
    async with usher_for(tmp_path, follows="secret") as usher:
        await usher.grant(usher.subject("ben"), Role.VIEWER, STANDUP)
        await usher.call("ann", "mute", who="bob", lock=True, in_=STANDUP)
        line = usher.channel("secret").last_message
        assert line is not None
        [undo] = [one for one in labels(line) if one.startswith("Undo")]
        refused = await usher.click("ben", line, undo)
        assert refused.ephemeral
        assert "needs the role moderator" in text(refused)
        assert not usher.open("bob")
        await usher.grant(usher.subject("ben"), Role.MODERATOR, STANDUP)
        question = await usher.click("ben", line, undo)
        assert question.ephemeral
        done = await usher.click("ben", question, "Undo it")
        assert f"Undid {undo.removeprefix('Undo ')}" in text(done)
        said = usher.said("secret")
        assert ["Keeping Bob Stone muted" in one for one in said] == [False, True, False]


async def test_a_question_that_others_read_keeps_its_place(tmp_path: Path) -> None:
    async with usher_for(tmp_path) as usher:
        question = await usher.call("ann", "kick", who="omar", in_=STANDUP)
        assert question.response
        shown = question.response.components[0]["components"][0]["custom_id"]
        await usher.click("ann", question, "No, leave it")
        press = renamed(usher.arrived[-1], shown)
        press["message"] = {**press["message"], "flags": 0}
        again = usher.anew(press)
        await usher.deliver(again)
        assert usher.sent("POST", "/callback")[-1]["type"] == 4


async def test_a_button_works_after_a_restart(usher: Usher) -> None:
    question = await usher.call("ann", "kick", who="omar", in_=STANDUP)
    await usher.env.restart_bot(usher.adapter.client(shard_count=1))
    done = await usher.click("ann", question, "Remove")
    assert "Removed Omar" in text(done)
    assert not usher.here("omar")


async def test_a_press_that_is_delivered_again_acts_once(usher: Usher) -> None:
    people = await usher.call("ben", "participants", room=STANDUP)
    await usher.click("ben", people, "Mute Bob Stone")
    await usher.deliver(usher.arrived[-1])
    assert len(await usher.cases()) == 1


async def test_a_configured_reason_is_one_tap(usher: Usher) -> None:
    done = await usher.call("ben", "mute", who="bob", in_=STANDUP)
    said = await usher.pick("ben", done, "shouting")
    assert "shouting" in text(said)
    [case, *_] = await usher.cases()
    assert "shouting" in {entry.content.reason for entry in case.entries if entry.content}


async def test_a_reason_in_own_words_is_asked_for_in_a_modal(tmp_path: Path) -> None:
    async with usher_for(tmp_path, follows="secret") as usher:
        await usher.call("ben", "mute", who="bob", in_=STANDUP)
        line = usher.channel("secret").last_message
        asked = await usher.click("ben", line, "Reason")
        assert asked.modal
        assert asked.modal["custom_id"] == f"reason:{(await usher.cases())[0].number}"
        done = await usher.people["ben"].submit_modal(asked, {"text": "he shouted *all* the time"})
        assert "he shouted *all* the time" in text(done)
        assert done.ephemeral
        assert "has a new reason: he shouted *all* the time" in usher.said("secret")[-1]
        [case, *_] = await usher.cases()
        assert "he shouted *all* the time" in {entry.content.reason for entry in case.entries if entry.content}


async def test_a_modal_of_before_is_answered_and_a_slow_one_deferred(usher: Usher) -> None:
    await usher.call("ben", "mute", who="bob", in_=STANDUP)
    case = (await usher.cases())[0].number
    rows = [{"type": 18, "id": 1, "component": {"type": 4, "id": 2, "custom_id": "text", "value": "loud"}}]
    modal = {**usher.arrived[-1], "type": 5, "data": {"custom_id": "older:1", "components": rows}}
    older = usher.anew(modal)
    await usher.deliver(older)
    assert text(usher.answers(older)) == plain(UNKNOWN)
    slow = usher.anew({**modal, "data": {"custom_id": f"reason:{case}", "components": rows}})
    with usher.slow_to_know():
        await usher.deliver(slow)
    assert usher.sent("POST", "/callback")[-1] == {"type": 5, "data": {"flags": 64}}
    assert "loud" in text(usher.answers(slow))


async def test_whoever_may_give_no_reason_is_told_so_before_they_write_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with usher_for(tmp_path, told=True) as usher:
        await usher.call("ben", "mute", who="bob", in_=STANDUP)
        line = usher.channel("mods").last_message
        refused = await usher.click("cat", line, "Reason")
        assert refused.modal is None
        assert refused.ephemeral
        assert "You are not a moderator here" in text(refused)
        await usher.grant(usher.subject("cat"), Role.VIEWER, STANDUP)
        low = await usher.click("cat", line, "Reason")
        assert "/reason needs the role moderator" in text(low)
        monkeypatch.setattr(presses, "KNOWN_SECONDS", 0.1)
        with usher.slow_to_know():
            asked = await usher.click("cat", line, "Reason")
        assert asked.modal, "what is not known in time is found out when the reason is given"


async def test_a_stranger_gets_nowhere_with_a_modal(usher: Usher) -> None:
    await usher.call("ben", "mute", who="bob", in_=STANDUP)
    rows = [{"type": 18, "id": 1, "component": {"type": 4, "id": 2, "custom_id": "text", "value": "loud"}}]
    await usher.call("cat", "whoami")
    modal = {**usher.arrived[-1], "type": 5, "data": {"custom_id": "reason:4", "components": rows}}
    sent = usher.anew(modal)
    await usher.deliver(sent)
    assert "You are not a moderator here" in text(usher.answers(sent))
