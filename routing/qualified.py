"""Who may make a visit at all, asked of all vehicles at once: `routing.eligibility.who_barrier` over columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.problem import Vehicle, Visit

Mask = NDArray[np.bool_]
LACKING = -(1 << 30)


@dataclass(frozen=True, slots=True)
class Qualified:
    """Columns over the vehicles: the level of each skill, who covers each county, who covers all of them."""

    ids: NDArray[np.int64]
    levels: dict[str, NDArray[np.int64]]
    counties: dict[str, Mask]
    everywhere: Mask

    @staticmethod
    def of(vehicles: Sequence[Vehicle]) -> Qualified:
        """The columns of vehicles, in their order."""
        everywhere = np.array([vehicle.counties is None for vehicle in vehicles], dtype=bool)
        named = {code for vehicle in vehicles for code in vehicle.counties or ()}
        skills = {skill for vehicle in vehicles for skill in vehicle.skills}
        return Qualified(
            np.array([vehicle.id for vehicle in vehicles], dtype=np.int64),
            {skill: np.array([v.skills.get(skill, LACKING) for v in vehicles]) for skill in skills},
            {code: _covering(vehicles, code) | everywhere for code in named},
            everywhere,
        )

    def able(self, visit: Visit) -> Mask:
        """Which vehicles no rule about the person keeps from the visit."""
        able = np.ones(len(self.everywhere), dtype=bool)
        if visit.county is not None:
            able &= self.counties.get(visit.county, self.everywhere)
        for skill, level in visit.skills.items():
            has = self.levels.get(skill)
            able &= False if has is None else has >= level
        if visit.allowed is not None:
            able &= self._among(visit.allowed)
        if visit.forbidden:
            able &= ~self._among(visit.forbidden)
        if visit.pin is not None and visit.pin.vehicle is not None:
            able &= self._among((visit.pin.vehicle,))
        return able

    def _among(self, ids: Iterable[int]) -> Mask:
        among: Mask = np.isin(self.ids, list(ids))
        return among


def _covering(vehicles: Sequence[Vehicle], county: str) -> Mask:
    return np.array([vehicle.counties is not None and county in vehicle.counties for vehicle in vehicles], dtype=bool)
