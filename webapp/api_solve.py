"""`/api/v1/solve`: a planning problem in VROOM's form, answered in VROOM's form."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from apiflask import APIBlueprint
from flask import Response, g, json, jsonify, url_for
from flask.typing import ResponseReturnValue

from dispatch import merchants, questions
from dispatch.outbox import Outbox, OutboxState
from dispatch.turns import Turns
from routing.vroom import error_for_vroom
from webapp.access import MEGABYTE, allow_bearer
from webapp.api import SECURITY
from webapp.api_once import key
from webapp.api_shapes import LAST_ID
from webapp.limits import limiter
from webapp.solve_shapes import ANSWER, DONE, PROMISE, QUESTION, AnswerOut, PromiseOut, QuestionIn, SolveQuery
from webapp.system import system

bp = APIBlueprint("solve", __name__, url_prefix="/api/v1", tag="Planning")
BODY = 8 * MEGABYTE
AT_ONE_TIME = 2
AGAIN_SECONDS = "5"
TURNS = Turns(AT_ONE_TIME)
OUR_FAULT, INPUT_FAULT = 1, 2

limiter.limit("120 per minute", key_func=key)(bp)


@bp.before_request
def know_who_asks() -> None:
    """Before a large body is read."""
    with merchants.acting(system(), key(), read_only=True) as (_session, merchant):
        g.merchant = merchant.code


@bp.after_request
def as_vroom_tells_it(response: Response) -> Response:
    """Refusals are problem+json that VROOM's users can read too: `code` is VROOM's number, `error` the sentence."""
    if response.content_type != "application/problem+json":
        return response
    problem = json.loads(response.get_data())
    told = " ".join(problem[part] for part in ("detail", "remedy") if problem.get(part))
    code = OUR_FAULT if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR else INPUT_FAULT
    response.set_data(json.dumps(problem | error_for_vroom(told, problem.get("field"), code)))
    if response.status_code in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        response.headers["Retry-After"] = AGAIN_SECONDS
    return response


@bp.post("/solve")
@bp.input(QuestionIn, example=QUESTION)
@bp.input(SolveQuery, location="query")
@bp.output(AnswerOut, example=ANSWER)
@bp.doc(
    summary="Plan routes (VROOM's form)",
    security=SECURITY,
    responses=[401, 413, 422, 429, 503],
)
@allow_bearer(body=BODY)
def solve(json_data: QuestionIn, query_data: SolveQuery) -> ResponseReturnValue:
    """Up to 200 tasks and 10 seconds are answered at once, others with 202 and the path of the answer.

    Nothing is planned for the merchant's own orders: what is sent is all that is known.
    """
    form = json_data.model_dump(exclude_unset=True)
    taken = questions.take(system(), g.merchant, form, query_data.seconds, TURNS)
    if not isinstance(taken, Outbox):
        return jsonify(taken)
    response = jsonify(promise := _shown(taken))
    response.status_code, response.location = HTTPStatus.ACCEPTED, promise["path"]
    return response


@bp.get(f"/solve/<int(max={LAST_ID}):question>")
@bp.output(PromiseOut, example=DONE)
@bp.doc(summary="The answer of a worker", security=SECURITY, responses=[401, 404])
@allow_bearer(body=BODY)
def answer(question: int) -> ResponseReturnValue:
    """Kept for a day. `answer` has VROOM's `code`: 0, or 1 with `error` when the planning failed."""
    with system().transaction(read_only=True) as session:
        return jsonify(_shown(questions.find(session, g.merchant, question)))


@bp.delete(f"/solve/<int(max={LAST_ID}):question>")
@bp.output(PromiseOut, example=PROMISE | {"state": "cancelled"})
@bp.doc(summary="Withdraw a question", security=SECURITY, responses=[401, 404])
@allow_bearer(body=BODY)
def withdraw(question: int) -> ResponseReturnValue:
    """Nobody works on it any more. Safe to repeat; one that was answered before stays answered."""
    with system().transaction() as session:
        return jsonify(_shown(questions.withdraw(session, g.merchant, question, system().now())))


def _shown(row: Outbox) -> dict[str, Any]:
    failed = error_for_vroom(row.error or "", code=OUR_FAULT) if row.state == OutboxState.FAILED else None
    return {
        "id": row.id,
        "state": row.state,
        "percent": row.percent,
        "path": url_for("solve.answer", question=row.id),
        "answer": row.result.get("answer", failed),
    }
