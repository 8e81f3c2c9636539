"""Records of place: counties and the planning areas that join them."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from technicians.base import Base


class PlanningArea(Base):
    """The counties that are planned together; by default a prefecture.

    `roster_revision` grows with every change of who works here, where and when: what was read before is then stale.
    """

    __tablename__ = "planning_area"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    country: Mapped[str] = mapped_column(String(2))
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    time_zone: Mapped[str] = mapped_column(String(40))
    roster_revision: Mapped[int] = mapped_column(default=1)
    counties: Mapped[list[County]] = relationship(back_populates="area", order_by="County.code")

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class County(Base):
    """A county of the registry, with its present parents and centre (WGS-84 degrees)."""

    __tablename__ = "county"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    country: Mapped[str] = mapped_column(String(2))
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    prefecture: Mapped[str] = mapped_column(String(80))
    province: Mapped[str] = mapped_column(String(80))
    area_code: Mapped[str] = mapped_column(ForeignKey("planning_area.code"), index=True)
    lng: Mapped[float]
    lat: Mapped[float]
    population: Mapped[int | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    area: Mapped[PlanningArea] = relationship(back_populates="counties")
