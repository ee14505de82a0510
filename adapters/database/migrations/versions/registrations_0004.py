"""What was registered with a chat platform, as digests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Nothing is known of what an Usher of before has registered: it is compared once."""
    op.create_table(
        "registrations",
        *(sa.Column(name, _TEXT, primary_key=True, nullable=False) for name in ("application", "place")),
        *(sa.Column(name, _TEXT, nullable=False) for name in ("digest", "at")),
    )
