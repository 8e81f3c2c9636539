from __future__ import annotations

import pytest
from apiflask import APIFlask

from dispatch.system import System
from mobile_api import access
from mobile_api.app import create_app
from tests.phone_day import Tuesday, jpeg, log_in

OPEN = {"login.log_in", "phone.page", "phone.worker", "static", "openapi.spec"}


@pytest.fixture
def app(sqlite_system: System) -> APIFlask:
    return create_app(sqlite_system)


def test_every_route_says_who_may_call_it(app: APIFlask) -> None:
    assert access.undeclared(app) == []


def test_a_route_that_says_nothing_is_found(app: APIFlask) -> None:
    app.add_url_rule("/mobile/v1/planted", endpoint="planted", view_func=lambda: "anybody")
    assert access.undeclared(app) == ["planted"]


def test_without_a_token_every_other_route_asks_for_one(app: APIFlask) -> None:
    closed = [rule for rule in app.url_map.iter_rules() if rule.endpoint not in OPEN]
    assert len(closed) >= 10
    for rule in closed:
        path = rule.rule.replace("<int(max=2147483647):visit_id>", "1")
        path = path.replace("<int(max=2147483647):photo_id>", "1")
        path = path.replace("<int(max=2147483647):upload_id>", "1")
        method = min(set(rule.methods or ()) - {"HEAD", "OPTIONS"})
        answer = app.test_client().open(path, method=method, json={} if method == "POST" else None)
        assert (rule.endpoint, answer.status_code) == (rule.endpoint, 401)
        assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("header", ["Bearer wrong", "Basic VDE6NDgyOTE1", "Bearer", ""])
def test_a_guessed_token_is_as_good_as_none(app: APIFlask, header: str) -> None:
    answer = app.test_client().get("/mobile/v1/day", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_somebody_elses_visit_and_photos_are_not_found(tuesday: Tuesday) -> None:
    other = log_in(tuesday.phone.client, tuesday.clock, "T2")
    photo = tuesday.phone.shoot(tuesday.first, "after", jpeg())
    assert photo.json is not None
    one = f"/mobile/v1/visits/{tuesday.first}"
    answers = [
        other.get(one),
        other.get(f"/mobile/v1/photos/{photo.json['id']}"),
        other.shoot(tuesday.first, "after", jpeg()),
        other.report(tuesday.first, "could-not-complete", reason="other"),
        *(other.report(tuesday.first, what) for what in ("en-route", "arrival", "completion")),
    ]
    assert [answer.status_code for answer in answers] == [404] * 7
    assert other.read("/mobile/v1/day")["stops"] == []
    assert tuesday.phone.read(one)["state"] == "waiting"


def test_a_phone_that_has_logged_out_is_out(tuesday: Tuesday) -> None:
    assert tuesday.phone.post("/mobile/v1/logout").status_code == 204
    assert tuesday.phone.get("/mobile/v1/day").status_code == 401
