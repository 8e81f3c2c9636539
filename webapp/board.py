"""The board: the day of an area as Gantt and map."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import render_template
from flask.typing import ResponseReturnValue

from dispatch.account import Role
from webapp.access import allow
from webapp.where import where

bp = APIBlueprint("board", __name__)


@bp.get("/")
@bp.doc(hide=True)
@allow(Role.DISPATCHER, Role.OPERATOR)
def page() -> ResponseReturnValue:
    return render_template("board.html", where=where())
