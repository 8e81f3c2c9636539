"""Records in the words of the wire."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from dispatch import navigation, quote, trips
from dispatch.day_plan import Stop
from dispatch.evidence import Proof
from dispatch.papers import Before, Papers, Photo
from dispatch.phone_login import Login
from dispatch.technician_day import Day
from dispatch.trips import names, shots
from dispatch.visit_told import is_ready_for
from dispatch.visits import missing_shots
from dispatch.work_order import PositionQuality, Visit, WorkOrder
from mobile_api.messages import ZH, language
from mobile_api.shapes import (
    AgreedOut,
    BeforeOut,
    CheckOut,
    DayOut,
    GoodsOut,
    LoginOut,
    PartOut,
    PhotoOut,
    PlaceOut,
    PriceLineOut,
    PriceOut,
    ProofsOut,
    ShotOut,
    StopOut,
    SurchargeOut,
    TechnicianOut,
    ToldOut,
    VisitOut,
    WindowOut,
)
from technicians.people import Technician

CERTAIN = {PositionQuality.EXACT, PositionQuality.LEARNT}
_links = lru_cache(4096)(navigation.links)


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
        area=named(area.name, area.name_en),
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
        visit=visit(each.visit, sheet.papers[each.visit.id], sheet.technician.id) if each.visit else None,
    )


def visit(each: Visit, beside: Papers, technician_id: int) -> VisitOut:
    """As this technician needs it."""
    order = each.work_order
    product = order.product
    return VisitOut(
        id=each.id,
        state=each.state,
        cause=each.cause,
        revision=each.revision,
        order_number=order.number,
        merchant=order.merchant.name,
        product=named(*names(each)),
        icon=product.icon,
        service=each.setup + each.service,
        window=_window(each),
        consumer_name=order.consumer_name,
        consumer_phone=order.consumer_phone,
        district=named(order.county.name, order.county.name_en) if order.county else "",
        address=order.address,
        note=order.note,
        place=_place(order),
        navigation=_navigation(order),
        **_shots(each, beside.photos),
        **_asked_for(each),
        price=_price(order),
        goods=GoodsOut(arrived=order.goods_arrived_at is not None, arrived_at=order.goods_arrived_at),
        confirmed=each.appointment is not None,
        told=_told(each, technician_id),
        accepted_at=each.accepted_at,
        agreed=[AgreedOut(code=one.code, count=one.count, amount=one.amount) for one in beside.agreed],
        before=_before(beside.before),
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


def named(zh: str, en: str) -> str:
    """The name in the language asked for."""
    return zh if language() == ZH else en


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
    return _links(order.lng, order.lat, order.address)


def _shots(each: Visit, photos: Sequence[Photo]) -> dict[str, Any]:
    asked = shots(each)
    taken = {photo.shot_code for photo in photos}
    return {
        "shots": [_shot(entry, photos) for entry in asked],
        "missing": [entry["code"] for entry in asked if entry["required"] and entry["code"] not in taken],
    }


def _shot(entry: dict[str, Any], photos: Sequence[Photo]) -> ShotOut:
    return ShotOut(
        code=entry["code"],
        name=named(entry["name_zh"], entry["name_en"]),
        required=bool(entry["required"]),
        outline=entry.get("outline", ""),
        hint=named(entry.get("hint_zh", ""), entry.get("hint_en", "")),
        photo_ids=[photo.id for photo in photos if photo.shot_code == entry["code"]],
    )


def _asked_for(each: Visit) -> dict[str, Any]:
    """What the product asks for on this trip, and what may be charged."""
    product = each.work_order.product
    return {
        "parts": [PartOut(code=one["code"], name=_name(one), count=one["count"]) for one in trips.parts(each)],
        "checklist": [
            CheckOut(code=one["code"], name=_name(one), required=one["required"]) for one in trips.checklist(each)
        ],
        "proofs": ProofsOut.model_validate(trips.proofs(each)),
        "surcharges": [
            SurchargeOut(
                code=one["code"], name=_name(one), amount=one["amount"], most=one["most"], photo=one.get("photo", False)
            )
            for one in product.surcharges
        ],
        "currency": product.currency,
    }  # fmt: skip


def _told(each: Visit, technician_id: int) -> ToldOut:
    """Readiness only of whoever asks."""
    told = ToldOut.model_validate(each.told)
    return told if is_ready_for(each, technician_id) else told.model_copy(update={"readiness": None})


def _price(order: WorkOrder) -> PriceOut:
    binding = quote.of(order)
    return PriceOut(
        total=binding.total,
        currency=binding.currency,
        lines=[PriceLineOut(name=named(line.name_zh, line.name_en), amount=line.amount) for line in binding.lines],
    )


def _before(failed: Before | None) -> BeforeOut | None:
    return BeforeOut(reason=failed.reason, note=failed.note, left_at=failed.left_at) if failed else None


def _name(entry: dict[str, Any]) -> str:
    return named(entry["name_zh"], entry["name_en"])
