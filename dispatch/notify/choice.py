"""The notifier that the settings ask for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from dispatch.notify.address import NotifyAddress, Way
from dispatch.notify.hook import Hook
from dispatch.notify.log import Log
from dispatch.notify.message import Notifier
from dispatch.notify.sms import Sms


def notifier(address: NotifyAddress, now: Callable[[], datetime]) -> Notifier:
    if address.mail is not None:
        return address.mail
    if address.way == Way.WEBHOOK:
        return Hook(address.url, address.secret, now)
    if address.gateway is not None:
        return Sms(address.url, address.gateway)
    return Log()
