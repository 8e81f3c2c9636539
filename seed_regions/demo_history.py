"""What happened on the days before: arrivals, work, ratings and issues, drawn so that pages are not empty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import numpy as np

from seed_regions.demo import demand_of
from seed_regions.demo_orders import book_day
from seed_regions.demo_records import DemoOrder, DemoRegion, DemoTechnician
from seed_regions.demo_sketch import Sketched, travel_seconds
from seed_regions.locate import CountyIndex

_FAILURES = ("nobody-home", "goods-damaged", "site-not-ready", "parts-missing", "consumer-refused")
_FAILURE_SHARES = (0.4, 0.2, 0.2, 0.12, 0.08)
_FAILED, _RATED, _TROUBLED = 0.035, 0.62, 0.03
_HOUR = 3600
_EARLY, _SETUP = 10 * 60, 5 * 60
_ISSUES = ("damage", "leak", "missing-part", "noise", "poor-finish", "attitude")


@dataclass(frozen=True, slots=True)
class PastIssue:
    """Something a consumer reported: seconds until somebody answered, and until it was resolved."""

    kind: str
    reported_after: int
    responded_after: int
    resolved_after: int


@dataclass(frozen=True, slots=True)
class PastVisit:
    """One visit as it went. Instants are aware; `late` is seconds after the window closed (0 in time).

    `failure_reason` None: completed. `rating` 1 to 5, None when the consumer gave none.
    """

    order: DemoOrder
    technician: str
    scheduled_start: datetime
    en_route_at: datetime
    arrived_at: datetime
    left_at: datetime
    late: int
    failure_reason: str | None
    rating: int | None
    issue: PastIssue | None


@dataclass(frozen=True, slots=True)
class PastDay:
    """One day's visits, technician by technician in the order in which they were made."""

    on_date: date
    visits: tuple[PastVisit, ...]


def history(region: DemoRegion, days: int, index: CountyIndex | None = None) -> tuple[PastDay, ...]:
    """The `days` days before the region's date, oldest first; the same region gives the same history.

    Give the `index` that the region was made with, so that old orders lie in the same settlements.
    """
    demand = demand_of(region.counties, region.seed, index)
    told = []
    for back in range(days, 0, -1):
        day = region.on_date - timedelta(days=back)
        rng = np.random.default_rng([region.seed, day.toordinal()])
        count = round(len(region.orders) * rng.uniform(0.75, 0.95))
        _, booked = book_day(demand, region.technicians, day, count, rng)
        told.append(PastDay(day, _outcomes(region, day, booked, rng)))
    return tuple(told)


def _outcomes(region: DemoRegion, day: date, booked: list[Sketched], rng: np.random.Generator) -> tuple[PastVisit, ...]:
    people = {person.code: person for person in region.technicians}
    midnight = datetime.combine(day, time(), tzinfo=ZoneInfo(region.time_zone))
    visits: list[PastVisit] = []
    for code, stops in groupby(booked, key=lambda visit: visit.technician):
        visits += _technician_day(people[code], list(stops), midnight, rng)
    return tuple(visits)


def _technician_day(
    person: DemoTechnician, stops: list[Sketched], midnight: datetime, rng: np.random.Generator
) -> list[PastVisit]:
    """The day as planned, with travel and work taking longer or shorter than thought."""
    visits = []
    here, free_at = person.home, 0
    for stop in stops:
        travel = travel_seconds(here, stop.order.spot)
        leaves = max(free_at, stop.arrives - travel - _EARLY)
        arrives = max(leaves + int(travel * rng.lognormal(0.0, 0.22)), stop.order.earliest - _SETUP)
        failure = str(rng.choice(_FAILURES, p=_FAILURE_SHARES)) if rng.random() < _FAILED else None
        work = int((stop.ends - stop.arrives) * rng.lognormal(-0.02, 0.2)) if failure is None else 15 * 60
        late = max(0, arrives - stop.order.latest)
        visits.append(
            PastVisit(
                order=stop.order,
                technician=person.code,
                scheduled_start=_instant(midnight, stop.starts),
                en_route_at=_instant(midnight, leaves),
                arrived_at=_instant(midnight, arrives),
                left_at=_instant(midnight, arrives + work),
                late=late,
                failure_reason=failure,
                rating=_rating(late, failure, rng),
                issue=_issue(rng) if failure is None and rng.random() < _TROUBLED else None,
            )
        )
        here, free_at = stop.order.spot, arrives + work
    return visits


def _instant(midnight: datetime, seconds: int) -> datetime:
    """Wall-clock seconds after local midnight, as UTC."""
    local = midnight + timedelta(seconds=seconds)
    return local.astimezone(UTC)


def _rating(late: int, failure: str | None, rng: np.random.Generator) -> int | None:
    """Most who rate are content; an hour late costs two stars, a visit in vain three."""
    if rng.random() > _RATED:
        return None
    lost = 2.0 * late / _HOUR + (3.0 if failure else 0.0)
    return int(np.clip(round(5.3 - lost - rng.exponential(0.35)), 1, 5))


def _issue(rng: np.random.Generator) -> PastIssue:
    """Nearly all answered within the hour and resolved within two days, as promised; some are not."""
    responded = int(rng.lognormal(np.log(1100.0), 0.6))
    return PastIssue(
        kind=str(rng.choice(_ISSUES)),
        reported_after=int(rng.uniform(0.5, 40.0) * _HOUR),
        responded_after=responded,
        resolved_after=responded + int(rng.lognormal(np.log(14.0 * _HOUR), 0.6)),
    )
