"""Whatever Usher sends to Discord is valid by Discord's OpenAPI file, and by what that file does not say."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from adapters.discord.modals import Field, modal, reason_modal
from adapters.discord.names import CommandNames
from adapters.discord.render import render
from adapters.discord.suggested import choices
from bot.registry import load
from tests.conformance.discord_data import examples, present
from tests.conformance.discord_schemas import AUTOCOMPLETE, wrong_callback, wrong_message, wrong_modal
from tests.replies import CORPUS, HOSTILE, LENGTHS

pytestmark = present
NAMES = CommandNames.of(load())
Body = dict[str, Any]


@pytest.mark.parametrize("name", CORPUS)
def test_every_reply_is_a_message_that_discord_takes_wherever_it_is_sent(name: str) -> None:
    assert wrong_message(render(CORPUS[name], NAMES).body) == []


def test_the_modals_are_valid_whatever_is_asked() -> None:
    assert wrong_modal(reason_modal("9" * 11)) == []
    for words in (*HOSTILE, *("x" * length for length in LENGTHS)):
        asked = [Field(f"k{number}", words, words, words, long=bool(number % 2)) for number in range(7)]
        assert wrong_modal(modal("x:1", words, asked)) == []


def test_what_is_offered_while_somebody_types_is_valid() -> None:
    offered = [(words, words) for words in (*HOSTILE, *("x" * length for length in LENGTHS))] * 3
    for found in (choices(offered), choices([("Case 3", 3)] * 40), choices([])):
        assert wrong_callback({"type": AUTOCOMPLETE, "data": {"choices": found}}) == []


def offered(number: int) -> Body:
    return {
        "type": AUTOCOMPLETE,
        "data": {"choices": [{"name": str(one), "value": str(one)} for one in range(number)]},
    }


def test_the_validator_refuses_twenty_six_suggestions_and_a_response_of_no_kind() -> None:
    assert wrong_callback(offered(25)) == []
    assert wrong_callback(offered(26)) != []
    assert wrong_callback({"type": 3}) != []


def _button(body: Body) -> Body:
    found: Body = body["components"][-1]["components"][0]
    return found


def _select(body: Body) -> Body:
    return next(one for row in body["components"] for one in row["components"] if one["type"] == 3)


def _spoil_content(body: Body) -> None:
    body["content"] = "x" * 2001


def _spoil_empty(body: Body) -> None:
    body |= {"content": "", "embeds": []}


def _spoil_box(body: Body) -> None:
    body["embeds"] = [{"description": "x" * 4097}]


def _spoil_boxes(body: Body) -> None:
    body["embeds"] = [{"description": "x" * 3001}] * 2


def _spoil_many_boxes(body: Body) -> None:
    body["embeds"] = [{"description": "x"}] * 11


def _spoil_fields(body: Body) -> None:
    body["embeds"] = [{"description": "x", "fields": [{"name": "a", "value": "b"}] * 26}]


def _spoil_row(body: Body) -> None:
    body["components"][-1]["components"] = [{**_button(body), "custom_id": str(number)} for number in range(6)]


def _spoil_mixed_row(body: Body) -> None:
    body["components"][0]["components"].append(_select(body))
    body["components"].pop(1)


def _spoil_rows(body: Body) -> None:
    rows = [{"type": 1, "components": [{**_button(body), "custom_id": str(number)}]} for number in range(6)]
    body["components"] = rows


def _spoil_label(body: Body) -> None:
    _button(body)["label"] = "x" * 81


def _spoil_no_label(body: Body) -> None:
    del _button(body)["label"]


def _spoil_id(body: Body) -> None:
    _button(body)["custom_id"] = "x" * 101


def _spoil_ids(body: Body) -> None:
    _button(body)["custom_id"] = body["components"][0]["components"][0]["custom_id"]


def _spoil_style(body: Body) -> None:
    _button(body)["style"] = 7


def _spoil_options(body: Body) -> None:
    _select(body)["options"] = [{"label": str(one), "value": str(one)} for one in range(26)]


def _spoil_no_options(body: Body) -> None:
    _select(body)["options"] = []


def _spoil_option(body: Body) -> None:
    _select(body)["options"][0]["label"] = "x" * 101


def _spoil_values(body: Body) -> None:
    _select(body)["options"][0]["value"] = _select(body)["options"][1]["value"]


def _spoil_placeholder(body: Body) -> None:
    _select(body)["placeholder"] = "x" * 151


SPOILERS = (
    _spoil_content, _spoil_empty, _spoil_box, _spoil_boxes, _spoil_many_boxes, _spoil_fields, _spoil_row,
    _spoil_mixed_row, _spoil_rows, _spoil_label, _spoil_no_label, _spoil_id, _spoil_ids, _spoil_style, _spoil_options,
    _spoil_no_options, _spoil_option, _spoil_values, _spoil_placeholder,
)  # fmt: skip


@pytest.mark.parametrize("spoil", SPOILERS)
def test_the_validators_refuse_a_message_that_is_spoilt(spoil: Callable[[Body], None]) -> None:
    body = copy.deepcopy(render(CORPUS["menus of 20 people"], NAMES).body)
    assert wrong_message(body) == []
    spoil(body)
    assert wrong_message(body) != []


def _spoil_title(found: Body) -> None:
    found["title"] = "x" * 46


def _spoil_inputs(found: Body) -> None:
    found["components"] *= 6


def _spoil_input_label(found: Body) -> None:
    found["components"][0]["label"] = "x" * 46


def _spoil_input_length(found: Body) -> None:
    found["components"][0]["component"]["max_length"] = 4001


def _spoil_input_id(found: Body) -> None:
    del found["components"][0]["component"]["custom_id"]


def _spoil_nothing_asked(found: Body) -> None:
    found["components"] = []


@pytest.mark.parametrize(
    "spoil",
    [_spoil_title, _spoil_inputs, _spoil_input_label, _spoil_input_length, _spoil_input_id, _spoil_nothing_asked],
)
def test_the_validators_refuse_a_modal_that_is_spoilt(spoil: Callable[[Body], None]) -> None:
    found = copy.deepcopy(reason_modal("12"))
    assert wrong_modal(found) == []
    try:
        spoil(found)
        wrong = wrong_modal(found)
    except KeyError as error:
        wrong = [str(error)]
    assert wrong != []


@pytest.mark.parametrize("body", examples("callback"))
def test_the_validator_takes_the_responses_of_discords_documentation(body: Body) -> None:
    assert wrong_callback(body) == []
