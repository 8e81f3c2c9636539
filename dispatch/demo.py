"""The demonstration region as rows: its people, what can be ordered, and the orders of a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import (
    catalogue_file,
    catalogue_lists,
    demo_clocks,
    money,
    questionnaire,
    questionnaire_text,
    verification,
)
from dispatch import day as days
from dispatch.catalogue import Merchant, ServiceProduct
from dispatch.day import Day
from dispatch.trips import first_trips
from dispatch.work_order import (
    Appointment,
    BookedBy,
    PositionQuality,
    Visit,
    WorkOrder,
    WorkOrderState,
)
from seed_regions.demo_records import DemoOrder, DemoProduct, DemoRegion, DemoShift, DemoTechnician, Shot
from technicians import availability
from technicians.errors import Conflict
from technicians.people import (
    Coverage,
    Outlet,
    Provider,
    Shift,
    ShiftBreak,
    Skill,
    Technician,
    TechnicianSkill,
)

CURRENCIES = {"CN": "CNY", "US": "USD"}


def is_there(session: Session) -> bool:
    """Whether the database has people already."""
    return session.scalar(select(Technician.id).limit(1)) is not None


def people(session: Session, region: DemoRegion, at: datetime) -> None:
    """Write skills, products, merchants, providers, outlets and technicians; Conflict when there are people already."""
    if is_there(session):
        raise Conflict(
            "There are technicians in this database already.",
            field="database",
            remedy="Point DATABASE_URL at an empty database for the demonstration.",
        )
    session.add_all(Skill(code=s.code, name_zh=s.name_zh, name_en=s.name_en) for s in region.skills)
    currency = CURRENCIES[days.find_area(session, region.code).country]
    session.add_all(_product(product, currency) for product in region.products)
    session.add_all(Merchant(code=m.code, name=m.name, created_at=at) for m in region.merchants)
    providers = {p.code: Provider(code=p.code, name=p.name) for p in region.providers}
    outlets = {
        o.code: Outlet(provider=providers[o.provider], code=o.code, name=o.name, county_code=o.spot.county_code)
        for o in region.outlets
    }
    session.add_all([*providers.values(), *outlets.values()])
    session.flush()
    session.add_all(_technician(person, outlets[person.outlet], region.code) for person in region.technicians)
    availability.note_change(session, [region.code])
    session.flush()


def _product(product: DemoProduct, currency: str) -> ServiceProduct:
    asked = questionnaire_text.questions(product.questions, currency)
    return ServiceProduct(
        code=product.code, name_zh=product.name_zh, name_en=product.name_en, category=product.category,
        icon=product.icon, duration=product.duration, setup=product.setup, crew_size=product.crew_size,
        load=product.load, skills={product.skill: product.level}, shot_list=[_shot(shot) for shot in product.shots],
        price=money.minor(str(product.price), currency), currency=currency,
        questions=[questionnaire.as_json(question) for question in asked],
        delivery=catalogue_file.delivery(product.delivery) if product.delivery else {},
        parts=catalogue_lists.parts(product.parts), checklist=catalogue_lists.checklist(product.checklist),
        surcharges=catalogue_lists.surcharges(product.surcharges, currency),
        proofs=catalogue_lists.proofs(product.proofs),
    )  # fmt: skip


def _shot(shot: Shot) -> dict[str, Any]:
    """An entry of a shot list, as a file of products makes it."""
    told = {name: value for name, value in asdict(shot).items() if value not in ("", ())}
    return told | ({"visits": list(shot.visits)} if shot.visits else {})


def _technician(person: DemoTechnician, outlet: Outlet, area_code: str) -> Technician:
    home = person.home
    return Technician(
        code=person.code, name=person.name, phone=person.phone, outlet=outlet, area_code=area_code,
        start_lng=home.lng, start_lat=home.lat, end_lng=home.lng, end_lat=home.lat,
        capacity=person.capacity, max_visits=person.max_visits,
        skills=[TechnicianSkill(skill_code=code, level=level) for code, level in person.skills.items()],
        coverage=[Coverage(county_code=code) for code in person.counties],
        shifts=[_shift(shift) for shift in person.shifts],
    )  # fmt: skip


def _shift(shift: DemoShift) -> Shift:
    return Shift(
        weekday=shift.weekday, begins=shift.begins, soft_ends=shift.soft_ends, hard_ends=shift.hard_ends,
        breaks=[ShiftBreak(earliest=b.earliest, latest=b.latest, duration=b.duration) for b in shift.breaks],
    )  # fmt: skip


def demand(session: Session, region: DemoRegion, orders: Iterable[DemoOrder], on_date: date) -> list[WorkOrder]:
    """Write orders with a confirmed appointment in the window their consumers want on that day."""
    day = days.of(session, region.code, on_date)
    written = [_order(session, order, is_booked=True) for order in orders]
    for row, order in zip(written, orders, strict=True):
        row.state = WorkOrderState.BOOKED
        row.visits[0].appointments.append(_appointment(order, day))
        verification.give(row.visits[0])
    session.add_all(written)
    session.flush()
    demo_clocks.met(session, written)
    return written


def bookable(session: Session, orders: Iterable[DemoOrder], at: datetime) -> list[WorkOrder]:
    """Write orders whose goods have just arrived and whose consumers have not chosen a window."""
    written = [_order(session, order, is_booked=False) for order in orders]
    for n, row in enumerate(written):
        row.goods_arrived_at = at - timedelta(hours=n % 20, minutes=17)
        row.created_at = row.goods_arrived_at - timedelta(days=1)
        row.state = WorkOrderState.BOOKABLE
    session.add_all(written)
    session.flush()
    demo_clocks.running(session, written, at)
    return written


def _order(session: Session, order: DemoOrder, *, is_booked: bool) -> WorkOrder:
    product = session.get_one(ServiceProduct, order.product)
    row = WorkOrder(
        merchant_id=session.scalars(select(Merchant.id).where(Merchant.code == order.merchant)).one(),
        number=order.number, product_code=order.product, state=WorkOrderState.BOOKABLE,
        consumer_name=order.consumer_name, consumer_phone=order.consumer_phone, language=order.language,
        address=order.address, county_code=order.spot.county_code, lng=order.spot.lng, lat=order.spot.lat,
        position_quality=PositionQuality.EXACT, priority=order.priority, note=order.note,
        goods_arrived_at=order.goods_arrived_at, created_at=order.created_at,
    )  # fmt: skip
    row.visits += [Visit(**trip) for trip in first_trips(product, None, is_booked=is_booked)]
    return row


def _appointment(order: DemoOrder, day: Day) -> Appointment:
    return Appointment(
        window_starts_at=day.instant(order.earliest),
        window_ends_at=day.instant(order.latest),
        booked_by=BookedBy.CONSUMER,
        created_at=order.goods_arrived_at + timedelta(minutes=40),
    )
