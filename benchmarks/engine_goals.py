"""Ours beside the best peer on the same case, in the terms the goals are stated in."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.engine_cases import family
from benchmarks.engine_runs import OURS, Result
from benchmarks.engine_table import Table

VROOM = "vroom"


@dataclass(frozen=True, slots=True)
class Goal:
    """One case. The best peer has the least lost, then the least travel.

    `travel` is ours against the best peer's, `brief_lost` and `brief_travel` those of our short run; travel
    against VROOM's is known where ours loses no more, visits served where VROOM leaves some out. All in %, but
    what is lost.
    """

    case: str
    lost: int
    peer: str
    peer_lost: int
    travel: float
    vroom_travel: float | None
    vroom_served: float | None
    brief_lost: int | None
    brief_travel: float | None


def beside(found: Sequence[Result], cases: Sequence[str], short: float, long: float) -> Table:
    """Every case both ours and a peer have a plan for, then the medians of each family."""
    goals = [goal for case in cases if (goal := _goal(found, case, short, long)) is not None]
    rows = [_row(goal) for goal in goals]
    for name in dict.fromkeys(family(goal.case) for goal in goals):
        rows.append(_middle(name, [goal for goal in goals if family(goal.case) == name]))
    heads = (
        "case", f"lost, ours {long:g} s", "best peer", "its lost", "lost ≤", "travel v. it", "travel v. VROOM",
        "served v. VROOM", f"ours {short:g} s: lost v. best peer", f"ours {short:g} s: travel v. it",
    )  # fmt: skip
    note = (
        f"The best peer has the least lost, then the least travel, after {long:g} s. Travel against VROOM's where "
        "ours loses no more than VROOM, visits served against VROOM's where VROOM leaves some out."
    )
    return Table("Field service, ours beside the best peer", heads, tuple(rows), note)


def _goal(found: Sequence[Result], case: str, short: float, long: float) -> Goal | None:
    there = {(r.run.engine, r.run.seconds): r for r in found if r.run.case == case and r.valid}
    peers = [result for result in there.values() if result.run.engine != OURS]
    ours, brief, vroom = there.get((OURS, long)), there.get((OURS, short)), there.get((VROOM, long))
    if ours is None or not peers:
        return None
    best = min(peers, key=lambda result: result.worth)
    return Goal(
        case,
        ours.lost,
        best.run.engine,
        best.lost,
        _more(ours.travel, best.travel),
        _more(ours.travel, vroom.travel) if vroom and ours.lost <= vroom.lost else None,
        _more(ours.served, vroom.served) if vroom and not vroom.all_served else None,
        brief.lost - best.lost if brief else None,
        _more(brief.travel, best.travel) if brief else None,
    )


def _more(ours: float, theirs: float) -> float:
    return 100 * (ours / theirs - 1) if theirs else 0.0


def _row(goal: Goal) -> tuple[str, ...]:
    return (
        goal.case,
        str(goal.lost),
        goal.peer,
        str(goal.peer_lost),
        "yes" if goal.lost <= goal.peer_lost else "NO",
        *_differences([goal]),
    )


def _middle(name: str, goals: Sequence[Goal]) -> tuple[str, ...]:
    held = sum(goal.lost <= goal.peer_lost for goal in goals)
    return (
        f"{name}, median",
        f"{statistics.median(goal.lost for goal in goals):g}",
        "",
        f"{statistics.median(goal.peer_lost for goal in goals):g}",
        f"{held} of {len(goals)}",
        *_differences(goals),
    )


def _differences(goals: Sequence[Goal]) -> tuple[str, ...]:
    return (
        _shown([goal.travel for goal in goals]),
        _shown([goal.vroom_travel for goal in goals]),
        _shown([goal.vroom_served for goal in goals]),
        _shown([goal.brief_lost for goal in goals], "{:+g}"),
        _shown([goal.brief_travel for goal in goals]),
    )


def _shown(values: Sequence[float | None], form: str = "{:+.1f} %") -> str:
    known = [value for value in values if value is not None]
    return form.format(statistics.median(known)) if known else "–"
