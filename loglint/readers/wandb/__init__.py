"""W&B transaction logs (`run-ID.wandb`): history, configuration, final summary and exit code of one run.

Online and offline runs write the same file. Media, tables and system metrics are no curves; the console output and the files
beside the log belong to other readers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from msgspec.structs import replace

from loglint.model import Event, Floats, Histograms, Reading, Scalar, Series, Source
from loglint.readers.wandb import blocks, records
from loglint.readers.wandb.records import Contents, Row

FORMAT = "wandb"
MOST_VALUES = 2000
LONGEST_TEXT = 1000
DEEPEST = 6
WORDS = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
STEP_NAMES = ("trainer/global_step", "train/global_step", "global_step")
EPOCH_NAMES = ("epoch", "train/epoch", "trainer/epoch")
Bars = tuple[float, Floats, Floats]


def claims(path: str, head: bytes) -> bool:
    """The four bytes that W&B writes first, or its suffix on a file too short to have them."""
    return head.startswith(blocks.MAGIC) or (path.endswith(".wandb") and len(head) < blocks.FILE_HEADER)


def read(path: str, data: bytes) -> tuple[Reading, ...]:
    """Every logged number, in order; a reading without series when the run logged none."""
    log = blocks.split(data)
    contents = records.gather(log.records)
    rows = [Row(row.step, _flattened(row.items)) for row in contents.rows]
    axes = _axes(rows, contents.axes)
    summary = {name: _number(value) for name, value in _flat(contents.summary) if not name.startswith("_")}
    reading = Reading(
        source=Source(path, FORMAT, next((name for number, name in records.IMPORTS.items() if number in contents.imports), None)),
        series=_series(path, rows, axes, contents.axes),
        histograms=_histograms(path, rows),
        config=_config(contents.config),
        summary={name: value for name, value in summary.items() if value is not None},
        events=_events(path, contents, len(rows)),
        problems=blocks.problems(path, log, len(data), contents.unknown),
        started=contents.started,
    )
    return (reading,)


def _flattened(items: dict[str, object]) -> dict[str, object]:
    return dict(_flat(items)) if any(isinstance(value, dict) for value in items.values()) else items


def _flat(values: Mapping[str, object], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, object]]:
    """Nested mappings as dotted names; typed objects (`_type`: histograms, images, tables) stay whole."""
    for name, value in values.items():
        whole = f"{prefix}{name}"
        if isinstance(value, dict) and "_type" not in value and depth < DEEPEST:
            yield from _flat(value, f"{whole}.", depth + 1)
        else:
            yield whole, value


def _number(value: object) -> float | None:
    """A logged number, with JSON's way of writing the non-finite ones; None for anything else, truth values included."""
    if type(value) is float:
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value) if abs(value) < 1e308 else None
    return WORDS.get(value) if isinstance(value, str) else None


def _axes(rows: list[Row], defined: Mapping[str, str]) -> dict[str, Floats]:
    """Positions of all rows on each axis that the log has, float64[rows]: `_step`, `_timestamp`, and metrics used as axes.

    A metric used as an axis keeps its value until it is logged again, as in W&B's own charts.
    """
    logged = {name for row in rows for name in row.items}
    axes = {name: _column(rows, name) for name in ("_step", "_timestamp", *EPOCH_NAMES) if name in logged or name == "_step"}
    counted = np.array([np.nan if row.step is None else row.step for row in rows], dtype=np.float64)
    axes["_step"] = np.where(np.isnan(axes["_step"]), counted, axes["_step"])
    for name in ({*STEP_NAMES, *defined.values()} & logged) - set(axes):
        column = _column(rows, name)
        if not np.isnan(column).all():
            last = np.maximum.accumulate(np.where(np.isnan(column), -1, np.arange(len(column))))
            axes[name] = np.where(last >= 0, column[last], np.nan)
    return {name: column for name, column in axes.items() if not np.isnan(column).all()}


def _column(rows: list[Row], name: str) -> Floats:
    numbers = (_number(row.items.get(name)) for row in rows)
    return np.array([np.nan if number is None else number for number in numbers], dtype=np.float64)


