"""How likely promises are to be kept if one more visit is put in: many routes at once, in a fraction of a millisecond.

The days are those of `routing.simulate`, but sampled for a route instead of a plan: what happens at its first stop,
its second and so on, the same for every route. So two places for a visit meet the same days, and a route without and
with the visit too. What links visits to other routes is taken as planned: a partner is there when they should be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.asking import asked_at
from routing.chance_kernel import Promises, Reals, Sampled, walk_all
from routing.clock import LATE, start_windows
from routing.day import POSITION, ROW, Day
from routing.day_arrays import ALWAYS, window_rows
from routing.day_kernel import FAR
from routing.planned_kernel import NEW, Asked, outline
from routing.problem import Precedence, SameStart, Visit
from routing.reach import Point
from routing.spread import HOURS, Spread, Spreads
from routing.widened import filled

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
DAYS = 512
SLOTS = 16
ORDINARY = Spreads()
NOT_BEFORE = -FAR
NONE = np.zeros(0, np.int64)
NOBODY = Asked(NONE, NONE, NONE, NONE, NONE, np.zeros((0, 1, 2), np.int64), -1, 0, 0)


class Kept(NamedTuple):
    """m places: the `chance` of the new visit's promise, and of those planned on its route (m × most, in the order of
    the route without it; NaN where there is none) `after` it is put in and `before`.
    """

    chance: Reals
    after: Reals
    before: Reals

    def holds(self, floor: float) -> NDArray[np.bool_]:
        """Where the new promise has at least that chance, and no other one is pushed below it that was not before."""
        pushed = self.after < np.minimum(np.float32(floor), self.before)
        held: NDArray[np.bool_] = (self.chance >= np.float32(floor)) & ~pushed.any(axis=1)
        return held


@dataclass(frozen=True, slots=True)
class Chances:
    """A day with its sampled days, ready to be asked. The same seed always gives the same ones."""

    day: Day
    spreads: Spreads
    kinds: tuple[Spread, ...]
    _sampled: Sampled
    _others: Sampled
    _promises: Promises
    _planned: Reals

    @staticmethod
    def of(
        day: Day, spreads: Spreads = ORDINARY, kinds: Mapping[int, str] | None = None, days: int = DAYS, seed: int = 0
    ) -> Chances:
        """`kinds` says of which kind a visit is, by id."""
        classes = _classes(spreads)
        visits = day.problem.visits
        promises = _promises(visits, [_class(spreads, classes, (kinds or {}).get(visit.id)) for visit in visits])
        _wait(day, promises)
        return Chances(day, spreads, classes, *_sampled(spreads, classes, days, seed), promises, _unknown(day))

    def following(self, day: Day, kinds: Mapping[int, str] | None = None) -> Chances:
        """The same of a day that has come from this one by `Day.booked` or `Day.changed`; `kinds` of its new visits.

        (`Day.with_route` changes a day in place: nothing here would notice.)
        """
        new = day.problem.visits[len(self._promises.kind) :]
        more = _promises(new, [_class(self.spreads, self.kinds, (kinds or {}).get(visit.id)) for visit in new])
        promises = Promises(*map(filled, self._promises, more))
        _wait(day, promises)
        planned = _unknown(day)
        waits_as_before = np.array_equal(promises.wait[: len(self._promises.wait)], self._promises.wait)
        pairs = zip(day.routes, self.day.routes, strict=True)
        same = np.array([waits_as_before and new is old for new, old in pairs], dtype=bool)
        planned[same] = _as_wide(self._planned[same], planned.shape[1])
        return replace(self, day=day, _promises=promises, _planned=planned)

    def after(self, visit: Visit, places: Ints, at: Point | None = None, kind: str | None = None) -> Kept:
        """What becomes of the promises with the visit at each of `places` (rows of `Day.places`, of the same visit).

        The new visit is promised the one window of its place, and is planned to begin at the start given there.
        """
        asked = asked_at(self.day, visit, places, at)
        return self._kept(places, self._walked(asked, NOBODY, _class(self.spreads, self.kinds, kind))[0])

    def after_both(
        self, halves: tuple[Visit, Visit], places: tuple[Ints, Ints], at: Point | None = None, kind: str | None = None
    ) -> tuple[Kept, Kept]:
        """`after` for pairs of places (`routing.pairs.Pairs`) of the two halves of a visit, which begin together."""
        asked, beside = (asked_at(self.day, half, own, at) for half, own in zip(halves, places, strict=True))
        chances, besides = self._walked(asked, beside, _class(self.spreads, self.kinds, kind))
        return self._kept(places[0], chances), self._kept(places[1], besides)

    def _kept(self, places: Ints, chances: Reals) -> Kept:
        known = np.where(chances < 0, np.float32(np.nan), chances)
        own = np.arange(known.shape[1]) == places[:, [POSITION]]
        after = known[~own].reshape(len(known), known.shape[1] - 1)
        return Kept(known[own], after, self.planned(places[:, ROW])[:, : after.shape[1]])

    def planned(self, rows: Ints) -> Reals:
        """The chance of each promise on these rows of the day as it is (NaN where there is none), in order."""
        unknown = np.unique(rows[self._planned[rows, -1] < 0])
        if len(unknown):
            none = np.zeros(len(unknown), np.int64)
            window = np.zeros((len(unknown), 1, 2), np.int64)
            asked = Asked(unknown, none + NEW, none, none, none, window, -1, 0, 0)
            chances = self._walked(asked, NOBODY, 0)[0]
            self._planned[unknown] = np.where(chances < 0, np.float32(np.nan), chances)
        return self._planned[rows]

    def _walked(self, asked: Asked, beside: Asked, kind: int) -> tuple[Reals, Reals]:
        visits, vehicles, rows = self.day.arrays()
        days = self._sampled.most.shape[1]
        still, now, then = np.ones(days, np.float32), np.zeros(days, np.float32), np.zeros(days, np.float32)
        room, aside = outline(rows, vehicles), outline(rows, vehicles)
        chances, besides = (np.full((len(each.row), len(room.stops)), -1, np.float32) for each in (asked, beside))
        walk_all(
            visits, vehicles, rows, self._sampled, self._others, self._promises, asked, beside, kind, room, aside,
            still, now, then, chances, besides,
        )  # fmt: skip
        return chances, besides


def _unknown(day: Day) -> Reals:
    """Rows of which no chance is known yet: the last column, which no stop has, says so."""
    rows = day.arrays()[2]
    return np.full((len(rows.many), rows.order.shape[1] + 2), -1, np.float32)


def _as_wide(planned: Reals, width: int) -> Reals:
    """Rows filled up in front of the last column, or cut there: no route reaches so far."""
    most = min(width, planned.shape[1]) - 1
    wide = np.full((len(planned), width), np.nan, np.float32)
    wide[:, :most], wide[:, -1] = planned[:, :most], planned[:, -1]
    return wide


def _classes(spreads: Spreads) -> tuple[Spread, ...]:
    """The different spreads of services, each once."""
    return tuple(dict.fromkeys([spreads.service, *spreads.kinds.values()]))


def _class(spreads: Spreads, classes: Sequence[Spread], kind: str | None) -> int:
    return classes.index(spreads.of_kind(kind))


def _promises(visits: Sequence[Visit], kinds: Sequence[int]) -> Promises:
    opens = [start_windows(visit) or (ALWAYS,) for visit in visits]
    promised = [visit.windows for visit in visits]
    return Promises(
        np.array(kinds, np.int64),
        window_rows(opens, max(map(len, opens), default=1)),
        window_rows(promised, max(1, max(map(len, promised), default=1))),
        np.full(len(visits), NOT_BEFORE, np.int64),
    )


def _wait(day: Day, promises: Promises) -> None:
    """Note when the partners of linked visits are there, as planned."""
    promises.wait[:] = NOT_BEFORE
    number = {visit.id: n for n, visit in enumerate(day.problem.visits)} if day.links else {}
    for link in day.links:
        match link:
            case SameStart(first, second) if first in day.held and second in day.held:
                for one in (first, second):
                    promises.wait[number[one]] = day.held[one][1].start
            case Precedence(before, after, delay) if before in day.held and after in day.held:
                promises.wait[number[after]] = day.held[before][1].leave + delay


def _sampled(spreads: Spreads, classes: Sequence[Spread], days: int, seed: int) -> tuple[Sampled, Sampled]:
    """The factors of `routing.draws`, by position on a route, for two technicians on the same days in the same region.

    Every position meets each share of chance once.
    """
    random = np.random.default_rng(seed)
    shares = (np.arange(days) + 0.5) / days
    normal = np.array([NormalDist().inv_cdf(share) for share in shares.tolist()])
    normal /= normal.std() or 1.0
    region = _shuffled(random, normal, 1)
    first, second = (_of_one(spreads, classes, random, normal, shares, region) for _ in range(2))
    return first, second


def _of_one(
    spreads: Spreads, classes: Sequence[Spread], random: np.random.Generator, normal: Floats, shares: Floats,
    region: Floats,
) -> Sampled:  # fmt: skip
    """The factors of one technician, of normals and shares that are shuffled for every position."""
    person, own, drive = (_shuffled(random, normal, rows) for rows in (1, SLOTS, SLOTS))
    lot, rare = _shuffled(random, shares, SLOTS), spreads.surprises
    ready = _factors(classes, _mixed(spreads.shared_service, person, own))
    longer = np.where(lot > 1 - rare.overrun, rare.overrun_factor, 1.0)
    most = np.where(lot < rare.no_show, float(rare.no_show_seconds), float(LATE))
    hours = [spreads.of_hour(hour) for hour in range(HOURS)]
    curves = list(dict.fromkeys(hours))
    drives = _factors(curves, _mixed(spreads.shared_travel, region, drive))
    curve = np.array([curves.index(hour) for hour in hours], np.int64)
    return Sampled(_real(ready * longer), _real(ready), _real(most), _real(drives), curve)


def _shuffled(random: np.random.Generator, values: Floats, rows: int) -> Floats:
    """Latin hypercube sampling (McKay, Beckman and Conover, Technometrics 21, 1979): the values anew in each row."""
    return random.permuted(np.tile(values, (rows, 1)), axis=1)


def _mixed(share: float, common: Floats, own: Floats) -> Floats:
    mixed: Floats = np.sqrt(share) * common + np.sqrt(1 - share) * own
    return mixed


def _factors(spreads: Sequence[Spread], noise: Floats) -> Floats:
    return np.stack([one.mean * np.exp(one.sigma * noise - one.sigma**2 / 2) for one in spreads])


def _real(values: Floats) -> Reals:
    return np.ascontiguousarray(values, dtype=np.float32)
