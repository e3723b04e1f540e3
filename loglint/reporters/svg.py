"""A chart as an SVG element, for notebooks. Text goes in through the XML library, so that nothing in it can be markup.

Lines and letters take the colour of the text around them, so that one picture fits a light and a dark page. Which curves belong
together is `loglint.reporters.chart`'s business.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from xml.etree.ElementTree import Element, SubElement

import msgspec

from loglint.reporters import figure
from loglint.reporters.chart import Chart, Line
from loglint.reporters.plain import plain
from loglint.reporters.plot import number
from loglint.reporters.wrap import fitted

WIDTH, HEIGHT = 760, 190
LEFT, RIGHT, TOP, BOTTOM = 74, 180, 28, 30  # room for heights, names, what is no number, places
LETTER = 12  # size of letters; labels of one side keep so far apart
COLOURS = ("#2f81c7", "#d98200", "#009e73")  # blue, orange, green: told apart by colour-blind people, on white and on black
DASHES = ("", "5 3", "1 3")
BAD = "#d33"
MOST_SPOTS = 120  # points that answer to the mouse

Point = tuple[float, float]


def element(chart: Chart, axis: str) -> Element:
    """The chart, `WIDTH` by `HEIGHT` units; `axis` is the word for what the places count."""
    frame = _Frame(chart)
    svg = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {WIDTH} {HEIGHT}",
            "width": "100%",
            "style": f"max-width:{WIDTH}px;display:block",
            "font-family": "sans-serif",
            "font-size": str(LETTER),
            "fill": "currentColor",
            "role": "img",
        },
    )
    _text(SubElement(svg, "title"), f"{', '.join(line.name for line in chart.lines)} over {axis}")
    _places(svg, frame, axis)
    inside = SubElement(svg, "svg", {"x": str(LEFT), "y": str(TOP), "width": str(frame.width), "height": str(frame.height)})
    _marks(inside, frame)
    for index in reversed(range(len(chart.lines))):
        _curve(inside, frame, index)
    _spots(inside, frame, axis)
    _heights(svg, frame)
    _names(svg, frame)
    _not_numbers(svg, frame)
    return svg


class _Frame(msgspec.Struct, frozen=True):
    """From places and values to units of the drawing's inside, counted from its upper left."""

    chart: Chart
    width: int = WIDTH - LEFT - RIGHT
    height: int = HEIGHT - TOP - BOTTOM

    def x(self, place: float) -> float:
        """Of a place."""
        first, last = self.chart.places
        extent = last / 2 - first / 2
        return round((place / 2 - first / 2) / extent * self.width, 1) if extent > 0 else 0.0

    def y(self, value: float) -> float:
        """Of a value; what is far off the scale stays a little beyond it."""
        return round((1 - min(max(self.chart.scale.share(value), -1.0), 2.0)) * self.height, 1)


def _text(parent: Element, words: str) -> None:
    parent.text = plain(words)


def _label(parent: Element, words: str, x: float, y: float, anchor: str = "start", **more: str) -> None:
    _text(SubElement(parent, "text", {"x": f"{x:g}", "y": f"{y:g}", "text-anchor": anchor, **more}), words)


def _path(parts: Iterable[Sequence[Point]]) -> str:
    return " ".join("M" + " L".join(f"{x:g} {y:g}" for x, y in part) for part in parts if part)


def _stretches(line: Line) -> Iterable[list[int]]:
    """The indices of neighbouring buckets that are finite and go forward."""
    start = 0
    ends = [i + 1 for i, (a, b) in enumerate(pairwise(line.buckets)) if a.bad or b.middle is None or b.place < a.place]
    for end in (*ends, len(line.buckets)):
        found = [i for i in range(start, end) if line.buckets[i].middle is not None]
        if found:
            yield found
        start = end


def _curve(parent: Element, frame: _Frame, index: int) -> None:
    """A line through the middles, and a band from lowest to highest where buckets hold several points."""
    line, colour = frame.chart.lines[index], COLOURS[index % len(COLOURS)]
    middles, bands = [], []
    for stretch in _stretches(line):
        held = [line.buckets[i] for i in stretch]
        middle = [(frame.x(b.place), frame.y(b.middle)) for b in held if b.middle is not None]
        middles.append(middle if len(middle) > 1 else [(middle[0][0] - 1, middle[0][1]), (middle[0][0] + 1, middle[0][1])])
        upper = [(frame.x(b.place), frame.y(b.high)) for b in held if b.high is not None]
        lower = [(frame.x(b.place), frame.y(b.low)) for b in held if b.low is not None]
        if upper != lower:
            bands.append([*upper, *reversed(lower)])
    if bands:
        SubElement(parent, "path", {"d": _path(bands), "fill": colour, "stroke": colour, "stroke-width": "1", "opacity": "0.3"})
    look = {"fill": "none", "stroke": colour, "stroke-width": "1.8", "stroke-dasharray": DASHES[index % len(DASHES)]}
    SubElement(parent, "path", {"d": _path(middles)} | {key: value for key, value in look.items() if value})


