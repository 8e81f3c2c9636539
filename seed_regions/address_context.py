"""Weighing the places that an address mentions: which one county do all of them agree on?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from seed_regions.registry import Registry
from seed_regions.resolution import Candidate, Resolution, found, undecided


@dataclass(slots=True)
class Mention:
    """One way to write a name, and everything it can mean.

    `counties` maps a county code to why this text means it; `parents` are the prefectures and provinces it
    can also mean. `full`: it carries its suffix, so it is a name wherever it stands.
    """

    text: str
    full: bool
    counties: dict[str, str] = field(default_factory=dict)
    parents: set[str] = field(default_factory=set)


class Context:
    """Judges mentions against the counties of China and what lies above them, today and in the past."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.counties = registry.children("CN")
        self._above = {
            county.code: frozenset({county.prefecture_code, county.province_code}) for county in self.counties
        }
        self.former = [
            (change, code)
            for change in registry.history
            for code in registry.successors(change.old_code)
            if code in self._above
        ]
        for change, code in self.former:
            self._above[code] |= {change.old_code[:4] + "00"}

    def agrees(self, code: str, mention: Mention) -> bool:
        """Whether a county can be meant by a mention: as itself or as something within it."""
        return code in mention.counties or not mention.parents.isdisjoint(self._above[code])

    def lies_in(self, mention: Mention, before: Sequence[Mention]) -> bool:
        """Whether something this name can mean lies in every place named before."""
        below = (county.code for parent in mention.parents for county in self.registry.children(parent))
        return any(all(self.agrees(code, each) for each in before) for code in (*mention.counties, *below))

    def decide(self, mentions: Sequence[Mention]) -> Resolution:
        """The one county that mentions, the largest place first, agree on, or why there is none."""
        if not mentions:
            return undecided([], "the address names no county, prefecture or province of the registry")
        named = dict.fromkeys(code for mention in mentions for code in mention.counties)
        if not named:
            return self._only_parents(mentions)
        best = [code for code in named if all(self.agrees(code, mention) for mention in mentions)]
        if len(best) == 1:
            return self._single(best[0], mentions)
        return self._ambiguous(best, mentions) if best else self._contradictory(list(named), mentions)

    def _single(self, code: str, mentions: Sequence[Mention]) -> Resolution:
        """A single county, unless its short name is as well the name of a whole prefecture (长沙, 河北)."""
        naming = _naming(code, mentions)
        if not naming.full and self._means_larger(naming, code, mentions):
            reason = f"{naming.text} can be {self._place(code)} or the place above it; add the county"
            return undecided([Candidate(code, 0.4, naming.counties[code])], reason)
        return found(code, _confidence(naming, alone=len(mentions) == 1), naming.counties[code])

    def _means_larger(self, naming: Mention, code: str, mentions: Sequence[Mention]) -> bool:
        below = (county.code for parent in naming.parents for county in self.registry.children(parent))
        return any(other != code and all(self.agrees(other, each) for each in mentions) for other in below)

    def _ambiguous(self, codes: list[str], mentions: Sequence[Mention]) -> Resolution:
        naming = _naming(codes[0], mentions)
        share = 0.9 / len(codes)
        candidates = [
            Candidate(code, share, f"{self._place(code)}: {_naming(code, mentions).counties[code]}") for code in codes
        ]
        places = ", ".join(self._place(code) for code in codes[:4])
        remedy = "name today's county" if len(mentions) > 1 else "add the province and prefecture"
        return undecided(candidates, f"{naming.text} can be {places}; {remedy}")

    def _contradictory(self, codes: list[str], mentions: Sequence[Mention]) -> Resolution:
        named = " / ".join(mention.text for mention in mentions)
        candidates = [Candidate(code, 0.4 / len(codes), f"{self._place(code)} is named") for code in codes]
        return undecided(candidates, f"the places named contradict each other ({named}); correct one of them")

    def _only_parents(self, mentions: Sequence[Mention]) -> Resolution:
        parents = sorted(mentions[-1].parents)
        below = [county.code for parent in parents for county in self.registry.children(parent)]
        codes = [code for code in dict.fromkeys(below) if all(self.agrees(code, mention) for mention in mentions)]
        candidates = [Candidate(code, 0.5 / len(codes), f"lies in {mentions[-1].text}") for code in codes]
        return undecided(candidates, f"{mentions[-1].text} is named but no county in it; add the county")

    def _place(self, code: str) -> str:
        county = self.registry.get(code)
        return "".join(dict.fromkeys((county.province, county.prefecture, county.name)))


def _naming(code: str, mentions: Sequence[Mention]) -> Mention:
    """The smallest place mentioned that means the county itself."""
    return next(mention for mention in reversed(mentions) if code in mention.counties)


def _confidence(naming: Mention, alone: bool) -> float:
    """How sure a single answer is: a full name under its parents most, a short one on its own least."""
    if alone:
        return 0.9 if naming.full and len(naming.text) > 2 else 0.7
    return 0.99 if naming.full else 0.9
