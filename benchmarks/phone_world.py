"""The server in simulated phone-days: a town on SQLite in memory, its published days, an office that meddles."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import select

from dispatch import orders, system
from dispatch.day_plan import DayPlan, DayPlanState, Route, Stop
from dispatch.records import METADATA
from dispatch.settings import Settings
from dispatch.system import System
from dispatch.work_order import Visit, VisitState
from technicians.errors import Conflict
from technicians.place import County, PlanningArea
from tests.clock import Clock
from tests.town import AREA, DOORS, SHOTS, Town, shanghai

FIRST_DAY = date(2026, 5, 12)
PROMISED = tuple(str(shot["code"]) for shot in SHOTS if shot["required"])


class World:
    """One database with many days in a row; who owns a visit by plan, and which the office called off."""

    def __init__(self, home: Path, database_url: str = "sqlite://") -> None:
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

    def publish(self, number: int, rng: Random) -> date:
        """A day for two technicians: three to four visits for T1, two for T2."""
        on_date = FIRST_DAY + timedelta(days=number)
        self.clock.set(shanghai(7, on_date))
        self.owner, self.planned, self.cancelled = {}, {}, set()
        with self.system.transaction() as session:
            plan = DayPlan(
                area_code=AREA, on_date=on_date, version=1, state=DayPlanState.PUBLISHED, basis={}, solver={},
                created_at=self.clock(), published_at=self.clock(), published_by="simulation",
            )  # fmt: skip
            session.add(plan)
            session.flush()
            for code, count in (("T1", rng.choice((3, 4))), ("T2", 2)):
                route = Route(day_plan_id=plan.id, technician_id=self.town.technicians[code])
                session.add(route)
                for place in range(count):
                    hours = (8 + 2 * place, 10 + 2 * place)
                    order = self.town.order(session, f"{number}-{code}-{place}", window=hours, on_date=on_date)
                    visit = order.visits[0]
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

    def give_away(self, visit_id: int) -> str:
        """To the other technician, if nobody is known to have begun it."""
        with self.system.transaction() as session:
            if session.get_one(Visit, visit_id).state != VisitState.WAITING:
                return "too-late"
            stop = session.scalars(select(Stop).where(Stop.visit_id == visit_id)).one_or_none()
            if stop is None:
                return "off-the-plan"
            other = "T2" if self.owner[visit_id] == "T1" else "T1"
            stop.route_id = session.scalars(
                select(Route.id).where(
                    Route.day_plan_id == stop.day_plan_id, Route.technician_id == self.town.technicians[other]
                )
            ).one()
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
