"""The registry of counties: codes, names, parents, centres, populations, and how codes changed."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from importlib import resources

from seed_regions.code_history import CodeChange, CodeHistory
from seed_regions.errors import UnknownCounty

COUNTRIES = ("CN", "US")


@dataclass(frozen=True, slots=True)
class County:
    """One county (区/县/市/旗; county, parish, borough …) as it stands today.

    `code` is the six-digit GB/T 2260 code in China and the five-digit FIPS code in the USA. `lng`, `lat` is
    the centre in WGS-84 degrees. `population` is None where no figure is known. `valid_from` is None for a
    code older than the recorded history; `valid_to` is the first day on which the code no longer holds.
    In the USA the state stands for both prefecture and province.
    """

    code: str
    country: str
    name: str
    name_en: str
    pinyin: str
    prefecture_code: str
    prefecture: str
    province_code: str
    province: str
    lng: float
    lat: float
    population: int | None
    valid_from: date | None
    valid_to: date | None


def _county(row: dict[str, str], country: str) -> County:
    return County(
        code=row["code"],
        country=country,
        name=row["name"],
        name_en=row["name_en"],
        pinyin=row["pinyin"],
        prefecture_code=row["prefecture_code"],
        prefecture=row["prefecture"],
        province_code=row["province_code"],
        province=row["province"],
        lng=float(row["lng"]),
        lat=float(row["lat"]),
        population=int(row["population"]) if row["population"] else None,
        valid_from=date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
        valid_to=None,
    )


def _rows(file_name: str) -> Iterator[dict[str, str]]:
    text = resources.files("seed_regions").joinpath(file_name).read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines())


def _abolished(change: CodeChange, heirs: Sequence[County]) -> County:
    """An abolished county, placed among its (first) heir's parents and at its heirs' mean centre."""
    first = heirs[0]
    return County(
        code=change.old_code,
        country=first.country,
        name=change.old_name,
        name_en="" if first.country == "CN" else change.old_name,
        pinyin="",
        prefecture_code=first.prefecture_code,
        prefecture=first.prefecture,
        province_code=first.province_code,
        province=first.province,
        lng=sum(heir.lng for heir in heirs) / len(heirs),
        lat=sum(heir.lat for heir in heirs) / len(heirs),
        population=None,
        valid_from=None,
        valid_to=change.changed_on,
    )


class Registry:
    """The counties of one or more countries, looked up by code.

    Iterating gives today's counties in the order of their codes; `get` also knows abolished ones.
    """

    def __init__(self, counties: Iterable[County], history: CodeHistory) -> None:
        self.history = history
        self._current = {county.code: county for county in sorted(counties, key=lambda county: county.code)}

    @staticmethod
    def load(countries: Sequence[str] = COUNTRIES) -> Registry:
        """The registry shipped with the project. Raises `UnknownCounty` for a country it does not hold."""
        return _load(tuple(countries))

    def __iter__(self) -> Iterator[County]:
        return iter(self._current.values())

    def __len__(self) -> int:
        return len(self._current)

    def __contains__(self, code: object) -> bool:
        return code in self._current

    def get(self, code: str) -> County:
        """The county with this code, of today or abolished. Raises `UnknownCounty`."""
        county = self._current.get(code) or self.abolished.get(code)
        if county is None:
            raise UnknownCounty(f"county code {code!r} is not in the registry; look the county up by name")
        return county

    @cached_property
    def abolished(self) -> dict[str, County]:
        """Counties that no longer exist, by their old code."""
        found = {}
        for change in self.history:
            codes = self.successors(change.old_code)
            heirs = [self._current[code] for code in codes if code in self._current]
            if heirs and change.old_code not in self._current:
                found[change.old_code] = _abolished(change, heirs)
        return found

    @cached_property
    def _by_parent(self) -> dict[str, list[County]]:
        children: dict[str, list[County]] = defaultdict(list)
        for county in self:
            for parent in {county.country, county.province_code, county.prefecture_code} - {county.code}:
                children[parent].append(county)
        return dict(children)

    def children(self, code: str) -> tuple[County, ...]:
        """Today's counties under a prefecture, a province or state, or a country ("CN", "US")."""
        return tuple(self._by_parent.get(code, ()))

    def members(self, code: str) -> tuple[County, ...]:
        """The counties a code stands for: a county itself, a parent's children. Raises `UnknownCounty`."""
        return self.children(code) or (self.get(code),)

    def english(self, code: str) -> str:
        """The English name of a county, or of a prefecture, province or state without its unit ("Suzhou").

        Raises `UnknownCounty` for a code that is none of these.
        """
        parent = _parents().get(code)
        return parent if parent is not None else self.get(code).name_en

    def successors(self, code: str, on_date: date = date.max) -> tuple[str, ...]:
        """What became of a code by `on_date`: itself, its successor, or several if it was divided."""
        return self.history.successors(code, on_date)

    def current(self, code: str, on_date: date = date.max) -> str | None:
        """The one code that stands for `code` on `on_date`.

        None when the county was divided, so that no single successor exists, or when the code is unknown.
        """
        found = self.successors(code, on_date)
        known = code in self._current or code in self.abolished
        return found[0] if known and len(found) == 1 else None


@lru_cache(maxsize=1)
def _parents() -> dict[str, str]:
    """English names of China's prefectures and provinces and of the states of the USA, by code."""
    china = {row["code"]: row["name_en"] for row in _rows("parents_cn.csv")}
    return china | {row["code"]: row["name"] for row in _rows("states_us.csv")}


@lru_cache(maxsize=8)
def _load(countries: tuple[str, ...]) -> Registry:
    counties: list[County] = []
    for country in countries:
        if country not in COUNTRIES:
            known = ", ".join(COUNTRIES)
            raise UnknownCounty(f"country {country!r} is not in the registry; choose from {known}")
        counties += [_county(row, country) for row in _rows(f"counties_{country.lower()}.csv")]
    return Registry(counties, CodeHistory.load())
