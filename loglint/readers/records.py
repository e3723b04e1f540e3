"""A list of mappings (JSON lines, lists of dicts) -> `Table`, nested keys joined with `/`.

What the table means lives in `loglint.readers.table`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from loglint.model import Scalar
from loglint.readers.cells import is_blank, moment, number
from loglint.readers.names import axis_of, flatten
from loglint.readers.table import MAX_SERIES, Column, Table, Texts

MAX_WORD = 200
_SETTINGS = frozenset(
    {"config", "hparams", "hyperparameters", "hyper_parameters", "args", "params", "cfg", "perf", "experiment_tag"}
)


def to_table(records: Sequence[Mapping[str, Any]], lines: Sequence[int] | None = None) -> Table:
    """The records as columns, in order; booleans, lists and settings are left out, numbers written as strings are numbers."""
    rows: dict[str, list[int]] = {}
    cells: dict[str, list[float]] = {}
    words: dict[str, tuple[list[int], list[str]]] = {}
    for index, record in enumerate(records):
        for key, value in record.items():
            kind = type(value)
            if kind is float or kind is int:
                if key in cells:
                    rows[key].append(index)
                    cells[key].append(value)
                elif len(cells) < MAX_SERIES:
                    rows[key], cells[key] = [index], [value]
            elif kind is str:
                _word(words, key, index, value)
            elif kind is dict and key not in _SETTINGS:
                for inner, scalar in flatten(value, "/", 6).items():
                    _scalar(rows, cells, words, f"{key}/{inner}", index, scalar)
    numbers = {key: Column(np.array(rows[key], dtype=np.int64), _floats(cells[key])) for key in cells}
    texts: dict[str, Texts] = {}
    for key, (places, found) in words.items():
        _classify(key, places, found, numbers, texts)
    order = None if lines is None else np.array(lines, dtype=np.int64)
    return Table(len(records), numbers, texts, order)


def settings(records: Sequence[Mapping[str, Any]]) -> dict[str, Scalar]:
    """The configuration that a record carries with it (Ray writes it into every line): that of the first which does."""
    for record in records[:100]:
        found = {key: record[key] for key in _SETTINGS if isinstance(record.get(key), dict) and record[key]}
        if found:
            return {name: value for key in found for name, value in flatten(found[key], ".").items()}
    return {}


def _floats(values: list[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    try:
        return np.array(values, dtype=np.float64)
    except OverflowError:  # a whole number beyond float64
        return np.array([_float(value) for value in values], dtype=np.float64)


def _float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return np.inf if value > 0 else -np.inf


def _scalar(
    rows: dict[str, list[int]],
    cells: dict[str, list[float]],
    words: dict[str, tuple[list[int], list[str]]],
    key: str,
    index: int,
    value: Scalar,
) -> None:
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, str):
        _word(words, key, index, value)
    elif key in cells or len(cells) < MAX_SERIES:
        rows.setdefault(key, []).append(index)
        cells.setdefault(key, []).append(value)


def _word(words: dict[str, tuple[list[int], list[str]]], key: str, index: int, value: str) -> None:
    if len(value) <= MAX_WORD and (key in words or len(words) < MAX_SERIES):
        places, found = words.setdefault(key, ([], []))
        places.append(index)
        found.append(value)


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
