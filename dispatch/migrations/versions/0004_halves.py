"""A visit for two technicians stands in two routes of a plan, as its halves 1 and 2."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

COLUMNS = ["day_plan_id", "visit_id", "half"]


def upgrade() -> None:
    with op.batch_alter_table("stop") as batch_op:
        batch_op.add_column(sa.Column("half", sa.Integer(), nullable=False, server_default="1"))
        batch_op.drop_constraint(op.f("uq_stop_day_plan_id_visit_id"), type_="unique")
        batch_op.create_unique_constraint(op.f("uq_stop_day_plan_id_visit_id_half"), COLUMNS)
        batch_op.create_check_constraint(op.f("ck_stop_half"), "half IN (1, 2)")
