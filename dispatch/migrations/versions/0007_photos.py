"""Photos in pieces, what was measured in them, and the quarters of their hashes by which a used one is found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from technicians.base import UtcDateTime

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "photo_upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("shot_code", sa.String(length=40), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("device_time", UtcDateTime(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("lng", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("accuracy", sa.Double(), nullable=True),
        sa.Column("promised_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("refused", sa.String(length=40), nullable=True),
        sa.Column("proof_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("size > 0", name=op.f("ck_photo_upload_size")),
        sa.CheckConstraint("(lng IS NULL) = (lat IS NULL)", name=op.f("ck_photo_upload_position")),
        sa.CheckConstraint("refused IS NULL OR proof_id IS NULL", name=op.f("ck_photo_upload_one_verdict")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_photo_upload_visit_id")),
        sa.ForeignKeyConstraint(["technician_id"], ["technician.id"], name=op.f("fk_photo_upload_technician_id")),
        sa.ForeignKeyConstraint(["proof_id"], ["proof.id"], name=op.f("fk_photo_upload_proof_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_upload")),
        sa.UniqueConstraint("event_id", name=op.f("uq_photo_upload_event_id")),
        sa.UniqueConstraint(
            "visit_id", "technician_id", "shot_code", "source_sha256",
            name=op.f("uq_photo_upload_visit_id_technician_id_shot_code_source_sha256"),
        ),
    )  # fmt: skip
    op.create_table(
        "photo_check",
        sa.Column("proof_id", sa.Integer(), nullable=False),
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("thumbnail_sha256", sa.String(length=64), nullable=False),
        sa.Column("sharpness", sa.Double(), nullable=False),
        sa.Column("brightness", sa.Double(), nullable=False),
        sa.Column("dhash", sa.String(length=32), nullable=True),
        sa.Column("exif_taken_at", UtcDateTime(), nullable=True),
        sa.Column("accuracy", sa.Double(), nullable=True),
        sa.Column("like_proof_id", sa.Integer(), nullable=True),
        sa.Column("like_bits", sa.Integer(), nullable=True),
        sa.CheckConstraint("(like_proof_id IS NULL) = (like_bits IS NULL)", name=op.f("ck_photo_check_like")),
        sa.ForeignKeyConstraint(["proof_id"], ["proof.id"], name=op.f("fk_photo_check_proof_id")),
        sa.ForeignKeyConstraint(["technician_id"], ["technician.id"], name=op.f("fk_photo_check_technician_id")),
        sa.ForeignKeyConstraint(["like_proof_id"], ["proof.id"], name=op.f("fk_photo_check_like_proof_id")),
        sa.PrimaryKeyConstraint("proof_id", name=op.f("pk_photo_check")),
    )
    op.create_index("ix_photo_check_technician", "photo_check", ["technician_id", "received_at"])
    op.create_table(
        "photo_band",
        sa.Column("proof_id", sa.Integer(), nullable=False),
        sa.Column("band", sa.String(length=9), nullable=False),
        sa.ForeignKeyConstraint(["proof_id"], ["photo_check.proof_id"], name=op.f("fk_photo_band_proof_id")),
        sa.PrimaryKeyConstraint("proof_id", "band", name=op.f("pk_photo_band")),
    )
    op.create_index("ix_photo_band_band", "photo_band", ["band"])
