from __future__ import annotations

from pathlib import Path

import pytest

from dispatch.parking import Parked, ParkRule
from dispatch.place import Places
from dispatch.siting import Claim, Site, require_position, sites
from dispatch.work_order import PositionQuality
from seed_regions.datum import Datum, wgs84_to_bd09, wgs84_to_gcj02
from technicians.errors import InvalidInput
from tests.squares import squares
from tests.town import DOORS, Town

HUANGPU, XUHUI, PUDONG = "310101", "310104", "310115"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return squares(tmp_path / "squares")


@pytest.fixture
def bare(tmp_path: Path) -> Places:
    """No boundaries imported."""
    return Places(tmp_path / "nothing")


def site(town: Town, places: Places, claim: Claim) -> Site:
    with town.system.transaction(read_only=True) as session:
        (found,) = sites(session, places, [claim])
        return found


def parked(town: Town, places: Places, claim: Claim) -> Parked:
    found = site(town, places, claim)
    assert found.county_code is None
    assert found.parked is not None
    return found.parked


def at(county: str, address: str = "", code: str | None = None, datum: Datum = Datum.WGS84) -> Claim:
    return Claim(address, code, *DOORS[county], datum)


def test_a_position_inside_a_county_is_enough(town: Town, places: Places) -> None:
    assert site(town, places, at(HUANGPU)) == Site(HUANGPU, *DOORS[HUANGPU], PositionQuality.EXACT)


def test_a_position_a_code_and_an_address_that_agree_are_taken(sqlite_town: Town, places: Places) -> None:
    assert site(sqlite_town, places, at(PUDONG, "上海市浦东新区张杨路500号", PUDONG)).county_code == PUDONG


def test_a_code_that_contradicts_the_position_parks_the_order(sqlite_town: Town, places: Places) -> None:
    found = parked(sqlite_town, places, at(HUANGPU, code=PUDONG))
    assert (found.rule, found.facts) == (ParkRule.CODE_DISAGREES, {"code": PUDONG, "point": HUANGPU})


def test_an_address_that_contradicts_the_position_parks_the_order(sqlite_town: Town, places: Places) -> None:
    found = parked(sqlite_town, places, at(HUANGPU, "上海市徐汇区漕溪北路1号"))
    assert (found.rule, found.counties) == (ParkRule.ADDRESS_DISAGREES, (XUHUI, HUANGPU))


def test_a_gcj02_position_that_crosses_a_border_is_parked_and_recognised(sqlite_town: Town, places: Places) -> None:
    lng, lat = wgs84_to_gcj02((121.4985, 31.22)).tolist()
    found = parked(sqlite_town, places, Claim("上海市黄浦区外马路1号", HUANGPU, lng, lat))
    assert found.facts == {"code": HUANGPU, "point": PUDONG, "datum": "gcj02"}
    assert "GCJ-02" in found.sentence


@pytest.mark.parametrize(("datum", "shifted"), [(Datum.GCJ02, wgs84_to_gcj02), (Datum.BD09, wgs84_to_bd09)])
def test_a_declared_datum_is_converted(sqlite_town: Town, places: Places, datum: Datum, shifted: object) -> None:
    lng, lat = shifted((121.4985, 31.22)).tolist()  # type: ignore[operator]
    found = site(sqlite_town, places, Claim("", HUANGPU, lng, lat, datum))
    assert (found.county_code, found.lng, found.lat) == (HUANGPU, 121.4985, 31.22)


def test_an_address_alone_places_the_order_at_the_countys_centre_and_says_so(sqlite_town: Town, places: Places) -> None:
    found = site(sqlite_town, places, Claim("上海市徐汇区漕溪北路1号"))
    centre = places.registry.get(XUHUI)
    assert found == Site(XUHUI, centre.lng, centre.lat, PositionQuality.COUNTY_CENTRE)


def test_a_code_alone_places_the_order_at_the_countys_centre(sqlite_town: Town, places: Places) -> None:
    found = site(sqlite_town, places, Claim("某路1号", XUHUI))
    assert (found.county_code, found.quality) == (XUHUI, PositionQuality.COUNTY_CENTRE)


def test_an_address_in_another_county_than_the_code_parks_the_order(sqlite_town: Town, places: Places) -> None:
    found = parked(sqlite_town, places, Claim("上海市浦东新区张杨路500号", XUHUI))
    assert found.rule == ParkRule.ADDRESS_DISAGREES


