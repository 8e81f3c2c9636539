"""A phone's events made and taken in without a server between: numbered as they happen, sent as the test likes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from dispatch import phone_events
from dispatch.catalogue import ServiceProduct
from dispatch.day_plan import Route, Stop
from dispatch.evidence import VisitEvent
from dispatch.phone_clock import Reading
from dispatch.phone_reports import Answer, Attachment, Batch, Report
from dispatch.site_records import Surcharge
from dispatch.work_order import Visit
from tests.phone_day import publish
from tests.town import TUESDAY, Town

CODE = "482915"
PROMISED = tuple(Attachment(code * 32, 1000, "photo", shot) for code, shot in (("ab", "before"), ("cd", "after")))
PARTS = [{"code": "hook", "name_zh": "挂钩", "name_en": "Hook", "count": 2}]
CHECKLIST = [
    {"code": "power-off", "name_zh": "断电", "name_en": "Power off", "required": True},
    {"code": "shown", "name_zh": "已演示", "name_en": "Shown to the consumer", "required": False},
]
SURCHARGES = [
    {"code": "cable", "name_zh": "加线", "name_en": "Cable", "amount": 1500, "most": 10, "photo": True},
    {"code": "drill", "name_zh": "打孔", "name_en": "Drilled hole", "amount": 3000, "most": 3, "photo": False},
]
PROOFS = {"serial": "required", "signature": "required", "code": "required"}


@dataclass
class Pocket:
    """One technician's phone. Every event happens a minute after the one before."""

    town: Town
    technician: str = "T1"
    device: str = "phone-1"
    made: list[Report] = field(default_factory=list)

    def note(self, kind: str, visit_id: int | None, *attachments: Attachment, **payload: Any) -> Report:
        happened = self.town.system.now() + timedelta(minutes=len(self.made))
        report = Report(
            str(uuid.uuid4()), len(self.made) + 1, kind, visit_id, Reading(happened), payload=payload,
            attachments=attachments,
        )  # fmt: skip
        self.made.append(report)
        return report

    def send(self, *reports: Report) -> list[Answer]:
        at = self.town.system.now() + timedelta(hours=8)
        with self.town.system.transaction() as session:
            me = self.town.technicians[self.technician]
            return phone_events.take(session, me, self.device, Batch(Reading(at), reports), at=at).answers

    def tell(self, kind: str, visit_id: int | None, *attachments: Attachment, **payload: Any) -> str:
        """Make it, send it, and what was answered: the reason if there is one, else the outcome."""
        answer = self.send(self.note(kind, visit_id, *attachments, **payload))[0]
        return answer.reason or answer.verdict

    def arrives(self, visit_id: int) -> None:
        self.send(self.note("en-route", visit_id), self.note("check-in", visit_id))


def ask_for_everything(town: Town, code: str = "lamp") -> None:
    """Make a product ask for parts, a checklist and proofs, and have a price list."""
    with town.system.transaction() as session:
        product = session.get_one(ServiceProduct, code)
        product.parts, product.checklist, product.surcharges, product.proofs = PARTS, CHECKLIST, SURCHARGES, PROOFS


def surcharges(town: Town, visit_id: int) -> dict[str, tuple[int, int]]:
    """Count and amount a piece of what was agreed, by code."""
    with town.system.transaction(read_only=True) as session:
        rows = session.scalars(select(Surcharge).where(Surcharge.visit_id == visit_id))
        return {row.code: (row.count, row.amount) for row in rows}


def visit(town: Town, visit_id: int) -> Visit:
    with town.system.transaction(read_only=True) as session:
        found = session.get_one(Visit, visit_id)
        assert found.work_order.product and found.appointments is not None
        session.expunge_all()
        return found


def facts(town: Town, visit_id: int) -> list[VisitEvent]:
    with town.system.transaction(read_only=True) as session:
        query = select(VisitEvent).where(VisitEvent.visit_id == visit_id).order_by(VisitEvent.id)
        found = list(session.scalars(query))
        session.expunge_all()
        return found


def planned(town: Town, number: str = "A-1", on_date: date = TUESDAY) -> int:
    """A lamp on a published day of T1's, with the consumer's code; the product asks for everything there is."""
    ask_for_everything(town)
    with town.system.transaction() as session:
        order = town.order(session, number, "lamp", window=(9, 11), on_date=on_date)
        publish(session, town, "T1", [order], on_date)
        order.visits[0].verification_code = CODE
        return order.visits[0].id


def give_to(town: Town, technician: str, visit_id: int) -> None:
    """Move a visit to another technician's published route."""
    with town.system.transaction() as session:
        stop = session.scalars(select(Stop).where(Stop.visit_id == visit_id)).one()
        route = Route(day_plan_id=stop.day_plan_id, technician_id=town.technicians[technician])
        session.add(route)
        session.flush()
        stop.route_id = route.id
