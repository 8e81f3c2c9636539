"""Planning problems handed in by API are worked out through the outbox."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

KINDS = "kind IN ('plan', 'settle', 'message', 'solve')"


def upgrade() -> None:
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.drop_constraint(op.f("ck_outbox_outbox_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_outbox_outbox_kind"), KINDS)
