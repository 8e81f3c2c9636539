"""The IANA time zone of a county."""

from __future__ import annotations

from seed_regions.registry import County

_STATES = {
    "America/New_York": "09 10 11 12 13 18 21 23 24 25 26 33 34 36 37 39 42 44 45 50 51 54",
    "America/Chicago": "01 05 17 19 20 22 27 28 29 31 38 40 46 47 48 55",
    "America/Denver": "08 16 30 35 49 56",
    "America/Los_Angeles": "06 32 41 53",
    "America/Phoenix": "04",
    "America/Anchorage": "02",
    "Pacific/Honolulu": "15",
    "America/Puerto_Rico": "72 78",
    "Pacific/Guam": "66 69",
    "Pacific/Pago_Pago": "60",
}
_OF_STATE = {code: zone for zone, codes in _STATES.items() for code in codes.split()}
_OF_PROVINCE = {"710000": "Asia/Taipei", "810000": "Asia/Hong_Kong", "820000": "Asia/Macau"}


def time_zone_of(county: County) -> str:
    """China keeps one time; in the USA the zone that most of the state keeps (a few counties differ)."""
    if county.country == "CN":
        return _OF_PROVINCE.get(county.province_code, "Asia/Shanghai")
    return _OF_STATE[county.province_code]
