"""Asking first: what is stored, who may answer, how often and how long."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from adapters.livekit.simulator.people import JoinGrant
from adapters.pressing import replaces
from bot.errors import HistoryError
from bot.history import Outcome
from bot.people import ChatUser, Grant, Role
from bot.plain import spans_text
from bot.policy import Policy
from bot.press import decode, encode
from bot.refusals import handled_elsewhere
from tests.core.faults import UNREACHABLE, failing
from tests.house import BACKSTAGE, STANDUP, House, button, labels, told


@pytest.mark.parametrize(
    "line",
    ["kick bob", "move bob backstage", "close --force", "quiet", "mute EG_recorder lock --force", "room-metadata"],
)
async def test_what_is_destructive_forced_or_wide_always_asks_and_names_the_room(house: House, line: str) -> None:
    reply = await house.say(line, "alice")
    assert reply.question
    assert reply.outcome is None
    assert STANDUP in told(reply)
    assert labels(reply)[-1] == "No, leave it"
    assert not house.writes


async def test_the_undo_of_somebody_elses_work_asks(house: House) -> None:
    done = await house.say("promote omar")
    assert (await house.say(f"undo {done.case}", "alice")).question


async def test_oneself_is_asked_about(house: House) -> None:
    await house.grant("console:bob", Role.MODERATOR, STANDUP)
    reply = await house.say("mute bob", "bob")
    assert reply.question
    assert "This is you" in told(reply)
    assert "Mute Bob Stone (bob) in standup?" in told(reply)
    assert (await house.yes("bob")).outcome is Outcome.DONE


async def test_oneself_is_known_by_the_identity_that_the_settings_give(house: House) -> None:
    house.use(Policy(identities={"slack": "user-{id}"}))
    house.rooms.join(STANDUP, "user-U1")
    await house.grant("slack:T1/U1", Role.MODERATOR, STANDUP)
    assert (await house.say("demote user-U1", "slack:T1/U1")).question


ANN = "discord-80351110224678912"


@pytest.fixture
async def colleagues(house: House) -> House:
    """Ann is admin by Discord and in the room; Uwe moderates it by Slack, Vic may look at it."""
    house.use(Policy(admins=("console:alice",), identities={"discord": "discord-{id}", "slack": "s-{id}"}))
    for identity, name in ((ANN, "Ann"), ("s-U7", "Uwe"), ("s-V8", "Vic"), ("s-@S9", "Group")):
        house.rooms.join(STANDUP, JoinGrant(identity, name))
        house.rooms.publish(STANDUP, identity)
    await house.grant("discord:80351110224678912", Role.ADMIN)
    await house.grant("slack:T1/U7", Role.MODERATOR, STANDUP)
    await house.grant("slack:T1/V8", Role.VIEWER)
    await house.grant("slack:T1/@S9", Role.ADMIN)
    return house


@pytest.mark.parametrize("line", ["mute {}", "mute {} lock", "demote {}", "kick {}", "ban {}", "promote {} for 5m"])
async def test_a_fellow_moderator_is_asked_about(colleagues: House, line: str) -> None:
    for identity, said in ((ANN, "Ann is an admin here."), ("s-U7", "Uwe is a moderator here.")):
        asked = await colleagues.say(line.format(identity))
        assert asked.question
        assert said in told(asked)
        assert not colleagues.writes
    assert (await colleagues.yes()).outcome is Outcome.DONE


async def test_a_fellow_moderator_is_asked_about_when_a_button_is_pressed_and_the_press_is_not_spent(
    colleagues: House,
) -> None:
    shown = await colleagues.say(f"participant {ANN}")
    for _ in range(2):
        asked = await colleagues.press("Mute", of=shown)
        assert "Ann is an admin here." in told(asked)
        assert asked.question


@pytest.mark.parametrize("identity", ["s-V8", "s-@S9", "bob"])
async def test_a_viewer_a_group_and_anybody_else_are_no_fellow_moderators(colleagues: House, identity: str) -> None:
    assert not (await colleagues.say(f"demote {identity}")).question


async def test_a_moderator_of_another_room_is_no_fellow_moderator_here(colleagues: House) -> None:
    await colleagues.grant("slack:T1/U7", Role.MODERATOR, BACKSTAGE)
    assert not (await colleagues.say("demote s-U7")).question


async def test_an_admin_of_the_settings_is_asked_about_while_the_history_cannot_be_read(colleagues: House) -> None:
    class Unread:
        async def grants(self, subjects: object = None) -> tuple[Grant, ...]:
            raise HistoryError("The history cannot be read.")

        async def default_room(self, channel: str) -> None:
            return None

    unread: Any = Unread()
    settled = ("console:mia", "discord:80351110224678912")
    colleagues.use(replace(colleagues.policy, admins=settled), roster=unread)
    assert "Ann is an admin here." in told(await colleagues.say(f"demote {ANN}"))
    assert not (await colleagues.say("demote s-U7")).question


async def test_reading_about_oneself_is_not_asked_about(house: House) -> None:
    await house.grant("console:bob", Role.VIEWER, STANDUP)
    assert not (await house.say("participant bob", "bob")).question


async def test_what_is_stored_is_the_bound_invocation_and_never_the_words(house: House) -> None:
    await house.say("kick Bob Stone spamming")
    item = await house.database.pending.get(button(house.last, "Remove").token)
    assert item is not None
    press: Any = decode(item.bound)
    assert (press.room, press.target.identity, press.target.sid) == (STANDUP, "bob", house.person("bob").sid)
    assert (press.reason, press.confirmed) == ("spamming", True)
    assert decode(encode(press)) == press


async def test_the_words_mean_nothing_any_more_once_it_is_asked(house: House) -> None:
    await house.say("kick bob")
    house.person("bob").name = "Somebody else"
    house.person("anna").name = "Bob Stone"
    await house.yes()
    assert "bob" not in house.rooms.rooms[STANDUP].people
    assert "anna" in house.rooms.rooms[STANDUP].people


async def test_another_persons_press_is_refused_and_does_not_spend_it(house: House) -> None:
    question = await house.say("kick bob")
    reply = await house.press("Remove", "alice", of=question)
    assert "not yours" in told(reply)
    assert not house.writes
    assert (await house.press("Remove", of=question)).outcome is Outcome.DONE


async def test_a_token_that_was_made_up_does_nothing(house: House) -> None:
    reply = await house.dispatcher.press(ChatUser("console:mia", "mia"), "c", "made-up")
    assert "not known any more" in told(reply)


async def test_it_expires(house: House) -> None:
    question = await house.say("kick bob")
    house.clock.advance(301)
    reply = await house.press("Remove", of=question)
    assert "expired" in told(reply)
    assert not house.writes


async def test_it_is_used_once(house: House) -> None:
    question = await house.say("kick bob")
    await house.press("Remove", of=question)
    reply = await house.press("Remove", of=question)
    assert "answered already" in told(reply)
    assert house.writes == ["RemoveParticipant"]


async def test_a_yes_that_livekit_does_not_answer_names_the_person_and_is_asked_again(house: House) -> None:
    question = await house.say("kick omar spamming")
    house.service.around = failing(UNREACHABLE, "GetParticipant", after=False)
    failed = await house.press("Remove", of=question)
    assert told(failed).startswith("/kick Omar in standup: LiveKit cannot be reached. Nothing was changed.")
    assert failed.question
    assert [one.token for one in failed.buttons] == [one.token for one in question.buttons], "none was spent"
    assert replaces(failed)
    line = failed.public
    assert line is not None
    assert spans_text(line.title).count("/kick Omar in standup") == 1
    assert not line.buttons
    house.service.around = None
    assert (await house.press("Remove", of=failed)).outcome is Outcome.DONE


async def test_a_yes_of_which_no_intent_can_be_written_is_asked_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The question is spent by then, so its buttons are other ones."""
    question = await house.say("kick omar")

    async def full(*_: object, **__: object) -> None:
        raise HistoryError("The history cannot be written.")

    with monkeypatch.context() as patch:
        patch.setattr(type(house.database.history), "append", full)
        failed = await house.press("Remove", of=question)
    assert told(failed).startswith("/kick Omar in standup: The history cannot be written. Nothing was changed.")
    assert labels(failed) == ["Remove", "No, leave it"]
    assert not house.writes
    assert (await house.press("Remove", of=failed)).outcome is Outcome.DONE


