from __future__ import annotations

from routing.links import circle, groups, without
from routing.problem import Precedence, SameStart

LINKS = (SameStart(1, 2), Precedence(2, 3), Precedence(4, 5, same_vehicle=True))


def test_a_partner_and_what_comes_after_go_with_a_visit() -> None:
    assert without(LINKS, {1}) == {1, 2, 3}
    assert without(LINKS, {3}) == {3}


def test_what_shares_a_vehicle_goes_both_ways() -> None:
    assert without(LINKS, {5}) == without(LINKS, {4}) == {4, 5}


def test_groups_are_joined_visits_with_what_comes_before_first() -> None:
    assert groups(LINKS, (5, 3, 2, 1, 4, 6)) == [[4, 5], [1, 2, 3], [6]]
    assert groups(LINKS, (3, 1)) == [[3], [1]]


def test_a_circle_goes_along_routes_and_through_visits_that_begin_together() -> None:
    assert circle(LINKS) == []
    found = circle(LINKS, [(3, 1)])
    assert set(found) == {(1, 2), (3,)}
    assert found[0] == found[-1]
