"""The board's own requests: reading a day, trying and keeping a move, planning and publishing."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from dispatch import changes, plan_day, plans
from dispatch.account import Role
from dispatch.catalogue import Merchant
from dispatch.outbox import Outbox, OutboxState
from dispatch.work_order import Visit
from routing.limits import Limits
from technicians.people import Coverage
from tests.town import AREA, TUESDAY, Town, shanghai
from tests.webapp.board_day import planned
from tests.webapp.console import Console, add_account

DAY = f"area={AREA}&day={TUESDAY}"


@pytest.fixture
def visits(sqlite_town: Town) -> dict[str, int]:
    return planned(sqlite_town)


@pytest.fixture
def console(sqlite_town: Town, visits: dict[str, int]) -> Iterator[Console]:
    yield Console.of(sqlite_town.system)


def test_the_page_names_area_and_day_and_brings_the_script_its_words(console: Console) -> None:
    page = console.page(f"/?{DAY}")
    assert f'data-area="{AREA}" data-day="{TUESDAY}"' in page
    assert "Breaks nothing" in page


def test_area_and_day_are_kept_from_page_to_page(console: Console) -> None:
    console.page(f"/?{DAY}")
    assert f'data-day="{TUESDAY}"' in console.page("/")
    assert 'data-day="2026-05-11"' in console.page("/?day=today")


@pytest.mark.parametrize(("query", "status"), [("day=tomorrowish", 422), ("area=999999", 404)])
def test_a_day_or_an_area_that_is_none_is_explained(console: Console, query: str, status: int) -> None:
    answer = console.get(f"/?{query}")
    assert answer.status_code == status
    assert query.partition("=")[2] in answer.get_data(as_text=True)


def test_an_empty_house_says_what_would_be_here_and_how_to_get_it(sqlite_system) -> None:  # type: ignore[no-untyped-def]
    assert "dispatch demo" in Console.of(sqlite_system).page("/")


def test_the_day_comes_as_json_and_compressed_for_whoever_reads_that(console: Console) -> None:
    plain = console.get_json(f"/board/day?{DAY}")
    assert len(plain["stops"]["rows"]) >= 3
    answer = console.get(f"/board/day?{DAY}", **{"Accept-Encoding": "gzip"})
    body = gzip.decompress(answer.data) if answer.headers.get("Content-Encoding") == "gzip" else answer.data
    assert json.loads(body) == plain


def why(console: Console, visit: int) -> dict[str, Any]:
    found: dict[str, Any] = console.get_json(f"/board/why?plan=1&visit={visit}")
    return found


def test_a_visit_in_no_route_is_explained_with_who_has_room_for_it(console: Console, visits: dict[str, int]) -> None:
    found = why(console, visits["A4"])
    assert [(rule["rule"], rule["many"]) for rule in found["rules"]] == [("county", 2)]
    assert (found["room"][:7], found["remedies"]) == ("赵师傅 has", [])


def test_what_would_place_a_visit_is_told_in_both_languages(
    console: Console, sqlite_town: Town, visits: dict[str, int]
) -> None:
    with sqlite_town.system.transaction() as session:
        away = session.scalars(select(Coverage).where(Coverage.technician_id == sqlite_town.technicians["T3"]))
        for row in away:
            row.county_code = "310107"
    found = why(console, visits["A4"])
    assert [(rule["rule"], rule["many"]) for rule in found["rules"]] == [("county", 3)]
    assert [remedy["says"] for remedy in found["remedies"]] == [
        ["赵师傅 also goes to Pudongxinqu New Area"], ["王师傅 also goes to Pudongxinqu New Area"],
    ]  # fmt: skip
    assert re.fullmatch(r"costs as much as \d+ min of travel", found["remedies"][0]["costs"])
    chinese = why(Console.of(sqlite_town.system, Role.OPERATOR, language="zh"), visits["A4"])
    assert chinese["remedies"][0]["says"] == ["赵师傅 兼顾 浦东新区"]


def test_a_visit_of_another_day_cannot_be_explained(console: Console) -> None:
    answer = console.get("/board/why?plan=1&visit=4711", Accept="application/json")
    assert (answer.status_code, answer.get_json()["detail"]) == (
        404, "Visit 4711 is not promised for the day of this plan.",
    )  # fmt: skip


def test_a_product_whose_icon_is_not_drawn_gets_a_box(console: Console) -> None:
    assert {p["icon"] for p in console.get_json(f"/board/day?{DAY}")["products"].values()} <= {"box"}


@pytest.mark.parametrize("query", ["", f"area={AREA}&day=never", f"area={'9' * 40}&day={TUESDAY}"])
def test_a_query_that_is_not_a_day_names_the_field(console: Console, query: str) -> None:
    answer = console.get(f"/board/day?{query}", Accept="application/json")
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert {error["field"] for error in answer.get_json()["errors"]} <= {"area", "day"}


def test_counties_are_sent_once(console: Console) -> None:
    first = console.get(f"/board/counties/{AREA}")
    assert len(first.get_json()["centres"]) == 16
    again = console.get(f"/board/counties/{AREA}", **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def body(town: Town, visit: int, technician: str | None, hour: float | None = None) -> dict[str, object]:
    return {
        "plan": 1, "visit": visit, "technician": town.technicians[technician] if technician else None,
        "start_at": shanghai(hour).isoformat() if hour else None,
    }  # fmt: skip


def test_trying_a_move_says_what_it_breaks_and_keeps_nothing(
    console: Console, sqlite_town: Town, visits: dict[str, int]
) -> None:
    before = console.get_json(f"/board/day?{DAY}")
    answer = console.post_json("/board/try", body(sqlite_town, visits["A2"], "T2", 13)).get_json()
    assert {v["rule"] for v in answer["violations"]} == {"skill"}
    assert answer["violations"][0]["word"] == "Skill missing"
    assert answer["violations"][0]["detail"] == "Water-Heater"
    assert console.get_json(f"/board/day?{DAY}") == before


def test_a_kept_move_answers_with_the_new_revisions(
    console: Console, sqlite_town: Town, visits: dict[str, int]
) -> None:
    people = {p["id"]: p["revision"] for p in console.get_json(f"/board/day?{DAY}")["technicians"]}
    move = body(sqlite_town, visits["A1"], "T2", 9) | {"revisions": people}
    answer = console.post_json("/board/move", move)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    after = {r["technician_id"]: r["revision"] for r in answer.get_json()["routes"]}
    assert after == {t: people[t] + 1 for t in after}
    again = console.post_json("/board/move", move)
    assert (again.status_code, again.get_json()["code"]) == (409, "plan-out-of-date")


def test_a_move_without_a_time_zone_is_refused_by_field(
    console: Console, sqlite_town: Town, visits: dict[str, int]
) -> None:
    move = body(sqlite_town, visits["A1"], "T2") | {"start_at": "2026-05-12T09:00:00"}
    answer = console.post_json("/board/try", move)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.get_json()["errors"]] == ["start_at"]


def test_a_pin_is_set_and_taken_away(console: Console, sqlite_town: Town, visits: dict[str, int]) -> None:
    def pinned() -> int | None:
        with sqlite_town.system.transaction(read_only=True) as session:
            return session.get_one(Visit, visits["A1"]).pinned_technician_id

    t1 = sqlite_town.technicians["T1"]
    pin = {"visit": visits["A1"], "technician": t1, "start_at": None}
    assert console.post_json("/board/pin", pin).status_code == 204
    assert pinned() == t1
    assert "Take the pin away" in console.page(f"/board/panels/visits/{visits['A1']}?plan=1")
    console.post_json("/board/pin", pin | {"technician": None})
    assert pinned() is None


def test_planning_is_asked_for_once_and_can_be_watched_and_cancelled(console: Console, sqlite_town: Town) -> None:
    where = {"area": AREA, "day": str(TUESDAY)}
    assert console.get_json(f"/board/work?{DAY}")["state"] is None
    first, second = console.post_json("/board/plan", where), console.post_json("/board/plan", where)
    assert first.status_code == second.status_code == 202
    assert first.get_json()["id"] == second.get_json()["id"]
    with sqlite_town.system.transaction() as session:
        row = session.scalars(select(Outbox).where(Outbox.id == first.get_json()["id"])).one()
        row.move_to(OutboxState.RUNNING)
        row.percent, row.progress = 40, {"placed": 3, "visits": 4, "cost": 999}
    work = console.get_json(f"/board/work?{DAY}")
    assert (work["state"], work["percent"], work["placed"], work["visits"], work["cost"]) == ("running", 40, 3, 4, 999)
    assert console.post_json("/board/cancel", {"work": work["id"]}).get_json()["state"] == "cancelled"


def test_publishing_is_reviewed_first_and_done_once(console: Console) -> None:
    panel = console.page("/board/panels/publish/1")
    assert "3 visits become visible" in panel
    assert console.post_json("/board/publish", {"plan": 1}).get_json() == {"id": 1, "version": 1, "state": "published"}
    assert console.post_json("/board/publish", {"plan": 1}).status_code == 409


def test_a_draft_beside_a_published_plan_is_given_up_after_saying_what_is_lost(
    console: Console, sqlite_town: Town, visits: dict[str, int]
) -> None:
    console.post_json("/board/publish", {"plan": 1})
    system = sqlite_town.system
    plan_day.run(system, AREA, TUESDAY, Limits(seconds=1), by="ann")
    with system.transaction() as session:
        draft = plans.shown(session, AREA, TUESDAY)
        assert draft is not None
        changes.move(
            session, system.travel_times, draft.id, visits["A1"], None, revisions={}, by="ann", at=system.now()
        )
        draft_id = draft.id
    assert "planned differently in this draft" in console.page(f"/board/panels/discard/{draft_id}")
    answer = console.post_json("/board/discard", {"plan": draft_id})
    assert answer.get_json() == {"id": 1, "version": 1, "state": "published"}
    assert console.get_json(f"/board/day?{DAY}")["plan"]["id"] == 1


def test_a_draft_that_holds_the_days_bookings_is_not_given_up(console: Console) -> None:
    assert console.post_json("/board/discard", {"plan": 1}).status_code == 409


def test_a_visits_panel_says_who_where_when_and_escapes_what_people_wrote(
    console: Console, sqlite_town: Town, visits: dict[str, int]
) -> None:
    with sqlite_town.system.transaction() as session:
        order = session.get_one(Visit, visits["A1"]).work_order
        order.note = "<script>alert(1)</script>"
    panel = console.page(f"/board/panels/visits/{visits['A1']}?plan=1")
    assert "09:00–11:00" in panel
    assert "王师傅" in panel
    assert "&lt;script&gt;" in panel
    assert "<script>" not in panel


def test_an_unknown_visit_is_not_found(console: Console) -> None:
    assert console.get("/board/panels/visits/999?plan=1").status_code == 404


def test_a_write_by_script_needs_the_secret_too(console: Console) -> None:
    answer = console.client.post("/board/publish", json={"plan": 1}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.get_json()["code"]) == (403, "stale-form")


def test_merchants_are_kept_off_the_board(sqlite_town: Town, visits: dict[str, int]) -> None:
    with sqlite_town.system.transaction(read_only=True) as session:
        merchant = session.scalars(select(Merchant.id)).one()
    add_account(sqlite_town.system, "shop", Role.MERCHANT, merchant_id=merchant)
    console = Console(sqlite_town.system)
    console.sign_in("shop")
    for path in ("/", f"/board/day?{DAY}", f"/board/panels/visits/{visits['A1']}"):
        assert console.get(path).status_code == 403, path
    assert console.post_json("/board/publish", {"plan": 1}).status_code == 403
