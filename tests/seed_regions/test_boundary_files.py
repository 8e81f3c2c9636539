"""Real files in every form that is read, written here from Shanghai's districts."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import osmium
import pyogrio
import pytest
import shapely
from osmium.osm.mutable import Node, Relation, Way

from seed_regions import datum
from seed_regions.boundaries import BoundaryLayer
from seed_regions.boundary_files import read_boundaries
from seed_regions.datum import Datum
from seed_regions.errors import BoundaryRefused, MissingExtra


@pytest.fixture(scope="session")
def districts(shanghai: BoundaryLayer) -> BoundaryLayer:
    """Twelve districts with few vertices, so that files are small."""
    return shanghai.only(shanghai.codes[:12]).simplified(0.004)


def _write(
    path: Path,
    layer: BoundaryLayer,
    codes: Sequence[object] | None = None,
    field: str = "code",
    crs: str | None = "EPSG:4326",
) -> Path:
    values = np.array(layer.codes if codes is None else codes, dtype=object)
    names = np.array([f"district {number}" for number in range(len(values))], dtype=object)
    shapes = [shapely.MultiPolygon(shapely.get_parts(shape).tolist()) for shape in layer.shapes]
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(np.array(shapes, dtype=object)),
        field_data=[names, values],
        fields=np.array(["title", field], dtype=object),
        geometry_type="MultiPolygon",
        crs=crs,
    )
    return path


def _write_geojson(path: Path, layer: BoundaryLayer, **members: object) -> Path:
    features = [
        {"type": "Feature", "properties": {"adcode": int(code)}, "geometry": shapely.geometry.mapping(shape)}
        for code, shape in zip(layer.codes, layer.shapes, strict=True)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **members}))
    return path


def _assert_same(found: BoundaryLayer, expected: BoundaryLayer, within: float = 1e-6) -> None:
    assert found.codes == expected.codes
    difference = shapely.area(shapely.symmetric_difference(found.shapes, expected.shapes))
    assert (difference < within * shapely.area(expected.shapes) + within**2).all()


@pytest.mark.parametrize("name", ["districts.shp", "districts.gpkg"])
def test_a_file_with_a_reference_system_is_read(tmp_path: Path, districts: BoundaryLayer, name: str) -> None:
    _assert_same(read_boundaries(_write(tmp_path / name, districts)), districts)


def test_cgcs2000_counts_as_wgs84_and_the_country_number_is_dropped(tmp_path: Path, districts: BoundaryLayer) -> None:
    codes = [f"156{code}" for code in districts.codes]
    path = _write(tmp_path / "tianditu.gpkg", districts, codes, field="gb", crs="EPSG:4490")
    _assert_same(read_boundaries(path), districts)


def test_geojson_is_read_in_its_declared_datum(tmp_path: Path, districts: BoundaryLayer) -> None:
    shapes = shapely.transform(districts.shapes, datum.wgs84_to_gcj02)
    shifted = BoundaryLayer(districts.codes, shapes, "shifted")
    path = _write_geojson(tmp_path / "districts.geojson", shifted)
    _assert_same(read_boundaries(path, Datum.GCJ02), districts)


def test_geojson_that_declares_nothing_is_refused(tmp_path: Path, districts: BoundaryLayer) -> None:
    path = _write_geojson(tmp_path / "districts.geojson", districts)
    with pytest.raises(BoundaryRefused, match="declare wgs84, gcj02 or bd09"):
        read_boundaries(path)


def test_geojson_with_a_reference_system_is_read(tmp_path: Path, districts: BoundaryLayer) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    _assert_same(read_boundaries(_write_geojson(tmp_path / "d.geojson", districts, crs=crs)), districts)


def test_a_shapefile_without_prj_is_refused(tmp_path: Path, districts: BoundaryLayer) -> None:
    path = _write(tmp_path / "districts.shp", districts)
    (tmp_path / "districts.prj").unlink()
    with pytest.raises(BoundaryRefused, match="does not say its datum"):
        read_boundaries(path)


def test_a_projected_file_is_refused_with_the_remedy(tmp_path: Path, districts: BoundaryLayer) -> None:
    path = _write(tmp_path / "districts.gpkg", districts, crs="EPSG:3857")
    with pytest.raises(BoundaryRefused, match="EPSG:4326 or EPSG:4490"):
        read_boundaries(path)


def test_gcj02_coordinates_in_a_file_that_claims_wgs84_are_noticed(tmp_path: Path, districts: BoundaryLayer) -> None:
    shifted = BoundaryLayer(districts.codes, shapely.transform(districts.shapes, datum.wgs84_to_gcj02), "")
    path = _write(tmp_path / "claimed.gpkg", shifted)
    with pytest.raises(BoundaryRefused, match="declare datum gcj02"):
        read_boundaries(path)
    _assert_same(read_boundaries(path, Datum.GCJ02), districts)


def test_the_field_with_the_codes_can_be_named(tmp_path: Path, districts: BoundaryLayer) -> None:
    path = _write(tmp_path / "districts.gpkg", districts, field="xzqdm")
    assert read_boundaries(path, code_field="xzqdm").codes == districts.codes
    with pytest.raises(BoundaryRefused, match=r"'nothing'.*title, xzqdm"):
        read_boundaries(path, code_field="nothing")


def test_a_file_without_codes_is_refused_with_its_fields(tmp_path: Path, districts: BoundaryLayer) -> None:
    path = _write(tmp_path / "districts.gpkg", districts, [f"no {code}" for code in districts.codes])
    with pytest.raises(BoundaryRefused, match="holds county codes; it has title, code"):
        read_boundaries(path)


def test_a_file_of_points_is_refused(tmp_path: Path, districts: BoundaryLayer) -> None:
    points = BoundaryLayer(districts.codes, shapely.point_on_surface(districts.shapes), "points")
    path = _write_geojson(tmp_path / "points.geojson", points)
    with pytest.raises(BoundaryRefused, match="no areas"):
        read_boundaries(path, Datum.WGS84)


@pytest.mark.parametrize("name", ["nonsense.gpkg", "nonsense.geojson", "nonsense.osm.pbf"])
def test_a_file_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"this is not a map")
    with pytest.raises(BoundaryRefused, match="cannot be read"):
        read_boundaries(path, Datum.WGS84)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BoundaryRefused, match="does not exist"):
        read_boundaries(tmp_path / "absent.gpkg")


def _write_pbf(path: Path, layer: BoundaryLayer, level: str = "6") -> Path:
    """Every outer ring as one closed way, every county as one boundary relation."""
    nodes: list[Node] = []
    ways: list[Way] = []
    relations: list[Relation] = []
    for code, shape in zip(layer.codes, layer.shapes, strict=True):
        members = []
        for part in shapely.get_parts(shape):
            ring = shapely.get_coordinates(shapely.get_exterior_ring(part))[:-1]
            refs = list(range(len(nodes) + 1, len(nodes) + 1 + len(ring)))
            nodes += [Node(id=ref, location=tuple(at)) for ref, at in zip(refs, ring.tolist(), strict=True)]
            ways.append(Way(id=len(ways) + 1, nodes=[*refs, refs[0]]))
            members.append(("w", len(ways), "outer"))
        tags = {"type": "boundary", "boundary": "administrative", "admin_level": level, "ref:admin:CN": code}
        relations.append(Relation(id=len(relations) + 1, members=members, tags=tags))
    with osmium.SimpleWriter(str(path)) as writer:
        for node in nodes:
            writer.add_node(node)
        for way in ways:
            writer.add_way(way)
        for relation in relations:
            writer.add_relation(relation)
    return path


def test_an_openstreetmap_extract_is_read_by_its_county_codes(tmp_path: Path, districts: BoundaryLayer) -> None:
    found = read_boundaries(_write_pbf(tmp_path / "shanghai.osm.pbf", districts))
    _assert_same(found, districts, within=1e-5)
    assert "OpenStreetMap" in found.source


def test_an_extract_without_counties_is_refused(tmp_path: Path, districts: BoundaryLayer) -> None:
    path = _write_pbf(tmp_path / "towns.osm.pbf", districts, level="8")
    with pytest.raises(BoundaryRefused, match="admin_level 6"):
        read_boundaries(path)


def test_without_osmium_an_extract_names_the_extra_to_install(
    tmp_path: Path, districts: BoundaryLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _write_pbf(tmp_path / "shanghai.osm.pbf", districts)
    monkeypatch.setitem(sys.modules, "osmium", None)
    with pytest.raises(MissingExtra, match="'osm'"):
        read_boundaries(path)
