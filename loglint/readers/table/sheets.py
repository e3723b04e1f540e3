"""One table taken apart: long form to wide, the runs of a sheet, the split of each record."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from msgspec.structs import replace

from loglint.readers.names import plain, quantity, split_of
from loglint.readers.table.records import Column, Table

MAX_SERIES = 5000
SPLIT_COLUMNS = frozenset("split mode phase stage subset set dataset_split partition data_type kind type tag_prefix".split())
_RUN_COLUMNS = frozenset(
    "run run_id run_name run_uuid run_hash experiment experiment_name trial trial_id exp exp_name fold seed".split()
)
_TIDY_NAMES = frozenset(
    "metric metric_name metricname metrics name tag tags key series variant variable measure quantity scalar statistic".split()
)
_LISTED = _RUN_COLUMNS | {"name", "id", "model", "model_name", "method", "algorithm", "experiment_id", "config"}
_TIDY_VALUES = frozenset("value values metric_value metricvalue scalar_value val result y".split())


def lists_runs(table: Table) -> bool:
    """Whether every record is another run or model (a table of results), told by a column of names that never repeat."""
    if table.size < 2:
        return False
    texts = [cells.values for name, cells in table.texts.items() if plain(name) in _LISTED]
    numbers = [column.values.tolist() for name, column in table.numbers.items() if is_one(name, _RUN_COLUMNS)]
    return any(len(one) == table.size == len(set(one)) for one in (*texts, *numbers))


def is_one(name: str, kinds: frozenset[str]) -> bool:
    """Whether a column's name, or its last part (`context.subset`), is one of a kind."""
    return plain(name) in kinds or plain(re.split(r"[./]", name)[-1]) in kinds


def under_file_name(table: Table, lone_name: str) -> Table:
    """A table whose only curve is called `value` or the like: that column under the file's own name."""
    if not lone_name or any(plain(name) in _TIDY_NAMES for name in table.texts):
        return table
    plainly = [name for name in table.numbers if plain(name) in _TIDY_VALUES]
    if len(plainly) != 1 or any(quantity(name) for name in table.numbers):
        return table
    return table.columns([*table.numbers, *table.texts], {plainly[0]: lone_name})


def tidied(table: Table) -> Table:
    """A long table (one row per value, a column with the metric's name) as a wide one, under the same record ordinals."""
    names = [name for name in table.texts if plain(name) in _TIDY_NAMES]
    values = [name for name in table.numbers if plain(name) in _TIDY_VALUES]
    if not 1 <= len(names) <= 2 or len(values) != 1:
        return table
    cells = table.numbers[values[0]]
    label_at = _labels(table, names)
    where: dict[str, list[int]] = {}
    for index, row in enumerate(cells.rows.tolist()):
        if (label := label_at.get(row)) is not None:
            where.setdefault(label, []).append(index)
    if not where or len(where) > MAX_SERIES or 2 * len(where) > len(cells.rows) + 1:
        return table
    numbers = {name: column for name, column in table.numbers.items() if name != values[0]}
    numbers |= {label: Column(cells.rows[at], cells.values[at]) for label, at in where.items()}
    return replace(table, numbers=numbers, texts={name: texts for name, texts in table.texts.items() if name not in names})


def _labels(table: Table, names: list[str]) -> dict[int, str]:
    """The metric that each record is of; the names in two columns (ClearML's metric and variant) are joined where they differ."""
    found: dict[int, str] = {}
    for name in names:
        for row, word in zip(table.texts[name].rows.tolist(), table.texts[name].values, strict=True):
            found[row] = f"{found[row]}/{word}" if row in found and found[row] != word else word
    return found


def runs(table: Table) -> Iterator[tuple[str, Table]]:
    """(group, table) of each run: column groups of a sheet (`run - metric`), or records told apart by a run column."""
    sheets = _sheets(table)
    if sheets:
        yield from sheets
        return
    keys = [_keys(table, name) for name in (*table.texts, *table.numbers) if is_one(name, _RUN_COLUMNS)]
    finest = max(keys, key=lambda one: len(set(one)), default=[])
    if not 1 < len(set(finest)) <= table.size / 2:
        yield "", table
        return
    words = np.array(finest, dtype=object)
    for key in dict.fromkeys(finest):
        kept = table.keep(words == key)
        yield key, replace(kept, numbers={name: column for name, column in kept.numbers.items() if not is_one(name, _RUN_COLUMNS)})


def _keys(table: Table, name: str) -> list[str]:
    """The cells of a run column as words, one a record; a number is told with its column (`fold 3`)."""
    found = [""] * table.size
    if name in table.texts:
        for row, word in zip(table.texts[name].rows.tolist(), table.texts[name].values, strict=True):
            found[row] = word
    else:
        for row, value in zip(table.numbers[name].rows.tolist(), table.numbers[name].values.tolist(), strict=True):
            found[row] = f"{plain(name)} {value:g}"
    return found


def _sheets(table: Table) -> list[tuple[str, Table]]:
    """The runs of a Weights & Biases export: columns `run - metric`, whose `__MIN` and `__MAX` twins are left out."""
    parts: dict[str, dict[str, str]] = {}
    shared: list[str] = []
    for name in table.numbers:
        run, dash, metric = name.rpartition(" - ")
        if name.endswith(("__MIN", "__MAX")):
            continue
        if dash:
            parts.setdefault(run, {})[name] = metric
        else:
            shared.append(name)
    exported = any(name.endswith("__MIN") for name in table.numbers) or any(plain(name) in _WANDB_AXES for name in shared)
    if not parts or not exported:
        return []
    sheets = []
    for run, renamed in parts.items():
        part = table.columns([*shared, *renamed], renamed)
        chosen = np.zeros(table.size, dtype=bool)
        for metric in renamed.values():
            chosen[part.numbers[metric].rows] = True
        sheets.append((run, part.keep(chosen)))
    return sheets


_WANDB_AXES = frozenset(
    "step _step relative_time_process relative_time_wall wall_time epoch global_step train_global_step trainer_global_step".split()
)


def splits(table: Table) -> Iterator[tuple[str | None, Table]]:
    """(split word, its records), where a column says to which split each record belongs."""
    for name, cells in table.texts.items():
        kinds = list(dict.fromkeys(cells.values))
        if not is_one(name, SPLIT_COLUMNS) or len(kinds) > 8 or not any(split_of(kind) for kind in kinds):
            continue
        told = np.zeros(table.size, dtype=bool)
        for kind in kinds:
            chosen = np.zeros(table.size, dtype=bool)
            chosen[cells.rows[[value == kind for value in cells.values]]] = True
            told |= chosen
            yield kind, table.keep(chosen)
        if not told.all():
            yield None, table.keep(~told)
        return
    yield None, table
