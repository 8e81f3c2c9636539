"""What a dispatcher decides about a technician's request. The phone hears of it with its next changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TypedDict

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import asked_hours, audit, changes, plans, roster_changes, touched
from dispatch.request_records import RequestKind, RequestState, TechnicianRequest
from routing.travel import TravelTimes
from technicians.errors import Conflict, InvalidInput, NotFound
from technicians.people import AbsenceReason
from technicians.place import PlanningArea

LONGEST_ANSWER = 500


class Deciding(TypedDict):
    """Who decides, when, and the word to the technician."""

    answer: str
    by: str
    at: datetime


class Wanted(StrEnum):
    """Which hours are given to somebody who asks for a shift: those `instead` of the present ones, or `both`."""

    INSTEAD = "instead"
    BOTH = "both"


def grant_absence(session: Session, request_id: int, *, answer: str, by: str, at: datetime) -> TechnicianRequest:
    """The technician is absent; what is planned with them then has to be planned again.

    Raises Conflict when the request was decided before, or overlaps an absence that is known.
    """
    request = _open(session, request_id, RequestKind.ABSENCE)
    if request.starts_at is None or request.ends_at is None:
        raise ValueError("an absence has two instants")
    roster_changes.add_absence(
        session, request.technician_id, starts_at=request.starts_at, ends_at=request.ends_at,
        reason=request.reason or AbsenceReason.OTHER, note=request.note, by=by, at=at,
    )  # fmt: skip
    return _decide(session, request, RequestState.GRANTED, answer, by, at)


def grant_shift(
    session: Session, request_id: int, wanted: Wanted, *, answer: str, by: str, at: datetime
) -> TechnicianRequest:
    """The date gets the hours that were asked for, instead of its own or together with them."""
    request = _open(session, request_id, RequestKind.SHIFT)
    zone = session.get_one(PlanningArea, request.technician.area_code).zone
    hours = asked_hours.of(session, request, zone)
    given = hours.both if wanted == Wanted.BOTH and hours.both is not None else hours.asked
    roster_changes.set_exception(session, request.technician_id, hours.on_date, given, by=by, at=at)
    return _decide(session, request, RequestState.GRANTED, answer, by, at)


def grant_swap(
    session: Session,
    travel_times: TravelTimes,
    request_id: int,
    plan_id: int,
    technician_id: int,
    revisions: Mapping[int, int],
    *,
    answer: str,
    by: str,
    at: datetime,
) -> TechnicianRequest:
    """Another technician gets the visit where it fits best. PlanOutOfDate when a route is not at the revision seen."""
    request = _open(session, request_id, RequestKind.SWAP)
    if request.visit_id is None:
        raise ValueError("a swap has a visit")
    plans.find(session, plan_id)
    changes.move(
        session, travel_times, plan_id, request.visit_id, technician_id,
        source_id=request.technician_id, revisions=dict(revisions), by=by, at=at,
    )  # fmt: skip
    return _decide(session, request, RequestState.GRANTED, answer, by, at)


def grant_moved(session: Session, request_id: int, *, answer: str, by: str, at: datetime) -> TechnicianRequest:
    """The visit has been given to somebody else on the board already."""
    return _decide(session, _open(session, request_id, RequestKind.SWAP), RequestState.GRANTED, answer, by, at)


def refuse(session: Session, request_id: int, *, answer: str, by: str, at: datetime) -> TechnicianRequest:
    """It stays as it is. Raises InvalidInput without a word to the technician."""
    if not answer:
        raise InvalidInput(
            "A refusal needs a word to the technician.", field="answer", remedy="Say why in a few words."
        )
    return _decide(session, _open(session, request_id), RequestState.REFUSED, answer, by, at)


def _open(session: Session, request_id: int, kind: RequestKind | None = None) -> TechnicianRequest:
    query = select(TechnicianRequest).where(TechnicianRequest.id == request_id)
    request = session.scalars(query.with_for_update(of=TechnicianRequest)).one_or_none()
    if request is None or (kind is not None and request.kind != kind):
        raise NotFound("There is no such request.", field="request", remedy="Reload the page.")
    if request.state == RequestState.WITHDRAWN:
        raise Conflict(
            "The technician has taken this request back.", field="request", remedy="Reload the page."
        )  # fmt: skip
    if request.state != RequestState.OPEN:
        raise Conflict(
            "{by} has decided this already.", field="request", remedy="Reload the page.", by=request.decided_by
        )
    return request


def _decide(
    session: Session, request: TechnicianRequest, state: RequestState, answer: str, by: str, at: datetime
) -> TechnicianRequest:
    if len(answer) > LONGEST_ANSWER:
        raise InvalidInput(
            "That is {length} characters.", field="answer", remedy="Say it in at most {most}, all told.",
            length=len(answer), most=LONGEST_ANSWER,
        )  # fmt: skip
    request.decided_at, request.decided_by, request.answer = at, by, answer
    request.move_to(state)
    after = {"kind": request.kind, "state": state}
    audit.note(session, by, f"request.{state}", "request", request.id, at=at, why=answer, after=after)
    touched.area(session, request.technician.area_code)
    return request
