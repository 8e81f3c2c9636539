from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest

from seed_regions.demo_catalogue import PRODUCTS
from seed_regions.demo_records import DemoBreak, DemoOrder, DemoShift, DemoTechnician, Spot
from seed_regions.demo_sketch import DaySketch, travel_seconds

MONDAY = date(2026, 11, 23)
HOUR = 3600
HOME = Spot("310101", 121.48, 31.22)
LUNCH = DemoBreak(earliest=int(11.5 * HOUR), latest=int(13.5 * HOUR), duration=HOUR // 2)
SHIFT = DemoShift(0, 8 * HOUR, int(17.5 * HOUR), 19 * HOUR, (LUNCH,))
WANG = DemoTechnician(
    code="T001",
    name="王师傅",
    phone="13800000001",
    outlet="jiangxin-01",
    home=HOME,
    skills={"bedding": 1, "air-conditioning": 2},
    counties=("310101",),
    shifts=(SHIFT,),
    capacity=60,
    max_visits=8,
)


def order(number: str, earliest: int, latest: int, product: str = "mattress", spot: Spot = HOME) -> DemoOrder:
    arrived_at = datetime(2026, 11, 22, 8, tzinfo=UTC)
    return DemoOrder(
        number=number,
        merchant="anmian",
        product=product,
        consumer_name="李敏",
        consumer_phone="13900000001",
        language="zh",
        address="上海市黄浦区淮海中路1号",
        spot=spot,
        earliest=earliest * HOUR,
        latest=latest * HOUR,
        priority=0,
        goods_arrived_at=arrived_at,
        created_at=arrived_at,
        note="",
    )


def test_a_visit_is_booked_inside_its_window() -> None:
    sketch = DaySketch([WANG], PRODUCTS, MONDAY)
    assert sketch.book(order("1", 10, 12))
    (booked,) = sketch.booked()
    assert booked.technician == "T001"
    assert (booked.arrives, booked.starts) == (10 * HOUR - 5 * 60, 10 * HOUR)
    assert booked.ends == 10 * HOUR + 30 * 60


@pytest.mark.parametrize(
    ("technician", "wanted"),
    [
        (WANG, order("1", 8, 18, product="air-conditioner")),
        (WANG, order("1", 8, 18, product="lamp")),
        (WANG, order("1", 8, 18, spot=Spot("310115", 121.54, 31.22))),
        (replace(WANG, capacity=5), order("1", 8, 18)),
        (replace(WANG, max_visits=0), order("1", 8, 18)),
        (replace(WANG, shifts=(replace(SHIFT, weekday=1),)), order("1", 8, 18)),
        (WANG, order("1", 5, 7)),
        (replace(WANG, shifts=(replace(SHIFT, hard_ends=16 * HOUR),)), order("1", 16, 18)),
    ],
    ids=["level", "skill", "county", "capacity", "max-visits", "day-off", "window", "shift-end"],
)
def test_a_visit_that_nobody_can_make_is_not_booked(technician: DemoTechnician, wanted: DemoOrder) -> None:
    sketch = DaySketch([technician], PRODUCTS, MONDAY)
    assert not sketch.book(wanted)
    assert list(sketch.booked()) == []


def test_a_later_booking_can_come_earlier_in_the_day() -> None:
    sketch = DaySketch([WANG], PRODUCTS, MONDAY)
    assert sketch.book(order("afternoon", 14, 16))
    assert sketch.book(order("morning", 8, 10))
    assert [visit.order.number for visit in sketch.booked()] == ["morning", "afternoon"]


def test_lunch_is_kept_between_visits() -> None:
    sketch = DaySketch([WANG], PRODUCTS, MONDAY)
    for number, hour in enumerate((11, 12, 13)):
        assert sketch.book(order(str(number), hour, hour + 1))
    visits = list(sketch.booked())
    pauses = [after.starts - before.ends for before, after in pairwise(visits)]
    assert max(pauses) >= LUNCH.duration


def test_travel_grows_with_distance_and_is_the_same_both_ways() -> None:
    near, far = Spot("310101", 121.49, 31.22), Spot("310151", 121.55, 31.65)
    assert 0 == travel_seconds(HOME, HOME) < travel_seconds(HOME, near) < travel_seconds(HOME, far)
    assert travel_seconds(HOME, far) == travel_seconds(far, HOME)
