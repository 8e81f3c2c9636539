"""One look of a consumer behind a link: how the order stands, and the windows on offer where one can choose."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from dispatch import appointments, consumer_view, links, offer_looks
from dispatch.consumer_view import ConsumerView, Stage
from dispatch.slots import Offered
from dispatch.system import System


@dataclass(frozen=True, slots=True)
class Look:
    """What the link shows; `offered` None where nothing can be chosen at this stage."""

    shown: ConsumerView
    offered: Offered | None = None


def look(system: System, token: str, at: datetime, choosing: Collection[Stage] = ()) -> Look:
    """What a link shows, with the windows on offer in these stages; what was found is noted when it is news.

    NotFound for a link that was never given out, or has expired.
    """
    with system.transaction(read_only=True) as session:
        link = links.find(session, token, at)
        order = link.work_order
        shown = consumer_view.view(session, link, at)
        if shown.stage not in choosing:
            return Look(shown)
        offered = appointments.offers(session, system.travel_times, order, at)
        found = len(offered.offers), offered.nothing_because
        if not offer_looks.is_news(session, order.id, *found):
            return Look(shown, offered)
    with system.transaction() as session:
        offer_looks.note(session, links.find(session, token, at).work_order, *found, at)
    return Look(shown, offered)
