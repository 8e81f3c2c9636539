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
from dispatch.standing import Part, Standing, standings, without
from dispatch.trips import delivery_before, earliest_start
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
    today = days.date_of(area, at)
    dates = [today + timedelta(days=ahead) for ahead in range(policy.days)]
    search = _Search(session, travel_times, area, policy, dates, at)
    found = search.offers(visit)
    if not found:
        return Offered((), nothing_because(session, visit.work_order, area, dates, search.is_tight))
    best = min(offer.cost for offer in found)
    return Offered(tuple(replace(o, grade=Grade.BEST) if o.cost <= best + MARGIN_OF_BEST else o for o in found))


def offers_on(session: Session, travel_times: TravelTimes, visit: Visit, on_date: date, at: datetime) -> list[Offer]:
    """The windows of one day that can be promised for the visit, ungraded."""
    area, policy = area_of(visit), policy_of(session, visit)
    dates = [on_date - timedelta(days=1), on_date] if delivery_before(visit) else [on_date]
    found = _Search(session, travel_times, area, policy, dates, at).offers(visit)
    return [offer for offer in found if offer.on_date == on_date]


def window_at(area: PlanningArea, policy: Policy, starts_at: datetime, at: datetime) -> Window | None:
    """The window of the policy that begins then; None when there is none that can still be promised."""
    on_date = days.date_of(area, starts_at)
    return next((w for w in policy.windows(area.zone, on_date, at) if w[0] == starts_at), None)


def places_of(standing: Standing, asked: Asked, floor: float, own: Part | None = None) -> Iterator[Fit]:
    """Places of the visit in a day as it stands, in no order; `own` are the routes that have it, without it."""
    holders = frozenset(own.technicians) if own else frozenset()
    for part, newer in standing.parts():
        yield from fits(part, asked, floor, newer | holders)
    if own is not None:
        yield from fits(own, asked, floor)


@dataclass(slots=True)
class _Search:
    """Looking for windows of the policy on some days."""

    session: Session
    travel_times: TravelTimes
    area: PlanningArea
    policy: Policy
    dates: Sequence[date]
    at: datetime
    is_tight: bool = False
    """Whether there were places that are not sure enough to be offered."""

    def offers(self, visit: Visit) -> list[Offer]:
        """By time; of work whose goods are brought first only what follows on a window for that."""
        found = list(self._windows(visit))
        delivery = delivery_before(visit)
        if delivery is None or not found:
            return found
        brought = list(self._windows(delivery))
        return [both for offer in found if (both := _after(delivery, brought, offer)) is not None]

    def _windows(self, visit: Visit) -> Iterator[Offer]:
        row = candidate_row(self.session, visit.id)
        promised = visit.appointment or visit.hold
        has_it = days.date_of(self.area, promised.window_starts_at) if promised else None
        for standing in self._standings(row.crew_size > 1):
            windows = self.policy.windows(self.area.zone, standing.local.on_date, self.at)
            if windows:
                own = self._without(standing, visit) if standing.local.on_date == has_it else None
                asked = Asked.of(row, windows, standing.local)
                places = list(places_of(standing, asked, self.policy.floor, own))
                self.is_tight = self.is_tight or any(not place.is_sure for place in places)
                yield from _cheapest(standing, windows, places)

    def _standings(self, in_one: bool) -> list[Standing]:
        return standings(self.session, self.travel_times, self.area, self.dates, self.at, in_one=in_one)

    def _without(self, standing: Standing, visit: Visit) -> Part | None:
        return without(self.session, self.travel_times, self.area, standing, visit.id, self.at)


def _cheapest(standing: Standing, windows: Sequence[Window], places: Sequence[Fit]) -> Iterator[Offer]:
    """Of each window the cheapest place that is sure."""
    cheapest: dict[int, Fit] = {}
    for fit in sorted((fit for fit in places if fit.is_sure), key=lambda fit: fit.cost):
        cheapest.setdefault(fit.window, fit)
    for number in sorted(cheapest):
        fit = cheapest[number]
        yield Offer(standing.local.on_date, *windows[number], fit.cost, Grade.GOOD, fit.chance)


def _after(delivery: Visit, brought: Sequence[Offer], offer: Offer) -> Offer | None:
    """The offer with the latest window in which the goods can come before it; None without one."""
    early = [b for b in brought if earliest_start(delivery, b.ends_at) <= offer.starts_at]
    if not early:
        return None
    first = max(early, key=lambda b: b.starts_at)
    return replace(
        offer,
        cost=first.cost + offer.cost,
        chance=first.chance * offer.chance,
        delivery=(first.starts_at, first.ends_at),
    )
