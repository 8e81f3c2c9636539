"""The progress bar of a planning on the command line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from routing.limits import Progress


@contextmanager
def bar(label: str) -> Iterator[Callable[[Progress], None]]:
    """A progress bar on standard error: percent, visits placed, cost so far; `preparing` before there is any."""
    drawn: Any = click.progressbar(length=100, label=label, show_eta=False, file=sys.stderr, item_show_func=_placed)
    with drawn as shown:

        def show(now: Progress) -> None:
            shown.update(max(0, int(now.percent) - shown.pos), now)

        yield show
        shown.update(100 - shown.pos)


def _placed(now: Progress | None) -> str:
    if now is None:
        return ""
    return f"{now.placed}/{now.visits} placed, cost {now.cost}" if now.visits else "preparing"
