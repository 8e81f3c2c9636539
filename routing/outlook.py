"""What simulated days say of a plan: the chance of every promise, of overtime, and of the day as a whole."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VisitOutlook:
    """One visit of a plan. `chance` is that its service begins inside its windows (1 without any: nothing is promised).

    `planned` and the quantiles (`early` 10 %, `median`, `late` 90 %) are starts of service.
    """

    visit: int
    vehicle: int
    is_promised: bool
    chance: float
    planned: int
    early: int
    median: int
    late: int


@dataclass(frozen=True, slots=True)
class VehicleOutlook:
    """One technician-day: chances of ending after the soft and after the hard end, expected overtime in seconds.

    `planned` and the quantiles (10, 50 and 90 %) are ends of the route.
    """

    vehicle: int
    planned: int
    after_soft_end: float
    after_hard_end: float
    overtime: float
    early: int
    median: int
    late: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """What to expect of a plan, from `days` simulated ones.

    `promises` are the planned visits with a window, `kept` how many of them are kept in expectation, `all_kept` the
    chance of a day without a broken one, `bad_day` what share is kept on the worst day of ten. Visits and vehicles
    stand in the order of the routes.
    """

    days: int
    visits: tuple[VisitOutlook, ...]
    vehicles: tuple[VehicleOutlook, ...]
    promises: int
    kept: float
    all_kept: float
    bad_day: float

    @property
    def share_kept(self) -> float:
        """The share of promises kept in expectation; 1 when nothing was promised."""
        return self.kept / self.promises if self.promises else 1.0

    def riskiest(self) -> list[VisitOutlook]:
        """The promised visits, the smallest chance first."""
        return sorted((v for v in self.visits if v.is_promised), key=lambda v: (v.chance, v.visit))
