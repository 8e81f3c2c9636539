"""What the vehicles of a day cost and how fast they are, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.problem import Problem, Vehicle, Visit
from routing.score import HOUR, mean_worked

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Fleet:
    """What the vehicles of a day cost and how fast they are, by number; and the visits that are frozen, by id."""

    ids: Ints
    speed: NDArray[np.float64]
    per_hour: Ints
    per_km: Ints
    per_task_hour: Ints
    unfair: NDArray[np.float64]
    frozen: dict[int, int]

    @staticmethod
    def of(problem: Problem, vehicles: Sequence[Vehicle]) -> Fleet:
        rates = np.array([(v.rates.per_hour, v.rates.per_km, v.rates.per_task_hour) for v in vehicles], np.int64)
        per_hour, per_km, per_task_hour = rates.reshape(-1, 3).T
        worked = np.array([vehicle.worked for vehicle in vehicles])
        return Fleet(
            np.array([vehicle.id for vehicle in vehicles], np.int64),
            np.array([vehicle.speed for vehicle in vehicles], np.float64),
            per_hour,
            per_km,
            per_task_hour,
            worked - mean_worked(problem) if problem.weights.fairness else worked * 0.0,
            {visit: vehicle.id for vehicle in problem.vehicles for visit in vehicle.frozen},
        )

    def at_speed(self, seconds: Ints, number: Ints) -> Ints:
        speed = self.speed[number]
        if (speed == 1.0).all():
            return seconds
        slowed: Ints = np.rint(seconds / speed[:, None]).astype(np.int64)
        return slowed

    def assigned(self, problem: Problem, visit: Visit, number: Ints) -> Ints:
        """`routing.score.assignment_cost` of many vehicles."""
        weights = problem.weights
        cost = np.rint(visit.service * self.per_task_hour[number] / HOUR)
        if visit.preferred:
            cost += np.where(np.isin(self.ids[number], list(visit.preferred)), 0, weights.not_preferred)
        told = problem.published.vehicles.get(visit.id) if problem.published is not None else None
        if told is not None:
            cost += np.where(self.ids[number] == told, 0, weights.changed)
        if weights.fairness:
            cost += np.rint(visit.service * weights.fairness * self.unfair[number] / HOUR)
        return cost.astype(np.int64)
