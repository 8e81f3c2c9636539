"""One order as a page: what and where, its window, its visits, what happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from zoneinfo import ZoneInfo

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dispatch import appointments, charged, nothing, order_history, orders, photo_album, signing, sla
from dispatch.errors import SlotTaken
from dispatch.work_order import VisitCause, VisitState, WorkOrder, WorkOrderState
from technicians.errors import InvalidInput, ShifuError
from webapp import day_choice
from webapp.errors import status_of
from webapp.icons import icon_or_box
from webapp.login import me
from webapp.number_words import REASONS
from webapp.scope import OFFICE, own_merchant
from webapp.sentences import message
from webapp.system import system
from webapp.where import where


@dataclass(frozen=True, slots=True)
class Booked:
    """What is promised now (None: nothing), and the date at the place of the order."""

    zone: ZoneInfo
    today: date
    starts_at: datetime | None
    ends_at: datetime | None


def show(order_id: int, *, with_windows: bool = False, refusal: ShifuError | None = None) -> ResponseReturnValue:
    """The page; with the free windows if they are asked for, and with why the last form was refused."""
    here = where()
    with system().transaction(read_only=True) as session:
        order = orders.find(session, order_id, merchant_id=own_merchant())
        zone = order.county.area.zone if order.county else here.zone
        booked = _booked(order, zone)
        can_choose = appointments.can_choose(order)
        is_asked = with_windows and can_choose
        found = appointments.offers(session, system().travel_times, order, system().now()) if is_asked else None
        visit_ids = [visit.id for visit in order.visits]
        photos = photo_album.prints(session, visit_ids)
        page = render_template(
            "order.html",
            order=order,
            photo_of={(photo.visit_id, photo.source_sha256): photo for photo in photos},
            charged=charged.by_visit(session, visit_ids),
            signatures=signing.of_visits(session, visit_ids),
            zone=zone,
            history=order_history.history(session, order_id),
            booking_clock=sla.latest(session, order_id, system().now()),
            photos=photos,
            can_cancel=_can_cancel(order),
            can_park=me().role in OFFICE and order.can_move_to(WorkOrderState.PARKED),
            can_choose=can_choose,
            booked=booked,
            days=day_choice.days(list(found.offers), booked, None) if found else None,
            nothing_because=REASONS[found.nothing_because] if found and found.nothing_because else None,
            neighbour=nothing.neighbour(session, order) if found and not found.offers else None,
            refusal=_told(refusal) if refusal else None,
            day_words=day_choice.words,
            icon_of=icon_or_box,
        )
    return page, status_of(refusal) if refusal else HTTPStatus.OK


def _booked(order: WorkOrder, zone: ZoneInfo) -> Booked:
    work = (visit for visit in order.visits if visit.cause != VisitCause.DELIVERY)
    promise = next((visit.appointment for visit in work if visit.appointment), None)
    today = system().now().astimezone(zone).date()
    if promise is None:
        return Booked(zone, today, None, None)
    return Booked(zone, today, promise.window_starts_at, promise.window_ends_at)


def _can_cancel(order: WorkOrder) -> bool:
    is_calm = all(visit.state == VisitState.WAITING for visit in order.visits if visit.is_open)
    return is_calm and order.state not in {WorkOrderState.COMPLETED, WorkOrderState.CANCELLED}


def _told(refusal: ShifuError) -> str:
    if isinstance(refusal, SlotTaken):
        return str(_("This window has just been taken. Nothing was changed; these are free now."))
    if isinstance(refusal, InvalidInput):
        return str(_("This window can no longer be chosen. Nothing was changed; these are free now."))
    return str(_("Nothing was changed. %(why)s", why=message(refusal)))
