"""The rows under the headers of tables: of each shape one line is cut into cells, the numbers of all others are read as columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from loglint.model import Bools, Floats, Ints
from loglint.readers.text.digits import columns
from loglint.readers.text.headers import MOST_DONE, Header, Row, is_classes, layout_of, merged, row_of
from loglint.readers.text.heads import Heads
from loglint.readers.text.lines import Lines
from loglint.readers.text.shapes import IDS, by_shape

_RULE = re.compile(r"^[\s|+:=─━┃│┼╇-]*$")
GAP = 6  # lines that may stand between rows
_FIRST, _FACTOR = 16, 4  # lines asked at once whether they are rows, how many times more when all were


class Sheet(msgspec.Struct, frozen=True):
    """Rows of one header in order: line, cells (float64[rows, columns], `known` where one holds a number), whether a progress bar
    stands behind them, and the first cell, where that holds no number.
    """

    index: Ints
    cells: Floats
    known: Bools
    bar: Bools
    label: NDArray[np.object_]

    def take(self, keep: Bools | Ints) -> Sheet:
        """Some of the rows."""
        return Sheet(self.index[keep], self.cells[keep], self.known[keep], self.bar[keep], self.label[keep])


class Rows:
    """The rows of all tables of a text. What is known of a shape is the header for which its lines are rows."""

    def __init__(self, lines: Lines, heads: Heads) -> None:
        self._lines, self._heads = lines, heads
        self._number: dict[Header, int] = {}
        self._single: list[list[Row]] = []
        self._alike: list[list[tuple[int, int]]] = []
        self._fits: dict[tuple[int, int], bool] = {}
        self._header = np.full(len(lines.shapes.first), -1, dtype=np.int64)

    def gather(self, start: int, header: Header, taken: Bools) -> None:
        """Find the rows under the header at `start`; a few other lines may stand between them. They are marked in `taken`."""
        classes = is_classes(header.names)  # their row may come late, behind the next epoch's header
        texts, heads = self._lines.texts, self._heads
        number, found, gap = self._number.get(header), False, 0
        i = start
        while (i := i + 1) < len(texts):
            if number is not None and (after := self._bulk(number, i, taken)) > i:
                found, i, gap = True, after - 1, 0
                continue
            line = texts[i]
            late = classes and not found and i - start <= GAP
            if heads.among(i) and not (late and not line.split()[0].lower().startswith("class")):
                return
            if _RULE.match(line) and (line.strip() or header.parted == " "):
                gap += not line.strip() and (found or gap > 0)
                continue
            if not found and header.parted == " " and len(line.split()) < len(header.names):
                header = merged(header, line) or header
                number = self._number.get(header)
            row = row_of(line, header, i) if heads.rows[i] else None
            if row is not None and _goes_on(header, row):
                number, found, gap = self._numbered(header), True, 0
                if not classes:
                    self._learn(number, header, i)
                if not classes or row.cells[0] is None:
                    self._single[number].append(row)
                    taken[i] = True
                continue
            gap += 1
            if gap > GAP:
                return

    def sheets(self) -> Iterator[tuple[Header, Sheet]]:
        """All rows of each header."""
        for header, number in self._number.items():
            parts = [_of_rows(self._single[number], len(header.names))] if self._single[number] else []
            ranges = [np.arange(low, high) for low, high in self._alike[number]]
            index = np.concatenate(ranges) if ranges else np.zeros(0, dtype=np.int64)
            for _, at in by_shape(self._lines.shapes.code[index]):
                parts.append(self._of_shape(index[at], header))
            if parts:
                yield header, _joined(parts)

    def _numbered(self, header: Header) -> int:
        if header not in self._number:
            self._number[header] = len(self._number)
            self._single.append([])
            self._alike.append([])
        return self._number[header]

    def _learn(self, number: int, header: Header, i: int) -> None:
        """Remember whether all lines of the shape of line i are rows of a header."""
        shape = int(self._lines.shapes.code[i])
        if (number, shape) not in self._fits:
            told = IDS not in self._lines.shapes.forms[shape] and layout_of(self._lines.texts[i], header) is not None
            self._fits[number, shape] = told
        if self._fits[number, shape]:
            self._header[shape] = number

    def _bulk(self, number: int, start: int, taken: Bools) -> int:
        """Take the rows from a line on as long as their shapes tell that they are some; returns the line behind them."""
        code, i, size = self._lines.shapes.code, start, _FIRST
        if self._header[code[i]] != number:
            return i
        while i < len(code):
            rows = (self._header[code[i : i + size]] == number) & ~self._heads.possible[i : i + size]
            count = len(rows) if rows.all() else int(np.argmin(rows))
            i += count
            if count < size:
                break
            size *= _FACTOR
        if i > start:
            self._alike[number].append((start, i))
            taken[start:i] = True
        return i

    def _of_shape(self, index: Ints, header: Header) -> Sheet:
        """Rows of one shape."""
        texts = self._lines.texts.take(index)
        layout = layout_of(texts[0], header)
        spans = [span for span in (*layout.spans, layout.done) if span] if layout else []
        found = columns(texts, spans) if layout else None
        if layout is None or found is None or (layout.done and float(found.values[-1].max()) > MOST_DONE):
            return _of_rows([row for i in index.tolist() if (row := row_of(self._lines.texts[i], header, i))], len(header.names))
        at = [k for k, span in enumerate(layout.spans) if span]
        cells = np.full((len(index), len(header.names)), np.nan)
        cells[:, at] = np.stack(found.values[: len(at)], axis=1)
        known = np.zeros(cells.shape, dtype=bool)
        known[:, at] = True
        return Sheet(
            index, cells, known, np.full(len(index), layout.done is not None), np.full(len(index), layout.label, dtype=object)
        )


def _goes_on(header: Header, row: Row) -> bool:
    """Whether a row's counter is there."""
    places = [cell for cell, counter in zip(row.cells, header.counters, strict=True) if counter]
    return not places or any(cell is not None and cell >= 0 for cell in places)


def _of_rows(rows: Sequence[Row], width: int) -> Sheet:
    """Rows that were read one by one."""
    cells = np.array([[np.nan if cell is None else cell for cell in row.cells] for row in rows]).reshape(len(rows), width)
    known = np.array([[cell is not None for cell in row.cells] for row in rows], dtype=bool).reshape(len(rows), width)
    index = np.array([row.index for row in rows], dtype=np.int64)
    return Sheet(
        index, cells, known, np.array([row.bar for row in rows], dtype=bool), np.array([row.label for row in rows], dtype=object)
    )


def _joined(parts: Sequence[Sheet]) -> Sheet:
    """Several rows in order of lines."""
    if len(parts) == 1:
        return parts[0]
    index, cells, known, bar, label = (np.concatenate([getattr(part, name) for part in parts]) for name in Sheet.__struct_fields__)
    return Sheet(index, cells, known, bar, label).take(np.argsort(index, kind="stable"))
