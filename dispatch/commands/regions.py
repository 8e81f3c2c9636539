"""`dispatch regions import`: county boundaries from a file, or from an installed package."""

from __future__ import annotations

from pathlib import Path

import click

from dispatch.system import System
from seed_regions.boundaries import BoundaryLayer
from seed_regions.boundary_files import read_boundaries
from seed_regions.boundary_geotool import read_geotool_cn
from seed_regions.datum import Datum
from technicians.errors import InvalidInput

PACKAGE = "geotool-cn"


@click.group("regions")
def regions() -> None:
    """Counties and their boundaries."""


@regions.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--package", type=click.Choice([PACKAGE]), help="Take the layer of an installed package.")
@click.option(
    "--datum",
    type=click.Choice([datum.value for datum in Datum]),
    help="What the coordinates are; refused without.",
)
@click.option("--code-field", help="The attribute that holds the county code; found by itself if left out.")
@click.pass_obj
def import_boundaries(
    system: System, file: Path | None, package: str | None, datum: str | None, code_field: str | None
) -> None:
    """Take county boundaries from FILE (GeoJSON, Shapefile, GeoPackage, .osm.pbf) or from a package."""
    if (file is None) == (package is None):
        raise InvalidInput(
            "Name a file or --package, one of them.", field="file", remedy=f"For example: --package {PACKAGE}."
        )
    declared = Datum(datum) if datum else None
    if file is None:
        layer = _from_package(system, declared)
    else:
        layer = read_boundaries(file, declared, code_field, system.places.registry)
    for country, count in keep(system, layer).items():
        click.echo(f"{count} boundaries of {country} kept; source: {layer.source}")


def _from_package(system: System, declared: Datum | None) -> BoundaryLayer:
    if declared != Datum.WGS84:
        raise InvalidInput(f"{PACKAGE} is in wgs84.", field="datum", remedy="Declare it: --datum wgs84")
    return read_geotool_cn(system.places.registry)


def keep(system: System, layer: BoundaryLayer) -> dict[str, int]:
    """Simplify the layer and keep it, one file for each country; country to number of counties."""
    registry = system.places.registry
    counts: dict[str, int] = {}
    for country in sorted({registry.get(code).country for code in layer.codes}):
        part = layer.only([code for code in layer.codes if registry.get(code).country == country])
        system.places.folder.mkdir(parents=True, exist_ok=True)
        part.simplified().save(system.places.file(country))
        counts[country] = len(part)
    return counts
