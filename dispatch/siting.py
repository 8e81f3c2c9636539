"""Where an order is: address, county code and position checked against one another, never guessed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.parking import Parked, ParkRule
from dispatch.place import Places
from dispatch.work_order import PositionQuality
from routing.travel import haversine
from seed_regions.address import resolve
from seed_regions.datum import Datum, to_wgs84
from seed_regions.locate import How, Located
from seed_regions.resolution import Resolution
from technicians.errors import InvalidInput
from technicians.place import County

# West, south, east, north of China and the USA, in degrees, with their islands.
COUNTRIES = ((73.0, 3.0, 136.0, 54.0), (-180.0, 17.0, -64.0, 72.0))
REACH = 300_000.0
SILENT = {ParkRule.NO_PLACE, ParkRule.ADDRESS_UNCLEAR, ParkRule.ADDRESS_SILENT}
MOST_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Claim:
    """What an order says of its place. Degrees in `datum`; any part may be missing, a position only whole."""

    address: str
    county_code: str | None = None
    lng: float | None = None
    lat: float | None = None
    datum: Datum = Datum.WGS84


@dataclass(frozen=True, slots=True)
class Site:
    """The place an order has, in WGS-84 degrees. Without a county, `parked` says why."""

    county_code: str | None
    lng: float | None
    lat: float | None
    quality: PositionQuality | None
    parked: Parked | None = None


def require_position(lng: float | None, lat: float | None) -> None:
    """InvalidInput for a position that is half there, out of range, or has its two numbers swapped."""
    if lng is None and lat is None:
        return
    if lng is None or lat is None:
        missing = "lng" if lng is None else "lat"
        raise InvalidInput(
            "It is missing while the other coordinate is there.", field=missing, remedy="Send both or none."
        )
    if looks_swapped(lng, lat):
        raise InvalidInput(
            "Longitude {lng:g} and latitude {lat:g} look swapped.",
            field="lng",
            remedy="Send lng={lat:g}, lat={lng:g}.",
            lng=lng,
            lat=lat,
        )
    for name, value, limit in (("lng", lng, 180), ("lat", lat, 90)):
        if not math.isfinite(value) or abs(value) > limit:
            raise InvalidInput(
                "{value} is not between -{limit} and {limit} degrees.",
                field=name,
                remedy="Send decimal degrees.",
                value=value,
                limit=limit,
            )


def looks_swapped(lng: float, lat: float) -> bool:
    """Whether the point is in no country we know, and would be in one the other way round."""
    return not _in_a_country(lng, lat) and _in_a_country(lat, lng)


def _in_a_country(lng: float, lat: float) -> bool:
    return any(west <= lng <= east and south <= lat <= north for west, south, east, north in COUNTRIES)


def sites(session: Session, places: Places, claims: Sequence[Claim]) -> list[Site]:
    """The place of each claim; positions are expected to have passed `require_position`."""
    claims = _in_wgs84(claims)
    located = _located(places, claims)
    said = {address: resolve(address) for address in {claim.address for claim in claims}}
    found = [
        _Evidence(places, claim, point, said[claim.address]).site()
        for claim, point in zip(claims, located, strict=True)
    ]
    wanted = {site.county_code for site in found if site.county_code}
    served = set(session.scalars(select(County.code).where(County.code.in_(wanted))))
    return [_if_served(site, served) for site in found]


def _in_wgs84(claims: Sequence[Claim]) -> list[Claim]:
    found = list(claims)
    for datum in (Datum.GCJ02, Datum.BD09):
        at = [i for i, claim in enumerate(claims) if claim.datum == datum and claim.lng is not None]
        if at:
            moved = to_wgs84(_points(claims, at), datum)
            for i, (lng, lat) in zip(at, moved.tolist(), strict=True):
                found[i] = replace(claims[i], lng=round(lng, 7), lat=round(lat, 7), datum=Datum.WGS84)
    return found


def _located(places: Places, claims: Sequence[Claim]) -> list[Located | None]:
    """The county each position lies in; all at once, and the few on nobody's land one by one."""
    found: list[Located | None] = [None] * len(claims)
    at = [i for i, claim in enumerate(claims) if claim.lng is not None]
    points = _points(claims, at)
    codes = places.index.counties_at(points)
    for i, (lng, lat), code in zip(at, points, codes, strict=True):
        found[i] = Located(str(code), How.INSIDE) if code is not None else places.index.locate(lng, lat)
    return found


def _points(claims: Sequence[Claim], at: Sequence[int]) -> list[tuple[float, float]]:
    return [(claims[i].lng or 0.0, claims[i].lat or 0.0) for i in at]


def _if_served(site: Site, served: set[str]) -> Site:
    if site.county_code is None or site.county_code in served:
        return site
    reason = Parked(ParkRule.NOT_SERVED, {"county": site.county_code})
    return Site(None, site.lng, site.lat, site.quality, reason)


