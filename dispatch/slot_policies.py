"""The rules for windows as operators keep them: listed, added, changed, removed. `slot_policy` says which one holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from dispatch import audit
from dispatch.catalogue import ServiceProduct
from dispatch.slot_bounds import require_sound
from dispatch.slot_policy import Policy, SlotPolicy
from dispatch.window_times import write
from technicians.errors import Conflict, InvalidInput, NotFound
from technicians.place import County


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as it is shown: for which product and county (None: any), what it says, who said so last."""

    id: int
    product: ServiceProduct | None
    county: County | None
    policy: Policy
    changed_at: datetime
    changed_by: str


def listed(session: Session) -> list[Rule]:
    """All rules, the most general first, then by product and county."""
    rules = [_shown(*row) for row in session.execute(_rows())]
    return sorted(rules, key=_generality)


def of(session: Session, rule_id: int) -> Rule:
    """One rule; NotFound."""
    row = session.execute(_rows().where(SlotPolicy.id == rule_id)).one_or_none()
    if row is None:
        raise _unknown(rule_id)
    return _shown(*row)


def products(session: Session) -> list[ServiceProduct]:
    """What a rule may be for, by code."""
    return list(session.scalars(select(ServiceProduct).order_by(ServiceProduct.code)))


def add(
    session: Session, product_code: str | None, county_code: str | None, policy: Policy, *, by: str, at: datetime
) -> int:
    """A new rule for a product and county (None: any); its id.

    Raises InvalidInput for what cannot be offered and for an unknown product or county, Conflict when these two
    have a rule already.
    """
    _require_known(session, product_code, county_code)
    require_sound(policy)
    _require_no_more_than(0, session, product_code, county_code)
    row = SlotPolicy(product_code=product_code, county_code=county_code)
    _write(row, policy, by, at)
    session.add(row)
    session.flush()
    after = {"product": product_code, "county": county_code, **_told(policy)}
    audit.note(session, by, "slot-policy.added", "slot-policy", row.id, at=at, after=after)
    audit.append(session)
    _require_no_more_than(1, session, product_code, county_code)
    return row.id


def change(session: Session, rule_id: int, policy: Policy, *, by: str, at: datetime) -> None:
    """Let the rule say something else, for the same product and county. The same again changes nothing."""
    require_sound(policy)
    row = _find(session, rule_id)
    before, after = _told(_policy(row)), _told(policy)
    differing = {name for name in after if before[name] != after[name]}
    if not differing:
        return
    _write(row, policy, by, at)
    audit.note(
        session, by, "slot-policy.changed", "slot-policy", rule_id, at=at,
        before={name: before[name] for name in differing}, after={name: after[name] for name in differing},
    )  # fmt: skip


def remove(session: Session, rule_id: int, *, by: str, at: datetime) -> None:
    """Take the rule away: the next more general one holds. What was promised by it stays promised."""
    row = _find(session, rule_id)
    before = {"product": row.product_code, "county": row.county_code, **_told(_policy(row))}
    session.delete(row)
    audit.note(session, by, "slot-policy.removed", "slot-policy", rule_id, at=at, before=before)


def _require_known(session: Session, product_code: str | None, county_code: str | None) -> None:
    if product_code is not None and session.get(ServiceProduct, product_code) is None:
        raise InvalidInput(
            "There is no service product “{code}”.", field="product", remedy="Choose one from the list.",
            code=product_code[:40],
        )  # fmt: skip
    if county_code is not None and session.get(County, county_code) is None:
        raise InvalidInput(
            "County {county} is not served here.", field="county", remedy="Choose one from the list.",
            county=county_code[:12],
        )  # fmt: skip


def _require_no_more_than(most: int, session: Session, product_code: str | None, county_code: str | None) -> None:
    """Counted again at the end of the audit, for which writers queue: of two who add the same rule at once the second
    then sees the first's. To the unique constraint two empty products differ."""
    query = select(func.count()).where(
        SlotPolicy.product_code.is_not_distinct_from(product_code),
        SlotPolicy.county_code.is_not_distinct_from(county_code),
    )
    if session.scalars(query).one() > most:
        raise Conflict(
            "There is a rule for this product and county already.", field="product", remedy="Change that one."
        )


def _find(session: Session, rule_id: int) -> SlotPolicy:
    query = select(SlotPolicy).where(SlotPolicy.id == rule_id).with_for_update()
    row = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise _unknown(rule_id)
    return row


def _unknown(rule_id: int) -> NotFound:
    return NotFound("There is no rule {rule}.", field="rule", remedy="Look in the list of rules.", rule=rule_id)


def _rows() -> Any:
    return (
        select(SlotPolicy, ServiceProduct, County)
        .join(ServiceProduct, ServiceProduct.code == SlotPolicy.product_code, isouter=True)
        .join(County, County.code == SlotPolicy.county_code, isouter=True)
        .options(joinedload(County.area))
    )


def _shown(row: SlotPolicy, product: ServiceProduct | None, county: County | None) -> Rule:
    return Rule(row.id, product, county, _policy(row), row.changed_at, row.changed_by)


def _generality(rule: Rule) -> tuple[int, str, str]:
    product, county = rule.product, rule.county
    rank = 2 * (product is not None) + (county is not None)
    return rank, product.code if product else "", county.code if county else ""


def _policy(row: SlotPolicy) -> Policy:
    return Policy(tuple(row.starts), row.length, row.days, row.lead, row.hold, row.floor)


def _write(row: SlotPolicy, policy: Policy, by: str, at: datetime) -> None:
    row.starts = sorted(policy.starts)
    row.length, row.days, row.lead = policy.length, policy.days, policy.lead
    row.hold, row.floor = policy.hold, policy.floor
    row.changed_by, row.changed_at = by, at


def _told(policy: Policy) -> dict[str, Any]:
    return {
        "starts": write(sorted(policy.starts)), "length": policy.length, "days": policy.days, "lead": policy.lead,
        "hold": policy.hold, "floor": policy.floor,
    }  # fmt: skip
