"""Shipments: two tasks on one vehicle, their ids apart from those of jobs."""

from __future__ import annotations

from typing import Any

import pytest

from routing.errors import InvalidProblem
from routing.plan import Plan, Reason, Route, Rule
from routing.problem import Precedence
from routing.vroom import Task, from_vroom, to_vroom

Json = dict[str, Any]
SHIPMENT: Json = {
    "amount": [2],
    "skills": [5],
    "priority": 30,
    "pickup": {"id": 1, "location_index": 1, "service": 60, "description": "fetch"},
    "delivery": {"id": 1, "location_index": 2, "service": 90, "time_windows": [[0, 900]]},
}


def question(**changes: Any) -> Json:
    base: Json = {
        "vehicles": [{"id": 3, "start_index": 0, "end_index": 0, "capacity": [4], "skills": [5]}],
        "jobs": [{"id": 1, "location_index": 1, "delivery": [1]}],
        "shipments": [SHIPMENT],
        "matrix": [[0, 100, 200], [100, 0, 50], [200, 50, 0]],
    }
    return base | changes


def test_a_shipment_is_two_visits_and_a_link() -> None:
    asked = from_vroom(question())
    job, pickup, delivery = asked.problem.visits
    assert asked.tasks == {
        job.id: Task("job", 1),
        pickup.id: Task("pickup", 1),
        delivery.id: Task("delivery", 1),
    }
    assert asked.problem.links == (Precedence(pickup.id, delivery.id, same_vehicle=True),)
    assert (pickup.pickup, pickup.load, delivery.pickup, delivery.load) == ((2,), (), (), ())
    assert pickup.skills == delivery.skills == {"5": 1}
    assert (pickup.priority, delivery.priority, pickup.service, delivery.service) == (30, 30, 60, 90)
    assert (pickup.description, len(delivery.windows)) == ("fetch", 1)


def test_several_shipments_are_linked_each_with_its_own() -> None:
    second = {"pickup": {"id": 8, "location_index": 2}, "delivery": {"id": 9, "location_index": 1}}
    asked = from_vroom(question(shipments=[SHIPMENT, second], jobs=[{"id": 40, "location_index": 1}]))
    pairs = [(asked.tasks[link.before], asked.tasks[link.after]) for link in asked.problem.links]  # type: ignore[union-attr]
    assert pairs == [(Task("pickup", 1), Task("delivery", 1)), (Task("pickup", 8), Task("delivery", 9))]
    assert len({visit.id for visit in asked.problem.visits}) == 5


def test_the_answer_names_tasks_as_the_question_did() -> None:
    asked = from_vroom(question())
    job, pickup, delivery = (visit.id for visit in asked.problem.visits)
    answer = to_vroom(asked, Plan((Route(3, (job, pickup, delivery)),), {}))
    (route,) = answer["routes"]
    assert [(step["type"], step.get("id")) for step in route["steps"]] == [
        ("start", None),
        ("job", 1),
        ("pickup", 1),
        ("delivery", 1),
        ("end", None),
    ]
    assert [step["load"] for step in route["steps"]] == [[1], [0], [2], [0], [0]]
    assert (route["delivery"], route["pickup"], route["violations"]) == ([3], [2], [])
    assert route["priority"] == 60
    assert route["steps"][2]["description"] == "fetch"


def test_a_delivery_before_its_pickup_is_told() -> None:
    asked = from_vroom(question(jobs=[]))
    pickup, delivery = (visit.id for visit in asked.problem.visits)
    (route,) = to_vroom(asked, Plan((Route(3, (delivery, pickup)),), {}))["routes"]
    assert "precedence" in [violation["cause"] for violation in route["violations"]]


def test_the_load_of_a_shipment_counts_between_its_ends_only() -> None:
    second = {"amount": [3], "pickup": {"id": 8, "location_index": 2}, "delivery": {"id": 9, "location_index": 1}}
    asked = from_vroom(question(jobs=[], shipments=[SHIPMENT, second]))
    first_up, first_off, second_up, second_off = (
        next(number for number, task in asked.tasks.items() if task == wanted)
        for wanted in (Task("pickup", 1), Task("delivery", 1), Task("pickup", 8), Task("delivery", 9))
    )
    one_by_one = to_vroom(asked, Plan((Route(3, (first_up, first_off, second_up, second_off)),), {}))
    assert one_by_one["routes"][0]["violations"] == []
    together = to_vroom(asked, Plan((Route(3, (first_up, second_up, second_off, first_off)),), {}))
    assert [violation["cause"] for violation in together["routes"][0]["violations"]] == ["load"]


def test_a_shipment_left_out_is_two_tasks_with_a_reason() -> None:
    asked = from_vroom(question(jobs=[]))
    left_out = {visit.id: Reason(Rule.SKILL, "nobody") for visit in asked.problem.visits}
    answer = to_vroom(asked, Plan((), left_out))
    assert [(row["type"], row["id"], row["reason"]) for row in answer["unassigned"]] == [
        ("pickup", 1, "skill"),
        ("delivery", 1, "skill"),
    ]


def test_steps_name_the_ends_of_shipments() -> None:
    steps = [{"type": "pickup", "id": 1}, {"type": "job", "id": 1}, {"type": "delivery", "id": 1}]
    asked = from_vroom(question(vehicles=[{"id": 3, "start_index": 0, "steps": steps}]))
    assert asked.start is not None
    (route,) = asked.start.routes
    assert [asked.tasks[visit].kind for visit in route.visits] == ["pickup", "job", "delivery"]


@pytest.mark.parametrize(
    ("shipment", "field"),
    [
        ({}, "shipments[0].pickup"),
        ({"pickup": SHIPMENT["pickup"]}, "shipments[0].delivery"),
        (SHIPMENT | {"pickup": {"location_index": 1}}, "shipments[0].pickup.id"),
        (SHIPMENT | {"delivery": {"id": 1}}, "shipments[0].delivery.location"),
        (SHIPMENT | {"delivery": {"id": 1, "location_index": 9}}, "shipments[0].delivery.location_index"),
        (SHIPMENT | {"amount": [1, 1]}, "shipments[0].amount"),
        (SHIPMENT | {"priority": 101}, "shipments[0].priority"),
        (SHIPMENT | {"pickup": SHIPMENT["pickup"] | {"setup_per_type": {}}}, "shipments[0].pickup.setup_per_type"),
    ],
)
def test_a_shipment_that_cannot_be_used_is_refused_by_name(shipment: Json, field: str) -> None:
    with pytest.raises(InvalidProblem) as refused:
        from_vroom(question(shipments=[shipment]))
    assert refused.value.field == field


def test_one_id_for_two_pickups_is_refused() -> None:
    with pytest.raises(InvalidProblem, match=r"shipments\.pickup: id 1 appears more than once"):
        from_vroom(question(shipments=[SHIPMENT, SHIPMENT]))
