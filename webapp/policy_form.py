"""The form of a rule for windows: its texts, the rule that they mean, and what is wrong with which of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dispatch.slot_bounds import HOUR, PERCENT
from dispatch.slot_policy import Policy
from dispatch.window_times import parse, write
from technicians.errors import InvalidInput

FIELDS = ("starts", "length", "days", "lead", "hold", "floor")


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule as somebody is writing it; `lead` in hours, `floor` in percent, `length` and `hold` in minutes."""

    starts: str
    length: str
    days: str
    lead: str
    hold: str
    floor: str

    @classmethod
    def of(cls, policy: Policy) -> Draft:
        return cls(
            write(policy.starts), str(policy.length), str(policy.days), f"{policy.lead / HOUR:g}", str(policy.hold),
            f"{policy.floor / PERCENT:g}",
        )  # fmt: skip

    @classmethod
    def sent(cls, form: Mapping[str, str]) -> Draft:
        return cls(*(form.get(name, "").strip()[:600] for name in FIELDS))

    @property
    def policy(self) -> Policy:
        """What the texts mean; InvalidInput for the first that means nothing. Bounds are not looked at."""
        return Policy(
            starts=parse(self.starts),
            length=round(_number("length", self.length)),
            days=round(_number("days", self.days)),
            lead=round(_number("lead", self.lead) * HOUR),
            hold=round(_number("hold", self.hold)),
            floor=round(_number("floor", self.floor.rstrip("% ％")) * PERCENT, 6),
        )


def _number(field: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not abs(number) < 1e9:
        raise InvalidInput("“{cell}” is not a number.", field=field, remedy="Write it like 120.", cell=text[:20])
    return number
