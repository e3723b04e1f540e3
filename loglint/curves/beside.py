"""Two curves at the same moments: training beside each evaluation. What that says of a run lives with the detectors."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from loglint.curves.curve import Curve, shared_axis
from loglint.model import Bools, Floats


@lru_cache(maxsize=4)
def beside(val: Curve, train: Curve) -> Floats:
    """The training curve at the moments of the validation points: the median of the records since the evaluation before.

    float64[m] for the m finite validation points, NaN where training has no record yet. Made once for two curves.
    """
    if id(train) not in val.paired:
        val.paired[id(train)] = _beside(val, train)
    return val.paired[id(train)]


def _beside(val: Curve, train: Curve) -> Floats:
    axis = shared_axis(val, train)
    if axis not in val.axes or axis not in train.axes:
        return np.full(len(val.places), np.nan)
    if train.axes[axis] is val.axes[axis] and train.whole and val.whole and (train.stride(axis).even or 0.0) > 0:
        return train.values
    at, moments = train.axes[axis][train.places], val.axes[axis][val.places]
    if np.array_equal(at, moments) and (np.diff(at) > 0).all():
        return train.values
    ends = np.maximum.accumulate(np.searchsorted(at, moments, side="right"))
    widths = np.diff(ends, prepend=0)
    last = np.append(train.values, np.nan)[ends - 1]
    covered = train.values[: ends[-1]] if len(ends) else train.values[:0]
    if not len(covered):
        return np.asarray(last, dtype=np.float64)
    firsts = np.minimum(ends - widths, len(covered) - 1)
    if widths.max() > 1:
        covered = covered[np.lexsort((covered, np.repeat(np.arange(len(ends)), widths)))]
    lower, upper = firsts + np.maximum(widths - 1, 0) // 2, np.minimum(firsts + widths // 2, len(covered) - 1)
    return np.asarray(np.where(widths > 0, (covered[lower] + covered[upper]) / 2, last), dtype=np.float64)


def known_where(known: Bools | None, val: Curve, pair: Floats) -> tuple[int, int, Floats, Floats]:
    """How many evaluations are known (None: all), the index of the first, and validation and training at these."""
    count = len(pair) if known is None else int(np.count_nonzero(known))
    if known is None or count == len(pair):
        return count, int(val.places[0]) if count else 0, val.values, pair
    return count, int(val.places[int(np.argmax(known))]), val.values[known], pair[known]


def all_positive(pair: Floats, val: Curve, train: Curve) -> bool:
    """Whether training is known at every evaluation, and both are positive everywhere."""
    return pair is train.values and train.extremes[0] > 0 and val.extremes[0] > 0
