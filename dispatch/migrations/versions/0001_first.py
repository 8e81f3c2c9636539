"""Every record of the first release."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from technicians.base import Json, UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=80), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("before", Json, nullable=False),
        sa.Column("after", Json, nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_entry_hash")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entry_subject", ["subject", "subject_id"], unique=False)

    op.create_table(
        "merchant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("api_key_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merchant")),
        sa.UniqueConstraint("api_key_hash", name=op.f("uq_merchant_api_key_hash")),
        sa.UniqueConstraint("code", name=op.f("uq_merchant_code")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "plan", "settle", "message", name="outbox_kind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "running",
                "done",
                "failed",
                "cancelled",
                name="outbox_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("payload", Json, nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("progress", Json, nullable=False),
        sa.Column("result", Json, nullable=False),
        sa.Column("error", sa.String(length=2000), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_outbox_percent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_state_due", ["state", "due_at"], unique=False)

    op.create_table(
        "planning_area",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("time_zone", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_planning_area")),
    )
    op.create_table(
        "provider",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider")),
        sa.UniqueConstraint("code", name=op.f("uq_provider_code")),
    )
    op.create_table(
        "service_product",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("icon", sa.String(length=40), nullable=False),
        sa.Column("duration", sa.Integer(), nullable=False),
        sa.Column("setup", sa.Integer(), nullable=False),
        sa.Column("crew_size", sa.Integer(), nullable=False),
        sa.Column("load", sa.Integer(), nullable=False),
        sa.Column("skills", Json, nullable=False),
        sa.Column("shot_list", Json, nullable=False),
        sa.CheckConstraint("crew_size IN (1, 2)", name=op.f("ck_service_product_crew_size")),
        sa.CheckConstraint("duration > 0 AND setup >= 0", name=op.f("ck_service_product_duration")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_service_product")),
    )
    op.create_table(
        "skill",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_skill")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "operator", "dispatcher", "merchant", name="role", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("merchant_id", sa.Integer(), nullable=True),
        sa.Column("area_code", sa.String(length=12), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failed_logins", sa.Integer(), nullable=False),
        sa.Column("locked_until", UtcDateTime(), nullable=True),
        sa.CheckConstraint("(role = 'merchant') = (merchant_id IS NOT NULL)", name=op.f("ck_account_merchant")),
        sa.ForeignKeyConstraint(["area_code"], ["planning_area.code"], name=op.f("fk_account_area_code")),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_account_merchant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("login", name=op.f("uq_account_login")),
    )
    op.create_table(
        "county",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("prefecture", sa.String(length=80), nullable=False),
        sa.Column("province", sa.String(length=80), nullable=False),
        sa.Column("area_code", sa.String(length=12), nullable=False),
        sa.Column("lng", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["area_code"], ["planning_area.code"], name=op.f("fk_county_area_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_county")),
    )
    with op.batch_alter_table("county", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_county_area_code"), ["area_code"], unique=False)

    op.create_table(
        "day_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.String(length=12), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "published",
                "superseded",
                name="day_plan_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("based_on_id", sa.Integer(), nullable=True),
        sa.Column("basis", Json, nullable=False),
        sa.Column("solver", Json, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("published_by", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(["area_code"], ["planning_area.code"], name=op.f("fk_day_plan_area_code")),
        sa.ForeignKeyConstraint(["based_on_id"], ["day_plan.id"], name=op.f("fk_day_plan_based_on_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_plan")),
        sa.UniqueConstraint("area_code", "on_date", "version", name=op.f("uq_day_plan_area_code_on_date_version")),
    )
    with op.batch_alter_table("day_plan", schema=None) as batch_op:
        batch_op.create_index(
            "uq_day_plan_one_draft",
            ["area_code", "on_date"],
            unique=True,
            sqlite_where=sa.text("state = 'draft'"),
            postgresql_where=sa.text("state = 'draft'"),
        )
        batch_op.create_index(
            "uq_day_plan_one_published",
            ["area_code", "on_date"],
            unique=True,
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        )

    op.create_table(
        "outlet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("county_code", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["county_code"], ["county.code"], name=op.f("fk_outlet_county_code")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_outlet_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outlet")),
        sa.UniqueConstraint("provider_id", "code", name=op.f("uq_outlet_provider_id_code")),
    )
    op.create_table(
        "work_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("product_code", sa.String(length=40), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "parked",
                "awaiting-goods",
                "bookable",
                "booked",
                "completed",
                "cancelled",
                name="work_order_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("parked_because", sa.String(length=500), nullable=True),
        sa.Column("consumer_name", sa.String(length=120), nullable=False),
        sa.Column("consumer_phone", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("county_code", sa.String(length=12), nullable=True),
        sa.Column("lng", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column(
            "position_quality",
            sa.Enum(
                "exact",
                "geocoded",
                "county-centre",
                "learnt",
                name="position_quality",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("handed_in", Json, nullable=False),
        sa.Column("goods_arrived_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "state = 'parked' OR state = 'cancelled' OR county_code IS NOT NULL", name=op.f("ck_work_order_county")
        ),
        sa.CheckConstraint("(lng IS NULL) = (lat IS NULL)", name=op.f("ck_work_order_position")),
        sa.CheckConstraint("priority BETWEEN 0 AND 100", name=op.f("ck_work_order_priority")),
        sa.ForeignKeyConstraint(["county_code"], ["county.code"], name=op.f("fk_work_order_county_code")),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_work_order_merchant_id")),
        sa.ForeignKeyConstraint(["product_code"], ["service_product.code"], name=op.f("fk_work_order_product_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_order")),
        sa.UniqueConstraint("merchant_id", "number", name=op.f("uq_work_order_merchant_id_number")),
    )
    with op.batch_alter_table("work_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_work_order_county_code"), ["county_code"], unique=False)
        batch_op.create_index("ix_work_order_state_county", ["state", "county_code"], unique=False)

    op.create_table(
        "consumer_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("work_order_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["work_order_id"], ["work_order.id"], name=op.f("fk_consumer_link_work_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consumer_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_consumer_link_token_hash")),
    )
    with op.batch_alter_table("consumer_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consumer_link_work_order_id"), ["work_order_id"], unique=False)

    op.create_table(
        "technician",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("outlet_id", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.String(length=12), nullable=False),
        sa.Column("start_lng", sa.Double(), nullable=False),
        sa.Column("start_lat", sa.Double(), nullable=False),
        sa.Column("end_lng", sa.Double(), nullable=False),
        sa.Column("end_lat", sa.Double(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("max_visits", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["area_code"], ["planning_area.code"], name=op.f("fk_technician_area_code")),
        sa.ForeignKeyConstraint(["outlet_id"], ["outlet.id"], name=op.f("fk_technician_outlet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_technician")),
        sa.UniqueConstraint("code", name=op.f("uq_technician_code")),
    )
    with op.batch_alter_table("technician", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_technician_area_code"), ["area_code"], unique=False)

    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
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
            nullable=False,
        ),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_absence_in_order")),
        sa.ForeignKeyConstraint(["technician_id"], ["technician.id"], name=op.f("fk_absence_technician_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index("ix_absence_technician_ends", ["technician_id", "ends_at"], unique=False)

    op.create_table(
        "coverage",
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column("county_code", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["county_code"], ["county.code"], name=op.f("fk_coverage_county_code")),
        sa.ForeignKeyConstraint(["technician_id"], ["technician.id"], name=op.f("fk_coverage_technician_id")),
        sa.PrimaryKeyConstraint("technician_id", "county_code", name=op.f("pk_coverage")),
    )
    with op.batch_alter_table("coverage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coverage_county_code"), ["county_code"], unique=False)

    op.create_table(
        "device_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["technician_id"], ["technician.id"], name=op.f("fk_device_token_technician_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_device_token_token_hash")),
    )
    with op.batch_alter_table("device_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_device_token_technician_id"), ["technician_id"], unique=False)

    op.create_table(
        "position",
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column("lng", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("accuracy", sa.Double(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["technician_id"], ["technician.id"], name=op.f("fk_position_technician_id")),
        sa.PrimaryKeyConstraint("technician_id", name=op.f("pk_position")),
    )
    op.create_table(
        "route",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day_plan_id", sa.Integer(), nullable=False),
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column("ends_at", UtcDateTime(), nullable=True),
        sa.Column("travel", sa.Integer(), nullable=False),
        sa.Column("distance", sa.Integer(), nullable=False),
        sa.Column("seen_revision", sa.Integer(), nullable=True),
        sa.CheckConstraint("revision > 0", name=op.f("ck_route_revision")),
        sa.ForeignKeyConstraint(["day_plan_id"], ["day_plan.id"], name=op.f("fk_route_day_plan_id")),
        sa.ForeignKeyConstraint(["technician_id"], ["technician.id"], name=op.f("fk_route_technician_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route")),
        sa.UniqueConstraint("day_plan_id", "technician_id", name=op.f("uq_route_day_plan_id_technician_id")),
    )
    with op.batch_alter_table("route", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_route_technician_id"), ["technician_id"], unique=False)

    op.create_table(
        "shift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("on_date", sa.Date(), nullable=True),
        sa.Column("off", sa.Boolean(), nullable=False),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("soft_ends", sa.Integer(), nullable=False),
        sa.Column("hard_ends", sa.Integer(), nullable=False),
        sa.CheckConstraint("(weekday IS NULL) <> (on_date IS NULL)", name=op.f("ck_shift_weekday_or_date")),
        sa.CheckConstraint("begins < soft_ends AND soft_ends <= hard_ends", name=op.f("ck_shift_in_order")),
        sa.CheckConstraint("begins >= 0 AND hard_ends <= 172800", name=op.f("ck_shift_within_two_days")),
        sa.ForeignKeyConstraint(["technician_id"], ["technician.id"], name=op.f("fk_shift_technician_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
        sa.UniqueConstraint("technician_id", "on_date", name=op.f("uq_shift_technician_id_on_date")),
        sa.UniqueConstraint("technician_id", "weekday", name=op.f("uq_shift_technician_id_weekday")),
    )
    op.create_table(
        "technician_login",
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column("pin_hash", sa.String(length=200), nullable=False),
        sa.Column("failed_logins", sa.Integer(), nullable=False),
        sa.Column("locked_until", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["technician_id"], ["technician.id"], name=op.f("fk_technician_login_technician_id")),
        sa.PrimaryKeyConstraint("technician_id", name=op.f("pk_technician_login")),
    )
    op.create_table(
        "technician_skill",
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column("skill_code", sa.String(length=40), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_technician_skill_level")),
        sa.ForeignKeyConstraint(["skill_code"], ["skill.code"], name=op.f("fk_technician_skill_skill_code")),
        sa.ForeignKeyConstraint(["technician_id"], ["technician.id"], name=op.f("fk_technician_skill_technician_id")),
        sa.PrimaryKeyConstraint("technician_id", "skill_code", name=op.f("pk_technician_skill")),
    )
    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("work_order_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column(
            "cause",
            sa.Enum(
                "first",
                "second-visit",
                "warranty",
                name="visit_cause",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "en-route",
                "on-site",
                "completed",
                "could-not-complete",
                "cancelled",
                name="visit_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("service", sa.Integer(), nullable=False),
        sa.Column("setup", sa.Integer(), nullable=False),
        sa.Column("pinned_technician_id", sa.Integer(), nullable=True),
        sa.Column("pinned_start_at", UtcDateTime(), nullable=True),
        sa.Column("technician_id", sa.Integer(), nullable=True),
        sa.Column("en_route_at", UtcDateTime(), nullable=True),
        sa.Column("arrived_at", UtcDateTime(), nullable=True),
        sa.Column("left_at", UtcDateTime(), nullable=True),
        sa.Column("arrival_distance", sa.Integer(), nullable=True),
        sa.Column(
            "failure_reason",
            sa.Enum(
                "nobody-home",
                "consumer-refused",
                "goods-missing",
                "goods-damaged",
                "parts-missing",
                "site-not-ready",
                "wrong-address",
                "no-access",
                "out-of-time",
                "other",
                name="failure_reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("failure_note", sa.String(length=500), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'could-not-complete' OR failure_reason IS NOT NULL", name=op.f("ck_visit_reason_of_failure")
        ),
        sa.CheckConstraint("service > 0 AND setup >= 0", name=op.f("ck_visit_service")),
        sa.ForeignKeyConstraint(
            ["pinned_technician_id"], ["technician.id"], name=op.f("fk_visit_pinned_technician_id")
        ),
        sa.ForeignKeyConstraint(["technician_id"], ["technician.id"], name=op.f("fk_visit_technician_id")),
        sa.ForeignKeyConstraint(["work_order_id"], ["work_order.id"], name=op.f("fk_visit_work_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint("work_order_id", "sequence", name=op.f("uq_visit_work_order_id_sequence")),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_technician_id"), ["technician_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_work_order_id"), ["work_order_id"], unique=False)

    op.create_table(
        "appointment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "confirmed",
                "kept",
                "broken",
                "moved",
                "cancelled",
                name="appointment_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("window_starts_at", UtcDateTime(), nullable=False),
        sa.Column("window_ends_at", UtcDateTime(), nullable=False),
        sa.Column(
            "booked_by",
            sa.Enum(
                "consumer",
                "merchant",
                "dispatcher",
                name="booked_by",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("window_starts_at <= window_ends_at", name=op.f("ck_appointment_in_order")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_appointment_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
    )
    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.create_index("ix_appointment_state_window", ["state", "window_starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_appointment_visit_id"), ["visit_id"], unique=False)
        batch_op.create_index(
            "uq_appointment_in_force",
            ["visit_id"],
            unique=True,
            sqlite_where=sa.text("state = 'confirmed'"),
            postgresql_where=sa.text("state = 'confirmed'"),
        )

    op.create_table(
        "proof",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "photo",
                "signature",
                "serial-number",
                name="proof_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("shot_code", sa.String(length=40), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.Column("lng", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind <> 'photo' OR sha256 IS NOT NULL", name=op.f("ck_proof_photo_has_content")),
        sa.ForeignKeyConstraint(["technician_id"], ["technician.id"], name=op.f("fk_proof_technician_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_proof_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof")),
        sa.UniqueConstraint(
            "visit_id",
            "kind",
            "shot_code",
            "source_sha256",
            name=op.f("uq_proof_visit_id_kind_shot_code_source_sha256"),
        ),
    )
    with op.batch_alter_table("proof", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proof_sha256"), ["sha256"], unique=False)
        batch_op.create_index(batch_op.f("ix_proof_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "shift_break",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("earliest", sa.Integer(), nullable=False),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("duration", sa.Integer(), nullable=False),
        sa.CheckConstraint("earliest <= latest AND duration > 0", name=op.f("ck_shift_break_in_order")),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_shift_break_shift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_break")),
    )
    with op.batch_alter_table("shift_break", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shift_break_shift_id"), ["shift_id"], unique=False)

    op.create_table(
        "stop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day_plan_id", sa.Integer(), nullable=False),
        sa.Column("route_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=True),
        sa.Column("scheduled_arrival", UtcDateTime(), nullable=False),
        sa.Column("scheduled_start", UtcDateTime(), nullable=False),
        sa.Column("scheduled_leave", UtcDateTime(), nullable=False),
        sa.Column("travel", sa.Integer(), nullable=False),
        sa.Column("distance", sa.Integer(), nullable=False),
        sa.CheckConstraint("scheduled_arrival <= scheduled_start", name=op.f("ck_stop_arrival_before_start")),
        sa.CheckConstraint("scheduled_start <= scheduled_leave", name=op.f("ck_stop_start_before_leave")),
        sa.ForeignKeyConstraint(["day_plan_id"], ["day_plan.id"], name=op.f("fk_stop_day_plan_id")),
        sa.ForeignKeyConstraint(["route_id"], ["route.id"], name=op.f("fk_stop_route_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_stop_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stop")),
        sa.UniqueConstraint("day_plan_id", "visit_id", name=op.f("uq_stop_day_plan_id_visit_id")),
    )
    with op.batch_alter_table("stop", schema=None) as batch_op:
        batch_op.create_index("ix_stop_route_position", ["route_id", "position"], unique=False)
        batch_op.create_index(batch_op.f("ix_stop_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "unassigned",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day_plan_id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["day_plan_id"], ["day_plan.id"], name=op.f("fk_unassigned_day_plan_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_unassigned_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unassigned")),
        sa.UniqueConstraint("day_plan_id", "visit_id", name=op.f("uq_unassigned_day_plan_id_visit_id")),
    )
    with op.batch_alter_table("unassigned", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unassigned_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "visit_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "en-route",
                "check-in",
                "proof",
                "completion",
                "could-not-complete",
                "route-seen",
                name="event_type",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("device_time", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("lng", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("accuracy", sa.Double(), nullable=True),
        sa.Column("payload", Json, nullable=False),
        sa.ForeignKeyConstraint(["technician_id"], ["technician.id"], name=op.f("fk_visit_event_technician_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_event_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_event")),
        sa.UniqueConstraint("event_id", name=op.f("uq_visit_event_event_id")),
    )
    with op.batch_alter_table("visit_event", schema=None) as batch_op:
        batch_op.create_index("ix_visit_event_visit", ["visit_id", "id"], unique=False)
