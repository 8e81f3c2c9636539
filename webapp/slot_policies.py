"""The rules for windows: listed with what they mean for tomorrow, written, changed and taken away by operators."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from apiflask import APIBlueprint
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from dispatch import roster, slot_policies
from dispatch.account import Role
from dispatch.slot_bounds import require_sound
from dispatch.slot_policies import Rule
from dispatch.slot_policy import USUAL, Policy
from technicians.errors import Conflict, InvalidInput
from technicians.place import County
from webapp import day_choice, sentences
from webapp.access import allow
from webapp.errors import status_of
from webapp.icons import icon_or_box
from webapp.login import me
from webapp.policy_form import Draft
from webapp.system import system
from webapp.where import Where, where

bp = APIBlueprint("slot_policies", __name__, url_prefix="/policies/windows", enable_openapi=False)
bp.context_processor(lambda: {"tomorrow": _tomorrow, "lasting": _lasting})


@bp.get("")
@allow(Role.OPERATOR)
def listing() -> ResponseReturnValue:
    here = where()
    with system().transaction(read_only=True) as session:
        rules = slot_policies.listed(session)
    is_general = any(rule.product is None and rule.county is None for rule in rules)
    return render_template(
        "slot_policies.html", where=here, rules=rules, usual=None if is_general else USUAL, zone_of=_zone_of,
        icon_of=icon_or_box,
    )  # fmt: skip


@bp.get("/new")
@allow(Role.OPERATOR)
def new() -> ResponseReturnValue:
    """The form of a new rule, filled in with the usual one."""
    return _form(None, Draft.of(USUAL))


@bp.post("")
@allow(Role.OPERATOR)
def add() -> ResponseReturnValue:
    draft = Draft.sent(request.form)
    product, county = request.form.get("product") or None, request.form.get("county") or None
    try:
        with system().transaction() as session:
            slot_policies.add(session, product, county, draft.policy, by=me().login, at=system().now())
    except (InvalidInput, Conflict) as error:
        return _form(None, draft, error)
    flash(_("The rule holds from now on."))
    return redirect(url_for("slot_policies.listing"))


@bp.get("/<int:rule_id>")
@allow(Role.OPERATOR)
def detail(rule_id: int) -> ResponseReturnValue:
    rule = _rule(rule_id)
    return _form(rule, Draft.of(rule.policy))


@bp.post("/<int:rule_id>")
@allow(Role.OPERATOR)
def change(rule_id: int) -> ResponseReturnValue:
    draft = Draft.sent(request.form)
    try:
        with system().transaction() as session:
            slot_policies.change(session, rule_id, draft.policy, by=me().login, at=system().now())
    except InvalidInput as error:
        return _form(_rule(rule_id), draft, error)
    flash(_("The rule holds from now on."))
    return redirect(url_for("slot_policies.listing"))


@bp.post("/<int:rule_id>/remove")
@allow(Role.OPERATOR)
def remove(rule_id: int) -> ResponseReturnValue:
    with system().transaction() as session:
        slot_policies.remove(session, rule_id, by=me().login, at=system().now())
    flash(_("The rule is gone; what was promised by it stays promised."))
    return redirect(url_for("slot_policies.listing"))


@bp.post("/look")
@allow(Role.OPERATOR)
def look() -> ResponseReturnValue:
    """What a rule would mean, before anybody keeps it."""
    rule_id = request.form.get("rule", type=int)
    return _form(_rule(rule_id) if rule_id else None, Draft.sent(request.form), is_look=True)


def _rule(rule_id: int) -> Rule:
    with system().transaction(read_only=True) as session:
        return slot_policies.of(session, rule_id)


def _form(
    rule: Rule | None, draft: Draft, error: InvalidInput | Conflict | None = None, *, is_look: bool = False
) -> ResponseReturnValue:
    here = where()
    policy, wrong = _meant(draft)
    error = error or (wrong if is_look else None)
    with system().transaction(read_only=True) as session:
        products = slot_policies.products(session)
        counties = roster.counties(session, here.area.code) if here.area else []
    page = render_template(
        "slot_policy.html",
        where=here,
        rule=rule,
        draft=draft,
        policy=policy,
        zone=_zone_of(rule.county if rule else None, here),
        errors={error.field: f"{sentences.message(error)} {sentences.remedy(error) or ''}"} if error else {},
        products=products,
        counties=counties,
        chosen=(request.values.get("product"), request.values.get("county")),
    )
    return page, status_of(error) if error else 200


def _meant(draft: Draft) -> tuple[Policy | None, InvalidInput | None]:
    try:
        require_sound(draft.policy)
    except InvalidInput as error:
        return None, error
    return draft.policy, None


def _zone_of(county: County | None, here: Where) -> ZoneInfo:
    return county.area.zone if county is not None else here.zone


def _tomorrow(policy: Policy, zone: ZoneInfo) -> tuple[str, list[str]]:
    """Tomorrow in words, and the windows that could be promised for it now."""
    at = system().now()
    today = at.astimezone(zone).date()
    day = today + timedelta(days=1)
    windows = policy.windows(zone, day, at) if policy.days > 1 else ()
    told = [f"{begins.astimezone(zone):%H:%M}–{ends.astimezone(zone):%H:%M}" for begins, ends in windows]
    return day_choice.words(day, today), told


def _lasting(minutes: int) -> str:
    """A round time as people say it: 90 min, 2 h, 3 days."""
    if minutes and minutes % (24 * 60) == 0:
        return str(ngettext("%(num)d day", "%(num)d days", minutes // (24 * 60)))
    if minutes and minutes % 60 == 0:
        return str(_("%(h)d h", h=minutes // 60))
    return str(_("%(m)d min", m=minutes))
