"""Records of what is planned: a versioned day plan, its routes (technician-days), their stops, what is left out."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dispatch.work_order import Visit
from technicians.base import Base, Stateful, choice
from technicians.people import Technician
from technicians.place import PlanningArea


class DayPlanState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


def _one(state: str) -> Index:
    where = text(f"state = '{state}'")
    return Index(
        f"uq_day_plan_one_{state}",
        "area_code",
        "on_date",
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )


class DayPlan(Base, Stateful[DayPlanState]):
    """One version of one area's day. At most one draft and one published version exist at a time.

    `basis` maps technician id to the route revision this version was computed from; `solver` keeps the seed,
    versions and input hash it came from.
    """

    __tablename__ = "day_plan"
    __table_args__ = (
        UniqueConstraint("area_code", "on_date", "version"),
        _one("draft"),
        _one("published"),
    )
    NEXT: ClassVar = {
        DayPlanState.DRAFT: frozenset({DayPlanState.PUBLISHED, DayPlanState.SUPERSEDED}),
        DayPlanState.PUBLISHED: frozenset({DayPlanState.SUPERSEDED}),
        DayPlanState.SUPERSEDED: frozenset(),
    }

    id: Mapped[int] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("planning_area.code"))
    on_date: Mapped[date]
    version: Mapped[int]
    state: Mapped[DayPlanState] = mapped_column(choice(DayPlanState), default=DayPlanState.DRAFT)
    based_on_id: Mapped[int | None] = mapped_column(ForeignKey("day_plan.id"))
    basis: Mapped[dict[str, int]]
    solver: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    published_by: Mapped[str | None] = mapped_column(String(80))
    area: Mapped[PlanningArea] = relationship()
    routes: Mapped[list[Route]] = relationship(
        back_populates="day_plan", cascade="all, delete-orphan", order_by="Route.technician_id"
    )
    unassigned: Mapped[list[Unassigned]] = relationship(cascade="all, delete-orphan")


class Route(Base):
    """One technician's day in one plan. `revision` grows with every change; travel in seconds, distance in metres."""

    __tablename__ = "route"
    __table_args__ = (
        UniqueConstraint("day_plan_id", "technician_id"),
        CheckConstraint("revision > 0", name="revision"),
        Index("ix_route_plan_revision", "day_plan_id", "revision"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    day_plan_id: Mapped[int] = mapped_column(ForeignKey("day_plan.id"))
    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id"), index=True)
    revision: Mapped[int] = mapped_column(default=1)
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    travel: Mapped[int] = mapped_column(default=0)
    distance: Mapped[int] = mapped_column(default=0)
    seen_revision: Mapped[int | None]
    day_plan: Mapped[DayPlan] = relationship(back_populates="routes")
    technician: Mapped[Technician] = relationship()
    stops: Mapped[list[Stop]] = relationship(
        back_populates="route", cascade="all, delete-orphan", order_by="Stop.position"
    )


class Stop(Base):
    """One element of a route: a visit, or a break (`visit_id` empty). Travel (s) and distance (m) lead to it.

    A visit for two technicians stands in two routes, as its halves 1 and 2.
    """

    __tablename__ = "stop"
    __table_args__ = (
        UniqueConstraint("day_plan_id", "visit_id", "half"),
        CheckConstraint("half IN (1, 2)", name="half"),
        CheckConstraint("scheduled_arrival <= scheduled_start", name="arrival_before_start"),
        CheckConstraint("scheduled_start <= scheduled_leave", name="start_before_leave"),
        Index("ix_stop_route_position", "route_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    day_plan_id: Mapped[int] = mapped_column(ForeignKey("day_plan.id"))
    route_id: Mapped[int] = mapped_column(ForeignKey("route.id"))
    position: Mapped[int]
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), index=True)
    half: Mapped[int] = mapped_column(default=1)
    scheduled_arrival: Mapped[datetime]
    scheduled_start: Mapped[datetime]
    scheduled_leave: Mapped[datetime]
    travel: Mapped[int]
    distance: Mapped[int]
    route: Mapped[Route] = relationship(back_populates="stops")
    visit: Mapped[Visit | None] = relationship()


class Unassigned(Base):
    """A visit this plan leaves out, the rule that says why, and what was counted (`routing.plan.Reason`)."""

    __tablename__ = "unassigned"
    __table_args__ = (UniqueConstraint("day_plan_id", "visit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    day_plan_id: Mapped[int] = mapped_column(ForeignKey("day_plan.id"))
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    rule: Mapped[str] = mapped_column(String(40))
    detail: Mapped[str] = mapped_column(String(500))
    counts: Mapped[dict[str, int]] = mapped_column(default=dict)
    visit: Mapped[Visit] = relationship()
