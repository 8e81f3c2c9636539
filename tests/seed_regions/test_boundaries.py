import sys
from pathlib import Path

import numpy as np
import pytest
import shapely

from seed_regions import datum
from seed_regions.boundaries import BoundaryLayer
from seed_regions.boundary_checks import accept, better_datum, fit
from seed_regions.boundary_geotool import read_geotool_cn
from seed_regions.datum import Datum
from seed_regions.errors import BoundaryRefused, MissingExtra
from seed_regions.registry import Registry


def _moved(layer: BoundaryLayer, kind: Datum) -> BoundaryLayer:
    """The layer as a source in that datum would give it."""
    shapes = shapely.transform(layer.shapes, lambda points: datum.from_wgs84(points, kind))
    return BoundaryLayer(layer.codes, shapes, layer.source)


def test_geotool_cn_covers_china_but_taiwan_and_one_county_it_lacks(china: BoundaryLayer, registry: Registry) -> None:
    missing = {county.code for county in registry.children("CN")} - set(china.codes)
    assert "710000" in missing
    assert len(missing) <= 2


def test_old_codes_of_a_source_are_led_to_todays(china: BoundaryLayer) -> None:
    assert "431181" in china.codes
    assert "431121" not in china.codes


def test_a_layer_comes_back_from_its_file_as_it_was(shanghai: BoundaryLayer, tmp_path: Path) -> None:
    path = tmp_path / "shanghai.boundaries"
    shanghai.save(path)
    again = BoundaryLayer.load(path)
    assert (again.codes, again.source) == (shanghai.codes, shanghai.source)
    assert shapely.equals_exact(again.shapes, shanghai.shapes).all()
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("content", [b"", b"no layer", b"PK\x03\x04 cut short"])
def test_a_damaged_file_is_refused_with_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.boundaries"
    path.write_bytes(content)
    with pytest.raises(BoundaryRefused, match=r"broken\.boundaries"):
        BoundaryLayer.load(path)


def test_a_missing_file_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(BoundaryRefused, match=r"absent\.boundaries"):
        BoundaryLayer.load(tmp_path / "absent.boundaries")


def test_neighbours_still_touch_after_simplifying() -> None:
    wavy = [(1.0 + 0.05 * (step % 2), step / 20) for step in range(21)]
    left = shapely.Polygon([(0, 0), *wavy, (0, 1)])
    right = shapely.Polygon([(2, 0), *wavy, (2, 1)])
    simple = BoundaryLayer.of([("310101", left), ("310104", right)], "wavy").simplified(0.3)
    assert shapely.get_num_coordinates(simple.shapes).sum() < shapely.get_num_coordinates([left, right]).sum()
    assert shapely.area(simple.shapes).sum() == pytest.approx(2.0)
    assert shapely.area(shapely.intersection(*simple.shapes)) == pytest.approx(0.0)


def test_pieces_of_one_county_are_joined() -> None:
    layer = BoundaryLayer.of([("310151", shapely.box(0, 0, 1, 1)), ("310151", shapely.box(2, 0, 3, 1))], "two")
    assert layer.codes == ("310151",)
    assert shapely.area(layer.shapes[0]) == pytest.approx(2.0)


def test_a_ring_that_crosses_itself_is_mended() -> None:
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    layer = BoundaryLayer.of([("310151", bow)], "bow")
    assert shapely.is_valid(layer.shapes).all()
    assert shapely.area(layer.shapes[0]) == pytest.approx(0.5)


def test_two_layers_join_and_the_later_one_wins() -> None:
    first = BoundaryLayer.of([("17031", shapely.box(0, 0, 1, 1)), ("17043", shapely.box(1, 0, 2, 1))], "a")
    second = BoundaryLayer.of([("17031", shapely.box(0, 0, 9, 9))], "b")
    both = first.joined(second)
    assert sorted(both.codes) == ["17031", "17043"]
    assert shapely.area(both.shape("17031")) == pytest.approx(81.0)
    assert both.source == "a; b"


def test_the_real_layer_fits_the_registry(shanghai: BoundaryLayer, registry: Registry) -> None:
    found = fit(shanghai, registry)
    assert found.counties == 16
    assert found.inside == 1.0
    assert found.median_distance < 1_000.0


@pytest.mark.parametrize("kind", [Datum.GCJ02, Datum.BD09])
def test_a_layer_in_a_shifted_datum_declared_as_wgs84_is_noticed(
    shanghai: BoundaryLayer, registry: Registry, kind: Datum
) -> None:
    shifted = _moved(shanghai, kind)
    assert better_datum(shifted, Datum.WGS84, registry) is kind
    with pytest.raises(BoundaryRefused, match=f"declare datum {kind.value}"):
        accept(shifted, Datum.WGS84, registry)


@pytest.mark.parametrize("kind", list(Datum))
def test_a_layer_in_its_declared_datum_is_taken_and_converted(
    shanghai: BoundaryLayer, registry: Registry, kind: Datum
) -> None:
    taken = accept(_moved(shanghai, kind), kind, registry)
    drift = shapely.get_coordinates(taken.shapes) - shapely.get_coordinates(shanghai.shapes)
    assert np.abs(drift).max() < 1e-9


def test_a_wgs84_layer_declared_as_gcj02_is_noticed(shanghai: BoundaryLayer, registry: Registry) -> None:
    with pytest.raises(BoundaryRefused, match="declare datum wgs84"):
        accept(shanghai, Datum.GCJ02, registry)


def test_swapped_axes_are_named(shanghai: BoundaryLayer, registry: Registry) -> None:
    swapped = shapely.transform(shanghai.shapes, lambda points: points[:, ::-1])
    with pytest.raises(BoundaryRefused, match="swapped"):
        accept(BoundaryLayer(shanghai.codes, swapped, "swapped"), Datum.WGS84, registry)


def test_polygons_under_the_wrong_codes_are_refused(shanghai: BoundaryLayer, registry: Registry) -> None:
    shuffled = BoundaryLayer(shanghai.codes, np.roll(shanghai.shapes, 5), "shuffled")
    with pytest.raises(BoundaryRefused, match="check the code field"):
        accept(shuffled, Datum.WGS84, registry)


def test_a_layer_of_unknown_codes_is_refused(registry: Registry) -> None:
    layer = BoundaryLayer.of([("A-1", shapely.box(0, 0, 1, 1))], "foreign")
    with pytest.raises(BoundaryRefused, match="A-1"):
        accept(layer, Datum.WGS84, registry)


def test_eight_counties_are_too_few_to_judge_the_datum(shanghai: BoundaryLayer, registry: Registry) -> None:
    few = _moved(shanghai.only(shanghai.codes[:8]), Datum.GCJ02)
    assert better_datum(few, Datum.WGS84, registry) is None


def test_without_geotool_cn_the_extra_to_install_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "GeoToolCN", None)
    with pytest.raises(MissingExtra, match="'cn-boundaries'"):
        read_geotool_cn()
