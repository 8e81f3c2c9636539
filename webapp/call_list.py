"""The call list: who must be called before their day runs out, and what came of each call."""

from __future__ import annotations

from collections import Counter
from datetime import date
from http import HTTPStatus

from apiflask import APIBlueprint
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dispatch import call_list, calls, conflict_list, issue_list, request_list
from dispatch.call_list import CallLine, CallList
from technicians.errors import Conflict, InvalidInput, ShifuError
from webapp import clock_words, wish_words
from webapp.access import allow
from webapp.errors import status_of
from webapp.icons import icon_or_box
from webapp.login import me
from webapp.scope import OFFICE
from webapp.sentences import message, remedy
from webapp.system import system
from webapp.where import where

bp = APIBlueprint("calls", __name__, url_prefix="/calls", enable_openapi=False)
bp.context_processor(clock_words.words)
MOST_ROWS = 300


@bp.get("")
@allow(*OFFICE)
def page() -> ResponseReturnValue:
    return _shown()


@bp.get("/counts")
@allow(*OFFICE)
def counts() -> dict[str, int]:
    """How many wait in each room that has a number beside its name."""
    area = where().area
    if area is None:
        return dict.fromkeys(("calls", "issues", "conflicts", "requests"), 0)
    with system().transaction(read_only=True) as session:
        return {
            "calls": call_list.count(session, area.code, system().now()),
            "issues": issue_list.count(session, area.code),
            "conflicts": conflict_list.count(session, area.code),
            "requests": request_list.count(session, area.code),
        }


@bp.post("/<int:order_id>/not-reached")
@allow(*OFFICE)
def not_reached(order_id: int) -> ResponseReturnValue:
    with system().transaction() as session:
        calls.not_reached(session, order_id, note=_note(), by=me().login, at=system().now())
    return _noted(_("The call is noted. The clock runs on."))


@bp.post("/<int:order_id>/reached")
@allow(*OFFICE)
def reached(order_id: int) -> ResponseReturnValue:
    with system().transaction() as session:
        calls.reached(session, order_id, note=_note(), by=me().login, at=system().now())
    return _noted(_("The call is noted."))


@bp.post("/<int:order_id>/wait")
@allow(*OFFICE)
def wait(order_id: int) -> ResponseReturnValue:
    try:
        until = _day(request.form.get("until", ""))
        with system().transaction() as session:
            calls.asked_to_wait(session, order_id, until, note=_note(), by=me().login, at=system().now())
    except (Conflict, InvalidInput) as refused:
        return _shown(refused)
    return _noted(_("The clock is paused until the morning of %(day)s.", day=until.isoformat()))


@bp.post("/<int:order_id>/give-up")
@allow(*OFFICE)
def give_up(order_id: int) -> ResponseReturnValue:
    try:
        with system().transaction() as session:
            calls.give_up(session, order_id, note=_note(), by=me().login, at=system().now())
    except Conflict as refused:
        return _shown(refused)
    return _noted(_("The clock is paused until you let it run again."))


@bp.post("/<int:order_id>/go-on")
@allow(*OFFICE)
def go_on(order_id: int) -> ResponseReturnValue:
    try:
        with system().transaction() as session:
            calls.go_on(session, order_id, note=_note(), by=me().login, at=system().now())
    except Conflict as refused:
        return _shown(refused)
    return _noted(_("The clock runs again."))


def _shown(refused: ShifuError | None = None) -> ResponseReturnValue:
    here = where()
    now = system().now()
    with system().transaction(read_only=True) as session:
        found = call_list.of_area(session, here.area.code, now) if here.area else CallList([], [])
    is_paused = request.args.get("show") == "paused"
    lines = found.resting if is_paused else found.due
    county = request.args.get("county", "")
    told = [message(refused), remedy(refused)] if refused else []
    shown = render_template(
        "calls.html",
        where=here,
        found=found,
        is_paused=is_paused,
        counties=_counties(lines),
        county=county,
        lines=[line for line in lines if county in ("", line.county_code)][:MOST_ROWS],
        trouble=" ".join(part for part in told if part),
        kept=_kept(),
        icon_of=icon_or_box,
        wished=wish_words.wished,
    )
    return shown, status_of(refused) if refused else HTTPStatus.OK


def _counties(lines: list[CallLine]) -> list[tuple[CallLine, int]]:
    """One line of each county on the list, for its name, with how many there are."""
    numbers = Counter(line.county_code for line in lines)
    first = {line.county_code: line for line in reversed(lines)}
    return [(first[code], numbers[code]) for code in sorted(numbers)]


def _kept() -> dict[str, str]:
    return {name: value for name in ("show", "county") if (value := request.args.get(name))}


def _noted(what: str) -> ResponseReturnValue:
    flash(what)
    return redirect(url_for("calls.page", show=request.args.get("show"), county=request.args.get("county")))


def _note() -> str:
    return request.form.get("note", "").strip()[: calls.LONGEST_NOTE]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(
            "“{cell}” is not a day.", field="until", remedy="Write it like 2026-05-12.", cell=text[:40]
        ) from None
