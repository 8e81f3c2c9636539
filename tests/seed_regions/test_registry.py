from datetime import date

import pytest

from seed_regions.errors import UnknownCounty
from seed_regions.registry import Registry


def test_the_registry_holds_every_county_of_both_countries(registry: Registry) -> None:
    assert len(registry.children("CN")) == 2875
    assert len(registry.children("US")) == 3232


def test_shanghai_has_sixteen_districts(registry: Registry) -> None:
    names = {county.name for county in registry.children("310100")}
    assert len(names) == 16
    assert {"浦东新区", "静安区", "崇明区"} <= names


def test_a_county_knows_its_parents_and_centre(registry: Registry) -> None:
    kunshan = registry.get("320583")
    assert (kunshan.name, kunshan.prefecture, kunshan.province) == ("昆山市", "苏州市", "江苏省")
    assert (kunshan.lng, kunshan.lat) == pytest.approx((120.97, 31.34), abs=0.1)


def test_us_counties_bear_the_name_their_state_uses(registry: Registry) -> None:
    named = {code: registry.get(code).name for code in ("17031", "22071", "02020", "51510", "11001", "32510")}
    assert named == {
        "17031": "Cook County",
        "22071": "Orleans Parish",
        "02020": "Anchorage Municipality",
        "51510": "Alexandria city",
        "11001": "District of Columbia",
        "32510": "Carson City",
    }


def test_a_city_without_counties_is_its_own_county(registry: Registry) -> None:
    assert [county.code for county in registry.members("441900")] == ["441900"]


def test_an_unknown_code_is_refused_by_name(registry: Registry) -> None:
    with pytest.raises(UnknownCounty, match="'999999'"):
        registry.get("999999")
    with pytest.raises(UnknownCounty, match="'999999'"):
        registry.members("999999")


def test_an_unknown_country_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownCounty, match="CN, US"):
        Registry.load(("FR",))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("431121", "431181"),
        ("310230", "310151"),
        ("310108", "310106"),
        ("310103", "310101"),
        ("310119", "310115"),
        ("330103", "330105"),
        ("46113", "46102"),
        ("02270", "02158"),
        ("51515", "51019"),
    ],
)
def test_an_old_code_leads_to_the_one_in_force(registry: Registry, old: str, new: str) -> None:
    assert registry.current(old) == new
    assert registry.get(old).valid_to is not None


def test_a_code_still_held_before_the_change(registry: Registry) -> None:
    assert registry.current("310108", date(2015, 1, 1)) == "310108"
    assert registry.current("310108", date(2015, 10, 8)) == "310106"


def test_two_changes_in_a_row_are_followed(registry: Registry) -> None:
    assert registry.current("341422") == "340281"


def test_a_divided_county_has_no_single_successor(registry: Registry) -> None:
    assert registry.current("330104") is None
    assert set(registry.successors("330104")) == {"330102", "330114"}


def test_connecticut_counties_lead_to_planning_regions(registry: Registry) -> None:
    assert registry.current("09003") is None
    assert {registry.get(code).name for code in registry.successors("09003")} >= {"Capitol Planning Region"}


def test_every_change_leads_to_a_county_of_today(registry: Registry) -> None:
    astray = [
        change
        for change in registry.history
        if not all(code in registry for code in registry.successors(change.old_code))
    ]
    assert astray == []


def test_no_county_of_today_bears_an_abolished_code(registry: Registry) -> None:
    assert [change.old_code for change in registry.history if change.old_code in registry] == []


def test_an_unknown_code_has_no_successor(registry: Registry) -> None:
    assert registry.current("999999") is None


def test_every_parent_has_an_english_name(registry: Registry) -> None:
    parents = {code for county in registry for code in (county.prefecture_code, county.province_code)}
    assert [code for code in parents if not registry.english(code).isprintable() or not registry.english(code)] == []
    assert (registry.english("320500"), registry.english("310100"), registry.english("17")) == (
        "Suzhou",
        "Shanghai",
        "Illinois",
    )


def test_a_county_directly_under_its_province_is_its_own_prefecture(registry: Registry) -> None:
    xiantao = registry.get("429004")
    assert (xiantao.prefecture_code, xiantao.prefecture) == ("429004", "仙桃市")
    assert len({(county.prefecture_code, county.prefecture) for county in registry}) == len(
        {county.prefecture_code for county in registry}
    )
