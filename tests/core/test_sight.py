"""Whatever a room holds: what is offered of its people never goes beyond what somebody may see."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot import crowd, sight
from bot.model import Kind, Participant, Permissions, Source, Track, TrackType
from bot.people import ChatUser, Grant, Moderator, Role
from bot.policy import Policy
from bot.recent import Recent
from bot.reply import Reply, Tone, say
from bot.suggest import Suggestions
from bot.suggested import SuggestedPerson
from bot.words import fold
from tests.clocks import ManualClock

USER = ChatUser("slack:T1/U1", "una")
NUMBER = "5550123456"
MIC = Track("TR_1", TrackType.AUDIO, Source.MICROPHONE)


@st.composite
def rooms(draw: st.DrawFn) -> tuple[Participant, ...]:
    """People of every kind, callers among them whose number stands in the identity and perhaps in the name."""
    found = []
    for index in range(draw(st.integers(0, 8))):
        caller = draw(st.booleans())
        identity = f"sip_+{index}{NUMBER}" if caller else draw(st.text(max_size=120)) + f"-{'abcdefgh'[index]}"
        name = draw(st.sampled_from(["", f"Phone {NUMBER}", f"+1 {NUMBER}"]) if caller else st.text(max_size=60))
        permission = Permissions(hidden=draw(st.booleans()), can_publish=draw(st.booleans()))
        kind = Kind.SIP if caller else draw(st.sampled_from([Kind.STANDARD, Kind.AGENT, Kind.EGRESS]))
        tracks = (MIC,) if draw(st.booleans()) else ()
        hand = {"hand": "up"} if draw(st.booleans()) else {}
        found.append(
            Participant(
                identity,
                f"PA_{'abcdefgh'[index]}",
                name,
                kind=kind,
                attributes=hand,
                permission=permission,
                tracks=tracks,
            )
        )
    return tuple(found)


async def offered(role: Role, people: tuple[Participant, ...], text: str = "") -> tuple[SuggestedPerson, ...]:
    class Rooms:
        async def list_participants(self, room: str) -> tuple[Participant, ...]:
            return people

    async def moderator(user: ChatUser, *, calming: bool = False) -> Moderator:
        return Moderator(user, (Grant(user.subject, role),) if role else ())

    services = SimpleNamespace(rooms=Rooms(), clock=ManualClock(), policy=Policy(), recent=Recent())
    dispatcher: Any = SimpleNamespace(services=services, moderator=moderator)
    suggestions = Suggestions(dispatcher)
    try:
        return await suggestions.people(USER, "stage", text)
    finally:
        await suggestions.aclose()


def names(people: tuple[Participant, ...]) -> dict[str, str]:
    """Whom each value that may be offered stands for."""
    return {value: person.sid for person in people for value in (person.identity, person.sid)}


@given(rooms())
async def test_nobody_but_an_admin_is_offered_hidden_people_or_numbers(people: tuple[Participant, ...]) -> None:
    found = await offered(Role.MODERATOR, people)
    seen = {person.sid for person in people if not person.permission.hidden}
    assert [names(people)[one.value] for one in found] == [
        p.sid
        for p in crowd.ordered(
            sight.shown(Moderator(USER, (Grant(USER.subject, Role.VIEWER),)), "stage", people), Policy()
        )
    ]
    assert {names(people)[one.value] for one in found} == seen
    assert not any(NUMBER[-5:] in text for one in found for text in (one.label, one.value))


@given(rooms())
async def test_an_admin_is_offered_everybody_and_a_stranger_nobody(people: tuple[Participant, ...]) -> None:
    found = await offered(Role.ADMIN, people)
    assert sorted(names(people)[one.value] for one in found) == sorted(person.sid for person in people)
    assert await offered(Role.NONE, people) == ()


@given(rooms())
async def test_groups_stand_together_and_in_order(people: tuple[Participant, ...]) -> None:
    order = [crowd.GROUPS.index(one.group) for one in await offered(Role.ADMIN, people)]
    assert order == sorted(order)


@given(rooms(), st.text(max_size=3))
async def test_what_is_typed_only_ever_leaves_people_out(people: tuple[Participant, ...], text: str) -> None:
    every, found = await offered(Role.MODERATOR, people), await offered(Role.MODERATOR, people, text)
    assert [one for one in every if one in found] == list(found)
    if not fold(text):
        assert found == every


@given(st.sampled_from(list(Role)), st.sampled_from(["*", "stage", "other"]), st.sampled_from(["", "stage"]))
def test_numbers_in_an_answer_are_for_admins_of_all_rooms_or_of_that_one(role: Role, scope: str, room: str) -> None:
    somebody = Moderator(USER, (Grant(USER.subject, role, (scope,)),))
    answer = sight.seen_by(somebody, room, Reply(Tone.INFO, say(f"Phone +{NUMBER}")), ())
    entitled = role is Role.ADMIN and (scope == "*" or (scope == "stage" and room == "stage"))
    assert (NUMBER in str(answer.title)) == entitled
