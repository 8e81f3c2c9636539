"""A visit left out keeps what was counted: how many technicians its rule stops, and how many had no room."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("unassigned", sa.Column("counts", JSON, nullable=False, server_default=sa.text("'{}'")))
