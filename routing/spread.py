"""How much a day varies: durations as log-normal factors of what was planned, no-shows, overruns, and what is shared.

A factor is `mean * exp(sigma * z - sigma² / 2)` with z standard normal: its mean is `mean`, because planned durations
are averages. Field studies find service times with a coefficient of variation of 0.3 to 0.5 and urban drives of
0.2 to 0.4 (the log-normal form: Lecluyse, Van Woensel and Peremans, "Vehicle routing with stochastic time-dependent
travel times", 4OR 7, 2009); the defaults lie in the middle.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import NormalDist

HOURS = 24
SERVICE_SIGMA = 0.35
TRAVEL_SIGMA = 0.25


@dataclass(frozen=True, slots=True)
class Spread:
    """How one kind of duration varies: its `mean` as a factor of the planned one, and the `sigma` of its logarithm."""

    mean: float = 1.0
    sigma: float = SERVICE_SIGMA

    def quantile(self, share: float) -> float:
        """The factor that is not exceeded with that chance (between 0 and 1, both excluded)."""
        return self.mean * math.exp(self.sigma * NormalDist().inv_cdf(share) - self.sigma**2 / 2)


@dataclass(frozen=True, slots=True)
class Surprises:
    """What does not lie on the curve: nobody there, and work that turns out to be another.

    A `no_show` (a chance) ends after `no_show_seconds` in place of its service; an `overrun` multiplies it by
    `overrun_factor`. The defaults about cancel each other out in the mean.
    """

    no_show: float = 0.03
    no_show_seconds: int = 900
    overrun: float = 0.02
    overrun_factor: float = 2.0


@dataclass(frozen=True, slots=True)
class Spreads:
    """Every distribution of a day. `kinds` are of service (and set-up), by kind of visit; `hours` of travel, by hour
    of departure; `service` and `travel` are for those without one.

    `shared_service` is the share of the variance (of the logarithm) that all services of one technician-day have in
    common, `shared_travel` that of all drives of one day in the region: what makes delays come together.
    """

    service: Spread = Spread()
    travel: Spread = Spread(sigma=TRAVEL_SIGMA)
    kinds: Mapping[str, Spread] = field(default_factory=dict)
    hours: Mapping[int, Spread] = field(default_factory=dict)
    surprises: Surprises = Surprises()
    shared_service: float = 0.15
    shared_travel: float = 0.3

    def of_kind(self, kind: str | None) -> Spread:
        """The distribution of the service of one kind of visit."""
        return self.service if kind is None else self.kinds.get(kind, self.service)

    def of_hour(self, hour: int) -> Spread:
        """The distribution of a drive that begins in this hour of the day."""
        return self.hours.get(hour % HOURS, self.travel)
