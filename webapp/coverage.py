"""Coverage: counties × skills, what hangs on one person, what waits for nobody."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import render_template
from flask.typing import ResponseReturnValue

from dispatch import coverage
from webapp.access import allow
from webapp.scope import OFFICE
from webapp.system import system
from webapp.where import where

bp = APIBlueprint("coverage", __name__, url_prefix="/coverage", enable_openapi=False)
WORST = 12


@bp.get("")
@allow(*OFFICE)
def page() -> ResponseReturnValue:
    here = where()
    if here.area is None:
        return render_template("coverage.html", where=here, matrix=None)
    with system().transaction(read_only=True) as session:
        found = coverage.matrix(session, here.area.code)
    return render_template(
        "coverage.html",
        where=here,
        matrix=found,
        needed=[cell for cell in found.gaps if cell.visits][:WORST],
        singles=[cell for cell in found.singles if cell.visits][:WORST],
        counties={county.code: county for county in found.counties},
        skills={skill.code: skill for skill in found.skills},
    )
