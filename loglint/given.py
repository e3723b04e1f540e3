"""What a Python program holds -> runs with roles: a mapping of names to lists of numbers, or a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from msgspec.structs import replace

from loglint import places
from loglint.errors import InputError
from loglint.model import Floats, Reading, Run, Series, Source
from loglint.readers.names import axis_of
from loglint.roles import UserRole, assign
from loglint.runs import assemble

if TYPE_CHECKING:
    import pandas as pd


def from_mapping(mapping: Mapping[str, Any], name: str = "history", roles: Sequence[UserRole] = ()) -> tuple[Run, ...]:
    """Runs from a mapping of names to equally long lists of numbers (`history.history`); axes by their usual names.

    Raises InputError when nothing in it is a list of numbers.
    """
    axes: dict[str, Floats] = {}
    curves: dict[str, Floats] = {}
    for key, values in mapping.items():
        numbers = _numbers(values)
        if numbers is None:
            continue
        axis = axis_of(str(key))
        (curves if axis is None else axes)[str(key) if axis is None else axis[0]] = numbers
    if not curves:
        raise InputError(f"{name}: no list of numbers in it; give a mapping of names to lists, such as history.history")
    epochs = axes.get("epoch")
    series = []
    for key, values in curves.items():
        places_of: dict[str, Any] = {a: v for a, v in axes.items() if len(v) == len(values)}
        if not places_of and epochs is None:
            places_of = {"epoch": np.arange(len(values), dtype=np.float64)}
        series.append(Series(key, values, np.arange(len(values)), path=name, **places_of))
    reading = Reading(Source(name, "mapping"), tuple(series))
    return tuple(assign(replace(run, id=name, key=name), roles) for run in assemble([reading]))


def _numbers(values: Any) -> Floats | None:
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        return None
    return array if array.ndim == 1 and len(array) else None


def from_dataframe(frame: pd.DataFrame, name: str = "table", roles: Sequence[UserRole] = ()) -> tuple[Run, ...]:
    """Runs from a DataFrame: one column for each curve, or the long form of `loglint export` (one row for each point)."""
    long = {"run", "series", "value"}
    if long <= set(frame.columns):
        return tuple(
            replace(run, id=str(label), key=places.key_of(str(label)))
            for label, part in frame.groupby("run", sort=True)
            for run in _from_long(part, str(label), roles)
        )
    plain = frame if frame.index.name is None else frame.reset_index()
    return from_mapping({str(column): plain[column].to_numpy() for column in plain.columns}, name, roles)


def _from_long(part: pd.DataFrame, label: str, roles: Sequence[UserRole]) -> tuple[Run, ...]:
    series = []
    for name, rows in part.groupby("series", sort=False):
        axes = {a: rows[a].to_numpy(dtype=np.float64, na_value=np.nan) for a in ("step", "epoch", "time") if a in rows}
        known: dict[str, Any] = {a: v for a, v in axes.items() if np.isfinite(v).any()}
        seq = rows["seq"].to_numpy(dtype=np.int64) if "seq" in rows else np.arange(len(rows))
        split = rows["split"].iloc[0] if "split" in rows else None
        split = split if split in ("train", "val", "test") else None
        series.append(Series(str(name), rows["value"].to_numpy(dtype=np.float64), seq, split=cast(Any, split), path=label, **known))
    return tuple(assign(run, roles) for run in assemble([Reading(Source(label, "export"), tuple(series))]))
