"""What stands behind each line of /participants, where menus can be shown: commands bound to the session."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.livekit.simulator.people import JoinGrant
from bot.command import BoundInvocation
from bot.errors import HistoryError
from bot.history import Outcome
from bot.model import Kind
from bot.people import Role
from bot.policy import Policy
from bot.press import decode
from bot.reply import Button, Reply, Table
from tests.house import BACKSTAGE, STANDUP, House, labels, told

WHOLE = ["Mute", "Keep muted", "Move to audience", "Remove", "More"]
CALLER = "sip_+15550100"


def table(reply: Reply) -> Table:
    return next(part for part in reply.parts if isinstance(part, Table))


def entries(reply: Reply, identity: str) -> tuple[Button, ...]:
    """The menu of that person's line."""
    menus = [menu for menu in table(reply).menus if any(bound(one).typed == identity for one in menu)]
    assert len(menus) == 1
    return menus[0]


def bound(one: Button) -> BoundInvocation:
    assert isinstance(one.press, BoundInvocation)
    return one.press


def names(menu: tuple[Button, ...]) -> list[str]:
    return [one.label for one in menu]


async def pick(house: House, reply: Reply, identity: str, label: str, as_: str = "mia", **more: Any) -> Reply:
    return await house.tap(next(one for one in entries(reply, identity) if one.label == label), as_, **more)


async def test_each_line_has_a_menu_of_five_that_fits_the_person(house: House) -> None:
    reply = await house.say("participants", menus=True)
    assert len(table(reply).menus) == len(table(reply).rows)
    assert names(entries(reply, "bob")) == WHOLE
    assert names(entries(reply, "omar")) == ["Mute", "Keep muted", "Bring on stage", "Remove", "More"]
    assert max(len(menu) for menu in table(reply).menus) == 5
    tokens = [one.token for menu in table(reply).menus for one in menu]
    assert all(tokens)
    assert len(set(tokens)) == len(tokens)


async def test_those_who_can_be_heard_come_first_and_are_counted(house: House) -> None:
    everybody = table(await house.say("participants", menus=True))
    assert 0 < everybody.audible < len(everybody.rows)
    assert all("open" in str(row[3]) for row in everybody.rows[: everybody.audible])
    await house.sure("quiet")
    assert table(await house.say("participants", menus=True)).audible == 0


async def test_menus_are_behind_the_lines_of_the_people_that_are_shown(house: House) -> None:
    reply = await house.say("participants anna", menus=True)
    shown = [told(Reply(reply.tone, row[1])) for row in table(reply).rows]
    assert [bound(menu[0]).typed for menu in table(reply).menus] == shown
    assert len(shown) == 2


async def test_an_entry_is_bound_to_the_session(house: House) -> None:
    reply = await house.say("participants", menus=True)
    held = bound(entries(reply, "bob")[1])
    assert held.target is not None
    assert (held.command, held.room, dict(held.values), held.confirmed) == ("mute", STANDUP, {"lock": True}, False)
    assert (held.target.room, held.target.identity, held.target.name) == (STANDUP, "bob", "Bob Stone")
    house.rooms.rejoin(STANDUP, "bob")
    assert "new session" in told(await pick(house, reply, "bob", "Mute"))
    assert not house.writes


async def test_an_entry_does_what_it_says_and_asks_where_the_command_asks(house: House) -> None:
    reply = await house.say("participants", menus=True)
    assert (await pick(house, reply, "bob", "Mute")).outcome is Outcome.DONE
    assert (await pick(house, reply, "omar", "Bring on stage")).outcome is Outcome.DONE
    assert (await pick(house, reply, "bob", "Move to audience")).outcome is Outcome.DONE
    assert "Bob Stone in standup" in told(await pick(house, reply, "bob", "More"))
    assert labels(house.last or reply)
    assert (await pick(house, reply, "bob", "Remove")).question
    assert "RemoveParticipant" not in house.writes
    assert (await house.yes()).outcome is Outcome.DONE


async def test_an_entry_can_be_picked_again_and_the_room_decides_whether_it_holds(house: House) -> None:
    reply = await house.say("participants", menus=True)
    assert (await pick(house, reply, "bob", "Mute")).outcome is Outcome.DONE
    assert (await pick(house, reply, "bob", "Mute")).outcome is Outcome.ALREADY
    house.track("bob").muted = False
    assert (await pick(house, reply, "bob", "Mute")).outcome is Outcome.DONE
    first = await pick(house, reply, "bob", "Remove")
    again = await pick(house, reply, "bob", "Remove")
    assert [one.token for one in again.buttons] == [one.token for one in first.buttons]


async def test_the_room_can_be_quieted_again_from_the_same_list(house: House) -> None:
    reply = await house.say("participants", menus=True)
    await house.press("Quiet the room", of=reply)
    await house.press("No, leave it")
    assert (await house.press("Quiet the room", of=reply)).question
    assert (await house.yes()).outcome is Outcome.DONE
    assert "Nobody can be heard" in told(await house.press("Quiet the room", of=reply))
    house.track("bob").muted = False
    assert (await house.press("Quiet the room", of=reply)).question


