"""/undo: exactly what the case changed, each field only while it still has Usher's value."""

from __future__ import annotations

import asyncio

import pytest

from bot.history import EntryKind, Outcome
from bot.people import Role
from bot.policy import Policy
from bot.refusals import HANDLED
from bot.reply import Tone
from tests.core.faults import UNREACHABLE, failing
from tests.house import BACKSTAGE, STANDUP, House, labels, told


async def test_bare_it_takes_back_ones_own_latest_action_in_this_room_at_once(house: House) -> None:
    await house.say("promote omar")
    await house.say("mute bob microphone lock")
    reply = await house.say("undo")
    assert reply.outcome is Outcome.DONE
    assert house.sources("bob") == []
    assert house.person("omar").permission["can_publish"]
    assert STANDUP in told(reply)


async def test_bare_after_what_has_no_undo_it_says_so_and_asks_about_the_one_before(house: House) -> None:
    promoted = await house.say("promote omar")
    muted = await house.say("mute anna")
    kicked = await house.sure("kick bob")
    question = await house.say("undo")
    assert question.question
    said = told(question)
    assert said.startswith(
        f"Case {kicked.case} (kick Bob Stone (bob) in standup) cannot be undone. Nothing was done. "
        f"Undo case {promoted.case} instead?"
    )
    assert "A removal has no undo" in said
    assert f"Case {muted.case} (mute Anna (anna) in standup) cannot be undone." in said
    assert "can_publish: yes → no" in said
    assert house.person("omar").permission["can_publish"]
    assert "Undid case" in told(await house.yes())
    assert not house.person("omar").permission["can_publish"]
    again = await house.say("undo")
    assert not again.question, "there is none before"
    assert "(kick Bob Stone (bob) in standup) cannot be undone. Nothing was done." in told(again)


async def test_bare_what_failed_or_held_already_is_passed_over(house: House) -> None:
    await house.say("promote omar")
    await house.say("promote omar")
    house.service.around = failing(UNREACHABLE, "UpdateParticipant", after=False)
    await house.say("promote lena")
    house.service.around = None
    assert "Undid case 4 (promote Omar (omar) in standup)" in told(await house.say("undo"))


async def test_bare_what_somebody_else_has_undone_or_ended_is_said_and_the_one_before_asked_about(house: House) -> None:
    first = await house.say("attribute omar a=1", "alice")
    ban = await house.sure("ban anna", "alice")
    await house.say("unban anna")
    question = await house.say("undo", "alice")
    assert question.question
    assert f"Case {ban.case}: the ban of Anna has ended already: by mia" in told(question)
    assert f"Undo case {first.case} instead?" in told(question)


async def test_bare_it_never_takes_back_what_somebody_else_has_only_given_a_reason_to(house: House) -> None:
    lock = await house.say("mute bob lock", "alice")
    await house.say(f"reason {lock.case} shouting")
    assert "nothing in the last 15 minutes" in told(await house.say("undo"))
    assert len(await house.database.orders.active()) == 1


async def test_bare_twice_goes_back_two_steps(house: House) -> None:
    await house.say("promote omar")
    await house.say("mute bob lock")
    await house.say("undo")
    await house.say("undo")
    assert not house.person("omar").permission["can_publish"]


async def test_bare_it_never_takes_back_what_somebody_else_did(house: House) -> None:
    await house.say("promote omar", "alice")
    reply = await house.say("undo")
    assert "nothing in the last 15 minutes" in told(reply)
    assert house.person("omar").permission["can_publish"]


async def test_bare_it_is_for_the_last_15_minutes(house: House) -> None:
    await house.say("promote omar")
    house.clock.advance(14 * 60)
    await house.say("mute bob lock")
    house.clock.advance(120)
    await house.say("undo")
    assert "nothing in the last 15 minutes" in told(await house.say("undo"))
    assert house.person("omar").permission["can_publish"]


@pytest.mark.parametrize("number", ["0", "00", "#0", "-1", "#-1", "0 in:standup"])
async def test_a_number_that_no_case_has_is_refused_and_not_taken_for_none(house: House, number: str) -> None:
    await house.say("promote omar")
    reply = await house.say(f"undo {number}")
    assert reply.tone is Tone.ERROR
    assert reply.outcome is None
    assert house.person("omar").permission["can_publish"]


@pytest.mark.parametrize("number", ["0", "-1"])
async def test_so_is_the_option(house: House, number: str) -> None:
    await house.say("promote omar")
    assert (await house.say("undo", options={"n": number})).tone is Tone.ERROR
    assert house.person("omar").permission["can_publish"]


