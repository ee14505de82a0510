"""Words that wait under a button until whoever said them presses it."""

from __future__ import annotations

from bot import offering
from bot.command import Invocation
from bot.errors import HistoryError
from bot.history import Outcome
from bot.people import ChatUser, Role
from bot.reply import Button
from tests.house import STANDUP, House, told


async def offered(house: House, line: str, as_: str = "mia") -> Button:
    invocation = Invocation(ChatUser(f"console:{as_}", as_), "c", line, room=STANDUP)
    button = await offering.kept(house.services, invocation, f"/{line}")
    assert button is not None
    assert button.label == f"/{line}"
    return button


async def test_nothing_is_done_before_the_press_and_then_it_is_done_once(house: House) -> None:
    before = await house.entries()
    button = await offered(house, "mute bob too loud")
    assert (house.service.calls, await house.entries()) == ([], before)
    done = await house.tap(button)
    assert done.outcome is Outcome.DONE
    assert (await house.case(done.case)).opening.reason == "too loud"
    assert "answered already" in told(await house.tap(button))
    assert house.writes == ["MutePublishedTrack"]


async def test_only_whoever_said_the_words_can_press(house: House) -> None:
    button = await offered(house, "mute bob")
    assert "not yours" in told(await house.tap(button, "alice"))
    assert house.writes == []
    assert (await house.tap(button)).outcome is Outcome.DONE


async def test_whether_they_may_is_decided_by_the_press(house: House) -> None:
    early = await offered(house, "mute bob")
    await house.grant("console:mia", Role.NONE)
    assert "You are not a moderator here" in told(await house.tap(early))
    assert house.writes == []
    late = await offered(house, "mute bob", "new")
    await house.grant("console:new", Role.MODERATOR, STANDUP)
    assert (await house.tap(late, "new")).outcome is Outcome.DONE


async def test_the_same_words_again_wait_under_the_same_button_and_are_done_once(house: House) -> None:
    first, second = await offered(house, "mute bob"), await offered(house, "mute bob")
    assert first.token == second.token
    assert (await offered(house, "mute omar")).token != first.token
    await house.tap(first)
    assert "answered already" in told(await house.tap(second))
    assert (await offered(house, "mute bob")).token != first.token


async def test_what_waits_expires_as_questions_do(house: House) -> None:
    button = await offered(house, "mute bob")
    house.clock.advance(house.policy.confirm_seconds + 1)
    assert "has expired" in told(await house.tap(button))
    assert house.writes == []


async def test_words_that_cannot_be_kept_have_no_button(house: House) -> None:
    class Full:
        async def put(self, items: object) -> None:
            raise HistoryError("The disk is full.")

        async def waiting(self, owner: str, channel: str) -> tuple[()]:
            return ()

    house.use(pending=Full())
    invocation = Invocation(ChatUser("console:mia", "mia"), "c", "mute bob", room=STANDUP)
    assert await offering.kept(house.services, invocation, "/mute bob") is None
