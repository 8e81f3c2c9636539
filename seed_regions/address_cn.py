"""Chinese address text to county: names, short names, former names, with the parents as context."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from seed_regions.names_cn import short_forms
from seed_regions.registry import County, Registry
from seed_regions.resolution import Candidate, Resolution, found, undecided

_READ_AT_MOST = 80
_NOISE = re.compile(r"[\s,.;:·/\\|_\-，。；：、（）()【】\[\]]+|市辖区|(?:省|自治区)直辖县级行政(?:区划|单位)")
_OPENING = re.compile(r"^(?:收货|收件|客户|安装|详细)?地址|^中华人民共和国|^中国")
_ROAD_FOLLOWS = re.compile(
    r"(?!中山)[东南西北中环新老外内山一二三四五六七八九十\d]{0,2}"
    r"(?:路|街|大道|巷|弄|公路|高速|大街|广场|花园|大厦|公园)"
)
_CITY_DISTRICTS = ("南区", "北区", "中区")


@dataclass(slots=True)
class _Alias:
    """One way to write a name, and everything it can mean.

    `counties` maps a county code to why this text means it; `parents` are the prefectures and provinces it
    can also mean. `full`: it carries its suffix, so it is a name wherever it stands.
    """

    text: str
    full: bool
    counties: dict[str, str] = field(default_factory=dict)
    parents: set[str] = field(default_factory=set)


class ChineseAddresses:
    """Reads Chinese addresses against one registry. Building it takes some 30 ms, reading about 10 µs."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._above: dict[str, frozenset[str]] = {}
        self._aliases: dict[str, _Alias] = {}
        for county in registry.children("CN"):
            self._learn_county(county)
        self._learn_former_names()
        self._starts: dict[str, list[_Alias]] = defaultdict(list)
        for alias in sorted(self._aliases.values(), key=lambda alias: -len(alias.text)):
            self._starts[alias.text[:2]].append(alias)

    def resolve(self, text: str) -> Resolution:
        """The county that an address names, or why none is clear."""
        mentions = self._mentions(_OPENING.sub("", _NOISE.sub("", text))[:_READ_AT_MOST])
        if not mentions:
            return undecided([], "the address names no county, prefecture or province of the registry")
        agreeing = {
            code: sum(self._agrees(code, mention) for mention in mentions)
            for mention in mentions
            for code in mention.counties
        }
        if not agreeing:
            return self._only_parents(mentions)
        best = [code for code, count in agreeing.items() if count == len(mentions)]
        if len(best) == 1:
            return self._certain(best[0], mentions)
        if best:
            return self._ambiguous(best, mentions)
        return self._contradictory(list(agreeing), mentions)

    def _alias(self, text: str, full: bool) -> _Alias:
        return self._aliases.setdefault(text, _Alias(text, full))

    def _learn_county(self, county: County) -> None:
        self._above[county.code] = frozenset({county.prefecture_code, county.province_code})
        self._alias(county.name, True).counties[county.code] = f"named {county.name}"
        for form in short_forms(county.name):
            why = f"{form} is short for {county.name}"
            self._alias(form, form[-1] in "区县市旗").counties.setdefault(county.code, why)
        parents = ((county.prefecture_code, county.prefecture), (county.province_code, county.province))
        for code, name in parents:
            self._alias(name, True).parents.add(code)
            for form in short_forms(name):
                self._alias(form, form[-1] == "州" and len(form) > 2).parents.add(code)

    def _learn_former_names(self) -> None:
        """Old names lead to the successors, and an old prefecture remains good as context."""
        for change in self._registry.history:
            for code in self._registry.successors(change.old_code):
                if code not in self._above:
                    continue
                self._above[code] |= {change.old_code[:4] + "00"}
                now = self._registry.get(code).name
                why = f"{change.old_name} became {now} on {change.changed_on}"
                for form in (change.old_name, *short_forms(change.old_name)):
                    self._alias(form, form == change.old_name).counties.setdefault(code, why)

    def _mentions(self, text: str) -> list[_Alias]:
        """The names in the text from left to right, each as long as possible.

        A short name counts only at the start or directly after a larger place it can lie in; after the
        county only names that follow directly still count. So roads and towns are not taken for places.
        """
        mentions: list[_Alias] = []
        at = chain = 0
        while at < len(text) - 1:
            alias = self._match(text, at, at == chain, mentions)
            if alias is not None:
                mentions.append(alias)
                at = chain = self._resume(text, at + len(alias.text))
            elif mentions and not mentions[-1].parents:
                break
            else:
                at += 1
        return mentions

    def _match(self, text: str, at: int, chained: bool, before: list[_Alias]) -> _Alias | None:
        for alias in self._starts.get(text[at : at + 2], ()):
            if text.startswith(alias.text, at) and self._counts(alias, text, at, chained, before):
                return alias
        return None

    def _counts(self, alias: _Alias, text: str, at: int, chained: bool, before: list[_Alias]) -> bool:
        if alias.full:
            return chained or len(alias.text) > 2
        if not chained or _ROAD_FOLLOWS.match(text, at + len(alias.text)):
            return False
        return not before or (bool(before[-1].parents) and self._lies_in(alias, before))

    def _lies_in(self, alias: _Alias, before: list[_Alias]) -> bool:
        """Whether something this name can mean lies in every place named before."""
        below = (county.code for parent in alias.parents for county in self._registry.children(parent))
        return any(all(self._agrees(code, mention) for mention in before) for code in (*alias.counties, *below))

    @staticmethod
    def _resume(text: str, end: int) -> int:
        """Where to read on: 青岛市南区 means 青岛 and 市南区."""
        return end - 1 if text[end - 1] == "市" and text[end : end + 2] in _CITY_DISTRICTS else end

    def _agrees(self, code: str, mention: _Alias) -> bool:
        return code in mention.counties or not mention.parents.isdisjoint(self._above[code])

    def _certain(self, code: str, mentions: list[_Alias]) -> Resolution:
        naming = next(mention for mention in reversed(mentions) if code in mention.counties)
        return found(code, _confidence(naming, alone=len(mentions) == 1), naming.counties[code])

    def _ambiguous(self, codes: list[str], mentions: list[_Alias]) -> Resolution:
        naming = next(mention for mention in reversed(mentions) if codes[0] in mention.counties)
        share = 0.9 / len(codes)
        candidates = [Candidate(code, share, f"{self._place(code)}: {naming.counties[code]}") for code in codes]
        places = ", ".join(self._place(code) for code in codes[:4])
        remedy = "name today's county" if len(mentions) > 1 else "add the province and prefecture"
        return undecided(candidates, f"{naming.text} can be {places}; {remedy}")

    def _contradictory(self, codes: list[str], mentions: list[_Alias]) -> Resolution:
        named = " / ".join(mention.text for mention in mentions)
        candidates = [Candidate(code, 0.4 / len(codes), f"{self._place(code)} is named") for code in codes]
        return undecided(candidates, f"the places named contradict each other ({named}); correct one of them")

    def _only_parents(self, mentions: list[_Alias]) -> Resolution:
        wanted = mentions[-1].parents
        children = [
            county.code
            for parent in sorted(wanted)
            for county in self._registry.children(parent)
            if all(self._agrees(county.code, mention) for mention in mentions)
        ]
        codes = list(dict.fromkeys(children))
        candidates = [Candidate(code, 0.5 / len(codes), f"lies in {mentions[-1].text}") for code in codes]
        return undecided(candidates, f"{mentions[-1].text} is named but no county in it; add the county")

    def _place(self, code: str) -> str:
        county = self._registry.get(code)
        parents = dict.fromkeys((county.province, county.prefecture, county.name))
        return "".join(parents)


def _confidence(naming: _Alias, alone: bool) -> float:
    """How sure a single answer is: a full name under its parents most, a short one on its own least."""
    if alone:
        return 0.9 if naming.full and len(naming.text) > 2 else 0.7
    return 0.99 if naming.full else 0.9
