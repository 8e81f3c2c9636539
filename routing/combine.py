"""The best compatible set of routes that were seen: who gets which day (set partitioning, by OR-Tools' CP-SAT)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import gcd

from ortools.sat.python import cp_model

from routing.flat import FROZEN, KIND, LOST, TOLD, Flat
from routing.plan import Route
from routing.problem import Problem
from routing.score import travel_cost
from routing.sisr import Search
from routing.state import MOST_CHANGED, ROUTE_COST

MOST_COLUMNS = 6000


@dataclass(frozen=True, slots=True)
class Column:
    """A route that may be chosen for a vehicle of its kind."""

    kind: int
    cost: int
    visits: tuple[int, ...]


def combined(
    search: Search, others: Sequence[Column], seconds: float, seed: int, work: float | None = None
) -> dict[int, list[int]] | None:
    """Routes by vehicle, all by position, better than the best of `search`; None when none were found in time.

    They come out of its pool and `others`. Not for problems with links, whose routes fit together only at the times
    they were seen with. `work` limits CP-SAT by its deterministic time, so that the same search gives the same answer.
    """
    facts = search.flat.facts
    columns = [*_columns(search), *others]
    model = cp_model.CpModel()
    chosen = [model.new_bool_var("") for _ in columns]
    left = [model.new_bool_var("") for _ in search.flat.visits]
    _cover(model, columns, chosen, left)
    kinds = facts.vehicle[:, KIND].tolist()
    frozen = dict(zip(kinds, facts.vehicle[:, FROZEN].tolist(), strict=True))
    for kind, mine in _by_kind(columns).items():
        model.add(sum(chosen[c] for c in mine) <= kinds.count(kind))
        if frozen[kind]:
            # Its visits begin this route, so that there has to be one.
            model.add_exactly_one(chosen[c] for c in mine)
    _keep_budget(model, search, columns, chosen)
    lost = facts.visit[:, LOST].tolist()
    # What is left out comes first: the least by which it can differ outweighs all that routes can save.
    weight = (search.cost - _least_cost(columns, kinds)) // max(1, gcd(*lost)) + 1
    model.minimize(
        sum(column.cost * x for column, x in zip(columns, chosen, strict=True))
        + sum(weight * price * x for price, x in zip(lost, left, strict=True))
    )
    _hint(model, search, columns, chosen, left)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.random_seed = abs(seed) % (1 << 30)
    solver.parameters.max_time_in_seconds = max(0.01, seconds)
    if work is not None:
        solver.parameters.max_deterministic_time = work
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    taken = [column for column, x in zip(columns, chosen, strict=True) if solver.value(x)]
    # Counted anew: the solver's own value is a float that may be a hair below that of the same routes.
    found = sum(price for price, x in zip(lost, left, strict=True) if solver.value(x)), sum(each.cost for each in taken)
    return _handed_out(taken, kinds) if found < (search.lost, search.cost) else None


def _least_cost(columns: Sequence[Column], kinds: Sequence[int]) -> int:
    """What no choice of routes can cost less than; fairness and wishes may make a route's cost negative."""
    return sum(kinds.count(kind) * min(0, *(columns[c].cost for c in mine)) for kind, mine in _by_kind(columns).items())


def as_column(problem: Problem, flat: Flat, route: Route) -> Column | None:
    """A route found elsewhere; None when it has visits or a vehicle that are not in `flat`."""
    number = {visit.id: v for v, visit in enumerate(flat.visits)}
    vehicle = next((k for k, vehicle in enumerate(flat.vehicles) if vehicle.id == route.vehicle), None)
    if vehicle is None or not all(visit in number for visit in route.visits):
        return None
    kind = int(flat.facts.vehicle[vehicle, KIND])
    return Column(kind, travel_cost(problem, [route]), tuple(number[visit] for visit in route.visits))


def _columns(search: Search) -> list[Column]:
    """The routes of the best plan, then of those seen the latest: the colder the search, the better they are."""
    kinds = search.flat.facts.vehicle[:, KIND].tolist()
    info, visits = search.pooled()
    best = {tuple(row): k for k, row in enumerate(search.best()) if row}
    costs = _costs_of_best(search)
    found = {(kinds[k], frozenset(row)): Column(kinds[k], costs[k], row) for row, k in best.items()}
    for i in range(len(info) - 1, max(-1, len(info) - 1 - MOST_COLUMNS), -1):
        kind, row = kinds[info[i, 0]], tuple(visits[i, : info[i, 2]].tolist())
        key = (kind, frozenset(row))
        if key not in found or found[key].cost > info[i, 1]:
            found[key] = Column(kind, int(info[i, 1]), row)
    return list(found.values())


def _costs_of_best(search: Search) -> list[int]:
    """What each vehicle's best route costs: from a fresh look, as the search may have moved on."""
    other = Search.of(search.flat, 0, int(search.state.tally[MOST_CHANGED]))
    other.begin_at(dict(enumerate(search.best())))
    costs: list[int] = other.state.total[0, :, ROUTE_COST].tolist()
    return costs


def _cover(
    model: cp_model.CpModel,
    columns: Sequence[Column],
    chosen: Sequence[cp_model.IntVar],
    left: Sequence[cp_model.IntVar],
) -> None:
    """Every visit in one chosen route, or left out."""
    covering: dict[int, list[cp_model.IntVar]] = defaultdict(list)
    for column, x in zip(columns, chosen, strict=True):
        for v in column.visits:
            covering[v].append(x)
    for v, out in enumerate(left):
        model.add_exactly_one([*covering[v], out])


def _by_kind(columns: Sequence[Column]) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for c, column in enumerate(columns):
        found[column.kind].append(c)
    return found


def _keep_budget(
    model: cp_model.CpModel, search: Search, columns: Sequence[Column], chosen: Sequence[cp_model.IntVar]
) -> None:
    """At most so many published visits elsewhere than published, or left out; each vehicle is its own kind here."""
    budget = int(search.state.tally[MOST_CHANGED])
    if budget < 0:
        return
    told = search.flat.facts.visit[:, TOLD].tolist()
    published = sum(k >= 0 for k in told)
    kept = [sum(told[v] == column.kind for v in column.visits) for column in columns]
    now = sum(told[v] == k for k, row in enumerate(search.best()) for v in row)
    least = min(now, published - budget)
    model.add(sum(same * x for same, x in zip(kept, chosen, strict=True)) >= least)


def _hint(
    model: cp_model.CpModel,
    search: Search,
    columns: Sequence[Column],
    chosen: Sequence[cp_model.IntVar],
    left: Sequence[cp_model.IntVar],
) -> None:
    rows = {tuple(row) for row in search.best() if row}
    served = {v for row in rows for v in row}
    for column, x in zip(columns, chosen, strict=True):
        model.add_hint(x, column.visits in rows)
    for v, out in enumerate(left):
        model.add_hint(out, v not in served)


def _handed_out(columns: Sequence[Column], kinds: Sequence[int]) -> dict[int, list[int]]:
    """Each route to a vehicle of its kind."""
    free: dict[int, list[int]] = defaultdict(list)
    for k, kind in enumerate(kinds):
        free[kind].append(k)
    return {free[column.kind].pop(0): list(column.visits) for column in columns}
