"""Every mapped class, imported: what migrations and tests need to know the whole schema."""

from __future__ import annotations

from dispatch import (
    account,
    audit,
    catalogue,
    consumer_records,
    day_plan,
    evidence,
    integration_records,
    outbox,
    phone_records,
    photo_records,
    request_records,
    site_records,
    sla_clock,
    slot_policy,
    work_order,
)
from technicians import people, place
from technicians.base import Base

MODULES = (
    account, audit, catalogue, consumer_records, day_plan, evidence, integration_records, outbox, people, phone_records,
    photo_records, place, request_records, site_records, sla_clock, slot_policy, work_order,
)  # fmt: skip
METADATA = Base.metadata
