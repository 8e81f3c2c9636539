"""Why my route is mine, and what I have done beside what is usual in my area."""

from __future__ import annotations

from dataclasses import asdict

from apiflask import APIBlueprint

from dispatch import my_weeks, technician_day, why_my_route
from dispatch.account import DeviceToken
from dispatch.my_weeks import Week
from dispatch.system import Session
from dispatch.why_not import Reasons
from mobile_api import access
from mobile_api.my_work_shapes import (
    ACCOUNT,
    WHY,
    AccountOut,
    FiguresOut,
    OtherOut,
    WeekOut,
    WhyOut,
    WhyVisitOut,
)
from mobile_api.shapes import DayQuery

bp = APIBlueprint("my_work", __name__, tag="My work")


@bp.get("/mobile/v1/why")
@access.technician
@bp.input(DayQuery, location="query")
@bp.output(WhyOut, example=WHY)
@bp.doc(summary="Why my route is mine", security="bearer", responses=[401, 422])
def why(session: Session, device: DeviceToken, query_data: DayQuery) -> WhyOut:
    """By the published plan of my area: who else could have made each visit, and why not."""
    system = access.system()
    on_date = query_data.on or technician_day.local_date(session, device.technician, system.now())
    found = why_my_route.why(session, system.travel_times, device.technician, on_date)
    return WhyOut(on=found.on_date, revision=found.revision, visits=[_reasons(each) for each in found.visits])


@bp.get("/mobile/v1/account")
@access.technician
@bp.output(AccountOut, example=ACCOUNT)
@bp.doc(summary="My last four weeks", security="bearer", responses=[401])
def account(session: Session, device: DeviceToken) -> AccountOut:
    """Visits, hours and kilometres of each week, beside the median of my area."""
    area = technician_day.area_of(session, device.technician)
    found = my_weeks.account(session, device.technician, area, access.system().now())
    return AccountOut(weeks=[_week(each) for each in found.weeks], median=FiguresOut(**asdict(found.median)))


def _reasons(each: Reasons) -> WhyVisitOut:
    return WhyVisitOut(
        visit_id=each.visit_id,
        technicians=each.technicians,
        covering=each.covering,
        skilled=each.skilled,
        at_work=each.at_work,
        able=each.able,
        rank=each.rank,
        minutes=each.minutes,
        others=[OtherOut(name=one.name, minutes=one.minutes, reason=one.reason) for one in each.others],
    )


def _week(each: Week) -> WeekOut:
    return WeekOut.model_validate(
        asdict(each.mine)
        | {"from": each.begins_on, "mine_of_median": each.mine_of_median, "median": asdict(each.median)}
    )
