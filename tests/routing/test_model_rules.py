"""Every rule of the model, one at a time: kept to the last second it holds, one second or one unit less breaks it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check import violations
from routing.joint import starts
from routing.plan import Rule
from routing.problem import Break, Pin, Precedence, Published, SameStart, TimeWindow
from tests.routing.lines import BEGIN, HOUR, LONG_DAY, MINUTE, ByHand, Day, days

Pair = tuple[Day, Day, Rule, int]
"""A day that keeps a rule, one that breaks it, the rule, and by how much."""


def county(day: Day, visit: int, vehicle: int) -> Pair:
    wanted = day.with_visit(visit, county="310101")
    covered, other = frozenset({"310101"}), frozenset({"310104"})
    return wanted.with_vehicle(vehicle, counties=covered), wanted.with_vehicle(vehicle, counties=other), Rule.COUNTY, 0


def skill(day: Day, visit: int, vehicle: int) -> Pair:
    wanted = day.with_visit(visit, skills={"gas": 2, "water": 1})
    able = wanted.with_vehicle(vehicle, skills={"gas": 2, "water": 3})
    return able, wanted.with_vehicle(vehicle, skills={"water": 3}), Rule.SKILL, 0


def level(day: Day, visit: int, vehicle: int) -> Pair:
    able = day.with_visit(visit, skills={"gas": 3}).with_vehicle(vehicle, skills={"gas": 3})
    return able, able.with_vehicle(vehicle, skills={"gas": 1}), Rule.LEVEL, 2


def required(day: Day, visit: int, vehicle: int) -> Pair:
    only = day.with_visit(visit, allowed=frozenset({vehicle}))
    return only, day.with_visit(visit, allowed=frozenset({3 - vehicle})), Rule.NOT_ALLOWED, 0


def forbidden(day: Day, visit: int, vehicle: int) -> Pair:
    other = day.with_visit(visit, forbidden=frozenset({3 - vehicle}))
    return other, day.with_visit(visit, forbidden=frozenset({vehicle})), Rule.NOT_ALLOWED, 0


def several_windows(day: Day, visit: int, vehicle: int) -> Pair:
    at = ByHand.of(day, vehicle).starts[visit]
    missed = TimeWindow(at - 3 * HOUR, at - 2 * HOUR)
    kept = day.with_visit(visit, windows=(TimeWindow(at, at), missed))
    return kept, day.with_visit(visit, windows=(missed, TimeWindow(at - HOUR, at - 1))), Rule.WINDOW, 1


def window_waited_for(day: Day, visit: int, vehicle: int) -> Pair:
    end = ByHand.of(day, vehicle).end
    at = ByHand.of(day, vehicle).starts[visit] + HOUR
    last = day.with_vehicle(vehicle, shift=TimeWindow(BEGIN, end + HOUR))
    opens = last.with_visit(visit, windows=(TimeWindow(at - 5 * HOUR, at - 4 * HOUR), TimeWindow(at, at + HOUR)))
    return opens, opens.with_vehicle(vehicle, shift=TimeWindow(BEGIN, end + HOUR - 1)), Rule.SHIFT, 1


def hard_end(day: Day, visit: int, vehicle: int) -> Pair:
    """With set-up once per address, open ends and speeds, as the day has them."""
    end = ByHand.of(day, vehicle).end
    kept = day.with_vehicle(vehicle, shift=TimeWindow(BEGIN, end))
    return kept, day.with_vehicle(vehicle, shift=TimeWindow(BEGIN, end - 1)), Rule.SHIFT, 1


def several_breaks(day: Day, visit: int, vehicle: int) -> Pair:
    end = ByHand.of(day, vehicle).end
    anywhere = Break(2, (TimeWindow(0, 1), TimeWindow(BEGIN + 600, end + HOUR)), 600)
    kept = day.with_vehicle(vehicle, breaks=(Break(1, (TimeWindow(BEGIN - 9, BEGIN),), 60), anywhere))
    missed = Break(1, (TimeWindow(BEGIN - 9, BEGIN - 1),), 60)
    return kept, day.with_vehicle(vehicle, breaks=(missed, anywhere)), Rule.BREAK, 1


def breaks_take_time(day: Day, visit: int, vehicle: int) -> Pair:
    end = ByHand.of(day, vehicle).end
    rests = tuple(Break(n, (TimeWindow(BEGIN, end + 1500),), 300 * n) for n in (2, 3))
    kept = day.with_vehicle(vehicle, breaks=rests, shift=TimeWindow(BEGIN, end + 1500))
    return kept, kept.with_vehicle(vehicle, shift=TimeWindow(BEGIN, end + 1499)), Rule.SHIFT, 1


def load(day: Day, visit: int, vehicle: int) -> Pair:
    """All is loaded at the start, in two dimensions; half of each comes back."""
    carried = [0, 0]
    for number in day.route(vehicle):
        day = day.with_visit(number, load=(2 * number, 4), pickup=(number, 2))
        carried = [carried[0] + 2 * number, carried[1] + 4]
    kept = day.with_vehicle(vehicle, capacity=tuple(carried))
    return kept, day.with_vehicle(vehicle, capacity=(carried[0], carried[1] - 1)), Rule.CAPACITY, 1


def pickups(day: Day, visit: int, vehicle: int) -> Pair:
    for number in day.route(vehicle):
        day = day.with_visit(number, pickup=(3,))
    fullest = 3 * len(day.route(vehicle))
    return (
        day.with_vehicle(vehicle, capacity=(fullest,)),
        day.with_vehicle(vehicle, capacity=(2,)),
        Rule.CAPACITY,
        (fullest - 2),
    )


def shipment(day: Day, visit: int, vehicle: int) -> Pair:
    """On board between its two visits only: another visit's load before it needs no room beside it."""
    one, other, *rest = (v.id for v in day.problem.visits)
    sent = day.planned((*rest, one, other), ()).where(links=(Precedence(one, other, same_vehicle=True),))
    sent = sent.with_visit(one, pickup=(4,))
    for number in rest:
        sent = sent.with_visit(number, load=(1,))
    room = max(4, len(rest))
    return sent.with_vehicle(1, capacity=(room,)), sent.with_vehicle(1, capacity=(3,)), Rule.CAPACITY, room - 3


