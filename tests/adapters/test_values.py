"""Each kind of setting: what is taken, and that a wrong one is answered with the rest of "NAME ..."."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adapters import values as v
from bot.people import Role


@pytest.mark.parametrize(
    ("parse", "given", "value"),
    [
        (v.text, "  key \n", "key"),
        (v.words, " a, ,b c ,", ("a", "b c")),
        (v.words, "", ()),
        (v.livekit_url, " wss://a.livekit.cloud ", "wss://a.livekit.cloud"),
        (v.livekit_url, "http://[::1]:7880/prefix", "http://[::1]:7880/prefix"),
        (v.http_url, "http://user:word@proxy:3128", "http://user:word@proxy:3128"),
        (v.http_url, " ", ""),
        (v.admins, "console:alice, slack:T01/U02,discord:803", ("console:alice", "slack:T01/U02", "discord:803")),
        (v.admins, "", ()),
        (v.roles, "kick = admin,rooms=Viewer", {"kick": Role.ADMIN, "rooms": Role.VIEWER}),
        (v.roles, "", {}),
        (v.identities, "console={id}, slack = s:{id}", {"console": "{id}", "slack": "s:{id}"}),
        (v.pair_or_empty, "role=host", "role=host"),
        (v.pair_or_empty, "role=", "role="),
        (v.pair_or_empty, "", ""),
        (v.name, " Büro Süd ", "Büro Süd"),
        (v.number(5, 100), " 5 ", 5),
        (v.number(5, 100), "100", 100),
        (v.one_of("auto", "cloud"), " Cloud ", "cloud"),
        (v.file, "", ""),
        (v.file, __file__, __file__),
    ],
)
def test_what_is_well_formed_is_taken(parse: Callable[[str], Any], given: str, value: object) -> None:
    assert parse(given) == value


ADDRESS = "is no ws, wss, http or https address of host, port and path alone"
PROXY = "is no http or https address"
NAMED = "must be 1 to 64 printable characters"
SOME = "must be a number from 5 to 100"
PATTERN = "write platform=pattern with {id} in it"


@pytest.mark.parametrize(
    ("parse", "given", "complaint"),
    [
        *((v.livekit_url, wrong, ADDRESS) for wrong in ("", "a.livekit.cloud", "ftp://a", "ws://", "ws://[::1")),
        *((v.livekit_url, wrong, ADDRESS) for wrong in ("ws://a:99999", "ws://key:secret@a", "ws://a?x=1")),
        *(
            (v.http_url, wrong, PROXY)
            for wrong in ("proxy:3128", "socks5://proxy", "http://", "http://[", "http://a:b")
        ),
        (v.admins, "console:alice,bob", "has 'bob', which is no chat account"),
        (v.admins, "slack:T01/@S02", "has 'slack:T01/@S02', which is no chat account"),
        (v.admins, "discord:ada", "has 'discord:ada', which is no chat account"),
        (v.roles, "kck=admin", "names a command that does not exist: 'kck'"),
        (v.roles, "/kick=admin", "names a command that does not exist: '/kick'"),
        (v.roles, "kick=boss", "gives kick no role that there is: viewer, moderator, admin"),
        (v.roles, "kick", "gives kick no role that there is: viewer, moderator, admin"),
        (v.identities, "irc={id}", PATTERN),
        (v.identities, "console=alice", PATTERN),
        *((v.pair_or_empty, wrong, "is no key=value") for wrong in ("role", "=host", " =host")),
        *((v.name, wrong, NAMED) for wrong in ("", " ", "a\nb", "x" * 65, "a\u200b")),
        *((v.number(5, 100), wrong, SOME) for wrong in ("", "4", "101", "-7", "7.5", "seven", "²", "9" * 5000)),
        (v.one_of("auto", "cloud"), "clod", "must be one of auto, cloud"),
        (v.file, "/does/not/exist", "names a file that does not exist: /does/not/exist"),
        (v.file, str(Path(__file__).parent), "names a file that does not exist"),
    ],
)
def test_what_is_not_is_answered_with_what_is_wrong(parse: Callable[[str], Any], given: str, complaint: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse(given)
    assert complaint in str(caught.value)


def test_no_command_can_be_opened_to_everybody_by_a_setting() -> None:
    with pytest.raises(ValueError, match="no role that there is"):
        v.roles("kick=none")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("as it is", "as it is"),
        (20, "20"),
        (["console:alice", "discord:1"], "console:alice,discord:1"),
        ([], ""),
        ({"kick": "admin", "mute": "viewer"}, "kick=admin,mute=viewer"),
        ({}, ""),
    ],
)
def test_a_value_of_toml_is_what_the_environment_would_hold(value: object, text: str) -> None:
    assert v.from_toml(value) == text
