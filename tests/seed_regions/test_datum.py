import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seed_regions import datum
from seed_regions.datum import Datum

_LNG = st.floats(74.0, 134.0)
_LAT = st.floats(19.0, 53.0)
_METRE = 1.0 / 111_195.0


def test_tiananmen_moves_as_published_for_gcj02() -> None:
    moved = datum.wgs84_to_gcj02([116.391349, 39.907375])
    assert moved == pytest.approx([116.397592, 39.908777], abs=2e-6)


@given(_LNG, _LAT)
def test_gcj02_and_back_is_exact(lng: float, lat: float) -> None:
    back = datum.gcj02_to_wgs84(datum.wgs84_to_gcj02([lng, lat]))
    assert back == pytest.approx([lng, lat], abs=1e-6 * _METRE)


@given(_LNG, _LAT)
def test_bd09_and_back_is_exact(lng: float, lat: float) -> None:
    back = datum.bd09_to_wgs84(datum.wgs84_to_bd09([lng, lat]))
    assert back == pytest.approx([lng, lat], abs=1e-6 * _METRE)


@given(_LNG, _LAT)
def test_gcj02_lies_within_a_kilometre_and_never_on_the_spot(lng: float, lat: float) -> None:
    east, north = datum.wgs84_to_gcj02([lng, lat]) - np.array([lng, lat])
    away = np.hypot(east * np.cos(np.radians(lat)), north) / _METRE
    assert 10.0 < away < 1_000.0


def test_places_outside_china_do_not_move() -> None:
    chicago = [-87.63, 41.88]
    assert datum.wgs84_to_gcj02(chicago).tolist() == chicago
    assert datum.gcj02_to_wgs84(chicago).tolist() == chicago


@pytest.mark.parametrize("kind", list(Datum))
def test_many_points_are_converted_at_once_like_one(kind: Datum) -> None:
    points = np.array([[121.47, 31.23], [116.4, 39.9], [-87.63, 41.88]])
    together = datum.from_wgs84(points, kind)
    assert together.shape == (3, 2)
    for one, given_point in zip(together, points, strict=True):
        assert datum.from_wgs84(given_point, kind) == pytest.approx(one, abs=1e-12)
    assert datum.to_wgs84(together, kind) == pytest.approx(points, abs=1e-10)
