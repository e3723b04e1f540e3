"""A curve's sketch -> what the page draws: numpy arrays merged to fewer buckets, and written as short JSON numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from loglint.describe import bucket_starts, medians
from loglint.model import Floats
from loglint.report import Number, RunInfo, SeriesInfo

LEVELS = 3000  # heights that a chart can tell apart
LEAST_DIGITS, MOST_DIGITS = 4, 9  # significant digits of a value
PLACE_DIGITS = 12  # of a step, an epoch, a time


class Places:
    """The distinct position arrays of one run, as JSON: curves of one source share theirs."""

    def __init__(self) -> None:
        self.arrays: dict[bytes, int] = {}

    def index(self, places: Floats) -> int:
        """The number under which the array is kept."""
        return self.arrays.setdefault(_json(places, PLACE_DIGITS), len(self.arrays))

    def raw(self) -> list[msgspec.Raw]:
        """The arrays in order."""
        return [msgspec.Raw(text) for text in self.arrays]


def drawn(run: RunInfo, most: int) -> dict[str, Any]:
    """The run's curves for the page: position arrays, and for each curve what it is and its values in at most `most` buckets."""
    places = Places()
    start = min((low for curve in run.series if (low := _first_time(curve)) is not None), default=0.0)
    curves = [_curve(curve, most, start, places) for curve in run.series]
    return {"start": start, "places": places.raw(), "curves": curves}


def _curve(curve: SeriesInfo, most: int, start: float, places: Places) -> dict[str, Any]:
    low, high = (_floats([row[side] for row in curve.sketch]) for side in (1, 2))
    middle = _floats(curve.sketch_middle) if curve.sketch_middle else (low + high) / 2
    bad = np.array([row[3] for row in curve.sketch], np.int64)
    edges = [attempt.bucket for attempt in curve.attempts]
    keep = bucket_starts(len(low), edges, most)
    if len(keep) < len(low):
        middle = medians(middle, keep)
        low, high = np.fmin.reduceat(low, keep), np.fmax.reduceat(high, keep)
        bad = np.add.reduceat(bad, keep)
    axes = {curve.axis: _floats([row[0] for row in curve.sketch])}
    axes |= {name: _floats(values) for name, values in curve.sketch_axes.items()}
    if "time" in axes:
        axes["time"] = axes["time"] - start
    digits = _digits(low, high)
    said: dict[str, Any] = {
        "name": curve.name,
        "split": curve.split,
        "role": curve.role,
        "dataset": curve.dataset,
        "direction": curve.direction,
        "axis": curve.axis,
        "why": curve.why,
        "points": curve.points,
        "nonfinite": {kind: count for kind, count in curve.nonfinite.items() if count},
        "best": curve.best,
        "last": curve.last,
        "also": curve.also,
        "at": {name: places.index(values[keep]) for name, values in axes.items()},
        "y": msgspec.Raw(_json(middle, digits)),
        "attempts": [
            [one.number, int(np.searchsorted(keep, one.bucket, "right")) - 1, one.reason] for one in curve.attempts[:1000]
        ],
    }
    if curve.points > len(keep):
        said |= {"low": msgspec.Raw(_json(low, digits)), "high": msgspec.Raw(_json(high, digits))}
    if bad.any():
        said["bad"] = [[int(i), int(bad[i])] for i in np.flatnonzero(bad)]
    return said


def _first_time(curve: SeriesInfo) -> float | None:
    times = [row[0] for row in curve.sketch] if curve.axis == "time" else curve.sketch_axes.get("time", ())
    return min((float(value) for value in times if isinstance(value, int | float)), default=None)


def _floats(values: Sequence[Number]) -> Floats:
    """The numbers, NaN for None; "nan", "inf" and "-inf" are what they say."""
    return np.array(values, np.float64)


def _digits(low: Floats, high: Floats) -> int:
    """Significant digits by which `LEVELS` heights can be told apart on a linear scale, at least `LEAST_DIGITS` for the log one."""
    ends = np.array([np.nanmin(low), np.nanmax(high)]) if np.isfinite(low).any() else np.zeros(2)
    extent, size = float(ends[1] - ends[0]), float(np.abs(ends).max())
    if not (0 < extent < np.inf) or not size:
        return LEAST_DIGITS
    return min(MOST_DIGITS, max(LEAST_DIGITS, math.ceil(math.log10(size / extent * LEVELS))))


def _json(values: Floats, digits: int) -> bytes:
    """A JSON array with `digits` significant digits, null for what is not finite."""
    words = (f"%.{digits}g," * len(values) % tuple(values.tolist()))[:-1]
    return f"[{words}]".replace("-inf", "null").replace("inf", "null").replace("nan", "null").encode()
