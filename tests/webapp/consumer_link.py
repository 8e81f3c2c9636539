"""A consumer with a link, as tests use one: a browser without cookies, logins or scripts."""

from __future__ import annotations

import re
from typing import Any

from werkzeug.test import TestResponse

from dispatch import links
from dispatch.work_order import Visit, VisitState
from tests.town import Town
from webapp.app import create_app


class ConsumerLink:
    """One order of the town and the pages behind its link; every request starts from nothing."""

    def __init__(
        self, town: Town, number: str = "A1", product: str = "lamp", county: str = "310101", **more: Any
    ) -> None:
        self.town = town
        self.app = create_app(town.system)
        self.app.testing = True
        with town.system.transaction() as session:
            order = town.order(session, number, product, county)
            self.order_id, self.visit_id = order.id, order.visits[0].id
            self.token = links.create(session, order.id, town.system.now())
            for name, value in more.items():
                setattr(order, name, value)

    def get(self, path: str = "", **headers: str) -> TestResponse:
        return self.app.test_client(use_cookies=False).get(f"/c/{self.token}{path}", headers=headers)

    def post(self, path: str, **form: str) -> TestResponse:
        return self.app.test_client(use_cookies=False).post(f"/c/{self.token}{path}", data=form)

    def page(self, path: str = "") -> str:
        answer = self.get(path)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_data(as_text=True)

    def windows(self, path: str = "") -> list[str]:
        """Values of the windows that the page offers."""
        return re.findall(r'name="starts_at" value="([^"]+)"', self.page(path))

    def sets_out(self) -> None:
        with self.town.system.transaction() as session:
            visit = session.get_one(Visit, self.visit_id)
            visit.move_to(VisitState.EN_ROUTE)
            visit.en_route_at = self.town.system.now()
