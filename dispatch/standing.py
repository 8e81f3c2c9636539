"""The coming days of an area as they stand, kept in memory and followed route by route.

What is kept is only ever a hint: whoever takes capacity locks the route and looks again. A day is recognised as
unchanged by its plan, the sum of its routes' revisions (every change of a route adds one) and the revision of the
area's roster; when a few routes have moved on, only these are read again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from threading import Lock
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dispatch import history, outlook, partners
from dispatch.crews import visit_of
from dispatch.day import Day as LocalDay
from dispatch.day import of as day_of
from dispatch.day_plan import DayPlan, DayPlanState, Route
from dispatch.planning import Snapshot, snapshot
from routing.chance import Chances
from routing.day import Day
from routing.links import ends
from routing.plan import Plan
from routing.plan import Route as PlannedRoute
from routing.spread import Spreads
from routing.travel import TravelTimes
from technicians import availability
from technicians.availability import Availability
from technicians.place import PlanningArea

MOST_ROUTES_KEPT = 20_000
MOST_CHANGED = 40
Stamp = tuple[int | None, int, int, int]


@dataclass(frozen=True, slots=True)
class Part:
    """Some routes of a day, ready to be asked. `snap` has what they serve."""

    snap: Snapshot
    day: Day
    chances: Chances

    @staticmethod
    def of(session: Session, snap: Snapshot, spreads: Spreads) -> Part:
        """The routes of a snapshot, with what is known of how long things take."""
        kinds = outlook.kinds(session, [visit.id for visit in snap.problem.visits])
        day = Day.of(snap.problem, snap.running)
        return Part(snap, day, Chances.of(day, spreads, kinds))

    @property
    def technicians(self) -> list[int]:
        return [vehicle.id for vehicle in self.snap.problem.vehicles]


@dataclass(frozen=True, slots=True)
class Standing:
    """One area's day. Routes that have changed since the `base` was read stand in `fresh` instead."""

    local: LocalDay
    stamp: Stamp
    plan_id: int | None
    revisions: dict[int, int]
    people: dict[int, Availability]
    base: Part
    fresh: Part | None = None

    def parts(self) -> Iterator[tuple[Part, frozenset[int]]]:
        """Each part with the technicians in it who are to be left out, for they stand in another."""
        newer = frozenset(self.fresh.technicians) if self.fresh else frozenset()
        yield self.base, newer
        if self.fresh is not None:
            yield self.fresh, frozenset()


@dataclass(slots=True)
class Kept:
    """What a process remembers of days, the least recently asked for forgotten first.

    `reasons` is for `dispatch.why_my_route`.
    """

    days: OrderedDict[tuple[str, date], Standing] = field(default_factory=OrderedDict)
    spreads: dict[str, tuple[date, Spreads]] = field(default_factory=dict)
    reasons: OrderedDict[tuple[str, date], Any] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def keep(self, standing: Standing) -> None:
        key = (standing.local.area_code, standing.local.on_date)
        with self.lock:
            self.days[key] = standing
            self.days.move_to_end(key)
            while len(self.days) > 1 and sum(len(day.people) for day in self.days.values()) > MOST_ROUTES_KEPT:
                self.days.popitem(last=False)

    def find(self, area_code: str, on_date: date) -> Standing | None:
        with self.lock:
            return self.days.get((area_code, on_date))


def kept(session: Session) -> Kept:
    """What this process remembers; what a session that writes sees is not yet true and never remembered."""
    return session.info.setdefault("days", Kept())  # type: ignore[no-any-return]


def standings(
    session: Session,
    travel_times: TravelTimes,
    area: PlanningArea,
    dates: Sequence[date],
    at: datetime,
    *,
    in_one: bool = False,
) -> list[Standing]:
    """The days as they stand at the instant `at`, in the order of the dates; `in_one` part if any two may be asked."""
    memory, is_committed = kept(session), bool(session.connection().get_execution_options().get("read_only"))
    stamps = _stamps(session, area, dates)
    found = []
    for on_date in dates:
        known = memory.find(area.code, on_date)
        if known is None and not is_committed:
            known = _as_committed(session, travel_times, area, on_date, at)
        if known is None or known.stamp != stamps[on_date] or (in_one and known.fresh is not None):
            reader = _Reader(session, travel_times, area, on_date, at)
            known = reader.followed(stamps[on_date], None if in_one else known)
            if is_committed:
                memory.keep(known)
        found.append(known)
    return found


def _as_committed(
    session: Session, travel_times: TravelTimes, area: PlanningArea, on_date: date, at: datetime
) -> Standing:
    """The day as everybody else sees it, read beside a transaction that writes, so that it can be kept."""
    options = {"read_only": True, "postgresql_readonly": True}
    with session.connection().engine.connect().execution_options(**options) as connection, Session(connection) as other:
        other.info["days"] = kept(session)
        return standings(other, travel_times, other.get_one(PlanningArea, area.code), [on_date], at)[0]


