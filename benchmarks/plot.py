"""Small line charts side by side in one SVG, drawn by hand: dark text on white, colours all eyes can tell apart.

The colours are Okabe and Ito's; series also differ by the shape of their marks and are named in a legend.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
INK, FAINT = "#222222", "#D9D9D9"
WIDE, HIGH = 560, 330
LEFT, RIGHT, TOP, BOTTOM = 62, 18, 34, 50
LEGEND = 34
LINE = 14
CROWDED = 2000
ACROSS = 2
RADIUS = 5


@dataclass(frozen=True, slots=True)
class Series:
    """A name and its points (x, y); `line` joins them, as steps that hold until the next point."""

    name: str
    points: tuple[tuple[float, float], ...]
    line: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart. x > 0 and logarithmic; y from 0 to `top`, points above are drawn at the edge with their value."""

    title: str
    x_label: str
    y_label: str
    series: tuple[Series, ...]
    top: float


def drawn(panels: Sequence[Panel]) -> str:
    """The SVG of all panels, two in a row, under one legend."""
    names = list(dict.fromkeys(series.name for panel in panels for series in panel.series))
    across = min(ACROSS, max(1, len(panels)))
    width, height = WIDE * across, LEGEND + HIGH * math.ceil(len(panels) / across)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'font-family="sans-serif" font-size="12" fill="{INK}" role="img" aria-label="{_said(panels)}">'
    )
    body = [f'<rect width="{width}" height="{height}" fill="#FFFFFF"/>', *_legend(names)]
    for number, panel in enumerate(panels):
        at = f"translate({WIDE * (number % across)},{LEGEND + HIGH * (number // across)})"
        body += [f'<g transform="{at}">', *_panel(panel, names), "</g>"]
    return "\n".join([head, *body, "</svg>", ""])


def _said(panels: Sequence[Panel]) -> str:
    return escape("; ".join(f"{panel.title}: {panel.y_label} over {panel.x_label}" for panel in panels), quote=True)


def _legend(names: Sequence[str]) -> Iterator[str]:
    x = float(LEFT)
    for number, name in enumerate(names):
        yield _mark(x, LEGEND / 2, number)
        yield f'<text x="{x + 10:.0f}" y="{LEGEND / 2 + 4:.0f}">{escape(name)}</text>'
        x += 34 + 7 * len(name)


def _panel(panel: Panel, names: Sequence[str]) -> Iterator[str]:
    scale = _Scale.of(panel)
    yield f'<text x="{LEFT}" y="{TOP - 12}" font-size="14" font-weight="bold">{escape(panel.title)}</text>'
    yield from _axes(panel, scale)
    for series in panel.series:
        number = names.index(series.name)
        if series.line:
            yield _steps(series, scale, COLOURS[number % len(COLOURS)])
        for x, y in _marked(series):
            yield _mark(scale.x(x), scale.y(y), number)
    yield from _beyond(panel, scale)


@dataclass(frozen=True, slots=True)
class _Scale:
    """From a panel's numbers to its pixels."""

    least: float
    most: float
    top: float

    @staticmethod
    def of(panel: Panel) -> _Scale:
        xs = [x for series in panel.series for x, _ in series.points]
        return _Scale(min(xs) * 0.8, max(xs) * 1.25, panel.top)

    def x(self, value: float) -> float:
        share = math.log(value / self.least) / math.log(self.most / self.least)
        return LEFT + share * (WIDE - LEFT - RIGHT)

    def y(self, value: float) -> float:
        return TOP + (1 - min(value, self.top) / self.top) * (HIGH - TOP - BOTTOM)


def _axes(panel: Panel, scale: _Scale) -> Iterator[str]:
    right, low = WIDE - RIGHT, HIGH - BOTTOM
    for value in _ticks(panel.top):
        y = scale.y(value)
        yield f'<line x1="{LEFT}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" stroke="{FAINT}"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>'
    for value in _powers(scale.least, scale.most):
        x = scale.x(value)
        yield f'<line x1="{x:.1f}" y1="{low}" x2="{x:.1f}" y2="{low + 5}" stroke="{INK}"/>'
        yield f'<text x="{x:.1f}" y="{low + 18}" text-anchor="middle">{value:g}</text>'
    yield f'<path d="M{LEFT} {TOP}V{low}H{right}" fill="none" stroke="{INK}"/>'
    yield f'<text x="{(LEFT + right) / 2}" y="{HIGH - 14}" text-anchor="middle">{escape(panel.x_label)}</text>'
    turned = f'transform="rotate(-90 16 {(TOP + low) / 2})"'
    yield f'<text x="16" y="{(TOP + low) / 2}" {turned} text-anchor="middle">{escape(panel.y_label)}</text>'


def _ticks(top: float) -> list[float]:
    """Five or six round values from 0 to the top."""
    rough = top / 5
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= rough)
    return [step * i for i in range(int(top / step + 1e-9) + 1)]


def _powers(least: float, most: float) -> list[float]:
    """1, 2 and 5 times the powers of ten between two bounds; the powers alone where those would crowd."""
    first, last = math.floor(math.log10(least)), math.ceil(math.log10(most))
    factors = (1, 2, 5) if most < CROWDED * least else (1,)
    values = [factor * 10.0**power for power in range(first, last + 1) for factor in factors]
    return [value for value in values if least <= value <= most]


def _steps(series: Series, scale: _Scale, colour: str) -> str:
    (x, y), *others = series.points
    path = [f"M{scale.x(x):.1f} {scale.y(y):.1f}"]
    path += [f"H{scale.x(x):.1f}V{scale.y(y):.1f}" for x, y in others]
    return f'<path d="{"".join(path)}" fill="none" stroke="{colour}" stroke-width="2"/>'


def _marked(series: Series) -> Sequence[tuple[float, float]]:
    """Every point; of a line the last one only."""
    return series.points[-1:] if series.line else series.points


def _beyond(panel: Panel, scale: _Scale) -> Iterator[str]:
    """What lies above the chart, by name and value, in lines to the left of the marks at its edge."""
    above = [(x, y, series.name) for series in panel.series for x, y in _marked(series) if y > panel.top]
    for line, (x, y, name) in enumerate(sorted(above, key=lambda point: -point[1])):
        at = f'x="{scale.x(x) - 10:.1f}" y="{TOP + LINE * (line + 1)}"'
        yield f'<text {at} font-size="11" text-anchor="end">{escape(name)} ↑ {y:.0f}</text>'


def _mark(x: float, y: float, number: int) -> str:
    """A circle, a square, a triangle, a diamond or a cross."""
    colour = COLOURS[number % len(COLOURS)]
    r = RADIUS
    shapes = (
        f"M{x - r:.1f} {y:.1f}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0z",
        f"M{x - r:.1f} {y - r:.1f}h{2 * r}v{2 * r}h{-2 * r}z",
        f"M{x:.1f} {y - r:.1f}l{r} {2 * r}h{-2 * r}z",
        f"M{x:.1f} {y - r - 1:.1f}l{r + 1} {r + 1}l{-r - 1} {r + 1}l{-r - 1} {-r - 1}z",
        f"M{x - r:.1f} {y - r:.1f}l{2 * r} {2 * r}m0 {-2 * r}l{-2 * r} {2 * r}",
    )
    return f'<path d="{shapes[number % len(shapes)]}" fill="{colour}" stroke="{colour}" stroke-width="1.5"/>'