def test_an_ambiguous_address_parks_the_order_with_its_candidates(sqlite_town: Town, places: Places) -> None:
    found = parked(sqlite_town, places, Claim("朝阳区建国路88号"))
    assert found.rule == ParkRule.ADDRESS_UNCLEAR
    assert {"110105", "220104"} <= set(found.counties)


def test_a_code_settles_an_ambiguous_address(sqlite_town: Town, places: Places) -> None:
    found = parked(sqlite_town, places, Claim("朝阳区建国路88号", "110105"))
    assert (found.rule, found.facts) == (ParkRule.NOT_SERVED, {"county": "110105"})


def test_nothing_at_all_parks_the_order(sqlite_town: Town, places: Places) -> None:
    assert parked(sqlite_town, places, Claim("")).rule == ParkRule.NO_PLACE


def test_an_unknown_county_code_parks_the_order_even_with_a_good_position(sqlite_town: Town, places: Places) -> None:
    found = parked(sqlite_town, places, at(HUANGPU, code="999999"))
    assert (found.rule, found.facts) == (ParkRule.UNKNOWN_CODE, {"code": "999999", "point": HUANGPU})


def test_a_code_of_a_county_that_was_merged_means_its_heir(sqlite_town: Town, places: Places) -> None:
    assert site(sqlite_town, places, at(HUANGPU, code="310103")).county_code == HUANGPU


def test_a_position_in_the_sea_parks_the_order(sqlite_town: Town, places: Places) -> None:
    found = parked(sqlite_town, places, Claim("上海市黄浦区", HUANGPU, 125.0, 30.0))
    assert found.rule == ParkRule.OUTSIDE


def test_a_position_just_outside_its_named_county_is_taken(sqlite_town: Town, places: Places) -> None:
    found = site(sqlite_town, places, Claim("", PUDONG, 121.605, 31.2))
    assert (found.county_code, found.quality) == (PUDONG, PositionQuality.EXACT)


def test_a_position_just_outside_every_county_is_not_guessed(sqlite_town: Town, places: Places) -> None:
    found = parked(sqlite_town, places, Claim("", None, 121.605, 31.2))
    assert found.counties == (PUDONG,)


def test_without_boundaries_a_named_county_keeps_its_exact_position(sqlite_town: Town, bare: Places) -> None:
    found = site(sqlite_town, bare, at(PUDONG, code=PUDONG))
    assert found == Site(PUDONG, *DOORS[PUDONG], PositionQuality.EXACT)


def test_without_boundaries_a_position_alone_is_parked_with_the_nearest_county(sqlite_town: Town, bare: Places) -> None:
    found = parked(sqlite_town, bare, at(HUANGPU))
    assert found.rule == ParkRule.NO_BOUNDARIES
    assert len(found.counties) == 1


def test_without_boundaries_a_position_far_from_the_named_county_is_parked(sqlite_town: Town, bare: Places) -> None:
    found = parked(sqlite_town, bare, Claim("", HUANGPU, 104.06, 30.67))
    assert found.rule == ParkRule.CODE_DISAGREES


def test_many_claims_are_answered_in_their_order(sqlite_town: Town, places: Places) -> None:
    claims = [at(PUDONG), Claim(""), at(HUANGPU, code=XUHUI), at(XUHUI)]
    with sqlite_town.system.transaction(read_only=True) as session:
        found = sites(session, places, claims)
    assert [s.county_code for s in found] == [PUDONG, None, None, XUHUI]


def test_swapped_coordinates_are_refused_with_the_right_order() -> None:
    with pytest.raises(InvalidInput, match=r"swapped.*lng=121\.4, lat=31\.2") as refused:
        require_position(31.2, 121.4)
    assert refused.value.field == "lng"


def test_swapped_american_coordinates_are_recognised_although_both_are_in_range() -> None:
    with pytest.raises(InvalidInput, match="swapped"):
        require_position(41.88, -87.63)


@pytest.mark.parametrize(
    ("lng", "lat", "field"),
    [
        (181.0, 31.0, "lng"),
        (121.0, 91.0, "lat"),
        (float("nan"), 31.0, "lng"),
        (121.0, None, "lat"),
        (None, 31.0, "lng"),
    ],
)
def test_half_a_position_or_one_off_the_globe_is_refused(lng: float | None, lat: float | None, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        require_position(lng, lat)
    assert refused.value.field == field


def test_an_address_without_any_county_says_so(sqlite_town: Town, places: Places) -> None:
    assert parked(sqlite_town, places, Claim("某路1号")).rule == ParkRule.ADDRESS_SILENT
