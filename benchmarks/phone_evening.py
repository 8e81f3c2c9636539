"""Where the evening of a simulated day is otherwise than it must be, in sentences that begin with what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from benchmarks.phone_found import Found
from benchmarks.phone_model import Phone
from benchmarks.phone_reference import Ending, Happened, ending, list_of
from benchmarks.phone_words import (
    ASKS,
    KEPT,
    Terms,
    code_answers,
    refusal,
    request_states,
    standing,
    tries,
    withdrawal_answers,
)
from benchmarks.phone_world import World
from dispatch.evidence import ProofKind
from dispatch.phone_records import PhoneOutcome
from dispatch.phone_reports import ReportType
from dispatch.positions import Sighting
from dispatch.work_order import Visit, VisitState

LATE = timedelta(minutes=3)


@dataclass
class Evening:
    """What was delivered (`facts`, each technician's device by its numbers), and what was found.

    `moved`: visits that were given away; `sighted`: where the technicians were seen.
    """

    world: World
    terms: Terms
    facts: Sequence[Happened]
    found: Found
    phones: Mapping[str, Sequence[Phone]]
    moved: set[int]
    sighted: Mapping[str, Sequence[Sighting]]

    def wrong(self) -> Iterator[str]:
        """Everything, in an order that does not change."""
        yield from self._events()
        yield from self._kept()
        for visit_id, visit in self.found.visits.items():
            yield from self._visit(visit_id, visit)
            yield from self._told(visit_id, visit)
            yield from self._surcharges(visit_id, visit)
            yield from self._accepted(visit_id, visit)
            yield from self._trip(visit_id, visit)
        yield from self._uploads()
        yield from self._requests()
        yield from self._routes()
        yield from self._positions()
        yield from self._phones()

    @cached_property
    def answers(self) -> dict[str, set[str]]:
        """By event id, why it may have been refused; "" where it may have been kept."""
        answers = {fact.event_id: {refusal(fact, self.terms)} for fact in self.facts}
        usable = [fact for fact in self.facts if answers[fact.event_id] == {KEPT}]
        for visit_id in self.world.owner:
            about = [fact for fact in self.facts if fact.visit_id == visit_id]
            answers |= code_answers(about, self.terms, was_cancelled=visit_id in self.world.cancelled)
        for fact in usable:
            if fact.type == ReportType.REQUEST_WITHDRAWN:
                answers[fact.event_id] = withdrawal_answers(fact, usable, self.world.refused)
        return answers

    @cached_property
    def usable(self) -> list[Happened]:
        return [fact for fact in self.facts if KEPT in self.answers[fact.event_id]]

    @cached_property
    def names(self) -> dict[int | None, str]:
        return {number: code for code, number in self.world.town.technicians.items()}

    @cached_property
    def endings(self) -> dict[int, Ending]:
        """How each visit must end."""
        return {
            visit_id: ending(
                [fact for fact in self.usable if fact.visit_id == visit_id],
                owner,
                was_cancelled=visit_id in self.world.cancelled,
            )
            for visit_id, owner in self.world.owner.items()
        }

    def _number(self, technician: str) -> int:
        return self.world.town.technicians[technician]

    def _events(self) -> Iterator[str]:
        """Each is there once, and answered as it must be."""
        rows = Counter((event.stream.device_id, event.seq) for event in self.found.events)
        must = Counter((fact.device, fact.seq) for fact in self.facts)
        if rows != must:
            yield f"events: {must - rows} missing, {rows - must} too many"
        said = {(event.stream.device_id, event.seq): event for event in self.found.events}
        for fact in self.facts:
            event, may = said.get((fact.device, fact.seq)), self.answers[fact.event_id]
            if event is None:
                continue
            answered = event.reason if event.outcome == PhoneOutcome.REJECTED else KEPT
            if event.outcome == PhoneOutcome.HELD or answered not in may:
                yield f"{fact.type} {fact.seq} of {fact.device}: {event.outcome} {event.reason}, not {may}"

    def _kept(self) -> Iterator[str]:
        """Every usable fact about a visit is kept once, whether it counts or not."""
        about = [fact for fact in self.usable if fact.visit_id and fact.type not in ASKS]
        may = Counter(map(self._fact, about))
        must = Counter(self._fact(fact) for fact in about if self.answers[fact.event_id] == {KEPT})
        kept: Counter[tuple[int, int | None, str]] = Counter(
            (each.technician_id, each.visit_id, each.type.value) for each in self.found.facts
        )
        for kind in sorted({kind for *_, kind in may | kept}):
            missing, too_many = (_of_kind(each, kind) for each in (must - kept, kept - may))
            if missing or too_many:
                yield f"{kind} as a fact: {missing} missing, {too_many} too many"

    def _fact(self, fact: Happened) -> tuple[int, int | None, str]:
        return self._number(fact.technician), fact.visit_id, fact.type.value

    def _visit(self, visit_id: int, visit: Visit) -> Iterator[str]:
        must = self.endings[visit_id]
        same = visit.state == must.state and (not must.by or self.names.get(visit.technician_id) in must.by)
        if same and must.at is not None and visit.left_at is not None:
            same = abs(visit.left_at - must.at) <= LATE
        if not same:
            yield f"visit {visit_id}: {visit.state} {visit.technician_id} {visit.left_at}, not {must}"

    def _may_stand(
        self, visit_id: int, visit: Visit, kind: ReportType, value: Callable[[Happened], Any], code: str | None = None
    ) -> list[Any]:
        told = [fact for fact in self.usable if fact.visit_id == visit_id and fact.type == kind]
        of_code = [fact for fact in told if code is None or fact.said["code"] == code]
        maker = self.names.get(visit.technician_id, self.world.owner[visit_id])
        return list(standing(of_code, visit.state, maker, visit_id in self.moved, value))

    def _told(self, visit_id: int, visit: Visit) -> Iterator[str]:
        """Readiness with whose it is, ticks, serial number, signature, parts: the last word, one proof of each."""
        told, proofs = visit.told, [(each.kind, each.text) for each in self.found.proofs if each.visit_id == visit_id]
        by = self.names.get(told.get("by"))
        texts = {kind: [text for of, text in proofs if of == kind] for kind in ProofKind}
        found = {
            ReportType.READINESS: {**told["readiness"], "by": by} if "readiness" in told else None,
            ReportType.CHECKLIST: told.get("checklist"),
            ReportType.SERIAL: (told["serial"], texts[ProofKind.SERIAL_NUMBER]) if "serial" in told else None,
            ReportType.SIGNATURE: (told["signed"], texts[ProofKind.SIGNATURE]) if "signed" in told else None,
            ReportType.PARTS_NEEDED: told.get("parts_needed"),
        }
        for kind, stands in found.items():
            may = self._may_stand(visit_id, visit, kind, VALUES[kind])
            if stands not in may:
                yield f"{kind} of visit {visit_id}: {stands}, not {may}"
        told_of = {ProofKind.SERIAL_NUMBER: "serial", ProofKind.SIGNATURE: "signed"}
        for kind_of_proof, name in told_of.items():
            if len(texts[kind_of_proof]) != (name in told):
                yield f"{kind_of_proof} of visit {visit_id}: {len(texts[kind_of_proof])} proofs"

    def _surcharges(self, visit_id: int, visit: Visit) -> Iterator[str]:
        """Each that was agreed to is charged once, with its last number of pieces and its photo."""
        rows = [each for each in self.found.surcharges if each.visit_id == visit_id]
        for code in sorted({*self.terms.prices, *(row.code for row in rows)}):
            charged = [(row.count, row.amount, row.photo_sha256) for row in rows if row.code == code]
            may = self._may_stand(visit_id, visit, ReportType.SURCHARGE, _charge, code)
            if len(charged) > 1 or (charged[0] if charged else None) not in may:
                yield f"surcharge of visit {visit_id}: {charged} for {code}, not {may}"

    def _accepted(self, visit_id: int, visit: Visit) -> Iterator[str]:
        """By the consumer's code; wrong ones are counted once each."""
        may = self._may_stand(visit_id, visit, ReportType.ACCEPTANCE, lambda fact: fact)
        right = [fact for fact in may if fact]
        if not any(self.answers[fact.event_id] == {KEPT} for fact in right):
            may.append(None)
        at = visit.accepted_at
        if (at is None and None not in may) or (at is not None and not right):
            yield f"acceptance of visit {visit_id}: {at}, not {may}"
        about = [fact for fact in self.facts if fact.visit_id == visit_id]
        counts = tries(about, self.terms, was_cancelled=visit_id in self.world.cancelled)
        if visit.code_tries not in counts:
            yield f"tries of visit {visit_id}: {visit.code_tries}, not {counts}"

    def _trip(self, visit_id: int, visit: Visit) -> Iterator[str]:
        """Of a visit that came to nothing one is written down, with the call and at most three wishes."""
        rows = [each for each in self.found.trips if each.visit_id == visit_id]
        came_to_nothing = visit.state == VisitState.COULD_NOT_COMPLETE
        if len(rows) != came_to_nothing:
            yield f"trip of visit {visit_id}: {len(rows)} wasted"
        told = [
            fact for fact in self.usable if fact.visit_id == visit_id and fact.type == ReportType.COULD_NOT_COMPLETE
        ]
        may = [_trip(fact) for fact in told]
        for row in rows:
            if (row.reason, row.call_outcome, row.wishes) not in may:
                yield f"trip of visit {visit_id}: {row.reason} {row.call_outcome} {row.wishes}, not {may}"

    def _uploads(self) -> Iterator[str]:
        """What an event named is promised once, whatever else names it."""
        named = {
            (self._number(fact.technician), fact.visit_id, *photo) for fact in self.usable for photo in fact.photos
        }
        must: Counter[tuple[int, int | None, str, str]] = Counter(named)
        rows: Counter[tuple[int, int | None, str, str]] = Counter(
            (each.technician_id, each.visit_id, each.shot_code, each.source_sha256) for each in self.found.uploads
        )
        if rows != must:
            yield f"uploads: {must - rows} missing, {rows - must} too many"

    def _requests(self) -> Iterator[str]:
        """Each is there once, in a state that it may have."""
        asks = {fact.event_id: fact for fact in self.usable if fact.type in ASKS}
        must = Counter((self._number(fact.technician), *_request(fact)) for fact in asks.values())
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
            if fact and row.state not in (may := request_states(fact, self.usable, self.world.refused)):
                yield f"request {row.id}: {row.state}, not {may}"

    def _routes(self) -> Iterator[str]:
        """The newest revision that somebody has looked at."""
        for technician, number in self.world.town.technicians.items():
            seen = [
                fact.said["revision"]
                for fact in self.usable
                if fact.type == ReportType.ROUTE_SEEN and fact.technician == technician
            ]
            route = self.found.routes.get(number)
            if route and route.seen_revision != max(seen, default=None):
                yield f"route of {technician}: seen {route.seen_revision}, not {max(seen, default=None)}"

    def _positions(self) -> Iterator[str]:
        """The newest place that was told, however late an older one came; a visit called off may end working time."""
        for technician, seen in self.sighted.items() if not self.world.cancelled else ():
            newest = max(each.at for each in seen)
            may = {each.lng for each in seen if newest - each.at <= LATE}
            row = self.found.positions.get(self._number(technician))
            if row is None or row.lng not in may:
                yield f"position of {technician}: {row and (row.at, row.lng)}, not {newest}"

    def _phones(self) -> Iterator[str]:
        """Nothing is left on them; they show what is theirs, and of it what the server has."""
        begun_by = {each: self.names.get(visit.technician_id) for each, visit in self.found.visits.items()}
        for technician, phones in self.phones.items():
            must = set(list_of(technician, self.endings, self.world.owner, begun_by))
            for phone in phones:
                if phone.outbox:
                    yield f"{phone.device_id} still has {len(phone.outbox)} events"
                if must != (shown := set(phone.visits) & set(self.found.visits)):
                    yield f"{phone.device_id} shows {shown}, not {must}"
                yield from self._shown(phone, must & shown)

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


def _readiness(fact: Happened) -> dict[str, Any]:
    return {**fact.said, "by": fact.technician}


def _parts_needed(fact: Happened) -> Mapping[str, Any] | None:
    return fact.said if fact.said["count"] else None


def _charge(fact: Happened) -> tuple[int, int, str | None] | None:
    photo = fact.photos[0][1] if fact.photos else None
    return (fact.said["count"], fact.said["amount"], photo) if fact.said["count"] else None


def _trip(fact: Happened) -> tuple[str, str, list[Any]]:
    called = fact.said.get("called", {"outcome": "not-called"})
    return fact.said["reason"], called["outcome"], fact.said.get("wishes", [])[:3]


def _request(fact: Happened) -> tuple[Any, ...]:
    said = fact.said
    return fact.type.value, fact.visit_id, said.get("reason"), said["note"], said.get("starts_at"), said.get("ends_at")


VALUES: Mapping[ReportType, Callable[[Happened], Any]] = {
    ReportType.READINESS: _readiness,
    ReportType.CHECKLIST: lambda fact: fact.said["done"],
    ReportType.SERIAL: lambda fact: (fact.said, [fact.said["number"]]),
    ReportType.SIGNATURE: lambda fact: (True, [fact.said["name"]]),
    ReportType.PARTS_NEEDED: _parts_needed,
}