def most_visits(day: Day, visit: int, vehicle: int) -> Pair:
    many = len(day.route(vehicle))
    kept, broken = day.with_vehicle(vehicle, max_visits=many), day.with_vehicle(vehicle, max_visits=many - 1)
    return kept, broken, Rule.MAX_VISITS, 1


def most_travel(day: Day, visit: int, vehicle: int) -> Pair:
    """Speed included."""
    day = day.with_vehicle(vehicle, start=0)
    travel = ByHand.of(day, vehicle).travel
    kept, broken = day.with_vehicle(vehicle, max_travel=travel), day.with_vehicle(vehicle, max_travel=travel - 1)
    return kept, broken, Rule.MAX_TRAVEL, 1


def most_distance(day: Day, visit: int, vehicle: int) -> Pair:
    """Whatever the speed."""
    day = day.with_vehicle(vehicle, start=0)
    metres = ByHand.of(day, vehicle).metres
    kept, broken = day.with_vehicle(vehicle, max_distance=metres), day.with_vehicle(vehicle, max_distance=metres - 1)
    return kept, broken, Rule.MAX_DISTANCE, 1


def pinned_technician(day: Day, visit: int, vehicle: int) -> Pair:
    return day.with_visit(visit, pin=Pin(vehicle)), day.with_visit(visit, pin=Pin(3 - vehicle)), Rule.PIN, 0


def pinned_start(day: Day, visit: int, vehicle: int) -> Pair:
    at = ByHand.of(day, vehicle).starts[visit]
    kept = day.with_visit(visit, pin=Pin(start=at + 600))
    return kept, day.with_visit(visit, pin=Pin(start=at - 1)), Rule.PIN, 1


def pinned_both(day: Day, visit: int, vehicle: int) -> Pair:
    at = ByHand.of(day, vehicle).starts[visit]
    return day.with_visit(visit, pin=Pin(vehicle, at)), day.with_visit(visit, pin=Pin(vehicle, at - 9)), Rule.PIN, 9


def partner_left_out(day: Day, visit: int, vehicle: int) -> Pair:
    one, other = day.route(1)[0], day.route(2)[-1]
    kept = day.where(links=(SameStart(one, other),))
    return kept, kept.planned(day.route(1)[1:], day.route(2)), Rule.PARTNER, 0


def partner_on_one_route(day: Day, visit: int, vehicle: int) -> Pair:
    one, other = day.route(1)[-1], day.route(2)[0]
    kept = day.where(links=(SameStart(one, other),))
    return kept, kept.planned((*day.route(1), other), day.route(2)[1:]), Rule.PARTNER, 0


def predecessor_left_out(day: Day, visit: int, vehicle: int) -> Pair:
    before, after = day.route(1)[-1], day.route(2)[0]
    kept = day.where(links=(Precedence(before, after, 20 * MINUTE),))
    return kept, kept.planned(day.route(1)[:-1], day.route(2)), Rule.PRECEDENCE, 0


def wrong_order(day: Day, visit: int, vehicle: int) -> Pair:
    """Without waiting it would begin right after; it has to, at the earliest, when the other has been left."""
    before, after, *rest = (v.id for v in day.problem.visits)
    joined = day.where(links=(Precedence(before, after, 60),))
    kept, broken = joined.planned((before, after, *rest), ()), joined.planned((after, before, *rest), ())
    made = ByHand.of(broken, 1).starts
    early = made[before] + day.problem.visit(before).service + 60 - made[after]
    return kept, broken, Rule.PRECEDENCE, early


