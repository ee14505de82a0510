"""What the renderer made, as discord.py's objects: it takes nothing else, and sends them as they were made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import discord
from discord import app_commands, ui

from adapters.discord.components import BUTTON, Component
from adapters.discord.render import Message


def parts(message: Message) -> dict[str, Any]:
    """The message as the arguments of whatever sends or edits one."""
    return {
        "content": message.content,
        "embeds": [discord.Embed.from_dict(box) for box in message.embeds],
        "view": view(message.components),
        "allowed_mentions": discord.AllowedMentions.none(),
    }


def parts_of(message: discord.Message) -> dict[str, Any]:
    """The same of a message that Discord has sent."""
    shown = ui.View.from_message(message, timeout=None)
    shown.stop()
    return {
        "content": message.content,
        "embeds": message.embeds,
        "view": shown,
        "allowed_mentions": discord.AllowedMentions.none(),
    }


def view(rows: Iterable[Component]) -> ui.View:
    """The rows. It is over from the beginning, so discord.py keeps no track of it: presses come by `items.Control`."""
    found = ui.View(timeout=None)
    for number, row in enumerate(rows):
        for one in row["components"]:
            found.add_item(_button(one, number) if one["type"] == BUTTON else _select(one, number))
    found.stop()
    return found


def modal(form: Component) -> ui.Modal:
    found = ui.Modal(title=form["title"], custom_id=form["custom_id"])
    for label in form["components"]:
        found.add_item(
            ui.Label(
                text=label["label"], description=label.get("description"), component=_text_input(label["component"])
            )
        )
    found.stop()
    return found


def choices(found: Iterable[Component]) -> list[app_commands.Choice[Any]]:
    return [app_commands.Choice(name=one["name"], value=one["value"]) for one in found]


def _button(one: Component, row: int) -> ui.Button[Any]:
    style = discord.ButtonStyle(one["style"])
    return ui.Button(style=style, label=one["label"], custom_id=one["custom_id"], row=row)


def _select(one: Component, row: int) -> ui.Select[Any]:
    options = [
        discord.SelectOption(label=option["label"], value=option["value"], description=option.get("description"))
        for option in one["options"]
    ]
    return ui.Select(custom_id=one["custom_id"], placeholder=one["placeholder"], options=options, row=row)


def _text_input(one: Component) -> ui.TextInput[Any]:
    return ui.TextInput(
        custom_id=one["custom_id"],
        style=discord.TextStyle(one["style"]),
        default=one.get("value"),
        required=one["required"],
        max_length=one["max_length"],
    )
