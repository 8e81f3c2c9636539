"""A logged-in console for tests: the Flask test client with the session's secret at hand."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dispatch import accounts
from dispatch.account import Role
from dispatch.system import System
from webapp.app import create_app

PASSWORD = "correct horse"
NONCE = re.compile(r'nonce="[^"]*"')


def add_account(system: System, login: str, role: Role, **more: Any) -> int:
    with system.transaction() as session:
        account = accounts.create(
            session, login=login, name=login.title(), password=PASSWORD, role=role, at=system.now(),
            by="test", **{"language": "en", **more},
        )  # fmt: skip
        return account.id


class Console:
    """One browser. `get` and `post` return Flask's answers; `post` carries the secret."""

    def __init__(self, system: System) -> None:
        self.app = create_app(system)
        self.app.testing = True
        self.client: FlaskClient = self.app.test_client()
        self.headers = {"Accept": "text/html", "Accept-Language": "en"}

    @classmethod
    def of(cls, system: System, role: Role = Role.DISPATCHER, **more: Any) -> Console:
        """Somebody logged in with this role."""
        add_account(system, role.value, role, **more)
        console = cls(system)
        console.sign_in(role.value)
        return console

    def sign_in(self, login: str, password: str = PASSWORD, **more: str) -> TestResponse:
        return self.post("/login", {"login": login, "password": password, **more})

    def secret(self) -> str:
        with self.client.session_transaction() as session:
            known: str = session.setdefault("csrf", "a secret of this test")
            return known

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers=self.headers | headers, buffered=True)

    def page(self, path: str) -> str:
        """The page without its nonces: what is drawn by lot may spell anything, a technician's code too."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return NONCE.sub("", answer.get_data(as_text=True))

    def post(self, path: str, form: dict[str, Any] | None = None) -> TestResponse:
        return self.client.post(path, data={"csrf": self.secret(), **(form or {})}, headers=self.headers)

    def get_json(self, path: str) -> Any:
        answer = self.client.get(path, headers={"Accept": "application/json"})
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_json()

    def post_json(self, path: str, body: Any) -> TestResponse:
        headers = {"Accept": "application/json", "X-CSRF-Token": self.secret()}
        return self.client.post(path, json=body, headers=headers)
