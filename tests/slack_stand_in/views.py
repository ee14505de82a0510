"""Modals in stacks, the App Home of each person, and the triggers that open them. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.ports import Clock
from tests.slack_stand_in import controls
from tests.slack_stand_in.controls import Json
from tests.slack_stand_in.errors import Refused
from tests.slack_stand_in.stamps import Stamps
from tests.slack_stand_in.world import World

MOST_STACKED = 3  # views.push: "Currently the limit is 3"
MOST_BYTES = 250_000  # view_too_large: "greater than 250kb"
TRIGGER_SECONDS = 15.0  # with Slack itself 3: a busy machine is no failure


@dataclass(slots=True, eq=False)
class View:
    """`state` is what the person has filled in so far; `offered` what a search offered last, by block and action."""

    id: str
    user: str
    body: Json
    hash: str
    root: str = ""
    previous: str = ""
    state: dict[tuple[str, str], Json] = field(default_factory=dict)
    offered: dict[tuple[str, str], list[Json]] = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.body["blocks"]
        return blocks

    @property
    def title(self) -> str:
        return str(self.body.get("title", {}).get("text", ""))

    @property
    def text(self) -> str:
        """All that is written in it, a line for each block."""
        return "\n".join(filter(None, map(controls.words, self.blocks)))

    @property
    def labels(self) -> list[str]:
        return controls.labels(self.blocks)


@dataclass(frozen=True, slots=True)
class Trigger:
    user: str
    view: str
    expires: float


class Triggers:
    """A trigger_id lives 3 seconds and opens one thing."""

    def __init__(self, clock: Clock, stamps: Stamps) -> None:
        self._clock, self._stamps = clock, stamps
        self._issued: dict[str, Trigger] = {}
        self._used: set[str] = set()

    def issue(self, user: str, view: str = "") -> str:
        identifier = self._stamps.secret()
        self._issued[identifier] = Trigger(user, view, self._clock.monotonic() + TRIGGER_SECONDS)
        return identifier

    def exchange(self, identifier: object) -> Trigger:
        found = self._issued.get(str(identifier))
        if found is None:
            raise Refused("invalid_trigger_id")
        if identifier in self._used:
            raise Refused("exchanged_trigger_id")
        if self._clock.monotonic() > found.expires:
            raise Refused("expired_trigger_id")
        self._used.add(str(identifier))
        return found


class Views:
    def __init__(self, stamps: Stamps) -> None:
        self._stamps = stamps
        self.open_views: dict[str, View] = {}
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}

    def open(self, user: str, body: Mapping[str, Any]) -> View:
        """A new stack; the one that was open is gone."""
        self._unique(body)
        self.clear(user)
        view = self._new(user, body)
        self.stacks[user] = [view]
        return view

    def push(self, user: str, body: Mapping[str, Any]) -> View:
        stack = self.stacks.get(user)
        if not stack:
            raise Refused("not_found")
        if len(stack) >= MOST_STACKED:
            raise Refused("push_limit_reached")
        self._unique(body)
        view = self._new(user, body, stack)
        stack.append(view)
        return view

    def find(self, *, view_id: object = "", external_id: object = "") -> View:
        for view in self.open_views.values():
            if view.id == view_id or (external_id and view.body.get("external_id") == external_id):
                return view
        raise Refused("not_found")

    def update(self, view: View, body: Mapping[str, Any], known: object = None) -> View:
        """What somebody has filled in stays where the same input stands."""
        if known is not None and known != view.hash:
            raise Refused("hash_conflict")
        if body.get("type") != view.body["type"]:
            raise Refused.arguments("[ERROR] the type of a view cannot be changed [json-pointer:/view/type]")
        self._unique(body, view)
        view.body, view.hash = self._kept(body), self._hash()
        inputs = {one.key for one in controls.controls(view.blocks)}
        view.state = {key: value for key, value in view.state.items() if key in inputs}
        return view

    def publish(self, user: str, body: Mapping[str, Any], known: object = None) -> View:
        if user in self.homes:
            return self.update(self.homes[user], body, known)
        self.homes[user] = self._new(user, body)
        return self.homes[user]

    def close(self, view: View) -> None:
        """It and what lies on it."""
        stack = self.stacks.get(view.user, [])
        if view in stack:
            for gone in stack[stack.index(view) :]:
                self.open_views.pop(gone.id, None)
            del stack[stack.index(view) :]

    def clear(self, user: str) -> None:
        for view in self.stacks.pop(user, []):
            self.open_views.pop(view.id, None)

    def _new(self, user: str, body: Mapping[str, Any], stack: list[View] | None = None) -> View:
        view = View(self._stamps.new("V0"), user, self._kept(body), self._hash())
        view.root = stack[0].id if stack else view.id
        view.previous = stack[-1].id if stack else ""
        self.open_views[view.id] = view
        return view

    def _kept(self, body: Mapping[str, Any]) -> Json:
        if len(json.dumps(body)) > MOST_BYTES:
            raise Refused("view_too_large")
        return {**body, "blocks": controls.named(body["blocks"], self._stamps.new)}

    def _unique(self, body: Mapping[str, Any], but: View | None = None) -> None:
        given = body.get("external_id")
        if given and any(one.body.get("external_id") == given for one in self.open_views.values() if one is not but):
            raise Refused("duplicate_external_id")

    def _hash(self) -> str:
        return f"{self._stamps.seconds()}.{self._stamps.new('')}"


_OPTIONAL: tuple[tuple[str, Callable[[], Any]], ...] = (
    ("title", lambda: {"type": "plain_text", "text": "View Title", "emoji": True}),  # what an App Home has there
    ("close", lambda: None),
    ("submit", lambda: None),
    ("private_metadata", str),
    ("callback_id", str),
    ("external_id", str),
    ("clear_on_close", bool),
    ("notify_on_close", bool),
)


def rendered(view: View, world: World) -> Json:
    """A view as Slack answers and sends it."""
    return {
        "id": view.id,
        "team_id": world.team,
        "type": view.body["type"],
        "blocks": view.blocks,
        **{key: view.body.get(key, default()) for key, default in _OPTIONAL},
        "state": {"values": controls.values(view.blocks, view.state)},
        "hash": view.hash,
        "previous_view_id": view.previous or None,
        "root_view_id": view.root,
        "app_id": world.app.id,
        "app_installed_team_id": world.enterprise if world.org_install else world.team,
        "bot_id": world.app.bot,
    }
