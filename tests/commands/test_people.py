"""/moderators, /moderator, /whoami, /help, and who is not known."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from bot.history import Draft, Entry, EntryKind, Outcome
from bot.people import Role
from bot.policy import Policy
from tests.house import BACKSTAGE, STANDUP, House, labels, told


@pytest.mark.parametrize("line", ["mute bob", "rooms", "nonsense", "participants backstage", "kick bob in:backstage"])
async def test_unknown_people_are_refused_told_their_id_and_who_can_grant(house: House, line: str) -> None:
    reply = await house.say(line, "mallory")
    assert reply.outcome is Outcome.REFUSED
    assert "Your id is console:mallory" in told(reply)
    assert "console:alice" in told(reply)
    assert not house.service.calls, "nothing was looked at for them"
    assert STANDUP not in told(reply)


async def test_unknown_people_are_recorded_at_most_once_a_minute_each(house: House) -> None:
    for _ in range(3):
        await house.say("mute bob", "mallory")
    await house.say("mute bob", "trudy")
    assert len(await house.refusals()) == 2
    house.clock.advance(61)
    await house.say("mute bob", "mallory")
    refusals = await house.refusals()
    assert len(refusals) == 3
    assert refusals[-1].content is not None
    assert (refusals[-1].content.actor, refusals[-1].content.arguments) == ("console:mallory", "bob")


async def test_whoami_tells_anybody_their_id_role_and_scopes(house: House) -> None:
    assert "console:mallory" in told(await house.say("whoami", "mallory"))
    assert "no role" in told(await house.say("whoami", "mallory"))
    answer = told(await house.say("whoami"))
    assert "moderator in standup (as console:mia, given by console:alice)" in answer
    assert "given by settings" in told(await house.say("whoami", "alice"))


async def test_a_role_may_come_from_a_platform_group(house: House) -> None:
    await house.grant("slack:T1/@G1", Role.MODERATOR, STANDUP)
    assert (await house.say("mute bob", "slack:T1/U9", groups=("slack:T1/@G1",))).outcome is Outcome.DONE
    assert (await house.say("mute bob", "slack:T1/U9")).outcome is Outcome.REFUSED
    assert "slack:T1/@G1" in told(await house.say("whoami", "slack:T1/U9", groups=("slack:T1/@G1",)))


async def test_a_group_may_be_admin_by_the_settings(house: House) -> None:
    house.use(Policy(admins=("discord:1/@2",)))
    assert (await house.say("rooms", "discord:7", groups=("discord:1/@2",))).outcome is None


async def test_help_shows_only_what_the_person_may_use(house: House) -> None:
    stranger, viewer = told(await house.say("help", "mallory")), told(await house.say("help", "vera"))
    assert "/whoami" in stranger
    assert "/participants" not in stranger
    assert "An admin can give you a role" in stranger
    assert "/participants" in viewer
    assert "/mute" not in viewer
    assert "/metadata" not in told(await house.say("help"))
    assert "/metadata" in told(await house.say("help", "alice"))


async def test_help_of_one_command_says_everything_about_it(house: House) -> None:
    answer = told(await house.say("help mute"))
    for said in (
        "/mute who [what] [lock] [for time] [reason]",
        "unmute themselves",
        "/mute bob lock shouting",
        "microphone",
    ):
        assert said in answer
    assert (await house.say("help metadata")).outcome is Outcome.REFUSED
    assert "`" not in answer
    assert "Did you mean /mute" in told(await house.say("help muet"))
    assert told(await house.press(labels(await house.say("help muet"))[0])) == answer


async def test_the_role_that_a_command_needs_is_a_setting(house: House) -> None:
    house.use(Policy(admins=("console:alice",), roles={"mute": Role.ADMIN, "kick": Role.VIEWER}))
    assert (await house.say("mute bob")).outcome is Outcome.REFUSED
    assert (await house.say("kick bob", "vera")).question
    assert "/mute" not in told(await house.say("help"))


async def test_moderators_lists_everybody_with_role_rooms_and_giver(house: House) -> None:
    answer = told(await house.say("moderators", "alice"))
    assert "console:alice, admin, *, settings" in answer
    assert "console:mia, moderator, standup, console:alice" in answer
    assert "console:bea, admin, backstage" in answer


async def test_moderators_shows_no_room_out_of_scope(house: House) -> None:
    await house.grant("console:both", Role.MODERATOR, STANDUP, "secret-room")
    await house.grant("console:wide", Role.MODERATOR, "stand*")
    answer = told(await house.say("moderators"))
    assert "console:both, moderator, standup" in answer
    assert "secret-room" not in answer
    assert BACKSTAGE not in answer


async def test_moderator_gives_a_role_over_rooms_at_once(house: House) -> None:
    reply = await house.say("moderator console:new moderator in:standup,daily-*", "alice")
    assert reply.outcome is Outcome.DONE
    assert "console:new has the role moderator in standup, daily-*" in told(reply)
    assert (await house.say("mute bob", "new")).outcome is Outcome.DONE
    entry = (await house.case(reply.case)).first
    assert entry.kind is EntryKind.GRANT
    assert entry.server == "test"


async def test_a_glob_that_is_copied_from_a_chat_is_one(house: House) -> None:
    reply = await house.say("moderator console:zed moderator in:stand＊,x-*", "alice")
    assert "stand*, x-*" in told(reply)
    assert (await house.say("mute bob in:standup", "zed")).outcome is Outcome.DONE
    assert "stand* is now the room" in told(await house.say("use stand＊", "zed"))


async def test_moderator_takes_a_role_away(house: House) -> None:
    reply = await house.say("moderator console:mia none", "alice")
    assert "console:mia has no role any more" in told(reply)
    assert "Before: moderator in standup" in told(reply)
    assert (await house.say("mute bob")).outcome is Outcome.REFUSED


async def test_the_same_again_is_already(house: House) -> None:
    assert (await house.say("moderator console:mia moderator in:standup", "alice")).outcome is Outcome.ALREADY
    assert (await house.say("moderator console:nobody none", "alice")).outcome is Outcome.ALREADY


@pytest.mark.parametrize("subject", ["slack:T012/U345", "slack:T012/@S99", "discord:81", "discord:81/@82", "console:x"])
async def test_whom_it_is_given_is_written_as_in_the_settings(house: House, subject: str) -> None:
    assert (await house.say(f"moderator {subject} viewer", "alice")).outcome is Outcome.DONE


@pytest.mark.parametrize("subject", ["bob", "slack:bob", "discord:@x", "console:", "matrix:@a:b", "slack:T1/"])
async def test_anything_else_is_no_account(house: House, subject: str) -> None:
    assert "is no account" in told(await house.say(f"moderator {subject} viewer", "alice"))


async def test_a_role_that_does_not_exist_is_said_with_those_that_do(house: House) -> None:
    assert "The roles are none, viewer, moderator, admin" in told(await house.say("moderator console:x boss", "alice"))


async def test_giving_needs_an_admin(house: House) -> None:
    assert (await house.say("moderator console:new viewer")).outcome is Outcome.REFUSED


async def test_the_last_admin_cannot_be_removed(house: House) -> None:
    await house.grant("console:ada", Role.ADMIN)
    house.use(Policy())
    for line in ("none", "moderator", "admin in:standup"):
        reply = await house.say(f"moderator console:ada {line}", "ada")
        assert reply.outcome is Outcome.REFUSED
        assert "last admin" in told(reply)
    await house.say("moderator console:eve admin", "ada")
    assert (await house.say("moderator console:ada none", "ada")).outcome is Outcome.DONE


async def test_an_admin_of_the_settings_is_changed_only_there(house: House) -> None:
    assert "USHER_ADMINS" in told(await house.say("moderator console:alice none", "alice"))


async def test_nobody_raises_their_own_role_nor_that_of_their_group(house: House) -> None:
    await house.grant("slack:T1/@G1", Role.ADMIN)
    for subject in ("slack:T1/U1", "slack:T1/@G2"):
        groups = ("slack:T1/@G1", "slack:T1/@G2")
        reply = await house.say(f"moderator {subject} admin", "slack:T1/U1", groups=groups)
        assert "Nobody raises their own role" in told(reply)


async def test_an_admin_of_some_rooms_gives_roles_over_those_alone(house: House) -> None:
    assert (await house.say("moderator console:new moderator", "bea")).outcome is Outcome.DONE
    assert "console:new, moderator, backstage" in told(await house.say("moderators", "alice"))
    for rooms in ("standup", "*", "back*"):
        reply = await house.say(f"moderator console:new moderator in:{rooms}", "bea")
        assert reply.outcome is Outcome.REFUSED


async def test_a_grant_over_rooms_of_others_is_not_changed_and_the_rooms_are_not_named(house: House) -> None:
    reply = await house.say("moderator console:mia none", "bea")
    assert reply.outcome is Outcome.REFUSED
    assert STANDUP not in told(reply)
    assert (await house.say("mute bob")).outcome is Outcome.DONE


async def test_roles_are_of_one_livekit_server(house: House) -> None:
    assert all(grant.server == "test" for grant in await house.database.roster.grants())


async def test_help_of_one_command_tells_a_stranger_who_can_grant_and_is_recorded_once_a_minute(house: House) -> None:
    for _ in range(5):
        reply = await house.say("help kick", "stranger")
        assert "You are not a moderator here" in told(reply)
    assert len(await house.refusals()) == 1
    assert (await house.refusals())[0].code == "not_a_moderator"


async def test_two_last_admins_who_remove_each_other_at_once_leave_one(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.use(Policy())
    await house.grant("console:ann", Role.ADMIN, "*")
    await house.grant("console:ben", Role.ADMIN, "*")
    both, append = asyncio.Barrier(2), type(house.database.history).append

    async def together(history: Any, drafts: Sequence[Draft], event_key: str | None = None) -> tuple[Entry, ...]:
        if any(draft.keeps_admin for draft in drafts):
            await both.wait()  # both have been found to be admins, and neither has written yet
        return await append(history, drafts, event_key)

    monkeypatch.setattr(type(house.database.history), "append", together)
    replies = await asyncio.gather(
        house.say("moderator console:ben none", "ann"), house.say("moderator console:ann none", "ben")
    )
    assert sorted(str(reply.outcome) for reply in replies) == ["done", "refused"]
    admins = [g.subject for g in await house.database.roster.grants() if g.role is Role.ADMIN and "*" in g.rooms]
    assert len(admins) == 1
    assert [entry.code for entry in await house.refusals()] == ["last_admin"]
