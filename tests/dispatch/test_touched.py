from __future__ import annotations

from dispatch import booking, plans, touched
from dispatch.work_order import BookedBy
from tests.town import AREA, TUESDAY, Town, shanghai


def test_a_booking_and_a_published_plan_tell_the_boards_of_their_area(sqlite_town: Town) -> None:
    system = sqlite_town.system
    with system.transaction() as session:
        sqlite_town.take_risks(session)
        visit = sqlite_town.order(session, "A-1").visits[0]
        booking.hold(
            session, system.travel_times, visit, shanghai(10), booked_by=BookedBy.CONSUMER, by="test", at=system.now()
        )
        assert session.info.pop(touched.KEY) == {AREA}
        booking.confirm(session, system.travel_times, visit, booked_by=BookedBy.CONSUMER, by="test", at=system.now())
        assert session.info.pop(touched.KEY) == {AREA}
        plan = plans.current(session, AREA, TUESDAY)
        assert plan is not None
        plans.publish(session, plan.id, by="li", at=system.now())
        assert session.info.pop(touched.KEY) == {AREA}
