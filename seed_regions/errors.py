"""What can go wrong with places. Every message names the field and the remedy."""

from __future__ import annotations


class RegionError(Exception):
    """Something about a place, a code or a boundary layer cannot be accepted."""


class UnknownCounty(RegionError):
    """A county, prefecture or province code that the registry does not hold."""


class BoundaryRefused(RegionError):
    """A boundary file was not taken: unreadable, of an undeclared datum, or not where its counties are."""


class MissingExtra(RegionError):
    """An optional package is needed for this, and is not installed."""
