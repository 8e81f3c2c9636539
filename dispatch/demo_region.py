"""Building the demonstration: people, past days, today, tomorrow, orders to book, orders to repair, logins."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import accounts, demo, links, orders, phone_login, settling
from dispatch import day as days
from dispatch.account import Account, Role, TechnicianLogin
from dispatch.catalogue import Merchant
from dispatch.demo_past import worked_day
from dispatch.new_order import NewOrder
from dispatch.system import System
from dispatch.work_order import Appointment, WorkOrder, WorkOrderState
from seed_regions.demo import region as draw
from seed_regions.demo_history import history
from seed_regions.demo_records import DemoRegion
from seed_regions.locate import CountyIndex
from technicians.errors import InvalidInput
from technicians.people import Technician

BY = "demonstration"
PASSWORD = "shifu-demo-2026"
PIN = "246810"
PAST_DAYS = 7
UNUSUAL = ("wardrobe", "tv")
"""Work for two technicians, and work for which the goods are brought in a trip of their own."""
UNCLEAR = (
    ("朝阳区建国路88号", "周先生"),
    ("中山路12号3幢501室", "吴女士"),
    ("浦东新区张江镇", "郑先生"),
    ("Springfield, Washington County", "A. Miller"),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to build: the place's code, the day to plan, and how much of everything."""

    place: str
    on_date: date
    technicians: int
    visits: int
    seed: int


@dataclass(frozen=True, slots=True)
class Built:
    """Who can log in how; `consumer_links` are tokens of orders that wait for a window."""

    area_code: str
    on_date: date
    logins: tuple[tuple[str, str, str], ...]
    technicians: tuple[tuple[str, str], ...]
    consumer_links: tuple[str, ...]


def build(system: System, wanted: Wanted, say: Callable[[str], None]) -> Built:
    """Write whatever of the demonstration is not there yet; a second call on the same day only prints the logins."""
    region = _drawn(system, wanted, wanted.on_date, wanted.visits)
    with system.transaction() as session:
        days.find_area(session, region.code)
        fresh = not demo.is_there(session)
        if fresh:
            demo.people(session, region, system.now())
            _logins(session, region, system.now())
    if fresh:
        say(f"{len(region.technicians)} technicians, {len(region.products)} products")
        _past(system, region, say)
    for ahead, share in ((0, 1.0), (1, 0.7)):
        _one_day(system, wanted, wanted.on_date + timedelta(days=ahead), round(wanted.visits * share), say)
    with system.transaction() as session:
        if fresh:
            _waiting(system, session, wanted)
        return _who(session, region, wanted.on_date, system.now())


def _drawn(system: System, wanted: Wanted, on_date: date, visits: int) -> DemoRegion:
    return draw(
        wanted.place, on_date, technicians=wanted.technicians, visits=visits, seed=wanted.seed,
        index=_index(system),
    )  # fmt: skip


def _index(system: System) -> CountyIndex | None:
    return system.places.index if system.places.layer is not None else None


def _past(system: System, region: DemoRegion, say: Callable[[str], None]) -> None:
    for past in history(region, PAST_DAYS, _index(system)):
        with system.transaction() as session:
            worked_day(session, system.travel_times, region, past)
        say(f"{past.on_date.isoformat()}: {len(past.visits)} visits, worked")


def _one_day(system: System, wanted: Wanted, on_date: date, visits: int, say: Callable[[str], None]) -> None:
    region = _drawn(system, wanted, on_date, visits)
    with system.transaction() as session:
        day = days.of(session, region.code, on_date)
        booked = select(Appointment.id).where(
            Appointment.window_starts_at >= day.midnight, Appointment.window_starts_at < day.ends_at
        )
        if session.scalar(booked.limit(1)) is None:
            written = demo.demand(session, region, region.orders, on_date)
            _settle_later(session, written, system.now())
            say(f"{on_date.isoformat()}: {len(region.orders)} visits, booked")