def spreads(session: Session, area: PlanningArea, at: datetime) -> Spreads:
    """How long things take in the area, learnt anew once a local day."""
    memory, today = kept(session), at.astimezone(area.zone).date()
    known = memory.spreads.get(area.code)
    if known is None or known[0] != today:
        known = today, history.spreads(session, area.code, at)
        memory.spreads[area.code] = known
    return known[1]


def _stamps(session: Session, area: PlanningArea, dates: Sequence[date]) -> dict[date, Stamp]:
    """What tells whether a day is as it was: its current plan, number and sum of revisions, the roster's revision."""
    roster = session.scalar(select(PlanningArea.roster_revision).where(PlanningArea.code == area.code)) or 0
    query = (
        select(DayPlan.id, DayPlan.on_date, DayPlan.state)
        .where(
            DayPlan.area_code == area.code, DayPlan.on_date.in_(dates),
            DayPlan.state.in_([DayPlanState.DRAFT, DayPlanState.PUBLISHED]),
        )
        .order_by(DayPlan.state)
    )  # fmt: skip
    plans: dict[date, int] = {on_date: plan_id for plan_id, on_date, _state in session.execute(query)}
    sums = {
        plan_id: (many, total)
        for plan_id, many, total in session.execute(
            select(Route.day_plan_id, func.count(), func.sum(Route.revision))
            .where(Route.day_plan_id.in_(plans.values()))
            .group_by(Route.day_plan_id)
        )
    }
    return {on_date: (plan_id := plans.get(on_date), *sums.get(plan_id or 0, (0, 0)), roster) for on_date in dates}


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one day from the records."""

    session: Session
    travel_times: TravelTimes
    area: PlanningArea
    on_date: date
    at: datetime

    def followed(self, stamp: Stamp, known: Standing | None) -> Standing:
        """The day read again: only what has changed, if that is little."""
        plan_id, _, _, roster = stamp
        plan = self.session.get(DayPlan, plan_id) if plan_id is not None else None
        revisions = _revisions(self.session, plan_id)
        if known is not None and (known.plan_id, known.stamp[3]) == (plan_id, roster):
            changed = [t for t, revision in revisions.items() if known.revisions.get(t) != revision]
            behind = set(changed) | set(known.fresh.technicians if known.fresh else ())
            people = [known.people[t] for t in sorted(behind) if t in known.people]
            if len(people) <= MOST_CHANGED and set(known.revisions) == set(revisions):
                fresh = self.part(plan, people) if people else None
                return replace(known, stamp=stamp, revisions=revisions, fresh=fresh)
        working = availability.working(self.session, self.area.code, self.on_date)
        local = day_of(self.session, self.area.code, self.on_date)
        people_by_id = {person.technician_id: person for person in working}
        return Standing(local, stamp, plan_id, revisions, people_by_id, self.part(plan, working))

    def part(self, plan: DayPlan | None, people: Sequence[Availability]) -> Part:
        snap = snapshot(
            self.session, self.travel_times, self.area.code, self.on_date, plan=plan, people=people, with_matrix=False
        )
        return Part.of(self.session, snap, spreads(self.session, self.area, self.at))


def _revisions(session: Session, plan_id: int | None) -> dict[int, int]:
    """Technician id to revision."""
    rows = session.execute(select(Route.technician_id, Route.revision).where(Route.day_plan_id == plan_id))
    return {technician: revision for technician, revision in rows}


def without(
    session: Session, travel_times: TravelTimes, area: PlanningArea, standing: Standing, visit_id: int, at: datetime
) -> Part | None:
    """The routes that have the visit (all, when it is for two), as they would be without it; None when none has it."""
    holders = partners.holders(session, standing.plan_id, visit_id).values() if standing.plan_id is not None else ()
    if not holders:
        return None
    chosen = [p for t, p in standing.people.items() if len(holders) > 1 or t in holders]
    plan = session.get(DayPlan, standing.plan_id)
    snap = snapshot(
        session, travel_times, area.code, standing.local.on_date, plan=plan, people=chosen, with_matrix=False
    )
    rest = [PlannedRoute(r.vehicle, tuple(v for v in r.visits if visit_of(v) != visit_id)) for r in snap.running.routes]
    links = tuple(link for link in snap.problem.links if visit_id not in ends(link))
    left = replace(snap, problem=replace(snap.problem, links=links), running=Plan(tuple(rest), {}))
    return Part.of(session, left, spreads(session, area, at))
