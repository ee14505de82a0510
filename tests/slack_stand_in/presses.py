"""What people do in messages and modals: press, choose, search, fill in, submit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.slack_stand_in import controls, payloads
from tests.slack_stand_in.controls import Json
from tests.slack_stand_in.deliveries import Delivery
from tests.slack_stand_in.messages import Message, Shown
from tests.slack_stand_in.screen import Screen
from tests.slack_stand_in.views import View
from tests.slack_stand_in.world import User, Who


class Presses(Screen):
    async def press(
        self,
        who: Who,
        where: Shown | View,
        label: str,
        *,
        beside: str = "",
        option: str = "",
        unseen: bool = False,
        forged: Mapping[str, Any] | None = None,
    ) -> Delivery:
        """A button, or an entry of a menu, by what is written on it (`beside` tells rows apart).

        `option` chooses in the select that `label` names by its block_id or action_id. `unseen` lets somebody press
        what is not (or no longer) on their screen; `forged` replaces fields of the action.
        """
        user = self._world.user(who)
        place = self._place(user, where, unseen=unseen)
        control = controls.find(where.blocks if unseen else place.blocks, label, beside)
        offered = place.offered.get(control.key, []) if isinstance(place, View) else []
        action = {**controls.action(control, self._desk.stamps.ts(), offered, option), **(forged or {})}
        state = controls.state_of(action)
        touched = {control.key: state} if state else {}
        if isinstance(place, View):
            place.state |= touched
            return await self._press_in_view(user, place, action)
        answer = self._answer("actions", user, place.channel, place)
        values = controls.values(place.blocks, touched)
        payload = {
            **payloads.in_message(self._desk, "block_actions", user, place, values),
            "actions": [action],
            "trigger_id": self._desk.triggers.issue(user.id),
            "response_url": self._sending.base + answer.path,
        }
        return await self._interaction(payload, user, answer=answer)

    async def _press_in_view(self, user: User, view: View, action: Json) -> Delivery:
        trigger = self._desk.triggers.issue(user.id, view.id)
        found = payloads.in_view(self._desk, "block_actions", user, view)
        return await self._interaction({**found, "actions": [action], "trigger_id": trigger}, user, view=view)

    async def search(self, who: Who, where: Shown | View, block: str, text: str = "") -> Delivery:
        """Type into a select with search; the labels that come back are the delivery's `options`."""
        user = self._world.user(who)
        place = self._place(user, where)
        control = controls.find(place.blocks, block)
        if len(text) < control.element.get("min_query_length", 3):
            raise AssertionError("Slack asks the app only from min_query_length characters on")
        view = place if isinstance(place, View) else None
        kind = "block_suggestion"
        found = (
            payloads.in_message(self._desk, kind, user, place, {})
            if isinstance(place, Message)
            else payloads.in_view(self._desk, kind, user, place)
        )
        asked = {"block_id": control.key[0], "action_id": control.key[1], "value": text}
        return await self._interaction({**found, **asked}, user, view=view)

    async def submit(self, who: Who, view: View, values: Mapping[str, Any] | None = None) -> Delivery:
        """Fill in inputs (by block_id or action_id: a text, or an option's label or value), and submit the modal."""
        user = self._world.user(who)
        self._place(user, view)
        if not view.body.get("submit"):
            raise AssertionError("there is nothing to submit in this view")
        for name, given in (values or {}).items():
            control = controls.find(view.blocks, name)
            view.state[control.key] = controls.filled(control.element, given, view.offered.get(control.key, []))
        for control in controls.controls(view.blocks):
            state = view.state.get(control.key) or controls.blank(control.element) or {}
            if control.block["type"] == "input" and not control.block.get("optional") and controls.is_empty(state):
                raise AssertionError(f"Slack does not submit: {control.key[0]} is required")
        return await self._interaction(payloads.submission(self._desk, user, view), user, view=view)

    async def close(self, who: Who, view: View) -> Delivery | None:
        """Close a modal; the app is told if the view asks for it."""
        user = self._world.user(who)
        self._place(user, view)
        payload = payloads.closed(self._desk, user, view, cleared=False)
        self._desk.views.close(view)
        return await self._interaction(payload, user) if view.body.get("notify_on_close") else None
