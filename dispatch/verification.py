"""The code that a consumer gives the technician to accept the work: six digits, made with the appointment."""

from __future__ import annotations

import hmac
import secrets
from datetime import date

from dispatch.work_order import Visit, VisitState

DIGITS = 6
MOST_TRIES = 5


def give(visit: Visit) -> str:
    """The visit's code, drawn when it has none yet; a moved appointment keeps it."""
    if visit.verification_code is None:
        visit.verification_code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    return visit.verification_code


def shown(visit: Visit, on_date: date | None, today: date) -> str | None:
    """The code as the consumer sees it: from the day of the visit until it is over, None at any other time."""
    is_due = on_date is not None and today >= on_date
    return visit.verification_code if is_due and visit.is_open and visit.appointment is not None else None


def accepts(visit: Visit, said: str) -> bool:
    """Whether what the technician was told is the code; blanks between the digits do not matter."""
    if visit.verification_code is None or visit.state == VisitState.CANCELLED:
        return False
    return hmac.compare_digest("".join(said.split()).encode(), visit.verification_code.encode())


def may_try(visit: Visit) -> bool:
    """Whether fewer wrong codes were told than are allowed; the row is locked, or two would count as one."""
    return visit.code_tries < MOST_TRIES
