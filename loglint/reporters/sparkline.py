"""A curve drawn in one line of characters, and the marked stretch in a second. Pure Python: explaining a rule needs no numpy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

BLOCKS = "▁▂▃▄▅▆▇█"
ASCII_LEVELS = "_.-=*#"
NON_FINITE = "×"
NON_FINITE_ASCII = "x"
STANDS_OUT = 0.25  # share of the drawn range by which a point must leave its column's median to be drawn instead of it
LOG_RATIO = 1000.0  # a positive curve that spans more than this is drawn on a logarithmic scale


def sparkline(values: Sequence[float | None], width: int, mark: tuple[int, int] | None = None, ascii: bool = False) -> str:
    """The curve in at most `width` columns; with `mark`, a second line of carets under points `mark[0]` to `mark[1]` inclusive.

    A column stands for equally many points and shows their median, or the point that stands out from it, so that no spike
    is lost; one with a NaN or an infinity in it shows a cross. None (no value there) leaves a gap.
    """
    if not len(values) or width < 1:
        return ""
    columns = min(width, len(values))
    edges = [i * len(values) // columns for i in range(columns + 1)]
    cells = [[v for v in values[a:b] if v is not None] for a, b in pairwise(edges)]
    finite = [float(v) for cell in cells for v in cell if math.isfinite(v)]
    logarithmic = bool(finite) and min(finite) > 0 and max(finite) / min(finite) > LOG_RATIO
    scaled = [[_scale(float(v), logarithmic) for v in cell] for cell in cells]
    heights = [v for cell in scaled for v in cell if math.isfinite(v)]
    low, high = (min(heights), max(heights)) if heights else (0.0, 0.0)
    line = "".join(_column(cell, low, high, ascii) for cell in scaled)
    if mark is None:
        return line
    first, last = (_column_of(min(max(i, 0), len(values) - 1), edges) for i in mark)
    return f"{line}\n{' ' * first}{'^' * (last - first + 1)}"


def _scale(value: float, logarithmic: bool) -> float:
    return math.log(value) if logarithmic and math.isfinite(value) else value


def _column(cell: Sequence[float], low: float, high: float, ascii: bool) -> str:
    """One character for the points of one column."""
    if not cell:
        return " "
    if not all(math.isfinite(v) for v in cell):
        return NON_FINITE_ASCII if ascii else NON_FINITE
    levels = ASCII_LEVELS if ascii else BLOCKS
    usual = median(cell)
    farthest = max(cell, key=lambda v: abs(v - usual))
    half_range = high / 2 - low / 2  # of finite numbers this is always finite
    shown = farthest if abs(farthest / 2 - usual / 2) > STANDS_OUT * half_range else usual
    share = (shown / 2 - low / 2) / half_range if half_range > 0 else 0.5
    return levels[min(int(share * len(levels)), len(levels) - 1)]


def _column_of(index: int, edges: Sequence[int]) -> int:
    return next(column for column in range(len(edges) - 1) if edges[column] <= index < edges[column + 1])
