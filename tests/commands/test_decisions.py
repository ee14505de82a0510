"""Decisions that meet: locks and later decisions, undo beside other people's changes, people who come and go."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from adapters.livekit.calls import Call
from adapters.livekit.wire import Json
from bot.history import Outcome
from bot.model import Source
from bot.people import Role, glob_covers, glob_matches
from bot.reply import Tone
from tests.house import STANDUP, House, told


async def test_unmute_does_not_reverse_what_an_admin_decided_after_the_lock(house: House) -> None:
    await house.say("mute bob chat lock")
    await house.say("unmute bob chat")
    await house.say("permissions bob can_publish_data=no", "alice")
    await house.say("unmute bob chat")
    assert not house.person("bob").permission["can_publish_data"]


async def test_unmute_does_not_bring_somebody_back_on_stage_who_was_demoted_after_the_lock(house: House) -> None:
    await house.say("mute bob lock")
    await house.say("unmute bob")
    await house.say("demote bob", "alice")
    await house.say("unmute bob")
    assert not house.person("bob").permission["can_publish"]


async def test_a_lock_reaches_people_in_the_audience_and_holds_through_a_promotion_that_says_so(house: House) -> None:
    await house.say("demote bob")
    assert (await house.say("mute bob lock")).outcome is Outcome.DONE
    await house.say("promote bob")
    assert house.sources("bob") == ["CAMERA", "SCREEN_SHARE"]


async def test_unmute_in_the_audience_gives_back_the_source_without_the_stage(house: House) -> None:
    await house.say("demote bob")
    await house.say("mute bob lock")
    reply = await house.say("unmute bob")
    assert not house.person("bob").permission["can_publish"]
    assert house.sources("bob") == []
    assert "in the audience" in told(reply)


async def test_promote_says_which_lock_it_ends(house: House) -> None:
    lock = await house.say("mute bob all lock")
    assert f"This ends the lock of Bob Stone (camera, microphone, screen, screen sound), case {lock.case}." in told(
        await house.say("promote bob")
    )
    assert await house.database.orders.active() == ()


async def test_undo_of_a_lock_leaves_the_lock_of_another_source_by_somebody_else(house: House) -> None:
    first = await house.say("mute bob microphone lock")
    await house.say("mute bob camera lock", "alice")
    assert (await house.sure(f"undo {first.case}")).outcome is Outcome.DONE
    assert "CAMERA" not in house.sources("bob")
    assert "MICROPHONE" in house.sources("bob")


async def test_quiet_does_not_count_somebody_as_muted_who_came_back_in_another_session(house: House) -> None:
    await house.say("quiet")
    house.rooms.rejoin(STANDUP, "bob")
    sid = house.rooms.publish(STANDUP, "bob", Source.MICROPHONE)
    reply = await house.yes()
    assert reply.tone is Tone.WARN or reply.tone is Tone.ERROR
    assert "Heard since, and not muted: " in told(reply)
    assert not house.track("bob").muted
    assert house.track("bob").sid == sid
    assert "4 of 5 people muted" in told(reply)


async def test_quiet_shows_the_reason_that_it_read(house: House) -> None:
    assert "Reason: much too loud" in told(await house.say("quiet standup much too loud"))


async def test_quiet_with_except_behind_a_reason_or_without_a_name_is_not_guessed(house: House) -> None:
    for line in ("quiet standup too loud except bob", "quiet except", "quiet except and"):
        reply = await house.say(line)
        assert reply.tone is Tone.ERROR, line
        assert not reply.question, line


async def test_two_identities_that_look_alike_are_a_choice(house: House) -> None:
    house.rooms.join(STANDUP, "bob\u200f")
    reply = await house.say("mute bob")
    assert not house.writes
    assert "Who is meant" in told(reply)


async def test_in_behind_the_reason_is_offered_as_the_room_when_the_person_is_there(house: House) -> None:
    reply = await house.say("mute mei noisy in:backstage", "alice")
    assert not house.writes
    assert (await house.press(1, "alice")).outcome is Outcome.DONE, told(reply)
    assert house.track("mei", room="backstage").muted


async def test_an_empty_list_of_rooms_is_not_all_rooms(house: House) -> None:
    assert (await house.say("moderator console:zed moderator in:,", "alice")).tone is Tone.ERROR
    assert not await house.database.roster.grants(["console:zed"])


async def test_nobody_widens_their_own_grant_with_the_help_of_a_group(house: House) -> None:
    await house.grant("console:al", Role.ADMIN, STANDUP)
    await house.grant("slack:T1/@G1", Role.ADMIN)
    reply = await house.say("moderator console:al admin in:*", "al", groups=["slack:T1/@G1"])
    assert reply.outcome is Outcome.REFUSED


def test_a_glob_of_many_stars_is_matched_at_once() -> None:
    assert not glob_matches("*a" * 30 + "*b", "a" * 200)
    assert glob_matches("*a" * 30 + "*", "a" * 200)
    assert glob_matches("st?n*", "standup")
    assert not glob_matches("st?n", "standup")
    assert glob_matches("[a]", "[a]")
    assert glob_covers("stand*", "standup-?")


async def test_a_page_beyond_the_last_is_not_an_empty_history(house: House) -> None:
    await house.say("mute bob")
    assert "There is no page 9" in told(await house.say("history 9"))
    assert (await house.say("history " + "x" * 300)).tone is Tone.ERROR


async def test_kick_of_somebody_who_came_back_just_before_it_is_not_called_already(house: House) -> None:
    await house.say("kick bob")
    looks = 0

    async def back_before_the_second_look(call: Call, carry_out: Callable[[], Awaitable[Json]]) -> Json:
        nonlocal looks
        looks += call.method == "GetParticipant"
        if looks == 2 and call.method == "GetParticipant":
            house.rooms.rejoin(STANDUP, "bob")
        return await carry_out()

    house.service.around = back_before_the_second_look
    reply = await house.yes()
    assert reply.outcome is None
    assert "came back in a new session" in told(reply)
    assert "RemoveParticipant" not in house.writes
