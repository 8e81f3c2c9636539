"""Which windows may be offered: by product and county, the most particular rule first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, Float, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from technicians.base import Base, Json

MINUTE = 60
STARTS = (480, 600, 720, 840, 960, 1080)


class SlotPolicy(Base):
    """A rule for windows. Empty product or county: any. Times in minutes, `starts` after local midnight.

    `days` are looked ahead, today included; a window may be promised until `lead` minutes before it begins; a hold
    is kept for `hold` minutes; only windows with a chance of at least `floor` of being kept are offered.
    """

    __tablename__ = "slot_policy"
    __table_args__ = (
        UniqueConstraint("product_code", "county_code"),
        CheckConstraint("length BETWEEN 15 AND 720", name="length"),
        CheckConstraint("days BETWEEN 1 AND 60", name="days"),
        CheckConstraint("lead BETWEEN 0 AND 10080", name="lead"),
        CheckConstraint("hold BETWEEN 1 AND 120", name="hold"),
        CheckConstraint("floor BETWEEN 0 AND 0.999", name="floor"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    product_code: Mapped[str | None] = mapped_column(ForeignKey("service_product.code"))
    county_code: Mapped[str | None] = mapped_column(ForeignKey("county.code"))
    starts: Mapped[list[int]] = mapped_column(Json)
    length: Mapped[int] = mapped_column(default=120)
    days: Mapped[int] = mapped_column(default=7)
    lead: Mapped[int] = mapped_column(default=120)
    hold: Mapped[int] = mapped_column(default=10)
    floor: Mapped[float] = mapped_column(Float, default=0.97)
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(80))


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds for one order: see `SlotPolicy`."""

    starts: tuple[int, ...] = STARTS
    length: int = 120
    days: int = 7
    lead: int = 120
    hold: int = 10
    floor: float = 0.97

    def windows(self, zone: ZoneInfo, on_date: date, at: datetime) -> tuple[tuple[datetime, datetime], ...]:
        """The day's windows by the local clock that can still be promised at the instant `at`, as aware UTC instants.

        On a day of a clock change a window that begins in the missing hour begins after it; every one is `length` long.
        """
        earliest = at + timedelta(minutes=self.lead)
        begins = (datetime.combine(on_date, time(*divmod(start, 60)), zone).astimezone(UTC) for start in self.starts)
        return tuple((start, start + timedelta(minutes=self.length)) for start in begins if start >= earliest)

    @property
    def hold_for(self) -> timedelta:
        return timedelta(minutes=self.hold)


USUAL = Policy()


def policy_for(session: Session, product_code: str, county_code: str | None) -> Policy:
    """The rule for an order: of product and county, else of the product, else of the county, else the usual one."""
    rows = session.scalars(
        select(SlotPolicy).where(
            SlotPolicy.product_code.is_(None) | (SlotPolicy.product_code == product_code),
            SlotPolicy.county_code.is_(None) | (SlotPolicy.county_code == county_code),
        )
    ).all()
    row = max(rows, key=lambda r: (r.product_code is not None, r.county_code is not None), default=None)
    if row is None:
        return USUAL
    return Policy(tuple(row.starts), row.length, row.days, row.lead, row.hold, row.floor)


def highest_floor(session: Session) -> float:
    """The floor of the most careful rule in force: below it nobody's promise may be pushed by what nobody asked for."""
    rows = session.execute(select(SlotPolicy.product_code, SlotPolicy.county_code, SlotPolicy.floor)).all()
    has_general = any(product is None and county is None for product, county, _ in rows)
    return max([floor for _, _, floor in rows] + ([] if has_general else [USUAL.floor]))
