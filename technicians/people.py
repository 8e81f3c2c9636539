"""Records of people: who employs whom, what they can do, where and when."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from technicians.base import Base, choice
from technicians.place import County


class Provider(Base):
    """A company that employs technicians."""

    __tablename__ = "provider"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))


class Outlet(Base):
    """A branch of a provider."""

    __tablename__ = "outlet"
    __table_args__ = (UniqueConstraint("provider_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    county_code: Mapped[str] = mapped_column(ForeignKey("county.code"))
    provider: Mapped[Provider] = relationship()


class Skill(Base):
    """Something a technician can be trained in."""

    __tablename__ = "skill"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))


class Technician(Base):
    """A person who installs. Start and end places in WGS-84 degrees, capacity in load units."""

    __tablename__ = "technician"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    phone: Mapped[str] = mapped_column(String(40))
    outlet_id: Mapped[int] = mapped_column(ForeignKey("outlet.id"))
    area_code: Mapped[str] = mapped_column(ForeignKey("planning_area.code"), index=True)
    start_lng: Mapped[float]
    start_lat: Mapped[float]
    end_lng: Mapped[float]
    end_lat: Mapped[float]
    capacity: Mapped[int] = mapped_column(default=100)
    max_visits: Mapped[int | None]
    active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(String(8), default="zh")
    outlet: Mapped[Outlet] = relationship()
    skills: Mapped[list[TechnicianSkill]] = relationship(
        back_populates="technician", cascade="all, delete-orphan", order_by="TechnicianSkill.skill_code"
    )
    coverage: Mapped[list[Coverage]] = relationship(cascade="all, delete-orphan", order_by="Coverage.county_code")
    shifts: Mapped[list[Shift]] = relationship(
        back_populates="technician", cascade="all, delete-orphan", order_by="Shift.weekday, Shift.on_date"
    )
    absences: Mapped[list[Absence]] = relationship(cascade="all, delete-orphan")


class TechnicianSkill(Base):
    """A skill somebody has, at a level from 1 (can do it) to 5 (teaches it)."""

    __tablename__ = "technician_skill"
    __table_args__ = (CheckConstraint("level BETWEEN 1 AND 5", name="level"),)

    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id"), primary_key=True)
    skill_code: Mapped[str] = mapped_column(ForeignKey("skill.code"), primary_key=True)
    level: Mapped[int]
    technician: Mapped[Technician] = relationship(back_populates="skills")


class Coverage(Base):
    """A county that a technician works in."""

    __tablename__ = "coverage"

    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id"), primary_key=True)
    county_code: Mapped[str] = mapped_column(ForeignKey("county.code"), primary_key=True, index=True)
    county: Mapped[County] = relationship()


class Shift(Base):
    """When somebody works: on a weekday (0 is Monday), or on one date, which overrules the weekday.

    Times are seconds of wall-clock time after local midnight. `off` marks a dated exception without work.
    """

    __tablename__ = "shift"
    __table_args__ = (
        CheckConstraint("(weekday IS NULL) <> (on_date IS NULL)", name="weekday_or_date"),
        CheckConstraint("begins < soft_ends AND soft_ends <= hard_ends", name="in_order"),
        CheckConstraint("begins >= 0 AND hard_ends <= 172800", name="within_two_days"),
        UniqueConstraint("technician_id", "weekday"),
        UniqueConstraint("technician_id", "on_date"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id"))
    weekday: Mapped[int | None]
    on_date: Mapped[date | None]
    off: Mapped[bool] = mapped_column(default=False)
    begins: Mapped[int]
    soft_ends: Mapped[int]
    hard_ends: Mapped[int]
    technician: Mapped[Technician] = relationship(back_populates="shifts")
    breaks: Mapped[list[ShiftBreak]] = relationship(cascade="all, delete-orphan", order_by="ShiftBreak.earliest")


class ShiftBreak(Base):
    """A rest of `duration` seconds that begins between `earliest` and `latest` (wall clock, seconds)."""

    __tablename__ = "shift_break"
    __table_args__ = (CheckConstraint("earliest <= latest AND duration > 0", name="in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"), index=True)
    earliest: Mapped[int]
    latest: Mapped[int]
    duration: Mapped[int]


class AbsenceReason(StrEnum):
    ILL = "ill"
    LEAVE = "leave"
    TRAINING = "training"
    OTHER = "other"


class Absence(Base):
    """A time in which somebody does not work although the shift says so."""

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="in_order"),
        Index("ix_absence_technician_ends", "technician_id", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[AbsenceReason] = mapped_column(choice(AbsenceReason))
    note: Mapped[str] = mapped_column(String(500), default="")


class Position(Base):
    """Where somebody's phone was last known to be (WGS-84 degrees, accuracy in metres). May be lost."""

    __tablename__ = "position"

    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id"), primary_key=True)
    lng: Mapped[float]
    lat: Mapped[float]
    accuracy: Mapped[float]
    at: Mapped[datetime]
