"""What chance brings on each of many days: the durations of every visit and the noise of every drive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.problem import Problem
from routing.spread import HOURS, Spread, Spreads, Surprises
from routing.steps import Floats, Ints, Steps

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Draws:
    """R × D (rows of steps × days): `setup` and `service` in seconds, whether nobody was there (`absent`), `noise` of
    the drives, standard normal.

    `mean` and `sigma` of drives are by hour of departure.
    """

    setup: Floats
    service: Floats
    absent: Flags
    noise: Floats
    mean: Floats
    sigma: Floats

    def travel(self, rows: Ints, planned: Floats, departures: Floats) -> Floats:
        """Seconds (k × D) of the drives to `rows`, `planned` (k) long, that begin at `departures` (k × D)."""
        hours = (departures // 3600).astype(np.int64) % HOURS
        mean, sigma = self.mean[hours], self.sigma[hours]
        return planned[:, None] * mean * np.exp(sigma * self.noise[rows] - sigma * sigma / 2)


@dataclass(frozen=True, slots=True)
class Luck:
    """Standard normals of D days: of technicians (vehicles × D), of visits' own, of drives by `Steps.noise`; and the
    lots (0 to 1) that decide who is not there and what overruns (visits × D). They hang on no plan.
    """

    person: Floats
    own: Floats
    drive: Floats
    lot: Floats

    @staticmethod
    def of(problem: Problem, days: int, seed: int, spreads: Spreads) -> Luck:
        random = np.random.default_rng(seed)
        visits, vehicles = len(problem.visits), len(problem.vehicles)
        region = random.standard_normal((1, days))
        person = random.standard_normal((vehicles, days))
        drive = _mixed(spreads.shared_travel, region, random.standard_normal((visits + vehicles, days)))
        return Luck(person, random.standard_normal((visits, days)), drive, random.random((visits, days)))


def drawn(problem: Problem, steps: Steps, days: int, seed: int, spreads: Spreads, kinds: Mapping[int, str]) -> Draws:
    """The draws for the rows of a plan: equal for a visit in any plan, if the same technician makes it."""
    luck = Luck.of(problem, days, seed, spreads)
    rows = np.flatnonzero(np.array([stop.visit is not None for stop in steps.stops], dtype=bool))
    at = steps.noise[rows]
    work = _mixed(spreads.shared_service, luck.person[steps.vehicles[rows]], luck.own[at])
    factor = _factors([spreads.of_kind(kinds.get(visit.id)) for visit in problem.visits], at, work)
    setup, service = (np.repeat(planned[:, None], days, axis=1) for planned in (steps.setup, steps.service))
    absent = np.zeros(service.shape, dtype=bool)
    setup[rows] *= factor
    absent[rows] = luck.lot[at] < spreads.surprises.no_show
    service[rows] = _surprised(spreads.surprises, luck.lot[at], service[rows] * factor)
    hours = [spreads.of_hour(hour) for hour in range(HOURS)]
    return Draws(setup, service, absent, luck.drive[steps.noise], *_curves(hours))


def _mixed(share: float, common: Floats, own: Floats) -> Floats:
    """Standard normals that have `share` of their variance in common."""
    mixed: Floats = np.sqrt(share) * common + np.sqrt(1 - share) * own
    return mixed


def _curves(spreads: list[Spread]) -> tuple[Floats, Floats]:
    return np.array([spread.mean for spread in spreads]), np.array([spread.sigma for spread in spreads])


def _factors(spreads: list[Spread], at: Ints, noise: Floats) -> Floats:
    mean, sigma = (column[at][:, None] for column in _curves(spreads))
    factors: Floats = mean * np.exp(sigma * noise - sigma * sigma / 2)
    return factors


def _surprised(rare: Surprises, lot: Floats, service: Floats) -> Floats:
    """Services (k × D) of which some end early and some take another piece of work."""
    longer = np.where(lot > 1 - rare.overrun, service * rare.overrun_factor, service)
    surprised: Floats = np.where(lot < rare.no_show, np.minimum(longer, rare.no_show_seconds), longer)
    return surprised
