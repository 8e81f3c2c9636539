from collections import Counter
from datetime import UTC, date
from itertools import pairwise

import pytest

from seed_regions.address import resolve
from seed_regions.demo import region
from seed_regions.demo_history import history
from seed_regions.demo_records import DemoRegion
from seed_regions.errors import RegionError, UnknownCounty
from seed_regions.locate import CountyIndex

DAY = date(2026, 11, 23)


@pytest.fixture(scope="session")
def shanghai_day(shanghai_index: CountyIndex) -> DemoRegion:
    return region("310100", DAY, index=shanghai_index)


def test_the_same_seed_gives_the_same_region(shanghai_day: DemoRegion, shanghai_index: CountyIndex) -> None:
    assert region("310100", DAY, index=shanghai_index) == shanghai_day


def test_another_seed_gives_another_region(shanghai_day: DemoRegion, shanghai_index: CountyIndex) -> None:
    other = region("310100", DAY, seed=2, index=shanghai_index)
    assert other.technicians != shanghai_day.technicians
    assert other.orders != shanghai_day.orders


def test_another_day_has_other_orders_in_the_same_settlements(shanghai_index: CountyIndex) -> None:
    days = [region("310100", date(2026, 11, day), index=shanghai_index) for day in (16, 23)]
    assert days[0].technicians == days[1].technicians
    assert days[0].orders != days[1].orders


def test_it_has_the_people_and_visits_asked_for(shanghai_day: DemoRegion) -> None:
    assert len(shanghai_day.technicians) == 60
    assert len(shanghai_day.orders) == 300
    assert len({person.code for person in shanghai_day.technicians}) == 60
    assert len({person.phone for person in shanghai_day.technicians}) == 60
    assert len({order.number for order in shanghai_day.orders}) == 300
    assert (shanghai_day.code, shanghai_day.name) == ("310100", "上海市")


def test_eleven_products_each_with_photos_that_are_required(shanghai_day: DemoRegion) -> None:
    assert len(shanghai_day.products) == 11
    for product in shanghai_day.products:
        codes = [shot.code for shot in product.shots]
        assert len(codes) == len(set(codes)) >= 4
        assert any(shot.required for shot in product.shots)
        assert product.skill in {skill.code for skill in shanghai_day.skills}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nearly_every_visit_can_be_kept(shanghai_index: CountyIndex, seed: int) -> None:
    built = region("310100", DAY, seed=seed, index=shanghai_index)
    assert len(built.sketch) >= 0.97 * len(built.orders)


def test_whoever_is_sketched_for_an_order_covers_its_county_and_has_the_skill(
    shanghai_day: DemoRegion,
) -> None:
    people = {person.code: person for person in shanghai_day.technicians}
    for order in shanghai_day.orders:
        if order.number in shanghai_day.sketch:
            able = people[shanghai_day.sketch[order.number]]
            assert able.can_do(shanghai_day.product(order.product), order.spot.county_code)


def test_every_home_and_address_lies_inside_its_county(shanghai_day: DemoRegion, shanghai_index: CountyIndex) -> None:
    spots = [person.home for person in shanghai_day.technicians]
    spots += [order.spot for order in shanghai_day.orders]
    spots += [outlet.spot for outlet in shanghai_day.outlets]
    found = shanghai_index.counties_at([(spot.lng, spot.lat) for spot in spots]).tolist()
    assert found == [spot.county_code for spot in spots]


def test_every_address_resolves_to_its_county(shanghai_day: DemoRegion) -> None:
    resolved = [resolve(order.address).code for order in shanghai_day.orders]
    assert resolved == [order.spot.county_code for order in shanghai_day.orders]


def test_demand_follows_the_population(shanghai_day: DemoRegion) -> None:
    demand = Counter(order.spot.county_code for order in shanghai_day.orders)
    assert demand.most_common(1)[0][0] == "310115"
    assert len(demand) >= 14


