"""A problem as flat arrays, the form the numba kernels read: all times relative to the earliest shift."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.clock import NEVER, start_windows
from routing.eligibility import pin_in_window, who_barrier
from routing.heads import with_possible_heads
from routing.problem import Break, Precedence, Problem, SameStart, TimeWindow, Vehicle, Visit, at_speed
from routing.score import HOUR, assignment_cost, left_out_cost, mean_worked

FAR = 1 << 29
"""Beyond any time of a day, small enough that sums of a few stay within 32 bits."""
BARRED = 1 << 29
"""The assignment cost of a visit and a vehicle that may not make it."""
DEAREST = 1 << 40
"""What leaving out one visit may cost, so that the sum over all is exact."""
NEIGHBOURS = 256
MANY_VEHICLES = 80
CLOSEST = 12

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

# Columns of Facts.visit; what a visit adds to the load at the start, then on the spot, by dimension, from LOADS on.
(
    NODE, SERVICE, SETUP, WINDOW, WINDOWS, DUE, LATE, LOST, GROUP, TOLD, ABLE, ABLE_END, NEAR, NEAR_END, CLOSE,
    CLOSE_END, LOADS,
) = range(17)  # fmt: skip
# Columns of Facts.vehicle; what it can carry, by dimension, from CAPACITY on.
(
    START, END, EARLY, LATEST, SOFT, MOST_VISITS, MOST_TRAVEL, MOST_DISTANCE, FIXED, OVERTIME, BREAK, BREAKS, TIME,
    TIME_TO, COST, COST_TO, METRES, KIND, FROZEN, CAPACITY,
) = range(20)  # fmt: skip
# Kinds of links.
SAME_START, BEFORE, SAME_ROUTE = range(3)


class Facts(NamedTuple):
    """What a search is given and never changes. n visits, k vehicles, m nodes (places; the last one is nowhere).

    `travel`: layers × m × m: durations (s), costs, and both transposed, distances (m); vehicles name their layers.
    `visit` and `vehicle`: the columns named above. `rows`: windows (earliest, latest), breaks (duration, first row,
    end of its windows), groups (first of its visits in `lists`, end, first of its links, end), links (kind, first,
    second, delay); visits and vehicles name their rows. `lists`: vehicles able to make a visit, visits near it,
    vehicles close to it, visits of a group in an order that respects its links. `assign`: n × k, what it costs that
    the vehicle makes the visit, `BARRED` when it may not.
    """

    travel: NDArray[np.int32]
    visit: Longs
    vehicle: Longs
    rows: Longs
    lists: Longs
    assign: Ints


@dataclass(frozen=True, slots=True)
class Flat:
    """`facts` of the visits and vehicles by position, and what they are called outside."""

    facts: Facts
    visits: tuple[Visit, ...]
    vehicles: tuple[Vehicle, ...]
    origin: int
    masks: int
    most_stops: int

    @staticmethod
    def of(problem: Problem) -> Flat:
        """The arrays of a checked problem with at least one vehicle; visits nobody can make are not in it."""
        problem = with_possible_heads(problem)
        vehicles = problem.vehicles
        barred = _barred(problem)
        visits = tuple(v for i, v in enumerate(problem.visits) if _worth_trying(problem, v, barred[i]))
        visits = _without_broken_groups(problem, visits)
        kept = {visit.id for visit in visits}
        barred = barred[[i for i, v in enumerate(problem.visits) if v.id in kept]]
        origin = min(vehicle.shift.earliest for vehicle in vehicles)
        facts = _facts(problem, visits, barred, origin)
        masks = 1 << max(len(vehicle.breaks) for vehicle in vehicles)
        return Flat(facts, visits, vehicles, origin, masks, _most_stops(visits, vehicles))


def _worth_trying(problem: Problem, visit: Visit, barred: NDArray[np.bool_]) -> bool:
    """Whether somebody is qualified and at work in one of the visit's windows."""
    able = [v for v, no in zip(problem.vehicles, barred.tolist(), strict=True) if not no]
    if not able or not pin_in_window(visit):
        return False
    earliest = min(vehicle.shift.earliest for vehicle in able)
    latest = max(vehicle.shift.latest for vehicle in able)
    return bool(_merged(start_windows(visit), earliest, latest))


