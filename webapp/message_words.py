"""The words for messages to consumers in the history of an order."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext

from dispatch.messages import Template
from dispatch.order_history import Happening

MESSAGES: dict[str, LazyString] = {
    Template.BOOK: lazy_gettext("Invitation to book"),
    Template.REMINDER: lazy_gettext("Reminder to book"),
    Template.BOOKED: lazy_gettext("Window booked"),
    Template.MOVED: lazy_gettext("Window moved"),
    Template.CANCELLED: lazy_gettext("Window given back"),
    Template.AGAIN: lazy_gettext("Invitation to book again"),
    Template.ORDER_CANCELLED: lazy_gettext("Called off"),
    Template.WINDOW_FREE: lazy_gettext("Time has become free"),
    Template.EARLIER_FREE: lazy_gettext("Earlier time has become free"),
    Template.DAY_BEFORE: lazy_gettext("Reminder of the day before"),
    Template.ON_THE_WAY: lazy_gettext("Technician on the way"),
    Template.ARRIVING: lazy_gettext("Technician almost there"),
    Template.DONE: lazy_gettext("Thanks for the finished work"),
    Template.ISSUE_ANSWERED: lazy_gettext("Answer to an issue"),
}
SENT, FAILED = "message.sent", "message.failed"
WHAT = {SENT: lazy_gettext("Message sent"), FAILED: lazy_gettext("Message could not be sent")}


def happened_to_message(happening: Happening) -> str:
    """That a message went out, or did not, and which one."""
    template = str(happening.facts.get("template", ""))
    return f"{WHAT[happening.what]}: {MESSAGES.get(template, template)}"
