"""A week of orders for technicians near capacity: how many book where windows are offered by fitting, and by counts.

    python -m benchmarks.week [--technicians 60] [--orders 2300] [--seeds 1 2 3] [--floor 0.97] [--curve]

Every rule meets the same stream of orders. By fitting (`dispatch.fitting`): a window is on offer where the visit fits
into somebody's route and no promise is less likely than the floor; days are improved between bookings. By counts: so
many visits in each window (and of each skill, and of each level), as many as keep 99 % of the promises; they are given
every benefit of doubt, see `benchmarks.week_counts`. A promise is kept when service begins inside the window, on
simulated days that nobody has planned for; `otherwise` is for days whose distributions are not those planned with.
`nothing` are the consumers who found nothing, `of wanted` is how many of the times a consumer wanted were on offer.
Nothing is asserted.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import replace

from benchmarks.day import SKILLS
from benchmarks.outlook import truth
from benchmarks.week_counts import AIM, MIXES, Counted, Tried, at_aim, best, reach
from benchmarks.week_nights import Result, booked_by_skill
from benchmarks.week_orders import Week, week
from benchmarks.week_ours import Rules, book
from routing.spread import Spreads

FLOORS = (0.90, 0.95, 0.97, 0.98, 0.99)
SPREADS = Spreads()
USUAL = Rules()
COLUMNS = ("booked", "kept", "otherwise", "nothing", "of wanted", "travel/visit")
WIDTHS = (7, 8, 10, 8, 10, 13)
HEAD = " " * 24 + " ".join(f"{name:>{width}}" for name, width in zip(COLUMNS, WIDTHS, strict=True))


def main() -> None:
    """Run the weeks one after the other."""
    asked = _asked()
    rules = Rules(asked.floor, asked.every, asked.iterations)
    print(f"{asked.technicians} technicians, {asked.orders} orders in a week, floor {asked.floor:g}")
    gains = [compared(asked, rules, seed) for seed in asked.seeds]
    for name in MIXES:
        print(f"median gain over counts {name:<12} {100 * statistics.median(each[name] for each in gains):+6.1f} %")
    if asked.curve:
        curve(week(asked.technicians, asked.orders, asked.seeds[0]), rules)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--technicians", type=int, default=60)
    parser.add_argument("--orders", type=int, default=2300)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--floor", type=float, default=USUAL.floor)
    parser.add_argument("--every", type=int, default=USUAL.every, help="bookings of a day after which it is improved")
    parser.add_argument("--iterations", type=int, default=USUAL.iterations, help="how long it is improved")
    parser.add_argument("--hindsight", action="store_true", help="counts with the mix that fitting books of this week")
    parser.add_argument("--curve", action="store_true", help="other floors too")
    return parser.parse_args()


def compared(asked: argparse.Namespace, rules: Rules, seed: int) -> dict[str, float]:
    """One week under every rule; what fitting gains over each kind of counts, as a share."""
    began = time.perf_counter()
    orders, before = (week(asked.technicians, asked.orders, seed, stream) for stream in (0, 1))
    ours = book(orders, rules, SPREADS)
    print(f"\nseed {seed}\n{HEAD}")
    told("by fitting", ours, orders, seed)
    within, learnt_from = reach(orders, rules.floor, SPREADS), orders if asked.hindsight else before
    known = ours if asked.hindsight else book(before, replace(rules, every=0), SPREADS)
    mix = booked_by_skill(learnt_from.consumers, known.taken)
    gains = {}
    for name in MIXES:
        tried = Counted.like(orders, within, SPREADS, mix, name).search()
        for one in tried:
            told(f"counts {name}, {one.scale:.2f}", one.result, orders, seed, mark="  <-" if one is best(tried) else "")
        gains[name] = gain(name, ours, tried)
    print(f"{time.perf_counter() - began:.0f} s", flush=True)
    return gains


def gain(name: str, ours: Result, tried: list[Tried]) -> float:
    """Say how much more is booked than by counts that just meet the aim."""
    booked = at_aim(tried)
    share = ours.booked / booked - 1
    print(f"at {100 * AIM:.0f} % kept counts {name} book {booked:.0f}: by fitting {100 * share:+.1f} %", flush=True)
    return share


def told(name: str, result: Result, orders: Week, seed: int, mark: str = "") -> None:
    """A line of the table."""
    other = truth(dict(enumerate(SKILLS)), seed)
    many = len(orders.consumers)
    print(
        f"{name:<24}{result.booked:7} {100 * result.kept(SPREADS):6.2f} % {100 * result.kept(other):8.2f} %"
        f" {many - result.booked:8} {result.found:10.1f} {result.travel:9.1f} min{mark}",
        flush=True,
    )


def curve(orders: Week, rules: Rules) -> None:
    """What the floor trades: visits for promises."""
    print(f"\nfloors\n{HEAD}")
    for floor in FLOORS:
        told(f"floor {floor:g}", book(orders, replace(rules, floor=floor), SPREADS), orders, 1)


if __name__ == "__main__":
    main()
