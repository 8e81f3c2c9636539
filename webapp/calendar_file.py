"""An appointment as an iCalendar file; fetched again after a move it replaces the earlier entry."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _
from icalendar import Alarm, Calendar, Event

from dispatch.consumer_view import ConsumerView
from webapp.page import local_name

PRODUCT = "-//Shifu Dispatch//Consumer//EN"
REMIND = timedelta(hours=-1)


def appointment(shown: ConsumerView, at: datetime) -> bytes:
    """The booked window as one event with a reminder an hour before. No address: calendars are shared."""
    title = _("Installation: %(product)s", product=local_name(shown.product))
    event = Event()
    event.add("uid", f"{shown.reference}@shifu-dispatch")
    event.add("dtstamp", at)
    event.add("sequence", shown.times_booked)
    event.add("dtstart", shown.starts_at)
    event.add("dtend", shown.ends_at)
    event.add("summary", title)
    event.add("description", _("The technician arrives within this time. Ordered from %(shop)s.", shop=shown.merchant))
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", REMIND)
    event.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
