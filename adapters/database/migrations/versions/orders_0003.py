"""Standing orders, and what sessions would have without them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """There are no orders yet in a history of before."""
    _create_orders()
    _create_sessions()


def _create_orders() -> None:
    sequence = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # INTEGER PRIMARY KEY is SQLite's rowid
    op.create_table(
        "orders",
        sa.Column("seq", sequence, sa.ForeignKey("entries.seq"), primary_key=True, autoincrement=False),
        sa.Column("server", _TEXT, nullable=False),
        sa.Column("ended", sa.BigInteger, sa.ForeignKey("entries.seq")),
        sa.Column("changed", sa.BigInteger, nullable=False),
    )
    active = sa.text("ended IS NULL")
    op.create_index("orders_changed", "orders", ["server", "changed"])
    op.create_index("orders_active", "orders", ["server"], sqlite_where=active, postgresql_where=active)


def _create_sessions() -> None:
    op.create_table(
        "sessions",
        *(sa.Column(name, _TEXT, primary_key=True, nullable=False) for name in ("server", "identity", "sid")),
        *(sa.Column(name, _TEXT, nullable=False) for name in ("room", "base", "ours", "carried", "past")),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("at", _TEXT, nullable=False),
    )
    op.create_index("sessions_room", "sessions", ["server", "room"])
