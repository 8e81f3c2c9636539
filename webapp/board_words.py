"""The sentences that the board's script says, in the reader's language."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from dispatch.changes import DISPATCHERS_CHOICE
from dispatch.work_order import VisitState
from routing.plan import Rule
from webapp.page import language_here
from webapp.words import word


def board_words() -> dict[str, Any]:
    """Words by key; `%n` and the like are filled in by the script."""
    return {
        "language": language_here(),
        "rules": {rule: word(rule) for rule in (*Rule, DISPATCHERS_CHOICE)},
        "state": {state.value: word(state) for state in VisitState},
        "risk": {"late": _("Later than promised"), "tight": _("Less than 15 minutes to spare")},
        **_nouns(),
        **_moves(),
        **_planning(),
    }


def _nouns() -> dict[str, str]:
    return {
        "technicians": _("Technicians"),
        "gantt": _("Routes of the day, row by row; arrow keys walk, Enter opens"),
        "visit": _("Visit"),
        "visits": _("Visits"),
        "visits_of": _("%n visits"),
        "window": _("Window"),
        "rest": _("Break"),
        "shift": _("Shift"),
        "absent": _("Not at work"),
        "travel": _("Travel"),
        "travelled": _("%min min · %km km"),
        "nobody": _("Nobody (take it out)"),
        "no_stops": _("No visits on this route."),
        "unassigned": _("Unassigned"),
        "all_planned": _("Every visit is in a route"),
        "all_planned_why": _("Visits that nobody can make would be listed here with the reason."),
        "why_many": _("%n technicians"),
        "why_help": _("What would help"),
        "why_nothing": _("Nothing small would help."),
        "drag_hint": _("Drag a visit onto a row, or open it to choose technician and time."),
        "no_map": _("The map needs WebGL, which this browser does not offer. Everything else works."),
        "version": _("Version %n"),
    }


def _moves() -> dict[str, str]:
    return {
        "same_travel": _("Same travel"),
        "more_travel": _("+%n min travel"),
        "less_travel": _("−%n min travel"),
        "nothing_broken": _("Breaks nothing"),
        "trying": _("Trying …"),
        "drop_somewhere": _("Drop it on a row or on the unassigned list"),
        "take_out": _("Take out of the plan"),
        "moved": _("Visit moved"),
        "undone": _("Undone"),
        "undo": _("Undo"),
    }


def _planning() -> dict[str, str]:
    return {
        "plan_waiting": _("Waiting for a worker …"),
        "plan_starting": _("Reading the day …"),
        "plan_running": _("%percent % · %placed of %visits visits in routes · cost %cost"),
        "plan_done": _("Planned: %planned of %visits visits are in routes."),
        "plan_cancelled": _("Planning was cancelled; the plan is as it was."),
        "plan_failed": _("Planning failed; the plan is as it was. The operator finds the cause as task %n."),
        "publish": _("Publish"),
        "discard": _("Discard draft"),
        "discarded": _("Draft discarded. The board shows the published plan."),
        "published": _("Published. Technicians see it now."),
    }
