"""Why my route is mine, and what I have done: over the wire, with examples for the OpenAPI page."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field

from dispatch.why_not import WhyNot


class OtherOut(BaseModel):
    name: str
    minutes: int = Field(description="Of driving to the visit, from where they are by the plan when it begins.")
    reason: WhyNot = Field(description="Why the visit is not theirs. Why somebody is not at work is never told.")


class WhyVisitOut(BaseModel):
    """Of `technicians` in the area so many cover the county; each count is among those of the one before."""

    visit_id: int
    technicians: int
    covering: int
    skilled: int
    at_work: int = Field(description="At work at a time within the promised window.")
    able: int = Field(description="Have room for it beside what they do by the plan, you included.")
    rank: int = Field(description="Yours by nearness among the able; 1 is the nearest.")
    minutes: int = Field(description="Of your driving to it.")
    others: list[OtherOut] = Field(
        description="The nearest three of whom it can be said why not. Who is nearer and able is only in the rank."
    )


class WhyOut(BaseModel):
    on: date
    revision: int | None = Field(description="Of your route; none while the day is not published.")
    visits: list[WhyVisitOut]


class FiguresOut(BaseModel):
    visits: int = Field(description="Completed.")
    work: int = Field(description="Seconds from check-in to leaving.")
    travel: int = Field(description="Seconds on the road by the published routes up to today, the way home included.")
    distance: int = Field(description="Metres on the road, likewise.")


class WeekOut(FiguresOut):
    begins_on: date = Field(alias="from", description="Its Monday.")
    mine_of_median: float | None = Field(description="My work through the median work of the area.")
    median: FiguresOut = Field(description="Of everybody in the area who worked in that week.")


class AccountOut(BaseModel):
    weeks: list[WeekOut] = Field(description="Four, the present one last.")
    median: FiguresOut = Field(description="Of the area, over the four weeks together.")


WHY = {
    "on": "2026-05-11", "revision": 4,
    "visits": [
        {
            "visit_id": 7, "technicians": 60, "covering": 14, "skilled": 6, "at_work": 5, "able": 3, "rank": 1,
            "minutes": 12,
            "others": [
                {"name": "李建国", "minutes": 9, "reason": "no-skill"},
                {"name": "赵敏", "minutes": 15, "reason": "day-full"},
                {"name": "陈伟", "minutes": 21, "reason": "farther"},
            ],
        }
    ],
}  # fmt: skip
USUAL = {"visits": 22, "work": 93600, "travel": 30600, "distance": 198000}
ACCOUNT = {
    "weeks": [
        {
            "from": "2026-05-04", "visits": 24, "work": 97200, "travel": 28800, "distance": 182000,
            "mine_of_median": 1.04, "median": USUAL,
        }
    ],
    "median": {"visits": 86, "work": 371000, "travel": 121000, "distance": 790000},
}  # fmt: skip
