"""Address text to county, for China and the USA. Nothing is guessed silently: unclear means no code."""

from __future__ import annotations

import re
from functools import lru_cache

from seed_regions.address_cn import ChineseAddresses
from seed_regions.address_context import Context
from seed_regions.address_pinyin import PinyinAddresses
from seed_regions.address_us import AmericanAddresses
from seed_regions.registry import Registry
from seed_regions.resolution import Candidate, Resolution, undecided

__all__ = ["Candidate", "Resolution", "resolve"]

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def resolve(text: str, country: str | None = None) -> Resolution:
    """The county an address names, with a confidence (0 to 1) and, when unsure, candidates.

    `country` "CN" or "US" rules out the other; None lets the script and the form of the text decide. `code`
    is None, and `reason` says what to add, when the address names no county, several, or contradictory places.
    A code is given only at a confidence of 0.7 or more. Raises `UnknownCounty` for any other country.
    """
    if country is not None:
        Registry.load((country,))
    if not text.strip():
        return undecided([], "the address is empty; write province, prefecture, county and street")
    if _CHINESE.search(text):
        if country == "US":
            return undecided([], "the address is in Chinese; write it in English, or say that it is in China")
        return _chinese().resolve(text)
    if country == "CN":
        return _pinyin().resolve(text)
    american = _american().resolve(text)
    if country == "US" or american.code is not None or _american().names_state(text):
        return american
    pinyin = _pinyin().resolve(text)
    return pinyin if pinyin.candidates else american


@lru_cache(maxsize=1)
def _context() -> Context:
    return Context(Registry.load(("CN",)))


@lru_cache(maxsize=1)
def _chinese() -> ChineseAddresses:
    return ChineseAddresses(_context())


@lru_cache(maxsize=1)
def _pinyin() -> PinyinAddresses:
    return PinyinAddresses(_context())


@lru_cache(maxsize=1)
def _american() -> AmericanAddresses:
    return AmericanAddresses(Registry.load(("US",)))
