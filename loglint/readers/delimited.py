"""Bytes of a delimited file -> `Table`: dialect, header, rows, cells. What the columns mean lives in `loglint.readers.table`.

A bad row costs that row; an unterminated last line is cut unless its last cell is provably whole. Large plain tables go
through `loglint.readers.bulk` first.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise, takewhile

import msgspec
import numpy as np

from loglint.model import Event, Problem, Scalar
from loglint.readers.cells import counter, is_blank, moment, number
from loglint.readers.names import axis_of, flatten, quantity
from loglint.readers.table.records import Column, Table, Texts

SAMPLE = 30
SMALL = 65_536  # bytes of a table that is looked at once
MAX_COLUMNS = 20_000
MAX_PROBLEMS = 20
_DELIMITERS = (",", "\t", ";", "|")
_RULE = re.compile(r"[\s|+:=-]*")
_COMMENT = re.compile(r"\s*(#|%|//)")
_SEPARATOR = re.compile(r'"?sep=.+', re.I)


class Layout(msgspec.Struct, frozen=True):
    """How a table is written: `delimiter` (" " for runs of white space), column names, the 0-based line of the first record.

    `edged`: every row begins and ends with the delimiter. `comma`: numbers have a decimal comma.
    """

    delimiter: str
    header: tuple[str, ...]
    first: int
    edged: bool = False
    comma: bool = False


class Parsed(msgspec.Struct, frozen=True):
    """A table and what was met beside it."""

    table: Table
    header: tuple[str, ...]
    config: dict[str, Scalar] = msgspec.field(default_factory=dict)
    events: tuple[Event, ...] = ()
    problems: tuple[Problem, ...] = ()


def decode(data: bytes) -> str:
    """Text of a log in UTF-8 or, by its byte order mark, UTF-16; bytes that are neither become replacement characters."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    return data.decode("utf-8-sig", errors="replace")


def looked_at(data: bytes) -> tuple[str, Sequence[str], Layout | None]:
    """The text of a table, its lines and its layout. Of a small one this is remembered until the next: who claims it reads it."""
    return _looked_at_small(data) if len(data) < SMALL else _looked_at(data)


def _looked_at(data: bytes) -> tuple[str, Sequence[str], Layout | None]:
    text = decode(data)
    lines = text.splitlines()
    return text, lines, sniff(lines)


_looked_at_small = lru_cache(maxsize=1)(_looked_at)


def parse(data: bytes, path: str) -> Parsed | None:
    """The table in `data`; None when there is none."""
    text, lines, layout = looked_at(data)
    if layout is None:
        return None
    whole = text.endswith(("\n", "\r"))
    table = _plain(text, lines, layout) if whole else None
    return Parsed(table, layout.header) if table is not None else _Rows(path, layout).collect(lines, whole)


def _plain(text: str, lines: Sequence[str], layout: Layout) -> Table | None:
    """A table of nothing but numbers and blanks under one header line, column by column; None for any other."""
    start = text.find("\n") + 1
    if layout.first != 1 or layout.delimiter == " " or layout.edged or layout.comma or not start:
        return None
    if (
        any(text.find(mark, start) >= 0 for mark in '"#_') or not text[start:].isascii()
    ):  # float() takes 1_000 and digits of all scripts
        return None
    rows = [line.split(layout.delimiter) for line in lines[1:]]
    width = len(layout.header)
    if set(map(len, rows)) != {width}:
        return None
    numbers: dict[str, Column] = {}
    try:
        for name, cells in zip(layout.header, zip(*rows, strict=True), strict=True):
            held = [row for row, cell in enumerate(cells) if cell and not cell.isspace()]
            if held:
                values = list(map(float, cells if len(held) == len(cells) else [cells[row] for row in held]))
                numbers[name] = Column(np.array(held, dtype=np.int64), np.array(values, dtype=np.float64))
    except ValueError:
        return None
    filled = np.zeros(len(rows), dtype=bool)
    for column in numbers.values():
        filled[column.rows] = True
    return Table(len(rows), numbers, {}, np.arange(2, len(rows) + 2, dtype=np.int64)) if filled.all() else None


def sniff(lines: Sequence[str]) -> Layout | None:
    """The layout of a table, judged on its first rows; None when the lines are no table."""
    start = _preamble(lines)
    sample = [
        (i, line) for i, line in enumerate(lines[start : start + 4 * SAMPLE], start) if line.strip() and not _COMMENT.match(line)
    ]
    sample = [(i, line) for i, line in sample if not _RULE.fullmatch(line)][:SAMPLE]
    if not sample:
        return None
    best: tuple[int, Layout] | None = None
    found = [one for one in _DELIMITERS if one in sample[0][1]]
    for delimiter in (*(found or [","]), " "):
        layout = _layout(sample, delimiter, _commented_header(lines, start, delimiter))
        if layout is not None and (best is None or len(layout.header) > best[0]):
            best = (len(layout.header), layout)
        if best is not None and delimiter == "|":
            break
    return best[1] if best is not None else None


