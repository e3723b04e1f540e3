"""The shape of a curve against its noise: block medians, the smoothed curve, its best, start and tail, with errors.

Long curves are cut into at most `BLOCKS` blocks of equal count first, so that everything later is O(blocks).
Non-finite values never reach this module; full scans for them live with the detectors that look for them.
"""

from __future__ import annotations

import math
from functools import cached_property

import msgspec
import numpy as np

from loglint.curves.noise import MEDIAN_TO_MEAN, lag_correlation, median, ordinals, row_medians, windows
from loglint.model import Floats, Ints

BLOCKS = 240
DISTINCT_LOOKED_AT, DISTINCT_FEW = 2000, 12  # values this coarse (wins and losses) have means but no useful medians


class Shape(msgspec.Struct, frozen=True, eq=False, dict=True):
    """A curve of n finite points as k <= `BLOCKS` block medians `y` (float64[k]) of `size` points each.

    `middle` (int64[k]) is the index of each block's middle point, `smooth` (float64[k]) the running median of `window`
    blocks, `sigma` the full standard deviation of one block median's error and `rho` its lag-1 correlation.
    """

    n: int
    size: int
    middle: Ints
    y: Floats
    smooth: Floats
    window: int
    sigma: float
    rho: float

    @cached_property
    def inflation(self) -> float:
        """sqrt((1 + rho) / (1 - rho)): how much correlated errors widen a mean's standard error (Bartlett 1946)."""
        return math.sqrt((1 + self.rho) / (1 - self.rho))

    @cached_property
    def error(self) -> float:
        """Standard error of one smoothed value."""
        return self.error_of(self.window)

    def error_of(self, blocks: int) -> float:
        """Standard error of the median of so many neighbouring blocks."""
        return MEDIAN_TO_MEAN * self.sigma * min(self.inflation, math.sqrt(blocks)) / math.sqrt(max(1, blocks))

    @cached_property
    def best_at(self) -> int:
        """Block of the smoothed minimum (the last of equal ones)."""
        return len(self.smooth) - 1 - int(np.argmin(self.smooth[::-1])) if len(self.smooth) else 0

    @cached_property
    def best(self) -> float:
        """The smoothed minimum."""
        return float(self.smooth[self.best_at])

    @cached_property
    def start(self) -> float:
        """Level of the first records: the median of the first three blocks."""
        return median(self.y[:3])

    @cached_property
    def tail(self) -> float:
        """Level of the end: the median of the last `window` blocks."""
        return median(self.y[-self.window :])

    @cached_property
    def progress(self) -> float:
        """P of the rule catalogue: start level minus smoothed best, never negative."""
        return max(0.0, self.start - self.best)

    def level(self, first: float, last: float) -> float:
        """Median of the blocks between two fractions of the run, at least one block."""
        k = len(self.y)
        a = min(k - 1, int(first * k))
        return median(self.y[a : max(a + 1, round(last * k))])

    def blocks(self, first: float, last: float) -> int:
        """How many blocks `level(first, last)` takes."""
        k = len(self.y)
        a = min(k - 1, int(first * k))
        return max(a + 1, round(last * k)) - a


def block_medians(y: Floats, blocks: int = BLOCKS) -> tuple[Floats, Ints, int]:
    """Medians of equal blocks, the index of each block's middle point, and the block size; a short rest joins the last block.

    Values that are only a few different ones are averaged instead: the median of wins and losses is one or the other.
    """
    size = max(1, -(-len(y) // blocks))
    whole = len(y) // size
    if whole == 0:
        return y, np.arange(len(y)), 1
    coarse = len(set(y[:DISTINCT_LOOKED_AT].tolist())) <= DISTINCT_FEW
    if size == 1:
        return y + 0.0 if coarse else y.copy(), ordinals(whole), 1
    rows, last = y[: whole * size].reshape(whole, size), y[(whole - 1) * size :]
    medians = rows.mean(axis=1) if coarse else row_medians(rows)
    if len(last) > size:
        medians[-1] = last.mean() if coarse else median(last)
    return medians, np.arange(whole) * size + size // 2, size


def running_median(y: Floats, window: int) -> Floats:
    """Median of finite values over `window` (odd) neighbours, float64[k]; at the ends over the neighbours that exist."""
    half = window // 2
    if len(y) <= max(BLOCKS, 2 * window):
        return _padded_median(y, half)
    inner = row_medians(windows(y, window))
    return np.concatenate([_padded_median(y[: 2 * half], half)[:half], inner, _padded_median(y[-2 * half :], half)[half:]])


def _padded_median(y: Floats, half: int) -> Floats:
    """The same for few values: what is missing at the ends counts as infinite, and the middle is looked for below it."""
    if half == 0 or not len(y):
        return y.copy()
    beyond = np.full(half, np.inf)
    rows = np.sort(windows(np.concatenate([beyond, y, beyond]), 2 * half + 1), axis=1)
    at = np.arange(len(y))
    there = np.minimum(at, half) + np.minimum(at[::-1], half) + 1
    lower, upper = rows[at, (there - 1) // 2], rows[at, there // 2]
    return np.asarray(np.where(there % 2 == 1, upper, (lower + upper) / 2), dtype=np.float64)


def smoothing_window(k: int) -> int:
    """Blocks per running median: a tenth of the curve, odd, between 3 and 25; 1 below 5 blocks."""
    return 1 if k < 5 else min(25, max(3, (k // 10) | 1))


def shape_of(y: Floats) -> Shape:
    """The shape of finite points, float64[n]."""
    medians, middle, size = block_medians(y)
    window = smoothing_window(len(medians))
    rho, sigma = lag_correlation(medians)
    return Shape(len(y), size, middle, medians, running_median(medians, window), window, sigma, min(rho, 0.9))
