"""Each call that Usher makes of Slack's Web API succeeds with exactly the scopes of the manifest, and needs its own.

`emulate` is the judge. What it cannot judge is said in `ABSENT`, and proved, so that a newer one that can is noticed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from adapters.slack.delivery import QUIET
from adapters.slack.lines import Workspace
from adapters.slack.methods import METHODS
from adapters.slack.names import SlashNames
from adapters.slack.render import render
from adapters.slack.views import Kept, answer_view, home_view, moderate_view, notice_view
from adapters.slack.web import SlackError, Web
from bot.registry import load
from tests.emulated_slack import APP, BOT, BOT_USER, MISSING, EmulatedSlack, emulate_program, emulated_slack
from tests.replies import CORPUS

pytestmark = pytest.mark.emulate

APP_FILE = Path(__file__).parents[2] / "manifest.yml"
MANIFEST = tuple(yaml.safe_load(APP_FILE.read_text(encoding="utf-8"))["oauth_config"]["scopes"]["bot"])
OURS, NO_SCOPE = "xoxb-manifest", "xoxb-none"
TOKENS = {
    OURS: MANIFEST,
    NO_SCOPE: (),
    **{f"xoxb-only-{scope}": (scope,) for scope in MANIFEST},
    **{f"xoxb-without-{scope}": tuple(one for one in MANIFEST if one != scope) for scope in MANIFEST},
}

ABSENT = {
    "apps.connections.open": "emulate has no Socket Mode, and no app-level tokens",
    "usergroups.users.list": "emulate has no user groups",
}


@pytest.fixture(scope="module")
def slack() -> Iterator[EmulatedSlack]:
    if emulate_program() is None:
        pytest.skip(MISSING)
    with emulated_slack(TOKENS) as running:
        yield running


HOME = Workspace("T000000001", SlashNames.read([command.name for command in load()]))
MESSAGE = render(CORPUS["100 people"], HOME)
BODY = {"text": MESSAGE.text, "blocks": list(MESSAGE.blocks), **QUIET}
KEPT = Kept("standup", "C1", "1.2")


def post(at: EmulatedSlack, token: str) -> Mapping[str, object]:
    return {"channel": at.channel, **BODY}


def post_in_thread(at: EmulatedSlack, token: str) -> Mapping[str, object]:
    return {"channel": at.private, "thread_ts": "1.2", "reply_broadcast": True, **BODY}


def post_directly(at: EmulatedSlack, token: str) -> Mapping[str, object]:
    return {"channel": at.direct, **BODY}


def post_to_person(at: EmulatedSlack, token: str) -> Mapping[str, object]:
    return {"channel": at.ann, **BODY}


def whisper(at: EmulatedSlack, token: str) -> Mapping[str, object]:
    return {"channel": at.channel, "user": at.ann, "thread_ts": "1.2", **BODY}


def public(at: EmulatedSlack, token: str) -> Mapping[str, object]:
    return {"channel": at.channel}


def private(at: EmulatedSlack, token: str) -> Mapping[str, object]:
    return {"channel": at.private}


def direct(at: EmulatedSlack, token: str) -> Mapping[str, object]:
    return {"channel": at.direct}


def group(at: EmulatedSlack, token: str) -> Mapping[str, object]:
    return {"usergroup": "S0STAGE", "team_id": HOME.home}


def person(at: EmulatedSlack, token: str) -> Mapping[str, object]:
    return {"user": at.ann}


def modal(at: EmulatedSlack, token: str) -> Mapping[str, object]:
    return {"trigger_id": at.trigger(token), "view": moderate_view(["standup", "all hands"], KEPT)}


def modal_on_top(at: EmulatedSlack, token: str) -> Mapping[str, object]:
    return {"trigger_id": at.trigger(token, at.modal(token)[0]), "view": notice_view("Looking ...", KEPT)}


def modal_again(at: EmulatedSlack, token: str) -> Mapping[str, object]:
    view, version = at.modal(token)
    return {"view_id": view, "hash": version, "view": answer_view(MESSAGE, KEPT)}


def home(at: EmulatedSlack, token: str) -> Mapping[str, object]:
    return {"user_id": at.ann, "view": home_view([("standup", "3 people")], account="slack:T1/U1")}


def nothing(at: EmulatedSlack, token: str) -> Mapping[str, object]:
    return {}


@dataclass(frozen=True, slots=True)
class Example:
    """A call as Usher makes it; `scope` is the one that it needs, "" for none."""

    method: str
    scope: str
    arguments: Callable[[EmulatedSlack, str], Mapping[str, object]]

    async def call(self, slack: EmulatedSlack, token: str) -> Mapping[str, Any]:
        web = Web(token, base_url=slack.base_url)
        try:
            return await web.call(self.method, **self.arguments(slack, token))
        finally:
            await web.aclose()


EXAMPLES = (
    Example("apps.connections.open", "connections:write", nothing),
    Example("auth.test", "", nothing),
    Example("chat.postEphemeral", "chat:write", whisper),
    Example("chat.postMessage", "chat:write", post),
    Example("chat.postMessage", "chat:write", post_in_thread),
    Example("chat.postMessage", "chat:write", post_directly),
    Example("chat.postMessage", "chat:write", post_to_person),
    Example("conversations.info", "channels:read", public),
    Example("conversations.info", "groups:read", private),
    Example("usergroups.users.list", "usergroups:read", group),
    Example("users.info", "users:read", person),
    Example("views.open", "", modal),
    Example("views.publish", "", home),
    Example("views.push", "", modal_on_top),
    Example("views.update", "", modal_again),
)


def some(chosen: Callable[[Example], bool]) -> pytest.MarkDecorator:
    """The examples of these, each under its method and what it is called with."""
    found = [one for one in EXAMPLES if chosen(one)]
    return pytest.mark.parametrize("example", found, ids=[f"{one.method} {one.arguments.__name__}" for one in found])


def judged(one: Example) -> bool:
    return one.method not in ABSENT


async def refusal(example: Example, slack: EmulatedSlack, token: str) -> SlackError:
    with pytest.raises(SlackError) as caught:
        await example.call(slack, token)
    return caught.value


def test_there_is_an_example_for_each_method_and_each_scope_of_it() -> None:
    needed = {(method, scope) for method, scopes in METHODS.items() for scope in scopes or ("",)}
    assert {(one.method, one.scope) for one in EXAMPLES} == needed


async def test_it_is_the_app_that_calls(slack: EmulatedSlack) -> None:
    found = await Example("auth.test", "", nothing).call(slack, OURS)
    assert (found["app_id"], found["bot_id"], found["user_id"]) == (APP, BOT, BOT_USER)


@some(judged)
async def test_it_succeeds_with_exactly_the_scopes_of_the_manifest(example: Example, slack: EmulatedSlack) -> None:
    assert (await example.call(slack, OURS))["ok"] is True


@some(judged)
async def test_it_succeeds_with_its_own_scope_alone(example: Example, slack: EmulatedSlack) -> None:
    token = f"xoxb-only-{example.scope}" if example.scope else NO_SCOPE
    assert (await example.call(slack, token))["ok"] is True


@some(lambda one: judged(one) and one.scope != "")
async def test_it_is_refused_without_its_scope_though_with_all_others(example: Example, slack: EmulatedSlack) -> None:
    refused = await refusal(example, slack, f"xoxb-without-{example.scope}")
    assert (refused.error, refused.needed) == ("missing_scope", example.scope)


@some(lambda one: not judged(one))
async def test_emulate_has_no_such_method_by_now(example: Example, slack: EmulatedSlack) -> None:
    """When this fails, a newer emulate can judge the method: take it out of ABSENT."""
    assert (await refusal(example, slack, OURS)).why == "HTTP 404"


async def test_nothing_is_told_of_a_direct_message(slack: EmulatedSlack) -> None:
    """Usher never asks about one, so the manifest has no `im:read`."""
    refused = await refusal(Example("conversations.info", "im:read", direct), slack, OURS)
    assert (refused.error, refused.needed) == ("missing_scope", "im:read")
