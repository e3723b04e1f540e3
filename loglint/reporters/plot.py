"""A chart in a few rows of characters: heights at the left, names at the right, places below, what is not finite above.

Nothing depends on colour: the first curve is a line and the others are dots, each named where it ends; the place that a finding
speaks of is a heavy stretch of the axis. Which curves belong together is `loglint.reporters.chart`'s business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Literal

import msgspec

from loglint.reporters import figure
from loglint.reporters.canvas import ACROSS, DOWN, Dot, braille, segment, strokes
from loglint.reporters.chart import Bucket, Chart, Line
from loglint.reporters.plain import plain
from loglint.reporters.words import Lang, unit
from loglint.reporters.wrap import columns, fitted

Style = Literal["line", "dots", "guide", "mark", "axis"]
Piece = tuple[str, Style]
Row = list[Piece]
Cells = dict[Dot, Piece]
Draw = Callable[[Iterable[Dot]], dict[Dot, str]]
LEAST = 24  # columns of drawing below which curves are named in rows of their own
LONGEST = 30  # columns of a curve's name and last value
BAD, ABOVE = -2, -1  # rows over the curves: what is no number, what is off the scale


class Marks(msgspec.Struct, frozen=True):
    """The characters besides the curves; `other` is drawn for a curve after the first where it cannot be dots."""

    tick: str
    side: str
    corner: str
    axis: str
    span: str
    place: str
    level: str
    upright: str
    bad: str
    above: str
    below: str
    line: str
    dots: str
    other: str = ""


UNICODE = Marks("┤", "│", "└", "─", "━", "┻", "╌", "┊", "×", "↑", "↓", "─", "·")
ASCII = Marks("+", "|", "+", "-", "=", "^", "~", ":", "x", "^", "v", "-", "o", other="o")
CHARACTERS = "⣿┤│└─━┻╌┊×↑↓·"  # what a stream must be able to hold


def plots(charts: Sequence[Chart], width: int, height: int, lang: Lang = "en", *, ascii: bool = False) -> list[Row]:
    """Charts of one width in at most `width` columns: `height` rows of curves each, and a few above and below."""
    gutter = max(columns(label) for chart in charts for label in (unit(lang, chart.axis), *_labels(chart, height).values()))
    aside = max(columns(name) for chart in charts for name in _names(chart, UNICODE, min(LONGEST, width))) + 1
    beside = width - gutter - 1 - aside >= LEAST and max(len(chart.lines) for chart in charts) <= height
    room = _Room(width, gutter, aside if beside else 0)
    return [row for chart in charts for row in _plot(chart, room, height, unit(lang, chart.axis), ASCII if ascii else UNICODE)]


class _Room(msgspec.Struct, frozen=True):
    """Columns: of the whole, of the heights at the left, of the names at the right (0: they have rows of their own)."""

    width: int
    gutter: int
    aside: int


def _plot(chart: Chart, room: _Room, height: int, axis: str, marks: Marks) -> list[Row]:
    labels = _labels(chart, height)
    names = _names(chart, marks, min(LONGEST, room.width))
    grid = _Grid(chart, max(4, room.width - room.gutter - 1 - room.aside), height)
    cells = _guides(grid, marks) | _curves(grid, strokes if marks is ASCII else braille, marks)
    ends = _ends(grid, names) if room.aside else {}
    rows = []
    for row in sorted({*range(height), *(row for _, row in cells)}):
        head: Row = [(_right(labels.get(row, ""), room.gutter) + (marks.tick if row in labels else marks.side), "axis")]
        rows.append(head + _joined(cells, grid.across, row) + ends.get(row, []))
    rows.append([(_right("log" if chart.scale.log else "", room.gutter) + marks.corner, "axis"), *_axis(grid, marks)])
    rows.append([(_right(axis, room.gutter) + " " + _places(grid, room.width - room.gutter - 1), "axis")])
    if not room.aside:
        rows += [[(name, "dots" if i else "line")] for i, name in enumerate(names)]
    return [_trimmed(row) for row in rows]


def number(value: float) -> str:
    """A number as an axis names it: four significant digits, whole numbers below a million in full."""
    return str(int(value)) if abs(value) < 1e6 and value == int(value) else f"{value:.4g}"


class _Grid(msgspec.Struct, frozen=True):
    """A chart laid on `across` by `height` characters of dots."""

    chart: Chart
    across: int
    height: int

    def column(self, place: float) -> int:
        """The column of dots of a position."""
        first, last = self.chart.places
        extent = last / 2 - first / 2
        return round((place / 2 - first / 2) / extent * (self.across * ACROSS - 1)) if extent > 0 else 0

    def row(self, value: float) -> int:
        """The row of dots of a value."""
        return round((1 - self.chart.scale.share(value)) * (self.height * DOWN - 1))


def _names(chart: Chart, marks: Marks, room: int) -> list[str]:
    """`─ val_loss 0.898` for each curve: how it is drawn, its name, where it ends."""
    return [_name(line, marks.dots if i else marks.line, room) for i, line in enumerate(chart.lines)]


def _name(line: Line, sign: str, room: int) -> str:
    end = "/".join(line.kinds) if line.last is None else number(line.last)
    return f"{sign} {fitted(plain(line.name), room - columns(end) - 3)} {end}"


def _labels(chart: Chart, height: int) -> dict[int, str]:
    """By row of characters, what is written at the left: heights to mark, the ends of the scale, what lies beyond it."""
    grid, scale = _Grid(chart, 1, height), chart.scale
    found: dict[int, str] = {}
    for level in (*chart.levels, scale.high, scale.low):
        if 0 <= grid.row(level) < height * DOWN:
            found.setdefault(grid.row(level) // DOWN, number(level))
    kinds = dict.fromkeys(kind for line in chart.lines for kind in line.kinds)
    low, high = chart.extremes
    beyond = {
        BAD: "/".join(kinds),
        ABOVE: number(high) if high > scale.high else "",
        height: number(low) if low < scale.low else "",
    }
    return found | {row: label for row, label in beyond.items() if label}


def _guides(grid: _Grid, marks: Marks) -> Cells:
    """The heights to mark as dashes, the first place to mark as an upright."""
    found: Cells = {}
    for level in grid.chart.levels:
        found |= {(column, grid.row(level) // DOWN): (marks.level, "guide") for column in range(grid.across)}
    for first, _ in grid.chart.spans[:1]:
        if first > grid.chart.places[0]:
            found |= {(grid.column(first) // ACROSS, row): (marks.upright, "guide") for row in range(grid.height)}
    return {(column, row): cell for (column, row), cell in found.items() if 0 <= row < grid.height}


def _curves(grid: _Grid, draw: Draw, marks: Marks) -> Cells:
    """The curves, the first above the others; marks in the rows beyond wherever a point is off the scale or no number."""
    first, *others = grid.chart.lines
    line, dots = set(_line(first, grid)), {dot for other in others for dot in _dots(other, grid)}
    found: Cells = {}
    found |= _beyond(grid, dots, "dots", marks) | _beyond(grid, line, "line", marks)
    line, dots = ({dot for dot in drawn if 0 <= dot[1] < grid.height * DOWN} for drawn in (line, dots))
    if marks.other:
        found |= {_cell(dot): (marks.other, "dots") for dot in dots}
        dots = set()
    found |= {place: (character, "dots") for place, character in draw(dots).items()}
    covered = {_cell(dot) for dot in line}
    shared = {dot for dot in dots if _cell(dot) in covered}
    found |= {place: (character, "line") for place, character in draw(line | shared).items()}
    return found | {(column, BAD): (marks.bad, "mark") for each in grid.chart.lines for column in _bad(each, grid)}


def _bad(line: Line, grid: _Grid) -> Iterator[int]:
    """The columns of characters in which points are not finite, those between two such neighbours included."""
    for bucket, following in pairwise((*line.buckets, None)):
        if bucket is not None and bucket.bad:
            last = following if following is not None and following.bad and following.place >= bucket.place else bucket
            yield from range(grid.column(bucket.place) // ACROSS, grid.column(last.place) // ACROSS + 1)


def _beyond(grid: _Grid, dots: Iterable[Dot], style: Style, marks: Marks) -> Cells:
    bottom = grid.height * DOWN
    above: Cells = {(column // ACROSS, ABOVE): (marks.above, style) for column, row in dots if row < 0}
    return above | {(column // ACROSS, grid.height): (marks.below, style) for column, row in dots if row >= bottom}


def _cell(dot: Dot) -> Dot:
    return dot[0] // ACROSS, dot[1] // DOWN


def _line(line: Line, grid: _Grid) -> Iterator[Dot]:
    """Every bucket from its lowest to its highest, joined to the next while both are finite and the places go forward."""
    for bucket, following in pairwise((*line.buckets, None)):
        if bucket is None or bucket.low is None or bucket.high is None or bucket.middle is None:
            continue
        column = grid.column(bucket.place)
        yield from segment((column, grid.row(bucket.low)), (column, grid.row(bucket.high)))
        if following is not None and following.middle is not None and not bucket.bad and following.place >= bucket.place:
            yield from segment((column, grid.row(bucket.middle)), (grid.column(following.place), grid.row(following.middle)))


def _dots(line: Line, grid: _Grid) -> Iterator[Dot]:
    """A dot in every second column that the curve has points in, at the middle of its lowest and highest there."""

    def stretch(bucket: Bucket) -> int:
        return grid.column(bucket.place) // ACROSS

    for column, buckets in groupby(line.buckets, key=stretch):
        held = [value for bucket in buckets for value in (bucket.low, bucket.high) if value is not None]
        if held:
            yield column * ACROSS, grid.row(min(held) / 2 + max(held) / 2)


def _ends(grid: _Grid, names: list[str]) -> dict[int, Row]:
    """By row of characters, the names of the curves beside their last values; a row that is taken gives way to the nearest."""
    found: dict[int, Row] = {}
    for i, (line, name) in enumerate(zip(grid.chart.lines, names, strict=True)):
        heights = [bucket.middle for bucket in line.buckets if bucket.middle is not None]
        wanted = min(max(grid.row(heights[-1]) // DOWN, 0), grid.height - 1) if heights else 0
        free = [row for row in range(grid.height) if row not in found]
        found[min(free, key=lambda row: abs(row - wanted))] = [(" " + name, "dots" if i else "line")]
    return found


def _axis(grid: _Grid, marks: Marks) -> Row:
    """The axis, heavy where a finding points at it."""
    cells: Cells = {(column, 0): (marks.axis, "axis") for column in range(grid.across)}
    for first, last in grid.chart.spans:
        stretch = range(grid.column(first) // ACROSS, grid.column(last) // ACROSS + 1)
        cells |= {(column, 0): (marks.span, "mark") for column in stretch}
    for first, _ in grid.chart.spans[:1]:
        cells[grid.column(first) // ACROSS, 0] = (marks.place, "mark")
    return _joined(cells, grid.across, 0)


def _right(text: str, room: int) -> str:
    return " " * (room - columns(text)) + text


def _places(grid: _Grid, room: int) -> str:
    """Under the axis: where the finding begins, the ends of the axis, where the finding ends, as far as they have room."""
    first, last = grid.chart.places
    marked = [place for span in grid.chart.spans[:1] for place in span]
    text = " " * room
    for place in dict.fromkeys((*marked[:1], last, first, *marked[1:])):
        label = figure(place)
        start = min(max(0, grid.column(place) // ACROSS - len(label) // 2), room - len(label))
        end = start + len(label)
        if start >= 0 and not text[max(0, start - 1) : end + 1].strip():
            text = text[:start] + label + text[end:]
    return text


def _joined(cells: Mapping[Dot, Piece], across: int, row: int) -> Row:
    """One row of cells, neighbours of one style in one piece."""
    full = [cells.get((column, row), (" ", "axis")) for column in range(across)]
    return [("".join(text for text, _ in group), style) for style, group in groupby(full, key=lambda cell: cell[1])]


def _trimmed(row: Row) -> Row:
    """The row without blanks at its end."""
    while row and not (text := row[-1][0].rstrip()):
        row = row[:-1]
    return [*row[:-1], (text, row[-1][1])] if row else row
