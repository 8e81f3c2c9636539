"""What a dispatcher reads before publishing, and what the map is drawn from."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from dispatch import changes, county_map, plans, publishing, visit_card
from seed_regions.boundaries import BoundaryLayer
from technicians.errors import NotFound
from tests.town import AREA, TUESDAY, Town, shanghai
from tests.webapp.board_day import planned


def test_the_first_publication_shows_every_visit_as_new(town: Town) -> None:
    planned(town)
    with town.system.transaction(read_only=True) as session:
        review = publishing.review(session, 1)
    assert review.is_first
    assert (review.planned, review.technicians, len(review.changes)) == (3, 2, 3)
    assert all(change.is_new for change in review.changes)


def test_a_published_plan_beside_itself_changes_nothing(town: Town) -> None:
    planned(town)
    with town.system.transaction() as session:
        plans.publish(session, 1, by="ann", at=town.system.now())
        review = publishing.review(session, 1)
    assert not review.is_first
    assert review.changes == ()


def test_an_unknown_plan_has_no_review(town: Town) -> None:
    with town.system.transaction(read_only=True) as session, pytest.raises(NotFound):
        publishing.review(session, 99)


def test_a_card_tells_technician_start_window_and_pin(town: Town) -> None:
    visits = planned(town)
    t1 = town.technicians["T1"]
    with town.system.transaction() as session:
        changes.pin(session, visits["A1"], t1, None, by="ann", at=town.system.now())
        card = visit_card.card(session, visits["A1"], 1)
    assert (card.technician, card.pinned_technician, card.is_pinned) == ("王师傅", "王师傅", True)
    assert (card.earliest_at, card.latest_at) == (shanghai(9, TUESDAY), shanghai(11, TUESDAY))
    assert card.start_at is not None
    assert card.is_movable


def test_a_visit_in_no_route_has_a_card_too(town: Town) -> None:
    visits = planned(town)
    with town.system.transaction(read_only=True) as session:
        card = visit_card.card(session, visits["A4"], 1)
    assert (card.technician, card.start_at, card.county_zh) == (None, None, "浦东新区")


def test_without_boundaries_the_map_has_centres_only(sqlite_town: Town) -> None:
    with sqlite_town.system.transaction(read_only=True) as session:
        drawn = county_map.county_map(session, sqlite_town.system.places, AREA)
    assert drawn["shapes"]["features"] == []
    assert {"310101", "310115"} <= {centre["code"] for centre in drawn["centres"]}


def test_with_boundaries_each_county_of_the_area_has_its_shape_and_names(sqlite_town: Town) -> None:
    places = sqlite_town.system.places
    shapes = np.array([shapely.box(121.4, 31.2, 121.5, 31.3), shapely.box(116, 39, 117, 40)], dtype=object)
    places.folder.mkdir(parents=True)
    BoundaryLayer(("310101", "110101"), shapes, "a test").save(places.file("CN"))
    with sqlite_town.system.transaction(read_only=True) as session:
        drawn = county_map.county_map(session, places, AREA)
    (feature,) = drawn["shapes"]["features"]
    assert feature["properties"] == {"code": "310101", "zh": "黄浦区", "en": feature["properties"]["en"]}
    assert feature["geometry"]["type"] == "Polygon"
    assert drawn["source"] == "a test"
