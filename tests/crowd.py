"""Many commands at once from a chat: a hall full of people, and what is asked about each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.options import written
from bot.registry import load

MODERATORS = 20
HALLS = [f"hall-{number}" for number in range(20)]
COMMANDS = 200
PEOPLE = [(HALLS[number % len(HALLS)], f"p{number:03}") for number in range(COMMANDS)]
REGISTRY = load()


@dataclass(frozen=True, slots=True)
class Order:
    """A command of `who`. A write is about one person, `identity`, and no other order is about the same one."""

    who: str
    command: str
    options: Mapping[str, str] = field(hash=False)
    identity: str = ""

    @property
    def line(self) -> str:
        """As it is typed."""
        return f"{self.command} {written(REGISTRY[self.command], self.options)}"


def names() -> list[str]:
    return [f"mod{number}" for number in range(MODERATORS)]


def orders(names: Sequence[str], people: Sequence[tuple[str, str]], mark: str = "") -> list[Order]:
    """One for each of the people, who are given as (room, identity): of four, three are writes.

    `mark` makes their new names other ones.
    """
    found = []
    for number, (room, identity) in enumerate(people):
        about = {"who": identity, "in": room}
        command, options = (
            ("mute", about),
            ("mute", {**about, "lock": "true"}),
            ("name", {**about, "text": f"Guest {number}{mark}"}),
            ("participants", {"room": room, "filter": identity}),
        )[number % 4]
        found.append(Order(names[number % len(names)], command, options, "" if command == "participants" else identity))
    return found
