"""3 a.m., a phone, "someone is screaming in room X": from the message to a quiet room, in taps, as whole processes."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.model import Source
from tests.e2e.scene import Scene, event
from tests.e2e.slack_run import Bot
from tests.slack_stand_in import Shown, View
from tests.slack_stand_in.controls import find

pytestmark = [pytest.mark.real, pytest.mark.participants, pytest.mark.asyncio(loop_scope="module")]

MIC = Source.MICROPHONE


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
