"""The scopes of Slack's Web API methods are those of the published specification, as far as that one goes (2021)."""

from __future__ import annotations

import pytest

from adapters.slack.methods import APP_LEVEL, METHODS
from tests.conformance.slack_data import data, present

pytestmark = present

LATER = frozenset({"apps.connections.open"})  # not in the specification yet
RENAMED = {"chat:write:bot": "chat:write", "chat:write:user": "chat:write"}
NOT_ASKED = {"conversations.info": {"im:read", "mpim:read"}}  # for kinds of conversations that Usher asks nothing about


def specified(method: str) -> set[str]:
    (operation,) = data("slack_web_openapi_v2.json")["paths"][f"/{method}"].values()
    scopes = {scope for one in operation["security"] for scope in one["slackAuth"]} - {"none"}
    return {RENAMED.get(scope, scope) for scope in scopes}


@pytest.mark.parametrize("method", sorted(set(METHODS) - LATER))
def test_a_method_needs_the_scopes_that_slack_published(method: str) -> None:
    assert set(METHODS[method]) == specified(method) - NOT_ASKED.get(method, set())


def test_what_is_later_than_the_specification_is_of_the_app_level_token() -> None:
    paths = data("slack_web_openapi_v2.json")["paths"]
    assert {method for method in METHODS if f"/{method}" not in paths} == LATER
    assert {scope for method in LATER for scope in METHODS[method]} == APP_LEVEL
