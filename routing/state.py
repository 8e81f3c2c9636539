"""What the search keeps of its routes, in arrays; the columns have names."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.flat import FAR

NEVER = FAR * 2

# Columns of State.stops: the visit (-1 at the ends), its node, what the drive there costs, what lateness costs up
# to here; then `leave`, `by` and `soft`, each for every set of breaks.
VISIT, AT, ARC, LATENESS, CLOCKS = range(5)
# Columns of State.total; those from SEEN on are notes of the search and not restored.
LENGTH, ROUTE_COST, TRAVEL, DISTANCE, SOFT_COST, VERSION, SEEN, SEEN_KIND, IS_TOUCHED = range(9)
# Columns of State.now.
ROUTE, POSITION, OUT_AT, EARLIEST, LATEST_START, OLD_EARLIEST, OLD_LATEST = range(7)
# Entries of State.tally.
(
    OUT, VERSIONS, TOUCHED, CHANGED, MOST_CHANGED, LOST_SUM, COST_SUM, BEST_LOST, BEST_COST, POOLED, IMPROVED, RANDOM,
    STAMP, ALIKE, SPARE, SEED,
) = range(16)  # fmt: skip
# Rows of State.room.
OUT_LIST, TOUCHED_LIST, REMOVED_LIST = range(3)


class State(NamedTuple):
    """The routes as they are and as they were before this iteration, and what has been worked out about them.

    `stops`: now or before × k × (most stops + 2) × columns, the first and the last stop of a route being its ends.
    `load`: now or before × k × stops × (load, most so far, most from here on) of each dimension. `total`: now or
    before × k × columns. `now`: n × columns, where each visit stands and between which starts a link holds it.
    `cached`: n × k × (version, cost, position) of the best insertion. `room`: lists of visits or routes. `clock`: rows
    to count time in, one column per set of breaks. `order`: sort keys, then how hard a visit is to place, and minus
    how far it is. `best`: lengths, then visits of the best routes.
    """

    stops: NDArray[np.int32]
    load: NDArray[np.int64]
    total: NDArray[np.int64]
    now: NDArray[np.int64]
    cached: NDArray[np.int32]
    room: NDArray[np.int64]
    tally: NDArray[np.int64]
    clock: NDArray[np.int64]
    order: NDArray[np.float64]
    best: NDArray[np.int32]


class Pool(NamedTuple):
    """Routes that were seen in good plans. `visits`: routes × width; `info`: routes × (vehicle, cost, visits, hash);
    `table`: positions of routes by hash; `keys`: a random number for each visit."""

    visits: NDArray[np.int32]
    info: NDArray[np.int64]
    table: NDArray[np.int32]
    keys: NDArray[np.uint64]