async def test_an_entry_ends_and_belongs_to_whoever_got_it(house: House) -> None:
    reply = await house.say("participants", menus=True)
    assert "not yours" in told(await pick(house, reply, "bob", "Mute", "alice"))
    house.clock.advance(house.policy.button_seconds + 1)
    assert "expired" in told(await pick(house, reply, "bob", "Mute"))
    assert not house.writes


async def test_whoever_has_lost_the_role_is_refused_and_the_entry_stays(house: House) -> None:
    reply = await house.say("participants", menus=True)
    await house.grant("console:mia", Role.VIEWER, STANDUP)
    assert (await pick(house, reply, "bob", "Mute")).outcome is Outcome.REFUSED
    await house.grant("console:mia", Role.MODERATOR, STANDUP)
    assert (await pick(house, reply, "bob", "Mute")).outcome is Outcome.DONE


async def test_a_viewer_gets_more_and_nothing_else(house: House) -> None:
    reply = await house.say("participants", "vera", menus=True)
    assert {tuple(names(menu)) for menu in table(reply).menus} == {("More",)}
    assert "Bob Stone in standup" in told(await pick(house, reply, "bob", "More", "vera"))


@pytest.mark.parametrize(
    ("roles", "as_", "expected"),
    [
        ({"kick": Role.ADMIN}, "mia", ["Mute", "Keep muted", "Move to audience", "More"]),
        ({"mute": Role.ADMIN, "demote": Role.ADMIN}, "mia", ["Remove", "More"]),
        ({"kick": Role.ADMIN}, "alice", WHOLE),
        ({"mute": Role.VIEWER}, "vera", ["Mute", "Keep muted", "More"]),
        ({"participant": Role.MODERATOR}, "vera", []),
    ],
)
async def test_an_entry_that_the_person_may_not_use_is_not_offered(
    house: House, roles: dict[str, Role], as_: str, expected: list[str]
) -> None:
    house.use(Policy(admins=("console:alice",), roles=roles))
    reply = await house.say("participants bob", as_, menus=True)
    assert [names(menu) for menu in table(reply).menus] == [expected]


async def test_what_protection_refuses_is_not_offered(house: House) -> None:
    house.use(Policy(admins=("console:alice",), protected=("bob",)))
    for as_ in ("mia", "alice"):
        reply = await house.say("participants", as_, menus=True)
        assert names(entries(reply, "bob")) == ["More"]
        assert names(entries(reply, CALLER)) == [one for one in WHOLE if one != "Remove"]
    assert names(entries(await house.say("participants", "alice", menus=True), "EG_recorder")) == ["More"]


async def test_beside_an_answer_the_same_actions_are_offered(house: House) -> None:
    assert labels(await house.say("participant bob")) == [*WHOLE[:-1], "Keep out"]
    assert labels(await house.say(f"participant {house.person(CALLER).sid}")) == WHOLE[:-2]


async def test_a_caller_is_reached_through_the_masked_line(house: House) -> None:
    reply = await house.say("participants", menus=True)
    assert "15550100" not in told(reply)
    assert (await pick(house, reply, CALLER, "Mute")).outcome is Outcome.DONE
    assert house.track(CALLER).muted


async def test_where_menus_are_not_shown_there_are_none_and_nothing_is_kept_for_them(house: House) -> None:
    kept: list[str] = []
    put = house.database.pending.put

    async def watched(items: Any) -> None:
        kept.extend(item.bound for item in items)
        await put(items)

    house.database.pending.put = watched  # type: ignore[method-assign]
    assert table(await house.say("participants")).menus == ()
    assert [getattr(decode(one), "command", "") for one in kept] == ["quiet"]


async def test_the_next_page_has_its_menus_too(house: House) -> None:
    for number in range(25):
        house.rooms.join(BACKSTAGE, JoinGrant(f"guest-{number:02}", kind=Kind.STANDARD))
    reply = await house.say("participants", "bea", room=BACKSTAGE, menus=True)
    assert [len(menu) for menu in table(reply).menus] == [5] * 20
    page = await house.tap(reply.buttons[-1], "bea", menus=True)
    assert [len(menu) for menu in table(page).menus] == [5] * len(table(page).rows)
    assert (await pick(house, page, "guest-20", "Keep muted", "bea")).outcome is Outcome.DONE


async def test_entries_that_cannot_be_kept_have_no_token_to_be_pressed_by(house: House) -> None:
    class Full:
        async def put(self, items: object) -> None:
            raise HistoryError("The disk is full.")

    house.use(pending=Full())
    reply = await house.say("participants", menus=True)
    assert {one.token for menu in table(reply).menus for one in menu} == {""}
    assert reply.buttons == ()
    assert "cannot be kept" in told(reply)
