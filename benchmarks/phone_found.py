"""What the server's database says of a simulated day in its evening."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from benchmarks.phone_world import World
from dispatch.day_plan import DayPlan, Route
from dispatch.evidence import Proof, VisitEvent
from dispatch.phone_records import PhoneConflict, PhoneEvent, PhoneStream
from dispatch.photo_records import PhotoUpload
from dispatch.request_records import TechnicianRequest
from dispatch.site_records import Surcharge, WastedTrip
from dispatch.system import Session
from dispatch.work_order import Visit
from technicians.people import Position

Row = TypeVar("Row", VisitEvent, PhoneConflict, Proof, Surcharge, WastedTrip, PhotoUpload)


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of one day; visits, routes and positions by visit and technician."""

    visits: dict[int, Visit]
    facts: list[VisitEvent]
    conflicts: list[PhoneConflict]
    events: list[PhoneEvent]
    proofs: list[Proof]
    surcharges: list[Surcharge]
    trips: list[WastedTrip]
    uploads: list[PhotoUpload]
    requests: list[TechnicianRequest]
    routes: dict[int, Route]
    positions: dict[int, Position]


def look(world: World, on_date: date, devices: Collection[str]) -> Found:
    """Of the day that was published last, and of what these devices sent."""
    with world.system.transaction(read_only=True) as session:
        events = select(PhoneEvent).join(PhoneEvent.stream).options(joinedload(PhoneEvent.stream))
        asked = select(TechnicianRequest).where(TechnicianRequest.id > world.last_request)
        routes = session.scalars(select(Route).join(DayPlan).where(DayPlan.on_date == on_date))
        return Found(
            visits={each: session.get_one(Visit, each) for each in world.owner},
            facts=_about(session, VisitEvent, world),
            conflicts=_about(session, PhoneConflict, world),
            events=list(session.scalars(events.where(PhoneStream.device_id.in_(devices)))),
            proofs=_about(session, Proof, world),
            surcharges=_about(session, Surcharge, world),
            trips=_about(session, WastedTrip, world),
            uploads=_about(session, PhotoUpload, world),
            requests=list(session.scalars(asked)),
            routes={route.technician_id: route for route in routes},
            positions={each.technician_id: each for each in session.scalars(select(Position))},
        )


def _about(session: Session, row: type[Row], world: World) -> list[Row]:
    return list(session.scalars(select(row).where(row.visit_id.in_(world.owner)).order_by(row.id)))
