"""Many interactions at once from Discord: commands, and what is asked for while they are typed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from tests import crowd
from tests.crowd import Order
from tests.discord_stand_in import DiscordStandIn, Interaction
from tests.discord_stand_in.interactions import AUTOCOMPLETE


def moderators(discord: DiscordStandIn) -> list[str]:
    """New members of Home, who may time out others."""
    mods = next(role for role in discord.world.guild("Home").roles.values() if role.name == "Mods")
    names = crowd.names()
    for name in names:
        discord.world.add_member("Home", discord.world.add_user(name), mods)
    return names


async def sent(
    discord: DiscordStandIn, all_of_them: Sequence[Order], seconds: float = 1.0, *, completing: bool = False
) -> list[Interaction]:
    """Sent evenly within so many seconds; each is answered, or given up by Discord, when this returns.

    While `completing`, each fourth one is not sent, but typed: who is offered what.
    """

    async def one(number: int, order: Order) -> Interaction:
        await asyncio.sleep(seconds * number / len(all_of_them))
        if completing and not order.identity:
            return await discord.complete(order.who, "general", "mute", "who", "p", in_=order.options["room"])
        given = {name: one == "true" or one for name, one in order.options.items()}
        return await discord.command(order.who, "general", order.command, given)

    return list(await asyncio.gather(*(one(number, order) for number, order in enumerate(all_of_them))))


def answers(done: Interaction) -> list[str]:
    """What the person has read, each time; that it is thinking is no answer."""
    if done.type == AUTOCOMPLETE:
        return [",".join(done.names)] if done.answered is not None else []
    shown = [one for one in done.sent if not one.loading]
    return [one.content for one in shown for _ in range(max(one.versions, 1))]
