"""Whose things the present person may see: a merchant their own, the office everybody's."""

from __future__ import annotations

from dispatch.account import Role
from webapp.login import me

OFFICE = (Role.DISPATCHER, Role.OPERATOR)
EVERYBODY = tuple(Role)


def own_merchant() -> int | None:
    """The merchant to whom everything is limited; None for the office."""
    person = me()
    return person.merchant_id if person.role == Role.MERCHANT else None
