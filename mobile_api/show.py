"""Records in the words of the wire."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dispatch import navigation
from dispatch.day_plan import Stop
from dispatch.evidence import Proof
from dispatch.phone_login import Login
from dispatch.technician_day import Day
from dispatch.trips import names, shots
from dispatch.visits import missing_shots
from dispatch.work_order import PositionQuality, Visit, WorkOrder
from mobile_api.messages import ZH, language
from mobile_api.shapes import (
    DayOut,
    LoginOut,
    PhotoOut,
    PlaceOut,
    ShotOut,
    StopOut,
    TechnicianOut,
    VisitOut,
    WindowOut,
)
from technicians.people import Technician

CERTAIN = {PositionQuality.EXACT, PositionQuality.LEARNT}


def login(granted: Login) -> LoginOut:
    return LoginOut(token=granted.token, expires_at=granted.expires_at, technician=technician(granted.technician))


def technician(person: Technician) -> TechnicianOut:
    return TechnicianOut(code=person.code, name=person.name, language=person.language)


def day(sheet: Day, today: date) -> DayOut:
    route, person, area = sheet.route, sheet.technician, sheet.area
    return DayOut(
        on=sheet.on_date,
        today=today,
        time_zone=area.time_zone,
        area=_named(area.name, area.name_en),
        technician=technician(person),
        published=route is not None,
        revision=route.revision if route else None,
        seen_revision=route.seen_revision if route else None,
        starts_at=route.starts_at if route else None,
        ends_at=route.ends_at if route else None,
        travel=route.travel if route else 0,
        distance=route.distance if route else 0,
        start=PlaceOut(lng=person.start_lng, lat=person.start_lat, approximate=False),
        stops=[stop(each, sheet) for each in route.stops if not _is_undecided(each)] if route else [],
    )


def _is_undecided(each: Stop) -> bool:
    """Whether a consumer only keeps this time while deciding: nobody has to come yet."""
    return each.visit is not None and each.visit.hold is not None


def stop(each: Stop, sheet: Day) -> StopOut:
    return StopOut(
        kind="visit" if each.visit else "break",
        scheduled_arrival=each.scheduled_arrival,
        scheduled_start=each.scheduled_start,
        scheduled_leave=each.scheduled_leave,
        travel=each.travel,
        distance=each.distance,
        colleague=sheet.colleagues.get(each.visit.id) if each.visit else None,
        visit=visit(each.visit, sheet.photos.get(each.visit.id, [])) if each.visit else None,
    )


def visit(each: Visit, photos: Sequence[Proof]) -> VisitOut:
    order = each.work_order
    product = order.product
    return VisitOut(
        id=each.id,
        state=each.state,
        cause=each.cause,
        revision=each.revision,
        order_number=order.number,
        merchant=order.merchant.name,
        product=_named(*names(each)),
        icon=product.icon,
        service=each.setup + each.service,
        window=_window(each),
        consumer_name=order.consumer_name,
        consumer_phone=order.consumer_phone,
        district=_named(order.county.name, order.county.name_en) if order.county else "",
        address=order.address,
        note=order.note,
        place=_place(order),
        navigation=_navigation(order),
        shots=[_shot(entry, photos) for entry in shots(each)],
        missing=[entry["code"] for entry in missing_shots(each, photos)],
        en_route_at=each.en_route_at,
        arrived_at=each.arrived_at,
        left_at=each.left_at,
        arrival_distance=each.arrival_distance,
        failure_reason=each.failure_reason,
    )


def photo(proof: Proof, each: Visit, photos: Sequence[Proof]) -> PhotoOut:
    return PhotoOut(
        id=proof.id,
        shot=proof.shot_code,
        sha256=proof.sha256 or "",
        width=proof.width or 0,
        height=proof.height or 0,
        taken_at=proof.taken_at,
        missing=[entry["code"] for entry in missing_shots(each, photos)],
    )


def _window(each: Visit) -> WindowOut | None:
    """The promise in force, or the last one once it has been decided."""
    promise = each.appointment or (each.appointments[-1] if each.appointments else None)
    if promise is None:
        return None
    return WindowOut(starts_at=promise.window_starts_at, ends_at=promise.window_ends_at)


def _place(order: WorkOrder) -> PlaceOut | None:
    if order.lng is None or order.lat is None:
        return None
    return PlaceOut(lng=order.lng, lat=order.lat, approximate=order.position_quality not in CERTAIN)


def _navigation(order: WorkOrder) -> dict[str, str]:
    if order.lng is None or order.lat is None:
        return {}
    return navigation.links(order.lng, order.lat, order.address)


def _shot(entry: dict[str, str], photos: Sequence[Proof]) -> ShotOut:
    return ShotOut(
        code=entry["code"],
        name=_named(entry["name_zh"], entry["name_en"]),
        required=bool(entry["required"]),
        photo_ids=[proof.id for proof in photos if proof.shot_code == entry["code"]],
    )


def _named(zh: str, en: str) -> str:
    return zh if language() == ZH else en
