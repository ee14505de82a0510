"""What a kind of database has to offer; everything above is the same for all of them."""

from __future__ import annotations

import os
import secrets
import socket
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine

from adapters.database.address import read_address
from adapters.database.stripes import StripedLocks
from adapters.database.transaction import Transaction


class Workers(Protocol):
    """Which processes live on this database."""

    @property
    def name(self) -> str:
        """This one's."""

    async def settled(self) -> None:
        """Wait until whoever lives can be told from whoever does not."""

    def is_dead(self, worker: str) -> bool:
        """Whether no process runs under this name any more. Blocks."""


class Store(Protocol):
    """A database that is open, its schema up to date, and this process known to the others as a living worker."""

    @property
    def engine(self) -> Engine: ...

    @property
    def locks(self) -> StripedLocks: ...

    @property
    def workers(self) -> Workers: ...

    def writing(self) -> AbstractContextManager[Transaction]:
        """A write transaction, which no other process writes beside; committed, durably, at the end. Blocks."""

    def claim_run(self) -> None:
        """`HistoryError` where another `usher run` serves this database and only one may."""

    def close(self) -> None:
        """Let go of everything that this process holds among the others."""


def open_store(url: str, worker: str, *, readers: int, patience: float) -> Store:
    """The store at this address, for so many threads that read; `HistoryError` says why there is none."""
    address = read_address(url)
    if isinstance(address, Path):
        from adapters.database.sqlite.store import open_file

        return open_file(address, worker, readers=readers, patience=patience)
    from adapters.database.postgres.store import open_server  # only who uses PostgreSQL waits for its driver

    return open_server(address, worker, readers=readers, patience=patience)


def can_be_made(url: str) -> bool:
    """Whether there is no history at this address yet, and there could be; `HistoryError` where none can be told."""
    address = read_address(url)
    if isinstance(address, Path):
        return not address.exists() and os.access(address.parent, os.W_OK | os.X_OK)
    from adapters.database.postgres.store import is_empty

    return is_empty(address)


def new_worker() -> str:
    """A name that no worker ever had; the machine and the process are for the eye."""
    machine = "".join(mark if mark.isalnum() or mark in "-_" else "-" for mark in socket.gethostname())[:40]
    return f"{machine}.{os.getpid()}.{secrets.token_hex(4)}"
