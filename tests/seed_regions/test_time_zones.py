from zoneinfo import ZoneInfo

import pytest

from seed_regions.registry import Registry
from seed_regions.time_zones import time_zone_of


@pytest.mark.parametrize(
    ("code", "zone"),
    [
        ("310101", "Asia/Shanghai"),
        ("653101", "Asia/Shanghai"),
        ("810001", "Asia/Hong_Kong"),
        ("17031", "America/Chicago"),
        ("04013", "America/Phoenix"),
        ("15003", "Pacific/Honolulu"),
    ],
)
def test_a_county_keeps_the_time_of_its_country_or_state(registry: Registry, code: str, zone: str) -> None:
    assert time_zone_of(registry.get(code)) == zone


def test_every_county_has_a_time_zone_that_exists(registry: Registry) -> None:
    zones = {time_zone_of(county) for county in registry}
    assert all(ZoneInfo(zone).key == zone for zone in zones)
