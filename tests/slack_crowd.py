"""Many commands at once from Slack."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from tests import crowd
from tests.crowd import Order
from tests.slack_stand_in import Delivery, SlackStandIn

WORKING = "Working on it"


def moderators(slack: SlackStandIn) -> list[str]:
    """New people of the workspace, who are in #general."""
    names = crowd.names()
    for name in names:
        slack.world.channel("general").members.add(slack.world.add_user(name).id)
    return names


async def sent(slack: SlackStandIn, all_of_them: Sequence[Order], seconds: float = 1.0) -> list[Delivery]:
    """Sent evenly within so many seconds; each is acknowledged, or given up by Slack, when this returns."""

    async def one(number: int, order: Order) -> Delivery:
        await asyncio.sleep(seconds * number / len(all_of_them))
        return await slack.slash(order.who, "general", "/usher", order.line)

    return list(await asyncio.gather(*(one(number, order) for number, order in enumerate(all_of_them))))


def answers(done: Delivery) -> list[str]:
    """What it was answered, but for what says that it is being worked on."""
    texts = [*([done.ack["text"]] if done.ack else []), *(body["text"] for body in done.bodies)]
    return [text for text in texts if not text.startswith(WORKING)]
