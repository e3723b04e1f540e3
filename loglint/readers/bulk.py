"""Large plain tables -> `Table` at the speed of pandas' C parser, with exact numbers, and blanks told from NaN.

What is not plain (quotes, comments, a row of another width, words among numbers) is left to `loglint.readers.delimited`.
"""

from __future__ import annotations

import io
import re
import sys
import warnings
from typing import Any

import msgspec
import numpy as np

from loglint.model import Bools, Ints, Problem
from loglint.readers.cells import is_blank, number
from loglint.readers.delimited import Parsed, decode, sniff
from loglint.readers.table.records import Column, Table, Texts

LARGE = 3 << 20  # bytes, above which importing pandas costs less than it saves
LARGE_ONCE_IMPORTED = 1 << 18
_BLOCK = 1 << 18  # bytes worked on at a time, so that what is computed of them stays in the processor's cache
_LOW = ord("+")  # above whatever makes a table less than plain, below whatever numbers are written with
_NANS = ("nan", "NaN", "NAN", "-nan", "-NaN", "+nan")


class _Cells(msgspec.Struct, frozen=True):
    """A column as pandas parsed it, and which of its cells (bool) hold something."""

    values: np.ndarray[tuple[int], np.dtype[np.generic]]
    held: Bools


def pays(size: int) -> bool:
    """Whether a table of so many bytes is read sooner with pandas than without."""
    return size > (LARGE_ONCE_IMPORTED if "pandas" in sys.modules else LARGE)


def parse(data: bytes, path: str) -> Parsed | None:
    """A large, plain table at the speed of pandas' C parser; None when it is not plain."""
    head = data[: 1 << 17]
    if b'"' in head or b"\x00" in head or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return None
    layout = sniff(decode(head[: head.rfind(b"\n") + 1]).splitlines())
    if layout is None or layout.delimiter == " " or layout.edged or layout.comma or not layout.header:
        return None
    start, end = _line_start(data, layout.first), data.rfind(b"\n") + 1
    body = data if end == len(data) else data[:end]
    mark, width = ord(layout.delimiter), len(layout.header)
    size, marks, low = _counted(data, start, end, mark)
    bare = low == size + (marks if mark < _LOW else 0)
    if marks != size * (width - 1) or _odd(data, end if bare else start, size):
        return None
    cells = _bulk_cells(body, start, layout.delimiter, width, not bare and body.find(b" ", start) >= 0)
    if cells is None or len(cells[0].held) != size:  # blank lines make fewer rows
        return None
    every = np.arange(size, dtype=np.int64)
    columns = dict(zip(layout.header, (_bulk_column(one, every) for one in cells), strict=True))
    if None in columns.values():
        return None
    numbers = {name: column for name, column in columns.items() if isinstance(column, Column) and len(column.rows)}
    texts = {name: column for name, column in columns.items() if isinstance(column, Texts)}
    problems: tuple[Problem, ...] = ()
    if data[end:].strip():
        problems = (Problem("truncated", path, "the last line breaks off; it was not taken", layout.first + size + 1),)
    return Parsed(Table(size, numbers, texts, every + (layout.first + 1)), layout.header, problems=problems)


def _counted(data: bytes, start: int, end: int, mark: int) -> tuple[int, int, int]:
    """How many line feeds, marks and bytes below `_LOW` (quotes, comments, spaces, control characters) a part of a text holds."""
    lines = marks = low = 0
    for at in range(start, end, _BLOCK):
        block = np.frombuffer(data, dtype=np.uint8, count=min(_BLOCK, end - at), offset=at)
        lines += int(np.count_nonzero(block == ord("\n")))
        marks += int(np.count_nonzero(block == mark))
        low += int(np.count_nonzero(block < _LOW))
    return lines, marks, low


def _odd(data: bytes, start: int, lines: int) -> bool:
    """Whether a text holds, from a place on, what makes a table less than plain: quotes, comments, line ends of two kinds."""
    ends = data.count(b"\r", start) if data.find(b"\r", start) >= 0 else 0
    return ends not in (0, lines) or any(data.find(mark, start) >= 0 for mark in (b'"', b"\x00", b"#"))