def _without_broken_groups(problem: Problem, visits: tuple[Visit, ...]) -> tuple[Visit, ...]:
    """Leaves out what cannot be served because its partner or what comes before it cannot, unless it is frozen."""
    kept = {visit.id for visit in visits}
    frozen = {visit for vehicle in problem.vehicles for visit in vehicle.frozen}
    known = len(kept) + 1
    while len(kept) < known:
        known = len(kept)
        for link in problem.links:
            if isinstance(link, SameStart) and not {link.first, link.second} <= kept:
                kept -= {link.first, link.second}
            elif isinstance(link, Precedence) and link.before not in kept:
                kept.discard(link.after)
            elif isinstance(link, Precedence) and link.same_vehicle and link.after not in kept:
                kept.discard(link.before)
        kept |= frozen
    return tuple(visit for visit in visits if visit.id in kept)


def _barred(problem: Problem) -> NDArray[np.bool_]:
    """n × k: who may not make which visit."""
    rows: dict[object, NDArray[np.bool_]] = {}
    found = np.zeros((len(problem.visits), len(problem.vehicles)), dtype=bool)
    for i, visit in enumerate(problem.visits):
        pinned = visit.pin.vehicle if visit.pin is not None else None
        key = (tuple(visit.skills.items()), visit.county, visit.allowed, visit.forbidden, pinned)
        if key not in rows:
            rows[key] = np.array([who_barrier(visit, vehicle) is not None for vehicle in problem.vehicles])
        found[i] = rows[key]
    return _only_their_route(problem, found)


