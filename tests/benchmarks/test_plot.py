"""The chart is well-formed, labelled, and shows what lies outside it."""

import xml.etree.ElementTree as ElementTree

from benchmarks.engine_plot import panels
from benchmarks.engine_runs import OURS, Result, Run
from benchmarks.plot import Panel, Series, drawn

CHART = Panel(
    "a < b", "seconds", "% above", (Series("ours", ((0.1, 20), (1, 5), (10, 0)), True), Series("peer", ((10, 80),))), 30
)


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_axes_title_and_legend_are_named() -> None:
    assert {"a < b", "seconds", "% above", "ours", "peer", "0.1", "1", "10", "30"} <= set(texts(drawn([CHART])))


def test_a_point_above_the_chart_is_drawn_at_its_edge_with_its_value() -> None:
    assert "peer ↑ 80" in texts(drawn([CHART]))


def test_charts_stand_two_in_a_row() -> None:
    one, three = (ElementTree.fromstring(drawn([CHART] * n)) for n in (1, 3))

    assert float(three.attrib["width"]) == 2 * float(one.attrib["width"])
    assert float(three.attrib["height"]) < 3 * float(one.attrib["height"])


def test_cost_over_time_is_shown_above_the_lowest_cost_of_all() -> None:
    trace = ((0.2, 290, 1200), (1.0, 300, 1100))
    ours = Result(Run(OURS, "fs60x300s1", 10), 10, True, (), 300, 300, 0, 1100, trace=trace, left_out=20_000)
    peer = Result(Run("vroom", "fs60x300s1", 10), 12, True, (), 300, 300, 0, 1000)

    (panel,) = panels([ours, peer])

    assert [round(y) for _, y in panel.series[0].points] == [20, 10]
    assert panel.series[1] == Series("vroom", ((12, 0.0),))
