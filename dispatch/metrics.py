"""Figures for Prometheus, counted in the database at each scrape: the same from whichever process answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dispatch.day_plan import DayPlan
from dispatch.outbox import Outbox, OutboxState
from dispatch.system import System
from dispatch.work_order import Visit, WorkOrder

RECENT = timedelta(days=1)


def exposition(system: System) -> bytes:
    """The text that Prometheus reads (text/plain; version=0.0.4)."""
    registry = CollectorRegistry()
    registry.register(_Figures(system))
    return generate_latest(registry)


class _Figures(Collector):
    def __init__(self, system: System) -> None:
        self._system = system

    def collect(self) -> Iterator[Metric]:
        with self._system.transaction(read_only=True) as session:
            yield _by(session, "shifu_outbox_rows", "Outbox rows by kind and state", Outbox.kind, Outbox.state)
            yield _by(session, "shifu_work_orders", "Work orders by state", WorkOrder.state)
            yield _by(session, "shifu_visits", "Visits by state", Visit.state)
            yield _by(session, "shifu_day_plans", "Day plans by state", DayPlan.state)
            yield self._lag(session)
            yield self._failures(session)

    def _lag(self, session: Session) -> Metric:
        """How long the oldest row that could be worked on has been waiting."""
        at = self._system.now()
        oldest = session.scalar(
            select(func.min(Outbox.due_at)).where(Outbox.state == OutboxState.WAITING, Outbox.due_at <= at)
        )
        lag = (at - oldest).total_seconds() if oldest else 0.0
        return GaugeMetricFamily("shifu_outbox_lag_seconds", "Age of the oldest waiting outbox row", value=lag)

    def _failures(self, session: Session) -> Metric:
        failed = session.scalar(
            select(func.count(Outbox.id)).where(
                Outbox.state == OutboxState.FAILED, Outbox.ended_at > self._system.now() - RECENT
            )
        )
        return GaugeMetricFamily("shifu_outbox_failed_day", "Outbox rows failed in 24 hours", value=failed or 0)


def _by(session: Session, name: str, help_text: str, *columns: Any) -> Metric:
    family = GaugeMetricFamily(name, help_text, labels=[column.key for column in columns])
    for *labels, count in session.execute(select(*columns, func.count()).group_by(*columns)):
        family.add_metric([str(label) for label in labels], count)
    return family
