"""Chinese address text to county: names, short names, former names, with the parents as context."""

from __future__ import annotations

import re
from collections import defaultdict

from seed_regions.address_context import Context, Mention
from seed_regions.names_cn import short_forms
from seed_regions.registry import County
from seed_regions.resolution import Resolution

_READ_AT_MOST = 80
_NOISE = re.compile(r"[\s,.;:·/\\|_\-，。；：、（）()【】\[\]]+|市辖区|(?:省|自治区)直辖县级行政(?:区划|单位)")
_OPENING = re.compile(r"^(?:收货|收件|客户|安装|详细)?地址|^中华人民共和国|^中国")
_ROAD_FOLLOWS = re.compile(
    r"(?!中山)[东南西北中环新老外内山一二三四五六七八九十\d]{0,2}"
    r"(?:路|街|大道|巷|弄|公路|高速|大街|广场|花园|大厦|公园)"
)
_CITY_DISTRICTS = ("南区", "北区", "中区")


class ChineseAddresses:
    """Reads addresses written in Chinese. Building it takes some 30 ms, reading about 10 µs."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._names: dict[str, Mention] = {}
        for county in context.counties:
            self._learn(county)
        for change, code in context.former:
            why = f"{change.old_name} became {context.registry.get(code).name} on {change.changed_on}"
            for form in (change.old_name, *short_forms(change.old_name)):
                self._name(form, form == change.old_name).counties.setdefault(code, why)
        self._starts: dict[str, list[Mention]] = defaultdict(list)
        for name in sorted(self._names.values(), key=lambda name: -len(name.text)):
            self._starts[name.text[:2]].append(name)

    def resolve(self, text: str) -> Resolution:
        """The county that an address names, or why none is clear."""
        return self._context.decide(self._mentions(_OPENING.sub("", _NOISE.sub("", text))[:_READ_AT_MOST]))

    def _name(self, text: str, full: bool) -> Mention:
        return self._names.setdefault(text, Mention(text, full))

    def _learn(self, county: County) -> None:
        self._name(county.name, True).counties[county.code] = f"named {county.name}"
        for form in short_forms(county.name):
            why = f"{form} is short for {county.name}"
            self._name(form, form[-1] in "区县市旗").counties.setdefault(county.code, why)
        parents = ((county.prefecture_code, county.prefecture), (county.province_code, county.province))
        for code, name in parents:
            self._name(name, True).parents.add(code)
            for form in short_forms(name):
                self._name(form, form[-1] == "州" and len(form) > 2).parents.add(code)

    def _mentions(self, text: str) -> list[Mention]:
        """The names in the text from left to right, each as long as possible.

        A short name counts only at the start or directly after a larger place it can lie in; after the
        county only names that follow directly still count. So roads and towns are not taken for places.
        """
        mentions: list[Mention] = []
        at = chain = 0
        while at < len(text) - 1:
            name = self._match(text, at, at == chain, mentions)
            if name is not None:
                mentions.append(name)
                at = chain = self._resume(text, at + len(name.text))
            elif mentions and not mentions[-1].parents:
                break
            else:
                at += 1
        return mentions

    def _match(self, text: str, at: int, chained: bool, before: list[Mention]) -> Mention | None:
        for name in self._starts.get(text[at : at + 2], ()):
            if text.startswith(name.text, at) and self._counts(name, text, at, chained, before):
                return name
        return None

    def _counts(self, name: Mention, text: str, at: int, chained: bool, before: list[Mention]) -> bool:
        if name.full:
            return chained or len(name.text) > 2
        if not chained or _ROAD_FOLLOWS.match(text, at + len(name.text)):
            return False
        return not before or (bool(before[-1].parents) and self._context.lies_in(name, before))

    @staticmethod
    def _resume(text: str, end: int) -> int:
        """Where to read on: 青岛市南区 means 青岛 and 市南区."""
        return end - 1 if text[end - 1] == "市" and text[end : end + 2] in _CITY_DISTRICTS else end
