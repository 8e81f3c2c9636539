"""Logging a phone in and out."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from dispatch import phone_login
from dispatch.account import DeviceToken
from dispatch.system import Session
from mobile_api import access, show
from mobile_api.shapes import LOGGED_IN, LOGIN, LoginIn, LoginOut

bp = APIBlueprint("login", __name__, tag="Login")


@bp.post("/mobile/v1/login")
@access.public
@bp.input(LoginIn, example=LOGIN)
@bp.output(LoginOut, example=LOGGED_IN)
@bp.doc(summary="Log this phone in", responses=[400, 401, 422, 429])
def log_in(json_data: LoginIn) -> LoginOut:
    """A token for 30 days. After eight wrong PINs the login is locked for a while, longer each time."""
    return show.login(phone_login.log_in(access.system(), json_data.code, json_data.pin, json_data.device_id))


@bp.post("/mobile/v1/logout")
@access.technician
@bp.output({}, status_code=204)
@bp.doc(summary="Log this phone out", security="bearer", responses=[401])
def log_out(session: Session, device: DeviceToken) -> Any:
    """The token ends at once; other phones of the same technician stay logged in."""
    phone_login.revoke(session, device, access.system().now())
    return ""
