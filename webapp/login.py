"""Logging in and out, and the two choices every reader has: language and light or dark."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from apiflask import APIBlueprint
from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import LoginManager, current_user, login_user, logout_user

from dispatch import accounts
from dispatch.account import Role
from dispatch.accounts import Person, SignInRefused
from webapp.access import allow_anyone
from webapp.languages import LANGUAGES
from webapp.limits import limiter
from webapp.system import system

bp = APIBlueprint("login", __name__, enable_openapi=False)
manager = LoginManager()
THEMES = ("light", "dark", "auto")
HALF_A_YEAR = 15_768_000


@dataclass(frozen=True, slots=True)
class Visitor:
    """A logged-in person in the form Flask-Login wants. A new password ends all sessions of the old one."""

    person: Person
    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return f"{self.person.id}:{self.person.stamp}"

    @property
    def role(self) -> Role:
        return self.person.role


def me() -> Person:
    """The person who called a view that only people with a role may call."""
    person: Person = current_user.person
    return person


def _visitor(session_id: str) -> Visitor | None:
    account_id, _colon, stamp = session_id.partition(":")
    if not account_id.isdecimal():
        return None
    with system().transaction(read_only=True) as rows:
        person = accounts.find(rows, int(account_id))
    return Visitor(person) if person is not None and person.stamp == stamp else None


manager.user_loader(_visitor)


@bp.get("/login")
@allow_anyone
def page() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(home())
    return render_template("login.html", login="", refusal=None)


@bp.post("/login")
@limiter.limit("30 per minute")
@allow_anyone
def enter() -> ResponseReturnValue:
    login = request.form.get("login", "").strip()
    try:
        person = accounts.sign_in(system(), login, request.form.get("password", ""))
    except SignInRefused as refused:
        return render_template("login.html", login=login, refusal=_explained(refused)), 403
    session.clear()
    session.permanent = True
    login_user(Visitor(person))
    return redirect(_inside(request.form.get("next")) or home(person.role))


@bp.post("/logout")
@allow_anyone
def leave() -> ResponseReturnValue:
    logout_user()
    session.clear()
    return redirect(url_for("login.page"))


@bp.post("/preferences")
@allow_anyone
def prefer() -> ResponseReturnValue:
    """Remember the language (with the account, if there is one) and the theme, and go back."""
    answer = redirect(_inside(request.form.get("back")) or home())
    language, theme = request.form.get("language"), request.form.get("theme")
    if language in LANGUAGES:
        session["language"] = language
        if current_user.is_authenticated:
            with system().transaction() as rows:
                accounts.set_language(rows, me().id, language)
    if theme in THEMES:
        answer.set_cookie("theme", theme, max_age=HALF_A_YEAR, samesite="Lax", secure=request.is_secure)
    return answer


def home(role: Role | None = None) -> str:
    """Where somebody starts: merchants with their orders, everybody else at the board."""
    role = role or (current_user.role if current_user.is_authenticated else None)
    return "/orders" if role == Role.MERCHANT else "/"


def _inside(path: str | None) -> str | None:
    """A path of this console, or None: a link in a message must not lead elsewhere after the login."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")):
        return None
    parts = urlsplit(path)
    return path if not parts.netloc and not parts.scheme and "\\" not in path else None


def _explained(refused: SignInRefused) -> str:
    if refused.locked_until is not None:
        return str(_("Too many wrong passwords. Wait 15 minutes, or ask an operator."))
    return str(_("Login or password is wrong. Check both, and whether the caps lock is on."))
