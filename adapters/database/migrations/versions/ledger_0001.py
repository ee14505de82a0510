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

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")  # compared and sorted as in SQLite: by its bytes


def upgrade() -> None:
    """There is no way back: entries are never dropped."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_READ_AS_JSON)
    _create_ledger()
    _create_contents()
    _create_working_tables()
    for statement in _SEALS[op.get_bind().dialect.name]:
        op.execute(statement)
    op.execute(f"INSERT INTO head (id, seq, digest, next_case) VALUES (1, 0, '{GENESIS}', 1)")  # noqa: S608 - a constant


def _derived(name: str, source: str, kind: type[TypeEngine[Any]] | None = None) -> sa.Column[Any]:
    """A column taken out of a JSON text; PostgreSQL (before 18) stores it, SQLite computes it when asked.

    NUL becomes U+FFFD: PostgreSQL cannot keep it, and SQLite's JSON may end there. Nor does PostgreSQL have indexes on
    texts of any length, so that there whoever has a longer name than LiveKit allows is not found by all of it.
    """
    key = "case" if name == "case_number" else name
    if op.get_bind().dialect.name == "sqlite":
        taken = f"json_extract(replace({source}, '\\u0000', '\\ufffd'), '$.{key}')"
        return sa.Column(name, sa.Integer if kind else sa.Text, sa.Computed(taken, persisted=False))
    value = f"usher_json({source}) ->> '{key}'"
    taken = f"({value})::bigint" if kind else f"left({value}, {_LONGEST})"
    return sa.Column(name, kind or _TEXT, sa.Computed(taken, persisted=True))


def _sequence(*constraints: sa.ForeignKey) -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # INTEGER PRIMARY KEY is SQLite's rowid
    return sa.Column("seq", kind, *constraints, primary_key=True, autoincrement=False)


def _create_ledger() -> None:
    op.create_table(
        "entries",
        _sequence(),
        sa.Column("sealed", _TEXT, nullable=False),
        sa.Column("content_digest", _TEXT, nullable=False),
        sa.Column("digest", _TEXT, nullable=False),
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
        sa.Column("digest", _TEXT, nullable=False),
        sa.Column("next_case", sa.BigInteger, nullable=False),
    )


def _create_contents() -> None:
    op.create_table(
        "contents",
        _sequence(sa.ForeignKey("entries.seq")),
        sa.Column("salt", _TEXT, nullable=False),
        sa.Column("body", _TEXT, nullable=False),
        sa.Column("search", _TEXT, nullable=False),
        _derived("case_number", "body", sa.BigInteger),
        *(_derived(name, "body") for name in ("room", "identity", "sid", "actor", "command")),
    )
    walked = ["case_number", "room", "search"]
    op.create_index("contents_walk", "contents", walked if op.get_bind().dialect.name == "sqlite" else walked[:2])
    for name in ("room", "identity", "actor", "command"):
        op.create_index(f"contents_{name}", "contents", [name, "case_number"])


def _create_working_tables() -> None:
    def text(name: str, *, key: bool = False) -> sa.Column[str]:
        return sa.Column(name, _TEXT, primary_key=key, nullable=False)

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


_LONGEST = 600  # characters, of at most four bytes each: an entry of an index has room for 2,704

# Stored JSON is ASCII, so that what PostgreSQL cannot keep in a text stands in it escaped: NUL, and halves of surrogate
# pairs. They are read as `rows.storable` spells them; escaped backslashes, and whole pairs, are put aside meanwhile.
_READ_AS_JSON = r"""
    CREATE FUNCTION usher_json(written text) RETURNS json LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN strpos(written, '\ud') = 0 AND strpos(written, '\u0000') = 0 THEN written ELSE
        replace(replace(replace(regexp_replace(regexp_replace(
            replace(replace(written, '\\', E'\x01'), '\u0000', '\ufffd'),
            '\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})', E'\x02\\1\x03\\2', 'g'),
            '\\ud[89a-f][0-9a-f]{2}', '?', 'g'),
            E'\x02', '\u'), E'\x03', '\u'), E'\x01', '\\')
    END::json $$
"""

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
