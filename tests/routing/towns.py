"""Towns drawn as text: every letter is a place, a step up, down, left or right takes a minute and is 500 m long."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from routing.problem import Problem, TimeWindow, Vehicle, Visit

MINUTE = 60
HOUR = 3600
DAY = TimeWindow(8 * HOUR, 18 * HOUR)


@dataclass(frozen=True)
class Town:
    letters: str
    steps: np.ndarray

    def __getitem__(self, letter: str) -> int:
        return self.letters.index(letter)

    def problem(self, visits: list[Visit], vehicles: list[Vehicle]) -> Problem:
        durations = (self.steps * MINUTE).astype(np.int32)
        return Problem(tuple(visits), tuple(vehicles), durations, (self.steps * 500).astype(np.int32))


def drawn(picture: str) -> Town:
    """The town of a picture; its places are numbered in the order of their letters."""
    found = {
        letter: (row, column)
        for row, line in enumerate(picture.splitlines())
        for column, letter in enumerate(line)
        if letter.isalpha()
    }
    letters = "".join(sorted(found))
    points = np.array([found[letter] for letter in letters])
    return Town(letters, np.abs(points[:, None] - points[None]).sum(axis=2))
