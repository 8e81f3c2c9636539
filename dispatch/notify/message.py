"""What goes to a consumer's telephone, and what a way of sending it says about that."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

NOT_DIALLED = re.compile(r"[^\d+]")
CHINA = re.compile(r"^(?:\+|00)86(?=1\d{10}$)")


@dataclass(frozen=True, slots=True)
class Message:
    """Never to be logged. `fields` are the parts of the text, for gateways that only take parts of their own texts."""

    phone: str
    language: str
    text: str
    template: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def dialled(self) -> str:
        """The number without blanks and dashes, a leading + kept."""
        return NOT_DIALLED.sub("", self.phone)

    @property
    def national(self) -> str:
        """As Chinese gateways want it: a mobile number of theirs without +86."""
        return CHINA.sub("", self.dialled)


class Obstacle(StrEnum):
    """Why a message did not go out, in words for people."""

    SILENT = "provider-silent"
    REFUSED = "provider-refuses"
    NUMBER = "number-refused"


class NotSent(Exception):
    """Nobody can say that the message has arrived. `again` False: it never will, so it is not tried again.

    The text goes into logs and lists and must name neither the number nor what was written.
    """

    def __init__(self, reason: str, *, obstacle: Obstacle = Obstacle.REFUSED, again: bool = True) -> None:
        super().__init__(reason)
        self.obstacle = obstacle
        self.again = again


class Notifier(Protocol):
    """A way in which messages are sent. The same `message_id` again is the same message."""

    @property
    def name(self) -> str: ...

    def send(self, message: Message, message_id: str) -> str:
        """What the other side calls the message, empty when it does not say; NotSent."""
        ...
