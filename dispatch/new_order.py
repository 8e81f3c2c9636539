"""An order as a merchant hands it in: what a field may hold, and how an order that comes again is known."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from dispatch.siting import Claim, require_position
from seed_regions.datum import Datum
from technicians.errors import InvalidInput

PHONE = re.compile(r"\+?\(?[0-9][0-9 ()\-]{3,28}[0-9](?:\s?(?:x|ext\.?|转|,|#)\s?[0-9]{1,8})?")
COUNTY_CODE = re.compile(r"[0-9]{5,6}")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
UNPRINTED = re.compile(r"[\x00-\x1f\x7f]")
LONGEST = {"number": 80, "consumer_name": 120, "consumer_phone": 40, "address": 500, "note": 1000}
NEVER_EMPTY = ("number", "consumer_name", "consumer_phone")
LANGUAGES = ("zh", "en")
LONGEST_WINDOW = timedelta(hours=24)
FARTHEST = timedelta(days=366)
LONGEST_SERVICE = 24 * 3600
DIGEST_LENGTH = 16
NO_PHONE = "“{cell}” is not a telephone number."


@dataclass(frozen=True, slots=True)
class NewOrder:
    """Position in degrees of `datum`, `service` in seconds (None: the product's), instants aware.

    A window is the arrival window that the merchant has promised already; without one the consumer books.
    """

    number: str
    product_code: str
    consumer_name: str
    consumer_phone: str
    address: str
    county_code: str | None = None
    lng: float | None = None
    lat: float | None = None
    datum: Datum = Datum.WGS84
    priority: int = 0
    goods_arrived_at: datetime | None = None
    window_starts_at: datetime | None = None
    window_ends_at: datetime | None = None
    note: str = ""
    language: str = "zh"
    service: int | None = None

    @property
    def claim(self) -> Claim:
        return Claim(self.address, self.county_code, self.lng, self.lat, self.datum)

    @property
    def is_booked(self) -> bool:
        """Whether a sound order brings its window along."""
        return self.window_starts_at is not None

    def digest(self) -> dict[str, str]:
        """For each field a digest of what was handed in, by which a repeat is told from a change."""
        return {
            field.name: hashlib.sha256(_plain(getattr(self, field.name)).encode()).hexdigest()[:DIGEST_LENGTH]
            for field in fields(self)
        }

    def require_sound(self, at: datetime) -> None:
        """InvalidInput for the first field that cannot be used, in the order of the form."""
        for error in self.faults(at):
            raise error

    def faults(self, at: datetime) -> Iterator[InvalidInput]:
        """Everything that is wrong with the order by itself, field by field; `at` is now."""
        yield from self._wrong_texts()
        yield from self._wrong_place()
        yield from self._wrong_numbers()
        yield from self._wrong_window(at)

    def _wrong_texts(self) -> Iterator[InvalidInput]:
        if "/" in self.number or self.number.strip() in {".", ".."} or UNPRINTED.search(self.number):
            yield InvalidInput(
                "It cannot stand in the address of a request.",
                field="number",
                remedy="Send it without slashes, line breaks and tabs.",
            )
        for name, longest in LONGEST.items():
            text = getattr(self, name)
            if name in NEVER_EMPTY and not text.strip():
                yield InvalidInput("It is empty.", field=name, remedy="Every order needs one.")
            if len(text) > longest:
                yield InvalidInput(
                    "It has {length} characters; the most is {longest}.",
                    field=name,
                    remedy="Shorten it.",
                    length=len(text),
                    longest=longest,
                )
            if CONTROL.search(text):
                yield InvalidInput("It holds control characters.", field=name, remedy="Send plain text.")
        if self.consumer_phone.strip() and not PHONE.fullmatch(self.consumer_phone.strip()):
            yield InvalidInput(
                NO_PHONE,
                field="consumer_phone",
                remedy="Send digits with an optional +, for example +86 138 0000 0000.",
                cell=self.consumer_phone[:40],
            )
        if self.language not in LANGUAGES:
            yield InvalidInput(
                "“{cell}” is not spoken here.", field="language", remedy="Use zh or en.", cell=self.language[:20]
            )

    def _wrong_place(self) -> Iterator[InvalidInput]:
        try:
            require_position(self.lng, self.lat)
        except InvalidInput as error:
            yield error
        if self.county_code and not COUNTY_CODE.fullmatch(self.county_code):
            yield InvalidInput(
                "“{cell}” is not a county code.",
                field="county_code",
                remedy="Send six digits (China) or five (USA), or leave it empty.",
                cell=self.county_code[:20],
            )

    def _wrong_numbers(self) -> Iterator[InvalidInput]:
        if not 0 <= self.priority <= 100:
            yield InvalidInput(
                "{priority} is not between 0 and 100.", field="priority", remedy="0 is usual.", priority=self.priority
            )
        if self.service is not None and not 60 <= self.service <= LONGEST_SERVICE:
            yield InvalidInput(
                "{service} s is not between a minute and a day.",
                field="service",
                remedy="Send seconds.",
                service=self.service,
            )

    def _wrong_window(self, at: datetime) -> Iterator[InvalidInput]:
        starts_at, ends_at = self.window_starts_at, self.window_ends_at
        if self.goods_arrived_at is not None and self.goods_arrived_at > at + timedelta(days=1):
            yield InvalidInput(
                "It lies in the future.",
                field="goods_arrived_at",
                remedy="Leave it empty until the goods are there.",
            )
        if starts_at is None and ends_at is None:
            return
        if starts_at is None or ends_at is None:
            missing = "window_starts_at" if starts_at is None else "window_ends_at"
            yield InvalidInput("It is missing.", field=missing, remedy="Send both ends of the window or none.")
            return
        if ends_at <= starts_at:
            yield InvalidInput("The end is not after the start.", field="window_ends_at", remedy="Are the two swapped?")
        elif ends_at - starts_at > LONGEST_WINDOW:
            yield InvalidInput(
                "The end is more than a day after the start.",
                field="window_ends_at",
                remedy="Promise one day at most.",
            )
        if ends_at <= at:
            yield InvalidInput(
                "The window has passed already.", field="window_ends_at", remedy="Promise a time to come."
            )
        if starts_at > at + FARTHEST:
            yield InvalidInput("It is more than a year away.", field="window_starts_at", remedy="Check the year.")


def _plain(value: object) -> str:
    """One text for the same value however it was written: trimmed, whole numbers and instants alike."""
    match value:
        case None | "":
            return ""
        case datetime():
            return str(round(value.timestamp()))
        case float():
            return f"{value:.7f}"
        case _:
            return str(value).strip()
