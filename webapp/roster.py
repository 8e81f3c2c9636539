"""The roster: who there is, one technician with skills, shifts and absences, and the whole as a CSV file."""

from __future__ import annotations

from datetime import date

from apiflask import APIBlueprint
from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dispatch import planned_days, roster, roster_changes, roster_import, roster_list, shift_text
from dispatch.csv_file import WrongCell
from dispatch.planned_days import PlannedDay
from dispatch.roster_list import SortBy, Wanted
from technicians.errors import InvalidInput
from technicians.people import AbsenceReason
from technicians.week import Day, DayHours
from webapp import day_choice, roster_files
from webapp.access import allow
from webapp.login import me
from webapp.page import local_name
from webapp.scope import OFFICE
from webapp.system import system
from webapp.week_picture import day_names, rows_of
from webapp.where import where

bp = APIBlueprint("roster", __name__, url_prefix="/roster", enable_openapi=False)
bp.register_blueprint(roster_files.bp)
FILTERS = ("name", "skill", "county")


@bp.get("")
@allow(*OFFICE)
def listing() -> ResponseReturnValue:
    here = where()
    area_code = here.area.code if here.area else None
    kept = {name: value for name in FILTERS if (value := request.args.get(name))}
    wanted = Wanted(area_code, kept.get("name", ""), kept.get("skill"), kept.get("county"))
    sort, descending = _sorting(), request.args.get("down") == "yes"
    with system().transaction(read_only=True) as session:
        page = roster_list.search(
            session, wanted, sort=sort, descending=descending,
            cursor=request.args.get("cursor", type=int), at=system().now(),
        )  # fmt: skip
        skills = roster.skills(session)
        counties = roster.counties(session, area_code) if area_code else []
    return render_template(
        "roster.html",
        where=here,
        page=page,
        sort=sort,
        descending=descending,
        kept=kept,
        sorted=kept | {"sort": sort, "down": "yes" if descending else None},
        skills=skills,
        counties=counties,
        names={skill.code: local_name(skill) for skill in skills},
        day_names=day_names(),
    )


def _sorting() -> SortBy:
    asked = request.args.get("sort", SortBy.CODE)
    return SortBy(asked) if asked in set(SortBy) else SortBy.CODE


@bp.get("/file.csv")
@allow(*OFFICE)
def download() -> Response:
    """The roster of the area, in the form that the import takes."""
    here = where()
    with system().transaction(read_only=True) as session:
        content = roster_import.export(session, here.area.code if here.area else None)
    answer = Response(content, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="technicians-{here.today}.csv"'
    return answer


@bp.get("/<int:technician_id>")
@allow(*OFFICE)
def detail(technician_id: int) -> ResponseReturnValue:
    with system().transaction(read_only=True) as session:
        found = roster.detail(session, technician_id, at=system().now())
        today = system().now().astimezone(found.area.zone).date()
        shift, breaks = shift_text.write(found.profile.week)
        planned = planned_days.of(session, technician_id, since=today)
        return render_template(
            "technician.html",
            person_shown=found,
            profile=found.profile,
            zone=found.area.zone,
            today=today,
            shift=shift,
            breaks=breaks,
            days=rows_of(found.profile.week),
            day_names=day_names(),
            skills=roster.skills(session),
            counties=roster.counties(session, found.area.code),
            reasons=list(AbsenceReason),
            planned=planned,
            touched=_touched(planned),
            day_words=day_choice.words,
        )


def _touched(planned: list[PlannedDay]) -> list[PlannedDay]:
    """Of the planned days those that the change just made is about; none when nothing was changed."""
    first_on, last_on = request.args.get("changed_from", ""), request.args.get("changed_to", "9999")
    return [day for day in planned if first_on and first_on <= day.on_date.isoformat() <= last_on]


@bp.post("/<int:technician_id>/skills")
@allow(*OFFICE)
def skills(technician_id: int) -> ResponseReturnValue:
    prefix = "level-"
    levels = {
        name.removeprefix(prefix): _level(value)
        for name, value in request.form.items()
        if name.startswith(prefix) and value
    }
    with system().transaction() as session:
        roster_changes.set_skills(session, technician_id, levels, by=me().login, at=system().now())
    return _kept(technician_id)


@bp.post("/<int:technician_id>/counties")
@allow(*OFFICE)
def counties(technician_id: int) -> ResponseReturnValue:
    chosen = frozenset(request.form.getlist("county"))
    with system().transaction() as session:
        roster_changes.set_counties(session, technician_id, chosen, by=me().login, at=system().now())
    return _kept(technician_id)


@bp.post("/<int:technician_id>/week")
@allow(*OFFICE)
def week(technician_id: int) -> ResponseReturnValue:
    pattern = _week(request.form.get("shift", ""), request.form.get("breaks", ""))
    with system().transaction() as session:
        roster_changes.set_week(session, technician_id, pattern, by=me().login, at=system().now())
    return _kept(technician_id)


@bp.post("/<int:technician_id>/absences")
@allow(*OFFICE)
def add_absence(technician_id: int) -> ResponseReturnValue:
    first_on, last_on = _date("first_on"), _date("last_on")
    with system().transaction() as session:
        area = roster.detail(session, technician_id, at=system().now()).area
        starts_at, ends_at = roster.whole_days(area, first_on, last_on)
        roster_changes.add_absence(
            session, technician_id, starts_at=starts_at, ends_at=ends_at, reason=_reason(),
            note=request.form.get("note", ""), by=me().login, at=system().now(),
        )  # fmt: skip
    flash(_("The absence is noted."))
    return _back(technician_id, first_on, last_on)


@bp.post("/<int:technician_id>/absences/<int:absence_id>/end")
@allow(*OFFICE)
def end_absence(technician_id: int, absence_id: int) -> ResponseReturnValue:
    with system().transaction() as session:
        roster_changes.end_absence(session, technician_id, absence_id, by=me().login, at=system().now())
    flash(_("Kept."))
    return redirect(url_for("roster.detail", technician_id=technician_id))


@bp.post("/<int:technician_id>/active")
@allow(*OFFICE)
def active(technician_id: int) -> ResponseReturnValue:
    with system().transaction() as session:
        roster_changes.set_active(
            session, technician_id, request.form.get("active") == "yes", by=me().login, at=system().now()
        )
    return _kept(technician_id)


def _kept(technician_id: int) -> ResponseReturnValue:
    """A change of every day from today on."""
    flash(_("Kept."))
    return _back(technician_id, date.min)


def _back(technician_id: int, first_on: date, last_on: date = date.max) -> ResponseReturnValue:
    """To the technician's page, which says what of these days is planned already."""
    return redirect(url_for("roster.detail", technician_id=technician_id, changed_from=first_on, changed_to=last_on))


def _level(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _week(shift: str, breaks: str) -> dict[Day, DayHours]:
    try:
        return shift_text.parse(shift, breaks)
    except WrongCell as error:
        raise InvalidInput(error.sentence, field="shift", remedy="Correct the times.", **error.values) from error


def _date(name: str) -> date:
    text = request.form.get(name, "")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(
            "“{cell}” is not a day.", field=name, remedy="Write it like 2026-05-12.", cell=text[:40]
        ) from None


def _reason() -> AbsenceReason:
    text = request.form.get("reason", "")
    try:
        return AbsenceReason(text)
    except ValueError:
        raise InvalidInput(
            "“{cell}” is no reason.", field="reason", remedy="Choose one from the list.", cell=text[:40]
        ) from None
