import numpy as np
import pytest
import shapely

from seed_regions.boundaries import BoundaryLayer
from seed_regions.locate import CountyIndex, How
from seed_regions.registry import Registry


def _points_in(layer: BoundaryLayer, count: int, seed: int) -> np.ndarray:
    """Points scattered over the layer's extent."""
    west, south, east, north = shapely.total_bounds(layer.shapes)
    rng = np.random.default_rng(seed)
    return np.column_stack([rng.uniform(west, east, count), rng.uniform(south, north, count)])


@pytest.mark.parametrize(
    ("lng", "lat", "code"),
    [(121.4737, 31.2304, "310101"), (121.5450, 31.2220, "310115"), (121.2290, 31.0300, "310117")],
)
def test_a_place_in_shanghai_lies_in_its_district(
    shanghai_index: CountyIndex, lng: float, lat: float, code: str
) -> None:
    assert shanghai_index.county_at(lng, lat) == code
    assert shanghai_index.locate(lng, lat).how is How.INSIDE


def test_a_place_outside_every_boundary_has_no_county(shanghai_index: CountyIndex) -> None:
    assert shanghai_index.county_at(-87.6, 41.9) is None


def test_many_points_are_answered_like_one_by_one(shanghai: BoundaryLayer, shanghai_index: CountyIndex) -> None:
    points = _points_in(shanghai, 300, seed=1)
    one_by_one = [shanghai_index.county_at(lng, lat) for lng, lat in points]
    assert shanghai_index.counties_at(points).tolist() == one_by_one
    assert None in one_by_one
    assert len(set(one_by_one)) > 8


def test_points_without_coordinates_have_no_county(shanghai_index: CountyIndex) -> None:
    found = shanghai_index.counties_at([[np.nan, 31.2], [121.4737, 31.2304], [np.inf, np.inf]])
    assert found.tolist() == [None, "310101", None]


def test_no_points_are_no_answers(shanghai_index: CountyIndex) -> None:
    assert shanghai_index.counties_at(np.empty((0, 2))).tolist() == []


def test_the_simplified_layer_is_right_for_999_of_1000_points(china: BoundaryLayer, registry: Registry) -> None:
    delta = [county.code for code in ("310000", "320000", "330000") for county in registry.children(code)]
    full = china.only(delta)
    points = _points_in(full, 20_000, seed=2)
    exact = CountyIndex(full).counties_at(points)
    simple = CountyIndex(full.simplified()).counties_at(points)
    inside = exact != None  # noqa: E711
    assert np.count_nonzero(inside) > 5_000
    assert np.mean(exact[inside] == simple[inside]) >= 0.999


def test_the_smaller_county_wins_where_polygons_overlap() -> None:
    layer = BoundaryLayer.of(
        [("310115", shapely.box(120.0, 30.0, 122.0, 32.0)), ("310101", shapely.box(121.0, 31.0, 121.5, 31.5))],
        "overlapping",
    )
    index = CountyIndex(layer)
    assert index.county_at(121.2, 31.2) == "310101"
    assert index.counties_at([[121.2, 31.2], [120.5, 30.5]]).tolist() == ["310101", "310115"]


def test_just_outside_a_boundary_the_nearest_one_is_a_guess(shanghai: BoundaryLayer) -> None:
    lone = shanghai.only(["310151"])
    west, south, _, _ = shapely.bounds(lone.shapes[0])
    coast = shapely.get_coordinates(shapely.get_exterior_ring(shapely.get_parts(lone.shapes[0])[0]))[0]
    toward = np.sign(np.array([west, south]) - coast) * 0.004
    outside = coast + toward
    found = CountyIndex(lone).locate(*outside)
    assert found.code == "310151"
    assert found.is_guess == (found.how is How.NEAREST_BOUNDARY)


def test_without_boundaries_the_nearest_centre_is_marked_as_a_guess(registry: Registry) -> None:
    index = CountyIndex(None, registry)
    found = index.locate(121.48, 31.22)
    assert (found.code, found.how, found.is_guess) == ("310101", How.NEAREST_CENTRE, True)
    assert index.county_at(121.48, 31.22) is None
    assert index.counties_at([[121.48, 31.22]]).tolist() == [None]


def test_in_the_middle_of_the_ocean_nothing_is_guessed(registry: Registry) -> None:
    assert CountyIndex(None, registry).locate(-30.0, 0.0).code is None
