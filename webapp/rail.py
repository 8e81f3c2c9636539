"""The rail on the left: the rooms of the console and who may enter them. A new page adds a line here."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request
from flask_babel import LazyString, lazy_gettext
from flask_login import current_user

from dispatch.account import Role

OFFICE = frozenset({Role.DISPATCHER, Role.OPERATOR})
EVERYBODY = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Room:
    """One line of the rail. `endpoint` opens it; the whole of its blueprint marks it as the present one.

    `counted` names the number beside it, kept up to date by the page: how many wait in this room.
    """

    endpoint: str
    icon: str
    label: LazyString
    roles: frozenset[Role]
    counted: str = ""

    @property
    def is_here(self) -> bool:
        return (request.blueprint or "").partition(".")[0] == self.endpoint.partition(".")[0]


ROOMS = (
    Room("board.page", "board", lazy_gettext("Board"), OFFICE),
    Room("orders.listing", "orders", lazy_gettext("Orders"), EVERYBODY),
    Room("calls.page", "phone", lazy_gettext("Calls"), OFFICE, "calls"),
    Room("issues.page", "warning", lazy_gettext("Issues"), OFFICE, "issues"),
    Room("conflicts.page", "split", lazy_gettext("Conflicts"), OFFICE, "conflicts"),
    Room("requests.page", "ask", lazy_gettext("Requests"), OFFICE, "requests"),
    Room("roster.listing", "people", lazy_gettext("Roster"), OFFICE),
    Room("coverage.page", "coverage", lazy_gettext("Coverage"), OFFICE),
    Room("numbers.page", "chart", lazy_gettext("Numbers"), EVERYBODY),
    Room("slot_policies.listing", "calendar", lazy_gettext("Windows"), frozenset({Role.OPERATOR})),
)


def rooms() -> list[Room]:
    """The rooms that exist in this application and that the present person may enter."""
    if not current_user.is_authenticated:
        return []
    views = current_app.view_functions
    return [room for room in ROOMS if room.endpoint in views and current_user.role in room.roles]
