"""People in Slack: how many taps they need at 3 a.m., who may, and who else works on the same history."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.model import Source
from tests.e2e.chat_run import Process
from tests.e2e.conftest import Consoles
from tests.e2e.scene import Scene, event
from tests.e2e.slack_run import SOCKET, Bot
from tests.slack_stand_in import Shown, View
from tests.slack_stand_in.controls import find

pytestmark = [pytest.mark.real, pytest.mark.participants, pytest.mark.asyncio(loop_scope="module")]

MIC = Source.MICROPHONE
GROUP = "<!subteam^S0STAGEHANDS|@stage-hands>"
REFUSED = ("refused", "refused")


@dataclass
class Phone:
    """Ann's. A button is one tap; an entry of a menu is two, as is what stands in the menu of a message."""

    bot: Bot
    taps: int = 0

    async def moderate(self, message: Shown) -> View:
        self.taps += 2
        await self.bot.slack.message_shortcut("ann", message, "moderate_message")
        return await self.bot.view("ann")

    async def press(self, view: View, label: str, beside: str = "") -> None:
        self.taps += 1 if find(view.blocks, label, beside).element["type"] == "button" else 2
        await self.bot.slack.press("ann", view, label, beside=beside)


async def test_from_a_message_to_a_muted_person_in_four_taps_and_no_letter_typed(bot: Bot, hall: Scene) -> None:
    listener, bob = await hall.join("listener"), await hall.join("bob", MIC)
    await bot.knows(hall.room)
    alert = bot.slack.say("ben", "secret", f"someone is screaming in room {hall.room}")
    phone = Phone(bot)
    view = await phone.moderate(alert)
    await phone.press(view, "Mute", beside="bob")
    await listener.hears(event("track_muted", "bob", "microphone"))
    await bob.hears(event("track_muted", "bob", "microphone"))
    assert phone.taps <= 4
    await bot.view("ann", f"Muted *bob* in *{hall.room}*")
    line = await bot.seen("ben", "Muted bob", "mods")
    assert hall.room in line.text
    assert not line.ephemeral
    assert bot.messages("ben", channel="secret") == []


async def test_from_a_message_to_a_quiet_room_in_four_taps_and_no_letter_typed(bot: Bot, hall: Scene) -> None:
    listener = await hall.join("listener")
    for name in ("bob", "eve"):
        await hall.join(name, MIC)
    await bot.knows(hall.room)
    alert = bot.slack.say("ben", "secret", f"everybody is screaming in room {hall.room}")
    phone = Phone(bot)
    await phone.press(await phone.moderate(alert), "Quiet the room")
    await phone.press(await bot.view("ann", "Mute 2 people"), "Quiet the room")
    for name in ("bob", "eve"):
        await listener.hears(event("track_muted", name, "microphone"))
    assert phone.taps <= 4
    await bot.view("ann", "Quiet: 2 of 2 people muted")
    await bot.seen("ben", "Quiet: 2 of 2 people muted", "mods")


async def granted(bot: Bot, whom: str, room: str) -> None:
    await bot.slack.slash("ann", "general", "/usher", f"moderator {whom} moderator in:{room}")
    await bot.seen("ann", "has the role moderator")


async def test_somebody_in_a_granted_group_may_until_they_are_in_it_no_more(bot: Bot, hall: Scene) -> None:
    listener, slack = await hall.join("listener"), bot.slack
    await hall.join("bob", MIC)
    await slack.group_changed("stage-hands", ["ben", "cat"])
    await granted(bot, GROUP, hall.room)
    await slack.slash("ben", "general", "/usher", f"mute bob in:{hall.room}")
    await listener.hears(event("track_muted", "bob"))
    await slack.group_changed("stage-hands", ["cat"])
    await slack.slash("ben", "general", "/usher", f"attribute bob team=red in:{hall.room}")
    shown = await bot.seen("ben", "You are not a moderator here. Your id is slack:T0HOME/U0BEN.")
    assert "slack:T0HOME/U0ANN" in shown.text
    assert dict((await hall.seen("bob")).attributes) == {}
    assert bot.refusals("slack:T0HOME/U0BEN") == ["attribute"]


async def test_a_guest_may_nothing_by_a_group_and_what_their_own_grant_says(bot: Bot, hall: Scene) -> None:
    listener, slack = await hall.join("listener"), bot.slack
    await hall.join("bob", MIC)
    await slack.group_changed("stage-hands", ["ben", "gus"])
    await granted(bot, GROUP, hall.room)
    await slack.slash("gus", "general", "/usher", f"mute bob in:{hall.room}")
    shown = await bot.seen("gus", "You are a guest here: only a role given to your own id counts.")
    assert "Your id is slack:T0HOME/U0GUS." in shown.text
    assert bot.refusals("slack:T0HOME/U0GUS") == ["mute"]
    assert await hall.open_tracks("bob") == {MIC}
    await granted(bot, "@gus", hall.room)
    await slack.slash("gus", "general", "/usher", f"mute bob in:{hall.room} loud")
    await listener.hears(event("track_muted", "bob"))


async def test_a_stranger_in_a_shared_channel_is_refused_with_their_own_id(bot: Bot, hall: Scene) -> None:
    await hall.join("bob", MIC)
    await bot.slack.mention("sam", "partners", f"mute bob in:{hall.room}")
    shown = await bot.seen("sam", "You are not a moderator here.")
    assert shown.ephemeral
    assert "You are of another organisation: only a role given to your own id counts." in shown.text
    assert "Your id is slack:T0OTHER/U0SAM." in shown.text
    assert bot.refusals("slack:T0OTHER/U0SAM") == ["mute"]
    assert await hall.open_tracks("bob") == {MIC}


async def test_somebody_without_a_grant_is_refused_with_their_own_id(bot: Bot, hall: Scene) -> None:
    await hall.join("bob", MIC)
    await bot.slack.slash("cat", "general", "/usher", f"kick bob in:{hall.room}")
    await bot.seen("cat", "You are not a moderator here. Your id is slack:T0HOME/U0CAT.")
    assert bot.refusals("slack:T0HOME/U0CAT") == ["kick"]
    assert await hall.see("bob") is not None


@SOCKET
async def test_a_second_run_on_one_file_is_refused(bot: Bot, hall: Scene) -> None:
    other = bot.folder / "other"
    other.mkdir()
    second = Process(bot.env, other)
    assert await second.ended() == 2
    assert second.log == "Usher is running on this history already.\n"
    await bot.slack.slash("ann", "general", "/usher", "whoami")
    await bot.seen("ann", "admin")


@SOCKET
async def test_a_console_beside_it_shares_its_history(bot: Bot, hall: Scene, consoles: Consoles) -> None:
    await hall.join("bob", MIC)
    await bot.slack.slash("ann", "general", "/usher", f"mute bob in:{hall.room}")
    await bot.seen("ann", "Muted bob")
    console = consoles(hall.server.url, "--room", hall.room, database=bot.folder / "usher.db")
    assert "slack:T0HOME/U0ANN" in (await console.say("/history")).text
    assert (await console.say("/name bob Robert")).outcome == "done"
    await console.close()
    await bot.slack.slash("ann", "general", "/usher", f"history in:{hall.room}")
    await bot.seen("ann", f"name, bob in {hall.room}, done, console:alice")
