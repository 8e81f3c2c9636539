"""A dispatcher's own changes to a plan: tried first, shown with what they break, then kept; never forbidden."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from dispatch import audit, expected_times, moving, routes, touched
from dispatch.day_plan import DayPlanState, Unassigned
from dispatch.errors import PlanOutOfDate
from dispatch.moving import Preview as Preview
from dispatch.work_order import Visit
from routing.travel import TravelTimes
from technicians.errors import Conflict, NotFound

DISPATCHERS_CHOICE = "taken-out"


def try_move(
    session: Session,
    travel_times: TravelTimes,
    plan_id: int,
    visit_id: int,
    technician_id: int | None,
    start_at: datetime | None = None,
    *,
    source_id: int | None = None,
) -> Preview:
    """What would happen if the visit were given to a technician (None: to nobody), about `start_at` or where best.

    Of a visit for two technicians the half of `source_id` moves; without it the one that has nobody yet, else the
    second; to nobody both go.
    """
    return moving.preview(
        moving.change(session, travel_times, plan_id, visit_id, technician_id, start_at, source_id)
    )  # fmt: skip


def move(
    session: Session,
    travel_times: TravelTimes,
    plan_id: int,
    visit_id: int,
    technician_id: int | None,
    start_at: datetime | None = None,
    *,
    source_id: int | None = None,
    revisions: dict[int, int],
    by: str,
    at: datetime,
) -> Preview:
    """Make the change. `revisions` (by technician id) is what the dispatcher saw; PlanOutOfDate if it moved on."""
    session.get(Visit, visit_id, with_for_update={"key_share": True})
    people = moving.touched(session, plan_id, visit_id, technician_id)
    locked = routes.lock(session, plan_id, people)
    routes.require_revisions(locked.values(), revisions)
    change = moving.change(session, travel_times, plan_id, visit_id, technician_id, start_at, source_id)
    if change.plan.state == DayPlanState.SUPERSEDED:
        raise Conflict("This plan has been superseded.", field="plan", remedy="Reload the board.")
    if not change.revisions.keys() <= locked.keys():
        raise PlanOutOfDate(
            "Somebody changed this route in the meantime.",
            field="revision",
            remedy="Look at the route as it is now and try again.",
        )
    preview = moving.preview(change)
    new = {technician: locked[technician] for technician in change.rewritten}
    routes.rewrite(session, new, change.after.routes, change.snap)
    expected_times.record(session, change.plan, at, list(new))
    touched.area(session, change.plan.area_code)
    _account_for(session, change.plan.id, visit_id, is_planned=technician_id is not None)
    audit.note(
        session, by, "visit.moved", "visit", visit_id, at=at,
        before={"technician": change.source_id}, after={"technician": technician_id},
        why="; ".join(dict.fromkeys(v["rule"] for v in preview.violations)),
    )  # fmt: skip
    now = {t: route.revision for t, route in locked.items()}
    return Preview(
        preview.violations,
        preview.cost,
        [{**r, "revision": now.get(r["technician_id"], r["revision"])} for r in preview.routes],
    )


def pin(
    session: Session,
    visit_id: int,
    technician_id: int | None,
    start_at: datetime | None,
    *,
    by: str,
    at: datetime,
) -> Visit:
    """Fix a visit's technician, its start, both, or (None, None) neither: what a re-plan may not touch."""
    visit = session.get(Visit, visit_id)
    if visit is None:
        raise NotFound("There is no visit {id}.", field="visit", remedy="Reload the board.", id=visit_id)
    before = {"technician": visit.pinned_technician_id, "start": _text(visit.pinned_start_at)}
    visit.pinned_technician_id, visit.pinned_start_at = technician_id, start_at
    visit.revision += 1
    touched.visit(session, visit)
    audit.note(
        session, by, "visit.pinned", "visit", visit_id, at=at, before=before,
        after={"technician": technician_id, "start": _text(start_at)},
    )  # fmt: skip
    return visit


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _account_for(session: Session, plan_id: int, visit_id: int, *, is_planned: bool) -> None:
    """A visit is in a route or listed as left out, never both and never neither."""
    session.execute(delete(Unassigned).where(Unassigned.day_plan_id == plan_id, Unassigned.visit_id == visit_id))
    if not is_planned:
        session.add(
            Unassigned(
                day_plan_id=plan_id, visit_id=visit_id, rule=DISPATCHERS_CHOICE,
                detail="Taken out of the plan by a dispatcher.",
            )
        )  # fmt: skip
    session.flush()
