"""Amounts as people write them and as they are kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch import money


@pytest.mark.parametrize(
    ("text", "currency", "kept"), [("120", "CNY", 12_000), ("99.5", "USD", 9_950), ("0", "EUR", 0), ("300", "JPY", 300)]
)
def test_an_amount_is_kept_in_minor_units(text: str, currency: str, kept: int) -> None:
    assert money.minor(text, currency) == kept


@pytest.mark.parametrize(
    ("text", "currency"),
    [("", "CNY"), ("ten", "CNY"), ("-1", "CNY"), ("1.005", "CNY"), ("0.5", "JPY"), ("nan", "CNY"), ("1e9", "CNY"),
     ("Infinity", "CNY")],
)  # fmt: skip
def test_what_is_no_amount_is_refused(text: str, currency: str) -> None:
    with pytest.raises(ValueError, match="no amount"):
        money.minor(text, currency)


@given(st.integers(0, 100_000_000), st.sampled_from(["CNY", "JPY"]))
def test_an_amount_is_read_as_it_was_written(amount: int, currency: str) -> None:
    amount = min(amount, 1_000_000)
    assert money.minor(money.major(amount, currency), currency) == amount
