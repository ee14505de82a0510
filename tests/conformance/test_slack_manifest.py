"""The manifest is one that Slack takes, in every variant, and with every name that may be configured."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest

from adapters.slack.manifest import Options, manifest
from adapters.slack.names import RESERVED
from bot.registry import load
from tests.conformance.slack_data import data, present
from tests.conformance.slack_schemas import wrong_manifest

pytestmark = present
EVERYTHING = ",".join(command.name for command in load())
VARIANTS = {
    "as it is generated": Options(),
    "for HTTP mode": Options(http="https://usher.example.com"),
    "with another root": Options(root="room"),
    "with the root only": Options(root_only=True),
    "with every command": Options(commands=EVERYTHING),
}


def slash_names(found: dict[str, Any]) -> list[str]:
    return [one["command"] for one in found["features"]["slash_commands"]]


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_is_valid(variant: str) -> None:
    found = manifest(load(), VARIANTS[variant])
    assert wrong_manifest(found) == []
    assert all(re.fullmatch(r"/[a-z0-9_-]{1,31}", name) for name in slash_names(found))
    assert len(set(slash_names(found))) == len(slash_names(found))


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_variant_has_a_name_that_slack_keeps_for_itself(variant: str) -> None:
    reserved = data("reserved-slash-commands.json")
    taken = {*reserved["rejected_observed"], *reserved["built_in_reported"], *reserved["built_in_documented"]}
    assert taken & set(slash_names(manifest(load(), VARIANTS[variant]))) == set()
    assert {name.removeprefix("/") for name in taken} <= RESERVED


def _no_slash(found: dict[str, Any]) -> None:
    found["features"]["slash_commands"][0]["command"] = "usher"


def _unknown_key(found: dict[str, Any]) -> None:
    found["settings"]["socket_mode"] = True


def _many(found: dict[str, Any]) -> None:
    found["features"]["slash_commands"] *= 10


def _long_name(found: dict[str, Any]) -> None:
    found["display_information"]["name"] = "x" * 36


def _short_story(found: dict[str, Any]) -> None:
    found["display_information"]["long_description"] = "short"


def _no_description(found: dict[str, Any]) -> None:
    del found["features"]["shortcuts"][0]["description"]


@pytest.mark.parametrize("spoil", [_no_slash, _unknown_key, _many, _long_name, _short_story, _no_description])
def test_the_validator_refuses_a_manifest_that_is_spoilt(spoil: Callable[[dict[str, Any]], None]) -> None:
    found = copy.deepcopy(manifest(load()))
    spoil(found)
    assert wrong_manifest(found) != []


def test_the_validator_takes_slacks_own_sample_and_refuses_its_bad_twin() -> None:
    assert wrong_manifest(data("manifest/v2.valid.json")) == []
    assert wrong_manifest(data("manifest/v2.invalid.json")) != []
