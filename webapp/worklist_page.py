"""The worklist: orders without a place, each with the reason and a form that puts it where it belongs."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dispatch import order_list, parking, roster, worklist
from dispatch.order_list import Wanted
from dispatch.work_order import WorkOrderState
from technicians.errors import InvalidInput
from webapp.access import allow
from webapp.login import me
from webapp.order_words import words
from webapp.scope import OFFICE
from webapp.system import system
from webapp.where import where

bp = APIBlueprint("worklist", __name__, url_prefix="/worklist", enable_openapi=False)
bp.context_processor(words)


@bp.get("")
@allow(*OFFICE)
def page() -> ResponseReturnValue:
    here = where()
    cursor = request.args.get("cursor", type=int)
    with system().transaction(read_only=True) as session:
        found = order_list.search(session, Wanted(state=WorkOrderState.PARKED), cursor=cursor, limit=50)
        counties = roster.counties(session, here.area.code) if here.area else []
    known = system().places.registry
    candidates = {
        row.id: [code for code in parking.read(row.parked_because or "").counties if code in known]
        for row in found.rows
    }
    return render_template("worklist.html", where=here, page=found, counties=counties, candidates=candidates)


@bp.post("/<int:order_id>")
@allow(*OFFICE)
def place(order_id: int) -> ResponseReturnValue:
    with system().transaction() as session:
        order = worklist.place(
            session,
            system().places,
            order_id,
            county_code=request.form.get("suggested") or request.form.get("county") or None,
            lng=_degrees("lng"),
            lat=_degrees("lat"),
            by=me().login,
            at=system().now(),
            why=request.form.get("why", "").strip()[:500],
        )
        number = order.number
    flash(_("Order %(number)s has its place.", number=number))
    return redirect(url_for("orders.worklist.page"))


def _degrees(name: str) -> float | None:
    text = request.form.get(name, "").strip()
    try:
        return float(text) if text else None
    except ValueError:
        raise InvalidInput(
            "“{cell}” is not a number of degrees.", field=name, remedy="Write it like 121.4737.", cell=text[:40]
        ) from None