async def test_bare_it_is_for_this_room(house: House) -> None:
    await house.say("demote mei", "alice", room=BACKSTAGE)
    assert "nothing in the last" in told(await house.say("undo", "alice"))
    assert "Undid" in told(await house.say("undo in:backstage", "alice", room=""))


async def test_bare_without_a_room_it_asks_which(house: House) -> None:
    await house.say("promote omar", "alice")
    question = await house.say("undo", "alice", room="")
    assert "Which room?" in told(question)
    assert (await house.press("standup", "alice")).outcome is Outcome.DONE


async def test_by_number_it_is_confirmed_and_is_its_own_case_that_names_the_other(house: House) -> None:
    done = await house.say("promote omar", "alice")
    question = await house.say(f"undo {done.case}")
    assert question.question
    assert "can_publish: yes → no" in told(question)
    reply = await house.yes()
    assert reply.outcome is Outcome.DONE
    assert reply.case != done.case
    note = (await house.case(done.case)).entries[-1]
    assert note.kind is EntryKind.UNDONE
    assert note.content is not None
    assert note.content.detail == f"by case {reply.case}"
    assert "undone" in told(await house.say("history"))


async def test_a_field_that_was_changed_since_is_said_and_asked_about(house: House) -> None:
    await house.say("attribute bob a=1 b=1", "alice")
    house.person("bob").attributes["a"] = "theirs"
    question = await house.say("undo", "alice")
    assert question.question
    assert "attribute a" in told(question)
    assert "attribute b" not in told(question)
    assert house.person("bob").attributes == {"a": "theirs", "b": "1"}


async def test_what_somebody_else_has_decided_again_since_is_said_and_asked_about(house: House) -> None:
    mine = await house.say("promote omar")
    await house.say("demote omar", "alice")
    theirs = await house.say("promote omar", "alice")
    question = await house.say("undo")
    assert question.question
    assert f"Case {mine.case}: somebody has changed this since." in told(question)
    assert f"{mine.case} promote Omar (omar) in standup: done, by mia" in told(question)
    assert f"decided again since: case {theirs.case} (promote) by alice" in told(question)
    assert labels(question) == ["Put everything back", "No, leave it"]
    assert house.person("omar").permission["can_publish"]
    await house.press("Put everything back")
    assert not house.person("omar").permission["can_publish"]


async def test_so_is_it_by_number_and_of_several_fields_the_rest_can_be_put_back(house: House) -> None:
    mine = await house.say("attribute bob a=1 b=1", "alice")
    await house.say("attribute bob a=2", "alice")
    await house.say("attribute bob a=1", "alice")
    question = await house.say(f"undo {mine.case}", "alice")
    assert "attribute a: was none, Usher wrote 1, decided again since: case 6 (attribute) by alice" in told(question)
    await house.press("Only the rest", "alice")
    assert house.person("bob").attributes == {"a": "1"}


async def test_what_others_have_done_and_taken_back_is_nothing_since(house: House) -> None:
    await house.say("promote omar")
    await house.say("demote omar", "alice")
    await house.say("undo", "alice")
    await house.say("name omar Omar", "alice")
    await house.say("demote anna", "alice")
    reply = await house.say("undo")
    assert reply.outcome is Outcome.DONE
    assert not house.person("omar").permission["can_publish"]


async def test_an_undo_by_somebody_else_of_what_was_before_counts(house: House) -> None:
    before = await house.say("promote omar", "alice")
    await house.say("demote omar")
    await house.say("promote omar")
    await house.sure(f"undo {before.case}", "alice")
    house.person("omar").permission["can_publish"] = True
    question = await house.say("undo")
    assert "decided again since: case 7 (undo) by alice" in told(question)


async def test_an_order_that_somebody_else_has_given_since_is_left_alone_and_named(house: House) -> None:
    await house.say("promote omar")
    theirs = await house.say("promote omar for 5m", "alice")
    reply = await house.say("undo")
    assert reply.outcome is Outcome.DONE
    assert f"held by an order (case {theirs.case})" in told(reply)
    assert house.person("omar").permission["can_publish"]
    await house.say("undo", "alice")
    assert not house.person("omar").permission["can_publish"]


