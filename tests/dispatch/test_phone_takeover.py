from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from dispatch import phone_events
from dispatch.day_plan import Route, Stop
from dispatch.evidence import Proof, ProofKind
from dispatch.phone_clock import Reading
from dispatch.work_order import VisitState
from tests.phone_pocket import PROMISED, Pocket, give_to, planned, visit
from tests.town import Town


def give_back(town: Town, technician: str, visit_id: int) -> None:
    with town.system.transaction() as session:
        theirs = select(Route.id).where(Route.technician_id == town.technicians[technician])
        stop = session.scalars(select(Stop).where(Stop.visit_id == visit_id)).one()
        stop.route_id = session.scalars(theirs).one()


def test_when_another_set_out_says_nothing_of_when_the_one_who_made_the_visit_was_there(sqlite_town: Town) -> None:
    town = sqlite_town
    visit_id, now = planned(town), town.system.now()
    give_to(town, "T2", visit_id)
    other, maker = Pocket(town, "T2", "phone-2"), Pocket(town)
    set_out = other.note("en-route", visit_id)
    other.send(replace(set_out, happened=Reading(now + timedelta(hours=2))))
    give_back(town, "T1", visit_id)
    maker.arrives(visit_id)
    maker.send(maker.note("completion", visit_id, *PROMISED))
    made = visit(town, visit_id)
    assert (made.state, made.technician_id) == (VisitState.COMPLETED, town.technicians["T1"])
    assert made.left_at is not None and made.left_at < now + timedelta(hours=1)


def test_who_had_completed_first_is_taken_at_their_own_times_of_setting_out_and_coming(sqlite_town: Town) -> None:
    town = sqlite_town
    visit_id, now = planned(town), town.system.now()
    maker, other = Pocket(town), Pocket(town, "T2", "phone-2")
    maker.send(maker.note("en-route", visit_id))
    unsent = maker.note("check-in", visit_id), maker.note("completion", visit_id, *PROMISED)
    give_to(town, "T2", visit_id)
    later = [Reading(now + timedelta(hours=hours)) for hours in (2, 3, 4)]
    notes = [other.note("en-route", visit_id), other.note("check-in", visit_id)]
    notes.append(other.note("completion", visit_id, *PROMISED))
    other.send(*(replace(note, happened=when) for note, when in zip(notes, later, strict=True)))
    assert visit(town, visit_id).technician_id == town.technicians["T2"]
    maker.send(*unsent)
    made = visit(town, visit_id)
    assert made.technician_id == town.technicians["T1"]
    assert (made.en_route_at, made.arrived_at, made.left_at) == (
        now, now + timedelta(minutes=1), now + timedelta(minutes=2),
    )  # fmt: skip


def test_of_two_phones_of_one_technician_the_first_completion_counts_whichever_is_heard_first(
    sqlite_town: Town,
) -> None:
    town = sqlite_town
    visit_id, now = planned(town), town.system.now()
    one, two = Pocket(town, "T1", "one"), Pocket(town, "T1", "two")
    one.arrives(visit_id)
    first, later = one.note("completion", visit_id, *PROMISED), two.note("completion", visit_id, *PROMISED)
    two.send(replace(later, happened=Reading(now + timedelta(minutes=30))))
    assert visit(town, visit_id).left_at == now + timedelta(minutes=30)
    answer = one.send(first)[0]
    assert (answer.verdict, answer.reason, answer.counts) == ("conflict", "out-of-order", True)
    made = visit(town, visit_id)
    assert (made.arrived_at, made.left_at) == (now + timedelta(minutes=1), now + timedelta(minutes=2))


def test_of_two_phones_of_one_technician_the_first_check_in_is_when_they_came(sqlite_town: Town) -> None:
    town = sqlite_town
    visit_id, now = planned(town), town.system.now()
    one, two = Pocket(town, "T1", "one"), Pocket(town, "T1", "two")
    later = two.note("check-in", visit_id)
    two.send(replace(later, happened=Reading(now + timedelta(minutes=30))))
    one.arrives(visit_id)
    one.send(one.note("completion", visit_id, *PROMISED))
    made = visit(town, visit_id)
    assert made.state == VisitState.COMPLETED
    assert (made.arrived_at, made.left_at) == (now + timedelta(minutes=1), now + timedelta(minutes=2))


def test_a_completion_that_is_not_possible_leaves_the_visit_as_it_was(sqlite_town: Town) -> None:
    town = sqlite_town
    visit_id = planned(town)
    Pocket(town, "T1").arrives(visit_id)
    give_to(town, "T2", visit_id)
    other = Pocket(town, "T2", "phone-2")
    before = visit(town, visit_id)
    assert other.tell("en-route", visit_id) == "taken"
    assert other.tell("check-in", visit_id) == "taken"
    assert other.tell("completion", visit_id) == "photos-missing"
    after = visit(town, visit_id)
    assert (after.technician_id, after.en_route_at, after.arrived_at, after.state) == (
        before.technician_id, before.en_route_at, before.arrived_at, before.state,
    )  # fmt: skip


def test_an_event_told_twice_in_one_batch_under_two_numbers_counts_once_and_under_the_first(sqlite_town: Town) -> None:
    town = sqlite_town
    visit_id, pocket = planned(town), Pocket(sqlite_town)
    note = pocket.note("en-route", visit_id)
    answers = pocket.send(note, replace(note, seq=2))
    assert [answer.verdict for answer in answers] == ["applied", "duplicate"]
    with town.system.transaction(read_only=True) as session:
        assert phone_events.next_seq(session, town.technicians["T1"], "phone-1") == 2


def test_what_was_told_of_a_visit_and_taken_back_by_a_take_over_can_be_told_anew_in_the_same_batch(
    sqlite_town: Town,
) -> None:
    """A proof that goes and one that comes in its place are unique together."""
    town = sqlite_town
    visit_id = planned(town)
    first = Pocket(town)
    first.arrives(visit_id)
    assert first.tell("serial", visit_id, number="SN-OF-THE-FIRST", read="hand", format="") == "applied"
    give_to(town, "T2", visit_id)
    other = Pocket(town, "T2", "phone-2")
    check_in, completion = other.note("check-in", visit_id), other.note("completion", visit_id, *PROMISED)
    other.send(check_in, completion, other.note("serial", visit_id, number="SN-OF-THE-OTHER", read="hand", format=""))
    made = visit(town, visit_id)
    assert (made.technician_id, made.told["serial"]["number"]) == (town.technicians["T2"], "SN-OF-THE-OTHER")
    with town.system.transaction(read_only=True) as session:
        proofs = select(Proof.text).where(Proof.visit_id == visit_id, Proof.kind == ProofKind.SERIAL_NUMBER)
        assert list(session.scalars(proofs)) == ["SN-OF-THE-OTHER"]
