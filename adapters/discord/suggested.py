"""What autocomplete offers: names to see, values to act on."""

from __future__ import annotations

from collections.abc import Iterable

from adapters.discord import limits
from adapters.discord.components import Component
from adapters.shown import shown, size


def choices(found: Iterable[tuple[str, str | int]]) -> list[Component]:
    """The first of these names and values; what Discord would not send back as it is, is left out."""
    kept = [{"name": shown(name, limits.CHOICE_NAME), "value": value} for name, value in found if _sent_back(value)]
    return kept[: limits.CHOICES]


def person_value(identity: str, sid: str) -> str:
    """What names a person: the identity, or the session where Discord would not send that back as it is."""
    return identity if _sent_back(identity) and not identity.startswith("<") else sid


def _sent_back(value: str | int) -> bool:
    return isinstance(value, int) or (0 < size(value) <= limits.CHOICE_NAME and value == " ".join(value.split()))
