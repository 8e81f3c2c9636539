"""Visits that gain a place in a plan without being booked: locked as a booking locks them, and promised as before."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.crews import visits_of
from dispatch.demand import promised
from dispatch.planning import Snapshot
from dispatch.work_order import Visit
from routing.plan import Route


def newcomers(snap: Snapshot, planned: Collection[Route]) -> set[int]:
    """The visits on these routes that stood on none when the snapshot was taken."""
    first, now = (visits_of(v for route in routes for v in route.visits) for routes in (snap.running.routes, planned))
    return now - first


def are_still_promised(session: Session, snap: Snapshot, visit_ids: Collection[int]) -> bool:
    """Whether each of these visits has the window the snapshot knows; they are locked, before any route.

    A promise that stands in no route is taken back without a route's revision telling of it.
    """
    if not visit_ids:
        return True
    session.execute(select(Visit.id).where(Visit.id.in_(visit_ids)).order_by(Visit.id).with_for_update(key_share=True))
    windows = {
        row.id: (snap.day.seconds(row.window_starts_at), snap.day.seconds(row.window_ends_at))
        for row in promised(session, snap.day, visit_ids, without=None)
    }
    return all(
        each in windows and all((w.earliest, w.latest) == windows[each] for w in snap.problem.visit(each).windows)
        for each in visit_ids
    )