def _series(path: str, rows: list[Row], axes: Mapping[str, Floats], defined: Mapping[str, str]) -> tuple[Series, ...]:
    points: dict[str, tuple[list[int], list[float]]] = {}
    for seq, row in enumerate(rows):
        for name, value in row.items.items():
            number = _number(value)
            if number is not None and not name.startswith("_") and name not in axes:
                places, values = points.setdefault(name, ([], []))
                places.append(seq)
                values.append(number)
    series = (
        Series(name, np.array(values, dtype=np.float64), np.array(places, dtype=np.int64), path=path)
        for name, (places, values) in points.items()
    )
    return tuple(_on_axes(one, axes, _axis_of(one.name, defined)) for one in series)


def _axis_of(name: str, defined: Mapping[str, str]) -> str | None:
    """The axis that a metric was given, by its name or else by the longest beginning that ends in `*`."""
    globs = [glob for glob in defined if glob.endswith("*") and name.startswith(glob[:-1])]
    return defined.get(name) or defined.get(max(globs, key=len, default=""))


def _on_axes(series: Series, axes: Mapping[str, Floats], own: str | None) -> Series:
    """Place a curve: on the axis it was given, on the step that the training counted where that is logged, else on W&B's own."""
    on = {axis: column[series.seq] for axis, column in axes.items()}
    counts_epochs = own is not None and "epoch" in own.rpartition("/")[2].lower()
    steps = [axis for axis in (None if counts_epochs else own, *STEP_NAMES) if axis in on and not np.isnan(on[axis]).any()]
    epochs = [axis for axis in (own if counts_epochs else None, *EPOCH_NAMES) if axis in on and not np.isnan(on[axis]).all()]
    epoch = on[epochs[0]] if epochs and epochs[0] is not None else None
    return replace(series, step=on.get(steps[0] if steps else "_step"), epoch=epoch, time=on.get("_timestamp"))


def _histograms(path: str, rows: list[Row]) -> tuple[Histograms, ...]:
    """Values logged as wandb.Histogram: counts, and edges written out (`bins`) or packed (`packedBins`: min, size, count)."""
    found: dict[str, list[Bars]] = {}
    for row in rows:
        for name, value in row.items.items():
            bars = _bars(value)
            if bars is not None:
                found.setdefault(name, []).append((float("nan") if row.step is None else float(row.step), *bars))
    return tuple(
        Histograms(name, np.array([step for step, _, _ in bars]), tuple(b[1] for b in bars), tuple(b[2] for b in bars), path)
        for name, bars in found.items()
    )


def _bars(value: object) -> tuple[Floats, Floats] | None:
    if not isinstance(value, dict) or value.get("_type") != "histogram":
        return None
    packed, bins, counts = value.get("packedBins"), value.get("bins"), _floats(value.get("values"))
    if isinstance(packed, dict):
        low, size, count = (_number(packed.get(key)) for key in ("min", "size", "count"))
        edges = None if low is None or size is None or count is None or count != len(counts) else low + size * np.arange(count + 1)
    else:
        edges = _floats(bins)
    return (edges, counts) if edges is not None and len(counts) and len(edges) == len(counts) + 1 else None


def _floats(values: object) -> Floats:
    numbers = [_number(value) for value in values] if isinstance(values, list) else []
    return np.array([number for number in numbers if number is not None], dtype=np.float64)


def _config(values: Mapping[str, object]) -> dict[str, Scalar]:
    """Hyper-parameters as dotted names; {"desc", "value"} wrappers of older files are taken off, W&B's own entries left out."""
    plain = {
        name: value["value"] if isinstance(value, dict) and set(value) == {"desc", "value"} else value
        for name, value in values.items()
        if not name.startswith("_wandb")
    }
    found: dict[str, Scalar] = {}
    for name, value in _flat(plain):
        if len(found) < MOST_VALUES and (value is None or isinstance(value, str | int | float | bool)):
            found[name] = value[:LONGEST_TEXT] if isinstance(value, str) else value
    return found


def _events(path: str, contents: Contents, rows: int) -> tuple[Event, ...]:
    events: list[Event] = []
    if contents.resumed_at is not None:
        events.append(Event("resume", f"the run was resumed at step {contents.resumed_at}", path))
    code = contents.exit_code
    if code == 255:
        events.append(Event("interrupted", "the run was interrupted (exit code 255)", path, seq=rows - 1))
    elif code in (137, 143, -9, -15):
        events.append(Event("killed", f"the run was killed (exit code {code})", path, seq=rows - 1))
    elif code:
        events.append(Event("traceback", f"the run ended with exit code {code}", path, seq=rows - 1))
    return tuple(events)