def _line_start(data: bytes, line: int) -> int:
    position = 0
    for _ in range(line):
        position = data.index(b"\n", position) + 1
    return position


def _bulk_cells(body: bytes, start: int, delimiter: str, width: int, padded: bool) -> list[_Cells] | None:
    """The columns of a plain table as (cells, bool mask of those that hold something); None when pandas cannot take it.

    `padded`: spaces stand in it.
    """
    import pandas

    exact: dict[str, Any] = (
        {"float_precision": "round_trip"} if int(pandas.__version__.split(".", 1)[0]) < 3 else {}
    )  # exact by itself since 3

    def read(chunked: bool) -> Any:
        stream = io.BytesIO(body)
        stream.seek(start)
        return pandas.read_csv(
            stream, sep=delimiter, header=None, names=list(range(width)), engine="c", keep_default_na=False,
            na_values=["", *_NANS], skipinitialspace=padded, low_memory=chunked, index_col=False, **exact,
        )  # fmt: skip

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", pandas.errors.DtypeWarning)
            frame = read(chunked=True)
        if any(kind.kind not in "iuf" for kind in frame.dtypes):  # words: their column in one piece
            frame = read(chunked=False)
    except (ValueError, OverflowError, pandas.errors.ParserError):
        return None
    columns = [frame[index].to_numpy() for index in range(width)]
    empty = [np.isnan(column) if column.dtype.kind == "f" else pandas.isna(column) for column in columns]
    if any(mask.any() for mask in empty) and _has_nan(body, start):
        lengths = _lengths(body, start, delimiter, width)
        empty = [mask & (lengths[:, index] == 0) for index, mask in enumerate(empty)]
    return [_Cells(column, ~mask) for column, mask in zip(columns, empty, strict=True)]


def _has_nan(body: bytes, start: int) -> bool:
    """Whether `nan` is written anywhere."""
    if body.find(b"n", start) < 0 and body.find(b"N", start) < 0:
        return False
    return re.compile(rb"[nN][aA][nN]").search(body, start) is not None


def _lengths(body: bytes, start: int, delimiter: str, width: int) -> Ints:
    """The length in bytes of every cell, int64[rows, width], blanks around it not counted."""
    text = np.frombuffer(body, dtype=np.uint8, offset=start)
    ends = np.flatnonzero((text == ord(delimiter)) | (text == ord("\n")))
    starts = np.concatenate(([0], ends[:-1] + 1))
    blanks = np.flatnonzero((text == ord(" ")) | (text == ord("\r")))
    found = ends - starts - (np.searchsorted(blanks, ends) - np.searchsorted(blanks, starts))
    return found.reshape(-1, width).astype(np.int64)


def _bulk_column(cells: _Cells, every: Ints) -> Column | Texts | None:
    """One column as pandas parsed it, `every` being all rows; None when words stand among numbers."""
    import pandas

    whole = bool(cells.held.all())
    rows = every if whole else np.flatnonzero(cells.held).astype(np.int64, copy=False)
    if cells.values.dtype.kind in "iuf":
        values = cells.values.astype(np.float64, copy=False)
        return Column(rows, values if whole else values[rows])
    codes, unique = pandas.factorize(cells.values, use_na_sentinel=False)
    known = [number(str(one)) for one in unique]
    blank = np.array([value is None and is_blank(str(one)) for value, one in zip(known, unique, strict=True)], dtype=bool)
    words = sum(value is None for value in known) - int(blank.sum())
    rows = rows[~blank[codes[rows]]]
    if words == 0:
        table = np.array([np.nan if value is None else value for value in known], dtype=np.float64)
        return Column(rows, table[codes[rows]])
    if words < len(known) - blank.sum():
        return None
    return Texts(rows, tuple(str(unique[code]) for code in codes[rows]))