def not_the_same_vehicle(day: Day, visit: int, vehicle: int) -> Pair:
    before, after, *rest = (v.id for v in day.problem.visits)
    joined = day.where(links=(Precedence(before, after, same_vehicle=True),))
    kept, broken = joined.planned((before, after), tuple(rest)), joined.planned((before, *rest), (after,))
    return kept, broken, Rule.PRECEDENCE, 0


def half_of_a_shipment(day: Day, visit: int, vehicle: int) -> Pair:
    before, after, *rest = (v.id for v in day.problem.visits)
    joined = day.where(links=(Precedence(before, after, same_vehicle=True),))
    kept, broken = joined.planned((before, after), tuple(rest)), joined.planned((before,), tuple(rest))
    return kept, broken, Rule.PRECEDENCE, 0


def sequence(day: Day, visit: int, vehicle: int) -> Pair:
    head = day.route(vehicle)[: day.route(vehicle).index(visit) + 1]
    kept = day.with_vehicle(vehicle, frozen=head)
    moved = tuple(number for number in day.route(vehicle) if number != visit)
    routes = {1: day.route(1), 2: day.route(2), vehicle: moved}
    return kept, kept.planned(routes[1], routes[2]), Rule.SEQUENCE, 0


def disruption(day: Day, visit: int, vehicle: int) -> Pair:
    """All visits of one route were told to come with the other, and one with somebody who is ill today."""
    other = day.route(3 - vehicle)
    told = dict.fromkeys(day.route(vehicle), 3 - vehicle) | {other[0]: 77} | dict.fromkeys(other[1:], 3 - vehicle)
    many = len(day.route(vehicle))
    kept, broken = (day.where(published=Published(told, most)) for most in (many, many - 1))
    return kept, broken, Rule.DISRUPTION, 1


RULES: list[Callable[[Day, int, int], Pair]] = [
    county, skill, level, required, forbidden, several_windows, window_waited_for, hard_end, several_breaks,
    breaks_take_time, load, pickups, shipment, most_visits, most_travel, most_distance, pinned_technician, pinned_start,
    pinned_both, partner_left_out, partner_on_one_route, predecessor_left_out, wrong_order, not_the_same_vehicle,
    half_of_a_shipment, sequence, disruption,
]  # fmt: skip


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@settings(max_examples=25, deadline=None)
@given(day=days(), draw=st.data())
def test_a_rule_holds_to_its_limit_and_no_further(
    rule: Callable[[Day, int, int], Pair], day: Day, draw: st.DataObject
) -> None:
    visit = draw.draw(st.sampled_from([v.id for v in day.problem.visits]))
    kept, broken, expected, amount = rule(day, visit, day.vehicle_of(visit))
    assert violations(kept.problem, kept.plan) == []
    found = violations(broken.problem, broken.plan)
    assert {one.rule for one in found} == {expected}
    assert max(one.amount for one in found) == amount


@settings(max_examples=50, deadline=None)
@given(days())
def test_wishes_are_no_rules(day: Day) -> None:
    """Preferred technicians, soft ends and due times cost something; nothing is broken by them."""
    wished = day
    for vehicle in (1, 2):
        wished = wished.with_vehicle(vehicle, soft_end=BEGIN, worked=vehicle * HOUR)
        for visit in day.route(vehicle):
            wished = wished.with_visit(visit, preferred=frozenset({3 - vehicle}), due=BEGIN, priority=100)
    assert violations(wished.problem, wished.plan) == []


@settings(max_examples=50, deadline=None)
@given(days(), st.integers(0, 3) | st.just(60))
def test_partners_begin_together_and_successors_wait(day: Day, minutes: int) -> None:
    one, other = ByHand.of(day, 1).starts, ByHand.of(day, 2).starts
    first, second = day.route(1)[0], day.route(2)[0]
    together = starts(day.where(links=(SameStart(first, second),)).problem, day.plan)
    assert together[first] == together[second] == max(one[first], other[second])
    delay = minutes * MINUTE
    after = starts(day.where(links=(Precedence(first, second, delay),)).problem, day.plan)
    earliest = one[first] + day.problem.visit(first).service + delay
    assert after == {**one, **{visit: at + after[second] - other[second] for visit, at in other.items()}}
    assert after[second] == max(other[second], earliest)


@settings(max_examples=50, deadline=None)
@given(days())
def test_a_route_without_windows_has_the_times_of_the_hand(day: Day) -> None:
    again = replace(day.problem, vehicles=tuple(replace(v, shift=LONG_DAY) for v in day.problem.vehicles))
    assert starts(again, day.plan) == ByHand.of(day, 1).starts | ByHand.of(day, 2).starts
