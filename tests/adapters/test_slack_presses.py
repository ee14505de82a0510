"""Buttons, menus and confirmations in Slack, over real sockets in both modes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.livekit.simulator.lively import STANDUP
from bot.people import Role
from tests.slack_stand_in import Shown, SlackStandIn
from tests.slack_usher import MODES, Usher, usher_for


@pytest.fixture(params=MODES)
async def usher(slack: SlackStandIn, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Usher]:
    async with usher_for(slack, tmp_path, mode=request.param, channel="mods") as running:
        yield running


def tokens(shown: Shown) -> list[str]:
    return [one["value"] for block in shown.blocks if block["type"] == "actions" for one in block["elements"]]


async def test_a_person_is_muted_from_the_menu_behind_their_line(usher: Usher) -> None:
    await usher.slack.slash("ann", "general", "/participants", STANDUP)
    done = await usher.slack.press("ann", await usher.seen("ann", "10 people"), "Mute", beside="Bob Stone")
    assert done.ack is None
    shown = await usher.seen("ann", "Muted Bob Stone")
    assert shown.ephemeral
    assert not usher.open("bob")
    assert (await usher.seen("ann", "10 people")).replaced is False


async def test_a_confirmation_names_person_and_room_and_its_answer_takes_its_place(usher: Usher) -> None:
    await usher.slack.slash("ann", "general", "/usher", f"kick omar in:{STANDUP}")
    question = await usher.seen("ann", "Remove Omar")
    assert "Remove Omar (omar) from standup?" in question.text
    buttons = [e for b in question.blocks if b["type"] == "actions" for e in b["elements"]]
    assert [(b["text"]["text"], b.get("style")) for b in buttons] == [("Remove", "danger"), ("No, leave it", None)]
    assert usher.here("omar")
    await usher.slack.press("ann", question, "Remove")
    shown = await usher.seen("ann", "Removed Omar")
    assert shown.replaced
    assert not usher.here("omar")
    assert usher.slack.seen_by("ann").saying("Remove Omar (omar) from standup?") == []


async def test_a_refused_press_leaves_the_question_and_does_not_spend_it(usher: Usher) -> None:
    await usher.slack.slash("ann", "general", "/usher", f"kick omar in:{STANDUP}")
    question = await usher.seen("ann", "Remove Omar")
    await usher.slack.press("ben", question, "Remove", unseen=True)
    await usher.seen("ben", "not yours")
    await usher.slack.press("ann", question, "Remove", forged={"value": "made-up-token-00"})
    await usher.seen("ann", "not known any more")
    assert usher.here("omar")
    await usher.slack.press("ann", question, "Remove")
    await usher.seen("ann", "Removed Omar")


async def test_a_public_undo_works_for_whoever_may_and_for_nobody_else(usher: Usher) -> None:
    await usher.grant(usher.subject("ben"), Role.VIEWER, STANDUP)
    await usher.slack.slash("ann", "general", "/usher", f"mute bob lock in:{STANDUP}")
    line = await usher.seen("ben", "Keeping Bob Stone muted", "mods")
    [undo] = line.labels
    assert undo.startswith("Undo case ")
    assert f"Case {undo.rpartition(' ')[2]}." in line.text
    await usher.slack.press("ben", line, undo)
    await usher.seen("ben", "needs the role moderator")
    assert not usher.open("bob")
    await usher.grant(usher.subject("ben"), Role.MODERATOR, STANDUP)
    await usher.slack.press("ben", line, undo)
    await usher.slack.press("ben", await usher.seen("ben", f"{undo}?"), "Undo it")
    shown = await usher.seen("ben", f"Undid {undo.removeprefix('Undo ')}")
    assert shown.ephemeral
    assert not (await usher.seen("ben", "Keeping Bob Stone muted", "mods")).replaced


async def test_a_button_works_after_a_restart(slack: SlackStandIn, tmp_path: Path) -> None:
    async with usher_for(slack, tmp_path) as before:
        await slack.slash("ann", "general", "/usher", f"kick omar in:{STANDUP}")
        question = await before.seen("ann", "Remove Omar")
    async with usher_for(slack, tmp_path) as after:
        await slack.press("ann", question, "Remove")
        await after.seen("ann", "Removed Omar")
        assert not after.here("omar")


async def test_a_configured_reason_is_one_tap(usher: Usher) -> None:
    await usher.slack.slash("ann", "general", "/usher", f"mute bob in:{STANDUP}")
    await usher.slack.press("ann", await usher.seen("ann", "Muted Bob Stone"), "shouting")
    await usher.seen("ann", "shouting")
    [case, *_] = await usher.cases()
    assert "shouting" in {entry.content.reason for entry in case.entries if entry.content}


async def test_a_page_takes_the_place_of_the_one_before(slack: SlackStandIn, tmp_path: Path) -> None:
    async with usher_for(slack, tmp_path, page_size=5) as usher:
        await slack.slash("ann", "general", "/participants", STANDUP)
        first = await usher.seen("ann", "10 people")
        label = next(one for one in first.labels if "ext" in one)
        await slack.press("ann", first, label)
        await slack.until(lambda: [one for one in slack.seen_by("ann").saying("10 people") if one.replaced])
        assert len(slack.seen_by("ann").saying("10 people")) == 1


async def test_a_press_that_is_delivered_again_acts_once(usher: Usher) -> None:
    await usher.slack.slash("ann", "general", "/participants", STANDUP)
    done = await usher.slack.press("ann", await usher.seen("ann", "10 people"), "Mute", beside="Bob Stone")
    await usher.seen("ann", "Muted Bob Stone")
    await usher.slack.redeliver(done)
    await asyncio.sleep(0.2)
    assert len(await usher.cases()) == 1


async def test_repeating_a_command_shows_the_question_that_waits(usher: Usher) -> None:
    await usher.slack.slash("ann", "general", "/usher", f"kick omar in:{STANDUP}")
    first = await usher.seen("ann", "Remove Omar")
    await usher.slack.slash("ann", "general", "/usher", f"kick omar  in:{STANDUP}")
    second = await usher.seen("ann", "Remove Omar")
    values = [
        [e["value"] for b in one.blocks if b["type"] == "actions" for e in b["elements"]] for one in (first, second)
    ]
    assert values[0] == values[1]
    assert first.ts != second.ts


async def test_whoever_has_pressed_something_and_asks_the_same_again_is_answered_anew(usher: Usher) -> None:
    """Within the seconds in which the same command is Enter pressed twice."""
    await usher.slack.slash("ann", "general", "/participants", STANDUP)
    await usher.slack.press("ann", await usher.seen("ann", "5 with an open microphone"), "Mute", beside="Bob Stone")
    await usher.seen("ann", "Muted Bob Stone")
    await usher.slack.slash("ann", "general", "/participants", STANDUP)
    await usher.seen("ann", "4 with an open microphone")


@pytest.mark.parametrize("label", ["Remove", "No, leave it"])
async def test_a_later_press_stands_beside_what_the_first_one_came_to(usher: Usher, label: str) -> None:
    await usher.slack.slash("ann", "general", "/usher", f"kick omar in:{STANDUP}")
    question = await usher.seen("ann", "Remove Omar")
    await usher.slack.press("ann", question, "Remove")
    await usher.seen("ann", "Removed Omar")
    await usher.slack.press("ann", question, label, unseen=True)
    late = await usher.seen("ann", "answered already")
    [case] = await usher.cases()
    assert f"case {case.number} shows what came of it" in late.text
    assert not late.replaced
    assert (await usher.seen("ann", "Removed Omar")).replaced
