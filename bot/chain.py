"""How entries are sealed: the texts that are stored, and the chain of digests that shows any later change. Pure.

Each entry has two texts. The *sealed* one (what happened, when, by which worker) stays for ever; the *body* holds
the `Content`, which may be erased on request. Both are ASCII JSON, and the digests cover those stored bytes:

    content digest = SHA-256(salt + body)
    digest         = SHA-256(digest of the entry before + content digest + sealed)

so anybody can follow the chain with any SHA-256, and it still holds when a body and its salt are gone.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from bot.history import VERSION, Content, Draft, Entry, EntryKind, Outcome

GENESIS = "0" * 64

# ASCII, so that the stored bytes are the same everywhere and half an emoji (a lone surrogate) survives.
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
_FIELDS = tuple(field.name for field in fields(Content))
_values = attrgetter(*_FIELDS)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: the newest entry, and the number that the next new case gets."""

    seq: int = 0
    digest: str = GENESIS
    next_case: int = 1


@dataclass(frozen=True, slots=True)
class Sealed:
    """An entry with the texts that are stored for it."""

    entry: Entry
    text: str
    body: str
    salt: str


def content_digest(salt: str, body: str) -> str:
    return hashlib.sha256((salt + body).encode()).hexdigest()


def entry_digest(previous: str, content: str, sealed: str) -> str:
    """`previous` and `content` are digests of one length, so no two triples spell the same text."""
    return hashlib.sha256((previous + content + sealed).encode()).hexdigest()


def encode_content(case: int, content: Content) -> str:
    """The body: fields that are empty are left out; the case number stands in it so that it can be indexed there."""
    body: dict[str, Any] = {name: value for name, value in zip(_FIELDS, _values(content), strict=True) if value}
    body["case"] = case
    return _encode(body)


def decode_content(body: str) -> Content:
    facts = json.loads(body)
    del facts["case"]
    return Content(**facts)


def seal(draft: Draft, head: Head, case: int, *, at: datetime, worker: str, server: str, salt: str) -> Sealed:
    """The draft as the entry that follows `head`."""
    seq, at = head.seq + 1, at.astimezone(UTC)
    facts: dict[str, Any] = {
        "version": VERSION,
        "seq": seq,
        "case": case,
        "kind": draft.kind.value,
        "at": at.isoformat(timespec="microseconds"),
        "worker": worker,
        "server": server,
        "refers": draft.refers,
        "outcome": draft.outcome.value if draft.outcome else None,
        "code": draft.code or None,
    }
    text = _encode({name: fact for name, fact in facts.items() if fact is not None})
    body = encode_content(case, draft.content)
    content = content_digest(salt, body)
    entry = Entry(
        seq=seq,
        case=case,
        kind=draft.kind,
        at=at,
        worker=worker,
        server=server,
        content=draft.content,
        refers=draft.refers,
        outcome=draft.outcome,
        code=draft.code,
        content_digest=content,
        previous=head.digest,
        digest=entry_digest(head.digest, content, text),
    )
    return Sealed(entry, text, body, salt)


def unseal(sealed: str, body: str | None, *, content: str, previous: str, digest: str) -> Entry:
    """The entry of these stored texts and digests; `body` None means that the content has been erased."""
    facts = json.loads(sealed)
    outcome = facts.get("outcome")
    return Entry(
        seq=facts["seq"],
        case=facts["case"],
        kind=EntryKind(facts["kind"]),
        at=datetime.fromisoformat(facts["at"]),
        worker=facts["worker"],
        server=facts["server"],
        content=None if body is None else decode_content(body),
        refers=facts.get("refers"),
        outcome=Outcome(outcome) if outcome else None,
        code=facts.get("code", ""),
        content_digest=content,
        previous=previous,
        digest=digest,
        version=facts["version"],
    )