def test_everybody_works_on_the_day_and_has_a_day_off(shanghai_day: DemoRegion) -> None:
    for person in shanghai_day.technicians:
        shift = person.shift_on(DAY)
        assert shift is not None
        assert shift.begins < shift.soft_ends < shift.hard_ends
        assert len(person.shifts) == 6
        assert person.counties[0] == person.home.county_code
        assert person.skills
        assert set(person.skills.values()) <= {1, 2, 3, 4, 5}


def test_every_product_has_three_qualified_people_in_every_county(shanghai_day: DemoRegion) -> None:
    for county in shanghai_day.counties:
        for product in shanghai_day.products:
            able = [person for person in shanghai_day.technicians if person.can_do(product, county.code)]
            assert len(able) >= 3, f"{product.code} in {county.name}"


def test_most_windows_are_two_hours(shanghai_day: DemoRegion) -> None:
    widths = Counter((order.latest - order.earliest) // 3600 for order in shanghai_day.orders)
    assert 0.6 <= widths[2] / 300 <= 0.85
    assert widths[10] > 0
    assert widths[4] + widths[5] > 0


def test_goods_arrive_before_the_day_and_orders_before_the_goods(shanghai_day: DemoRegion) -> None:
    for order in shanghai_day.orders:
        assert order.created_at < order.goods_arrived_at
        assert order.goods_arrived_at.date() < DAY
        assert order.goods_arrived_at.tzinfo is UTC


def test_without_boundaries_places_lie_about_the_centre() -> None:
    built = region("310101", DAY, technicians=3, visits=8)
    huangpu = built.counties[0]
    assert all(abs(order.spot.lng - huangpu.lng) < 0.3 for order in built.orders)
    assert all(abs(order.spot.lat - huangpu.lat) < 0.3 for order in built.orders)


def test_an_american_county_speaks_english() -> None:
    built = region("17031", DAY, technicians=4, visits=10)
    assert built.time_zone == "America/Chicago"
    assert all(order.language == "en" and resolve(order.address).code == "17031" for order in built.orders)


def test_counties_of_two_countries_are_refused() -> None:
    with pytest.raises(RegionError, match="one country"):
        region(["310101", "17031"], DAY)


def test_an_unknown_place_is_refused() -> None:
    with pytest.raises(UnknownCounty, match="'000000'"):
        region("000000", DAY)


@pytest.mark.parametrize(("technicians", "visits"), [(0, 10), (5, -1)])
def test_impossible_counts_are_refused(technicians: int, visits: int) -> None:
    with pytest.raises(RegionError, match="at least"):
        region("310101", DAY, technicians=technicians, visits=visits)


def test_the_past_is_told_day_by_day_and_always_the_same(shanghai_index: CountyIndex) -> None:
    built = region(["310101", "310104"], DAY, technicians=8, visits=30, index=shanghai_index)
    past = history(built, 5, shanghai_index)
    assert [day.on_date.day for day in past] == [18, 19, 20, 21, 22]
    assert history(built, 5, shanghai_index) == past
    assert len({visit.order.number for day in past for visit in day.visits}) == sum(len(day.visits) for day in past)


def test_past_visits_follow_each_other_and_most_are_on_time(shanghai_index: CountyIndex) -> None:
    built = region(["310101", "310104"], DAY, technicians=12, visits=60, index=shanghai_index)
    visits = [visit for day in history(built, 14, shanghai_index) for visit in day.visits]
    for one, following in pairwise(visits):
        if (one.technician, one.left_at.date()) == (following.technician, following.arrived_at.date()):
            assert one.arrived_at < one.left_at <= following.en_route_at
    on_time = sum(visit.late == 0 for visit in visits) / len(visits)
    assert 0.9 <= on_time < 1.0
    assert {visit.failure_reason for visit in visits} >= {None, "nobody-home"}
    assert {visit.rating for visit in visits} >= {None, 5}
    assert any(visit.issue for visit in visits)
