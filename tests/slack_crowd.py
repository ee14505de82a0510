"""Many commands at once from Slack: a hall full of people, and what is asked about each of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from tests.slack_stand_in import Delivery, SlackStandIn

MODERATORS = 20
WORKING = "Working on it"


@dataclass(frozen=True, slots=True)
class Order:
    """`/usher line`, typed by `who`. A write is about one person, and no other order is about the same one."""

    who: str
    line: str
    command: str
    identity: str = ""


def moderators(slack: SlackStandIn) -> list[str]:
    """New people of the workspace, who are in #general."""
    names = [f"mod{number}" for number in range(MODERATORS)]
    for name in names:
        slack.world.channel("general").members.add(slack.world.add_user(name).id)
    return names


def orders(names: Sequence[str], people: Sequence[tuple[str, str]], mark: str = "") -> list[Order]:
    """One for each of the people, who are given as (room, identity): of four, three are writes.

    `mark` makes their new names other ones.
    """
    found = []
    for number, (room, identity) in enumerate(people):
        who = names[number % len(names)]
        line, command = (
            (f"mute {identity} in:{room}", "mute"),
            (f"mute {identity} lock in:{room}", "mute"),
            (f"name {identity} in:{room} Guest {number}{mark}", "name"),
            (f"participants {identity} in:{room}", "participants"),
        )[number % 4]
        found.append(Order(who, line, command, "" if command == "participants" else identity))
    return found


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
