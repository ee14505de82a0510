"""The numbers under which a database's processes exclude each other (PostgreSQL's advisory locks)."""

from __future__ import annotations

from hashlib import sha256


def key_of(what: str) -> int:
    """The same in every process, and hardly that of any other program in the same database."""
    return int.from_bytes(sha256(f"usher {what}".encode("utf-8", "surrogatepass")).digest()[:8], "big", signed=True)


APPEND = key_of("append")
"""Held by whoever writes, until the end of the transaction."""


def worker_key(name: str) -> int:
    """Held by a process for as long as it lives."""
    return key_of(f"worker {name}")


def stripe_key(stripe: int) -> int:
    """Held by whoever changes somebody of this stripe."""
    return key_of(f"stripe {stripe}")
