"""What there is to choose from while somebody types, and for whom there is nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from adapters.livekit.calls import Call
from adapters.livekit.simulator.people import JoinGrant
from adapters.livekit.wire import Json
from bot.history import Outcome
from bot.people import ChatUser, Role
from bot.reply import Reply
from bot.suggest import Suggestions
from bot.suggested import SuggestedPerson, SuggestedRoom
from tests.core.faults import UNREACHABLE, CarryOut
from tests.core.histories import FULL, settle
from tests.house import BACKSTAGE, STANDUP, House, subject_of, told

CALLER = "sip_+15550100"
OPS = "slack:T1/@S1"


@pytest.fixture
async def suggestions(house: House) -> AsyncIterator[Suggestions]:
    suggestions = Suggestions(house.dispatcher)
    yield suggestions
    await suggestions.aclose()


def user(name: str) -> ChatUser:
    return ChatUser(subject_of(name), name)


def groups(found: Sequence[SuggestedPerson]) -> list[tuple[str, list[str]]]:
    """The labels below each group, in order."""
    kept: list[tuple[str, list[str]]] = []
    for one in found:
        if not kept or kept[-1][0] != one.group:
            kept.append((one.group, []))
        kept[-1][1].append(one.label)
    return kept


def asked(house: House, method: str) -> int:
    return sum(call.method == method for call in house.service.calls)


class Gate:
    """Holds back calls of this method until it is opened."""

    def __init__(self, house: House, method: str) -> None:
        self.method, self.open = method, asyncio.Event()
        house.service.around = self._around

    async def _around(self, call: Call, carry_out: CarryOut) -> Json:
        if call.method == self.method:
            await self.open.wait()
        return await carry_out()


# Who is offered what


async def test_people_are_offered_as_a_moderator_wants_to_see_them(house: House, suggestions: Suggestions) -> None:
    assert groups(await suggestions.people(user("mia"), STANDUP)) == [
        (
            "Open microphones",
            [
                "+…00 (sip_+…00), microphone open",
                "Anna (anna), microphone open",
                "Bob Stone (bob), microphone open, camera open",
                "Hana Ito (hana), microphone open, camera open",
                "Lena Okafor (lena), screen open, screen sound open",
            ],
        ),
        ("Hands raised", ["\u2068נועה 🎧\u2069 (noa)"]),
        ("On stage", ["Anna Berg (anna-berg), microphone muted", "Note taker (agent-notes)"]),
        ("Audience", ["Omar (omar)"]),
    ]


async def test_the_value_names_the_person_and_never_a_number(house: House, suggestions: Suggestions) -> None:
    values = {one.label: one.value for one in await suggestions.people(user("mia"), STANDUP)}
    assert values["Bob Stone (bob), microphone open, camera open"] == "bob"
    caller = house.person(CALLER).sid
    assert caller in values.values()
    assert not any("555" in text for pair in values.items() for text in pair)
    admins = [one.value for one in await suggestions.people(user("alice"), STANDUP)]
    assert CALLER in admins
    assert caller not in admins


async def test_every_value_is_understood_as_that_person(house: House, suggestions: Suggestions) -> None:
    house.rooms.join(STANDUP, JoinGrant("x" * 101, "Long"))
    house.rooms.join(STANDUP, JoinGrant("😀" * 51, "Wide"))
    house.rooms.join(STANDUP, JoinGrant("left\u200f", "Left"))
    house.rooms.join(STANDUP, "two words")
    house.rooms.join(STANDUP, JoinGrant("<@U045EF6GH>", "Mention"))
    for who in ("mia", "alice"):
        for one in await suggestions.people(user(who), STANDUP):
            reply = await house.say("participant", who, options={"who": one.value})
            (identity,) = [p.identity for p in house.rooms.rooms[STANDUP].people.values() if p.sid in told(reply)]
            assert one.value in (identity, house.person(identity).sid)
            assert one.label.startswith(told(reply).partition(" in standup")[0][:20])


@pytest.mark.parametrize(
    ("identity", "fits"),
    [
        ("x" * 100, True),
        ("x" * 101, False),
        ("😀" * 50, True),
        ("😀" * 51, False),
        ("a\nb", False),
        ("<@U045EF6GH>", False),
        ("<!channel>", False),
        ("<b>", True),
    ],
)
async def test_an_identity_that_the_platform_does_not_take_is_named_by_its_session(
    house: House, suggestions: Suggestions, identity: str, fits: bool
) -> None:
    house.rooms.join(STANDUP, JoinGrant(identity, "Zed"))
    (one,) = await suggestions.people(user("mia"), STANDUP, "zed")
    assert one.value == (identity if fits else house.person(identity).sid)


async def test_what_is_typed_is_a_part_of_the_name_or_the_identity(house: House, suggestions: Suggestions) -> None:
    async def names(text: str, who: str = "mia") -> list[str]:
        return [one.label.partition(" (")[0] for one in await suggestions.people(user(who), STANDUP, text)]

    assert await names("ANNA") == ["Anna", "Anna Berg"]
    assert await names("okáfor") == ["Lena Okafor"]
    assert await names("open") == [], "no word for a filter, but a part of a name"
    assert await names("15550100") == [], "a number finds nobody"
    assert await names("15550100", "alice") == ["+1 555 0100"]
    assert len(await names("")) == 9
    assert await names("x" * 100_000) == []


async def test_names_cannot_be_as_long_as_to_hide_whose_they_are(house: House, suggestions: Suggestions) -> None:
    house.rooms.join(STANDUP, JoinGrant("abcdefghijklmnop-4711", "Zed\n" + "d" * 200))
    house.rooms.join(STANDUP, "z" * 60 + "-4711")
    labels = [one.label for one in await suggestions.people(user("mia"), STANDUP, "4711")]
    assert labels == ["Zed " + "d" * 27 + "… (…jklmnop-4711)", "…" + "z" * 27 + "-4711"]


@pytest.mark.parametrize("who", ["mallory", "bea"])
async def test_whoever_has_no_role_there_learns_no_name(house: House, suggestions: Suggestions, who: str) -> None:
    await suggestions.people(user("alice"), STANDUP)  # what others have seen is no help
    calls = len(house.service.calls)
    assert await suggestions.people(user(who), STANDUP) == ()
    assert await suggestions.tracks(user(who), STANDUP) == ()
    assert STANDUP not in [room.name for room in await suggestions.rooms(user(who))]
    assert await suggestions.cases(user("mallory")) == ()
    if who == "mallory":
        assert len(house.service.calls) == calls, "nothing is looked up for them"


async def test_hidden_people_are_for_admins_of_that_room(house: House, suggestions: Suggestions) -> None:
    assert "EG_recorder" in [one.value for one in await suggestions.people(user("alice"), STANDUP)]
    assert "EG_recorder" not in [one.value for one in await suggestions.people(user("mia"), STANDUP)]
    assert "EG_recorder" in [one.value for one in await suggestions.people(user("alice"), STANDUP)]


async def test_there_is_nothing_where_no_room_is_or_none_is_named(house: House, suggestions: Suggestions) -> None:
    assert await suggestions.people(user("alice"), "nowhere") == ()
    assert await suggestions.people(user("alice"), "") == ()


async def test_groups_as_they_were_lately_count_for_what_calms_alone(house: House, suggestions: Suggestions) -> None:
    await house.grant(OPS, Role.MODERATOR, STANDUP)
    una = ChatUser("slack:T1/U7", "una", lately=(OPS,))
    assert await suggestions.people(una, STANDUP) == ()
    assert await suggestions.rooms(una) == ()
    assert await suggestions.people(una, STANDUP, "bob", calming=True)
    assert await suggestions.rooms(una, calming=True)
    assert await suggestions.tracks(una, STANDUP, calming=True)
    guest = replace(una, groups=(OPS,), limited="a guest")
    assert await suggestions.people(guest, STANDUP, calming=True) == ()


# Rooms


async def test_rooms_are_those_in_scope_with_who_is_in_them(house: House, suggestions: Suggestions) -> None:
    assert await suggestions.rooms(user("alice")) == (
        SuggestedRoom(BACKSTAGE, "2 people, 1 open microphone"),
        SuggestedRoom(STANDUP, "10 people, 5 open microphones"),
    )
    assert await suggestions.rooms(user("mia")) == (SuggestedRoom(STANDUP, "9 people, 5 open microphones"),)
    assert [room.name for room in await suggestions.rooms(user("alice"), "STAGE")] == [BACKSTAGE]
    house.rooms.open("empty")
    house.clock.advance(2)
    assert SuggestedRoom("empty", "no people, no open microphones") in await suggestions.rooms(user("alice"))


async def test_the_number_in_the_name_of_a_room_is_shown_to_admins_alone(
    house: House, suggestions: Suggestions
) -> None:
    name = "call-_+441234567890_x"
    await house.grant("console:mia", Role.MODERATOR)
    house.rooms.join(name, "zed")
    for who, label in (("mia", "call-_+…90_x"), ("alice", name)):
        (room,) = [one for one in await suggestions.rooms(user(who)) if one.name == name]
        assert room.label == label


async def test_of_many_rooms_the_first_are_looked_into_and_all_are_offered(
    house: House, suggestions: Suggestions
) -> None:
    for number in range(12):
        house.rooms.join(f"a-{number:02}", "guest")
    found = await suggestions.rooms(user("alice"))
    assert len(found) == 14
    assert [room.facts for room in found[:11]] == ["1 person, no open microphones"] * 10 + ["1 person"]
    assert asked(house, "ListParticipants") == 10


async def test_rooms_that_cannot_be_looked_into_in_time_are_offered_all_the_same(
    house: House, suggestions: Suggestions
) -> None:
    Gate(house, "ListParticipants")
    asking = asyncio.create_task(suggestions.rooms(user("mia")))
    await settle()
    assert not asking.done()
    house.clock.advance(1)
    (room,) = await asking
    assert room.name == STANDUP
    assert "microphone" not in room.facts


# Typing


async def test_typing_does_not_hammer_livekit_and_another_moment_looks_again(
    house: House, suggestions: Suggestions
) -> None:
    for text in ("b", "bo", "bob"):
        assert await suggestions.people(user("mia"), STANDUP, text)
        assert await suggestions.people(user("alice"), STANDUP, text)
    assert asked(house, "ListParticipants") == 1
    house.rooms.leave(STANDUP, "bob")
    assert await suggestions.people(user("mia"), STANDUP, "bob")
    house.clock.advance(1)
    assert await suggestions.people(user("mia"), STANDUP, "bob") == ()


async def test_who_joined_a_moment_ago_is_found_by_another_look(house: House, suggestions: Suggestions) -> None:
    await suggestions.people(user("mia"), STANDUP)
    house.rooms.join(STANDUP, "zoe")
    house.rooms.publish(STANDUP, "zoe")
    assert await suggestions.people(user("mia"), STANDUP, "zoe") == ()
    assert asked(house, "ListParticipants") == 1
    house.clock.advance(0.2)
    assert await suggestions.tracks(user("mia"), STANDUP, "zoe")
    assert await suggestions.people(user("mia"), STANDUP, "zoe")
    assert asked(house, "ListParticipants") == 2


async def test_those_who_ask_at_once_wait_for_one_look(house: House, suggestions: Suggestions) -> None:
    gate = Gate(house, "ListParticipants")
    asking = [asyncio.create_task(suggestions.people(user("mia"), STANDUP, text)) for text in ("bob", "anna", "")]
    await settle()
    asking[0].cancel()  # one of them does not wait any more
    await settle()
    gate.open.set()
    assert [len(found) for found in await asyncio.gather(*asking[1:])] == [2, 9]
    assert asked(house, "ListParticipants") == 1


async def test_after_the_deadline_there_is_the_look_before_or_nothing(house: House) -> None:
    suggestions = Suggestions(house.dispatcher, deadline_seconds=0.3)
    await suggestions.people(user("mia"), STANDUP)
    house.clock.advance(5)
    house.rooms.join(STANDUP, "zoe")
    house.rooms.join("side", "zoe")
    gate = Gate(house, "ListParticipants")
    late = [
        asyncio.create_task(suggestions.people(user("alice"), room, text))
        for room, text in ((STANDUP, "bob"), (STANDUP, "zoe"), ("side", "zoe"))
    ]
    await settle()
    house.clock.advance(0.3)
    assert [len(found) for found in await asyncio.gather(*late)] == [1, 0, 0]
    gate.open.set()
    await settle()
    assert await suggestions.people(user("alice"), "side", "zoe"), "the look has come for the next who asks"
    assert asked(house, "ListParticipants") == 3
    await suggestions.aclose()


async def test_a_look_of_long_ago_is_not_shown_however_long_livekit_takes(
    house: House, suggestions: Suggestions
) -> None:
    await suggestions.people(user("mia"), STANDUP)
    house.clock.advance(14)
    Gate(house, "ListParticipants")
    asking = asyncio.create_task(suggestions.people(user("mia"), STANDUP))
    await settle()
    house.clock.advance(1)
    assert await asking == ()


async def test_whoever_waits_until_a_moment_waits_no_longer_for_all_that_they_ask(
    house: House, suggestions: Suggestions
) -> None:
    assert await suggestions.meant(user("mia"), "c") == STANDUP
    assert await suggestions.people(user("mia"), STANDUP)
    house.clock.advance(1)
    gate = Gate(house, "ListRooms")
    now = house.clock.monotonic()
    soon, later = suggestions.by(now + 0.1), suggestions.by(now + 0.3)
    meant = asyncio.create_task(soon.meant(user("mia"), "c"))
    await settle()
    assert not meant.done()
    house.clock.advance(0.1)
    assert await meant == STANDUP, "of the look before"
    gate.open.set()
    Gate(house, "ListParticipants")
    people = asyncio.create_task(later.people(user("mia"), STANDUP))
    await settle()
    assert not people.done()
    house.clock.advance(0.2)
    assert len(await people) == 9, "of the look before"
    await suggestions.aclose()


async def test_a_look_that_never_ends_is_given_up_and_begun_again(house: House, suggestions: Suggestions) -> None:
    gate = Gate(house, "ListParticipants")
    asking = asyncio.create_task(suggestions.people(user("mia"), STANDUP))
    await settle()
    house.clock.advance(5)
    assert await asking == ()
    await settle()
    house.clock.advance(1)
    gate.open.set()
    assert await suggestions.people(user("mia"), STANDUP)
    assert asked(house, "ListParticipants") == 2


async def test_while_livekit_is_down_there_is_nothing_and_it_is_not_asked_at_each_key(
    house: House, suggestions: Suggestions
) -> None:
    await suggestions.people(user("mia"), STANDUP)
    house.clock.advance(1)

    async def down(call: Call, carry_out: CarryOut) -> Json:
        raise UNREACHABLE

    house.service.around = down
    for _ in range(3):
        assert await suggestions.people(user("mia"), STANDUP) == ()
        assert await suggestions.tracks(user("mia"), STANDUP) == ()
        assert await suggestions.rooms(user("mia")) == ()
    assert asked(house, "ListParticipants") == 2
    assert asked(house, "ListRooms") == 1
    house.service.around = None
    house.clock.advance(1)
    assert await suggestions.people(user("mia"), STANDUP)


async def test_who_somebody_is_has_to_be_known_in_time_too(house: House, suggestions: Suggestions) -> None:
    roster = house.database.roster
    never = asyncio.Event()

    class Slow:
        async def grants(self, subjects: Sequence[str] | None = None) -> Any:
            await never.wait()
            return await roster.grants(subjects)

    slow: Any = Slow()
    house.use(roster=slow)
    suggestions = Suggestions(house.dispatcher)
    asking = asyncio.create_task(suggestions.people(user("mia"), STANDUP))
    await settle()
    house.clock.advance(1)
    assert await asking == ()
    assert house.service.calls == []


async def test_closing_ends_what_is_under_way(house: House, suggestions: Suggestions) -> None:
    Gate(house, "ListParticipants")
    asking = asyncio.create_task(suggestions.people(user("mia"), STANDUP))
    await settle()
    await suggestions.aclose()
    assert await asking == ()
    assert len(asyncio.all_tasks()) == 1


async def test_somebody_seen_here_is_known_to_commands_when_they_have_left(
    house: House, suggestions: Suggestions
) -> None:
    await suggestions.people(user("mia"), STANDUP)
    house.rooms.leave(STANDUP, "omar")
    assert (await house.say("kick omar")).outcome is Outcome.ALREADY


# Tracks


async def test_tracks_are_offered_with_their_publisher(house: House, suggestions: Suggestions) -> None:
    async def labels(text: str, who: str = "mia") -> list[str]:
        return [track.label for track in await suggestions.tracks(user(who), STANDUP, text)]

    assert await labels("berg") == ["Anna Berg (anna-berg), microphone muted"]
    assert await labels("camera") == ["Bob Stone (bob), camera open", "Hana Ito (hana), camera open"]
    (bob,) = [one for one in await suggestions.tracks(user("mia"), STANDUP, "bob") if "camera" in one.label]
    assert bob.value == house.track("bob", "CAMERA").sid
    assert await labels(bob.value.lower()) == [bob.label]
    assert await labels("555") == []
    assert "+…00 (sip_+…00), microphone open" in await labels("")


# Cases


@pytest.fixture
async def past(house: House) -> list[Reply]:
    done = [
        await house.say("mute bob"),
        await house.say("demote anna"),
        await house.sure("mute EG_recorder lock --force", "alice"),
        await house.say(f"mute {CALLER}", "alice"),
        await house.say("mute mei", "alice", room=BACKSTAGE),
        await house.say("moderator console:zed viewer", "alice"),
    ]
    assert all(reply.case for reply in done), [told(reply) for reply in done]
    return done


async def numbers(suggestions: Suggestions, text: str, who: str = "mia") -> list[int]:
    return [case.number for case in await suggestions.cases(user(who), text)]


async def test_cases_are_offered_newest_first_in_scope_and_without_numbers(
    house: House, suggestions: Suggestions, past: list[Reply]
) -> None:
    bob, anna, hidden, caller, mei, grant = (reply.case for reply in past)
    house.clock.advance(180)
    found = await suggestions.cases(user("mia"))
    assert [case.number for case in found] == [caller, anna, bob]
    assert found[2].label == f"{bob} mute Bob Stone (bob) in standup: done, 3 min ago"
    assert not any("555" in case.label or "recorder" in case.label for case in found)
    assert (await numbers(suggestions, "", "alice"))[:6] == [grant, mei, caller, hidden, anna, bob]
    assert "+1 555 0100" in (await suggestions.cases(user("alice"), "mute"))[1].label


async def test_a_case_is_found_by_number_name_and_command(
    house: House, suggestions: Suggestions, past: list[Reply]
) -> None:
    bob, anna, hidden, caller, mei, _ = (reply.case for reply in past)
    assert await numbers(suggestions, f"#{bob}") == [bob]
    assert await numbers(suggestions, "stone") == [bob]
    assert await numbers(suggestions, "demote") == [anna]
    for text in (str(hidden), str(mei), "mei", "recorder", "5550100", "9" * 9, "9" * 200, "no such case"):
        assert await numbers(suggestions, text) == [], text
    assert await numbers(suggestions, "mei", "alice") == [mei]
    assert await numbers(suggestions, "sip_", "alice") == [caller]


async def test_the_very_number_stands_on_top_of_those_that_begin_with_it(
    house: House, suggestions: Suggestions
) -> None:
    made = [(await house.say("mute bob")).case for _ in range(9)]
    assert made == list(range(4, 13)), "behind the grants of the house"
    assert await numbers(suggestions, "1", "alice") == [1, 12, 11, 10]
    assert await numbers(suggestions, "1") == [12, 11, 10]


async def test_without_the_history_there_is_nothing(house: House) -> None:
    class Ill:
        async def cases(self, query: object) -> Any:
            raise FULL

    ill: Any = Ill()
    house.use(history=ill)
    assert await Suggestions(house.dispatcher).cases(user("alice")) == ()


async def test_the_room_that_is_meant_is_the_default_of_the_channel_or_the_only_live_one(
    house: House, suggestions: Suggestions
) -> None:
    assert await suggestions.meant(user("mia"), "c") == STANDUP
    assert await suggestions.meant(user("alice"), "c") == ""
    for default, meant in ((BACKSTAGE, BACKSTAGE), ("stand*", STANDUP), ("*", ""), ("x*", "")):
        await house.say(f"/use {default}", "alice", channel="c")
        await house.yes("alice") if house.last and house.last.question else None
        assert await suggestions.meant(user("alice"), "c") == meant, default


async def test_no_room_is_meant_by_whoever_may_not_see_it(house: House, suggestions: Suggestions) -> None:
    assert await suggestions.meant(user("stranger"), "c") == ""
    await house.say(f"/use {BACKSTAGE}", "alice", channel="c")
    assert await suggestions.meant(user("mia"), "c") == ""
    assert await suggestions.meant(user("stranger"), "c") == ""


async def test_no_room_is_looked_into_where_nothing_of_it_is_shown(house: House) -> None:
    found = await Suggestions(house.dispatcher).rooms(user("mia"), facts=False)
    assert [room.name for room in found] == [STANDUP]
    assert asked(house, "ListParticipants") == 0
