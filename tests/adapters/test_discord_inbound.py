"""What arrives from Discord is understood: who, where, what; and roles count on their own server alone."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.discord.arrivals import Asked, Completed, Ignored, Inbound, Opened, Pressed, Submitted
from adapters.discord.inbound import parse
from adapters.payloads import BadPayload
from tests.discord_payloads import GUILD, ROLE, USER, autocomplete, button, command, direct, modal, option, root, select


def asked(payload: dict[str, Any]) -> Asked:
    found = parse(payload)
    assert isinstance(found, Asked), found
    return found


def pressed(payload: dict[str, Any]) -> Pressed:
    found = parse(payload)
    assert isinstance(found, Pressed), found
    return found


def test_a_command_is_who_where_and_what() -> None:
    found = asked(command("mute", option("who", "bob"), option("lock", True, 5)))
    assert (found.sender.user.subject, found.sender.user.name, found.sender.id) == (f"discord:{USER}", "Ann", USER)
    assert (found.place.key, found.place.thread, found.place.direct) == (f"discord:{GUILD}/300", "", False)
    assert (found.key, found.id, found.token) == ("discord:900", "900", "a-token")
    assert (found.command, dict(found.options)) == ("mute", {"who": "bob", "lock": "true"})


def test_the_token_is_never_shown() -> None:
    assert "a-token" not in repr(asked(command("whoami")))


def test_a_command_below_a_root_is_the_same_command() -> None:
    plain = asked(command("mute", option("who", "bob")))
    assert asked(root(["person"], "mute", option("who", "bob"))) == plain
    assert asked(root([], "undo", option("n", 12, 4))) == asked(command("undo", option("n", 12, 4)))
    assert asked(root([], "whoami")).options == {}


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("bob", 3, "bob"),
        (12, 4, "12"),
        (12.0, 10, "12"),
        (1.5, 10, "1.5"),
        (True, 5, "true"),
        (False, 5, "false"),
        (None, 3, ""),
        ("77", 6, "<@77>"),
        ("77", 8, "<@&77>"),
        ("77", 9, "<@77>"),
        (ROLE, 9, f"<@&{ROLE}>"),
    ],
)
def test_values_are_words(value: Any, kind: int, text: str) -> None:
    payload = command("x", option("given", value, kind))
    payload["data"]["resolved"] = {"roles": {ROLE: {"id": ROLE, "name": "ops"}}}
    assert asked(payload).options["given"] == text


def test_roles_are_those_of_this_server_and_never_everyone() -> None:
    payload = command("whoami")
    payload["member"]["roles"] = [ROLE, GUILD, "x", 5, ROLE]
    assert asked(payload).sender.user.groups == (f"discord:{GUILD}/@{ROLE}",)


def test_a_direct_message_has_no_roles_and_a_channel_of_its_own() -> None:
    found = asked(direct(command("whoami")))
    assert (found.sender.user.groups, found.sender.guild) == ((), "")
    assert (found.place.key, found.place.direct) == ("discord:@me/300", True)
    smuggled = direct(command("whoami")) | {"member": command("whoami")["member"]}
    assert asked(smuggled).sender.user.groups == ()


def test_a_thread_belongs_to_its_channel() -> None:
    payload = command("mute")
    payload["channel"] = {"id": "301", "type": 11, "parent_id": "300"}
    assert (asked(payload).place.key, asked(payload).place.thread) == (f"discord:{GUILD}/300", "301")


def test_an_older_payload_names_the_channel_by_its_id_alone() -> None:
    payload = command("mute")
    del payload["channel"]
    assert asked(payload).place.key == f"discord:{GUILD}/300"


@pytest.mark.parametrize(
    ("member", "name"),
    [
        ({"nick": "Boss", "user": {"id": USER, "global_name": "Ann", "username": "ann9"}}, "Boss"),
        ({"nick": None, "user": {"id": USER, "global_name": "Ann", "username": "ann9"}}, "Ann"),
        ({"user": {"id": USER, "global_name": None, "username": "ann9"}}, "ann9"),
        ({"user": {"id": USER}}, USER),
    ],
)
def test_a_person_is_called_as_on_that_server(member: dict[str, Any], name: str) -> None:
    assert asked(command("whoami") | {"member": member}).sender.user.name == name


def test_enter_pressed_twice_is_the_same_and_another_place_or_option_is_not() -> None:
    first = asked(command("mute", option("who", "bob"), option("lock", True, 5)))
    again = asked(command("mute", option("lock", True, 5), option("who", "bob")) | {"id": "901"})
    assert (first.same == again.same, first.key == again.key) == (True, False)
    assert first.same != asked(command("mute", option("who", "eve"))).same
    assert first.same != asked(direct(command("mute", option("who", "bob"), option("lock", True, 5)))).same


def test_what_is_mentioned_has_the_names_that_were_seen() -> None:
    payload = command("reason", option("text", "<@77> <@&88> <#99>"))
    payload["data"]["resolved"] = {
        "users": {"77": {"id": "77", "username": "bob", "global_name": "Bob"}, "78": {"username": "eve"}, "79": "?"},
        "members": {"77": {"nick": "Bobby"}},
        "roles": {"88": {"name": "ops"}},
        "channels": {"99": {"name": "general"}},
    }
    found = asked(payload).seen
    assert found.users == {"77": "Bobby", "78": "eve", "79": ""}
    assert (found.roles, found.channels) == ({"88": "ops"}, {"99": "general"})


def test_typing_says_which_option_and_what_else_is_given() -> None:
    found = parse(autocomplete("mute", option("in", "standup"), option("who", "bo") | {"focused": True}))
    assert isinstance(found, Completed)
    assert (found.command, found.focused) == ("mute", "who")
    assert dict(found.options) == {"in": "standup", "who": "bo"}


def test_typing_below_a_root_is_the_same() -> None:
    found = parse(root(["person"], "mute", option("who", "bo") | {"focused": True}) | {"type": 4})
    assert isinstance(found, Completed)
    assert (found.command, found.focused) == ("mute", "who")


def test_a_button_and_a_select_give_the_token() -> None:
    assert (pressed(button("press:tok-1")).action, pressed(button("press:tok-1")).value) == ("press", "tok-1")
    assert (pressed(select("beside:0", "tok-2")).action, pressed(select("beside:0", "tok-2")).value) == (
        "beside",
        "tok-2",
    )


def test_a_press_says_in_which_message_and_whether_others_see_it() -> None:
    payload = button("press:tok-1")
    assert (pressed(payload).message, pressed(payload).ephemeral) == ("400", False)
    payload["message"]["flags"] = 64
    assert pressed(payload).ephemeral


@pytest.mark.parametrize("labelled", [True, False])
def test_a_submission_gives_what_was_typed_by_input(labelled: bool) -> None:
    found = parse(modal("reason:12", {"text": "too loud"}, labelled=labelled))
    assert isinstance(found, Submitted)
    assert (found.action, found.value, dict(found.values)) == ("reason", "12", {"text": "too loud"})
    assert (found.message, found.ephemeral) == ("400", False)


def test_what_is_not_for_us_is_left_alone() -> None:
    assert parse({"type": 1}) == Ignored("interaction type 1")
    user_command = command("mute")
    user_command["data"]["type"] = 2
    assert parse(user_command) == Ignored("command type 2")


def without(payload: dict[str, Any], *path: str) -> dict[str, Any]:
    inner = payload
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    return payload


@pytest.mark.parametrize(
    "payload",
    [
        without(command("mute"), "id"),
        without(command("mute"), "token"),
        without(command("mute"), "member", "user"),
        without(command("mute"), "data", "name"),
        without(command("mute"), "data"),
        without(button("press:t"), "data", "custom_id"),
        command("mute") | {"channel": None, "channel_id": None},
        command("mute") | {"channel": {"id": "301", "type": 11}},
        command("mute") | {"guild_id": 290},
        command("mute") | {"guild_id": "../1"},
        command("mute") | {"id": "9" * 21},
        command("mute") | {"id": "１２"},
        autocomplete("mute", option("who", "bo")),
    ],
)
def test_what_is_broken_is_refused_as_such(payload: dict[str, Any]) -> None:
    with pytest.raises(BadPayload):
        parse(payload)


@pytest.mark.parametrize("odd", [None, "x", 7, ["x"], {"x": "y"}])
def test_odd_fields_count_as_missing(odd: Any) -> None:
    payload = command("mute")
    payload["data"] |= {"options": odd, "resolved": odd}
    payload["member"]["roles"] = odd
    found: Inbound = parse(payload)
    assert isinstance(found, Asked)
    assert (dict(found.options), found.sender.user.groups) == ({}, ())


def on_message(message: dict[str, Any], target: str = "400") -> dict[str, Any]:
    data = {"id": "700", "type": 3, "name": "Moderate this room", "target_id": target}
    return command("x") | {"data": {**data, "resolved": {"messages": {"400": message}}}}


def test_a_command_on_a_message_brings_all_that_can_be_read_in_it() -> None:
    box = {"title": "Alert", "description": "in **standup**", "fields": [{"name": "who", "value": "<@1> PA_1"}], "x": 1}
    found = parse(on_message({"content": "<#3> screams", "embeds": [box, {"title": 7}]}))
    assert isinstance(found, Opened)
    assert found.message == "#3 screams\nAlert\nin **standup**\nwho\n@1 PA_1"


@pytest.mark.parametrize(
    "payload",
    [
        on_message({"content": "x"}, "401"),
        on_message({}),
        on_message({"embeds": 3}),
        command("x") | {"data": {"type": 3}},
    ],
)
def test_a_message_in_which_nothing_can_be_read_is_empty(payload: dict[str, Any]) -> None:
    found = parse(payload)
    assert isinstance(found, Opened)
    assert found.message == ""


def test_of_a_very_long_message_the_beginning_is_read() -> None:
    found = parse(on_message({"content": "x" * 50_000}))
    assert isinstance(found, Opened)
    assert len(found.message) == 20_000
