"""Buttons and selects arrive by a `DynamicItem`: of whichever process and version, each once, and none gets lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest

from adapters.discord.client import UsherClient
from adapters.discord.presses import UNKNOWN
from adapters.livekit.simulator.lively import STANDUP
from bot.plain import plain
from tests.discord_payloads import renamed
from tests.discord_usher import Usher, text, usher_for

ODD = "an.older one\nof two lines:with:colons"


@pytest.fixture
async def usher(tmp_path: Path) -> AsyncIterator[Usher]:
    async with usher_for(tmp_path) as running:
        yield running


@pytest.fixture
def deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Presses are not taken up as events: what arrives has come by the item."""
    hear = UsherClient.on_interaction

    async def others(client: UsherClient, interaction: discord.Interaction[Any]) -> None:
        if interaction.type is not discord.InteractionType.component:
            await hear(client, interaction)

    monkeypatch.setattr(UsherClient, "on_interaction", others)


@pytest.fixture
def arrived(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The types of the interactions that were handed over, each time."""
    found: list[int] = []
    arrive = UsherClient.arrived

    async def noted(client: UsherClient, interaction: discord.Interaction[Any]) -> None:
        found.append(interaction.type.value)
        await arrive(client, interaction)

    monkeypatch.setattr(UsherClient, "arrived", noted)
    return found


async def restarted(usher: Usher) -> None:
    """Another client in the place of the one that sent what stands there."""
    await usher.env.restart_bot(usher.adapter.client(shard_count=1))


async def older(usher: Usher, custom_id: str = ODD) -> Any:
    """A message of another version's, with a button and a select."""
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Go", custom_id=custom_id))
    view.add_item(discord.ui.Select(custom_id=f"{custom_id}:0", options=[discord.SelectOption(label="Bob", value="1")]))
    view.stop()
    channel: Any = usher.env.bot.get_channel(int(usher.channel("general").id))
    await channel.send("Choose", view=view)
    return usher.channel("general").last_message


@pytest.mark.usefixtures("deaf")
async def test_a_button_works_after_a_restart(usher: Usher) -> None:
    people = await usher.call("ben", "participants", room=STANDUP)
    await restarted(usher)
    assert "Muted Bob Stone" in text(await usher.click("ben", people, "Mute Bob Stone"))
    assert not usher.open("bob")


@pytest.mark.usefixtures("deaf")
async def test_a_select_works_after_a_restart(usher: Usher) -> None:
    people = await usher.call("ben", "participants", room=STANDUP)
    await restarted(usher)
    shown = await usher.pick("ben", people, "Omar")
    assert "Omar" in text(shown)
    assert "Remove Omar (omar) from standup?" in text(await usher.click("ben", shown, "Remove"))


@pytest.mark.usefixtures("deaf")
async def test_what_another_version_sent_is_answered_after_a_restart(usher: Usher) -> None:
    message = await older(usher)
    await restarted(usher)
    ben = usher.people["ben"]
    for done in (await ben.click(message, label="Go"), await ben.select(message, ["1"])):
        assert text(done) == plain(UNKNOWN)
        assert done.ephemeral


@pytest.mark.usefixtures("deaf")
async def test_it_comes_from_public_lines_and_direct_messages_too(tmp_path: Path) -> None:
    async with usher_for(tmp_path, follows="secret") as usher:
        await usher.call("ben", "mute", who="bob", in_=STANDUP)
        line = usher.channel("secret").last_message
        assert (await usher.click("ben", line, "Reason")).modal
        ann = usher.people["ann"].user
        people = await ann.slash("participants", room=STANDUP)
        assert "Muted +1 555 0100" in text(await ann.click(people.response, label="Mute +1 555 0100"))


@pytest.mark.usefixtures("deaf")
async def test_it_comes_from_below_what_this_version_does_not_know_and_what_is_switched_off_meanwhile(
    usher: Usher,
) -> None:
    await usher.click("ben", await usher.call("ben", "participants", room=STANDUP), "Mute Bob Stone")
    press = usher.anew(usher.arrived[-1])
    first, *more = press["message"]["components"]
    first = {**first, "components": [{**one, "disabled": True} for one in first["components"]]}
    strange = {"type": 99, "id": 90, "custom_id": "strange"}
    press["message"]["components"] = [strange, {"type": 1, "id": 91, "components": [strange]}, first, *more]
    await usher.deliver(press)
    assert "already muted" in text(usher.answers(press))


async def test_each_is_handed_over_once(usher: Usher, arrived: list[int]) -> None:
    people = await usher.call("ben", "participants", room=STANDUP)
    await usher.click("ben", people, "Mute Bob Stone")
    await usher.pick("ben", people, "Omar")
    await usher.click("ben", await older(usher), "Go")
    assert arrived == [2, 3, 3, 3]


def _sent_in_part(press: dict[str, Any]) -> None:
    press["message"] = {"id": press["message"]["id"], "flags": 64}


def _without_message(press: dict[str, Any]) -> None:
    del press["message"]


def _without_components(press: dict[str, Any]) -> None:
    press["message"]["components"] = []


def _of_a_strange_kind(press: dict[str, Any]) -> None:
    press["data"]["component_type"] = 99
    for row in press["message"]["components"]:
        for one in row["components"]:
            one["type"] = 99


LOST = [_sent_in_part, _without_message, _without_components, _of_a_strange_kind]


@pytest.mark.parametrize("lose", LOST)
async def test_what_discord_py_finds_no_item_for_is_taken_up_all_the_same_and_once(
    usher: Usher, arrived: list[int], lose: Any
) -> None:
    await usher.click("ben", await usher.call("ben", "participants", room=STANDUP), "Mute Bob Stone")
    press = usher.anew(usher.arrived[-1])
    lose(press)
    arrived.clear()
    await usher.deliver(press)
    assert "already muted" in text(usher.answers(press))
    assert arrived == [3]


@pytest.mark.parametrize("lose", LOST)
@pytest.mark.usefixtures("deaf")
async def test_and_nothing_else_would_have_taken_it_up(usher: Usher, lose: Any) -> None:
    await usher.click("ben", await usher.call("ben", "participants", room=STANDUP), "Mute Bob Stone")
    press = usher.anew(usher.arrived[-1])
    lose(press)
    await usher.deliver(press)
    assert usher.answers(press).response is None


async def test_what_goes_wrong_is_logged_once_and_without_what_it_says(
    usher: Usher, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failed: list[str] = []

    async def fail(_: UsherClient, interaction: discord.Interaction[Any]) -> None:
        failed.append(f"{interaction.token} {interaction.data}")
        raise ValueError(failed[-1])

    people = await usher.call("ben", "participants", room=STANDUP)
    await usher.click("ben", people, "Mute Bob Stone")
    press = usher.anew(renamed(usher.arrived[-1], "press:a-secret"))
    monkeypatch.setattr(UsherClient, "arrived", fail)
    await usher.deliver(press)
    assert len(failed) == 1
    assert "Bug" in caplog.text
    assert "ValueError" in caplog.text
    assert press["token"] not in caplog.text
    assert "a-secret" not in caplog.text