def _preamble(lines: Sequence[str]) -> int:
    """How many lines of comments, JSON and blanks stand before the table."""
    for index, line in enumerate(lines[:200]):
        text = line.strip()
        if (
            text
            and not _COMMENT.match(text)
            and not (text.startswith("{") and text.endswith("}"))
            and not _SEPARATOR.fullmatch(text)
        ):
            return index
    return min(len(lines), 200)


def _commented_header(lines: Sequence[str], start: int, delimiter: str) -> tuple[str, ...]:
    """Column names in the last comment before the table, as numpy.savetxt writes them."""
    if start == 0 or not lines[start - 1].lstrip().startswith("#"):
        return ()
    names = cells_of(lines[start - 1].lstrip().lstrip("# "), delimiter, False)
    return tuple(names) if not any(number(name) is not None for name in names) else ()


def _layout(sample: Sequence[tuple[int, str]], delimiter: str, commented: tuple[str, ...]) -> Layout | None:
    edged = delimiter == "|" and all(line.strip().startswith("|") for _, line in sample)
    rows = [cells_of(line, delimiter, edged) for _, line in sample]
    head = rows[0]
    comma = delimiter in ";\t" and any(re.fullmatch(r"\s*-?\d*,\d+\s*", cell) for row in rows[1:] for cell in row)
    if all(is_blank(cell) or number(cell, comma) is not None for cell in head):
        names = commented if len(commented) == len(head) else _headless(rows)
        return (
            Layout(delimiter, names, sample[0][0], edged, comma) if names and all(len(row) == len(head) for row in rows) else None
        )
    if len(head) > MAX_COLUMNS or (len(head) < 2 and not _lone_column(rows)):
        return None
    if len(head) > 1 and head[-1] == "":
        head = head[:-1]
    body = list(takewhile(lambda row: not _is_header(row), rows[1:]))
    if len(body) > 1 and sum(len(row) == len(head) + 1 and row[-1] != "" for row in body) > 0.9 * len(body):
        head = ["", *head]
    fitting = sum(_fits(row, len(head)) for row in body)
    if any(number(name) is not None for name in head if name) or fitting < (0.95 if delimiter == " " else 0.6) * len(body):
        return None
    if delimiter == " " and (not body or not all(any(number(cell) is not None for cell in row) for row in body)):
        return None
    return Layout(delimiter, _distinct(head), sample[0][0] + 1, edged, comma)


def _fits(row: Sequence[str], width: int) -> bool:
    return len(row) == width or (len(row) == width + 1 and row[-1] == "")


