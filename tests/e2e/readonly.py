"""`usher` whose history becomes read-only when it is told so by SIGUSR1, and writable by SIGUSR2."""

from __future__ import annotations

import signal
import sys
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, Pool

from adapters.cli import main

_mode = "OFF"


def _turn(number: int, _: object) -> None:
    global _mode
    _mode = "ON" if number == signal.SIGUSR1 else "OFF"


def _checkout(connection: DBAPIConnection, _record: ConnectionPoolEntry, _proxy: Any) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA query_only = {_mode}")
    cursor.close()


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, _turn)
    signal.signal(signal.SIGUSR2, _turn)
    event.listen(Pool, "checkout", _checkout)
    sys.exit(main())
