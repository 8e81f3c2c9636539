"""A published Tuesday for technician T1, a phone that is logged in, and what it sends."""

from __future__ import annotations

import io
import uuid
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from dispatch import phone_login
from dispatch.day_plan import DayPlan, DayPlanState, Route, Stop
from dispatch.facts import Fact
from dispatch.work_order import WorkOrder
from mobile_api.app import create_app
from technicians.people import Technician
from tests.clock import Clock
from tests.town import AREA, DOORS, TUESDAY, Town, shanghai

PIN = "482915"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def fact(town: Town, at: datetime, **place: Any) -> Fact:
    """Something that happened now, on a phone whose clock is right."""
    return replace(Fact(str(uuid.uuid4()), "phone-1", at, at, town.system.now()), **place)


def publish(session: Session, town: Town, technician: str, orders: list[WorkOrder], on_date: date = TUESDAY) -> DayPlan:
    """A published plan in which one technician visits these orders at their windows' beginnings."""
    route = Route(
        technician_id=town.technicians[technician], starts_at=shanghai(8, on_date), ends_at=shanghai(17, on_date)
    )
    plan = DayPlan(
        area_code=AREA, on_date=on_date, version=1, state=DayPlanState.PUBLISHED, basis={}, solver={},
        created_at=town.system.now(), published_at=town.system.now(), published_by="dispatcher:li",
        routes=[route],
    )  # fmt: skip
    session.add(plan)
    session.flush()
    for position, order in enumerate(orders):
        promise = order.visits[0].appointment
        assert promise is not None
        route.stops.append(
            Stop(
                day_plan_id=plan.id, position=position, visit_id=order.visits[0].id, travel=900,
                distance=4200,
                scheduled_arrival=promise.window_starts_at, scheduled_start=promise.window_starts_at,
                scheduled_leave=promise.window_ends_at,
            )
        )  # fmt: skip
    session.flush()
    return plan


@dataclass
class Phone:
    """A test client with a token, that makes events like the page does."""

    client: FlaskClient
    token: str
    clock: Clock
    language: str = "en"
    place: dict[str, float] = field(default_factory=dict)

    def read(self, path: str) -> Any:
        return self.get(path).json

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, headers=self._headers())

    def post(self, path: str, **body: Any) -> TestResponse:
        return self.client.post(path, json=body, headers=self._headers())

    def event(self, **more: Any) -> dict[str, Any]:
        now = self.clock().isoformat()
        return {"event_id": str(uuid.uuid4()), "occurred_at": now, "sent_at": now} | self.place | more

    def report(self, visit_id: int, what: str, **more: Any) -> TestResponse:
        return self.post(f"/mobile/v1/visits/{visit_id}/{what}", **self.event(**more))

    def shoot(self, visit_id: int, shot: str, content: bytes, **more: Any) -> TestResponse:
        return self.client.post(
            f"/mobile/v1/visits/{visit_id}/photos",
            query_string=self.event(shot=shot, **more),
            data=content,
            headers=self._headers() | {"Content-Type": "image/jpeg"},
        )

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Accept-Language": self.language}


@dataclass
class Tuesday:
    """The published day and T1's phone; visit ids in the order of the route."""

    town: Town
    phone: Phone
    clock: Clock
    visit_ids: list[int]
    order_ids: list[int]

    @property
    def first(self) -> int:
        return self.visit_ids[0]


def jpeg(colour: str = "teal", size: tuple[int, int] = (64, 48)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def log_in(client: FlaskClient, clock: Clock, code: str = "T1") -> Phone:
    answer = client.post("/mobile/v1/login", json={"code": code, "pin": PIN, "device_id": f"phone-of-{code}-1"})
    assert answer.json is not None
    return Phone(client, answer.json["token"], clock)


def day_of(town: Town, clock: Clock) -> Tuesday:
    with town.system.transaction() as session:
        orders = [
            town.order(session, "A-1", "lamp", "310101", window=(9, 11)),
            town.order(session, "A-2", "water-heater", "310104", window=(13, 15)),
        ]
        publish(session, town, "T1", orders)
        for technician in session.scalars(select(Technician)):
            phone_login.set_pin(session, technician, PIN, at=town.system.now(), by="operator")
        visit_ids = [order.visits[0].id for order in orders]
        order_ids = [order.id for order in orders]
    clock.set(shanghai(9))
    phone = log_in(create_app(town.system).test_client(), clock)
    lng, lat = DOORS["310101"]
    phone.place = {"lng": lng, "lat": lat, "accuracy": 10.0}
    return Tuesday(town, phone, clock, visit_ids, order_ids)
