"""VROOM's JSON form, so that its users can switch: `from_vroom` reads, `to_vroom` writes."""

from routing.vroom_answer import to_vroom
from routing.vroom_question import from_vroom, start_from_vroom

__all__ = ["from_vroom", "start_from_vroom", "to_vroom"]
