"""What is said while something takes long: what is being done, as whoever waits may see it."""

from __future__ import annotations

import pytest

from adapters.livekit.simulator.people import JoinGrant
from bot.command import BoundInvocation, Invocation
from bot.model import Kind
from bot.people import ChatUser
from bot.plain import plain
from bot.working import unpressable, working
from tests.house import STANDUP, House, button, told

NUMBER = "441234567890"
CALLER = f"sip_+{NUMBER}"


async def working_on(house: House, line: str, as_: str, room: str = STANDUP) -> str:
    """What is said while this is done."""
    seen: list[BoundInvocation] = []
    invocation = Invocation(ChatUser(f"console:{as_}", as_), "c", line, "", room)
    house.last = await house.dispatcher.handle(invocation, seen.append)
    return plain(working(invocation, seen[-1] if seen else None))


async def test_it_says_what_is_done_to_whom_and_where(house: House) -> None:
    assert (
        await working_on(house, "mute bob", "mia") == "Working on it: /mute Bob Stone in standup. The answer follows."
    )
    assert await working_on(house, "nonsense bob", "mia") == "Working on it: /nonsense bob. The answer follows."


async def test_a_press_is_said_before_anybody_is_looked_at(house: House) -> None:
    shown = await house.say("participant bob")
    seen: list[BoundInvocation] = []
    house.rooms.leave(STANDUP, "bob")
    pressing = ChatUser("console:mia", "mia")
    await house.dispatcher.press(pressing, "c", button(shown, "Mute").token, watch=seen.append)
    assert plain(working(Invocation(pressing, "c", ""), seen[0])) == (
        "Working on it: /mute Bob Stone in standup. The answer follows."
    )


async def test_before_a_button_is_known_nothing_is_named(house: House) -> None:
    assert plain(working(Invocation(ChatUser("console:mia", "mia"), "c", ""), None)) == (
        "Working on it. The answer follows."
    )


@pytest.mark.parametrize(("as_", "sees"), [("mia", False), ("alice", True)])
async def test_the_number_of_a_caller_is_for_admins(house: House, as_: str, sees: bool) -> None:
    house.rooms.join(STANDUP, JoinGrant(CALLER, f"Phone {NUMBER}", kind=Kind.SIP))
    said = await working_on(house, f"mute {house.person(CALLER).sid}", as_)
    assert (NUMBER in said) is sees
    assert said.startswith("Working on it: /mute Phone ")
    shown = await house.say(f"participant {house.person(CALLER).sid}", as_)
    seen: list[BoundInvocation] = []
    await house.dispatcher.press(
        ChatUser(f"console:{as_}", as_), "c", button(shown, "Mute").token, watch=seen.append
    )  # fmt: skip
    assert [(NUMBER in plain(working(Invocation(ChatUser("x", "x"), "c", ""), one))) for one in seen] == [sees]


async def test_what_cannot_be_pressed_says_where_it_can_be(house: House) -> None:
    for line, where in (("kick bob", "Ask again"), ("mute ann", "Ask again"), ("mute bob", "Go on")):
        reply = await house.say(line)
        shown = unpressable(reply)
        said = "Nothing can be pressed here, where the roles that you have on the server do not count. "
        assert f"{said}{where} in the channel." in told(shown)
        assert told(reply).splitlines()[0] in told(shown)
        assert shown.buttons == ()
        assert not shown.question
    reply = await house.say("whoami")
    assert unpressable(reply) is reply
