"""Where a visit of a simulated day stands otherwise in the evening than it must."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from benchmarks.phone_delivered import Delivered
from benchmarks.phone_found import Found
from benchmarks.phone_reference import Ending, Happened
from benchmarks.phone_words import KEPT, standing, tries
from dispatch.evidence import ProofKind
from dispatch.phone_reports import ReportType
from dispatch.work_order import Visit, VisitState

LATE = timedelta(minutes=3)


@dataclass
class VisitEvening:
    """One visit, what was delivered and what was found."""

    delivered: Delivered
    found: Found
    visit_id: int
    visit: Visit

    def wrong(self) -> Iterator[str]:
        """Its end, what was told of it, what was charged, whether it was accepted, what came of a trip for nothing."""
        yield from self._ended()
        yield from self._told()
        yield from self._surcharges()
        yield from self._accepted()
        yield from self._trip()

    def _ended(self) -> Iterator[str]:
        may = self.delivered.endings[self.visit_id]
        if not any(self._is_so(each) for each in may):
            found = self.visit.state, self.visit.technician_id, self.visit.left_at
            yield f"visit {self.visit_id}: {found}, not {may}"

    def _is_so(self, end: Ending) -> bool:
        by = self.delivered.names.get(self.visit.technician_id)
        if self.visit.state != end.state or (end.by and by not in end.by):
            return False
        return end.at is None or self.visit.left_at is None or abs(self.visit.left_at - end.at) <= LATE

    def _may_stand(self, kind: ReportType, value: Callable[[Happened], Any], code: str | None = None) -> list[Any]:
        told = self.delivered.about(self.visit_id, kind)
        of_code = [fact for fact in told if code is None or fact.said["code"] == code]
        maker = self.delivered.names.get(self.visit.technician_id, self.delivered.world.owner[self.visit_id])
        return list(standing(of_code, self.visit.state, maker, self.visit_id in self.delivered.moved, value))

    def _told(self) -> Iterator[str]:
        """Readiness with whose it is, ticks, serial number, signature, parts: the last word, one proof of each."""
        told = self.visit.told
        proofs = [(each.kind, each.text) for each in self.found.proofs if each.visit_id == self.visit_id]
        by = self.delivered.names.get(told.get("by"))
        texts = {kind: [text for of, text in proofs if of == kind] for kind in ProofKind}
        found = {
            ReportType.READINESS: {**told["readiness"], "by": by} if "readiness" in told else None,
            ReportType.CHECKLIST: told.get("checklist"),
            ReportType.SERIAL: (told["serial"], texts[ProofKind.SERIAL_NUMBER]) if "serial" in told else None,
            ReportType.SIGNATURE: (told["signed"], texts[ProofKind.SIGNATURE]) if "signed" in told else None,
            ReportType.PARTS_NEEDED: told.get("parts_needed"),
        }
        for kind, stands in found.items():
            may = self._may_stand(kind, VALUES[kind])
            if stands not in may:
                yield f"{kind} of visit {self.visit_id}: {stands}, not {may}"
        told_of = {ProofKind.SERIAL_NUMBER: "serial", ProofKind.SIGNATURE: "signed"}
        for kind_of_proof, name in told_of.items():
            if len(texts[kind_of_proof]) != (name in told):
                yield f"{kind_of_proof} of visit {self.visit_id}: {len(texts[kind_of_proof])} proofs"

    def _surcharges(self) -> Iterator[str]:
        """Each that was agreed to is charged once, with its last number of pieces and its photo."""
        rows = [each for each in self.found.surcharges if each.visit_id == self.visit_id]
        for code in sorted({*self.delivered.terms.prices, *(row.code for row in rows)}):
            charged = [(row.count, row.amount, row.photo_sha256) for row in rows if row.code == code]
            may = self._may_stand(ReportType.SURCHARGE, _charge, code)
            if len(charged) > 1 or (charged[0] if charged else None) not in may:
                yield f"surcharge of visit {self.visit_id}: {charged} for {code}, not {may}"

    def _accepted(self) -> Iterator[str]:
        """By the consumer's code; wrong ones are counted once each."""
        may = self._may_stand(ReportType.ACCEPTANCE, lambda fact: fact)
        right = [fact for fact in may if fact]
        if not any(self.delivered.answers[fact.event_id] == {KEPT} for fact in right):
            may.append(None)
        at = self.visit.accepted_at
        if (at is None and None not in may) or (at is not None and not right):
            yield f"acceptance of visit {self.visit_id}: {at}, not {may}"
        right_ones = self.delivered.about(self.visit_id, ReportType.ACCEPTANCE)
        is_timed = all(fact.is_timed for fact in right_ones)
        if at is not None and is_timed and not any(abs(fact.at - at) <= LATE for fact in right_ones):
            yield f"acceptance of visit {self.visit_id}: at {at}, not when {right_ones}"
        about = [fact for fact in self.delivered.facts if fact.visit_id == self.visit_id]
        counts = tries(about, self.delivered.terms, was_cancelled=self.visit_id in self.delivered.world.cancelled)
        if self.visit.code_tries not in counts:
            yield f"tries of visit {self.visit_id}: {self.visit.code_tries}, not {counts}"

    def _trip(self) -> Iterator[str]:
        """Of a visit that came to nothing one is written down, with the call and at most three wishes."""
        rows = [each for each in self.found.trips if each.visit_id == self.visit_id]
        came_to_nothing = self.visit.state == VisitState.COULD_NOT_COMPLETE
        if len(rows) != came_to_nothing:
            yield f"trip of visit {self.visit_id}: {len(rows)} wasted"
        may = [_trip(fact) for fact in self.delivered.about(self.visit_id, ReportType.COULD_NOT_COMPLETE)]
        for row in rows:
            if (row.reason, row.call_outcome, row.wishes) not in may:
                yield f"trip of visit {self.visit_id}: {row.reason} {row.call_outcome} {row.wishes}, not {may}"


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


VALUES: Mapping[ReportType, Callable[[Happened], Any]] = {
    ReportType.READINESS: _readiness,
    ReportType.CHECKLIST: lambda fact: fact.said["done"],
    ReportType.SERIAL: lambda fact: (fact.said, [fact.said["number"]]),
    ReportType.SIGNATURE: lambda fact: (True, [fact.said["name"]]),
    ReportType.PARTS_NEEDED: _parts_needed,
}
