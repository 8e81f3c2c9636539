"""Every mapped class, imported: what migrations and tests need to know the whole schema."""

from __future__ import annotations

from dispatch import account, audit, catalogue, day_plan, evidence, outbox, work_order
from technicians import people, place
from technicians.base import Base

MODULES = (account, audit, catalogue, day_plan, evidence, outbox, people, place, work_order)
METADATA = Base.metadata
