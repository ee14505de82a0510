"""A small bot on discord.py itself, for the tests of the stand-in: it does one thing of each kind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeAlias
from unittest import mock

import discord
from discord import app_commands as ac
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from tests.clocks import PATIENCE
from tests.discord_stand_in import DiscordStandIn

Interaction: TypeAlias = discord.Interaction[discord.Client]


class Ask(discord.ui.Modal, title="Ask"):
    reason: Any = discord.ui.Label(text="Reason", component=discord.ui.TextInput(custom_id="why", max_length=20))
    more: Any = discord.ui.TextInput(label="More", custom_id="more", required=False)

    async def on_submit(self, interaction: Interaction) -> None:
        if interaction.message is not None:
            await interaction.response.edit_message(content=f"Because {self.reason.component.value}", view=None)
        else:
            await interaction.response.send_message(f"Because {self.reason.component.value}{self.more.value}")


class Row(discord.ui.View):
    """What stands below a list."""

    @discord.ui.button(label="Open", custom_id="open")
    async def opened(self, interaction: Interaction, _: Any) -> None:
        await interaction.response.send_modal(Ask())

    @discord.ui.button(label="Later", custom_id="later", style=discord.ButtonStyle.danger)
    async def later(self, interaction: Interaction, _: Any) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="Later is now", view=None)

    @discord.ui.button(label="Never", custom_id="never", disabled=True)
    async def never(self, interaction: Interaction, _: Any) -> None: ...

    @discord.ui.select(
        custom_id="who",
        placeholder="Choose a person",
        options=[discord.SelectOption(label=name, value=name.lower()) for name in ("Bob", "Eve")],
    )
    async def chosen(self, interaction: Interaction, select: Any) -> None:
        await interaction.response.edit_message(content=f"Chosen: {select.values[0]}", embed=discord.Embed(title="Box"))


class Bot(discord.Client):
    """`heard` are the events; `instead` answers commands in another way than the tree does."""

    def __init__(self, discord_: DiscordStandIn, intents: discord.Intents | None = None, **options: Any) -> None:
        options.setdefault("guild_ready_timeout", 0.02)  # so long it waits for further servers
        super().__init__(intents=intents or discord.Intents(guilds=True), **options)
        self.tree = ac.CommandTree(self)
        self.token = discord_.app.token
        self.heard: list[str] = []
        self.arrived: list[Interaction] = []
        self.instead: Callable[[Interaction], Coroutine[Any, Any, None]] | None = None
        add_commands(self)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """In the place of discord.py's, which waits 5 seconds before it begins anew."""

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        self.heard.append(event)
        if event == "interaction":
            self.arrived.append(args[0])
        super().dispatch(event, *args, **kwargs)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None: ...


def add_commands(bot: Bot) -> None:
    tree = bot.tree

    @tree.error
    async def failed(interaction: Interaction, error: Exception) -> None: ...

    @tree.command(name="people", description="Who is there")
    @ac.default_permissions(moderate_members=True)
    @ac.describe(room="The room", pages="How many", quiet="For you alone")
    async def people(interaction: Interaction, room: str = "", pages: int = 1, quiet: bool = False) -> None:
        if bot.instead is not None:
            await bot.instead(interaction)
            return
        await interaction.response.send_message(f"Two people {room} {pages}", view=Row(timeout=None), ephemeral=quiet)

    @people.autocomplete("room")
    async def rooms(interaction: Interaction, current: str) -> list[ac.Choice[str]]:
        return [ac.Choice(name=one.title(), value=one) for one in ("standup", "stage") if one.startswith(current)]

    @tree.command(name="give", description="Give a role")
    @ac.describe(who="Whom", role="Which")
    @ac.choices(role=[ac.Choice(name="viewer", value="v"), ac.Choice(name="admin", value="a")])
    async def give(interaction: Interaction, who: discord.Member | discord.Role, role: str) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.followup.send(f"{who.name} is {role} now")
        await interaction.followup.send("And so on", ephemeral=True)

    @tree.command(name="ask", description="Ask why")
    async def ask(interaction: Interaction) -> None:
        await interaction.response.send_modal(Ask())

    group = ac.Group(name="usher", description="All of it")

    @group.command(name="mute", description="Mute somebody")
    @ac.describe(who="Whom")
    async def mute(interaction: Interaction, who: str) -> None:
        await interaction.response.send_message(f"Muted {who}")

    tree.add_command(group)

    @tree.context_menu(name="Look here")
    @ac.default_permissions(moderate_members=True)
    async def look(interaction: Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"{message.author.name} wrote: {message.content}", ephemeral=True)


@asynccontextmanager
async def running(discord_: DiscordStandIn, bot: Bot | None = None, *, connected: int = 1) -> AsyncIterator[Bot]:
    """The bot with its commands registered, and ready, for the length of the block."""
    bot = bot or Bot(discord_)
    with (
        mock.patch.object(Route, "BASE", discord_.api_url),
        mock.patch.object(DiscordWebSocket, "DEFAULT_GATEWAY", URL(discord_.gateway_url)),
    ):
        await bot.login(bot.token)
        await bot.tree.sync()
        connection = asyncio.create_task(bot.connect())
        try:
            await discord_.connected(connected)
            await asyncio.wait_for(bot.wait_until_ready(), PATIENCE)
            yield bot
        finally:
            await bot.close()
            with suppress(asyncio.CancelledError):
                await connection
