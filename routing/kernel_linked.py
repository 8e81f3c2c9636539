"""The search where links join visits: as `routing.kernel_search`, with groups taken out and inserted as a whole.

A file of its own, as it takes as long to compile as all the rest and most days have no links.
"""

from __future__ import annotations

from routing.flat import GROUP, Facts
from routing.kernel import entry, kernel
from routing.kernel_links import account_groups, give_groups_back, keep_windows, place_group, remove_group
from routing.kernel_moves import keep, restore
from routing.kernel_search import accepts, gather, insert, note, refresh_touched, uproot
from routing.state import COST_SUM, LOST_SUM, OUT_AT, REMOVED_LIST, Pool, State


@kernel
def uproot_linked(facts: Facts, state: State) -> int:
    """As `uproot`, and whom links join with what is removed."""
    removed = uproot(facts, state)
    for i in range(removed):
        g = facts.visit[state.room[REMOVED_LIST, i], GROUP]
        if g >= 0:
            removed = remove_group(facts, state, g, removed)
    return removed


@kernel
def recreate_linked(facts: Facts, state: State, removed: int) -> int:
    """As `recreate`, with joined visits inserted as a group."""
    many = gather(state, removed)
    for i in range(many):
        v = state.room[REMOVED_LIST, i]
        g = facts.visit[v, GROUP]
        if g >= 0:
            place_group(facts, state, g)
        else:
            insert(facts, state, v, removed > 0 and state.now[v, OUT_AT] >= 0)
    return many


@entry
def search_linked(
    facts: Facts, state: State, pool: Pool, fills: int, iterations: int, temperature: float, cooling: float, margin: int
) -> float:
    """As `search`."""
    count = state.tally
    for i in range(fills + iterations):
        filling = i < fills
        before = count[LOST_SUM] + count[COST_SUM]
        removed = 0 if filling else uproot_linked(facts, state)
        refresh_touched(facts, state)
        many = recreate_linked(facts, state, removed)
        if accepts(facts, state, pool, before, temperature, margin, filling):
            keep(state)
            keep_windows(facts, state, many)
            note(state)
        else:
            give_groups_back(facts, state, many)
            restore(state)
            account_groups(facts, state, many)
        temperature *= cooling
    return temperature
