"""A small planned day for the board's tests: four visits of Tuesday, three of them in routes."""

from __future__ import annotations

from dispatch import changes, plans
from tests.town import AREA, TUESDAY, Town, shanghai

PLACED = (
    ("A1", "lamp", "310101", (9, 11), "T1", 9.0),
    ("A2", "water-heater", "310104", (13, 16), "T1", 13.0),
    ("A3", "mattress", "310104", (10, 12), "T2", 10.0),
)


def planned(town: Town) -> dict[str, int]:
    """Visit ids by order number; A4 (a water heater in Pudong) is left out."""
    system, visits = town.system, {}
    with system.transaction() as session:
        for number, product, county, window, _technician, _start in PLACED:
            visits[number] = town.order(session, number, product, county, window).visits[0].id
        visits["A4"] = town.order(session, "A4", "water-heater", "310115", (14, 17)).visits[0].id
        plan_id = plans.ensure(session, AREA, TUESDAY, system.now()).id
    for number, _product, _county, _window, technician, start in PLACED:
        with system.transaction() as session:
            changes.move(
                session, system.travel_times, plan_id, visits[number], town.technicians[technician],
                shanghai(start), revisions={}, by="test", at=system.now(),
            )  # fmt: skip
    return visits
