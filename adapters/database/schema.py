"""The tables, as queries see them; `migrations` makes them.

`entries` is sealed: triggers refuse every change. `contents` may be deleted from (an erasure) and never changed.
What is asked for often is derived by the database from the stored texts themselves, so that an index can never
say anything else than the text that the digests cover. All values are texts and integers, spelled by us: the same
on SQLite and on PostgreSQL.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Computed, ForeignKey, Index, Integer, MetaData, Table, Text, text
from sqlalchemy.types import TypeEngine

REVISION = "0004"  # the newest migration; at start Alembic is loaded only where the database has another one

metadata = MetaData()


_number = BigInteger().with_variant(Integer, "sqlite")


def derived(name: str, source: str, kind: TypeEngine[Any] | type[TypeEngine[Any]] = Text) -> Column[Any]:
    """A column that the database takes out of the JSON text `source` (here in SQLite's words).

    NUL becomes U+FFFD, as in `rows.storable`: PostgreSQL cannot keep it and SQLite's JSON may end there.
    """
    key = "case" if name == "case_number" else name
    taken = f"json_extract(replace({source}, '\\u0000', '\\ufffd'), '$.{key}')"
    return Column(name, kind, Computed(taken, persisted=False))


def _sequence(*references: ForeignKey) -> Column[Any]:
    """The key of an entry, or of what is known of one; never counted up by the database."""
    return Column("seq", _number, *references, primary_key=True, autoincrement=False)


def _of_entry() -> Column[Any]:
    return _sequence(ForeignKey("entries.seq"))


entries = Table(
    "entries",
    metadata,
    _sequence(),
    Column("sealed", Text, nullable=False),
    Column("content_digest", Text, nullable=False),
    Column("digest", Text, nullable=False),
    derived("case_number", "sealed", _number),
    derived("kind", "sealed"),
    derived("outcome", "sealed"),
    derived("refers", "sealed", _number),
    derived("at", "sealed"),
    derived("worker", "sealed"),
    derived("server", "sealed"),
    Index("entries_case", "case_number"),
    Index("entries_kind", "kind", "case_number"),
    Index("entries_outcome", "outcome", "case_number"),
)

contents = Table(
    "contents",
    metadata,
    _of_entry(),
    Column("salt", Text, nullable=False),
    Column("body", Text, nullable=False),
    # Folded identity and name, for searching only; outside the chain, so that it may be folded better one day.
    Column("search", Text, nullable=False),
    derived("case_number", "body", _number),
    derived("room", "body"),
    derived("identity", "body"),
    derived("sid", "body"),
    derived("actor", "body"),
    derived("command", "body"),
    # Pages walk this one from its end: newest first, with all that a scope or a search looks at inside the index.
    Index("contents_walk", "case_number", "room", "search"),
    Index("contents_room", "room", "case_number"),
    Index("contents_identity", "identity", "case_number"),
    Index("contents_actor", "actor", "case_number"),
    Index("contents_command", "command", "case_number"),
)

# One row: what the newest entry is, so that cutting off the end of the chain shows.
head = Table(
    "head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
    Column("next_case", BigInteger, nullable=False),
)

# Intents without an outcome, and the worker that answers for each.
open_intents = Table(
    "open_intents",
    metadata,
    _of_entry(),
    Column("worker", Text, nullable=False),
)

claims = Table(
    "claims",
    metadata,
    Column("event_key", Text, primary_key=True),
    Column("at", Text, nullable=False),
)

grants = Table(
    "grants",
    metadata,
    Column("server", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("role", Integer, nullable=False),
    Column("rooms", Text, nullable=False),
    Column("granted_by", Text, nullable=False),
    Column("at", Text, nullable=False),
)

defaults = Table(
    "defaults",
    metadata,
    Column("server", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("room", Text, nullable=False),
)

# Standing orders: which entry gave each, which ended it, and which was the newest about it. What an order says is read
# from its entry, so that nothing of it stays here when that is erased.
orders = Table(
    "orders",
    metadata,
    _of_entry(),
    Column("server", Text, nullable=False),
    Column("ended", BigInteger, ForeignKey("entries.seq")),
    Column("changed", BigInteger, nullable=False),
    Index("orders_changed", "server", "changed"),
    Index("orders_active", "server", sqlite_where=text("ended IS NULL"), postgresql_where=text("ended IS NULL")),
)

# What sessions would have without orders: found in the room and decided by nobody, hence no entry of the history.
sessions = Table(
    "sessions",
    metadata,
    Column("server", Text, primary_key=True),
    Column("identity", Text, primary_key=True),
    Column("sid", Text, primary_key=True),
    Column("room", Text, nullable=False),
    Column("base", Text, nullable=False),
    Column("ours", Text, nullable=False),
    Column("carried", Text, nullable=False),
    Column("past", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", Text, nullable=False),
    Index("sessions_room", "server", "room"),
)

# What applications of a chat platform were found or made to have registered: a digest for each place, "" everywhere.
registrations = Table(
    "registrations",
    metadata,
    Column("application", Text, primary_key=True),
    Column("place", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("at", Text, nullable=False),
)

# Spelled as in the index, or SQLite does not see that it may use it. Entries of menus, the most by far, are not in it.
GROUPED = text("question <> ''")

pending = Table(
    "pending",
    metadata,
    Column("token", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("bound", Text, nullable=False),
    Column("expires", Text, nullable=False),
    Column("question", Text, nullable=False),  # the item's group; "group" is a word of SQL
    Column("spent", Integer, nullable=False),
    Index("pending_question", "question"),
    Index("pending_expires", "expires"),
    Index("pending_waiting", "owner", "channel", sqlite_where=GROUPED, postgresql_where=GROUPED),
)
