"""The day's plan as a whole: asked for, watched, cancelled, published, discarded."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import render_template
from flask.typing import ResponseReturnValue

from dispatch import plans, publishing
from dispatch.day_plan import DayPlan
from dispatch.outbox import Outbox
from webapp.access import allow
from webapp.board_shapes import DayIn, PlanIn, PlanOut, WorkIn, WorkOut
from webapp.login import me
from webapp.scope import OFFICE
from webapp.system import system

bp = APIBlueprint("board_plans", __name__, enable_openapi=False)


@bp.get("/board/work")
@bp.input(DayIn, location="query")
@bp.output(WorkOut)
@allow(*OFFICE)
def work(query_data: DayIn) -> WorkOut:
    """How far the latest planning of a day is."""
    with system().transaction(read_only=True) as session:
        return _work(plans.asked(session, query_data.area, query_data.day))


@bp.post("/board/plan")
@bp.input(DayIn)
@bp.output(WorkOut, status_code=202)
@allow(*OFFICE)
def plan(json_data: DayIn) -> WorkOut:
    """Ask for a plan; a worker makes it."""
    seconds = system().settings.plan_seconds
    with system().transaction() as session:
        asked = plans.ask(
            session, json_data.area, json_data.day, seconds=seconds, asked_by=me().login, at=system().now()
        )
        return _work(asked)


@bp.post("/board/cancel")
@bp.input(WorkIn)
@bp.output(WorkOut)
@allow(*OFFICE)
def cancel(json_data: WorkIn) -> WorkOut:
    """Stop a planning."""
    with system().transaction() as session:
        return _work(plans.cancel(session, json_data.work, by=me().login, at=system().now()))


@bp.post("/board/publish")
@bp.input(PlanIn)
@bp.output(PlanOut)
@allow(*OFFICE)
def publish(json_data: PlanIn) -> PlanOut:
    """Make a draft the plan that technicians see."""
    with system().transaction() as session:
        return _plan(plans.publish(session, json_data.plan, by=me().login, at=system().now()))


@bp.post("/board/discard")
@bp.input(PlanIn)
@bp.output(PlanOut)
@allow(*OFFICE)
def discard(json_data: PlanIn) -> PlanOut:
    """Give a draft up; answers with the published plan, which the board shows again."""
    with system().transaction() as session:
        return _plan(plans.discard(session, json_data.plan, by=me().login, at=system().now()))


@bp.get("/board/panels/publish/<int:plan_id>")
@allow(*OFFICE)
def publish_panel(plan_id: int) -> ResponseReturnValue:
    with system().transaction(read_only=True) as session:
        review = publishing.review(session, plan_id)
    return render_template("board_publish.html", review=review)


@bp.get("/board/panels/discard/<int:plan_id>")
@allow(*OFFICE)
def discard_panel(plan_id: int) -> ResponseReturnValue:
    with system().transaction(read_only=True) as session:
        review = publishing.review(session, plan_id)
    return render_template("board_discard.html", review=review)


def _plan(row: DayPlan) -> PlanOut:
    return PlanOut(id=row.id, version=row.version, state=row.state.value)


def _work(row: Outbox | None) -> WorkOut:
    if row is None:
        return WorkOut(id=None, state=None)
    figures = {key: row.progress.get(key) for key in ("placed", "visits", "cost")}
    return WorkOut(id=row.id, state=row.state.value, percent=row.percent, **figures)
