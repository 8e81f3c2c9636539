from __future__ import annotations

from datetime import timedelta

import pytest
from click.testing import CliRunner, Result

from dispatch.cli import main
from tests.town import Town

MAY = ("--since", "2026-05-01", "--until", "2026-05-31")


def bookings(town: Town, *arguments: str) -> Result:
    return CliRunner().invoke(main, ("export", "bookings", *arguments), obj=town.system)


@pytest.fixture
def town(sqlite_town: Town) -> Town:
    with sqlite_town.system.transaction() as session:
        for number, product in (("A", "lamp"), ("B", "mattress")):
            order = sqlite_town.order(session, number, product)
            order.goods_arrived_at = sqlite_town.system.now() - timedelta(hours=30)
    return sqlite_town


def test_the_numbers_about_booking_are_a_row_for_each_county_and_product(town: Town) -> None:
    header, *rows = bookings(town, *MAY, "--area", "310100", "--merchant", "lights").output.splitlines()
    assert header.startswith("county_code,county,product_code,product,arrived,in_time,late,running,looked")
    assert [row.split(",")[:7] for row in rows] == [
        ["310101", "黄浦区", product, product, "1", "0", "1"] for product in ("lamp", "mattress")
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((*MAY, "--area", "1"), "There is no planning area 1."),
        ((*MAY, "--merchant", "nobody"), "There is no merchant “nobody”."),
        (("--since", "2026-05-02", "--until", "2026-05-01"), "The period ends before it begins."),
    ],
)
def test_what_cannot_be_counted_is_said_in_one_line(town: Town, arguments: tuple[str, ...], told: str) -> None:
    result = bookings(town, *arguments)
    assert result.exit_code == 1
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 1
