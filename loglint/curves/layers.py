"""The layers of one attempt: what histograms and per-layer scalars say of each, record by record. Knows no tag and no rule."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import msgspec
import numpy as np

from loglint.curves.noise import row_medians
from loglint.model import Axis, Floats, Histograms

RECORDS = 200  # looked at in each layer, evenly spaced
SMALL = 1e-9  # of the widest edge: what lies in a bucket this near to zero is zero
NARROW = 0.05  # of the largest value: a lowest bucket no wider than this shows a spike at zero
EDGE = 0.9  # of a bounded activation's limit: beyond it the slope of tanh is under 0.19


class Layer(msgspec.Struct, frozen=True, eq=False, dict=True):
    """One layer over n records; every array is float64[n], NaN where the log does not tell.

    `zero` share of values that are 0, `low`, `high` extremes, `sd` standard deviation, `size` the norm (root of the sum of
    squares), `outer` the share of values beyond 0.9 of the range [-1, 1], or within 0.05 of either end of [0, 1] (exact zeros
    left out), NaN for values outside those ranges. `level` is a number logged for the layer as it stands.
    """

    name: str
    step: Floats
    zero: Floats
    low: Floats
    high: Floats
    sd: Floats
    size: Floats
    outer: Floats
    level: Floats

    def __len__(self) -> int:
        return len(self.step)

    @cached_property
    def constant(self) -> bool:
        """Whether no record differs from the first in anything that is known."""
        known = (self.zero, self.low, self.high, self.sd, self.size, self.level)
        return all(bool((x == x[0]).all()) for x in known if np.isfinite(x).all())


class Layers(msgspec.Struct, frozen=True, eq=False, dict=True):
    """Layers of one kind in forward order, from input to output, with the axis of their records."""

    name: str
    layers: tuple[Layer, ...]
    axis: Axis = "step"
    dataset: str | None = None

    def __len__(self) -> int:
        return len(self.x)

    @cached_property
    def x(self) -> Floats:
        """Positions of the records of the layer that has the most of them, float64[n]."""
        return max((layer.step for layer in self.layers), key=len)

    def matrix(self, what: str) -> Floats:
        """One statistic of every layer, float64[layers, records]: only records that all layers have, by their place."""
        shared = self.layers[0].step
        if all(one.step is shared for one in self.layers):
            return np.array([getattr(one, what) for one in self.layers], dtype=np.float64)
        for layer in self.layers[1:]:
            shared = np.intersect1d(shared, layer.step)
        rows = [np.asarray(getattr(one, what))[np.searchsorted(one.step, shared)] for one in self.layers]
        return np.array(rows, dtype=np.float64).reshape(len(rows), len(shared))

    @cached_property
    def sizes(self) -> tuple[Floats, Floats]:
        """The size of every layer at the records at which all are known, float64[layers, records], and each one's median there."""
        sizes = self.matrix("size")
        known = np.isfinite(sizes).all(axis=0) if sizes.size else np.zeros(0, dtype=np.bool_)
        sizes = sizes if known.all() and sizes.size else sizes[:, known]
        return sizes, row_medians(sizes) if sizes.size else np.full(len(sizes), np.nan)


def layer_of_histograms(name: str, records: Sequence[Histograms]) -> Layer:
    """The layer that histograms of one tag (of one or several files) describe; records in order of their step."""
    steps = np.concatenate([one.step for one in records])
    bars = [bar for one in records for bar in zip(one.edges, one.counts, strict=True)]
    _, order = np.unique(steps[::-1], return_index=True)
    order = len(steps) - 1 - order
    if len(order) > RECORDS:
        order = order[np.unique(np.linspace(0, len(order) - 1, RECORDS).astype(np.int64))]
    rows = np.array([_statistics(*bars[i]) for i in order], dtype=np.float64).reshape(len(order), 6)
    zero, low, high, sd, size, outer = rows.T
    return Layer(name, steps[order], zero, low, high, sd, size, outer, np.full(len(order), np.nan))


def layer_of_scalars(name: str, step: Floats, values: Floats, what: str) -> Layer:
    """The layer that one scalar per record describes; `what` is the array of `Layer` that it is. Only finite records count."""
    known = np.isfinite(step) & np.isfinite(values)
    places, chosen = step, values
    if not (known.all() and (step[1:] > step[:-1]).all()):
        places, order = np.unique(step[known], return_index=True)
        chosen = values[known][order]
    unknown = np.broadcast_to(np.nan, len(places))
    arrays = dict.fromkeys(("zero", "low", "high", "sd", "size", "outer", "level"), unknown) | {what: chosen}
    return Layer(name, places, **arrays)


def _statistics(edges: Floats, counts: Floats) -> tuple[float, float, float, float, float, float]:
    """zero, low, high, sd, size, outer of one histogram; values are taken to lie at the middle of their bucket."""
    filled = counts > 0
    total = float(counts.sum())
    if not filled.any() or not np.isfinite(edges).all():
        return (float("nan"),) * 6
    if filled.sum() == 1 and len(counts) > 1 and (edges[0], edges[-1]) == (-0.5, 0.5):
        return 1.0, 0.0, 0.0, 0.0, 0.0, float("nan")  # numpy's bins for values that are all 0
    left, right, n = edges[:-1][filled], edges[1:][filled], counts[filled]
    low, high = float(left[0]), float(right[-1])
    widest = max(abs(low), abs(high))
    middle = (left + right) / 2
    at_zero = (np.abs(left) <= SMALL * widest) & (np.abs(right) <= max(SMALL * widest, 1e-11))
    middle = np.where(at_zero, 0.0, middle)
    mean = float((n * middle).sum()) / total
    square = float((n * middle**2).sum())
    zeros = float(n[at_zero].sum()) or _spike(left, right, n)
    sd = float(np.sqrt(max(0.0, square / total - mean**2)))
    return zeros / total, low, high, sd, float(np.sqrt(square)), _outer(left, right, n, at_zero)


def _spike(left: Floats, right: Floats, n: Floats) -> float:
    """How many zeros the lowest bucket of values that are never negative holds: what it has more than the next one's density."""
    if left[0] != 0 or len(n) < 2 or right[0] > NARROW * right[-1]:
        return 0.0
    density = float(n[1] / max(right[1] - left[1], 1e-300)) if left[1] == right[0] else 0.0
    return max(0.0, float(n[0]) - density * float(right[0]))


def _outer(left: Floats, right: Floats, n: Floats, at_zero: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float:
    """Share of the values near the ends of [-1, 1] or [0, 1]; buckets that straddle the limit count in part."""
    low, high = float(left[0]), float(right[-1])
    if not (low >= -1.1 and high <= 1.01 and high >= EDGE):
        return float("nan")
    kept = ~at_zero
    left, right, n = left[kept], right[kept], n[kept]
    total = float(n.sum())
    if total == 0:
        return float("nan")
    if low < -EDGE:
        return (_beyond(left, right, n, EDGE) + _beyond(-right, -left, n, EDGE)) / total
    if low < -SMALL:
        return float("nan")
    ends = _beyond(left, right, n, 0.95), _beyond(-right, -left, n, -0.05)
    return sum(ends) / total if min(ends) >= 0.05 * total else 0.0


def _beyond(left: Floats, right: Floats, n: Floats, limit: float) -> float:
    """How many values lie above `limit`, values spread evenly over their bucket."""
    width = np.maximum(right - left, 1e-300)
    return float((n * np.clip((right - limit) / width, 0.0, 1.0)).sum())
