from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from dispatch.navigation import links
from seed_regions.datum import bd09_to_wgs84, gcj02_to_wgs84

BUND = (121.4903, 31.2417)
AKRON = (-81.5190, 41.0814)


def asked(link: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}


def degrees(text: str) -> list[float]:
    return [float(part) for part in text.split(",")[:2]]


def test_each_map_gets_the_place_in_its_own_datum() -> None:
    made = links(*BUND, "外滩 & 100%")
    amap = degrees(asked(made["amap"])["to"])
    baidu = degrees(asked(made["baidu"])["location"])[::-1]
    apple = degrees(asked(made["apple"])["daddr"])[::-1]
    google = degrees(asked(made["google"])["destination"])[::-1]
    assert list(bd09_to_wgs84(baidu)) == pytest.approx(BUND, abs=2e-6)
    for gcj in (amap, apple, google):
        assert list(gcj02_to_wgs84(gcj)) == pytest.approx(BUND, abs=2e-6)
    assert asked(made["baidu"])["title"] == "外滩 & 100%"


def test_outside_china_nothing_is_shifted() -> None:
    assert degrees(asked(links(*AKRON, "Main St")["apple"])["daddr"])[::-1] == pytest.approx(AKRON)
