"""The shape of a demonstration region: plain data, ready to be written into any store.

Durations and times of day are seconds (times of day: wall clock after local midnight), places WGS-84 degrees,
instants aware UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from seed_regions.registry import County


@dataclass(frozen=True, slots=True)
class Spot:
    """A place inside a county."""

    county_code: str
    lng: float
    lat: float


@dataclass(frozen=True, slots=True)
class DemoSkill:
    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Shot:
    """One photo of a shot list; `visits` are the causes of the visits that ask for it (none: all but delivery)."""

    code: str
    name_zh: str
    name_en: str
    required: bool = True
    outline: str = ""
    hint_zh: str = ""
    hint_en: str = ""
    visits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoProduct:
    """A service product. `skill` at `level` is needed; `load` is in load units of the van.

    `share` of the drawn demand; 0: only ordered by name. `price` in whole units of the country's money; `questions`,
    `delivery`, `parts`, `checklist`, `surcharges` and `proofs` as in the file of products.
    """

    code: str
    name_zh: str
    name_en: str
    category: str
    icon: str
    skill: str
    level: int
    duration: int
    setup: int
    load: int
    crew_size: int
    shots: tuple[Shot, ...]
    share: float
    price: int = 0
    questions: str = ""
    delivery: str = ""
    parts: str = ""
    checklist: str = ""
    surcharges: str = ""
    proofs: str = ""


@dataclass(frozen=True, slots=True)
class DemoMerchant:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class DemoProvider:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class DemoOutlet:
    """A branch, and where its warehouse stands."""

    code: str
    provider: str
    name: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class DemoBreak:
    """A rest of `duration` that begins between `earliest` and `latest`."""

    earliest: int
    latest: int
    duration: int


@dataclass(frozen=True, slots=True)
class DemoShift:
    """Work on one weekday (0 is Monday)."""

    weekday: int
    begins: int
    soft_ends: int
    hard_ends: int
    breaks: tuple[DemoBreak, ...]


@dataclass(frozen=True, slots=True)
class DemoTechnician:
    """`skills` maps a skill code to a level (1 to 5); `counties` are the codes covered, home first."""

    code: str
    name: str
    phone: str
    outlet: str
    home: Spot
    skills: dict[str, int]
    counties: tuple[str, ...]
    shifts: tuple[DemoShift, ...]
    capacity: int
    max_visits: int

    def shift_on(self, day: date) -> DemoShift | None:
        return next((shift for shift in self.shifts if shift.weekday == day.weekday()), None)

    def can_do(self, product: DemoProduct, county_code: str) -> bool:
        return county_code in self.counties and self.skills.get(product.skill, 0) >= product.level


@dataclass(frozen=True, slots=True)
class DemoOrder:
    """A work order whose consumer wants service to begin on the day between `earliest` and `latest`."""

    number: str
    merchant: str
    product: str
    consumer_name: str
    consumer_phone: str
    language: str
    address: str
    spot: Spot
    earliest: int
    latest: int
    priority: int
    goods_arrived_at: datetime
    created_at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class DemoRegion:
    """A planning area with people and a day's demand. `sketch` says who could do an order."""

    code: str
    name: str
    time_zone: str
    on_date: date
    seed: int
    counties: tuple[County, ...]
    skills: tuple[DemoSkill, ...]
    products: tuple[DemoProduct, ...]
    merchants: tuple[DemoMerchant, ...]
    providers: tuple[DemoProvider, ...]
    outlets: tuple[DemoOutlet, ...]
    technicians: tuple[DemoTechnician, ...]
    orders: tuple[DemoOrder, ...]
    sketch: dict[str, str]

    def product(self, code: str) -> DemoProduct:
        return next(product for product in self.products if product.code == code)
