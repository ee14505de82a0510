"""Each kind of setting: what is taken, and that a wrong one is answered with the rest of "NAME ..."."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters import values as v
from bot.people import Role


@pytest.mark.parametrize(
    ("parse", "given", "value"),
    [
        (v.text, "  key \n", "key"),
        (v.words, " a, ,b c ,", ("a", "b c")),
        (v.words, "", ()),
        (v.reasons, " shouting,off  topic,,shouting ", ("shouting", "off  topic")),
        (v.reasons, ",".join(["x" * 75, *map(str, range(19))]), ("x" * 75, *map(str, range(19)))),
        (v.reasons, "", ()),
        (v.livekit_url, " wss://a.livekit.cloud ", "wss://a.livekit.cloud"),
        (v.livekit_url, "http://[::1]:7880/prefix", "http://[::1]:7880/prefix"),
        (v.http_url, "http://user:word@proxy:3128", "http://user:word@proxy:3128"),
        (v.http_url, " ", ""),
        (v.host_port, " 127.0.0.1:8080 ", v.HostPort("127.0.0.1", 8080)),
        (v.host_port, "usher.example.com:0", v.HostPort("usher.example.com", 0)),
        (v.host_port, "[0:0::1]:65535", v.HostPort("::1", 65535)),
        (v.slack_api_url, " https://slack-gov.com/api/ ", "https://slack-gov.com/api/"),
        (v.slack_api_url, "http://127.0.0.1:4000/to/api/", "http://127.0.0.1:4000/to/api/"),
        (v.slack_token("xoxb-"), " xoxb-1-a \n", "xoxb-1-a"),
        (v.slack_token("xoxb-"), " ", ""),
        (v.slack_signing_secret, " 8f74 \n", "8f74"),
        (v.slack_signing_secret, "", ""),
        (v.slash_root, " /room ", "room"),
        (v.slack_channel, " C012AB3CD ", "C012AB3CD"),
        (v.slack_channel, "G012AB3CD", "G012AB3CD"),
        (v.slack_channel, " ", ""),
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
        (v.time_zone, " UTC ", UTC),
        (v.time_zone, "Europe/Berlin", ZoneInfo("Europe/Berlin")),
        (v.file, "", ""),
        (v.file, __file__, __file__),
    ],
)
def test_what_is_well_formed_is_taken(parse: Callable[[str], Any], given: str, value: object) -> None:
    assert parse(given) == value


ADDRESS = "is no ws, wss, http or https address of host, port and path alone"
PROXY = "is no http or https address"
SLACK_API = "is no address of host and path that ends in /api/"
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
        *((v.host_port, wrong, "is no host:port") for wrong in ("", "8080", ":8080", "a:", "a:65536", "a:123456")),
        *((v.host_port, wrong, "is no host:port") for wrong in ("::1:80", "http://a:80", "a:80/x", "a b:80", "a:-1")),
        *((v.host_port, wrong, "no IPv6 address between its brackets") for wrong in ("[]:80", "[127.0.0.1]:80")),
        *((v.slack_api_url, wrong, SLACK_API) for wrong in ("", "https://slack.com/api", "https://slack.com/")),
        *(
            (v.slack_api_url, wrong, SLACK_API)
            for wrong in ("https://a/api/?x=1", "https://a/api/#x", "http://u@a/api/")
        ),
        (v.slack_api_url, "slack.com/api/", PROXY),
        (v.slash_root, "mute", "has /mute, a name that Slack keeps for itself"),
        (v.slash_root, "Ro om", "has 'Ro om'; a slash command is at most 31 small letters"),
        (v.slash_names, "mut", "names a command that does not exist: 'mut'"),
        (v.slash_names, "quiet,quiet", "gives the name /quiet twice"),
        *((v.slack_channel, wrong, "which is no channel id") for wrong in ("#mods", "c012", "D012AB3CD", "C012 AB")),
        (v.admins, "console:alice,bob", "has 'bob', which is no chat account"),
        (v.admins, "slack:T01/@S02", "has 'slack:T01/@S02', which is no chat account"),
        (v.admins, "discord:ada", "has 'discord:ada', which is no chat account"),
        (v.reasons, ",".join(map(str, range(21))), "has 21 reasons; it takes 20"),
        *((v.reasons, wrong, "1 to 75 printable characters") for wrong in ("x" * 76, "spam,a\nb", "a\u200bb")),
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
        *((v.time_zone, wrong, "is no time zone") for wrong in ("", "Moon/Sea", "../etc/passwd", "Europe", "/etc")),
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


@pytest.mark.parametrize("written", ["127.0.0.1:8080", "[::1]:0", "usher.example.com:443"])
def test_an_address_to_listen_at_is_shown_as_it_is_written(written: str) -> None:
    assert str(v.host_port(written)) == written


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
