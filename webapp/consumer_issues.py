"""Something is wrong: the consumer says what, and sees by when somebody answers."""

from __future__ import annotations

from http import HTTPStatus

from flask import request
from flask.typing import ResponseReturnValue

from dispatch import issues, links
from dispatch.consumer_records import IssueKind
from technicians.errors import InvalidInput
from webapp import consumer_page
from webapp.access import KILOBYTE, allow_bearer
from webapp.consumer_page import FORM, WHO, back, look, show
from webapp.errors import status_of
from webapp.system import system

bp = consumer_page.blueprint("consumer_issues", __name__)
LETTER = 32 * KILOBYTE


@bp.get("/issue")
@allow_bearer(body=FORM)
def ask(token: str) -> ResponseReturnValue:
    return _form(token)


@bp.post("/issue")
@allow_bearer(body=LETTER)
def say(token: str) -> ResponseReturnValue:
    now = system().now()
    try:
        kind = _kind(request.form.get("kind"))
        with system().transaction() as session:
            order = links.find(session, token, now).work_order
            visit = order.visits[-1] if order.visits else None
            issues.raise_issue(session, order, visit, kind, request.form.get("text", ""), by=WHO, at=now)
    except InvalidInput as refusal:
        return _form(token, refusal)
    return back(token, "told")


def _kind(text: str | None) -> IssueKind:
    known = {kind.value: kind for kind in IssueKind}
    if text not in known:
        raise InvalidInput("It is not clear what is wrong.", field="kind", remedy="Choose one of the reasons.")
    return known[text]


def _form(token: str, refusal: InvalidInput | None = None) -> ResponseReturnValue:
    shown = look(token).shown
    told = consumer_page.plain(refusal, shown) if refusal else None
    page = show(
        "consumer/issue.html", token, shown, refusal=told, kinds=list(IssueKind),
        chosen=request.form.get("kind"), text=request.form.get("text", ""),
    )  # fmt: skip
    return page, status_of(refusal) if refusal else HTTPStatus.OK
