"""Entries as rows and back."""

from __future__ import annotations

import unicodedata
from typing import Any

from sqlalchemy import select

from adapters.database.schema import contents, entries
from bot.chain import GENESIS, Sealed, unseal
from bot.history import Content, Entry

MOST = 2**63 - 1  # the greatest number that both databases hold

_before = entries.alias("before")
_previous = select(_before.c.digest).where(_before.c.seq == entries.c.seq - 1).scalar_subquery()

# Every entry with its content where it still has one; `entry_of` reads a row of it.
WHOLE = (
    select(
        entries.c.sealed,
        entries.c.content_digest,
        entries.c.digest,
        _previous.label("previous"),
        contents.c.body,
    )
    .select_from(entries.outerjoin(contents, contents.c.seq == entries.c.seq))
    .order_by(entries.c.seq)
)


def entry_of(row: Any) -> Entry:
    sealed, content, digest, previous, body = row
    return unseal(sealed, body, content=content, previous=previous or GENESIS, digest=digest)


def entry_row(sealed: Sealed) -> dict[str, Any]:
    entry = sealed.entry
    return {
        "seq": entry.seq,
        "sealed": sealed.text,
        "content_digest": entry.content_digest,
        "digest": entry.digest,
    }


def content_row(sealed: Sealed) -> dict[str, Any]:
    content = sealed.entry.content or Content()
    return {
        "seq": sealed.entry.seq,
        "salt": sealed.salt,
        "body": sealed.body,
        "search": folded(f"{content.identity}\n{content.name}"),
    }


def folded(text: str) -> str:
    """As text is compared in a search, whatever its case and spelling; ASCII is by far the commonest."""
    if text.isascii():
        return text.lower().replace("\0", "\ufffd")
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return storable(folded)


def storable(text: str) -> str:
    """The text without what a database cannot keep in one: halves of an emoji, and NUL."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