async def test_a_question_that_cannot_be_asked_again_still_stands(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = await house.say("kick omar")

    async def full(*_: object, **__: object) -> None:
        raise HistoryError("The history cannot be written.")

    with monkeypatch.context() as patch:
        for method in ("put", "spend", "prolong"):
            patch.setattr(type(house.database.pending), method, full)
        failed = await house.press("Remove", of=question)
    assert "Type the command again once it can be." in told(failed)
    assert not replaces(failed)
    assert (await house.press("Remove", of=question)).outcome is Outcome.DONE


async def test_what_failed_while_it_was_done_is_not_asked_again(house: House) -> None:
    await house.say("kick omar")
    house.service.around = failing(UNREACHABLE, "RemoveParticipant", after=False)
    failed = await house.yes()
    assert failed.outcome is Outcome.FAILED
    assert not failed.question
    assert replaces(failed)


async def test_a_command_that_fails_before_anybody_is_known_names_the_room_in_its_line(house: House) -> None:
    house.service.around = failing(UNREACHABLE, "ListParticipants", after=False)
    for said in ({"line": f"mute bob in:{STANDUP}"}, {"line": "mute", "options": {"who": "bob", "in": STANDUP}}):
        failed = await house.say(room="", **said)
        assert failed.public is not None
        assert "/mute in standup: LiveKit cannot be reached." in spans_text(failed.public.title)
        assert (await house.case(failed.case)).opening.room == STANDUP


async def test_a_button_that_only_asks_is_not_used_up_by_asking(house: House) -> None:
    shown = await house.say("participant bob")
    first = await house.press("Remove", of=shown)
    again = await house.press("Remove", of=shown)
    assert [one.token for one in again.buttons] == [one.token for one in first.buttons]
    await house.press("No, leave it", of=again)
    assert (await house.press("Remove", of=shown)).question
    assert not house.writes


async def test_a_button_that_acts_is_used_once(house: House) -> None:
    done = await house.say("mute bob")
    assert (await house.press("Keep muted", of=done)).outcome is Outcome.DONE
    assert "answered already" in told(await house.press("Keep muted", of=done))


async def test_a_button_that_asks_about_oneself_is_not_used_up_by_asking(house: House) -> None:
    await house.grant("console:bob", Role.MODERATOR, STANDUP)
    shown = await house.say("participant bob", "bob")
    for _ in range(2):
        assert "This is you" in told(await house.press("Mute", "bob", of=shown))
    assert not house.writes


async def test_no_spends_the_yes(house: House) -> None:
    question = await house.say("kick bob")
    await house.press("No, leave it", of=question)
    assert "answered already" in told(await house.press("Remove", of=question))
    assert not house.writes


async def test_of_two_presses_at_once_one_acts(house: House) -> None:
    question = await house.say("kick bob")
    replies = await asyncio.gather(*(house.press("Remove", of=question) for _ in range(5)))
    assert sum(reply.outcome is Outcome.DONE for reply in replies) == 1
    assert house.writes == ["RemoveParticipant"]


async def test_the_person_is_authorised_again_when_they_press(house: House) -> None:
    question = await house.say("kick bob")
    await house.grant("console:mia", Role.VIEWER, STANDUP)
    assert (await house.press("Remove", of=question)).outcome is Outcome.REFUSED
    assert not house.writes
    await house.grant("console:mia", Role.MODERATOR, STANDUP)
    assert (await house.press("Remove", of=question)).outcome is Outcome.DONE, "the refused press did not spend it"


async def test_protection_that_came_since_is_minded_when_they_press(house: House) -> None:
    question = await house.say("kick bob")
    house.use(Policy(protected=("bob",)))
    assert (await house.press("Remove", of=question)).outcome is Outcome.REFUSED
    assert not house.writes


async def test_buttons_outlive_a_restart(house: House) -> None:
    question = await house.say("kick bob")
    house.use()
    assert (await house.press("Remove", of=question)).outcome is Outcome.DONE


async def test_the_buttons_of_a_public_answer_are_for_whoever_is_authorised(house: House) -> None:
    reply = await house.say("mute bob")
    assert (await house.press("Keep muted", "vera", of=reply)).outcome is Outcome.REFUSED
    assert (await house.press("Keep muted", "bea", of=reply)).outcome is Outcome.REFUSED
    assert (await house.press("Keep muted", "alice", of=reply)).outcome is Outcome.DONE


async def test_a_repeated_event_acts_once(house: House) -> None:
    first = await house.say("mute bob", event_key="slack:1")
    again = await house.say("mute bob", event_key="slack:1")
    assert first.outcome is Outcome.DONE
    assert "handled already" in told(again)
    assert again.outcome is None
    assert house.writes == ["MutePublishedTrack"]


async def test_of_simultaneous_deliveries_of_one_event_one_acts(house: House) -> None:
    replies = await asyncio.gather(*(house.say("promote omar", event_key="slack:2") for _ in range(5)))
    assert sum(reply.outcome is Outcome.DONE for reply in replies) == 1
    assert house.writes == ["UpdateParticipant"]


@pytest.mark.parametrize("line", ["use standup", "moderator console:new viewer", "name bob Bo"])
async def test_a_refusal_or_a_change_of_settings_is_one_per_event_too(house: House, line: str) -> None:
    user = "mia" if line.startswith("name") else "alice"
    first = await house.say(line, user, event_key="slack:3")
    assert first.case is not None
    assert "handled already" in told(await house.say(line, user, event_key="slack:3"))


@pytest.mark.parametrize("line", ["kick bob", "mute ann"])
async def test_a_press_that_reaches_two_processes_is_answered_by_the_first_alone(house: House, line: str) -> None:
    question = await house.say(line)
    first = await house.press("Remove" if question.question else 1, of=question, event_key="discord:1")
    assert first.outcome is Outcome.DONE
    label = "Remove" if question.question else 1
    assert handled_elsewhere(await house.press(label, of=question, event_key="discord:1"))
    again = await house.press(label, of=question, event_key="discord:2")
    assert not handled_elsewhere(again)
    assert "answered already" in told(again)
    assert len(house.writes) == 1


async def test_of_one_press_at_two_processes_at_once_one_is_answered(house: House) -> None:
    question = await house.say("mute ann")
    presses = [house.press(1, of=question, event_key="discord:1") for _ in range(3)]
    replies = await asyncio.gather(*presses)
    assert sorted(map(handled_elsewhere, replies)) == [False, True, True]
    assert house.writes == ["MutePublishedTrack"]


async def test_dry_runs_never_ask(house: House) -> None:
    for line in ("kick bob", "close", "move bob backstage", "quiet", "mute EG_recorder --force", "room-metadata"):
        reply = await house.say(f"{line} --dry-run", "alice")
        assert not reply.question, line
    assert not house.writes


async def test_a_question_is_private_and_the_answer_public(house: House) -> None:
    assert (await house.say("kick bob")).audience.value == "private"
    assert (await house.yes()).audience.value == "public"


async def test_whoever_is_asked_in_one_room_answers_for_that_room(house: House) -> None:
    await house.say("quiet backstage", "alice", room=STANDUP)
    await house.yes("alice")
    assert house.track("mei", room=BACKSTAGE).muted
    assert not house.track("bob").muted
