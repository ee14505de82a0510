"""The manifest: derived from the commands, with no more rights than are used, and readable as YAML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from adapters.cli import main
from adapters.documents import ROOT
from adapters.slack.manifest import EVENTS, SCOPES, Options, manifest, manifest_text
from adapters.slack.names import EVERYDAY
from adapters.slack.yaml_text import dumped
from bot.registry import load

OPTIONS = [Options(), Options(http="https://usher.example.com"), Options(root="room"), Options(root_only=True)]


@pytest.mark.parametrize("options", OPTIONS)
def test_the_text_is_yaml_and_says_the_same_as_the_data(options: Options) -> None:
    assert yaml.safe_load(manifest_text(load(), options)) == manifest(load(), options)


def test_yaml_survives_every_kind_of_value() -> None:
    value = {"a": {}, "b": [], "c": [{"d": ["x: y", "# no"], "e": {"f": None}}, "-", 'q"\\é'], "g": True, "h": 1.5}
    assert yaml.safe_load(dumped(value, {"-": "a comment"})) == value


def test_each_everyday_command_stands_there_with_its_summary_and_usage() -> None:
    slash = {one["command"]: one for one in manifest(load())["features"]["slash_commands"]}
    names = {command.name: command for command in load()}
    assert len(slash) == 1 + len(EVERYDAY.split(","))
    assert slash["/quiet"]["description"] == names["quiet"].summary
    assert slash["/usher-mute"]["usage_hint"] == names["mute"].usage.partition(" ")[2]
    assert all(one["should_escape"] for one in slash.values())


def test_a_command_without_arguments_has_no_hint() -> None:
    found = manifest(load(), Options(commands="whoami"))["features"]["slash_commands"][1]
    assert found["command"] == "/whoami"
    assert "usage_hint" not in found


def test_socket_mode_needs_no_address_and_http_mode_has_one_everywhere() -> None:
    assert "url" not in str(manifest(load()))
    assert manifest(load())["settings"]["socket_mode_enabled"] is True
    found = manifest(load(), Options(http="https://usher.example.com/"))
    url = "https://usher.example.com/slack/events"
    assert found["settings"]["socket_mode_enabled"] is False
    assert found["settings"]["event_subscriptions"]["request_url"] == url
    assert found["settings"]["interactivity"]["message_menu_options_url"] == url
    assert {one["url"] for one in found["features"]["slash_commands"]} == {url}
    given = manifest(load(), Options(http="https://example.com/hooks/usher"))
    assert given["settings"]["interactivity"]["request_url"] == "https://example.com/hooks/usher"


def test_with_the_root_only_there_is_one_slash_command() -> None:
    found = manifest(load(), Options(root="room", root_only=True))["features"]["slash_commands"]
    assert [one["command"] for one in found] == ["/room"]


def test_each_scope_and_event_has_its_reason_beside_it() -> None:
    text = manifest_text(load())
    for name, reason in {**SCOPES, **EVENTS}.items():
        assert f'- "{name}"  # {reason}\n' in text


def test_no_scope_lets_it_read_channels_or_write_where_it_is_not_a_member() -> None:
    given = set(manifest(load())["oauth_config"]["scopes"]["bot"])
    assert given & {"channels:history", "groups:history", "chat:write.public", "users:read.email", "admin"} == set()


def test_every_event_has_the_scope_that_it_needs() -> None:
    needed = {"app_mention": "app_mentions:read", "message.im": "im:history", "subteam_updated": "usergroups:read"}
    assert {scope for event, scope in needed.items() if event in EVENTS} <= set(SCOPES)


def test_the_shell_prints_what_stands_in_the_repository(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["manifest"]) == 0
    assert capsys.readouterr().out == (ROOT / "manifest.yml").read_text(encoding="utf-8")


def test_the_shell_prints_variants(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["manifest", "--http", "https://usher.example.com", "--root", "room", "--root-only"]) == 0
    found = yaml.safe_load(capsys.readouterr().out)
    assert found == manifest(load(), Options("https://usher.example.com", "room", root_only=True))


@pytest.mark.parametrize(
    ("words", "settings"),
    [
        (["--root-only"], "USHER_SLACK_COMMANDS=none"),
        (["--root", "/room"], "USHER_SLACK_ROOT=room"),
        (["--root", "room", "--root-only"], "USHER_SLACK_ROOT=room USHER_SLACK_COMMANDS=none"),
    ],
)
def test_a_variant_says_which_settings_belong_to_it(
    capsys: pytest.CaptureFixture[str], words: list[str], settings: str
) -> None:
    assert main(["manifest", *words]) == 0
    assert f"# Usher's settings for it: {settings} (" in capsys.readouterr().out


def test_the_shell_takes_the_names_of_the_settings_and_flags_before_them(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USHER_SLACK_ROOT", "room")
    monkeypatch.setenv("USHER_SLACK_COMMANDS", "mute,quiet=hush")
    printed = []
    for words in ([], ["--root", "stage"], ["--root-only"]):
        assert main(["manifest", *words]) == 0
        printed.append(slash(yaml.safe_load(capsys.readouterr().out)))
    assert printed == [["/room", "/room-mute", "/hush"], ["/stage", "/stage-mute", "/hush"], ["/room"]]


def slash(found: Mapping[str, Any]) -> list[str]:
    return [one["command"] for one in found["features"]["slash_commands"]]


def test_names_of_the_settings_that_slack_would_refuse_are_refused_unless_flags_replace_them(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USHER_SLACK_ROOT", "mute")
    monkeypatch.setenv("USHER_SLACK_COMMANDS", "mut")
    assert main(["manifest"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert [line.partition(" ")[0] for line in err.splitlines()[:2]] == ["USHER_SLACK_ROOT", "USHER_SLACK_COMMANDS"]
    assert main(["manifest", "--root", "room", "--root-only"]) == 0
    assert slash(yaml.safe_load(capsys.readouterr().out)) == ["/room"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--root", "mute"], "The manifest has /mute, a name that Slack keeps for itself."),
        (["--http", "http://usher.example.com"], "Slack needs one such as https://usher.example.com/slack/events"),
        (["--http", "https://"], "'https://' for its address"),
    ],
)
def test_what_slack_would_refuse_is_refused_in_the_shell(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["manifest", *words]) == 2
    assert re.search(re.escape(said), capsys.readouterr().err)
