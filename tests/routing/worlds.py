"""Small random problems for properties: everything the model knows, in numbers small enough to try all cases."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
from hypothesis import strategies as st

from routing.plan import Plan, Route
from routing.problem import Break, Link, Pin, Precedence, Problem, Published, SameStart, TimeWindow, Vehicle, Visit

SKILLS = ("electric", "water")
COUNTIES = ("310101", "310104")


def windows(most: int, latest: int = 200, least: int = 0) -> st.SearchStrategy[tuple[TimeWindow, ...]]:
    pair = st.tuples(st.integers(0, latest), st.integers(0, 60)).map(lambda p: TimeWindow(p[0], p[0] + p[1]))
    return st.lists(pair, min_size=least, max_size=most).map(tuple)


@st.composite
def visits(draw: st.DrawFn, number: int, places: int, plain: bool) -> Visit:
    free = draw(windows(2))
    pinned = not plain and not free and draw(st.integers(0, 9)) == 0
    return Visit(
        id=number,
        place=draw(st.integers(0, places - 1)),
        service=draw(st.integers(0, 30)),
        setup=draw(st.sampled_from((0, 0, 7))),
        windows=free,
        skills={} if plain else draw(st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 2), max_size=1)),
        county=None if plain else draw(st.sampled_from((None, *COUNTIES))),
        load=(draw(st.integers(0, 3)),),
        pickup=(draw(st.integers(0, 2)),),
        priority=draw(st.sampled_from((0, 0, 10))),
        pin=Pin(start=draw(st.integers(0, 200))) if pinned else None,
    )


@st.composite
def vehicles(draw: st.DrawFn, number: int, places: int, plain: bool) -> Vehicle:
    place = st.one_of(st.none(), st.integers(0, places - 1))
    earliest = draw(st.integers(0, 60))
    latest = earliest + draw(st.integers(40, 250))
    rests = draw(st.lists(windows(2, 150, least=1), max_size=2))
    return Vehicle(
        id=100 + number,
        start=draw(place),
        end=draw(place),
        shift=TimeWindow(earliest, latest),
        soft_end=None if plain else draw(st.sampled_from((None, latest - 20))),
        breaks=tuple(Break(i, spans, draw(st.integers(1, 15))) for i, spans in enumerate(rests)),
        skills={skill: draw(st.integers(1, 2)) for skill in SKILLS if plain or draw(st.booleans())},
        counties=None if plain else draw(st.sampled_from((None, frozenset(COUNTIES[:1])))),
        capacity=(draw(st.integers(2, 8)),),
        max_visits=None if plain else draw(st.sampled_from((None, None, 2))),
        max_travel=None if plain else draw(st.sampled_from((None, None, 80))),
        max_distance=None if plain else draw(st.sampled_from((None, None, 150))),
    )


@st.composite
def problems(draw: st.DrawFn, most_visits: int = 5, most_vehicles: int = 2, plain: bool = False) -> Problem:
    places = draw(st.integers(1, 4))
    cells = st.lists(st.integers(0, 40), min_size=places * places, max_size=places * places)
    durations = np.array(draw(cells), dtype=np.int32).reshape(places, places)
    np.fill_diagonal(durations, 0)
    many = draw(st.integers(1, most_visits))
    fleet = draw(st.integers(1, most_vehicles))
    return Problem(
        tuple(draw(visits(i, places, plain)) for i in range(many)),
        tuple(draw(vehicles(k, places, plain)) for k in range(fleet)),
        durations,
        durations * 2,
    )


@st.composite
def links(draw: st.DrawFn, visits: int) -> tuple[Link, ...]:
    """One to three links between visits, never in a circle: the lower number comes first."""
    pairs = list(combinations(range(visits), 2))
    chosen = draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=3, unique=True)) if pairs else []
    return tuple(
        SameStart(*pair)
        if draw(st.booleans())
        else Precedence(*pair, draw(st.sampled_from((0, 0, 9))), draw(st.booleans()))
        for pair in chosen
    )


@st.composite
def joined_problems(draw: st.DrawFn, most_visits: int = 5, most_vehicles: int = 3, breaks: bool = True) -> Problem:
    """Problems with links, some room for waiting, and visits that take some time. Shipments have no other load."""
    problem = draw(problems(most_visits, most_vehicles))
    any_time = draw(st.frozensets(st.sampled_from([visit.id for visit in problem.visits])))
    joined = draw(links(len(problem.visits)))
    shipped = {link.after for link in joined if isinstance(link, Precedence)}
    sent = [link.before for link in joined if isinstance(link, Precedence)]
    made = [
        replace(
            visit,
            service=max(1, visit.service),
            windows=() if visit.id in any_time else visit.windows,
            load=() if visit.id in shipped else visit.load,
            pickup=() if sent.count(visit.id) > 1 else visit.pickup,
        )
        for visit in problem.visits
    ]
    vehicles = tuple(
        replace(vehicle, shift=TimeWindow(vehicle.shift.earliest, 400), breaks=vehicle.breaks if breaks else ())
        for vehicle in problem.vehicles
    )
    return replace(problem, visits=tuple(made), vehicles=vehicles, links=joined)


@st.composite
def told_problems(draw: st.DrawFn) -> Problem:
    """Problems with links, frozen heads and something published."""
    problem = draw(joined_problems())
    bound = {visit for link in problem.links for visit in (link_ends(link))}
    free = [visit.id for visit in problem.visits if visit.id not in bound and visit.pin is None]
    head = tuple(draw(st.lists(st.sampled_from(free), max_size=2, unique=True))) if free else ()
    first = replace(problem.vehicles[0], frozen=head)
    ids = [vehicle.id for vehicle in problem.vehicles]
    told = draw(st.dictionaries(st.sampled_from([visit.id for visit in problem.visits]), st.sampled_from([*ids, 999])))
    published = Published(told, draw(st.sampled_from((None, 0, 1))))
    return replace(problem, vehicles=(first, *problem.vehicles[1:]), published=published)


def link_ends(link: Link) -> tuple[int, int]:
    return (link.first, link.second) if isinstance(link, SameStart) else (link.before, link.after)


@st.composite
def plans(draw: st.DrawFn, problem: Problem) -> Plan:
    """The problem's visits dealt out at will, keepable or not."""
    order = draw(st.permutations([visit.id for visit in problem.visits]))
    routes: dict[int, list[int]] = {vehicle.id: [] for vehicle in problem.vehicles}
    for visit_id in order:
        routes[draw(st.sampled_from(list(routes)))].append(visit_id)
    return Plan(tuple(Route(vehicle, tuple(visits)) for vehicle, visits in routes.items()), {})
