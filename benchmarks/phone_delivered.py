"""What a simulated day must end in, by what of it was delivered: the reference's word about each event and visit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from benchmarks.phone_reference import Ending, Happened, endings
from benchmarks.phone_words import KEPT, Terms, code_answers, refusal, withdrawal_answers
from benchmarks.phone_world import World
from dispatch.phone_reports import ReportType


@dataclass
class Delivered:
    """The facts that reached the server, each device's by its numbers. `moved`: visits that were given away."""

    world: World
    terms: Terms
    facts: Sequence[Happened]
    moved: set[int]

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
    def endings(self) -> dict[int, tuple[Ending, ...]]:
        """How each visit may end."""
        return {
            visit_id: endings(
                [fact for fact in self.usable if fact.visit_id == visit_id],
                owner,
                was_cancelled=visit_id in self.world.cancelled,
                was_moved=visit_id in self.moved,
            )
            for visit_id, owner in self.world.owner.items()
        }

    def number(self, technician: str) -> int:
        return self.world.town.technicians[technician]

    def about(self, visit_id: int, kind: ReportType) -> list[Happened]:
        """What can be used of what was told of a visit."""
        return [fact for fact in self.usable if fact.visit_id == visit_id and fact.type == kind]
