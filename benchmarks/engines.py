"""The planning core against its peers, on the same cases, judged by a referee that belongs to neither.

    python -m benchmarks.engines --peers PYTHON --suite field vrptw --out results.jsonl
    python -m benchmarks.engines --report results.jsonl --plot cost.svg

Cases, referee and peers lie outside the project (--cases); the peers' packages are in a Python of their own. Every
run is a fresh process on one thread. Results already in the --out file are not measured again. Nothing is asserted.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import engine_field, engine_first, engine_insertions, engine_scaling, engine_shanghai, engine_vrptw
from benchmarks.engine_cases import BESIDE, checked, family
from benchmarks.engine_field import cell
from benchmarks.engine_measure import Bench, code_of_core, machine, measure
from benchmarks.engine_plot import panels
from benchmarks.engine_runs import OURS, Result, Results, Run, kept
from benchmarks.engine_table import Table
from benchmarks.plot import drawn

Runs = Callable[[bool], list[Run]]
Tables = Callable[[Results, bool], list[Table]]

SUITES: dict[str, tuple[Runs, Tables]] = {
    "field": (engine_field.runs, engine_field.tables),
    "vrptw": (engine_vrptw.runs, engine_vrptw.tables),
    "shanghai": (engine_shanghai.runs, engine_shanghai.tables),
    "scaling": (engine_scaling.runs, engine_scaling.tables),
    "insertions": (lambda quick: [], lambda results, quick: engine_insertions.tables(results)),
}


def main() -> None:
    """Measure what is asked for and not yet known, or only show what is known."""
    asked = _asked()
    if asked.report is not None:
        results = kept(asked.report)
        _show(results, asked)
    else:
        results = Results() if asked.out is None else kept(asked.out)
        try:
            _measure(results, asked)
        except KeyboardInterrupt:
            raise SystemExit("broken off; with the same --out the rest is measured next time") from None
    if asked.plot is not None:
        _plot(results, asked.plot, asked)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suite", nargs="+", choices=SUITES, default=None, help="default: field; all in a report")
    parser.add_argument("--cases", type=Path, default=BESIDE, help="the folder of cases.py, referee.py and peers.py")
    parser.add_argument("--peers", help="a Python that has pyvroom, pyvrp and ortools; without it ours runs alone")
    parser.add_argument("--quick", action="store_true", help="fewer seeds, fewer seconds")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="only these cases or families of cases")
    parser.add_argument("--engines", nargs="+", metavar="NAME", help="only these engines, as: ours vroom")
    parser.add_argument("--jobs", type=int, choices=(1, 2), default=1, help="child processes at a time")
    parser.add_argument("--out", type=Path, help="the file of JSON lines every result is added to")
    parser.add_argument("--fresh", action="store_true", help="measure ours again where the planning core has changed")
    parser.add_argument("--report", type=Path, metavar="FILE", help="only print the tables of such a file")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw cost over time")
    return parser.parse_args()


def _measure(results: Results, asked: argparse.Namespace) -> None:
    _check_names(asked)
    bench = Bench(checked(asked.cases), asked.peers, code_of_core())
    results.set_machine(machine(asked.peers, asked.jobs))
    print(_header(results))
    again = bench.code if asked.fresh else None
    for name in asked.suite or ["field"]:
        runs, tables = SUITES[name]
        if name == "insertions":
            _measure_insertions(bench, results, again)
        else:
            _measure_suite(bench, _chosen(runs(asked.quick), asked), results, asked.jobs, again)
        print("", *tables(results, asked.quick), sep="\n\n", end="\n\n", flush=True)


def _measure_suite(bench: Bench, runs: Sequence[Run], results: Results, jobs: int, again: str | None) -> None:
    if any(run.engine == OURS for run in runs):
        _measure_first(bench, results, again)
    missing = results.missing([run for run in runs if bench.can(run)], again)
    seconds = sum(run.seconds for run in missing) / jobs
    print(f"{len(missing)} of {len(runs)} runs to do, at least {seconds / 60:.0f} min", flush=True)
    measure(bench, missing, results, jobs, _tell)


def _measure_first(bench: Bench, results: Results, again: str | None) -> None:
    if results.missing([engine_first.FIRST], again):
        results.add(engine_first.measured(bench.code, bench.stop))
    print(*engine_first.described(results.found[engine_first.FIRST.key]), sep="\n", flush=True)


def _measure_insertions(bench: Bench, results: Results, again: str | None) -> None:
    if results.missing([engine_insertions.RUN], again):
        results.add(engine_insertions.measured(bench.code, bench.stop))


def _check_names(asked: argparse.Namespace) -> None:
    suites = asked.suite or ["field"]
    known = {name for suite in suites for run in SUITES[suite][0](False) for name in (run.case, family(run.case))}
    for name in asked.only or ():
        if name not in known:
            raise SystemExit(f"--only: {name} is in none of: {', '.join(suites)}; name a case or a family of theirs")


def _chosen(runs: Sequence[Run], asked: argparse.Namespace) -> list[Run]:
    """The runs of the cases (or families) and engines that were named."""
    return [
        run
        for run in runs
        if (asked.only is None or run.case in asked.only or family(run.case) in asked.only)
        and (asked.engines is None or run.engine in asked.engines)
    ]


def _tell(result: Result) -> None:
    run = result.run
    gap = "" if result.gap is None else f"  gap {result.gap:.2f} %"
    print(f"{run.engine:<13}{run.case:<13}{run.seconds:>4g} s  seed {run.seed}  {cell(result)}{gap}", flush=True)


def _header(results: Results) -> str:
    lines = [f"- {name}: {value}" for name, value in results.machine.items()]
    codes = {result.code for result in results.found.values() if result.code}
    if len(codes) > 1:
        lines.append(f"- ours was measured with {len(codes)} versions of the planning core; --fresh measures it again")
    busy = max((result.load for result in results.found.values()), default=0)
    if busy:
        lines.append(f"- load of the machine when a run began: at most {busy:.1f}")
    return "\n".join(["## Planning engines", "", *lines, ""])


def _show(results: Results, asked: argparse.Namespace) -> None:
    """Everything known, as Markdown."""
    print(_header(results))
    first = results.found.get(engine_first.FIRST.key)
    if first is not None:
        print(*(f"- {line}" for line in engine_first.described(first)), "", sep="\n")
    for name in asked.suite or SUITES:
        for table in SUITES[name][1](results, asked.quick):
            print(table, "", sep="\n")


def _plot(results: Results, path: Path, asked: argparse.Namespace) -> None:
    runs = [run for name in asked.suite or SUITES for run in SUITES[name][0](asked.quick)]
    charts = panels(results.of(_chosen(runs, asked)))
    if not charts:
        raise SystemExit("--plot: there is no result of ours to draw; measure a case first")
    path.write_text(drawn(charts))
    print(f"drawn: {path}")


if __name__ == "__main__":
    main()
