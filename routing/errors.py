"""What can be wrong with what the planner is given."""

from __future__ import annotations


class InvalidProblem(ValueError):
    """A problem that cannot be planned as it stands. `field` names the place, the message the remedy."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
