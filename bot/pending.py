"""What a button stands for while nobody has pressed it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PendingItem:
    """One button: `token` is opaque and random; `bound` is the JSON of what it carries out.

    `owner` is the subject that may press it ("" = whoever is authorised). Items of one `group` (the buttons of one
    question) are spent together; an item with an empty group may be pressed again.
    """

    token: str
    owner: str
    channel: str
    bound: str
    expires: datetime
    group: str = ""
    spent: bool = False