def _only_their_route(problem: Problem, barred: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Frozen visits belong to the route they begin."""
    row = {visit.id: i for i, visit in enumerate(problem.visits)}
    for k, vehicle in enumerate(problem.vehicles):
        for visit_id in vehicle.frozen:
            if visit_id in row:
                barred[row[visit_id], np.arange(barred.shape[1]) != k] = True
    return barred


def _facts(problem: Problem, visits: Sequence[Visit], barred: NDArray[np.bool_], origin: int) -> Facts:
    travel = _Travel.of(problem, visits)
    visit, windows = _visit_rows(problem, visits, travel, origin)
    vehicle, breaks = _vehicle_rows(problem, travel, origin, len(windows))
    groups = _groups(problem, visits)
    rows = windows + breaks
    lists = _Lists()
    able = [np.flatnonzero(~row) for row in barred]
    lists.add(visit, ABLE, able)
    lists.add(visit, NEAR, _near(travel, visit[:, NODE]))
    lists.add(visit, CLOSE, _close(travel, visit[:, NODE], vehicle, able))
    for members, links in groups:
        first = lists.put(members)
        visit[members, GROUP] = len(rows)
        rows.append((first, first + len(members), len(rows) + 1, len(rows) + 1 + len(links)))
        rows += links
    return Facts(
        travel=travel.layers,
        visit=visit,
        vehicle=vehicle,
        rows=np.array(rows, dtype=np.int64).reshape(-1, 4),
        lists=lists.joined(),
        assign=_assignments(problem, visits, barred),
    )


@dataclass(slots=True)
class _Lists:
    """Lists of visits or vehicles, one after the other in one array."""

    parts: list[NDArray[np.int64]] = field(default_factory=list)
    length: int = 0

    def put(self, items: Sequence[int] | NDArray[np.int64]) -> int:
        """Add a list; where it begins."""
        self.parts.append(np.asarray(items, dtype=np.int64))
        self.length += len(items)
        return self.length - len(items)

    def add(self, rows: Longs, column: int, lists: Sequence[NDArray[np.int64]]) -> None:
        """Add a list for each row, naming in two columns where it begins and ends."""
        for row, items in zip(rows, lists, strict=True):
            row[column] = self.put(items)
            row[column + 1] = self.length

    def joined(self) -> Longs:
        return np.concatenate([np.zeros(0, np.int64), *self.parts])


def most_changed(problem: Problem) -> int:
    """How many published visits may change their vehicle; -1 for any number."""
    if problem.published is None or problem.published.most_changed is None:
        return -1
    return problem.published.most_changed


@dataclass(frozen=True, slots=True)
class _Travel:
    """Matrices over the places that are used, in layers: durations for each speed and costs for each kind of rates,
    each followed by its transpose if that is another, then distances if anybody's are limited.

    `time_of` and `cost_of`: for each vehicle the layer to leave a place by and the one, transposed, to reach it by.
    """

    node: dict[int | None, int]
    layers: NDArray[np.int32]
    time_of: list[tuple[int, int]]
    cost_of: list[tuple[int, int]]
    metres: int

    @staticmethod
    def of(problem: Problem, visits: Sequence[Visit]) -> _Travel:
        vehicles = problem.vehicles
        bases = {p for v in vehicles for p in (v.start, v.end) if p is not None}
        places = sorted({visit.place for visit in visits} | bases)
        node: dict[int | None, int] = {place: i for i, place in enumerate(places)}
        node[None] = len(places)
        durations, metres = problem.between(places)
        speeds = sorted({vehicle.speed for vehicle in vehicles})
        kinds = [at_speed(durations, speed) for speed in speeds]
        time_of = [speeds.index(vehicle.speed) for vehicle in vehicles]
        costs, cost_of = _costs(problem, places, kinds, metres, time_of)
        layers: list[NDArray[np.int32]] = []
        number: list[tuple[int, int]] = []
        for kind in (*kinds, *costs):
            layer = _padded(kind)
            both = [layer] if np.array_equal(layer, layer.T) else [layer, layer.T]
            number.append((len(layers), len(layers) + len(both) - 1))
            layers += both
        limited = any(vehicle.max_distance is not None for vehicle in vehicles)
        if limited:
            layers.append(_padded(metres))
        last = len(layers) - 1 if limited else -1
        return _Travel(node, np.stack(layers), [number[t] for t in time_of], [number[c] for c in cost_of], last)


def _costs(
    problem: Problem, places: Sequence[int], durations: Sequence[Ints], metres: Ints, time_of: Sequence[int]
) -> tuple[list[Ints], list[int]]:
    """Matrices of what drives cost that are not durations, and the number of each vehicle's, durations first."""
    first = len(durations)
    if problem.costs is not None:
        return [problem.costs[np.ix_(places, places)]], [first] * len(problem.vehicles)
    keys = [(t, v.rates.per_hour, v.rates.per_km) for t, v in zip(time_of, problem.vehicles, strict=True)]
    own = sorted({key for key in keys if key[1:] != (HOUR, 0)})
    made = [np.rint(durations[t] * (hour / HOUR) + metres * (km / 1000)) for t, hour, km in own]
    cost_of = [first + own.index(key) if key in own else key[0] for key in keys]
    return [np.minimum(matrix, FAR).astype(np.int32) for matrix in made], cost_of


def _padded(matrix: Ints) -> Ints:
    """The matrix with one more place, nowhere, that is free to leave and to reach."""
    wide = matrix if matrix.dtype.itemsize >= 4 else matrix.astype(np.int32)
    return np.pad(np.minimum(wide, FAR).astype(np.int32), (0, 1))


Row = tuple[int, int, int, int]


def _visit_rows(problem: Problem, visits: Sequence[Visit], travel: _Travel, origin: int) -> tuple[Longs, list[Row]]:
    latest = max(vehicle.shift.latest for vehicle in problem.vehicles)
    told = _told(problem)
    loads = _loads(problem, visits)
    windows: list[Row] = []
    table = np.zeros((len(visits), LOADS + loads.shape[1]), dtype=np.int64)
    table[:, LOADS:] = loads
    for row, visit in zip(table, visits, strict=True):
        spans = _merged(start_windows(visit), origin, latest)
        row[NODE], row[SERVICE], row[SETUP] = travel.node[visit.place], min(visit.service, FAR), min(visit.setup, FAR)
        row[WINDOW], row[WINDOWS] = len(windows), len(spans)
        row[DUE] = FAR if visit.due is None else _relative(visit.due, origin)
        row[LATE], row[LOST] = problem.weights.late, min(left_out_cost(problem, visit), DEAREST)
        row[GROUP], row[TOLD] = -1, told.get(visit.id, -1)
        windows += [(_relative(span.earliest, origin), _relative(span.latest, origin), 0, 0) for span in spans]
    return table, windows


def _told(problem: Problem) -> dict[int, int]:
    """For each published visit the position of its vehicle, if that is still there."""
    if problem.published is None:
        return {}
    number = {vehicle.id: k for k, vehicle in enumerate(problem.vehicles)}
    return {visit: number[vehicle] for visit, vehicle in problem.published.vehicles.items() if vehicle in number}


def _vehicle_rows(problem: Problem, travel: _Travel, origin: int, first_row: int) -> tuple[Longs, list[Row]]:
    """The vehicles, and the rows of their breaks, the first of which is number `first_row`."""
    vehicles, single = problem.vehicles, _names_vehicles(problem)
    width = max(len(vehicle.capacity) for vehicle in vehicles)
    kinds: dict[object, int] = {}
    rows: list[Row] = []
    table = np.zeros((len(vehicles), CAPACITY + width), dtype=np.int64)
    for k, (row, vehicle) in enumerate(zip(table, vehicles, strict=True)):
        row[START], row[END] = travel.node[vehicle.start], travel.node[vehicle.end]
        row[EARLY], row[LATEST] = _relative(vehicle.shift.earliest, origin), _relative(vehicle.shift.latest, origin)
        row[SOFT] = row[LATEST] if vehicle.soft_end is None else _relative(vehicle.soft_end, origin)
        row[MOST_VISITS] = _limit(vehicle.max_visits)
        row[MOST_TRAVEL], row[MOST_DISTANCE] = _limit(vehicle.max_travel), _limit(vehicle.max_distance)
        row[FIXED], row[OVERTIME] = vehicle.rates.fixed, vehicle.rates.overtime
        row[BREAK], row[BREAKS] = first_row + len(rows), len(vehicle.breaks)
        (row[TIME], row[TIME_TO]), (row[COST], row[COST_TO]) = travel.time_of[k], travel.cost_of[k]
        row[METRES] = travel.metres
        row[KIND] = k if single else kinds.setdefault(_kind(vehicle), len(kinds))
        row[FROZEN] = len(vehicle.frozen)
        row[CAPACITY:] = [*(min(units, FAR) for units in vehicle.capacity), *[FAR] * (width - len(vehicle.capacity))]
        rows += _break_rows(vehicle.breaks, origin, first_row + len(rows))
    return table, rows


def _break_rows(breaks: Sequence[Break], origin: int, first_row: int) -> list[Row]:
    """A row for each break, then the windows they may begin in."""
    found: list[Row] = []
    windows: list[Row] = []
    for pause in breaks:
        begins = first_row + len(breaks) + len(windows)
        spans = _merged(pause.windows, -NEVER, NEVER)
        found.append((min(pause.duration, FAR), begins, begins + len(spans), 0))
        windows += [(_relative(w.earliest, origin), _relative(w.latest, origin), 0, 0) for w in spans]
    return found + windows


def _kind(vehicle: Vehicle) -> object:
    """Vehicles of one kind can change places."""
    return (
        vehicle.start, vehicle.end, vehicle.shift, vehicle.soft_end, vehicle.breaks, vehicle.capacity,
        vehicle.max_visits, vehicle.max_travel, vehicle.max_distance, vehicle.rates, vehicle.speed, vehicle.frozen,
        vehicle.counties, tuple(sorted(vehicle.skills.items())), vehicle.worked,
    )  # fmt: skip


def _names_vehicles(problem: Problem) -> bool:
    """Whether anything is said of single vehicles, so that no two are alike."""
    return problem.published is not None or any(
        visit.allowed is not None or visit.forbidden or visit.preferred or (visit.pin and visit.pin.vehicle is not None)
        for visit in problem.visits
    )


def _limit(limit: int | None) -> int:
    return FAR if limit is None else min(limit, FAR)


def _relative(at: int, origin: int) -> int:
    return max(-FAR, min(at - origin, FAR))


def _loads(problem: Problem, visits: Sequence[Visit]) -> Longs:
    """n × 2 dimensions: what visits add to the load at the start and on the spot, as far as it is limited."""
    width = max(len(vehicle.capacity) for vehicle in problem.vehicles)
    delivery = np.array([_wide(visit.load, width) for visit in visits], dtype=np.int64).reshape(len(visits), width)
    pickup = np.array([_wide(visit.pickup, width) for visit in visits], dtype=np.int64).reshape(len(visits), width)
    loaded, change = delivery.copy(), pickup - delivery
    row = {visit.id: i for i, visit in enumerate(visits)}
    for link in problem.links:
        if isinstance(link, Precedence) and link.same_vehicle and link.before in row and link.after in row:
            change[row[link.after]] -= pickup[row[link.before]]
    return np.hstack([loaded, change])


def _wide(load: tuple[int, ...], width: int) -> list[int]:
    return [load[d] if d < len(load) else 0 for d in range(width)]


def _assignments(problem: Problem, visits: Sequence[Visit], barred: NDArray[np.bool_]) -> Ints:
    """n × k: what it costs that a vehicle makes a visit."""
    found = np.where(barred, BARRED, 0).astype(np.int32)
    if not _has_assignment_costs(problem):
        return found
    mean = mean_worked(problem)
    for i, visit in enumerate(visits):
        for k in np.flatnonzero(~barred[i]).tolist():
            cost = assignment_cost(problem, visit, problem.vehicles[k], mean)
            found[i, k] = max(1 - BARRED, min(cost, BARRED - 1))
    return found


def _has_assignment_costs(problem: Problem) -> bool:
    return (
        bool(problem.weights.fairness)
        or problem.published is not None
        or any(visit.preferred for visit in problem.visits)
        or any(vehicle.rates.per_task_hour for vehicle in problem.vehicles)
    )


def _near(travel: _Travel, nodes: Longs) -> list[NDArray[np.int64]]:
    """For each visit the others by what the drives there and back cost, nearest first."""
    costs = travel.layers[travel.cost_of[0][0]]
    width = min(len(nodes) - 1, NEIGHBOURS)
    found = []
    for i, node in enumerate(nodes.tolist()):
        apart = costs[node, nodes] + costs[nodes, node]
        apart[i] = -1
        first = np.argpartition(apart, width)[: width + 1] if width + 1 < len(nodes) else np.arange(len(nodes))
        found.append(first[np.argsort(apart[first], kind="stable")][1:])
    return found


def _close(travel: _Travel, nodes: Longs, vehicle: Longs, able: Sequence[NDArray[np.int64]]) -> list[NDArray[np.int64]]:
    """For each visit that many could make those who start nearest; for the others nobody, as all are tried."""
    costs = travel.layers[travel.cost_of[0][0]]
    found = []
    for node, who in zip(nodes.tolist(), able, strict=True):
        apart = costs[vehicle[who, START], node] + costs[node, vehicle[who, END]]
        many = len(who) > MANY_VEHICLES
        found.append(who[np.argsort(apart, kind="stable")[:CLOSEST]] if many else who[:0])
    return found


def _groups(problem: Problem, visits: Sequence[Visit]) -> list[tuple[list[int], list[Row]]]:
    """Visits joined by links, in an order in which what comes before stands before, and the links."""
    row = {visit.id: i for i, visit in enumerate(visits)}
    links = [made for link in problem.links if (made := _link(link, row)) is not None]
    found = []
    for group in _joined(links):
        inside = [link for link in links if link[1] in group]
        order = _in_order(group, inside)
        found.append((order, [_turned(link, order) for link in inside]))
    return found


def _turned(link: Row, order: Sequence[int]) -> Row:
    """The link with the visit that comes first in the group's order as its first."""
    kind, first, second, delay = link
    return link if order.index(first) < order.index(second) else (kind, second, first, delay)


def _link(link: SameStart | Precedence, row: dict[int, int]) -> Row | None:
    """(kind, first, second, delay) by position; None when an end is not there."""
    if isinstance(link, SameStart):
        kind, first, second, delay = SAME_START, link.first, link.second, 0
    else:
        kind, first, second, delay = SAME_ROUTE if link.same_vehicle else BEFORE, link.before, link.after, link.delay
    if first not in row or second not in row:
        return None
    return kind, row[first], row[second], delay


def _joined(links: Sequence[Row]) -> list[set[int]]:
    groups: list[set[int]] = []
    for _, first, second, _ in links:
        touched = [group for group in groups if first in group or second in group]
        groups = [group for group in groups if group not in touched]
        groups.append(set().union({first, second}, *touched))
    return groups


def _in_order(group: set[int], links: Sequence[Row]) -> list[int]:
    """The members so that none stands before what precedes it."""
    left, order = sorted(group), []
    while left:
        free = [v for v in left if not any(k != SAME_START and b == v and a in left for k, a, b, _ in links)]
        order.append(free[0] if free else left[0])
        left.remove(order[-1])
    return order


def _merged(windows: Sequence[TimeWindow], earliest: int, latest: int) -> list[TimeWindow]:
    """The windows cut to [earliest, latest], in order, touching ones joined; the span if there are none."""
    if not windows:
        return [TimeWindow(earliest, latest)]
    spans: list[TimeWindow] = []
    for window in sorted(windows, key=lambda window: window.earliest):
        cut = TimeWindow(max(window.earliest, earliest), min(window.latest, latest))
        if cut.earliest > cut.latest:
            continue
        if spans and cut.earliest <= spans[-1].latest + 1:
            spans[-1] = TimeWindow(spans[-1].earliest, max(spans[-1].latest, cut.latest))
        else:
            spans.append(cut)
    return spans


def _most_stops(visits: Sequence[Visit], vehicles: Sequence[Vehicle]) -> int:
    """No route can have more visits than this: the shortest services fill the longest shift."""
    longest = max(vehicle.shift.latest - vehicle.shift.earliest for vehicle in vehicles)
    # The last visit's service ends within the shift too.
    filled = np.cumsum(sorted(visit.service for visit in visits))
    return int(np.searchsorted(filled, longest, side="right"))
