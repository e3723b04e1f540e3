"""loglint's own exports -> readings, so that judging an export finds what judging the logs found.

The columns are a contract with `loglint export`; a row is one point.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from loglint.model import Floats, Ints, Reading, Series, Source
from loglint.readers.names import split_of
from loglint.readers.table.records import Column, Table, Texts

FORMAT = "loglint-export"
COLUMNS = ("run", "attempt", "series", "split", "role", "step", "epoch", "time", "seq", "value", "path", "line")


def is_export(header: Sequence[str]) -> bool:
    """Whether a table has the columns of an export."""
    return set(COLUMNS) <= set(header)


def from_export(table: Table, path: str) -> tuple[Reading, ...]:
    """One reading a run, its series in the order in which they first appear, all axes as exported."""
    keys = list(zip(*(_words(table, name) for name in ("run", "path", "series", "split")), strict=True))
    order: dict[tuple[str, str, str, str], list[int]] = {}
    ends = [0, *(i for i, (a, b) in enumerate(pairwise(keys), 1) if a != b), len(keys)] if keys else []
    for start, end in pairwise(ends):
        order.setdefault(keys[start], []).extend(range(start, end))
    runs: dict[str, list[Series]] = {}
    values = _dense(table, "value")
    known = np.zeros(table.size, dtype=bool)
    if "value" in table.numbers:
        known[table.numbers["value"].rows] = True
    for (run, source, name, split), rows in order.items():
        at = np.array(rows, dtype=np.int64)
        at = at[known[at]]
        runs.setdefault(run, []).append(_series(table, at, values, name, split, source or path))
    return tuple(Reading(Source(path, FORMAT), tuple(series), group=run) for run, series in runs.items())


def _series(table: Table, at: Ints, values: Floats, name: str, split: str, path: str) -> Series:
    seq = _dense(table, "seq")[at]
    attempt = _dense(table, "attempt")[at]
    line = _dense(table, "line")[at]
    return Series(
        name=name,
        values=values[at],
        seq=_whole(seq) if np.isfinite(seq).all() else np.arange(len(at), dtype=np.int64),
        step=_axis(table, "step", at),
        epoch=_axis(table, "epoch", at),
        time=_axis(table, "time", at),
        line=_whole(line) if np.isfinite(line).any() else None,
        attempt=_whole(attempt),
        split=split_of(split),
        path=path,
    )


def _whole(values: Floats) -> Ints:
    """Whole numbers, 0 where there is none, within what a float64 tells exactly."""
    return np.clip(np.nan_to_num(values), 0, 2.0**53).astype(np.int64)


def _axis(table: Table, name: str, at: Ints) -> Floats | None:
    places: Floats = _dense(table, name)[at]
    return places if np.isfinite(places).any() else None


def _dense(table: Table, name: str) -> Floats:
    column = table.numbers.get(name, Column(np.empty(0, dtype=np.int64), np.empty(0)))
    places = np.full(table.size, np.nan)
    places[column.rows] = column.values
    return places


def _words(table: Table, name: str) -> list[str]:
    """The cells of a column as text, "" where blank; a run named by a number is its digits."""
    found = [""] * table.size
    if (cells := table.texts.get(name, Texts(np.empty(0, dtype=np.int64), ()))).values:
        for row, value in zip(cells.rows.tolist(), cells.values, strict=True):
            found[row] = value
    elif (column := table.numbers.get(name)) is not None:
        for row, number in zip(column.rows.tolist(), column.values.tolist(), strict=True):
            found[row] = f"{number:g}"
    return found
