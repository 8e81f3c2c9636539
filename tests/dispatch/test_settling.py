from sqlalchemy import select

from dispatch import orders, plan_day, plans, settling
from dispatch.day_plan import DayPlanState, Stop
from dispatch.new_order import NewOrder
from dispatch.outbox import Outbox, OutboxKind, OutboxState
from dispatch.system import System
from dispatch.work_order import WorkOrder
from dispatch.worker import work_on
from routing.limits import Limits
from tests.town import AREA, DOORS, TUESDAY, Town, shanghai

LIMITS = Limits(seconds=1.0, iterations=10)


def promised(system: System, town: Town, number: str, product: str = "lamp", county: str = "310101") -> int:
    """An order that comes with a window; the id of its visit."""
    lng, lat = DOORS[county]
    order = NewOrder(
        number=number, product_code=product, consumer_name="陈女士", consumer_phone="13900000001", address="",
        county_code=county, lng=lng, lat=lat, window_starts_at=shanghai(10), window_ends_at=shanghai(12),
    )  # fmt: skip
    with system.transaction() as session:
        row, _ = orders.submit(session, system.places, town.merchant_id, order, by="merchant", at=system.now())
        return session.get_one(WorkOrder, row.id).visits[0].id


def work(system: System) -> list[OutboxState]:
    """Do what is waiting, and tell how the settling rows ended."""
    wanted = select(Outbox.id).where(Outbox.kind == OutboxKind.SETTLE, Outbox.state == OutboxState.WAITING)
    with system.transaction() as session:
        waiting = list(session.scalars(wanted))
    for outbox_id in waiting:
        work_on(system, outbox_id)
    with system.transaction(read_only=True) as session:
        return list(session.scalars(select(Outbox.state).where(Outbox.id.in_(waiting))))


def holders(system: System) -> dict[int, DayPlanState]:
    with system.transaction(read_only=True) as session:
        stops = session.scalars(select(Stop).where(Stop.visit_id.is_not(None)))
        current = plans.current(session, AREA, TUESDAY)
        return {
            stop.visit_id: stop.route.day_plan.state
            for stop in stops
            if stop.visit_id and current is not None and stop.day_plan_id == current.id
        }


def test_an_order_that_comes_with_a_window_gets_its_place_in_a_draft(system: System, town: Town) -> None:
    visit_id = promised(system, town, "A1")
    assert work(system) == [OutboxState.DONE]
    assert holders(system) == {visit_id: DayPlanState.DRAFT}


def test_many_orders_of_one_day_ask_for_it_once(system: System, town: Town) -> None:
    visits = {promised(system, town, f"A{n}") for n in range(3)}
    assert work(system) == [OutboxState.DONE]
    assert set(holders(system)) == visits


def test_a_published_plan_takes_a_late_comer_in_and_stays_published(system: System, town: Town) -> None:
    first = promised(system, town, "A1")
    outcome = plan_day.run(system, AREA, TUESDAY, LIMITS, by="ada")
    with system.transaction() as session:
        plans.publish(session, outcome.plan_id, by="ada", at=system.now())
    work(system)
    late = promised(system, town, "A2")
    assert work(system) == [OutboxState.DONE]
    assert holders(system) == {first: DayPlanState.PUBLISHED, late: DayPlanState.PUBLISHED}


def test_what_fits_into_no_published_route_stays_unassigned(system: System, town: Town) -> None:
    outcome = plan_day.run(system, AREA, TUESDAY, LIMITS, by="ada")
    with system.transaction() as session:
        plans.publish(session, outcome.plan_id, by="ada", at=system.now())
    promised(system, town, "A1", "chandelier", "310115")
    settled = settling.settle(system, AREA, TUESDAY, LIMITS, by="ada", progress=lambda _: None)
    assert settled == {"visits": 1, "placed": 0}
    assert holders(system) == {}