@dataclass(frozen=True, slots=True)
class _Evidence:
    """One claim (in WGS-84), the county its position lies in, and what its address says."""

    places: Places
    claim: Claim
    point: Located | None
    said: Resolution

    def site(self) -> Site:
        verdict = self._county()
        lng, lat = self.claim.lng, self.claim.lat
        if isinstance(verdict, Parked):
            return Site(None, lng, lat, PositionQuality.EXACT if lng is not None else None, verdict)
        if lng is not None:
            return Site(verdict, lng, lat, PositionQuality.EXACT)
        centre = self.places.registry.get(verdict)
        return Site(verdict, centre.lng, centre.lat, PositionQuality.COUNTY_CENTRE)

    def _county(self) -> str | Parked:
        claimed = self._claimed()
        if isinstance(claimed, Parked):
            if self.point is None or self.point.how is not How.INSIDE:
                return claimed
            return Parked(claimed.rule, {**claimed.facts, "point": self.point.code or ""})
        if self.point is None:
            return self._named(claimed)
        if self.point.how is How.INSIDE and self.point.code is not None:
            return self._inside(self.point.code, claimed)
        return self._near(self.point, claimed)

    def _claimed(self) -> frozenset[str] | Parked:
        """What the county code means today: several counties when it was divided, none without a code."""
        code = self.claim.county_code
        if not code:
            return frozenset()
        registry = self.places.registry
        heirs = [heir for heir in registry.successors(code) if heir in registry]
        return frozenset(heirs) if heirs else Parked(ParkRule.UNKNOWN_CODE, {"code": code})

    def _inside(self, county: str, claimed: frozenset[str]) -> str | Parked:
        if claimed and county not in claimed:
            facts = {"code": self.claim.county_code or "", "point": county} | self._datum_hint(claimed)
            return Parked(ParkRule.CODE_DISAGREES, facts)
        if self.said.code is not None and self.said.code != county:
            facts = {"address": self.said.code, "other": county} | self._datum_hint({self.said.code})
            return Parked(ParkRule.ADDRESS_DISAGREES, facts)
        return county

    def _datum_hint(self, wanted: frozenset[str] | set[str]) -> dict[str, str]:
        shifted = to_wgs84((self.claim.lng or 0.0, self.claim.lat or 0.0), Datum.GCJ02)
        fits = self.places.index.county_at(float(shifted[0]), float(shifted[1])) in wanted
        return {"datum": "gcj02"} if fits else {}

    def _near(self, point: Located, claimed: frozenset[str]) -> str | Parked:
        """A position that lies inside no polygon: the words must name one county, and it must be near."""
        named = self._named(claimed)
        lng, lat = self.claim.lng or 0.0, self.claim.lat or 0.0
        outside = Parked(ParkRule.OUTSIDE, {"lng": f"{lng:.5f}", "lat": f"{lat:.5f}", "nearest": point.code or ""})
        if point.code is None or (point.how is How.NEAREST_CENTRE and self._has_boundary(point.code, named)):
            return outside
        if isinstance(named, Parked):
            is_silent = named.rule in SILENT
            return Parked(ParkRule.NO_BOUNDARIES, {"nearest": point.code}) if is_silent else named
        if point.how is How.NEAREST_BOUNDARY and named != point.code:
            return outside
        county = self.places.registry.get(named)
        far = haversine(np.array([(lng, lat), (county.lng, county.lat)]))[0, 1] > REACH
        return Parked(ParkRule.CODE_DISAGREES, {"code": named, "point": point.code}) if far else named

    def _has_boundary(self, *counties: str | Parked) -> bool:
        layer = self.places.layer
        return layer is not None and any(code in layer.codes for code in counties)

    def _named(self, claimed: frozenset[str]) -> str | Parked:
        """The one county that code and address name together."""
        candidates = [candidate.code for candidate in self.said.candidates]
        if not claimed:
            if self.said.code is not None:
                return self.said.code
            return self._unclear(candidates)
        agreed = [code for code in candidates if code in claimed]
        if self.said.code is not None and not agreed:
            return Parked(ParkRule.ADDRESS_DISAGREES, {"address": self.said.code, "other": ",".join(sorted(claimed))})
        if len(claimed) == 1:
            return next(iter(claimed))
        return agreed[0] if len(agreed) == 1 else self._unclear(agreed or sorted(claimed))

    def _unclear(self, candidates: Sequence[str]) -> Parked:
        if not self.claim.address.strip():
            return Parked(ParkRule.NO_PLACE, {})
        if not candidates:
            return Parked(ParkRule.ADDRESS_SILENT, {})
        return Parked(ParkRule.ADDRESS_UNCLEAR, {"candidates": ",".join(candidates[:MOST_CANDIDATES])})
