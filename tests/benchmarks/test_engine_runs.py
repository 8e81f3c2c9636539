"""What is measured is kept, and not measured twice."""

from pathlib import Path

import pytest

from benchmarks.engine_runs import OURS, Result, Results, Run, kept, told, written

BRIEF = Run(OURS, "fs60x300s1", 1)
LONG = Run(OURS, "fs60x300s1", 10)
PEER = Run("vroom", "fs60x300s1", 10)


def result(run: Run, code: str = "now", failed: str = "") -> Result:
    trace = ((0.1, 280, 900), (0.9, 299, 476))
    return Result(run, 10.1, True, (), 299, 300, 100, 476, 58, None, trace, 80.5, 0.4, 20_000, code, failed)


def test_a_result_is_read_as_it_was_written() -> None:
    assert told(written(result(LONG))) == result(LONG)


def test_results_in_the_file_are_not_measured_again(tmp_path: Path) -> None:
    kept(tmp_path / "results.jsonl").add(result(LONG))

    again = kept(tmp_path / "results.jsonl")

    assert again.missing([BRIEF, LONG, PEER], None) == [BRIEF, PEER]
    assert again.of([BRIEF, LONG]) == [result(LONG)]


def test_of_two_results_of_a_run_the_later_one_counts(tmp_path: Path) -> None:
    first = kept(tmp_path / "results.jsonl")
    first.add(result(LONG, failed="killed"))
    first.add(result(LONG))

    assert kept(tmp_path / "results.jsonl").of([LONG]) == [result(LONG)]


def test_another_planning_core_is_measured_anew_when_that_is_asked_for_but_no_peer_is() -> None:
    results = Results()
    results.add(result(LONG, code="old"))
    results.add(result(PEER, code=""))

    assert results.missing([LONG, PEER], None) == []
    assert results.missing([LONG, PEER], "new") == [LONG]


def test_a_peer_that_fails_has_failed_and_ours_is_tried_again() -> None:
    results = Results()
    results.add(result(LONG, failed="no"))
    results.add(result(PEER, failed="no"))

    assert results.missing([LONG, PEER], None) == [LONG]


def test_the_machine_is_kept_with_the_results(tmp_path: Path) -> None:
    kept(tmp_path / "results.jsonl").set_machine({"machine": "two cores"})

    assert kept(tmp_path / "results.jsonl").machine == {"machine": "two cores"}


def test_a_line_that_is_no_result_is_named(tmp_path: Path) -> None:
    (tmp_path / "results.jsonl").write_text('{"engine": "ours"}\n')

    with pytest.raises(SystemExit, match="line 1: is no result"):
        kept(tmp_path / "results.jsonl")
