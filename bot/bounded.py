"""Memories that do not grow without bound: the oldest is let go for the newest."""

from __future__ import annotations

from collections import OrderedDict
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


def keep(memory: OrderedDict[K, V], key: K, value: V, most: int) -> None:
    """Put it last, as the newest; what has not been put for longest goes where there are more than `most`."""
    memory[key] = value
    memory.move_to_end(key)
    while len(memory) > most:
        memory.popitem(last=False)
