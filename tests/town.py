"""A small town for tests: three technicians in Shanghai, a merchant, four products."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from dispatch.catalogue import Merchant, ServiceProduct
from dispatch.slot_policy import USUAL, SlotPolicy
from dispatch.system import System
from dispatch.work_order import (
    Appointment,
    BookedBy,
    PositionQuality,
    Visit,
    WorkOrder,
    WorkOrderState,
)
from technicians.people import (
    Coverage,
    Outlet,
    Provider,
    Shift,
    ShiftBreak,
    Skill,
    Technician,
    TechnicianSkill,
)

AREA = "310100"
ZONE = ZoneInfo("Asia/Shanghai")
TUESDAY = date(2026, 5, 12)
HOUR = 3600
SKILLS = {"lamp": "灯具安装", "mattress": "床垫安装", "water-heater": "热水器安装"}
# code, minutes, skills, level
PRODUCTS = (
    ("lamp", 30, {"lamp": 1}),
    ("chandelier", 60, {"lamp": 3}),
    ("mattress", 40, {"mattress": 1}),
    ("water-heater", 90, {"water-heater": 2}),
)
# code, name, lng, lat, skills, counties: Huangpu 310101, Xuhui 310104, Pudong 310115
PEOPLE = (
    ("T1", "王师傅", 121.48, 31.23, {"lamp": 3, "water-heater": 2}, ("310101", "310104")),
    ("T2", "李师傅", 121.44, 31.19, {"lamp": 1, "mattress": 2}, ("310101", "310104")),
    ("T3", "赵师傅", 121.54, 31.22, {"lamp": 2, "mattress": 1, "water-heater": 3}, ("310115",)),
)
DOORS = {
    "310101": (121.4846, 31.2316),
    "310104": (121.4365, 31.1885),
    "310115": (121.5440, 31.2214),
}
SHOTS = [
    {"code": "before", "name_zh": "安装前", "name_en": "Before", "required": True},
    {"code": "after", "name_zh": "安装后", "name_en": "After", "required": True},
    {"code": "label", "name_zh": "铭牌", "name_en": "Label", "required": False},
]


def shanghai(hour: float, on_date: date = TUESDAY) -> datetime:
    """An instant by Shanghai's wall clock: shanghai(9.5) is 09:30."""
    wall = datetime.combine(on_date, time(int(hour), round(hour % 1 * 60)), ZONE)
    return wall.astimezone(UTC)


@dataclass
class Town:
    """Codes and ids of what was built; `order` adds demand."""

    system: System
    merchant_id: int
    technicians: dict[str, int]

    @classmethod
    def build(cls, system: System) -> Town:
        with system.transaction() as session:
            merchant = Merchant(code="lights", name="Bright Lights", created_at=system.now())
            session.add(merchant)
            session.add_all(Skill(code=c, name_zh=zh, name_en=c.title()) for c, zh in SKILLS.items())
            session.add_all(
                ServiceProduct(
                    code=code, name_zh=code, name_en=code.title(), category=code, duration=minutes * 60,
                    setup=300, load=5, skills=skills, shot_list=SHOTS,
                )
                for code, minutes, skills in PRODUCTS
            )  # fmt: skip
            technicians = cls._people(session)
            session.flush()
            return cls(system, merchant.id, {code: person.id for code, person in technicians.items()})

    @staticmethod
    def _people(session: Session) -> dict[str, Technician]:
        provider = Provider(code="shifu", name="Shifu Home")
        outlet = Outlet(provider=provider, code="centre", name="Centre", county_code="310101")
        people = {}
        for code, name, lng, lat, skills, counties in PEOPLE:
            people[code] = Technician(
                code=code, name=name, phone="13800000000", outlet=outlet, area_code=AREA,
                start_lng=lng, start_lat=lat, end_lng=lng, end_lat=lat,
                skills=[TechnicianSkill(skill_code=s, level=level) for s, level in skills.items()],
                coverage=[Coverage(county_code=c) for c in counties],
                shifts=[
                    Shift(
                        weekday=weekday, begins=8 * HOUR, soft_ends=18 * HOUR, hard_ends=19 * HOUR,
                        breaks=[ShiftBreak(earliest=41400, latest=46800, duration=1800)],
                    )
                    for weekday in range(6)
                ],
            )  # fmt: skip
        session.add_all(people.values())
        return people

    def take_risks(self, session: Session) -> None:
        """Offer every window in which the visit fits, however likely it is to be kept."""
        session.add(
            SlotPolicy(starts=list(USUAL.starts), floor=0.0, changed_at=self.system.now(), changed_by="operator")
        )

    def order(
        self,
        session: Session,
        number: str,
        product: str = "lamp",
        county: str = "310101",
        window: tuple[float, float] | None = None,
        on_date: date = TUESDAY,
        at: tuple[float, float] | None = None,
    ) -> WorkOrder:
        """A work order with its first visit; `window` in hours by the wall clock makes an appointment."""
        lng, lat = at or DOORS[county]
        product_row = session.get_one(ServiceProduct, product)
        order = WorkOrder(
            merchant_id=self.merchant_id, number=number, product_code=product, consumer_name="陈女士",
            consumer_phone="13900000001", address="南京东路100号", county_code=county, lng=lng, lat=lat,
            position_quality=PositionQuality.EXACT, created_at=self.system.now(),
            goods_arrived_at=self.system.now(),
            state=WorkOrderState.BOOKED if window else WorkOrderState.BOOKABLE,
        )  # fmt: skip
        visit = Visit(sequence=1, service=product_row.duration, setup=product_row.setup)
        order.visits.append(visit)
        if window:
            visit.appointments.append(
                Appointment(
                    window_starts_at=shanghai(window[0], on_date), window_ends_at=shanghai(window[1], on_date),
                    booked_by=BookedBy.CONSUMER, created_at=self.system.now(),
                )
            )  # fmt: skip
        session.add(order)
        session.flush()
        return order
