"""VROOM's JSON form, so that its users can switch: `from_vroom` reads, `to_vroom` writes."""

from routing.vroom_answer import error_for_vroom, to_vroom
from routing.vroom_question import Question, from_vroom
from routing.vroom_tasks import Task

__all__ = ["Question", "Task", "error_for_vroom", "from_vroom", "to_vroom"]
