"""A list of mappings (JSON lines, lists of dicts) -> `Table`, nested keys joined with `/`.

What the table means lives in `loglint.readers.table`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import msgspec
import numpy as np

from loglint.model import Scalar
from loglint.readers.cells import is_blank, moment, number
from loglint.readers.names import axis_of, flatten
from loglint.readers.table.records import Column, Table, Texts
from loglint.readers.table.sheets import MAX_SERIES

MAX_WORD = 200
_SETTINGS = frozenset(
    {"config", "hparams", "hyperparameters", "hyper_parameters", "args", "params", "cfg", "perf", "experiment_tag"}
)


def to_table(records: Sequence[Mapping[str, Any]], lines: Sequence[int] | None = None) -> Table:
    """The records as columns, in order; booleans, lists and settings are left out, numbers written as strings are numbers."""
    found = _Columns({}, {}, {})
    numbers: dict[str, Column] = {}
    keys = list(dict.fromkeys(chain.from_iterable(records)))
    dense = len(records) > 100 and len(keys) * len(records) <= 4 * sum(map(len, records))
    for key in keys if dense else ():
        column = _plain(records, key)
        if column is not None:
            numbers[key] = column
    rest = [key for key in keys if key not in numbers] if dense else keys
    if rest:
        few = set(rest) if len(rest) < len(keys) else None
        for index, record in enumerate(records):
            for key, value in record.items():
                if few is None or key in few:
                    found.add(key, index, value)
    numbers |= {key: Column(np.array(found.rows[key], dtype=np.int64), _floats(found.cells[key])) for key in found.cells}
    texts: dict[str, Texts] = {}
    for key, (places, words) in found.words.items():
        _classify(key, places, words, numbers, texts)
    ordered = {key: numbers[key] for key in keys if key in numbers}
    order = None if lines is None else np.array(lines, dtype=np.int64)
    return Table(len(records), ordered | numbers, texts, order)


def _plain(records: Sequence[Mapping[str, Any]], key: str) -> Column | None:
    """The column of a key under which nothing but numbers stands, else None."""
    values = [record.get(key) for record in records]
    kinds = set(map(type, values))
    if not kinds <= {float, int, type(None)} or kinds == {type(None)}:
        return None
    if type(None) not in kinds:
        return Column(np.arange(len(values), dtype=np.int64), _floats(values))
    rows = [index for index, value in enumerate(values) if value is not None]
    return Column(np.array(rows, dtype=np.int64), _floats([values[index] for index in rows]))


class _Columns(msgspec.Struct, frozen=True):
    """Columns while they grow: record ordinals and numbers under each key, and words under each key."""

    rows: dict[str, list[int]]
    cells: dict[str, list[Any]]
    words: dict[str, tuple[list[int], list[str]]]

    def add(self, key: str, index: int, value: Any) -> None:
        """One value of one record."""
        kind = type(value)
        if kind is float or kind is int:
            if key in self.cells:
                self.rows[key].append(index)
                self.cells[key].append(value)
            elif len(self.cells) < MAX_SERIES:
                self.rows[key], self.cells[key] = [index], [value]
        elif kind is str:
            if len(value) <= MAX_WORD and (key in self.words or len(self.words) < MAX_SERIES):
                places, found = self.words.setdefault(key, ([], []))
                places.append(index)
                found.append(value)
        elif kind is dict and key not in _SETTINGS:
            for inner, scalar in flatten(value, "/", 6).items():
                self.add(f"{key}/{inner}", index, scalar)


def settings(records: Sequence[Mapping[str, Any]]) -> dict[str, Scalar]:
    """The configuration that a record carries with it (Ray writes it into every line): that of the first which does."""
    for record in records[:100]:
        found = {key: record[key] for key in _SETTINGS if isinstance(record.get(key), dict) and record[key]}
        if found:
            return {name: value for key in found for name, value in flatten(found[key], ".").items()}
    return {}


def _floats(values: list[Any]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    try:
        return np.array(values, dtype=np.float64)
    except OverflowError:  # a whole number beyond float64
        return np.array([as_float(value) for value in values], dtype=np.float64)


def as_float(value: Any) -> float:
    """A number as float64, a whole number beyond its range as an infinity."""
    try:
        return float(value)
    except OverflowError:
        return np.inf if value > 0 else -np.inf


def _classify(key: str, places: list[int], found: list[str], numbers: dict[str, Column], texts: dict[str, Texts]) -> None:
    """Put a column of strings among the numbers when they are numbers or moments written as text, else among the texts."""
    known = axis_of(key)
    convert = moment if known is not None and known[0] == "time" else number
    values = [convert(one) for one in found]
    taken = [value for value in values if value is not None]
    if taken and len(taken) + sum(is_blank(one) for one in found) == len(found):
        at = [place for place, value in zip(places, values, strict=True) if value is not None]
        if key in numbers:
            joined = sorted(
                zip([*numbers[key].rows.tolist(), *at], [*numbers[key].values.tolist(), *taken], strict=True),
                key=lambda one: one[0],
            )
            at, taken = [place for place, _ in joined], [value for _, value in joined]
        numbers[key] = Column(np.array(at, dtype=np.int64), np.array(taken, dtype=np.float64))
    elif key not in numbers:
        texts[key] = Texts(np.array(places, dtype=np.int64), tuple(found))
