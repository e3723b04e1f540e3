"""Curves as a plot keeps them, a list of x and a list of y each -> series: ClearML's scalars, Plotly figures.

Which JSON documents are looked at is decided in `loglint.readers.json`; names and axes of tables are in `loglint.readers.table`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from loglint.model import Reading, Series, Source
from loglint.readers.names import axis_of, plain, quantity
from loglint.readers.records import to_table
from loglint.readers.table import curves
from loglint.readers.table.axes import MOMENT
from loglint.readers.table.sheets import MAX_SERIES

DEEPEST = 5
_UNNAMED = frozenset({"", "data", "scalars", "series", "traces", "value", "values", "metrics"})


def from_plots(path: str, value: object, format_name: str, about: str) -> tuple[Reading, ...]:
    """One reading of all x/y lists inside a JSON value; empty unless one of them is surely a training quantity.

    A curve is called by the keys above it and its own `name`; a key that only wraps (`data`) is left out, and `about` (the
    file's name) is put before names that say no quantity themselves.
    """
    drawn = list(_drawn(value, ()))[:MAX_SERIES]
    title = _title(value) or about
    named = [(_name(keys, one, title), one) for keys, one in drawn]
    if not any(quantity(name) == "strong" for name, _ in named):
        return ()
    series: list[Series] = []
    for name, one in named:
        axis = _axis(one["x"], value)
        records = [{axis: x, name: y} for x, y in zip(one["x"], one["y"], strict=True)]
        series += curves(to_table(records), path, sure=True)[0] if axis_of(name) is None else ()
    return (Reading(Source(path, format_name, "ClearML" if _is_clearml(value) else None), tuple(series)),) if series else ()


def _drawn(value: object, keys: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    if isinstance(value, list) and len(keys) < DEEPEST:
        for one in value:
            if isinstance(one, dict):
                yield from _drawn(one, keys)
    elif isinstance(value, dict):
        if _is_plot(value):
            yield keys, value
        elif len(keys) < DEEPEST:
            for key, one in value.items():
                if isinstance(one, dict | list) and key != "layout":
                    yield from _drawn(one, (*keys, str(key)))


def _is_plot(value: Mapping[str, Any]) -> bool:
    """Whether a mapping holds equally long `x` and `y`: numbers against numbers that go forward, or against moments."""
    x, y = value.get("x"), value.get("y")
    if not (isinstance(x, list) and isinstance(y, list) and len(x) == len(y) and x):
        return False
    if not all(one is None or isinstance(one, str) or _is_number(one) for one in y) or all(isinstance(one, str) for one in y):
        return False
    return all(isinstance(one, str) for one in x) or all(map(_is_number, x))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _name(keys: tuple[str, ...], plot: Mapping[str, Any], title: str) -> str:
    parts = [key for key in keys if plain(key) not in _UNNAMED]
    own = plot.get("name")
    if isinstance(own, str) and own and own not in parts:
        parts.append(own)
    name = "/".join(dict.fromkeys(parts))
    return name if quantity(name) or not title or len(parts) > 1 else "/".join(filter(None, (title, name)))


def _title(value: object) -> str:
    """The title of a Plotly figure, "" where there is none."""
    layout = value.get("layout") if isinstance(value, dict) else None
    title = layout.get("title") if isinstance(layout, dict) else None
    title = title.get("text") if isinstance(title, dict) else title
    return title if isinstance(title, str) else ""


def _axis(x: list[Any], value: object) -> str:
    """What x counts: moments, what the figure's x axis says, or steps where it holds whole numbers."""
    if isinstance(x[0], str) or x[0] > MOMENT:
        return "timestamp"
    layout = value.get("layout") if isinstance(value, dict) else None
    said = _title({"layout": layout.get("xaxis")}) if isinstance(layout, dict) else ""
    if said and axis_of(said):
        return said
    return "step" if all(float(one).is_integer() for one in x) else "relative_time"


def _is_clearml(value: object) -> bool:
    """Whether every member is a graph of named series, as `Task.get_reported_scalars` returns them."""
    return isinstance(value, dict) and all(
        isinstance(graph, dict) and graph and all(isinstance(one, dict) and "x" in one and "y" in one for one in graph.values())
        for graph in value.values()
    )
