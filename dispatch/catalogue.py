"""Records of what is sold and by whom: merchants and the service products they order."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from technicians.base import Base


class Merchant(Base):
    """A seller who hands over work orders. Of the API key only the SHA-256 is kept."""

    __tablename__ = "merchant"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    api_key_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]


class ServiceProduct(Base):
    """What can be ordered: how long it takes (seconds), what it needs, which photos prove it.

    `skills` maps a skill code to the level needed. `shot_list` holds `{code, name_zh, name_en, required}` and perhaps
    `outline`, `hint_zh`, `hint_en` (how the picture is to look) and `visits` (causes for which it is asked; without it
    all but delivery). `parts` are `{code, name_zh, name_en, count}` that must be in the van, `checklist`
    `{code, name_zh, name_en, required}` what is ticked on site, `surcharges`
    `{code, name_zh, name_en, amount, most, photo}` all that may be charged there, a piece in minor units, and `proofs`
    says of `serial`, `signature` and `code` whether each is `none`, `optional` or `required`.
    `questions` are asked before a window is chosen and decide the quote: see `dispatch.quote`. `price` is what the
    installation costs the consumer beyond the goods, in minor units of `currency`. `delivery` (empty: the technician
    brings the goods) is `{duration, gap, skills}` of a trip that must end `gap` seconds before the window of the work.
    """

    __tablename__ = "service_product"
    __table_args__ = (
        CheckConstraint("duration > 0 AND setup >= 0", name="duration"),
        CheckConstraint("crew_size IN (1, 2)", name="crew_size"),
    )

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    category: Mapped[str] = mapped_column(String(40))
    icon: Mapped[str] = mapped_column(String(40), default="box")
    duration: Mapped[int]
    setup: Mapped[int] = mapped_column(default=0)
    crew_size: Mapped[int] = mapped_column(default=1)
    load: Mapped[int] = mapped_column(default=1)
    skills: Mapped[dict[str, int]]
    shot_list: Mapped[list[dict[str, Any]]]
    questions: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    price: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    delivery: Mapped[dict[str, Any]] = mapped_column(default=dict)
    parts: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    checklist: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    surcharges: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    proofs: Mapped[dict[str, Any]] = mapped_column(default=dict)
