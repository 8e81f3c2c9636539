"""From login to a completed visit, over the API alone."""

from __future__ import annotations

from dispatch.audit import broken_at
from dispatch.work_order import AppointmentState, Visit, VisitState, WorkOrderState
from tests.phone_day import Tuesday, jpeg


def test_a_technician_works_through_a_visit_and_everything_moves(tuesday_on_both: Tuesday) -> None:
    tuesday, phone = tuesday_on_both, tuesday_on_both.phone
    day = phone.read("/mobile/v1/day")
    assert [stop["visit"]["id"] for stop in day["stops"]] == tuesday.visit_ids
    assert phone.report(tuesday.first, "en-route").status_code == 200
    tuesday.clock.advance(minutes=20)
    assert phone.report(tuesday.first, "arrival").status_code == 200
    assert phone.read(f"/mobile/v1/visits/{tuesday.first}")["missing"] == ["before", "after"]
    assert phone.shoot(tuesday.first, "before", jpeg("navy")).status_code == 200
    assert phone.shoot(tuesday.first, "after", jpeg("gold")).status_code == 200
    tuesday.clock.advance(minutes=35)
    answer = phone.report(tuesday.first, "completion", note="Tested.")
    assert answer.status_code == 200, answer.text
    with tuesday.town.system.transaction(read_only=True) as session:
        visit = session.get_one(Visit, tuesday.first)
        assert visit.state == VisitState.COMPLETED
        assert visit.work_order.state == WorkOrderState.COMPLETED
        assert [each.state for each in visit.appointments] == [AppointmentState.KEPT]
        assert visit.arrival_distance == 0
        assert visit.left_at == tuesday.clock()
        assert broken_at(session) is None
