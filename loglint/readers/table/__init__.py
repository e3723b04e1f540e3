"""Tables and records -> curves: which columns are axes, which are curves, which tell runs and splits apart.

Shared by every reader whose format comes down to records with named fields (CSV, JSON, JSON lines). How bytes become a
`Table` lives in those readers. Nothing is sorted, filled or de-duplicated; a blank is no point, a NaN is one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from loglint.model import Floats, Ints, Problem, Reading, Scalar, Series, Source
from loglint.names import parse
from loglint.readers.names import plain, quantity, split_in, split_of, words
from loglint.readers.table.axes import Axes, find_axes, is_axis
from loglint.readers.table.records import Column, Table
from loglint.readers.table.sheets import MAX_SERIES, SPLIT_COLUMNS, is_one, lists_runs, runs, splits, tidied, under_file_name

MAX_NOTES = 20
_PROGRESS = frozenset({"progress", "percent", "progress_remaining", "fraction"})
_SETTING = re.compile(r"^(?:(?:config|params|hparams)[./]|run\.(?:hparams\.)?)")  # a setting that is repeated in every row


def readings(
    table: Table, source: Source, config: Mapping[str, Scalar] | None = None, lone_name: str = "", sure: bool = False
) -> tuple[Reading, ...]:
    """The runs inside a table: one reading each, empty when there is no training quantity along an axis.

    `lone_name` is what a column called only `value` is to be called (from the file's name); `sure`: the caller knows it
    for a log whatever its columns are called.
    """
    found: list[Reading] = []
    for group, whole in runs(tidied(under_file_name(table, lone_name))):
        part, settings = _without_settings(whole)
        series, problems = curves(part, source.path, sure, lone_name)
        if series:
            found.append(Reading(source, series, config={**(config or {}), **settings}, problems=problems, group=group))
    return tuple(found)


def _without_settings(table: Table) -> tuple[Table, dict[str, Scalar]]:
    """A run's table without the columns of settings that hold one value throughout (Ray's `config/lr`), and those settings."""
    found: dict[str, Scalar] = {}
    for name, column in table.numbers.items():
        if _SETTING.match(name) and len(column.values) and (column.values == column.values[0]).all():
            found[_SETTING.sub("", name)] = float(column.values[0])
    for name, cells in table.texts.items():
        if _SETTING.match(name) and len(set(cells.values)) == 1:
            found[_SETTING.sub("", name)] = cells.values[0]
    if not found:
        return table, found
    kept = [name for name in table.numbers if not (_SETTING.match(name) and _SETTING.sub("", name) in found)]
    return table.columns([*kept, *table.texts], {}), found


def curves(table: Table, path: str, sure: bool = False, about: str = "") -> tuple[tuple[Series, ...], tuple[Problem, ...]]:
    """The curves of one run's table, and notes on columns that were left out; no curves when this is no training log.

    `sure`: it is one, whatever its columns are called; `about`: what the file's name says it holds.
    """
    axes = find_axes(table)
    if not sure and not is_log(table, axes, about):
        return (), ()
    found: list[Series] = []
    problems: list[Problem] = []
    for split, part in splits(table):
        for name, column in part.numbers.items():
            if name in axes.used or len(found) >= MAX_SERIES:
                continue
            if _never_computed(name, column):
                problems.append(Problem("bad_row", path, f'column "{name}" holds nothing but nan: taken as never computed'))
                continue
            shown = name if split is None or split_in(name) is not None else f"{split}/{name}"
            found.append(_series(shown, column, axes, table.lines, path, split))
    return tuple(found), tuple(problems[:MAX_NOTES])


def _series(name: str, column: Column, axes: Axes, lines: Ints | None, path: str, split: str | None) -> Series:
    at = column.rows
    return Series(
        name=name,
        values=column.values,
        seq=at,
        step=_placed(axes.step, at),
        epoch=_placed(axes.epoch, at),
        time=_placed(axes.time, at),
        line=None if lines is None else lines if len(at) == len(lines) else lines[at],
        split=split_of(split) if split is not None else None,
        path=path,
    )


def _placed(axis: Floats | None, rows: Ints) -> Floats | None:
    if axis is None:
        return None
    places: Floats = axis if len(rows) == len(axis) else axis[rows]
    return places if np.isfinite(places).any() else None


def _never_computed(name: str, column: Column) -> bool:
    """An all-NaN column is a metric that was never computed, unless it is the training loss, which may be NaN from the start."""
    if not np.isnan(column.values).all():
        return False
    return "loss" not in "".join(words(name)) or split_in(name) in ("val", "test")


def is_log(table: Table, axes: Axes, about: str = "") -> bool:
    """Whether a table is a training log: a training quantity, and records in an order that an axis shows.

    Columns of unknown names pass in a file whose name is a quantity (`loss_log`). A table without an axis passes only when all
    of it is numbers and a sure quantity is among them (a saved history).
    """
    if lists_runs(table):
        return False
    strengths = [quantity(name) for name in table.numbers if name not in axes.used]
    if axes.named:
        return any(strengths) or (quantity(about) == "strong" and len(strengths) > 0)
    if "strong" not in strengths:
        return False
    telling = [name for name in table.numbers if quantity(name) == "strong" and parse(name).quantity != "learning_rate"]
    if axes.step is None and all(plain(name).endswith("score") for name in telling):
        return False  # what a search over settings came to
    if axes.step is not None or axes.time is not None:
        return True
    if any(plain(name) in _PROGRESS and is_axis("time", column.values) for name, column in table.numbers.items()):
        return True
    named = [name for name, cells in table.texts.items() if len(cells.rows) > 0.5 * table.size]
    return all(is_one(name, SPLIT_COLUMNS) or "time" in words(name) or "eta" in words(name) for name in named)