def _settle_later(session: Session, orders: Iterable[WorkOrder], at: datetime) -> None:
    """Until a visit stands in a route its time looks free: a worker plans the day, as soon as there is one."""
    promised = [
        (order.county_code, visit.appointment.window_starts_at)
        for order in orders
        for visit in order.visits
        if order.county_code and visit.appointment
    ]
    settling.ask(session, promised, by=BY, at=at)


def _waiting(system: System, session: Session, wanted: Wanted) -> None:
    """Orders whose consumers have yet to choose, and orders that nobody knows the county of."""
    later = _drawn(system, wanted, wanted.on_date + timedelta(days=2), 24)
    demo.bookable(session, later.orders, system.now())
    merchant_id = session.scalars(select(Merchant.id).order_by(Merchant.id).limit(1)).one()
    for code, like in zip(UNUSUAL, later.orders, strict=False):
        order = NewOrder(
            number=f"{code.upper()}-01", product_code=code, consumer_name=like.consumer_name, language=like.language,
            consumer_phone=like.consumer_phone, address=like.address, county_code=like.spot.county_code,
            lng=like.spot.lng, lat=like.spot.lat, goods_arrived_at=system.now() - timedelta(hours=1),
        )  # fmt: skip
        orders.submit(session, system.places, merchant_id, order, by=BY, at=system.now())
    for n, (address, name) in enumerate(UNCLEAR, start=1):
        order = NewOrder(
            number=f"UNCLEAR-{n:02}", product_code=later.products[0].code, consumer_name=name,
            consumer_phone="13900000000", address=address, goods_arrived_at=system.now() - timedelta(hours=n),
        )  # fmt: skip
        orders.submit(session, system.places, merchant_id, order, by=BY, at=system.now())


def _logins(session: Session, region: DemoRegion, at: datetime) -> None:
    merchant = session.scalars(select(Merchant).order_by(Merchant.id).limit(1)).one()
    for role in Role:
        accounts.create(
            session, login=role.value, name=role.value.title(), password=PASSWORD, role=role, at=at, by=BY,
            merchant_id=merchant.id if role == Role.MERCHANT else None,
            area_code=region.code if role == Role.DISPATCHER else None,
        )  # fmt: skip
    first, *others = session.scalars(select(Technician).order_by(Technician.id))
    phone_login.set_pin(session, first, PIN, at=at, by=BY)
    session.flush()
    pin_hash = session.get_one(TechnicianLogin, first.id).pin_hash
    session.add_all(TechnicianLogin(technician_id=other.id, pin_hash=pin_hash) for other in others)


def _who(session: Session, region: DemoRegion, on_date: date, at: datetime) -> Built:
    open_orders = session.scalars(
        select(WorkOrder)
        .where(WorkOrder.state == WorkOrderState.BOOKABLE, WorkOrder.number.not_like("UNCLEAR%"))
        .order_by(WorkOrder.product_code.in_(UNUSUAL), WorkOrder.id)
        .limit(2)
    )
    unusual = session.scalars(
        select(WorkOrder)
        .where(WorkOrder.state == WorkOrderState.BOOKABLE, WorkOrder.product_code.in_(UNUSUAL))
        .order_by(WorkOrder.id)
    )
    people = session.execute(select(Technician.code, Technician.name).order_by(Technician.code).limit(3))
    accounts_there = session.scalars(select(Account).order_by(Account.id))
    return Built(
        area_code=region.code,
        on_date=on_date,
        logins=tuple((a.role.value, a.login, PASSWORD) for a in accounts_there),
        technicians=tuple((code, name) for code, name in people),
        consumer_links=tuple(links.create(session, order.id, at) for order in (*open_orders, *unusual)),
    )


def default_date(session: Session, place: str, at: datetime) -> date:
    """Today in the region's own time zone."""
    if not place.isdigit():
        raise InvalidInput(f"{place!r} is not a code.", field="county", remedy="Try 310100 for Shanghai.")
    return days.date_of(days.find_area(session, place), at)
