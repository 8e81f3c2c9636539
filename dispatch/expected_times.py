"""When a consumer may expect the technician: a time that narrows as the day goes on, and is written down as told."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from dispatch.consumer_records import ExpectedBecause, ExpectedTime
from dispatch.day_plan import DayPlan, DayPlanState, Route, Stop
from dispatch.gathered import gathered
from dispatch.work_order import Visit, VisitState

STEP = timedelta(minutes=5)
EITHER_WAY = {
    ExpectedBecause.PUBLISHED: timedelta(minutes=30),
    ExpectedBecause.ROUTE_CHANGED: timedelta(minutes=30),
    ExpectedBecause.DAY_BEGAN: timedelta(minutes=20),
    ExpectedBecause.STOP_BEFORE: timedelta(minutes=15),
    ExpectedBecause.EN_ROUTE: timedelta(minutes=10),
}
NO_TIME = timedelta(0)
LATER = "expected-times-later"
TO_COME = {VisitState.WAITING, VisitState.EN_ROUTE}


@dataclass(frozen=True, slots=True)
class Expected:
    """The technician comes between the two instants (aware UTC). `is_late`: after the promised window, as far as known.

    `because` names the fact that it rests on.
    """

    starts_at: datetime
    ends_at: datetime
    because: ExpectedBecause
    is_late: bool


@dataclass(frozen=True, slots=True)
class Coming:
    """One stop of a published route as planned, and what is known of it: instants are aware UTC, travel in seconds."""

    arrival: datetime
    start: datetime
    leave: datetime
    travel: int
    en_route_at: datetime | None = None
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    is_visit: bool = True

    @property
    def has_begun(self) -> bool:
        return self.en_route_at is not None or self.arrived_at is not None or self.left_at is not None


def expected(before: Sequence[Coming], stop: Coming, window: tuple[datetime, datetime], at: datetime) -> Expected:
    """What can be said at an instant about a stop with those before it in its route, for a promised window.

    Planned starts are taken half an hour either way; what is known to run late pushes them, waiting in between takes
    up delay; the stop before leaving, and setting out, make them narrower. A start before the window is never said,
    nor an end after it unless the technician cannot be there in time.
    """
    because, start = _best_guess(before, stop, at)
    spread = EITHER_WAY[because]
    if start > window[1]:
        start = _rounded(start)
        return Expected(max(start - spread, window[1]), start + spread, because, is_late=True)
    start = min(_rounded(max(start, window[0])), window[1])
    return Expected(max(start - spread, window[0]), min(start + spread, window[1]), because, is_late=False)


def record(
    session: Session, plan: DayPlan, at: datetime, technician_ids: Collection[int] | None = None
) -> list[ExpectedTime]:
    """Write down what the consumers of a published plan (or of these technicians' routes) are told from now on.

    Only what is news is written: a narrower time, or another one. The number of statements does not grow with
    the visits; a draft is told to nobody. To be called after publishing and after a published route has changed.
    """
    if plan.state != DayPlanState.PUBLISHED:
        return []
    session.flush()
    news = []
    current = _of_plan(session, plan, technician_ids, at)
    told = _told_last(session, [visit.id for visit in current])
    for visit, found in current.items():
        last = told.get(visit.id)
        if is_news(last, found):
            because = found.because
            if last is not None and because == ExpectedBecause.PUBLISHED:
                because = ExpectedBecause.ROUTE_CHANGED
            news.append(
                ExpectedTime(
                    visit_id=visit.id, at=at, starts_at=found.starts_at, ends_at=found.ends_at, because=because
                )
            )  # fmt: skip
    session.add_all(news)
    session.flush()
    return news


def after_fact(session: Session, visit: Visit, at: datetime) -> list[ExpectedTime]:
    """Write down what follows from a technician's fact for those who wait on the same routes; later, within `once`."""
    if LATER in session.info:
        session.info[LATER].add(visit.id)
        return []
    return _after_facts(session, {visit.id}, at)


@contextmanager
def once(session: Session, at: datetime) -> Iterator[None]:
    """Of many facts that are told at one time only what follows from all of them is written down, at the end."""
    with gathered(session, LATER, set[int]()) as visit_ids:
        yield
    if visit_ids:
        _after_facts(session, visit_ids, at)


def _after_facts(session: Session, visit_ids: Collection[int], at: datetime) -> list[ExpectedTime]:
    session.flush()
    on_routes = select(Route).join(Stop, Stop.route_id == Route.id).join(DayPlan, DayPlan.id == Route.day_plan_id)
    routes = session.scalars(
        on_routes.where(Stop.visit_id.in_(visit_ids), DayPlan.state == DayPlanState.PUBLISHED).distinct()
    ).all()
    by_plan: dict[DayPlan, list[int]] = {}
    for route in routes:
        by_plan.setdefault(route.day_plan, []).append(route.technician_id)
    return [told for plan, technicians in by_plan.items() for told in record(session, plan, at, technicians)]


def is_news(last: ExpectedTime | None, found: Expected) -> bool:
    """Whether it says more than, or something else than, what was told last: a wider time around it does not."""
    return last is None or last.starts_at < found.starts_at or last.ends_at > found.ends_at


def last_told(session: Session, visit: Visit) -> ExpectedTime | None:
    """What the consumer was told last."""
    query = select(ExpectedTime).where(ExpectedTime.visit_id == visit.id).order_by(ExpectedTime.id.desc()).limit(1)
    return session.scalars(query).one_or_none()


def of_visit(session: Session, visit: Visit, at: datetime) -> Expected | None:
    """What can be said of one visit right now; None while it is in no published plan, and once somebody is there."""
    theirs = select(Stop.route_id).where(Stop.visit_id == visit.id)
    found = [
        _of_route(route, at).get(visit) for route in session.scalars(_published_routes().where(Route.id.in_(theirs)))
    ]
    return max((each for each in found if each is not None), key=lambda each: each.ends_at, default=None)


def _best_guess(before: Sequence[Coming], stop: Coming, at: datetime) -> tuple[ExpectedBecause, datetime]:
    """The fact that says most, and the start that follows from it; never a time that has passed already."""
    travel = timedelta(seconds=stop.travel)
    if stop.en_route_at is not None:
        return ExpectedBecause.EN_ROUTE, max(stop.en_route_at + travel, at)
    visits = [(n, each) for n, each in enumerate(before) if each.is_visit]
    latest = next(((n, each) for n, each in reversed(visits) if each.has_begun), None)
    if latest is None:
        return ExpectedBecause.PUBLISHED, max(stop.start, at + travel)
    place, known = latest
    if known.left_at is not None and place == visits[-1][0]:
        gap = stop.arrival - known.leave
        return ExpectedBecause.STOP_BEFORE, max(known.left_at + gap, at + travel)
    delay = _delay(known, at)
    for between in (*before[place + 1 :], stop):
        delay = max(NO_TIME, delay - (between.start - between.arrival))
    return ExpectedBecause.DAY_BEGAN, max(stop.start + delay, at + travel)


def _delay(known: Coming, at: datetime) -> timedelta:
    """By how much the latest known stop will be, or was, left later than planned."""
    work = known.leave - known.start
    if known.left_at is not None:
        leaves = known.left_at
    elif known.arrived_at is not None:
        leaves = max(known.arrived_at + work, at)
    else:
        arrives = (known.en_route_at or at) + timedelta(seconds=known.travel)
        leaves = max(arrives, known.start, at) + work
    return max(NO_TIME, leaves - known.leave)


def _rounded(at: datetime) -> datetime:
    """To the nearest five minutes: a time to the minute would promise more than anybody knows."""
    seconds = STEP.total_seconds()
    return at + timedelta(seconds=round(at.timestamp() / seconds) * seconds - at.timestamp())


def _of_plan(
    session: Session, plan: DayPlan, technician_ids: Collection[int] | None, at: datetime
) -> dict[Visit, Expected]:
    """Of the visits of a plan that are still to come; for two technicians the time when both are there."""
    routes = _published_routes().where(Route.day_plan_id == plan.id)
    if technician_ids is not None:
        routes = routes.where(Route.technician_id.in_(sorted(technician_ids)))
    found: dict[Visit, Expected] = {}
    for route in session.scalars(routes):
        for visit, known in _of_route(route, at).items():
            if visit not in found or found[visit].ends_at < known.ends_at:
                found[visit] = known
    return found


def _published_routes() -> Select[Route]:
    visits = selectinload(Route.stops).selectinload(Stop.visit)
    published = select(Route).join(DayPlan).where(DayPlan.state == DayPlanState.PUBLISHED)
    return published.options(visits.selectinload(Visit.appointments)).order_by(Route.id)


def _of_route(route: Route, at: datetime) -> dict[Visit, Expected]:
    """Of the visits of a route that nobody has arrived at yet and that are promised."""
    stops = [_coming(stop) for stop in route.stops]
    found = {}
    for n, stop in enumerate(route.stops):
        visit = stop.visit
        promise = visit.appointment if visit is not None and visit.state in TO_COME else None
        if visit is not None and promise is not None:
            window = (promise.window_starts_at, promise.window_ends_at)
            found[visit] = expected(stops[:n], stops[n], window, at)
    return found


def _coming(stop: Stop) -> Coming:
    planned = (stop.scheduled_arrival, stop.scheduled_start, stop.scheduled_leave, stop.travel)
    visit = stop.visit
    if visit is None:
        return Coming(*planned, is_visit=False)
    en_route_at = visit.en_route_at if visit.state != VisitState.WAITING else None
    return Coming(*planned, en_route_at, visit.arrived_at, visit.left_at)


def _told_last(session: Session, visit_ids: Collection[int]) -> dict[int, ExpectedTime]:
    """What was told last of some visits, by visit id."""
    last = select(func.max(ExpectedTime.id)).where(ExpectedTime.visit_id.in_(visit_ids)).group_by(ExpectedTime.visit_id)
    return {told.visit_id: told for told in session.scalars(select(ExpectedTime).where(ExpectedTime.id.in_(last)))}
