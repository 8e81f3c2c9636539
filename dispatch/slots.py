"""Windows on offer: those in which the visit really fits into somebody's route and will be kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from dispatch import day as days
from dispatch.consumer_records import NothingBecause
from dispatch.demand import candidate_row
from dispatch.fitting import Asked, Fit, Window, fits
from dispatch.nothing import nothing_because
from dispatch.slot_policy import Policy, policy_for
from dispatch.standing import Standing, standings
from dispatch.work_order import Visit
from routing.travel import TravelTimes
from technicians.errors import Conflict
from technicians.place import PlanningArea

MARGIN_OF_BEST = 300


class Grade(StrEnum):
    """How well a window suits the routes: the best ones are the cheapest to keep."""

    BEST = "best"
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class Offer:
    """A window that can be promised: the extra seconds of the cheapest route, and the chance that it is kept.

    `delivery` is the window in which the goods come first, when they come in a trip of their own.
    """

    on_date: date
    starts_at: datetime
    ends_at: datetime
    cost: int
    grade: Grade
    chance: float
    delivery: Window | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """What a consumer finds: windows in order of time, or why there is none."""

    offers: tuple[Offer, ...]
    nothing_because: NothingBecause | None = None


def area_of(visit: Visit) -> PlanningArea:
    """The planning area of the visit's county; Conflict when the order has none."""
    county = visit.work_order.county
    if county is None:
        raise Conflict(
            "This order has no county yet.",
            field="county",
            remedy="Correct the address in the worklist; then it can be booked.",
        )
    return county.area


def policy_of(session: Session, visit: Visit) -> Policy:
    """The rule for the windows of a visit."""
    return policy_for(session, visit.work_order.product_code, visit.work_order.county_code)


def offers(session: Session, travel_times: TravelTimes, visit: Visit, at: datetime) -> Offered:
    """The windows of the coming days that can be promised for the visit; a reason when there is none."""
    area, policy = area_of(visit), policy_of(session, visit)
    dates = _dates(area, policy, at)
    found, tight = _over(session, travel_times, visit, area, policy, dates, at)
    if not found:
        return Offered((), nothing_because(session, visit.work_order, area, dates, tight))
    best = min(offer.cost for offer in found)
    return Offered(tuple(replace(o, grade=Grade.BEST) if o.cost <= best + MARGIN_OF_BEST else o for o in found))


def window_at(area: PlanningArea, policy: Policy, starts_at: datetime, at: datetime) -> Window | None:
    """The window of the policy that begins then; None when there is none that can still be promised."""
    on_date = days.date_of(area, starts_at)
    return next((w for w in policy.windows(area.zone, on_date, at) if w[0] == starts_at), None)


def _dates(area: PlanningArea, policy: Policy, at: datetime) -> list[date]:
    today = days.date_of(area, at)
    return [today + timedelta(days=ahead) for ahead in range(policy.days)]


def offers_on(session: Session, travel_times: TravelTimes, visit: Visit, on_date: date, at: datetime) -> list[Offer]:
    """The windows of one day that can be promised for the visit, ungraded."""
    area, policy = area_of(visit), policy_of(session, visit)
    return _over(session, travel_times, visit, area, policy, [on_date], at)[0]


def _over(
    session: Session,
    travel_times: TravelTimes,
    visit: Visit,
    area: PlanningArea,
    policy: Policy,
    dates: Sequence[date],
    at: datetime,
) -> tuple[list[Offer], bool]:
    """The offers of these days, and whether there were places that are not sure enough to be offered."""
    row = candidate_row(session, visit.id)
    found: list[Offer] = []
    is_tight = False
    for standing in standings(session, travel_times, area, dates, at, in_one=row.crew_size > 1):
        windows = policy.windows(area.zone, standing.local.on_date, at)
        if not windows:
            continue
        asked = Asked.of(row, windows, standing.local)
        places = list(places_of(standing, asked, policy.floor))
        is_tight = is_tight or any(not place.is_sure for place in places)
        found += _offered(standing, windows, places)
    return found, is_tight


def places_of(standing: Standing, asked: Asked, floor: float) -> Iterator[Fit]:
    """Places of the visit in a day as it stands, in no order."""
    for part, newer in standing.parts():
        yield from fits(part, asked, floor, newer)


def _offered(standing: Standing, windows: Sequence[Window], places: Sequence[Fit]) -> Iterator[Offer]:
    """Of each window the cheapest place that is sure."""
    cheapest: dict[int, Fit] = {}
    for fit in sorted((fit for fit in places if fit.is_sure), key=lambda fit: fit.cost):
        cheapest.setdefault(fit.window, fit)
    for number in sorted(cheapest):
        fit = cheapest[number]
        yield Offer(standing.local.on_date, *windows[number], fit.cost, Grade.GOOD, fit.chance)
