"""A visit left out keeps what was counted: how many technicians its rule stops, and how many had no room."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("unassigned") as batch_op:
        batch_op.add_column(sa.Column("counts", JSON, nullable=False, server_default=sa.text("'{}'")))
