"""Where the evening of a simulated day is otherwise than it must be, in sentences that begin with what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.phone_delivered import Delivered
from benchmarks.phone_found import Found
from benchmarks.phone_model import Phone
from benchmarks.phone_reference import Ending, Happened, list_of
from benchmarks.phone_visit_evening import LATE, VisitEvening
from benchmarks.phone_words import ASKS, KEPT, request_states
from dispatch.phone_records import PhoneOutcome
from dispatch.phone_reports import ReportType
from dispatch.positions import Sighting


@dataclass
class Evening:
    """What was delivered and what was found; `sighted`: where the technicians were seen."""

    delivered: Delivered
    found: Found
    phones: Mapping[str, Sequence[Phone]]
    sighted: Mapping[str, Sequence[Sighting]]

    def wrong(self) -> Iterator[str]:
        """Everything, in an order that does not change."""
        yield from self._events()
        yield from self._kept()
        for visit_id, visit in self.found.visits.items():
            yield from VisitEvening(self.delivered, self.found, visit_id, visit).wrong()
        yield from self._uploads()
        yield from self._requests()
        yield from self._routes()
        yield from self._positions()
        yield from self._phones()

    def _events(self) -> Iterator[str]:
        """Each is there once, and answered as it must be."""
        rows = Counter((event.stream.device_id, event.seq) for event in self.found.events)
        must = Counter((fact.device, fact.seq) for fact in self.delivered.facts)
        if rows != must:
            yield f"events: {must - rows} missing, {rows - must} too many"
        said = {(event.stream.device_id, event.seq): event for event in self.found.events}
        for fact in self.delivered.facts:
            event, may = said.get((fact.device, fact.seq)), self.delivered.answers[fact.event_id]
            if event is None:
                continue
            answered = event.reason if event.outcome == PhoneOutcome.REJECTED else KEPT
            if event.outcome == PhoneOutcome.HELD or answered not in may:
                yield f"{fact.type} {fact.seq} of {fact.device}: {event.outcome} {event.reason}, not {may}"

    def _kept(self) -> Iterator[str]:
        """Every usable fact about a visit is kept once, whether it counts or not."""
        about = [fact for fact in self.delivered.usable if fact.visit_id and fact.type not in ASKS]
        may = Counter(map(self._fact, about))
        must = Counter(self._fact(fact) for fact in about if self.delivered.answers[fact.event_id] == {KEPT})
        kept: Counter[tuple[int, int | None, str]] = Counter(
            (each.technician_id, each.visit_id, each.type.value) for each in self.found.facts
        )
        for kind in sorted({kind for *_, kind in may | kept}):
            missing, too_many = (_of_kind(each, kind) for each in (must - kept, kept - may))
            if missing or too_many:
                yield f"{kind} as a fact: {missing} missing, {too_many} too many"

    def _fact(self, fact: Happened) -> tuple[int, int | None, str]:
        return self.delivered.number(fact.technician), fact.visit_id, fact.type.value

    def _uploads(self) -> Iterator[str]:
        """What an event named is promised once, whatever else names it."""
        named = {
            (self.delivered.number(fact.technician), fact.visit_id, *photo)
            for fact in self.delivered.usable
            for photo in fact.photos
        }
        must: Counter[tuple[int, int | None, str, str]] = Counter(named)
        rows: Counter[tuple[int, int | None, str, str]] = Counter(
            (each.technician_id, each.visit_id, each.shot_code, each.source_sha256) for each in self.found.uploads
        )
        if rows != must:
            yield f"uploads: {must - rows} missing, {rows - must} too many"

    def _requests(self) -> Iterator[str]:
        """Each is there once, in a state that it may have."""
        asks = {fact.event_id: fact for fact in self.delivered.usable if fact.type in ASKS}
        must = Counter((self.delivered.number(fact.technician), *_request(fact)) for fact in asks.values())
        rows = Counter(
            (
                each.technician_id, f"{each.kind}-request", each.visit_id, each.reason, each.note,
                *(at and at.isoformat() for at in (each.starts_at, each.ends_at)),
            )
            for each in self.found.requests
        )  # fmt: skip
        if rows != must:
            yield f"requests: {must - rows} missing, {rows - must} too many"
        for row in self.found.requests:
            fact = asks.get(row.event_id)
            if fact and row.state not in (
                may := request_states(fact, self.delivered.usable, self.delivered.world.refused)
            ):
                yield f"request {row.id}: {row.state}, not {may}"

    def _routes(self) -> Iterator[str]:
        """The newest revision that somebody has looked at."""
        for technician, number in self.delivered.world.town.technicians.items():
            seen = [
                fact.said["revision"]
                for fact in self.delivered.usable
                if fact.type == ReportType.ROUTE_SEEN and fact.technician == technician
            ]
            route = self.found.routes.get(number)
            if route and route.seen_revision != max(seen, default=None):
                yield f"route of {technician}: seen {route.seen_revision}, not {max(seen, default=None)}"

    def _positions(self) -> Iterator[str]:
        """The newest place that was told, however late an older one came; a visit called off may end working time."""
        for technician, seen in self.sighted.items() if not self.delivered.world.cancelled else ():
            newest = max(each.at for each in seen)
            may = {each.lng for each in seen if newest - each.at <= LATE}
            row = self.found.positions.get(self.delivered.number(technician))
            if row is None or row.lng not in may:
                yield f"position of {technician}: {row and (row.at, row.lng)}, not {newest}"

    def _phones(self) -> Iterator[str]:
        """Nothing is left on them; they show what is theirs, and of it what the server has."""
        begun_by = {each: self.delivered.names.get(visit.technician_id) for each, visit in self.found.visits.items()}
        for technician, phones in self.phones.items():
            must = set(list_of(technician, self._ends(), self.delivered.world.owner, begun_by))
            for phone in phones:
                if phone.outbox:
                    yield f"{phone.device_id} still has {len(phone.outbox)} events"
                if must != (shown := set(phone.visits) & set(self.found.visits)):
                    yield f"{phone.device_id} shows {shown}, not {must}"
                yield from self._shown(phone, must & shown)

    def _ends(self) -> dict[int, Ending]:
        """Of the ways in which a visit may end, the one in which it did."""
        ended = {each: visit.state for each, visit in self.found.visits.items()}
        return {
            each: next((end for end in may if end.state == ended[each]), may[0])
            for each, may in self.delivered.endings.items()
        }

    def _shown(self, phone: Phone, visit_ids: set[int]) -> Iterator[str]:
        for visit_id in sorted(visit_ids):
            visit = self.found.visits[visit_id]
            agreed = [row for row in self.found.surcharges if row.visit_id == visit_id]
            in_order = sorted(agreed, key=lambda row: (row.agreed_at, row.id))
            has = visit.told, visit.accepted_at, [(row.code, row.count, row.amount) for row in in_order]
            if phone.told[visit_id] != has:
                yield f"{phone.device_id} shows {phone.told[visit_id]} of visit {visit_id}, not {has}"


def _of_kind(facts: Counter[tuple[int, int | None, str]], kind: str) -> dict[tuple[int, int | None], int]:
    return {(technician, visit_id): count for (technician, visit_id, of), count in facts.items() if of == kind}


def _request(fact: Happened) -> tuple[Any, ...]:
    said = fact.said
    return fact.type.value, fact.visit_id, said.get("reason"), said["note"], said.get("starts_at"), said.get("ends_at")