async def test_who_may_not_see_the_later_case_is_told_that_there_was_somebody(house: House) -> None:
    await house.say("promote omar")
    house.person("omar").permission["hidden"] = True
    await house.say("demote omar --force", "alice")
    await house.sure("demote omar --force", "alice")
    house.person("omar").permission["hidden"] = False
    await house.services.rooms.list_participants(STANDUP)
    house.person("omar").permission["can_publish"] = True
    question = told(await house.say("undo"))
    assert "decided again since: by somebody" in question
    assert "alice" not in question


async def test_then_only_the_rest_can_be_put_back(house: House) -> None:
    await house.say("attribute bob a=1 b=1", "alice")
    house.person("bob").attributes["a"] = "theirs"
    await house.say("undo", "alice")
    await house.press("Only the rest", "alice")
    assert house.person("bob").attributes == {"a": "theirs"}


async def test_or_everything(house: House) -> None:
    await house.say("attribute bob a=1 b=1", "alice")
    house.person("bob").attributes["a"] = "theirs"
    await house.say("undo", "alice")
    assert (await house.yes("alice")).outcome is Outcome.DONE
    assert house.person("bob").attributes == {}


async def test_where_everything_moved_on_there_is_no_rest(house: House) -> None:
    await house.say("attribute bob a=1", "alice")
    house.person("bob").attributes["a"] = "theirs"
    assert "Only the rest" not in labels(await house.say("undo", "alice"))


async def test_never_onto_another_session(house: House) -> None:
    done = await house.say("demote bob")
    house.rooms.rejoin(STANDUP, "bob")
    house.person("bob").permission["can_publish"] = False
    reply = await house.say(f"undo {done.case}")
    assert "new session" in told(reply)
    assert not house.person("bob").permission["can_publish"]


async def test_never_onto_somebody_who_has_left(house: House) -> None:
    done = await house.say("promote omar")
    house.rooms.leave(STANDUP, "omar")
    assert "has left" in told(await house.say(f"undo {done.case}"))


async def test_a_plain_mute_says_that_it_has_none(house: House) -> None:
    reply = await house.say("mute bob")
    refused = await house.say(f"undo {reply.case}")
    assert "A mute has no undo" in told(refused)
    assert house.writes == ["MutePublishedTrack"]


async def test_undoing_twice_says_that_the_old_values_stand(house: House) -> None:
    done = await house.say("promote omar")
    await house.say("undo")
    assert "old value already" in told(await house.say(f"undo {done.case}"))


async def test_of_two_who_undo_it_at_once_the_second_is_told_who_was_first_and_makes_no_case(house: House) -> None:
    done = await house.say("promote omar")
    asked = [(who, await house.say(f"undo {done.case}", who)) for who in ("mia", "alice")]
    answers = await asyncio.gather(*(house.press("Undo it", who, of=question) for who, question in asked))
    [late] = [reply for reply in answers if reply.outcome is None]
    [first] = [reply for reply in answers if reply.outcome is Outcome.DONE]
    who = "mia" if first is answers[0] else "alice"
    assert told(late).startswith(
        f"Case {done.case}: everything has its old value already. It has been undone already, by {who} (console:{who})"
    )
    assert late.case is None
    assert len(await house.cases()) == 5


async def test_an_event_of_an_undo_that_came_too_late_is_claimed(house: House) -> None:
    done = await house.say("promote omar")
    question = await house.say(f"undo {done.case}", "alice")
    await house.say("undo")
    late = await house.press("Undo it", "alice", of=question, event_key="e1")
    assert "undone already, by mia" in told(late)
    assert (await house.say("promote omar", event_key="e1")).title == HANDLED.title


async def test_what_changed_nothing_in_a_room_has_nothing_to_undo(house: House) -> None:
    used = await house.say("use standup")
    assert "nothing to undo" in told(await house.say(f"undo {used.case}", "alice"))


async def test_a_case_out_of_scope_does_not_exist(house: House) -> None:
    done = await house.say("demote mei", "alice", room=BACKSTAGE)
    missing = told(await house.say("undo 999")).replace("999", "N")
    assert told(await house.say(f"undo {done.case}")).replace(str(done.case), "N") == missing


async def test_undoing_needs_what_doing_needs(house: House) -> None:
    done = await house.say("attribute bob a=1", "alice")
    assert (await house.say(f"undo {done.case}")).outcome is Outcome.REFUSED
    assert house.person("bob").attributes == {"a": "1"}


