"""The server in simulated phone-days: a town on SQLite in memory, its published days, an office that meddles."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import func, select

from dispatch import orders, request_decisions, system
from dispatch.catalogue import ServiceProduct
from dispatch.day_plan import DayPlan, DayPlanState, Route, Stop
from dispatch.records import METADATA
from dispatch.request_records import RequestState, TechnicianRequest
from dispatch.settings import Settings
from dispatch.system import System
from dispatch.work_order import Visit, VisitState
from technicians.errors import Conflict
from technicians.place import County, PlanningArea
from tests.clock import Clock
from tests.phone_pocket import CHECKLIST, CODE, PARTS, PROOFS, SURCHARGES
from tests.town import AREA, DOORS, SHOTS, Town, shanghai

FIRST_DAY = date(2026, 5, 12)
PROMISED = tuple(str(shot["code"]) for shot in SHOTS if shot["required"])
TICKS = tuple(str(entry["code"]) for entry in CHECKLIST)
PRICES = {str(entry["code"]): (int(str(entry["amount"])), int(str(entry["most"]))) for entry in SURCHARGES}


class World:
    """One database with many days in a row: who owns a visit by plan, which the office called off, which it refused.

    With `asks_for_everything` its product has parts, a checklist, a price list and proofs, its visits have codes and
    its routes have hours. `refused` are event ids of requests.
    """

    def __init__(self, home: Path, database_url: str = "sqlite://", *, asks_for_everything: bool = False) -> None:
        self.clock = Clock()
        chosen = Settings(
            home=home, database_url=database_url, redis_url=None, photo_store=f"file://{home}",
            secret_key="simulated", plan_seconds=1.0,
        )  # fmt: skip
        self.system: System = replace(system.assemble(chosen), now=self.clock)
        METADATA.create_all(self.system.engine)
        self._place()
        self.town = Town.build(self.system)
        self.owner: dict[int, str] = {}
        self.planned: dict[int, str] = {}
        self.cancelled: set[int] = set()
        self.refused: set[str] = set()
        self.asks_for_everything = asks_for_everything
        self.last_request = 0
        if asks_for_everything:
            self._ask_for_everything()

    def publish(self, number: int, rng: Random) -> date:
        """A day for two technicians: three to four visits for T1, two for T2."""
        on_date = FIRST_DAY + timedelta(days=number)
        self.clock.set(shanghai(7, on_date))
        self.owner, self.planned, self.cancelled, self.refused = {}, {}, set(), set()
        with self.system.transaction() as session:
            self.last_request = session.scalar(select(func.max(TechnicianRequest.id))) or 0
            plan = DayPlan(
                area_code=AREA, on_date=on_date, version=1, state=DayPlanState.PUBLISHED, basis={}, solver={},
                created_at=self.clock(), published_at=self.clock(), published_by="simulation",
            )  # fmt: skip
            session.add(plan)
            session.flush()
            for code, count in (("T1", rng.choice((3, 4))), ("T2", 2)):
                route = Route(day_plan_id=plan.id, technician_id=self.town.technicians[code])
                session.add(route)
                if self.asks_for_everything:
                    route.starts_at, route.ends_at = shanghai(8, on_date), shanghai(19, on_date)
                for place in range(count):
                    hours = (8 + 2 * place, 10 + 2 * place)
                    order = self.town.order(session, f"{number}-{code}-{place}", window=hours, on_date=on_date)
                    visit = order.visits[0]
                    visit.verification_code = CODE if self.asks_for_everything else None
                    starts = shanghai(hours[0], on_date)
                    route.stops.append(
                        Stop(
                            day_plan_id=plan.id, position=place, visit_id=visit.id, travel=600, distance=3000,
                            scheduled_arrival=starts, scheduled_start=starts,
                            scheduled_leave=starts + timedelta(minutes=35),
                        )
                    )  # fmt: skip
                    self.owner[visit.id] = self.planned[visit.id] = code
        return on_date

    def waiting(self) -> list[int]:
        """The visits of the day that nobody is known to have begun, and nobody called off."""
        with self.system.transaction(read_only=True) as session:
            query = select(Visit.id).where(Visit.id.in_(self.owner), Visit.state == VisitState.WAITING)
            return sorted(session.scalars(query))

    def give_away(self, visit_id: int) -> str:
        """To the other technician, if nobody is known to have begun it."""
        with self.system.transaction() as session:
            if session.get_one(Visit, visit_id).state != VisitState.WAITING:
                return "too-late"
            stop = session.scalars(select(Stop).where(Stop.visit_id == visit_id)).one_or_none()
            if stop is None:
                return "off-the-plan"
            other = "T2" if self.owner[visit_id] == "T1" else "T1"
            routes = session.scalars(select(Route).where(Route.day_plan_id == stop.day_plan_id))
            for route in routes:
                route.revision += 1
                if route.technician_id == self.town.technicians[other]:
                    stop.route_id = route.id
            self.owner[visit_id] = other
            return other

    def call_off(self, visit_id: int) -> str:
        """The consumer wants nothing any more, if nobody is known to be on the way."""
        try:
            with self.system.transaction() as session:
                order_id = session.get_one(Visit, visit_id).work_order_id
                orders.cancel(session, self.system.travel_times, order_id, by="simulation", at=self.clock())
                if session.get_one(Visit, visit_id).state != VisitState.CANCELLED:
                    return "only-what-was-to-follow"
        except Conflict:
            return "too-late"
        self.cancelled.add(visit_id)
        return "cancelled"

    def refuse(self) -> str:
        """The oldest request of the day that is still open."""
        with self.system.transaction() as session:
            query = select(TechnicianRequest).where(
                TechnicianRequest.state == RequestState.OPEN, TechnicianRequest.id > self.last_request
            )
            request = session.scalars(query.order_by(TechnicianRequest.id)).first()
            if request is None:
                return "nothing-asked"
            request_decisions.refuse(session, request.id, answer="Not now.", by="simulation", at=self.clock())
            self.refused.add(request.event_id)
            return "refused"

    def _ask_for_everything(self) -> None:
        with self.system.transaction() as session:
            product = session.get_one(ServiceProduct, "lamp")
            product.parts, product.checklist, product.surcharges, product.proofs = PARTS, CHECKLIST, SURCHARGES, PROOFS

    def _place(self) -> None:
        with self.system.transaction() as session:
            area = PlanningArea(code=AREA, country="CN", name="上海市", name_en="Shanghai", time_zone="Asia/Shanghai")
            session.add(area)
            session.add_all(
                County(
                    code=code, country="CN", name=code, name_en=code, prefecture="上海市", province="上海市",
                    area_code=AREA, lng=lng, lat=lat, valid_from=date(2000, 1, 1),
                )
                for code, (lng, lat) in DOORS.items()
            )  # fmt: skip
