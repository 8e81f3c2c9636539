"""Day plans: asked for, stored by compare-and-set, published, compared."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from dispatch import audit, expected_times, outbox, routes, touched
from dispatch import day as days
from dispatch.crews import visit_of, visits_of
from dispatch.day_plan import DayPlan, DayPlanState, Route, Stop, Unassigned
from dispatch.errors import PlanOutOfDate
from dispatch.newcomers import are_still_promised, newcomers
from dispatch.outbox import Outbox, OutboxKind, OutboxState
from dispatch.planning import Snapshot
from routing.plan import Plan
from technicians import availability
from technicians.errors import Conflict, InvalidInput, NotFound

MOST_SECONDS = 3600
Placed = tuple[tuple[int, ...], datetime | None]


def find(session: Session, plan_id: int) -> DayPlan:
    plan = session.get(DayPlan, plan_id)
    if plan is None:
        raise NotFound("There is no day plan {id}.", field="plan", remedy="Reload the board.", id=plan_id)
    return plan


def in_state(session: Session, area_code: str, on_date: date, state: DayPlanState) -> DayPlan | None:
    """The one draft or the one published plan of an area's day."""
    return session.scalars(
        select(DayPlan).where(DayPlan.area_code == area_code, DayPlan.on_date == on_date, DayPlan.state == state)
    ).one_or_none()


def current(session: Session, area_code: str, on_date: date) -> DayPlan | None:
    """The plan that bookings go into: the published one, else the draft."""
    published = in_state(session, area_code, on_date, DayPlanState.PUBLISHED)
    return published or in_state(session, area_code, on_date, DayPlanState.DRAFT)


def shown(session: Session, area_code: str, on_date: date) -> DayPlan | None:
    """The plan that the board shows: the draft being worked on, else the published one."""
    draft = in_state(session, area_code, on_date, DayPlanState.DRAFT)
    return draft or in_state(session, area_code, on_date, DayPlanState.PUBLISHED)


def ensure(session: Session, area_code: str, on_date: date, at: datetime) -> DayPlan:
    """The current plan, or a new draft with an empty route for everybody who works that day."""
    plan = current(session, area_code, on_date)
    if plan is not None:
        return plan
    days.find_area(session, area_code)
    plan = _new_version(session, area_code, on_date, at, based_on=None, basis={}, solver={})
    working = availability.working(session, area_code, on_date)
    if working:
        session.execute(
            insert(Route),
            [
                {"day_plan_id": plan.id, "technician_id": person.technician_id, "travel": 0, "distance": 0}
                for person in working
            ],
        )
    return plan


def _new_version(
    session: Session,
    area_code: str,
    on_date: date,
    at: datetime,
    *,
    based_on: DayPlan | None,
    basis: dict[str, int],
    solver: dict[str, Any],
) -> DayPlan:
    latest = session.scalar(
        select(func.max(DayPlan.version)).where(DayPlan.area_code == area_code, DayPlan.on_date == on_date)
    )
    plan = DayPlan(
        area_code=area_code,
        on_date=on_date,
        version=(latest or 0) + 1,
        based_on_id=based_on.id if based_on else None,
        basis=basis,
        solver=solver,
        created_at=at,
    )
    session.add(plan)
    session.flush()
    return plan


def revisions(session: Session, plan: DayPlan | None) -> dict[str, int]:
    """Route id (as text, JSON has no other keys) to revision, row locks taken in order of id."""
    if plan is None:
        return {}
    query = select(Route.id, Route.revision).where(Route.day_plan_id == plan.id).order_by(Route.id)
    return {str(route_id): revision for route_id, revision in session.execute(query.with_for_update())}


def store(
    session: Session,
    snap: Snapshot,
    planned: Plan,
    *,
    based_on_id: int | None,
    solver: dict[str, Any],
    at: datetime,
    by: str,
) -> DayPlan:
    """Keep a planned day as the new draft, if no route it was computed from has changed since, and no promise it adds.

    Raises PlanOutOfDate otherwise, and nothing is written.
    """
    area_code, on_date = snap.day.area_code, snap.day.on_date
    are_promised = are_still_promised(session, snap, newcomers(snap, planned.routes))
    base = shown(session, area_code, on_date)
    if not are_promised or (base.id if base else None) != based_on_id or revisions(session, base) != snap.basis:
        raise PlanOutOfDate("The day changed while it was being planned.", remedy="Plan it again.")
    published = in_state(session, area_code, on_date, DayPlanState.PUBLISHED)
    basis = revisions(session, published)
    draft = in_state(session, area_code, on_date, DayPlanState.DRAFT)
    if draft is not None:
        draft.move_to(DayPlanState.SUPERSEDED)
        session.flush()
    plan = _new_version(session, area_code, on_date, at, based_on=published, basis=basis, solver=solver)
    routes.write_all(session, plan, planned.routes, snap, [vehicle.id for vehicle in snap.problem.vehicles])
    _keep_reasons(session, plan, planned)
    touched.area(session, area_code)
    audit.note(
        session, by, "plan.drafted", "day-plan", plan.id, at=at,
        after={"version": plan.version, "unassigned": len(visits_of(planned.unassigned))},
    )  # fmt: skip
    return plan


def _keep_reasons(session: Session, plan: DayPlan, planned: Plan) -> None:
    """Why each visit is left out; of one for two technicians what keeps the first half out."""
    left_out = {visit_of(half): planned.unassigned[half] for half in sorted(planned.unassigned)}
    if left_out:
        session.execute(
            insert(Unassigned),
            [
                {
                    "day_plan_id": plan.id,
                    "visit_id": visit,
                    "rule": reason.rule,
                    "detail": reason.detail[:500],
                    "counts": reason.counts,
                }
                for visit, reason in left_out.items()
            ],
        )


