"""Chinese addresses in Latin letters: "1266 Nanjing Rd West, Jing'an District, Shanghai 200040, China"."""

from __future__ import annotations

import re
import unicodedata

from seed_regions.address_context import Context, Mention
from seed_regions.registry import County
from seed_regions.resolution import Resolution

_LETTERS = re.compile(r"[^a-z]+")
_UNIT = (
    r"new area|new district|forestry district|autonomous county|autonomous banner|autonomous prefecture|"
    r"autonomous region|league|prefecture|banner|county|district|city|province|municipality|qu|xian|shi|sheng"
)
_ENDS_UNIT = re.compile(rf"\b({_UNIT})\b(?!,)", re.IGNORECASE)
_SUFFIX = re.compile(rf"\s+({_UNIT})$", re.IGNORECASE)
_COUNTRY = re.compile(r"\b(?:P\.?\s?R\.?\s?)?(?:China|CN|PRC)\b\.?", re.IGNORECASE)
_COUNTY_UNITS = ("district", "county", "city", "banner", "newarea", "qu", "xian", "shi", "autonomouscounty")
_PARENT_UNITS = ("city", "province", "shi", "sheng", "municipality", "prefecture", "autonomousprefecture")


class PinyinAddresses:
    """Reads Chinese addresses in English or pinyin, each place between commas or before its unit."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._names: dict[str, Mention] = {}
        for county in context.counties:
            self._learn_county(county)
        for parent, core in self._parents().items():
            for form in (core, *(core + unit for unit in _PARENT_UNITS)):
                self._name(form, full=form != core).parents.add(parent)

    def resolve(self, text: str) -> Resolution:
        """The county that an address names, or why none is clear."""
        parts = _ENDS_UNIT.sub(r"\1,", _COUNTRY.sub(" ", text)).split(",")
        mentions = [self._names[key] for part in reversed(parts) if (key := _key(part)) in self._names]
        return self._context.decide(self._sensible(mentions))

    def _sensible(self, mentions: list[Mention]) -> list[Mention]:
        """Without short names that cannot lie in the larger places named: a road or a town bears them too."""
        kept: list[Mention] = []
        for mention in mentions:
            if mention.full or self._context.lies_in(mention, kept):
                kept.append(mention)
        return kept

    def _name(self, key: str, full: bool) -> Mention:
        return self._names.setdefault(key, Mention(key, full))

    def _parents(self) -> dict[str, str]:
        counties = self._context.counties
        codes = {county.prefecture_code for county in counties} | {county.province_code for county in counties}
        return {code: _key(self._context.registry.english(code)) for code in sorted(codes)}

    def _learn_county(self, county: County) -> None:
        spelt = {_key(_SUFFIX.sub("", spelling)) for spelling in (county.name_en, county.pinyin)}
        cores = spelt | {core.removesuffix("xinqu") for core in spelt}
        why = f"named {county.name_en}"
        self._name(_key(county.name_en), True).counties[county.code] = why
        for core in sorted(filter(None, cores)):
            self._name(core, False).counties.setdefault(county.code, why)
            for unit in _COUNTY_UNITS:
                self._name(core + unit, True).counties.setdefault(county.code, why)


def _key(text: str) -> str:
    """Letters only, without tones and accents."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _LETTERS.sub("", plain)
