"""A technician's whole day: what products ask for on site, surcharges, codes, wasted trips, requests to the office."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from technicians.base import Json, UtcDateTime

revision = "0008"
down_revision = "0007"

EVENTS = (
    "type IN ('en-route', 'check-in', 'proof', 'completion', 'could-not-complete', 'route-seen', 'readiness', "
    "'checklist', 'serial', 'signature', 'surcharge', 'acceptance', 'parts-needed')"
)


def upgrade() -> None:
    op.create_table(
        "surcharge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("agreed_at", UtcDateTime(), nullable=False),
        sa.Column("photo_sha256", sa.String(length=64), nullable=True),
        sa.CheckConstraint("count > 0 AND amount >= 0", name=op.f("ck_surcharge_amount")),
        sa.ForeignKeyConstraint(["technician_id"], ["technician.id"], name=op.f("fk_surcharge_technician_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_surcharge_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surcharge")),
        sa.UniqueConstraint("event_id", name=op.f("uq_surcharge_event_id")),
        sa.UniqueConstraint("visit_id", "code", name=op.f("uq_surcharge_visit_id_code")),
    )
    op.create_table(
        "technician_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "absence", "shift", "swap", name="request_kind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("visit_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column("ends_at", UtcDateTime(), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "ill",
                "leave",
                "training",
                "other",
                name="absence_reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "granted",
                "refused",
                "withdrawn",
                name="request_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.CheckConstraint("(kind = 'swap') = (starts_at IS NULL)", name=op.f("ck_technician_request_starts_at")),
        sa.CheckConstraint("(kind = 'swap') = (visit_id IS NOT NULL)", name=op.f("ck_technician_request_visit")),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name=op.f("ck_technician_request_decided")),
        sa.CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name=op.f("ck_technician_request_ends_at")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_technician_request_in_order")),
        sa.ForeignKeyConstraint(["technician_id"], ["technician.id"], name=op.f("fk_technician_request_technician_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_technician_request_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_technician_request")),
        sa.UniqueConstraint("event_id", name=op.f("uq_technician_request_event_id")),
    )
    op.create_index("ix_technician_request_state", "technician_request", ["state", "asked_at"])
    op.create_index("ix_technician_request_technician", "technician_request", ["technician_id", "asked_at"])

    op.create_table(
        "wasted_trip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column(
            "whose",
            sa.Enum(
                "consumer",
                "merchant",
                "ours",
                "nobody",
                name="whose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("lng", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("distance", sa.Integer(), nullable=True),
        sa.Column("waited", sa.Integer(), nullable=False),
        sa.Column("called_at", UtcDateTime(), nullable=True),
        sa.Column(
            "call_outcome",
            sa.Enum(
                "reached",
                "no-answer",
                "not-called",
                name="call_outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("wishes", Json, nullable=False),
        sa.CheckConstraint("(lng IS NULL) = (lat IS NULL)", name=op.f("ck_wasted_trip_position")),
        sa.CheckConstraint("waited >= 0", name=op.f("ck_wasted_trip_waited")),
        sa.ForeignKeyConstraint(["technician_id"], ["technician.id"], name=op.f("fk_wasted_trip_technician_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_wasted_trip_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wasted_trip")),
        sa.UniqueConstraint("visit_id", name=op.f("uq_wasted_trip_visit_id")),
    )
    op.create_index(op.f("ix_wasted_trip_technician_id"), "wasted_trip", ["technician_id"])

    for column, empty in (("parts", "[]"), ("checklist", "[]"), ("surcharges", "[]"), ("proofs", "{}")):
        op.add_column("service_product", sa.Column(column, Json, nullable=False, server_default=empty))
    op.add_column("visit", sa.Column("code_tries", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("visit", sa.Column("accepted_at", UtcDateTime(), nullable=True))
    op.add_column("visit", sa.Column("told", Json, nullable=False, server_default="{}"))
    with op.batch_alter_table("visit_event") as batch_op:
        batch_op.drop_constraint(op.f("ck_visit_event_event_type"), type_="check")
        batch_op.create_check_constraint(op.f("ck_visit_event_event_type"), EVENTS)
