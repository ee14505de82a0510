"""/quiet: the 3 a.m. command."""

from __future__ import annotations

from adapters.livekit.calls import Call
from bot.errors import Rejected
from bot.history import EntryKind, Outcome
from bot.people import Role
from bot.reply import Tone
from tests.core.faults import REFUSED, failing
from tests.house import BACKSTAGE, STANDUP, House, labels, told

HEARD = {"hana", "bob", "anna", "lena", "sip_+15550100"}


async def test_it_previews_names_and_number_asks_once_and_mutes_every_open_audible_track(house: House) -> None:
    question = await house.say("quiet")
    assert question.question
    assert "5 people" in told(question)
    assert STANDUP in told(question)
    assert all(name in told(question) for name in ("Hana Ito", "Bob Stone", "Anna", "Lena Okafor"))
    assert not house.writes
    reply = await house.yes()
    assert (reply.tone, reply.outcome) == (Tone.OK, Outcome.DONE)
    assert all(track.muted for who in HEARD for track in house.person(who).tracks.values() if track.type == "AUDIO")
    assert house.writes == ["MutePublishedTrack"] * 5
    assert "5 of 5" in told(reply)


async def test_one_person_is_no_people(house: House) -> None:
    await house.say("quiet except anna, lena, hana, Bob Stone")
    assert "Quiet: 1 person muted in standup." in told(await house.yes())


async def test_one_person_who_is_not_muted_is_nobody_muted(house: House) -> None:
    await house.say("quiet except anna, lena, hana, Bob Stone")
    house.service.around = failing(REFUSED, "MutePublishedTrack", after=False)
    assert "Quiet: nobody muted in standup." in told(await house.yes())


async def test_video_goes_on(house: House) -> None:
    await house.sure("quiet")
    assert not house.track("bob", "CAMERA").muted


async def test_it_is_one_case_with_a_part_for_each_person(house: House) -> None:
    reply = await house.sure("quiet")
    case = await house.case(reply.case)
    assert {entry.content.identity for entry in case.intents if entry.content} == HEARD
    assert await house.outcomes(reply.case) == [Outcome.DONE] * 5


async def test_the_excepted_are_left_and_named(house: House) -> None:
    question = await house.say('quiet except anna "Bob Stone" hana')
    assert "2 people" in told(question)
    assert "Bob Stone (is excepted)" in told(question)
    await house.yes()
    assert not house.track("bob").muted
    assert not house.track("anna").muted
    assert house.track("lena", "SCREEN_SHARE_AUDIO").muted


async def test_exceptions_may_be_apart_by_commas_and_and(house: House) -> None:
    question = await house.say("quiet except anna, bob and hana")
    assert "2 people" in told(question)


async def test_an_exception_that_is_nobody_stops_it(house: House) -> None:
    reply = await house.say("quiet except mallory")
    assert not reply.question
    assert "not clear who 'mallory' is" in told(reply)


async def test_the_scope_counts_behind_the_exceptions_too(house: House) -> None:
    question = await house.say("quiet except mei in:backstage", "alice", room="")
    assert "Nobody can be heard in backstage" in told(question)


async def test_the_protected_are_left_also_by_an_admin_with_force(house: House) -> None:
    house.use(type(house.policy)(admins=house.policy.admins, protected=("han*",)))
    question = await house.say("quiet --force", "alice")
    assert "Hana Ito (is protected by the settings)" in told(question)
    await house.yes("alice")
    assert not house.track("hana").muted
    assert house.track("bob").muted


async def test_oneself_is_left(house: House) -> None:
    await house.grant("console:bob", Role.MODERATOR)
    question = await house.say("quiet", "bob")
    assert "Bob Stone (is you)" in told(question)


async def test_a_quiet_room_is_said_to_be_quiet(house: House) -> None:
    await house.sure("quiet")
    reply = await house.say("quiet")
    assert not reply.question
    assert "Nobody can be heard in standup" in told(reply)


async def test_exactly_the_people_of_the_question_are_muted_and_who_is_heard_since_is_named(house: House) -> None:
    await house.say("quiet")
    house.rooms.set_muted(STANDUP, "anna-berg", house.track("anna-berg").sid, False)
    reply = await house.yes()
    assert not house.track("anna-berg").muted
    assert "Heard since, and not muted: Anna Berg" in told(reply)
    again = await house.press("Quiet the room again")
    assert again.question


async def test_who_left_or_came_back_anew_since_is_not_touched(house: House) -> None:
    await house.say("quiet")
    house.rooms.leave(STANDUP, "anna")
    house.rooms.rejoin(STANDUP, "bob")
    house.rooms.publish(STANDUP, "bob")
    reply = await house.yes()
    assert not house.track("bob").muted
    assert "has left" in told(reply)
    assert reply.outcome is Outcome.DONE


async def test_one_failure_is_its_own_and_comes_first(house: House) -> None:
    async def refuse_bob(call: Call, carry_out):  # type: ignore[no-untyped-def]
        if call.method == "MutePublishedTrack" and call.body["identity"] == "bob":
            raise Rejected("LiveKit refused.", "internal")
        return await carry_out()

    house.service.around = refuse_bob
    reply = await house.sure("quiet")
    assert (reply.tone, reply.outcome) == (Tone.ERROR, Outcome.FAILED)
    assert "4 of 5" in told(reply)
    assert told(reply).splitlines()[1].startswith("Bob Stone, not muted: LiveKit refused.")
    case = await house.case(reply.case)
    outcomes = sorted(str(e.outcome) for e in case.entries if e.kind is EntryKind.OUTCOME)
    assert outcomes == ["done", "done", "done", "done", "failed"]


async def test_the_dry_run_names_the_people_and_mutes_nobody(house: House) -> None:
    reply = await house.say("quiet --dry-run")
    assert "would mute 5 people" in told(reply)
    assert not reply.question
    assert not house.writes


async def test_the_list_of_participants_offers_it_first(house: House) -> None:
    reply = await house.say("participants")
    assert labels(reply)[0] == "Quiet the room"
    assert (await house.press("Quiet the room")).question


async def test_it_acts_in_the_room_that_is_named(house: House) -> None:
    house.rooms.set_muted(BACKSTAGE, "tom", house.track("tom", room=BACKSTAGE).sid, False)
    question = await house.say("quiet backstage too loud", "alice")
    assert "2 people in backstage" in told(question)
    reply = await house.yes("alice")
    assert "Reason: too loud" in told(reply)
    assert not house.track("bob").muted


async def test_a_mute_of_many_has_no_undo(house: House) -> None:
    reply = await house.sure("quiet")
    assert "a mute has no undo" in told(await house.say(f"undo {reply.case}")).lower()


async def test_a_long_list_is_cut_and_what_was_cut_is_said(house: House) -> None:
    for number in range(60):
        house.rooms.join(STANDUP, f"guest-{number:02}")
        house.rooms.publish(STANDUP, f"guest-{number:02}")
    question = await house.say("quiet")
    assert "53 more" in told(question)
    assert "25 more, all muted" in told(await house.yes())
