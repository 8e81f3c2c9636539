"""What reading an address gives: a county, or the reason why there is none and who comes into question."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """A county that an address may mean, how sure (0 to 1), and why it is considered."""

    code: str
    confidence: float
    why: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """The county of an address. `code` None: not clear; `reason` says why, `candidates` what is likely.

    `candidates` are sorted by falling confidence; when there is a code it is the first of them.
    """

    code: str | None
    confidence: float
    candidates: tuple[Candidate, ...]
    reason: str


def found(code: str, confidence: float, why: str) -> Resolution:
    """A county that is beyond reasonable doubt."""
    return Resolution(code, confidence, (Candidate(code, confidence, why),), why)


def undecided(candidates: list[Candidate], reason: str) -> Resolution:
    """No county, with those that come into question."""
    ranked = sorted(candidates, key=lambda candidate: (-candidate.confidence, candidate.code))
    return Resolution(None, ranked[0].confidence if ranked else 0.0, tuple(ranked), reason)
