"""Ours beside the peers: what the tables say of known results."""

import pytest

from benchmarks import engine_field, engine_scaling, engine_shanghai, engine_vrptw
from benchmarks.engine_cases import family, kind, size
from benchmarks.engine_runs import OURS, Result, Results, Run
from benchmarks.engine_table import Table, percent, spread


def field(engine: str, seconds: float, served: int, travel: int, took: float = 0.0, case: str = "fs60x300s1") -> Result:
    lost = 100 * (300 - served)
    return Result(Run(engine, case, seconds), took or seconds, True, (), served, 300, lost, travel)


def found(*results: Result) -> Results:
    known = Results()
    for result in results:
        known.add(result)
    return known


def rows(table: Table) -> dict[str, dict[str, str]]:
    return {row[0]: dict(zip(table.heads, row, strict=True)) for row in table.rows}


def test_ours_is_compared_with_the_peer_that_loses_least_and_then_travels_least() -> None:
    results = found(
        field(OURS, 1, 299, 500_000),
        field(OURS, 10, 300, 450_000),
        field("vroom", 10, 300, 500_000),
        field("pyvrp", 10, 290, 300_000),
    )

    goal = rows(engine_field.tables(results, False)[2])["fs60x300s1"]

    assert (goal["best peer"], goal["lost ≤"]) == ("vroom", "yes")
    assert (goal["travel v. it"], goal["travel v. VROOM"], goal["served v. VROOM"]) == ("-10.0 %", "-10.0 %", "–")
    assert (goal["ours 1 s: lost v. best peer"], goal["ours 1 s: travel v. it"]) == ("+100", "+0.0 %")


def test_where_vroom_leaves_visits_out_those_served_are_compared() -> None:
    results = found(field(OURS, 10, 220, 450_000), field("vroom", 10, 200, 400_000))

    goal = rows(engine_field.tables(results, False)[2])["fs60x300s1"]

    assert (goal["travel v. VROOM"], goal["served v. VROOM"]) == ("+12.5 %", "+10.0 %")


def test_travel_is_not_compared_with_vrooms_where_ours_loses_more() -> None:
    results = found(field(OURS, 10, 190, 350_000), field("vroom", 10, 200, 400_000))

    goal = rows(engine_field.tables(results, False)[2])["fs60x300s1"]

    assert (goal["travel v. VROOM"], goal["served v. VROOM"], goal["lost ≤"]) == ("–", "-5.0 %", "NO")


def test_a_family_has_the_medians_of_its_cases_and_how_often_ours_lost_no_more() -> None:
    results = found(
        *(field(OURS, 10, 300 - n, 400_000 + 10_000 * n, case=f"fs60x300s{n}") for n in (1, 2, 3)),
        *(field("vroom", 10, 298, 400_000, case=f"fs60x300s{n}") for n in (1, 2, 3)),
    )

    goal = rows(engine_field.tables(results, False)[2])["fs60x300, median"]

    assert (goal["lost, ours 10 s"], goal["its lost"], goal["lost ≤"]) == ("200", "200", "2 of 3")
    assert goal["travel v. it"] == "+5.0 %"


def test_a_plan_that_is_not_valid_is_shown_as_such_and_compared_with_nothing() -> None:
    broken = Result(Run("vroom", "fs60x300s1", 10), 10, False, ("job 3 twice",), 300, 300, 0, 1)
    by_case, by_family, beside = engine_field.tables(found(field(OURS, 10, 299, 450_000), broken), False)

    assert "NOT VALID: job 3 twice" in str(by_case)
    assert ("vroom 10 s", "0 of 1") in {row[1:3] for row in by_family.rows}
    assert beside.rows == ()


def test_a_peer_that_overruns_or_fails_is_shown_with_its_real_seconds_or_its_error() -> None:
    late = field("vroom", 10, 299, 450_000, took=23.04)
    dead = Result(Run("pyvrp", "fs60x300s1", 10), failed="Traceback\nMemoryError: no more")

    assert engine_field.cell(late) == "299/300 100 450.0 (23.0 s)"
    assert engine_field.cell(dead) == "failed: MemoryError: no more"
    assert engine_field.cell(field("ortools", 10, 0, 0)) == "no plan"


def vrptw(engine: str, name: str, seed: int, travel: int, gap: float | None) -> Result:
    return Result(Run(engine, name, 10, seed), 10, True, (), 100, 100, 0, travel, gap=gap)