async def test_what_an_admin_did_to_the_protected_takes_an_admin_and_force_to_undo(house: House) -> None:
    house.use(Policy(admins=house.policy.admins, protected=("hana",)))
    done = await house.sure("mute hana lock --force", "alice")
    assert (await house.say(f"undo {done.case}")).outcome is Outcome.REFUSED
    assert (await house.say(f"undo {done.case}", "alice")).outcome is Outcome.REFUSED
    question = await house.say(f"undo {done.case} --force", "alice")
    assert question.question
    assert f"Undo case {done.case}?" in told(question)
    assert (await house.yes("alice")).outcome is Outcome.DONE


async def test_the_dry_run_shows_what_would_be_put_back(house: House) -> None:
    done = await house.say("promote omar")
    writes = len(house.writes)
    for line in ("undo --dry-run", f"undo {done.case} --dry-run"):
        assert "can_publish: yes → no" in told(await house.say(line))
    assert len(house.writes) == writes


async def test_what_was_undone_before_is_said_to_be_as_it_was_also_where_not_all_comes_back(house: House) -> None:
    done = await house.say("demote bob")
    await house.say(f"undo {done.case}")
    await house.yes()
    again = told(await house.say(f"undo {done.case}"))
    assert f"Case {done.case}: what can be put back has its old value already." in again
    assert "comes back only when its publisher publishes again" in again


async def test_what_a_failed_action_did_not_change_is_not_undone(house: House) -> None:
    await house.say("mute bob")
    failed = await house.say("unmute bob")
    assert "cannot be undone" in told(await house.say(f"undo {failed.case}"))


async def test_a_viewer_undoes_nothing(house: House) -> None:
    done = await house.say("promote omar")
    await house.grant("console:vic", Role.VIEWER, STANDUP)
    assert (await house.press(f"Undo case {done.case}", "vic", of=done)).outcome is Outcome.REFUSED
    assert (await house.press(f"Undo case {done.case}", of=done)).question, "the refused press did not spend it"


async def test_the_undo_of_a_ban_lets_them_in_and_says_that_they_have_to_join_themselves(house: House) -> None:
    ban = await house.sure("ban bob spam")
    assert f"Undo case {ban.case}" in labels(ban)
    assert ban.public is not None
    assert labels(ban.public) == [f"Undo case {ban.case}"]
    assert "It would end the ban of Bob Stone, case" in told(await house.say(f"undo {ban.case} --dry-run"))
    reply = await house.say("undo")
    assert (reply.outcome, reply.case) == (Outcome.DONE, ban.case)
    assert f"Undid case {ban.case}: ended the ban of Bob Stone in standup." in told(reply)
    assert "they have to join themselves" in told(reply)
    assert await house.database.orders.active() == ()
    case = told(await house.say(f"case {ban.case}"))
    assert "ban Bob Stone (bob) in standup: ended" in case
    assert "has ended already: by mia" in told(await house.say(f"undo {ban.case}"))


async def test_the_question_says_what_would_end_and_what_would_be_given_back(house: House) -> None:
    lock = await house.say("mute bob lock")
    question = await house.say(f"undo {lock.case}", "alice")
    assert question.question
    assert f"It ends the lock of Bob Stone (microphone, screen sound), case {lock.case}." in told(question)
    assert "Bob Stone would be given back:" in told(question)
    assert "microphone" in told(question).split("would be given back:")[1]
    house.rooms.leave(STANDUP, "bob")
    assert "Nothing changes for anybody who is there now." in told(await house.say(f"undo {lock.case}", "alice"))


async def test_the_question_about_a_ban_says_that_they_have_to_join_themselves(house: House) -> None:
    ban = await house.sure("ban bob spam")
    question = await house.say(f"undo {ban.case}", "alice")
    assert question.question
    assert "It ends the ban of Bob Stone, case" in told(question)
    assert "they have to join themselves" in told(question)


async def test_where_the_room_cannot_be_looked_at_the_question_says_so(house: House) -> None:
    door = await house.say("door listen-only")
    house.service.around = failing(UNREACHABLE, "ListParticipants", after=False)
    question = await house.say(f"undo {door.case}", "alice")
    assert question.question
    assert "What would be given back is not known" in told(question)


async def test_an_undo_of_what_also_acts_elsewhere_is_refused_before_it_is_asked_about(house: House) -> None:
    ban = await house.say("ban bob", "alice")
    ban = await house.press("All my rooms", "alice")
    refused = await house.say(f"undo {ban.case}")
    assert refused.outcome is Outcome.REFUSED
    assert "Whoever has it in all of them can end it" in told(refused)
    assert len(await house.database.orders.active()) == 1
