"""Distributions learnt from days that have happened, drawn towards what is assumed where few have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from routing.spread import Spread, Spreads, Surprises

ENOUGH = 10
"""Fewer observations of a kind or an hour teach nothing about it."""
BELIEF = 20
"""How many observations the assumption is worth against those made."""
BELIEF_IN_GROUPS = 40
BELIEF_IN_OVERRUNS = 500
MOST_OVERRUNS = 0.1
QUARTILES = 1.349
"""The distance of the quartiles of a normal distribution, in standard deviations."""

Factors = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Observed:
    """One duration as a factor of the planned one. `about` is the kind of a visit or the hour of a departure;
    `together` is what its delays are shared with: the technician-day of a visit, the day of a drive.
    """

    about: Hashable
    together: Hashable
    factor: float


@dataclass(frozen=True, slots=True)
class History:
    """What happened: services and drives that were completed, and the seconds that each no-show took."""

    services: tuple[Observed, ...] = ()
    drives: tuple[Observed, ...] = ()
    no_shows: tuple[int, ...] = ()


def learnt(history: History, assumed: Spreads | None = None) -> Spreads:
    """The distributions of a history: each kind and each hour drawn towards all together, and these towards `assumed`.

    By the weight of counts, as a posterior mean with `BELIEF` earlier observations.
    """
    assumed = assumed or Spreads()
    services, drives = history.services, history.drives
    service, travel = _spread(services, assumed.service), _spread(drives, assumed.travel)
    return Spreads(
        service=service,
        travel=travel,
        kinds={str(kind): spread for kind, spread in _each(services, service).items()},
        hours={int(str(hour)): spread for hour, spread in _each(drives, travel).items()},
        surprises=_surprises(history, assumed.surprises),
        shared_service=_shared(services, assumed.shared_service),
        shared_travel=_shared(drives, assumed.shared_travel),
    )


def _spread(observed: Sequence[Observed], assumed: Spread) -> Spread:
    if len(observed) < ENOUGH:
        return assumed
    seen = _curve(np.array([one.factor for one in observed]))
    return Spread(
        mean=_drawn(seen.mean, len(observed), assumed.mean),
        sigma=_drawn(seen.sigma**2, len(observed), assumed.sigma**2) ** 0.5,
    )


def _curve(factors: Factors) -> Spread:
    """The log-normal curve through the quartiles: overruns lie beyond them, and are counted as such."""
    low, middle, high = np.quantile(np.log(factors), (0.25, 0.5, 0.75))
    sigma = float(high - low) / QUARTILES
    return Spread(float(np.exp(middle + sigma**2 / 2)), sigma)


def _drawn(seen: float, count: int, assumed: float, belief: int = BELIEF) -> float:
    return (count * seen + belief * assumed) / (count + belief)


def _each(observed: Iterable[Observed], overall: Spread) -> Mapping[Hashable, Spread]:
    """The distributions of the kinds or hours with enough observations."""
    return {about: _spread(group, overall) for about, group in _grouped(observed).items() if len(group) >= ENOUGH}


def _grouped(observed: Iterable[Observed]) -> dict[Hashable, list[Observed]]:
    groups: dict[Hashable, list[Observed]] = defaultdict(list)
    for one in observed:
        groups[one.about].append(one)
    return groups


def _surprises(history: History, assumed: Surprises) -> Surprises:
    absent, count = len(history.no_shows), len(history.services) + len(history.no_shows)
    if count < ENOUGH:
        return assumed
    return replace(
        assumed,
        no_show=_drawn(absent / count, count, assumed.no_show),
        no_show_seconds=round(_drawn(sum(history.no_shows) / max(1, absent), absent, assumed.no_show_seconds)),
        overrun=_overruns(history.services, assumed),
    )


def _overruns(services: Sequence[Observed], assumed: Surprises) -> float:
    """The chance of an overrun: what the mean of all services has beyond the curves through their quartiles."""
    groups = [np.array([one.factor for one in group]) for group in _grouped(services).values() if len(group) >= ENOUGH]
    if not groups:
        return assumed.overrun
    beyond = np.concatenate([group / _curve(group).mean for group in groups]).mean() - 1
    share = min(MOST_OVERRUNS, max(0.0, float(beyond) / (assumed.overrun_factor - 1)))
    return _drawn(share, len(services), assumed.overrun, BELIEF_IN_OVERRUNS)


def _shared(observed: Sequence[Observed], assumed: float) -> float:
    """The share of the variance of logarithms that lies between groups (one-way analysis of variance)."""
    groups = [group for group in _residues(observed) if len(group) > 1]
    freedom = sum(len(group) - 1 for group in groups)
    if freedom < ENOUGH:
        return assumed
    within = sum(float(group.var()) * len(group) for group in groups) / freedom
    total = float(np.concatenate(groups).var(ddof=1))
    share = min(0.9, max(0.0, 1 - within / total)) if total > 0 else assumed
    return _drawn(share, len(groups), assumed, BELIEF_IN_GROUPS)


def _residues(observed: Sequence[Observed]) -> list[Factors]:
    """Logarithms of the factors, less the mean of their kind, group by group."""
    logs: dict[Hashable, list[float]] = defaultdict(list)
    for one in observed:
        logs[one.about].append(float(np.log(one.factor)))
    means = {about: float(np.mean(values)) for about, values in logs.items()}
    groups: dict[Hashable, list[float]] = defaultdict(list)
    for one in observed:
        groups[one.together].append(float(np.log(one.factor)) - means[one.about])
    return [np.array(values) for values in groups.values()]
