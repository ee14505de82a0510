"""Every payload that Slack is known to send is understood, or left alone for a reason."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

import pytest

from adapters.slack.arrivals import Ignored, Inbound, Opened, Pressed, Searched, Submitted, Typed
from adapters.slack.inbound import parse
from adapters.slack.names import SlashNames
from adapters.slack.typed import Reader
from bot.registry import load
from tests.conformance.slack_data import data, names, present
from tests.conformance.slack_schemas import wrong_payload

pytestmark = present
NAMES = SlashNames.read([command.name for command in load()])


def read(payload: dict[str, Any]) -> Inbound:
    return parse(payload, NAMES)


def recorded(name: str) -> Inbound:
    return read(data(f"recorded/{name}.json"))


def test_the_recorded_slash_command_is_words_of_a_person_in_a_channel() -> None:
    found = recorded("slash_command")
    assert isinstance(found, Typed)
    assert found.sender.user.subject == "slack:E111/W111"
    assert found.sender.user.name == "primary-owner"
    assert (found.place.key, found.key) == ("slack:E111/C111", "slack:111.111.xxx")
    assert found.answer_url == "https://hooks.slack.com/commands/T111/111/xxxxx"
    assert found.text == "hello-world Hi"


def test_the_signed_form_of_slacks_documentation_is_words() -> None:
    form = dict(parse_qsl(data("recorded/request_signature.vector.json")["body"], keep_blank_values=True))
    found = read(form)
    assert isinstance(found, Typed)
    assert found.sender.user.subject == "slack:T1DC2JH3J/U2CERLKJA"
    assert found.text == "webhook-collect"


def test_the_recorded_mention_is_words_without_the_mention() -> None:
    found = recorded("event.app_mention")
    assert isinstance(found, Typed)
    assert (found.sender.user.subject, found.text, found.key) == ("slack:E111/W222", "Hi there!", "slack:Ev111")


def test_the_recorded_press_has_its_value_and_its_message() -> None:
    found = recorded("block_actions")
    assert isinstance(found, Pressed)
    assert (found.sender.user.subject, found.place.channel) == ("slack:E111/W111", "C111")
    assert (found.action, found.value, found.block) == ("a", "click_me_123", "b")
    assert (found.message, found.ephemeral, found.trigger) == ("111.222", True, "111.222.valid")


def test_the_recorded_search_has_its_words_and_its_view() -> None:
    found = recorded("block_suggestion")
    assert isinstance(found, Searched)
    assert found.view is not None
    assert (found.text, found.block, found.view.callback) == ("search word", "es_b", "view-id")


def test_the_recorded_submission_has_what_was_given() -> None:
    found = recorded("view_submission")
    assert isinstance(found, Submitted)
    assert found.view is not None
    assert (dict(found.view.values), found.view.metadata) == ({"hspI": "test"}, "This is for you!")


def test_a_submission_without_a_state_is_one_with_nothing_given() -> None:
    found = recorded("view_submission.response_urls")
    assert isinstance(found, Submitted)
    assert found.view is not None
    assert dict(found.view.values) == {}


def test_the_recorded_shortcuts_open_something_one_of_them_on_a_message() -> None:
    everywhere, message = recorded("shortcut"), recorded("message_action")
    assert isinstance(everywhere, Opened)
    assert isinstance(message, Opened)
    assert (everywhere.trigger, everywhere.place.channel, everywhere.message) == ("111.111.xxxxxx", "", "")
    assert (message.place.channel, message.message) == ("C111", "@W222 test\n test")


def test_a_closed_view_is_left_alone() -> None:
    assert recorded("view_closed") == Ignored("view_closed")


def test_every_envelope_of_socket_mode_is_understood() -> None:
    found = [read(envelope["payload"]) for envelope in data("recorded/socket_mode.envelopes.json")]
    assert [type(one) for one in found] == [Typed, Ignored, Opened, Ignored]


@pytest.mark.parametrize("name", names("payload-shapes/app-backend"))
def test_every_published_shape_is_understood_once_it_has_ids(name: str) -> None:
    payload = _filled(data(name))
    assert isinstance(read(payload), Pressed | Opened | Submitted | Typed | Ignored)


def _filled(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _filled(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, key) for inner in value]
    return "X111" if value == "" and re.fullmatch(r"id|\w+_id", key) else value


@pytest.mark.parametrize(
    ("root", "name"),
    [("slash", "slash_command"), ("block_actions", "block_actions"), ("view_submission", "view_submission")],
)
def test_the_schema_of_payloads_takes_what_is_recorded_and_refuses_a_spoilt_one(root: str, name: str) -> None:
    payload = {
        "api_app_id": "A111",
        **data(f"recorded/{name}.json"),
    }  # the slash command was recorded before there was one
    assert wrong_payload(root, payload) == []
    assert wrong_payload(root, {key: value for key, value in payload.items() if key not in ("command", "user")}) != []


def test_a_line_of_every_kind_can_be_read_on() -> None:
    reader = Reader("E111", {command.name: command for command in load()})
    found = recorded("event.app_mention")
    assert isinstance(found, Typed)
    assert reader.line(found.text) == "Hi there!"
