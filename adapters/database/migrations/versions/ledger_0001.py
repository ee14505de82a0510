"""The ledger: sealed entries, their erasable contents, and what is kept beside them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

from bot.chain import GENESIS

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """There is no way back: entries are never dropped."""
    _create_ledger()
    _create_contents()
    _create_working_tables()
    for statement in _SEALS[op.get_bind().dialect.name]:
        op.execute(statement)
    op.execute(f"INSERT INTO head (id, seq, digest, next_case) VALUES (1, 0, '{GENESIS}', 1)")  # noqa: S608 - a constant


def _derived(name: str, source: str, kind: type[TypeEngine[Any]] = sa.Text) -> sa.Column[Any]:
    """A column taken out of a JSON text; PostgreSQL (before 18) stores it, SQLite computes it when asked.

    NUL becomes U+FFFD: PostgreSQL cannot keep it, and SQLite's JSON may end there.
    """
    key = "case" if name == "case_number" else name
    text = f"replace({source}, '\\u0000', '\\ufffd')"
    if op.get_bind().dialect.name == "sqlite":
        taken = sa.Computed(f"json_extract({text}, '$.{key}')", persisted=False)
        return sa.Column(name, sa.Integer if kind is sa.BigInteger else kind, taken)
    value = f"({text}::json ->> '{key}')"
    return sa.Column(name, kind, sa.Computed(f"{value}::bigint" if kind is sa.BigInteger else value, persisted=True))


def _sequence(*constraints: sa.ForeignKey) -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # INTEGER PRIMARY KEY is SQLite's rowid
    return sa.Column("seq", kind, *constraints, primary_key=True, autoincrement=False)


def _create_ledger() -> None:
    op.create_table(
        "entries",
        _sequence(),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("content_digest", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        _derived("case_number", "sealed", sa.BigInteger),
        _derived("kind", "sealed"),
        _derived("outcome", "sealed"),
        _derived("refers", "sealed", sa.BigInteger),
        _derived("at", "sealed"),
        _derived("worker", "sealed"),
        _derived("server", "sealed"),
    )
    op.create_index("entries_case", "entries", ["case_number"])
    op.create_index("entries_kind", "entries", ["kind", "case_number"])
    op.create_index("entries_outcome", "entries", ["outcome", "case_number"])
    op.create_table(
        "head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("next_case", sa.BigInteger, nullable=False),
    )


def _create_contents() -> None:
    op.create_table(
        "contents",
        _sequence(sa.ForeignKey("entries.seq")),
        sa.Column("salt", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("search", sa.Text, nullable=False),
        _derived("case_number", "body", sa.BigInteger),
        *(_derived(name, "body") for name in ("room", "identity", "sid", "actor", "command")),
    )
    op.create_index("contents_walk", "contents", ["case_number", "room", "search"])
    for name in ("room", "identity", "actor", "command"):
        op.create_index(f"contents_{name}", "contents", [name, "case_number"])


def _create_working_tables() -> None:
    def text(name: str, *, key: bool = False) -> sa.Column[str]:
        return sa.Column(name, sa.Text, primary_key=key, nullable=False)

    op.create_table("open_intents", _sequence(sa.ForeignKey("entries.seq")), text("worker"))
    op.create_table("claims", text("event_key", key=True), text("at"))
    op.create_table(
        "grants",
        text("server", key=True),
        text("subject", key=True),
        sa.Column("role", sa.Integer, nullable=False),
        text("rooms"),
        text("granted_by"),
        text("at"),
    )
    op.create_table("defaults", text("server", key=True), text("channel", key=True), text("room"))
    op.create_table(
        "pending",
        text("token", key=True),
        text("owner"),
        text("channel"),
        text("bound"),
        text("expires"),
        text("question"),
        sa.Column("spent", sa.Integer, nullable=False),
    )
    op.create_index("pending_question", "pending", ["question"])
    op.create_index("pending_expires", "pending", ["expires"])


# An entry may only be added, and only at the end: this also stops INSERT OR REPLACE, which fires no DELETE trigger.
_SEALS = {
    "sqlite": [
        """CREATE TRIGGER entries_follow BEFORE INSERT ON entries
           WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM entries)
           BEGIN SELECT RAISE(ABORT, 'an entry is added at the end only'); END""",
        """CREATE TRIGGER entries_unchanged BEFORE UPDATE ON entries
           BEGIN SELECT RAISE(ABORT, 'entries are sealed'); END""",
        """CREATE TRIGGER entries_kept BEFORE DELETE ON entries
           BEGIN SELECT RAISE(ABORT, 'entries are sealed'); END""",
        """CREATE TRIGGER contents_once BEFORE INSERT ON contents
           WHEN EXISTS (SELECT 1 FROM contents WHERE seq = NEW.seq)
           BEGIN SELECT RAISE(ABORT, 'contents are erased, never changed'); END""",
        """CREATE TRIGGER contents_unchanged BEFORE UPDATE OF seq, salt, body ON contents
           BEGIN SELECT RAISE(ABORT, 'contents are erased, never changed'); END""",
    ],
    "postgresql": [
        """CREATE FUNCTION usher_sealed() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN RAISE EXCEPTION 'what is written in the history is sealed'; END $$""",
        """CREATE FUNCTION usher_follows() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN
             IF NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM entries) THEN
               RAISE EXCEPTION 'an entry is added at the end only';
             END IF;
             RETURN NEW;
           END $$""",
        """CREATE TRIGGER entries_follow BEFORE INSERT ON entries
           FOR EACH ROW EXECUTE FUNCTION usher_follows()""",
        """CREATE TRIGGER entries_unchanged BEFORE UPDATE OR DELETE OR TRUNCATE ON entries
           FOR EACH STATEMENT EXECUTE FUNCTION usher_sealed()""",
        """CREATE TRIGGER contents_unchanged BEFORE UPDATE OF seq, salt, body ON contents
           FOR EACH STATEMENT EXECUTE FUNCTION usher_sealed()""",
    ],
}
