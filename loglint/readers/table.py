"""Tables and records -> curves: which columns are axes, which are curves, which tell runs and splits apart.

Shared by every reader whose format comes down to records with named fields (CSV, JSON, JSON lines). How bytes become a
`Table` lives in those readers. Nothing is sorted, filled or de-duplicated; a blank is no point, a NaN is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from loglint.model import Axis, Bools, Floats, Ints, Problem, Reading, Scalar, Series, Source
from loglint.names import parse
from loglint.readers.names import axis_of, plain, quantity, split_in, split_of, words

MAX_SERIES = 5000
MAX_NOTES = 20
MOMENT = 1e8  # a time beyond this is a moment (seconds since 1970) and no duration
_SPLIT_COLUMNS = frozenset("split mode phase stage subset set dataset_split partition data_type kind type tag_prefix".split())
_RUN_COLUMNS = frozenset(
    "run run_id run_name run_uuid run_hash experiment experiment_name trial trial_id exp exp_name fold seed".split()
)
_PROGRESS = frozenset({"progress", "percent", "progress_remaining", "fraction"})
_TIDY_NAMES = frozenset(
    "metric metric_name metricname metrics name tag tags key series variant variable measure quantity scalar statistic".split()
)
_LISTED = _RUN_COLUMNS | {"name", "id", "model", "model_name", "method", "algorithm", "experiment_id", "config"}
_TIDY_VALUES = frozenset("value values metric_value metricvalue scalar_value val result y".split())
_SETTING = re.compile(r"^(?:(?:config|params|hparams)[./]|run\.(?:hparams\.)?)")  # a setting that is repeated in every row


@dataclass(frozen=True, slots=True)
class Column:
    """The cells of one column that hold something: `rows` (ascending record ordinals) and as many `values`."""

    rows: Ints
    values: Floats


@dataclass(frozen=True, slots=True)
class Texts:
    """The cells of one column that hold words: record ordinals and as many strings."""

    rows: Ints
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Records 0..size-1 with named fields, in order of arrival; `lines` are 1-based, one per record, where there are lines."""

    size: int
    numbers: Mapping[str, Column]
    texts: Mapping[str, Texts] = field(default_factory=dict)
    lines: Ints | None = None

    def keep(self, chosen: Bools) -> Table:
        """The records for which `chosen` (bool[size]) is true, under their old ordinals."""
        numbers = {}
        for name, column in self.numbers.items():
            mask = chosen[column.rows]
            if mask.any():
                numbers[name] = Column(column.rows[mask], column.values[mask])
        texts = {}
        for name, cells in self.texts.items():
            pairs = [(row, value) for row, value in zip(cells.rows.tolist(), cells.values, strict=True) if chosen[row]]
            if pairs:
                texts[name] = Texts(np.array([row for row, _ in pairs], dtype=np.int64), tuple(value for _, value in pairs))
        return Table(self.size, numbers, texts, self.lines)

    def columns(self, names: list[str], rename: Mapping[str, str]) -> Table:
        """Some of the columns, under new names where `rename` has one."""
        numbers = {rename.get(name, name): self.numbers[name] for name in names if name in self.numbers}
        texts = {rename.get(name, name): self.texts[name] for name in names if name in self.texts}
        return Table(self.size, numbers, texts, self.lines)


_LENGTHS = frozenset({"length", "lengths", "len"})


@dataclass(frozen=True, slots=True)
class Axes:
    """Dense positions (float64[size], NaN where a record has none) and the columns they came from."""

    step: Floats | None = None
    epoch: Floats | None = None
    time: Floats | None = None
    used: frozenset[str] = frozenset()
    named: bool = False  # a column said by its name that it is a step or epoch


def readings(
    table: Table, source: Source, config: Mapping[str, Scalar] | None = None, lone_name: str = "", sure: bool = False
) -> tuple[Reading, ...]:
    """The runs inside a table: one reading each, empty when there is no training quantity along an axis.

    `lone_name` is what a column called only `value` is to be called (from the file's name); `sure`: the caller knows it
    for a log whatever its columns are called.
    """
    found: list[Reading] = []
    for group, whole in _runs(_tidy(_named(table, lone_name))):
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
    for split, part in _splits(table):
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


def find_axes(table: Table) -> Axes:
    """The step, epoch and time columns: by name first, then (step only) an unnamed column of rising whole numbers.

    Within-epoch counters that start again with every epoch are laid end to end.
    """
    best: dict[Axis, tuple[float, str]] = {}
    spoken: set[str] = set()
    for name, column in table.numbers.items():
        known = axis_of(name)
        if known is None:
            continue
        if not is_axis(known[0], column.values):
            if known[0] == "time" and np.nanmin(column.values, initial=np.inf) > MOMENT:
                spoken.add(name)
            continue
        spoken.add(name)
        axis, rank = known
        coverage = len(column.rows) / max(1, table.size)
        cost = rank + (1000.0 if coverage < 0.5 else 0.0)
        if axis not in best or cost < best[axis][0]:
            best[axis] = (cost, name)
    dense: dict[Axis, Floats] = {axis: _dense(table, name) for axis, (_, name) in best.items()}
    if "time" in dense:
        dense["time"] = seconds(dense["time"])
    named = "step" in dense or "epoch" in dense
    if not named and (rising := _rising(table)) is not None:
        dense["step"] = _dense(table, rising)
        spoken.add(rising)
    if "step" in dense and "epoch" in dense:
        dense["step"] = end_to_end(dense["step"], dense["epoch"])
    for name in _indices(table):
        spoken.add(name)
    return Axes(dense.get("step"), dense.get("epoch"), dense.get("time"), frozenset(spoken), named)


