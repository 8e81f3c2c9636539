"""What phones have told: streams of numbered events, held ones, conflicts, and the feed of each technician."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from technicians.base import Json, UtcDateTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "phone_feed",
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.String(length=16), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("floor", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["technician_id"], ["technician.id"], name=op.f("fk_phone_feed_technician_id")),
        sa.PrimaryKeyConstraint("technician_id", name=op.f("pk_phone_feed")),
    )
    op.create_table(
        "phone_stream",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("next_seq", sa.Integer(), nullable=False),
        sa.Column("skew", sa.Integer(), nullable=True),
        sa.Column("last_at", UtcDateTime(), nullable=True),
        sa.Column("last_seen_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("next_seq > 0", name=op.f("ck_phone_stream_next_seq")),
        sa.ForeignKeyConstraint(["technician_id"], ["technician.id"], name=op.f("fk_phone_stream_technician_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_stream")),
        sa.UniqueConstraint("technician_id", "device_id", name=op.f("uq_phone_stream_technician_id_device_id")),
    )
    op.create_table(
        "phone_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["technician_id"], ["technician.id"], name=op.f("fk_phone_entry_technician_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_phone_entry_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_entry")),
        sa.UniqueConstraint("technician_id", "visit_id", name=op.f("uq_phone_entry_technician_id_visit_id")),
    )
    with op.batch_alter_table("phone_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_phone_entry_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "phone_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("stream_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=True),
        sa.Column("device_time", UtcDateTime(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("skew", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("flags", Json, nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "held",
                "applied",
                "conflict",
                "rejected",
                name="phone_outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["stream_id"], ["phone_stream.id"], name=op.f("fk_phone_event_stream_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_event")),
        sa.UniqueConstraint("event_id", name=op.f("uq_phone_event_event_id")),
    )
    with op.batch_alter_table("phone_event", schema=None) as batch_op:
        batch_op.create_index("ix_phone_event_stream", ["stream_id", "outcome", "seq"], unique=False)
        batch_op.create_index("ix_phone_event_visit", ["visit_id"], unique=False)

    op.create_table(
        "phone_conflict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("phone_event_id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "reassigned",
                "cancelled",
                "taken",
                "out-of-order",
                "photos-missing",
                name="phone_conflict_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.Column("resolved_by", sa.String(length=80), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["phone_event_id"], ["phone_event.id"], name=op.f("fk_phone_conflict_phone_event_id")),
        sa.ForeignKeyConstraint(["technician_id"], ["technician.id"], name=op.f("fk_phone_conflict_technician_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_phone_conflict_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_conflict")),
        sa.UniqueConstraint("phone_event_id", name=op.f("uq_phone_conflict_phone_event_id")),
    )
    with op.batch_alter_table("phone_conflict", schema=None) as batch_op:
        batch_op.create_index("ix_phone_conflict_open", ["resolved_at", "visit_id"], unique=False)
