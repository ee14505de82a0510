"""Buttons and selects as discord.py hands them over: by a `DynamicItem`, so those of before a restart come as well.

discord.py looks for what was pressed in the message that Discord sends with the press, and drops the press where it
does not find it (`ui/view.py`, `schedule_dynamic_item_call`): in a message that was sent in part, as Discord did until
August 2021 with those for one person (discord/discord-api-docs#3172), or if it is of a kind that discord.py does not
know. Such a press is not `handed_over` here, and the client takes it up by itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from adapters.boundary import logged

if TYPE_CHECKING:
    from adapters.discord.client import UsherClient

ANY_ID = re.compile(".*", re.DOTALL)
_HANDED_OVER = "usher: handed over"


class Control(ui.DynamicItem[ui.Item[Any]], template=ANY_ID):
    """Whatever can be pressed in a message of ours. `inbound` reads what its id says; one that says nothing (any more)
    is answered, too."""

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Control:
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        client: UsherClient = interaction.client  # no other one has this item
        interaction.extras[_HANDED_OVER] = True
        try:
            await client.arrived(interaction)
        except Exception as error:  # noqa: BLE001 - the boundary: discord.py would log what the error says
            logged(error)


def handed_over(interaction: discord.Interaction[discord.Client]) -> bool:
    """Whether a `Control` has had it. discord.py begins the item's task before that of the event `interaction`, and
    nothing before the `callback` waits: when the event is heard this is settled."""
    return _HANDED_OVER in interaction.extras
