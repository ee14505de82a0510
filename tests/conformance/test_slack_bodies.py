"""Whatever Usher sends to Slack is valid by the published schemas, their limits, and Slack's own library."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from adapters.slack import limits
from adapters.slack.blocks import Option, menu, section
from adapters.slack.lines import Workspace
from adapters.slack.names import SlashNames
from adapters.slack.render import render
from adapters.slack.views import Kept, answer_view, home_view, moderate_view, notice_view
from bot.registry import load
from tests.conformance.slack_data import data, names, present
from tests.conformance.slack_schemas import wrong_message, wrong_text, wrong_view
from tests.replies import CORPUS, HOSTILE, LENGTHS, button

pytestmark = present
OBSERVED = 13_172
"""Characters of JSON, blanks and all, beyond which msg_blocks_too_long was seen."""
HOME = Workspace("T111", SlashNames.read([command.name for command in load()]))


@pytest.mark.parametrize("name", CORPUS)
def test_every_reply_is_a_message_that_slack_takes(name: str) -> None:
    message = render(CORPUS[name], HOME)
    blocks = list(message.blocks)
    assert wrong_text(message.text) == []
    assert wrong_message(blocks) == []
    assert len(json.dumps(blocks, ensure_ascii=False)) <= OBSERVED


@pytest.mark.parametrize("name", CORPUS)
def test_every_reply_is_a_modal_that_slack_takes(name: str) -> None:
    assert wrong_view(answer_view(render(CORPUS[name], HOME, limits.VIEW_BLOCKS), Kept("x" * 4000, "C1"))) == []


@pytest.mark.parametrize(("number", "whole"), [(20, 20), (100, 95)])
def test_a_modal_has_as_many_menus_as_it_has_blocks_for(number: int, whole: int) -> None:
    view = answer_view(render(CORPUS[f"menus of {number} people"], HOME, limits.VIEW_BLOCKS))
    assert len(json.dumps(view)) < 250_000
    menus = [block["accessory"] for block in view["blocks"] if "accessory" in block]
    assert [one["type"] for one in menus] == ["overflow"] * whole


@pytest.mark.parametrize("rooms", [0, 1, 99, 100, 101, 500])
def test_the_modal_is_valid_with_any_number_of_rooms(rooms: int) -> None:
    named = [f"room {number}" for number in range(rooms)]
    for chosen in ("", *named[-1:]):
        assert wrong_view(moderate_view(named, Kept(chosen, "C1", "1.2"), notes=["A note.", "x" * 9000])) == []


def test_the_modal_is_valid_whatever_rooms_and_people_are_called() -> None:
    named = [*HOSTILE, *("x" * length for length in LENGTHS)]
    person = Option(HOSTILE[0] * 9, "PA_1")
    assert wrong_view(moderate_view(named, Kept(named[-1]), notes=list(HOSTILE), person=person)) == []


@pytest.mark.parametrize("rooms", [0, 1, 90, 91, 1000])
def test_the_app_home_is_valid_with_any_number_of_rooms(rooms: int) -> None:
    shown = [(name, facts) for name in HOSTILE for facts in HOSTILE][:rooms]
    shown += [(f"room {number}", "3 people") for number in range(rooms - len(shown))]
    assert wrong_view(home_view(shown, account="slack:T111/U222", notes=HOSTILE[:2])) == []
    assert wrong_view(home_view(shown, account="slack:T111/U222")) == []


def test_a_sentence_in_a_modal_is_valid() -> None:
    for text in ("Looking ...", "x" * 50_000, "&" * 50_000):
        assert wrong_view(notice_view(text)) == []


def test_a_line_with_a_menu_is_valid() -> None:
    buttons = [replace(button(label), token="t") for label in (*HOSTILE, "x" * 200)]
    assert wrong_message([section("Bob", menu(buttons, "beside:1"))]) == []


def _button(block: dict[str, Any]) -> dict[str, Any]:
    return next(one for one in block["elements"] if one["type"] == "button")


def _spoil_text(blocks: list[dict[str, Any]]) -> None:
    blocks[0]["text"]["text"] = "x" * 3001


def _spoil_count(blocks: list[dict[str, Any]]) -> None:
    blocks.extend({"type": "divider"} for _ in range(50))


def _spoil_empty(blocks: list[dict[str, Any]]) -> None:
    blocks[0]["text"]["text"] = ""


def _spoil_label(blocks: list[dict[str, Any]]) -> None:
    _button(blocks[-1])["text"]["text"] = "x" * 76


def _spoil_markup(blocks: list[dict[str, Any]]) -> None:
    _button(blocks[-1])["text"] = {"type": "mrkdwn", "text": "*Remove*"}


def _spoil_value(blocks: list[dict[str, Any]]) -> None:
    _button(blocks[-1])["value"] = "x" * 2001


def _spoil_style(blocks: list[dict[str, Any]]) -> None:
    _button(blocks[-1])["style"] = "warning"


def _spoil_elements(blocks: list[dict[str, Any]]) -> None:
    blocks[-1]["elements"] = [{**_button(blocks[-1]), "action_id": str(number)} for number in range(26)]


def _spoil_ids(blocks: list[dict[str, Any]]) -> None:
    blocks[-1]["elements"] = [_button(blocks[-1])] * 2


def _spoil_key(blocks: list[dict[str, Any]]) -> None:
    blocks[0]["colour"] = "red"


SPOILERS = (
    _spoil_text, _spoil_count, _spoil_empty, _spoil_label, _spoil_markup, _spoil_value, _spoil_style, _spoil_elements,
    _spoil_ids, _spoil_key,
)  # fmt: skip


@pytest.mark.parametrize("spoil", SPOILERS)
def test_the_validators_refuse_a_message_that_is_spoilt(spoil: Callable[[list[dict[str, Any]]], None]) -> None:
    blocks = copy.deepcopy(list(render(CORPUS["question of 24"], HOME).blocks))
    assert wrong_message(blocks) == []
    spoil(blocks)
    assert wrong_message(blocks) != []


@pytest.mark.parametrize(
    "spoilt",
    [
        {"title": {"type": "plain_text", "text": "x" * 25}},
        {"private_metadata": "x" * 3001},
        {"blocks": [{"type": "divider"}] * 101},
        {"blocks": []},
        {"submit": None},
    ],
)
def test_the_validators_refuse_a_modal_that_is_spoilt(spoilt: dict[str, Any]) -> None:
    view = {key: value for key, value in {**moderate_view(["standup"]), **spoilt}.items() if value is not None}
    assert wrong_view(moderate_view(["standup"])) == []
    assert wrong_view(view) != []


KEPT = ("type", "title", "blocks", "close", "submit", "private_metadata", "callback_id", "clear_on_close")
UNKNOWN = ("views/view_home_003.json", "views/view_modal_007.json")
"""They have blocks that the schema of limits does not know."""


@pytest.mark.parametrize("name", [name for name in names("views") if name not in UNKNOWN])
def test_the_validators_take_the_samples_of_slacks_own_library(name: str) -> None:
    assert wrong_view({key: value for key, value in data(name).items() if key in KEPT}) == []
