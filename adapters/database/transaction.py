"""One write transaction: what several jobs add is collected, and goes to the database in few statements.

Statements are SQLAlchemy's, compiled once for the dialect; rows go to the driver's cursor as they are, because the
cost of an append is to stay near that of its one fsync.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Engine, bindparam, delete, insert, select, update
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.sql import ClauseElement

from adapters.database.schema import claims, contents, entries, head, open_intents, orders
from bot.chain import Head

Row = Mapping[str, Any]
Job = Callable[["Transaction"], Any]

ADD_ENTRY = insert(entries).values(
    {name: bindparam(name) for name in ("seq", "sealed", "content_digest", "digest")},
)
ADD_CONTENT = insert(contents).values({name: bindparam(name) for name in ("seq", "salt", "body", "search")})
ADD_OPEN = insert(open_intents)
CLOSE = delete(open_intents).where(open_intents.c.seq == bindparam("closed"))
ADD_CLAIM = insert(claims)
ADD_ORDER = insert(orders).values({name: bindparam(name) for name in ("seq", "server", "changed")})
_ORDER = orders.c.seq == bindparam("of_order")
END_ORDER = update(orders).where(_ORDER).values(ended=bindparam("by"), changed=bindparam("by"))
TOUCH_ORDER = update(orders).where(_ORDER).values(changed=bindparam("by"))

_IN_ORDER = (ADD_ENTRY, ADD_CONTENT, ADD_OPEN, CLOSE, ADD_CLAIM, ADD_ORDER, END_ORDER, TOUCH_ORDER)
_READ_HEAD = select(head.c.seq, head.c.digest, head.c.next_case).where(head.c.id == 1)
_WRITE_HEAD = update(head).where(head.c.id == 1).values({n: bindparam(n) for n in ("seq", "digest", "next_case")})
FIND_CLAIM = select(claims.c.at).where(claims.c.event_key == bindparam("event_key"))


class Statements:
    """The texts of statements, each compiled once, with the constants that stand in them."""

    def __init__(self, engine: Engine) -> None:
        self._dialect = engine.dialect
        self._compiled: dict[ClauseElement, tuple[str, Row]] = {}

    def compiled(self, statement: ClauseElement) -> tuple[str, Row]:
        known = self._compiled.get(statement)
        if known is None:
            compiled = statement.compile(dialect=self._dialect)
            constants = {name: value for name, value in compiled.params.items() if value is not None}
            known = self._compiled[statement] = (str(compiled), constants)
        return known


class Transaction:
    """What a job works on. A job raises a `BotError` only before it has added or run anything.

    `appended` is the head that the jobs have made, None as long as they have not.
    """

    def __init__(self, cursor: DBAPICursor, statements: Statements) -> None:
        self._cursor = cursor
        self._statements = statements
        self._waiting: dict[ClauseElement, list[Row]] = {statement: [] for statement in _IN_ORDER}
        self._claimed: set[str] = set()
        self._stored_head: Head | None = None
        self._head: Head | None = None
        self.appended: Head | None = None

    @property
    def head(self) -> Head:
        if self._head is None:
            (row,) = self.fetch(_READ_HEAD, {})
            self._head = self._stored_head = Head(*row)
        return self._head

    @head.setter
    def head(self, head: Head) -> None:
        self._head = self.appended = head

    def is_claimed(self, event_key: str) -> bool:
        return event_key in self._claimed or bool(self.fetch(FIND_CLAIM, {"event_key": event_key}))

    def claim(self, event_key: str, at: str) -> None:
        self._claimed.add(event_key)
        self.add(ADD_CLAIM, {"event_key": event_key, "at": at})

    def add(self, statement: ClauseElement, row: Row) -> None:
        """Run one of the collected statements with this row before the transaction ends."""
        self._waiting[statement].append(row)

    def fetch(self, statement: ClauseElement, parameters: Row) -> Sequence[Any]:
        """Rows as the database has them; what is still collected is not among them (see `flush`)."""
        text, constants = self._statements.compiled(statement)
        self._cursor.execute(text, {**constants, **parameters})
        return self._cursor.fetchall()

    def run(self, statement: ClauseElement, parameters: Row) -> int:
        """The number of rows that were changed."""
        text, constants = self._statements.compiled(statement)
        self._cursor.execute(text, {**constants, **parameters})
        return self._cursor.rowcount

    def run_all(self, statement: ClauseElement, rows: Sequence[Row]) -> None:
        """The statement, which holds no constants, with each of the rows."""
        self._cursor.executemany(self._statements.compiled(statement)[0], rows)

    def flush(self) -> None:
        for statement, rows in self._waiting.items():
            if rows:
                self.run_all(statement, rows)
                rows.clear()
        if self._head is not None and self._head != self._stored_head:
            self.run(
                _WRITE_HEAD,
                {"seq": self._head.seq, "digest": self._head.digest, "next_case": self._head.next_case},
            )
            self._stored_head = self._head
