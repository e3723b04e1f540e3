"""Dots on a grid of characters: braille, two by four dots in each, or ASCII strokes where braille cannot be shown.

A dot is (column, row), counted from the upper left. What is drawn, and at which scale, is `loglint.reporters.plot`'s business.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

Dot = tuple[int, int]
ACROSS, DOWN = 2, 4  # dots in one character
_BRAILLE = 0x2800
_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # of the dot in row r, column c (Unicode, chapter 21.1)


def segment(a: Dot, b: Dot) -> Iterator[Dot]:
    """The dots of a straight line between two dots, both included."""
    steps = max(abs(b[0] - a[0]), abs(b[1] - a[1]), 1)
    for i in range(steps + 1):
        yield a[0] + round((b[0] - a[0]) * i / steps), a[1] + round((b[1] - a[1]) * i / steps)


def braille(dots: Iterable[Dot]) -> dict[Dot, str]:
    """The characters that hold the dots, by (column, row) of the character."""
    cells: dict[Dot, int] = {}
    for column, row in dots:
        place = column // ACROSS, row // DOWN
        cells[place] = cells.get(place, 0) | _BITS[row % DOWN][column % ACROSS]
    return {place: chr(_BRAILLE + bits) for place, bits in cells.items()}


def strokes(dots: Iterable[Dot]) -> dict[Dot, str]:
    """The same in ASCII: each character shows at which height, or in which direction, the line passes through it."""
    cells: dict[Dot, set[Dot]] = {}
    for column, row in dots:
        cells.setdefault((column // ACROSS, row // DOWN), set()).add((column % ACROSS, row % DOWN))
    return {place: _stroke(held) for place, held in cells.items()}


def _stroke(held: Collection[Dot]) -> str:
    rows = [row for _, row in held]
    if max(rows) - min(rows) < 2:
        return "'--."[round(sum(rows) / len(rows))]
    sides = [[row for column, row in held if column == side] for side in range(ACROSS)]
    if not all(sides):
        return "|"
    left, right = (sum(side) / len(side) for side in sides)
    return "|" if abs(left - right) < 1 else "/" if left > right else "\\"
