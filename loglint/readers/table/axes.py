"""Which columns of a table are axes, and where along them each record lies."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np

from loglint.model import Axis, Floats
from loglint.readers.names import axis_of, plain, quantity, words
from loglint.readers.table.records import Table

MOMENT = 1e8  # a time beyond this is a moment (seconds since 1970) and no duration
_LENGTHS = frozenset({"length", "lengths", "len"})


class Axes(msgspec.Struct, frozen=True):
    """Dense positions (float64[size], NaN where a record has none) and the columns they came from."""

    step: Floats | None = None
    epoch: Floats | None = None
    time: Floats | None = None
    used: frozenset[str] = frozenset()
    named: bool = False  # a column said by its name that it is a step or epoch


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
    column = table.numbers[name]
    if len(column.rows) == table.size:
        return column.values
    places = np.full(table.size, np.nan)
    places[column.rows] = column.values
    return places


def end_to_end(step: Floats, epoch: Floats) -> Floats:
    """Steps counted anew in every epoch, laid end to end: step + (epochs before) * (most steps seen in an epoch).

    Steps that run on through the epochs, or restart without a new epoch, are returned unchanged.
    """
    both = np.flatnonzero(np.isfinite(step) & np.isfinite(epoch))
    if len(both) < 4:
        return step
    steps = step[both]
    back = np.diff(steps) < 0
    if not back.any():
        return step
    epochs = np.floor(epoch[both])
    new = np.diff(epochs) > 0
    if new.sum() < 1 or new.sum() > 0.6 * len(new):
        return step
    if (back & new).sum() < 0.8 * new.sum() or (back & ~new).sum() > 0.1 * (~new).sum():
        return step
    length = steps.max() + (1.0 if steps.min() == 0 else 0.0)
    joined = step.copy()
    joined[both] = (epochs - epochs.min()) * length + steps
    return joined
