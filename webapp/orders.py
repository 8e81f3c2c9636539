"""Orders: the list with its search, one order with its history, and what can be done with it."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dispatch import links, order_export, order_history, order_list, orders, photo_looks, worklist
from dispatch.order_list import Wanted
from dispatch.photo_links import Look
from dispatch.work_order import WorkOrderState
from technicians.errors import InvalidInput
from webapp import order_files, order_page, order_windows, photos, worklist_page
from webapp.access import allow
from webapp.icons import icon_or_box
from webapp.login import me
from webapp.order_words import words
from webapp.scope import EVERYBODY, OFFICE, own_merchant
from webapp.system import system
from webapp.where import where

bp = APIBlueprint("orders", __name__, url_prefix="/orders", enable_openapi=False)
bp.context_processor(words)
bp.register_blueprint(order_files.bp)
bp.register_blueprint(worklist_page.bp)
bp.register_blueprint(order_windows.bp)


@bp.get("")
@allow(*EVERYBODY)
def listing() -> ResponseReturnValue:
    here = where()
    wanted = _wanted(here.area.code if here.area else None)
    with system().transaction(read_only=True) as session:
        page = order_list.search(session, wanted, cursor=request.args.get("cursor", type=int))
        counts = order_list.counts(session, wanted)
    kept = {name: value for name in ("q", "state") if (value := request.args.get(name))}
    return render_template(
        "orders.html", where=here, page=page, counts=counts, wanted=wanted, kept=kept, icon_of=icon_or_box
    )


@bp.get("/file.csv")
@allow(*EVERYBODY)
def download() -> Response:
    """The orders that the list shows, all of them."""
    here = where()
    with system().transaction(read_only=True) as session:
        found = order_list.every(session, _wanted(here.area.code if here.area else None))
        content = "".join(order_export.lines(found))
    return _file(content, f"orders-{here.today}.csv")


def _wanted(area_code: str | None) -> Wanted:
    merchant_id = own_merchant()
    return Wanted(
        text=request.args.get("q", "").strip(),
        state=_state(request.args.get("state")),
        merchant_id=merchant_id,
        area_code=None if merchant_id is not None else area_code,
    )


def _state(text: str | None) -> WorkOrderState | None:
    if not text:
        return None
    try:
        return WorkOrderState(text)
    except ValueError:
        raise InvalidInput(
            "There is no state “{state}”.", field="state", remedy="Choose one from the list.", state=text[:40]
        ) from None


def _file(content: str, name: str) -> Response:
    answer = Response(content, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@bp.get("/<int:order_id>")
@allow(*EVERYBODY)
def detail(order_id: int) -> ResponseReturnValue:
    return order_page.show(order_id)


@bp.get("/<int:order_id>/photos/<int:number>")
@allow(*EVERYBODY)
def photo(order_id: int, number: int) -> ResponseReturnValue:
    """To a fresh link to the photo, from a page that may have been open for long."""
    with system().transaction(read_only=True) as session:
        order_history.require_photo(session, order_id, number, merchant_id=own_merchant())
    return redirect(photos.link(number, Look.WHOLE))


@bp.post("/<int:order_id>/photos/<int:number>/fine")
@allow(*OFFICE)
def photo_is_fine(order_id: int, number: int) -> ResponseReturnValue:
    """Somebody has looked at what was doubtful in a photo."""
    with system().transaction() as session:
        order_history.require_photo(session, order_id, number)
        photo_looks.looks_fine(session, number, by=me().login, at=system().now())
    return redirect(url_for("orders.detail", order_id=order_id, _anchor="photos"))


@bp.post("/<int:order_id>/goods")
@allow(*EVERYBODY)
def goods(order_id: int) -> ResponseReturnValue:
    now = system().now()
    with system().transaction() as session:
        orders.goods_arrived(session, order_id, arrived_at=now, by=me().login, at=now, merchant_id=own_merchant())
    flash(_("The goods are noted as arrived."))
    return redirect(url_for("orders.detail", order_id=order_id))


@bp.post("/<int:order_id>/cancel")
@allow(*EVERYBODY)
def cancel(order_id: int) -> ResponseReturnValue:
    why = request.form.get("why", "").strip()[:500]
    with system().transaction() as session:
        orders.cancel(
            session, system().travel_times, order_id, by=me().login, at=system().now(), why=why,
            merchant_id=own_merchant(),
        )  # fmt: skip
    flash(_("The order is cancelled and out of every plan."))
    return redirect(url_for("orders.detail", order_id=order_id))


@bp.post("/<int:order_id>/park")
@allow(*OFFICE)
def park(order_id: int) -> ResponseReturnValue:
    why = request.form.get("why", "").strip()
    if not why:
        raise InvalidInput("It is empty.", field="why", remedy="Say why, for whoever repairs it.")
    with system().transaction() as session:
        worklist.park(session, order_id, why=why, by=me().login, at=system().now())
    flash(_("The order is on the worklist."))
    return redirect(url_for("orders.detail", order_id=order_id))


@bp.post("/<int:order_id>/link")
@allow(*EVERYBODY)
def link(order_id: int) -> ResponseReturnValue:
    """A new link for the consumer, shown this once: only its digest is kept."""
    with system().transaction() as session:
        token = links.create(session, order_id, system().now(), merchant_id=own_merchant())
    address = f"{request.host_url}c/{token}"
    return render_template("order_link.html", order_id=order_id, address=address, days=links.VALID_FOR.days)