def publish(session: Session, plan_id: int, *, by: str, at: datetime) -> DayPlan:
    """Make a draft the plan that phones see. PlanOutOfDate when the published plan moved on since it was drafted."""
    plan = find(session, plan_id)
    if plan.state != DayPlanState.DRAFT:
        raise Conflict(
            "This plan is {state}; only a draft can be published.",
            state=plan.state,
            field="plan",
            remedy="Reload the board.",
        )
    published = in_state(session, plan.area_code, plan.on_date, DayPlanState.PUBLISHED)
    if revisions(session, published) != plan.basis:
        raise PlanOutOfDate(
            "The published plan has changed since this draft was made.",
            remedy="Plan the day again; the new draft will take the change in.",
        )
    if published is not None:
        published.move_to(DayPlanState.SUPERSEDED)
        session.flush()
    plan.move_to(DayPlanState.PUBLISHED)
    plan.published_at, plan.published_by = at, by
    touched.area(session, plan.area_code)
    audit.note(
        session, by, "plan.published", "day-plan", plan.id, at=at,
        before={"version": published.version} if published else {}, after={"version": plan.version},
    )  # fmt: skip
    session.flush()
    expected_times.record(session, plan, at)
    return plan


def discard(session: Session, plan_id: int, *, by: str, at: datetime) -> DayPlan:
    """Give a draft up in favour of the published plan beside it; gives the published plan.

    A draft that stands alone holds the day's bookings and cannot be given up: Conflict.
    """
    plan = find(session, plan_id)
    published = in_state(session, plan.area_code, plan.on_date, DayPlanState.PUBLISHED)
    if plan.state != DayPlanState.DRAFT:
        raise Conflict(
            "This plan is {state}; only a draft can be discarded.",
            field="plan",
            remedy="Reload the board.",
            state=plan.state,
        )
    if published is None:
        raise Conflict(
            "Nothing is published for this day; its bookings are in this draft.",
            field="plan",
            remedy="Plan the day again instead, or publish it.",
        )
    plan.move_to(DayPlanState.SUPERSEDED)
    touched.area(session, plan.area_code)
    audit.note(session, by, "plan.discarded", "day-plan", plan.id, at=at, before={"version": plan.version})
    session.flush()
    return published


def ask(session: Session, area_code: str, on_date: date, *, seconds: float, asked_by: str, at: datetime) -> Outbox:
    """Promise that a worker plans the day; asking again while that is under way gives the same row."""
    if not 1 <= seconds <= MOST_SECONDS:
        raise InvalidInput(
            "{seconds} seconds is not between 1 and {most}.",
            field="seconds",
            remedy="Try 15.",
            seconds=seconds,
            most=MOST_SECONDS,
        )
    days.find_area(session, area_code)
    running = asked(session, area_code, on_date)
    if running is not None and running.state in {OutboxState.WAITING, OutboxState.RUNNING}:
        return running
    payload = {"area": area_code, "date": on_date.isoformat(), "seconds": seconds}
    row = outbox.add(session, OutboxKind.PLAN, payload, asked_by=asked_by, at=at)
    session.info["wake"] = True
    return row


def asked(session: Session, area_code: str, on_date: date) -> Outbox | None:
    """The latest planning that was asked for."""
    return session.scalars(
        select(Outbox)
        .where(
            Outbox.kind == OutboxKind.PLAN,
            Outbox.payload["area"].as_string() == area_code,
            Outbox.payload["date"].as_string() == on_date.isoformat(),
        )
        .order_by(Outbox.id.desc())
        .limit(1)
    ).one_or_none()


def cancel(session: Session, outbox_id: int, *, by: str, at: datetime) -> Outbox:
    """Stop a planning that was asked for; the worker notices within a second."""
    row = session.get(Outbox, outbox_id)
    if row is None or row.kind != OutboxKind.PLAN:
        raise NotFound("There is no planning {id}.", field="planning", remedy="Reload the board.", id=outbox_id)
    row.move_to(OutboxState.CANCELLED)
    row.ended_at, row.error = at, f"cancelled by {by}"
    return row


def difference(session: Session, plan_id: int) -> list[dict[str, Any]]:
    """What publishing a draft would change: visits whose technicians or start differ from the published plan.

    The technicians are tuples of ids in order, empty where the visit is not planned.
    """
    plan = find(session, plan_id)
    published = in_state(session, plan.area_code, plan.on_date, DayPlanState.PUBLISHED)
    before = _placed(session, published) if published else {}
    after = _placed(session, plan)
    changed = [visit for visit in before.keys() | after.keys() if before.get(visit) != after.get(visit)]
    nowhere: Placed = ((), None)
    return [
        {
            "visit_id": visit,
            "technicians_before": before.get(visit, nowhere)[0],
            "start_before": before.get(visit, nowhere)[1],
            "technicians_after": after.get(visit, nowhere)[0],
            "start_after": after.get(visit, nowhere)[1],
        }
        for visit in sorted(changed)
    ]


def _placed(session: Session, plan: DayPlan) -> dict[int, Placed]:
    """Who makes each visit and when it begins; two who do not begin together begin when the last of them does."""
    query = (
        select(Stop.visit_id, Route.technician_id, Stop.scheduled_start)
        .join(Route, Route.id == Stop.route_id)
        .where(Stop.day_plan_id == plan.id, Stop.visit_id.is_not(None))
        .order_by(Route.technician_id)
    )
    found: dict[int, Placed] = {}
    for visit, technician, start in session.execute(query):
        if visit is not None:
            others, known = found.get(visit, ((), None))
            found[visit] = ((*others, technician), max(start, known or start))
    return found
