"""What the numbers about booking are called and what they mean, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _

from dispatch.consumer_records import NothingBecause


class Kind(StrEnum):
    """How a number is written: a count, a share, hours, or the difference of two shares in points."""

    COUNT = "count"
    SHARE = "share"
    HOURS = "hours"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Column:
    """One number of `booking_numbers.Numbers`, by the name it has there."""

    key: str
    label: LazyString
    meaning: LazyString
    kind: Kind = Kind.COUNT
    is_drawn: bool = False


COLUMNS = (
    Column(
        "arrived",
        lazy_gettext("Goods arrived"),
        lazy_gettext(
            "Orders whose goods arrived in the period. All numbers but those of kept and broken promises are about "
            "these."
        ),
    ),
    Column(
        "booking_rate",
        lazy_gettext("24-hour rate"),
        lazy_gettext(
            "Of the orders whose 24 hours are decided, the share with an appointment in time. Time during which the "
            "clock was paused does not count; orders still running or called off before are left out."
        ),
        Kind.SHARE,
        is_drawn=True,
    ),
    Column(
        "late", lazy_gettext("Past 24 hours"), lazy_gettext("The 24 hours ran out before there was an appointment.")
    ),
    Column(
        "found_rate",
        lazy_gettext("Found"),
        lazy_gettext("Of those who looked, the share that was ever shown a window."),
        Kind.SHARE,
    ),
    Column("booked", lazy_gettext("Booked"), lazy_gettext("The order had an appointment, whoever made it.")),
    Column(
        "median_hours",
        lazy_gettext("Median wait"),
        lazy_gettext(
            "Half of the booked orders had their first appointment made within this time of the goods’ arrival."
        ),
        Kind.HOURS,
    ),
    Column(
        "kept_rate",
        lazy_gettext("Kept rate"),
        lazy_gettext("Of the promises that came due in the period, the share that was kept."),
        Kind.SHARE,
        is_drawn=True,
    ),
    Column(
        "predicted_rate",
        lazy_gettext("Predicted"),
        lazy_gettext("The mean chance that these promises were given when they were made."),
        Kind.SHARE,
    ),
    Column(
        "calibration",
        lazy_gettext("Kept − predicted"),
        lazy_gettext(
            "Near 0 the predictions can be believed; below, more was promised than was kept. In percentage points, "
            "over the promises that had a prediction."
        ),
        Kind.POINTS,
    ),
    Column("looked", lazy_gettext("Looked"), lazy_gettext("Somebody opened the windows on offer for the order.")),
    Column(
        "hold_rate",
        lazy_gettext("Confirmed holds"),
        lazy_gettext("Of those for whom a window was held, the share that made it an appointment."),
        Kind.SHARE,
    ),
    Column(
        "consumer_share",
        lazy_gettext("By consumers"),
        lazy_gettext("Of all windows promised, moves included, the share that consumers chose themselves."),
        Kind.SHARE,
    ),
    Column("moved", lazy_gettext("Moved"), lazy_gettext("Orders whose appointment was moved at least once.")),
    Column(
        "cancelled", lazy_gettext("Given back"), lazy_gettext("Orders whose appointment was cancelled at least once.")
    ),
    Column("kept", lazy_gettext("Kept"), lazy_gettext("Promises whose window began in the period and was kept.")),
    Column(
        "broken", lazy_gettext("Broken"), lazy_gettext("Promises whose window began in the period and was not kept.")
    ),
    Column(
        "failed",
        lazy_gettext("Came to nothing"),
        lazy_gettext("Visits that could not be completed, by the window they were promised for."),
    ),
    Column(
        "next_rate",
        lazy_gettext("Next in time"),
        lazy_gettext(
            "Of the visits that came to nothing, the share whose next appointment was made before the window was over."
        ),
        Kind.SHARE,
    ),
    Column(
        "wasted_by_consumer",
        lazy_gettext("Consumer’s"),
        lazy_gettext(
            "Visits that came to nothing through the consumer, such as nobody at home while we were there in time."
        ),
    ),
    Column(
        "wasted_by_merchant",
        lazy_gettext("Merchant’s"),
        lazy_gettext("Visits that came to nothing through the merchant: goods missing or damaged, a wrong address."),
    ),
    Column(
        "wasted_by_us",
        lazy_gettext("Ours"),
        lazy_gettext("Visits that came to nothing through us: too late, too little time, parts missing from the van."),
    ),
)
BY_KEY = {column.key: column for column in COLUMNS}
REASONS = {
    NothingBecause.NO_COVERAGE: lazy_gettext("Nobody covers the county"),
    NothingBecause.NO_SKILL: lazy_gettext("Nobody there has the skill"),
    NothingBecause.NOBODY_WORKS: lazy_gettext("Nobody works on these days"),
    NothingBecause.FULL: lazy_gettext("Every route is full"),
    NothingBecause.TOO_RISKY: lazy_gettext("No window is sure enough to be kept"),
}


def written(value: float | None, kind: Kind) -> str:
    """A number as people read it; a dash for none."""
    if value is None:
        return "–"
    match kind:
        case Kind.SHARE:
            return f"{100 * value:.1f} %"
        case Kind.POINTS:
            return f"{100 * value:+.1f}".replace("-", "−")
        case Kind.HOURS:
            return str(_("%(hours)s h", hours=f"{value:.1f}"))
        case Kind.COUNT:
            return f"{value:,.0f}"
