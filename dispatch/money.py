"""Amounts of money: whole minor units inside, the way people write them outside."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

WITHOUT_MINOR_UNITS = frozenset({"CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"})
MOST = Decimal(1_000_000)


def digits(currency: str) -> int:
    """How many decimals people write (ISO 4217; the few currencies with three are not known here)."""
    return 0 if currency in WITHOUT_MINOR_UNITS else 2


def minor(text: str, currency: str) -> int:
    """“12.50” as 1250; ValueError for what is no amount from 0 to a million in this currency."""
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is no amount") from error
    units = amount.scaleb(digits(currency)) if amount.is_finite() else Decimal("0.5")
    if units != units.to_integral_value() or not 0 <= amount <= MOST:
        raise ValueError(f"{text!r} is no amount of {currency}")
    return int(units)


def major(amount: int, currency: str) -> str:
    """1250 as “12.50”, whole amounts without decimals."""
    written = f"{Decimal(amount).scaleb(-digits(currency)):f}"
    return written.removesuffix(".00") if "." in written else written