def test_the_gap_of_an_instance_is_the_median_over_the_seeds_and_groups_have_their_mean() -> None:
    results = found(
        *(vrptw(OURS, "R101", seed, 1, gap) for seed, gap in ((1, 0.0), (2, 1.0), (3, 5.0))),
        *(vrptw(OURS, "R1_10_3", seed, 1, 3.0) for seed in (1, 2, 3)),
    )
    by_instance, means = engine_vrptw.tables(results, False)

    assert rows(by_instance)["R101"]["ours 10 s"] == "1.00 (0.00–5.00)"
    assert rows(means)["all 2"]["ours 10 s"] == "2.00"
    assert rows(means)["1000 customers"]["ours 10 s"] == "3.00"
    assert rows(means)["R1"]["pyvrp 10 s"] == "–"


def test_an_instance_without_a_best_known_value_is_measured_against_the_best_plan_here() -> None:
    results = found(vrptw(OURS, "RC2_6_2", 1, 1010, None), vrptw("pyvrp", "RC2_6_2", 1, 1000, None))

    row = rows(engine_vrptw.tables(results, False)[0])["RC2_6_2*"]

    assert (row["ours 10 s"], row["pyvrp 10 s"]) == ("1.00", "0.00")


def scaled(name: str, seconds: float, travel: int) -> Result:
    trace = ((0.25 * seconds, 1, 2 * travel), (0.5 * seconds, 1, travel))
    return Result(Run(OURS, name, seconds), seconds, True, (), 1, 1, 0, travel, trace=trace, left_out=20_000)


def test_the_time_to_the_same_gap_is_found_between_the_limits_and_inside_the_longest_run() -> None:
    small = [scaled("fs60x300s1", s, cost) for s, cost in ((0.5, 120), (1, 105), (2, 100), (4, 100))]
    large = [scaled("fs120x600s1", s, cost) for s, cost in ((0.5, 300), (1, 230), (2, 210), (4, 200))]

    table = rows(engine_scaling.tables(found(*small, *large), True)[0])

    assert table["fs60x300"]["time to within 5 %"] == "1.0"
    assert table["fs120x600"]["time to within 5 %"] == table["fs120x600"]["inside the 4 s run"] == "2.0"
    assert table["twice as many: times"]["time to within 5 %"] == "2.00"


@pytest.mark.parametrize(("enough", "seconds"), [(1000, 0.5), (100, 2), (110, 2**0.5)])
def test_the_seconds_needed_lie_on_a_line_over_the_logarithm(enough: float, seconds: float) -> None:
    runs = [scaled("fs60x300s1", s, cost) for s, cost in ((0.5, 140), (1, 120), (2, 100))]

    assert engine_scaling.needed(runs, enough) == pytest.approx(seconds)


def test_a_whole_city_shows_the_first_plan_and_what_more_time_makes_of_it() -> None:
    def city(seconds: float, travel: int) -> Result:
        run = engine_shanghai.runs(True)[0 if seconds == 1 else 1]
        return Result(run, seconds, True, (), 9000, 9214, 21_400, travel, trace=((0.5, 8000, 1),), peak=2048.0)

    told, first, last = engine_shanghai.tables(found(city(1, 200), city(10, 150)), True)[0].rows

    assert told[:3] == ("first told, 10 s", "0.5", "8000/9214")
    assert (first[5], last[5], last[6]) == ("+0.0 %", "-25.0 %", "2.00")


def test_names_of_cases_say_what_they_are() -> None:
    assert [family(name) for name in ("fs60x300s12", "sh20s1", "R1_10_3", "C101")] == [
        "fs60x300", "sh20", "R1_10_3", "C101",
    ]  # fmt: skip
    assert [kind(name) for name in ("C101", "R1_10_3", "RC208", "RC2_6_2")] == ["C1", "R1", "RC2", "RC2"]
    assert [size(name) for name in ("C101", "R1_10_3", "C1_2_6", "RC2_6_2")] == [100, 1000, 200, 600]


def test_a_table_is_as_wide_as_its_widest_cell() -> None:
    text = str(Table("T", ("a", "b"), (("1", "师傅"), ("22", "x")), "n"))

    assert text.splitlines() == [
        "### T",
        "",
        "| a  | b    |",
        "|----|------|",
        "| 1  | 师傅 |",
        "| 22 | x    |",
        "",
        "n",
    ]


def test_numbers_are_shown_with_their_spread_and_differences_with_their_sign() -> None:
    assert (spread([3, 1, 2]), spread([2]), spread([])) == ("2 (1–3)", "2", "–")
    assert (percent(110, 100), percent(90, 100), percent(1, 0)) == ("+10.0 %", "-10.0 %", "–")
