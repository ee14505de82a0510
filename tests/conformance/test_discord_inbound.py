"""What our tests send as Discord's is complete by its own schema, and Discord's own examples are understood."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.discord.arrivals import Asked, Ignored, Opened
from adapters.discord.inbound import parse
from tests.conformance.discord_data import examples, present
from tests.conformance.discord_schemas import wrong_payload
from tests.discord_payloads import autocomplete, button, command, direct, modal, option, root, select

pytestmark = present
Body = dict[str, Any]

FIXTURES: list[tuple[str, Body]] = [
    ("command", command("mute", option("who", "bob"), option("lock", True, 5))),
    ("command", command("moderator", option("who", "77", 9))),
    ("command", root(["person"], "mute", option("who", "bob"))),
    ("command", root([], "whoami")),
    ("command", direct(command("whoami"))),
    ("autocomplete", autocomplete("mute", option("who", "bo") | {"focused": True})),
    ("button", button("press:token")),
    ("button", direct(button("press:token"))),
    ("select", select("beside:0", "token")),
    ("modal_submit", modal("reason:12", {"text": "too loud"})),
    ("modal_submit", modal("reason:12", {"text": "too loud"}, labelled=False)),
]


@pytest.mark.parametrize(("kind", "payload"), FIXTURES)
def test_the_payloads_of_our_tests_are_as_discord_sends_them(kind: str, payload: Body) -> None:
    assert wrong_payload(kind, payload) == []
    assert not isinstance(parse(payload), Ignored)


@pytest.mark.parametrize(("kind", "payload"), FIXTURES)
@pytest.mark.parametrize("lost", ["token", "id", "type"])
def test_the_schema_refuses_a_payload_that_lacks_something(kind: str, payload: Body, lost: str) -> None:
    assert wrong_payload(kind, {key: value for key, value in payload.items() if key != lost}) != []


def test_the_schema_refuses_an_option_of_a_strange_type() -> None:
    assert wrong_payload("command", command("mute", option("who", "bob", 99))) != []


def test_the_command_of_discords_documentation_is_understood() -> None:
    found = parse(examples("interaction")[0])
    assert isinstance(found, Asked)
    assert (found.sender.user.subject, found.sender.user.name) == ("discord:53908232506183680", "Mason")
    assert found.sender.user.groups == ("discord:290926798626357999/@539082325061836999",)
    assert found.place.key == "discord:290926798626357999/645027906669510667"
    assert (found.key, found.command) == ("discord:786008729715212338", "cardsearch")
    assert dict(found.options) == {"cardname": "The Gitrog Monster"}


def test_of_the_commands_in_menus_those_of_messages_bring_what_can_be_read_there() -> None:
    person, message = (parse(one) for one in examples("interaction")[1:])
    assert person == Ignored("command type 2")
    assert isinstance(message, Opened)
    assert (message.message, message.place.guild) == ("some message", "772904309264089089")
