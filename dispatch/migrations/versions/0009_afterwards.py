"""What follows from a visit that came to nothing: a technician books the second one, or the consumer's wishes do."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"

BOOKED_BY = "booked_by IN ('consumer', 'merchant', 'dispatcher', 'technician')"
KINDS = "kind IN ('plan', 'settle', 'message', 'solve', 'webhook', 'clock', 'expire', 'improve', 'waitlist', 'wishes')"
EVENTS = (
    "type IN ('en-route', 'check-in', 'proof', 'completion', 'could-not-complete', 'route-seen', 'readiness', "
    "'checklist', 'serial', 'signature', 'surcharge', 'acceptance', 'parts-needed', 'next-appointment')"
)


def upgrade() -> None:
    for table, name, condition in (
        ("appointment", "booked_by", BOOKED_BY),
        ("outbox", "outbox_kind", KINDS),
        ("visit_event", "event_type", EVENTS),
    ):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
            batch_op.create_check_constraint(op.f(f"ck_{table}_{name}"), condition)
