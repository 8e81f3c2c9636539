from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from dispatch import phone_feed
from dispatch.day_plan import Route, Stop
from dispatch.phone_records import PhoneEntry
from dispatch.work_order import WorkOrder
from tests.phone_day import Phone, Tuesday, log_in
from tests.town import TUESDAY, shanghai


def pull(phone: Phone, cursor: str | None = None) -> Any:
    return phone.read("/mobile/v1/changes" + (f"?cursor={cursor}" if cursor else ""))


def ids(changes: Any) -> list[int]:
    return [each["visit"]["id"] for each in changes["visits"]]


def take_away(tuesday: Tuesday, visit_id: int) -> None:
    with tuesday.town.system.transaction() as session:
        session.delete(session.scalars(select(Stop).where(Stop.visit_id == visit_id)).one())


def test_the_first_answer_is_everything(tuesday: Tuesday) -> None:
    changes = pull(tuesday.phone)
    assert (changes["full"], ids(changes), changes["gone"]) == (True, tuesday.visit_ids, [])
    assert [route["on"] for route in changes["routes"]] == ["2026-05-12"]


def test_nothing_new_is_nothing_and_the_cursor_stays(tuesday: Tuesday) -> None:
    cursor = pull(tuesday.phone)["cursor"]
    again = pull(tuesday.phone, cursor)
    assert (again["full"], again["visits"], again["gone"], again["cursor"]) == (False, [], [], cursor)


def test_only_what_changed_comes_and_comes_again_when_the_answer_was_lost(tuesday: Tuesday) -> None:
    cursor = pull(tuesday.phone)["cursor"]
    with tuesday.town.system.transaction() as session:
        session.get_one(WorkOrder, tuesday.order_ids[1]).address = "外滩18号"
    lost, kept = pull(tuesday.phone, cursor), pull(tuesday.phone, cursor)
    assert lost == kept
    assert ids(kept) == [tuesday.visit_ids[1]]
    assert kept["visits"][0]["visit"]["address"] == "外滩18号"


def test_what_is_theirs_no_more_leaves_a_tombstone_and_nothing_else(tuesday: Tuesday) -> None:
    cursor = pull(tuesday.phone)["cursor"]
    take_away(tuesday, tuesday.first)
    changes = pull(tuesday.phone, cursor)
    assert (ids(changes), changes["gone"]) == ([], [tuesday.first])
    assert tuesday.phone.get(f"/mobile/v1/visits/{tuesday.first}").status_code == 404


def test_what_comes_back_is_shown_again(tuesday: Tuesday) -> None:
    first = pull(tuesday.phone)["cursor"]
    with tuesday.town.system.transaction() as session:
        stop = session.scalars(select(Stop).where(Stop.visit_id == tuesday.first)).one()
        mine = stop.route_id
        theirs = Route(day_plan_id=stop.day_plan_id, technician_id=tuesday.town.technicians["T2"])
        session.add(theirs)
        session.flush()
        stop.route_id = theirs.id
    gone = pull(tuesday.phone, first)
    with tuesday.town.system.transaction() as session:
        session.scalars(select(Stop).where(Stop.visit_id == tuesday.first)).one().route_id = mine
    back = pull(tuesday.phone, gone["cursor"])
    assert (gone["gone"], ids(back), back["gone"]) == ([tuesday.first], [tuesday.first], [])


def test_a_cursor_that_is_unknown_brings_everything(tuesday: Tuesday) -> None:
    known = pull(tuesday.phone)["cursor"]
    epoch = known.partition(".")[0]
    for unknown in ("other.1", "nonsense", f"{epoch}.999", f"{epoch}.-1", f"{epoch}.1x"):
        assert (unknown, pull(tuesday.phone, unknown)["full"]) == (unknown, True)


def test_a_cursor_older_than_the_tombstones_brings_everything(tuesday: Tuesday) -> None:
    old = pull(tuesday.phone)["cursor"]
    take_away(tuesday, tuesday.first)
    newer = pull(tuesday.phone, old)["cursor"]
    with tuesday.town.system.transaction() as session:
        for entry in session.scalars(select(PhoneEntry)):
            entry.changed_at = tuesday.clock() - timedelta(days=40)
    take_away(tuesday, tuesday.visit_ids[1])
    assert pull(tuesday.phone, newer)["full"] is False
    assert pull(tuesday.phone, old)["full"] is True


def test_somebody_elses_feed_has_nothing_of_mine(tuesday: Tuesday) -> None:
    mine = pull(tuesday.phone)["cursor"]
    other = log_in(tuesday.phone.client, tuesday.clock, "T2")
    assert ids(pull(other)) == []
    changes = pull(other, mine)
    assert (changes["full"], ids(changes)) == (True, [])


def test_a_day_that_is_over_leaves_the_phone(tuesday: Tuesday) -> None:
    cursor = pull(tuesday.phone)["cursor"]
    tuesday.clock.set(shanghai(9) + timedelta(days=2))
    assert pull(tuesday.phone, cursor)["gone"] == tuesday.visit_ids


def test_a_look_that_another_phone_has_overtaken_is_taken_again(tuesday: Tuesday) -> None:
    cursor = pull(tuesday.phone)["cursor"]
    system, mine = tuesday.town.system, tuesday.town.technicians["T1"]
    with system.transaction(read_only=True) as session:
        before = phone_feed.look(session, mine, TUESDAY)
    take_away(tuesday, tuesday.first)
    assert pull(tuesday.phone, cursor)["gone"] == [tuesday.first]
    with system.transaction() as session:
        seen = phone_feed.refresh(session, mine, TUESDAY, at=tuesday.clock(), seen=before)
    assert list(seen.now) == tuesday.visit_ids[1:]
    again = pull(tuesday.phone, cursor)
    assert (again["gone"], again["visits"]) == ([tuesday.first], [])


def test_what_changed_after_a_look_is_found_by_the_next(tuesday: Tuesday) -> None:
    system, mine = tuesday.town.system, tuesday.town.technicians["T1"]
    pull(tuesday.phone)
    take_away(tuesday, tuesday.visit_ids[1])
    with system.transaction(read_only=True) as session:
        before = phone_feed.look(session, mine, TUESDAY)
    take_away(tuesday, tuesday.first)
    with system.transaction() as session:
        phone_feed.refresh(session, mine, TUESDAY, at=tuesday.clock(), seen=before)
    assert ids(pull(tuesday.phone)) == []
