"""Walks the chain and names the first entry that is not as it was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from adapters.database.projections import Astray, Projections
from adapters.database.reading import Reading, read_only
from bot.chain import GENESIS

# The digests of `bot.chain` are spelled out in the walk: at 200,000 entries a second a call of a function counts.
_WALK = """
    SELECT entries.seq, entries.sealed, entries.content_digest, entries.digest, contents.salt, contents.body
    FROM entries LEFT JOIN contents ON contents.seq = entries.seq ORDER BY entries.seq
"""
_ERASED = "SELECT refers FROM entries WHERE kind = 'erased'"
_HEAD = "SELECT seq, digest FROM head WHERE id = 1"
_STRAY = "SELECT min(seq) FROM contents WHERE seq NOT IN (SELECT seq FROM entries)"


@dataclass(frozen=True, slots=True)
class Verified:
    """Every entry is as it was written. Whoever keeps `head` elsewhere can tell a history that was forged whole."""

    entries: int
    head: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry that is not as it was written."""

    seq: int
    why: str


def verify(url: str) -> Verified | Broken | Astray:
    """Follow the whole chain, in one reading of the database and in little memory; then look whether the open intents,
    the orders and the grants are what the entries say. (Channel defaults name no channel in their entries.)"""
    with read_only(url, raw=True) as reading:
        return _walk(reading)


def _walk(reading: Reading) -> Verified | Broken | Astray:
    erased = {seq for (seq,) in reading.rows(_ERASED)}
    previous, count, bodies = GENESIS.encode(), 0, 0
    projections = Projections()
    for seq, sealed, content, digest, salt, body in reading.rows(_WALK):
        count += 1
        if seq != count:
            return Broken(count, "This entry is missing.")
        if sha256(previous + content + sealed).hexdigest().encode() != digest:
            return Broken(seq, "This entry was changed, or is not the one that followed the entry before.")
        if body is None:
            if seq not in erased:
                return Broken(seq, "The content of this entry is missing, and no entry says that it was erased.")
        elif sha256(salt + body).hexdigest().encode() != content:
            return Broken(seq, "The content of this entry was changed.")
        else:
            bodies += 1
        projections.follow(seq, sealed, body)
        previous = digest
    broken = next(_amiss_at_the_end(reading, count, previous, bodies), None)
    return broken or next(projections.compared(reading), Verified(count, previous.decode()))


def _amiss_at_the_end(reading: Reading, count: int, digest: bytes, bodies: int) -> Iterator[Broken]:
    heads = list(reading.rows(_HEAD))
    if not heads:
        yield Broken(count + 1, "The record of where the history ends is missing.")
    for seq, newest in heads:
        if seq > count:
            yield Broken(count + 1, f"The history ends before this entry; it went on to {seq}.")
        elif seq < count:
            yield Broken(seq + 1, "The history was to end before this entry.")
        elif newest != digest:
            yield Broken(seq, "The end of the history is not the one on record.")
    if list(reading.rows("SELECT count(*) FROM contents")) != [(bodies,)]:
        ((stray,),) = reading.rows(_STRAY)
        yield Broken(stray, "There is content for an entry that does not exist.")