def _marks(parent: Element, frame: _Frame) -> None:
    """The stretches that a finding points at, shaded; its heights, dashed."""
    for first, last in frame.chart.spans:
        left, right = frame.x(first), max(frame.x(last), frame.x(first) + 2)
        box = {"x": f"{left:g}", "y": "0", "width": f"{right - left:g}", "height": str(frame.height)}
        SubElement(parent, "rect", box | {"fill": BAD, "fill-opacity": "0.1"})
    for level in frame.chart.levels:
        line = _path([[(0, frame.y(level)), (frame.width, frame.y(level))]])
        SubElement(parent, "path", {"d": line, "stroke": "currentColor", "stroke-opacity": "0.5", "stroke-dasharray": "2 3"})


def _spots(parent: Element, frame: _Frame, axis: str) -> None:
    """What a point of the first curve is, for the mouse, while they are few enough."""
    line = frame.chart.lines[0]
    for bucket in line.buckets if len(line.buckets) <= MOST_SPOTS else ():
        if bucket.middle is not None:
            place = {"cx": f"{frame.x(bucket.place):g}", "cy": f"{frame.y(bucket.middle):g}", "r": "5", "fill-opacity": "0"}
            title = SubElement(SubElement(parent, "circle", place), "title")
            _text(title, f"{axis} {figure(bucket.place)}: {number(bucket.middle)}")


def _heights(svg: Element, frame: _Frame) -> None:
    """The finding's heights and the ends of the scale at the left, arrows where the curve goes beyond them."""
    scale, (low, high) = frame.chart.scale, frame.chart.extremes
    taken: list[float] = []
    for level in (*frame.chart.levels, scale.high, scale.low):
        y = frame.y(level)
        if 0 <= y <= frame.height and all(abs(y - other) >= LETTER for other in taken):
            taken.append(y)
            _label(svg, number(level), LEFT - 6, TOP + y + LETTER / 3, "end")
    if high > scale.high:
        _label(svg, f"to {number(high)} ↑", LEFT + 4, TOP + LETTER, opacity="0.7")
    if low < scale.low:
        _label(svg, f"to {number(low)} ↓", LEFT + 4, TOP + frame.height - 4, opacity="0.7")
    if scale.log:
        _label(svg, "log", LEFT - 6, HEIGHT - BOTTOM + LETTER + 4, "end", opacity="0.7")


def _places(svg: Element, frame: _Frame, axis: str) -> None:
    """The axis with its ends and, where there is room, the finding's first place."""
    base = HEIGHT - BOTTOM
    line = _path([[(LEFT, TOP), (LEFT, base), (WIDTH - RIGHT, base)]])
    SubElement(svg, "path", {"d": line, "fill": "none", "stroke": "currentColor", "stroke-opacity": "0.5"})
    first, last = frame.chart.places
    taken: list[float] = []
    for place in (*(span[0] for span in frame.chart.spans[:1]), last, first):
        x = frame.x(place)
        if all(abs(x - other) > 60 for other in taken):
            taken.append(x)
            _label(svg, f"{axis} {figure(place)}" if len(taken) == 1 else figure(place), LEFT + x, base + LETTER + 4, "middle")


def _names(svg: Element, frame: _Frame) -> None:
    """Each curve's name and last value beside its end, no two on top of each other."""
    free = [slot * (LETTER + 2) for slot in range(frame.height // (LETTER + 2) + 1)]
    for index, line in enumerate(frame.chart.lines):
        heights = [bucket.middle for bucket in line.buckets if bucket.middle is not None]
        wanted = frame.y(heights[-1]) if heights else 0.0
        y = free.pop(min(range(len(free)), key=lambda i: abs(free[i] - wanted)))
        end = "/".join(line.kinds) if line.last is None else number(line.last)
        colour = COLOURS[index % len(COLOURS)]
        _label(svg, f"{fitted(plain(line.name), 22 - len(end))} {end}", WIDTH - RIGHT + 8, TOP + y + LETTER / 3, fill=colour)


def _not_numbers(svg: Element, frame: _Frame) -> None:
    """Crosses above the drawing wherever a point is not finite, as many as can be told apart."""
    bad = sorted({round(frame.x(b.place) / 6) for line in frame.chart.lines for b in line.buckets if b.bad})
    if not bad:
        return
    kinds = dict.fromkeys(kind for line in frame.chart.lines for kind in line.kinds)
    _label(svg, "/".join(kinds), LEFT - 6, TOP - 12, "end", fill=BAD)
    crosses = [[(LEFT + at * 6 + dx * sign, TOP - 16 + dx) for dx in (-2.5, 2.5)] for at in bad for sign in (1, -1)]
    SubElement(svg, "path", {"d": _path(crosses), "stroke": BAD, "stroke-width": "1.5", "fill": "none"})
