"""A small app on Slack's own framework, for the tests of the stand-in: it does one thing of each kind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack_stand_in import SlackStandIn

PATH = "/slack/events"
MODES = ("socket", "http")


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def button(text: str, action_id: str, value: str = "v") -> dict[str, Any]:
    return {"type": "button", "text": plain(text), "action_id": action_id, "value": value}


def section(text: str, accessory: dict[str, Any] | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    return found | ({"accessory": accessory} if accessory else {})


def row(name: str) -> dict[str, Any]:
    entries = [{"text": plain(text), "value": f"{text}:{name}"} for text in ("Mute", "Remove")]
    return section(f"Row of {name}", {"type": "overflow", "action_id": f"menu_{name}", "options": entries})


def modal(**more: Any) -> dict[str, Any]:
    person = {"type": "external_select", "action_id": "person", "min_query_length": 0}
    reason = {"type": "plain_text_input", "action_id": "reason", "max_length": 20}
    blocks = [
        {"type": "input", "block_id": "person", "label": plain("Person"), "element": person},
        {"type": "input", "block_id": "reason", "label": plain("Reason"), "element": reason, "optional": True},
    ]
    view = {"type": "modal", "callback_id": "ask", "title": plain("Ask"), "submit": plain("Do"), "blocks": blocks}
    return view | more


ROOMS = [section("Two people"), row("bob"), row("eve"), {"type": "actions", "elements": [button("Open", "open")]}]


def small_app(slack: SlackStandIn) -> AsyncApp:
    client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)
    app = AsyncApp(client=client, signing_secret=slack.app.signing_secret)

    @app.command("/usher")
    async def command(ack: Any, command: Any, respond: Any) -> None:
        if command["text"] == "bare":
            await ack()
            await respond(text="Later.")
        else:
            await ack(text="Two people", blocks=ROOMS)

    @app.action("open")
    async def opened(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal())

    @app.action({"type": "block_actions", "action_id": "menu_bob"})
    async def chosen(ack: Any, action: Any, respond: Any) -> None:
        await ack()
        await respond(text=f"Chosen: {action['selected_option']['value']}", replace_original=True)

    @app.options("person")
    async def searched(ack: Any, payload: Any) -> None:
        names = [name for name in ("Bob", "Bo", "Eve") if payload["value"].lower() in name.lower()]
        await ack(options=[{"text": plain(name), "value": name.lower()} for name in names])

    @app.view("ask")
    async def submitted(ack: Any, view: Any) -> None:
        value = view["state"]["values"]["reason"]["reason"]["value"]
        await (ack(response_action="errors", errors={"reason": "Not that."}) if value == "bad" else ack())

    _listen(app)
    return app


def _listen(app: AsyncApp) -> None:
    @app.event("app_mention")
    async def mentioned(event: Any, say: Any) -> None:
        await say(text="Heard.", thread_ts=event["ts"])

    @app.event("message")
    async def told(event: Any, say: Any) -> None:
        await say(text=f"You said: {event['text']}")

    @app.event("app_home_opened")
    async def home(event: Any, client: Any) -> None:
        view = {"type": "home", "blocks": [section("Your rooms", button("Open", "open"))]}
        await client.views_publish(user_id=event["user"], view=view)

    @app.event("subteam_members_changed")
    async def group() -> None: ...

    @app.shortcut("moderate")
    @app.shortcut("moderate_message")
    async def shortcut(ack: Any, body: Any, client: Any) -> None:
        await ack()
        title = plain("Message" if "message" in body else "Global")
        await client.views_open(trigger_id=body["trigger_id"], view=modal(title=title))


@asynccontextmanager
async def running(slack: SlackStandIn, mode: str, app: AsyncApp | None = None) -> AsyncIterator[str]:
    """The app connected to the stand-in in one of MODES; its URL in HTTP mode."""
    found = app or small_app(slack)
    if mode == "socket":
        handler = AsyncSocketModeHandler(found, slack.app.app_token, ping_interval=10)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        try:
            await slack.connected()
            yield ""
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]
        return
    runner = web.AppRunner(found.web_app(PATH), shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}"
        slack.use_http(url)
        yield url
    finally:
        await runner.cleanup()
