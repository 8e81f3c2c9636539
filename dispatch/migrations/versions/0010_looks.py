"""Who has looked at a photo with something to look at, and found it fine."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from technicians.base import UtcDateTime

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("photo_check", sa.Column("looked_at", UtcDateTime(), nullable=True))
    op.add_column("photo_check", sa.Column("looked_by", sa.String(length=80), nullable=False, server_default=""))
