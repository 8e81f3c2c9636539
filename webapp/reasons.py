"""The planner's reasons, and what a change breaks, in a dispatcher's words and the reader's language."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext as _

from routing.plan import Rule
from webapp.page import kilometres, span

SKILL = re.compile(r"vehicle \d+ lacks skill (?P<skill>\S+)")
LEVEL = re.compile(r"vehicle \d+ has (?P<skill>\S+) at level (?P<has>\d+), not (?P<needed>\d+)")
SECONDS = {Rule.WINDOW, Rule.PIN, Rule.SHIFT, Rule.BREAK, Rule.MAX_TRAVEL, Rule.PARTNER, Rule.PRECEDENCE}


def reason(counts: dict[str, int]) -> str:
    """How many technicians the rule keeps from the visit, as the planner counted; empty where the rule says it all."""
    if "able" in counts:
        told = _("%(able)s technicians could make it, %(busy)s of them have visits; none has room.", **counts)
        return str(told)
    if "stopped" in counts:
        among = {"stopped": counts["stopped"], "among": counts["nearest"]}
        return str(_("This stops %(stopped)s of the %(among)s nearest technicians.", **among))
    return ""


def breach(violation: dict[str, Any], skills: dict[str, str]) -> str:
    """How much of a rule is broken, or which skill (named by code) is missing; empty where the rule says it all."""
    rule, amount = Rule(violation["rule"]), int(violation["amount"])
    if skill := SKILL.match(violation["detail"]):
        return skills.get(skill["skill"], skill["skill"])
    if level := LEVEL.match(violation["detail"]):
        name = skills.get(level["skill"], level["skill"])
        told = _("%(skill)s, %(has)s instead of %(needed)s", skill=name, has=level["has"], needed=level["needed"])
        return str(told)
    if not amount:
        return ""
    if rule in SECONDS:
        return span(amount)
    return kilometres(amount) if rule == Rule.MAX_DISTANCE else f"+{amount}"