def _headless(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Names for a table without a header: one column of values, or steps that rise and values; else none."""
    if len(rows) < 3:
        return ()
    if len(rows[0]) == 1:
        return ("value",)
    first = [number(row[0]) for row in rows]
    steps = [one for one in first if one is not None]
    rising = len(steps) == len(rows) and all(a < b and b.is_integer() for a, b in pairwise(steps))
    return ("step", "value") if rising and len(rows[0]) == 2 else ()


def _lone_column(rows: Sequence[Sequence[str]]) -> bool:
    return (
        quantity(rows[0][0]) is not None and len(rows) > 2 and all(len(row) == 1 and number(row[0]) is not None for row in rows[1:])
    )


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """The names, repeated ones numbered: loss, loss.1."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        count = seen.get(name, 0)
        seen[name] = count + 1
        found.append(f"{name}.{count}" if count else name)
    return tuple(found)


def cells_of(line: str, delimiter: str, edged: bool) -> list[str]:
    """The stripped cells of one line."""
    if delimiter == " ":
        return line.split()
    return _trimmed(_split(line, delimiter), edged)


def _split(line: str, delimiter: str) -> list[str]:
    if '"' not in line:
        return line.split(delimiter)
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return line.split(delimiter)


def _trimmed(cells: list[str], edged: bool) -> list[str]:
    stripped = [cell.strip() for cell in cells]
    if not edged:
        return stripped
    return stripped[1:-1] if stripped[-1] == "" else stripped[1:]


class _Rows:
    """Collects rows into columns; one use."""

    def __init__(self, path: str, layout: Layout) -> None:
        self.path = path
        self.layout = layout
        self.header = layout.header
        self.names = list(layout.header)
        self.numbers: dict[str, tuple[list[int], list[float]]] = {}
        self.texts: dict[str, tuple[list[int], list[str]]] = {}
        self.lines: list[int] = []
        self.config: dict[str, Scalar] = {}
        self.events: list[Event] = []
        self.problems: list[Problem] = []
        self.bad = 0

    def collect(self, lines: Sequence[str], whole: bool) -> Parsed:
        """All rows from the layout's first record on."""
        for text in lines[: self.layout.first]:
            self._comment(text)
        rows = list(self._rows(lines))
        if not whole and rows and not _last_is_whole([row for _, row in rows], len(self.header), lines[-1]):
            line, _ = rows.pop()
            self.problems.append(Problem("truncated", self.path, "the last line breaks off; it was not taken", line))
        for line, row in rows:
            self._row(line, row)
        if self.bad > MAX_PROBLEMS:
            self.problems.append(Problem("bad_row", self.path, f"{self.bad - MAX_PROBLEMS} more rows were not taken"))
        table = self._table()
        return Parsed(table, tuple(self.names), self.config, tuple(self.events), tuple(self.problems))

    def _rows(self, lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
        first, delimiter = self.layout.first, self.layout.delimiter
        quoted = delimiter != " " and any('"' in line for line in lines[first:])
        if not quoted:
            for index in range(first, len(lines)):
                yield index + 1, cells_of(lines[index], delimiter, self.layout.edged)
            return
        reader = csv.reader((line + "\n" for line in lines[first:]), delimiter=delimiter, skipinitialspace=True)
        before = 0
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error:
                row = []
                self._bad(first + before + 1, "is no row of a table")
            yield first + before + 1, _trimmed(row, self.layout.edged)
            before = reader.line_num

    def _comment(self, line: str) -> None:
        """Keep the JSON settings that some writers put before the table."""
        text = line.strip().lstrip("#% ")
        if text.startswith("{"):
            from loglint.readers.documents import loads

            self.config.update(flatten(loads(text), "."))

    def _row(self, line: int, row: list[str]) -> None:
        if not any(row) or _RULE.fullmatch("".join(row)) or row[0].startswith("#"):
            return
        if len(row) > 1 and (tuple(row) == self.header or _is_header(row)):
            if self.lines:
                self.events.append(Event("restart", "the header is written again", self.path, line, len(self.lines) - 1))
            self.header = _distinct(row)
            self.names += [name for name in self.header if name not in self.names]
            return
        if not _fits(row, len(self.header)):
            self._bad(line, f"has {len(row)} cells where the header has {len(self.header)}")
            return
        record = len(self.lines)
        self.lines.append(line)
        for name, cell in zip(self.header, row, strict=False):
            value = number(cell, self.layout.comma)
            if value is None and cell and axis_of(name) is not None:
                value = counter(cell)
            if value is not None:
                rows, values = self.numbers.setdefault(name, ([], []))
                rows.append(record)
                values.append(value)
            elif not is_blank(cell):
                places, words = self.texts.setdefault(name, ([], []))
                places.append(record)
                words.append(cell)

    def _bad(self, line: int, why: str) -> None:
        self.bad += 1
        if self.bad <= MAX_PROBLEMS:
            self.problems.append(Problem("bad_row", self.path, f"line {line} {why}; it was not taken", line))

    def _table(self) -> Table:
        numbers: dict[str, Column] = {}
        texts: dict[str, Texts] = {}
        for name in self.names:
            rows, values = self.numbers.get(name, ([], []))
            places, words = self.texts.get(name, ([], []))
            known = axis_of(name)
            if known is not None and known[0] == "time" and words and not values:
                moments = [moment(word) for word in words]
                rows = [place for place, when in zip(places, moments, strict=True) if when is not None]
                values = [when for when in moments if when is not None]
                places, words = [], []
            if values and len(values) >= len(words):
                numbers[name] = Column(np.array(rows, dtype=np.int64), np.array(values, dtype=np.float64))
                for place, word in zip(places, words, strict=True):
                    self._bad(self.lines[place], f'has "{word[:40]}" in the column "{name}" of numbers')
            elif words:
                texts[name] = Texts(np.array(places, dtype=np.int64), tuple(words))
        return Table(len(self.lines), numbers, texts, np.array(self.lines, dtype=np.int64))


def _is_header(row: Sequence[str]) -> bool:
    """Whether a row in the middle of a table names columns: all words, an axis and a quantity among them."""
    if any(number(cell) is not None for cell in row):
        return False
    return any(axis_of(cell) for cell in row if cell) and any(quantity(cell) for cell in row if cell)


def _last_is_whole(rows: Sequence[Sequence[str]], width: int, line: str) -> bool:
    """Whether an unterminated last row cannot have lost anything.

    It has all cells, and the last one ends with its closing quote or is as wide as in every row before it.
    """
    last = rows[-1]
    if line.endswith('"') and line.count('"') % 2 == 0 and len(last) == width:
        return True
    before = {len(row[-1]) for row in rows[:-1] if len(row) == width}
    return len(last) == width and len(rows) > 3 and before == {len(last[-1])} and len(last[-1]) > 3