def seconds(times: Floats) -> Floats:
    """Moments in seconds: those that can only be milli-, micro- or nanoseconds since 1970 are divided."""
    largest = float(np.nanmax(times, initial=0.0))
    divisor = next((unit for unit in (1e9, 1e6, 1e3) if largest > MOMENT * unit), 1.0)
    return times / divisor


def is_axis(axis: Axis, values: Floats) -> bool:
    """Whether values can be positions on an axis: finite, not negative, going forward but for some restarts."""
    finite = values[np.isfinite(values)]
    if not len(finite) or finite.min() < (-1 if axis != "time" else -1e-3):
        return False
    if axis == "step" and not (finite == np.floor(finite)).all():
        return False
    if len(finite) == 1:
        return True
    differences = np.diff(finite)
    back = int((differences < 0).sum())
    if axis == "time":
        return back <= 0.05 * len(differences) and bool((differences > 0).mean() > 0.2)
    return back <= max(2, 0.34 * len(differences))


def _rising(table: Table) -> str | None:
    """The first column without a known name that holds whole numbers, each above the one before."""
    for name, column in table.numbers.items():
        values = column.values
        if _LENGTHS & set(words(name)):
            continue  # of an episode: it may rise, and counts nothing
        if quantity(name) is not None or len(values) < 3 or len(values) < 0.9 * table.size or axis_of(name) is not None:
            continue
        if np.isfinite(values).all() and (values == np.floor(values)).all() and (np.diff(values) > 0).all() and values[0] >= 0:
            return name
    return None


def _indices(table: Table) -> Iterator[str]:
    """Columns that only number the rows, as pandas writes them."""
    for name, column in table.numbers.items():
        if not name.strip() or plain(name) in ("index", "idx", "unnamed_0", "row", "no", "id"):
            differences = np.diff(column.values)
            if (differences == 1).sum() >= 0.75 * len(differences):
                yield name


def _dense(table: Table, name: str) -> Floats:
    places = np.full(table.size, np.nan)
    column = table.numbers[name]
    places[column.rows] = column.values
    return places


def end_to_end(step: Floats, epoch: Floats) -> Floats:
    """Steps counted anew in every epoch, laid end to end: step + (epochs before) * (most steps seen in an epoch).

    Steps that run on through the epochs, or restart without a new epoch, are returned unchanged.
    """
    both = np.flatnonzero(np.isfinite(step) & np.isfinite(epoch))
    if len(both) < 4:
        return step
    steps, epochs = step[both], np.floor(epoch[both])
    new = np.diff(epochs) > 0
    if new.sum() < 1 or new.sum() > 0.6 * len(new):
        return step
    back = np.diff(steps) < 0
    if (back & new).sum() < 0.8 * new.sum() or (back & ~new).sum() > 0.1 * (~new).sum():
        return step
    length = steps.max() + (1.0 if steps.min() == 0 else 0.0)
    joined = step.copy()
    joined[both] = (epochs - epochs.min()) * length + steps
    return joined


def is_log(table: Table, axes: Axes, about: str = "") -> bool:
    """Whether a table is a training log: a training quantity, and records in an order that an axis shows.

    Columns of unknown names pass in a file whose name is a quantity (`loss_log`). A table without an axis passes only when all
    of it is numbers and a sure quantity is among them (a saved history).
    """
    if _lists_runs(table):
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
    return all(_is(name, _SPLIT_COLUMNS) or "time" in words(name) or "eta" in words(name) for name in named)


def _lists_runs(table: Table) -> bool:
    """Whether every record is another run or model (a table of results), told by a column of names that never repeat."""
    if table.size < 2:
        return False
    texts = [cells.values for name, cells in table.texts.items() if plain(name) in _LISTED]
    numbers = [column.values.tolist() for name, column in table.numbers.items() if _is(name, _RUN_COLUMNS)]
    return any(len(one) == table.size == len(set(one)) for one in (*texts, *numbers))


def _is(name: str, kinds: frozenset[str]) -> bool:
    """Whether a column's name, or its last part (`context.subset`), is one of a kind."""
    return plain(name) in kinds or plain(re.split(r"[./]", name)[-1]) in kinds


def _named(table: Table, lone_name: str) -> Table:
    """A table whose only curve is called `value` or the like: that column under the file's own name."""
    if not lone_name or any(plain(name) in _TIDY_NAMES for name in table.texts):
        return table
    plainly = [name for name in table.numbers if plain(name) in _TIDY_VALUES]
    if len(plainly) != 1 or any(quantity(name) for name in table.numbers):
        return table
    return table.columns([*table.numbers, *table.texts], {plainly[0]: lone_name})


def _tidy(table: Table) -> Table:
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


def _runs(table: Table) -> Iterator[tuple[str, Table]]:
    """(group, table) of each run: column groups of a sheet (`run - metric`), or records told apart by a run column."""
    sheets = _sheets(table)
    if sheets:
        yield from sheets
        return
    keys = [_keys(table, name) for name in (*table.texts, *table.numbers) if _is(name, _RUN_COLUMNS)]
    finest = max(keys, key=lambda one: len(set(one)), default=[])
    if not 1 < len(set(finest)) <= table.size / 2:
        yield "", table
        return
    words = np.array(finest, dtype=object)
    for key in dict.fromkeys(finest):
        kept = table.keep(words == key)
        yield key, replace(kept, numbers={name: column for name, column in kept.numbers.items() if not _is(name, _RUN_COLUMNS)})


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


def _splits(table: Table) -> Iterator[tuple[str | None, Table]]:
    """(split word, its records), where a column says to which split each record belongs."""
    for name, cells in table.texts.items():
        kinds = list(dict.fromkeys(cells.values))
        if not _is(name, _SPLIT_COLUMNS) or len(kinds) > 8 or not any(split_of(kind) for kind in kinds):
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
