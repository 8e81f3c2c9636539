"""The window of an order, chosen, moved or given back by whoever has the consumer on the telephone."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dispatch import appointments, orders
from dispatch.work_order import BookedBy
from technicians.errors import Conflict, InvalidInput
from webapp import day_choice, order_page
from webapp.access import allow
from webapp.login import me
from webapp.scope import EVERYBODY, own_merchant
from webapp.system import system

bp = APIBlueprint("windows", __name__, url_prefix="/<int:order_id>/window", enable_openapi=False)


@bp.get("")
@allow(*EVERYBODY)
def page(order_id: int) -> ResponseReturnValue:
    """The order with the windows of the next days in which the visit really fits."""
    return order_page.show(order_id, with_windows=True)


@bp.post("")
@allow(*EVERYBODY)
def choose(order_id: int) -> ResponseReturnValue:
    """Promise the window, or move the promise; when it is gone, the page with those that are free now."""
    now = system().now()
    try:
        starts_at = day_choice.instant(request.form.get("starts_at"))
        with system().transaction() as session:
            order = orders.find(session, order_id, merchant_id=own_merchant())
            appointments.choose(
                session, system().travel_times, order, starts_at, booked_by=_who(), by=me().login, at=now
            )
    except (Conflict, InvalidInput) as refused:
        return order_page.show(order_id, with_windows=True, refusal=refused)
    flash(_("The window is promised, and the consumer is told."))
    return redirect(url_for("orders.detail", order_id=order_id))


@bp.post("/give-back")
@allow(*EVERYBODY)
def give_back(order_id: int) -> ResponseReturnValue:
    why = request.form.get("why", "").strip()[:500]
    try:
        with system().transaction() as session:
            order = orders.find(session, order_id, merchant_id=own_merchant())
            appointments.call_off(session, system().travel_times, order, by=me().login, at=system().now(), why=why)
    except Conflict as refused:
        return order_page.show(order_id, refusal=refused)
    flash(_("The window is given back. The consumer is told and can choose anew."))
    return redirect(url_for("orders.detail", order_id=order_id))


def _who() -> BookedBy:
    return BookedBy.DISPATCHER if own_merchant() is None else BookedBy.MERCHANT
