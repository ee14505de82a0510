"""The list of what Usher calls in Slack is whole and has nothing too much, and so has the manifest."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from slack_sdk.web import async_client
from slack_sdk.web.async_base_client import AsyncBaseClient

from adapters.slack.manifest import EVENTS, SCOPES, manifest
from adapters.slack.methods import APP_LEVEL, EVENT_SCOPES, FEATURE_SCOPES, METHODS
from bot.registry import load
from tests.slack_stand_in import chat_methods, read_methods, view_methods

ADAPTERS = Path(__file__).parents[2] / "adapters"
SDK = inspect.getsource(async_client)
KNOWN = frozenset(re.findall(r'api_call\(\s*"([a-zA-Z.]+)"', SDK))
"""The methods that slack_sdk has a function for."""

BY_THE_LIBRARY = frozenset({"apps.connections.open"})  # of an app-level token, which the stand-in asks otherwise for
LIST = ADAPTERS / "slack" / "methods.py"
METHOD = re.compile(r"[a-z]+(\.[a-zA-Z]+)+")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def sources() -> list[Path]:
    return sorted(path for path in ADAPTERS.rglob("*.py") if path != LIST)


def texts(module: ast.Module) -> Iterator[str]:
    return (node.value for node in ast.walk(module) if isinstance(node, ast.Constant) and isinstance(node.value, str))


def called(module: ast.Module) -> Iterator[str]:
    """What is called by name: `x.call("chat.postMessage", ...)`, also with a name that stands for the text."""
    named = {
        target.id: node.value.value
        for node in module.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(module):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("call", "api_call")
        ):
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value
            else:
                yield named.get(first.id, "?") if isinstance(first, ast.Name) else "?"


def needed() -> set[str]:
    """The scopes of the bot's token."""
    everything: list[Mapping[str, tuple[str, ...]]] = [METHODS, EVENT_SCOPES, FEATURE_SCOPES]
    return {scope for one in everything for scopes in one.values() for scope in scopes} - APP_LEVEL


@pytest.mark.parametrize("path", sorted((ADAPTERS / "slack").glob("*.py")), ids=lambda path: path.stem)
def test_every_call_names_a_method_of_the_list(path: Path) -> None:
    assert set(called(tree(path))) - set(METHODS) == set()


def test_no_other_method_is_named_in_any_text() -> None:
    assert {"chat.postMessage", "users.info", "apps.connections.open"} < KNOWN
    found = {(path.name, text) for path in sources() for text in texts(tree(path)) if text in KNOWN - set(METHODS)}
    assert found == set()


def test_no_function_of_the_library_makes_a_call_beside_the_list() -> None:
    functions = {name for name in vars(async_client.AsyncWebClient) if not name.startswith("_")}
    assert "chat_postMessage" in functions - set(vars(AsyncBaseClient))
    found = {
        (path.name, node.attr)
        for path in sources()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in functions and "_" in node.attr
    }
    assert found == set()


def test_every_method_of_the_list_is_called() -> None:
    named = {text for path in sources() for text in texts(tree(path))}
    assert set(METHODS) - named == set()


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ('web.call("chat.delete", ts="1")', {"chat.delete"}),
        ('client.api_call("users.list")', {"users.list"}),
        ('METHOD = "users.list"\nasync def f(): await self._web.call(METHOD)', {"users.list"}),
        ("web.call(method)", {"?"}),
        ("web.call(*given)", {"?"}),
        ('web.send("chat.delete")', set()),
    ],
)
def test_the_search_finds_calls_however_they_are_written(source: str, names: set[str]) -> None:
    assert set(called(ast.parse(source))) == names


def test_the_manifest_has_every_scope_that_is_needed_and_no_other() -> None:
    assert set(SCOPES) == needed()


@pytest.mark.parametrize("scope", sorted(SCOPES))
def test_each_scope_is_for_something_that_the_manifest_or_the_code_has(scope: str) -> None:
    features = manifest(load())["features"]
    events = [one for one, scopes in EVENT_SCOPES.items() if scope in scopes and one in EVENTS]
    offered = [one for one, scopes in FEATURE_SCOPES.items() if scope in scopes and features.get(one)]
    assert [*(one for one, scopes in METHODS.items() if scope in scopes), *events, *offered] != []


def test_the_events_are_those_of_the_manifest() -> None:
    assert set(EVENT_SCOPES) == set(EVENTS)


def test_the_stand_in_asks_for_the_same_scopes() -> None:
    """Where it depends on the channel the stand-in's table has none, as for what needs none."""
    stand_in = {**chat_methods.METHODS, **read_methods.METHODS, **view_methods.METHODS}
    theirs = {name: stand_in[name].scope for name in METHODS if name in stand_in}
    ours = {name: scopes[0] if len(scopes) == 1 else "" for name, scopes in METHODS.items() if name in stand_in}
    assert set(METHODS) - set(stand_in) == BY_THE_LIBRARY
    assert theirs == ours
