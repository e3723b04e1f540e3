"""Whether a curve repeats itself: autocorrelation of the detrended curve, and cycles compared with one another."""

from __future__ import annotations

from functools import cached_property, lru_cache

import msgspec
import numpy as np

from loglint.curves.noise import ROWS, median, robust_scale, windows
from loglint.model import Floats, Ints

COMPARED = 200  # cycles compared with one another
MOST = 8192  # records looked at; longer curves are averaged in pairs until they fit
NEAR = 2  # lags by which a period that is no whole number may miss its double


class Period(msgspec.Struct, frozen=True, eq=False, dict=True):
    """A period of `length` records: autocorrelation `r1`, `r2`, `r3` at one, two and three periods; it is `lag` points of the
    thinned curve `y`, float64[n]."""

    length: int
    r1: float
    r2: float
    r3: float
    y: Floats
    lag: int

    @property
    def cycles(self) -> int:
        """How often it fits."""
        return len(self.y) // self.lag

    @cached_property
    def rows(self) -> Floats:
        """The cycles, each without its own mean and of length 1, float64[cycles, lag]."""
        rows = detrended(self.y, self.lag)[: self.cycles * self.lag].reshape(self.cycles, self.lag)
        rows = rows - rows.mean(axis=1, keepdims=True)
        return np.asarray(rows / np.maximum(np.sqrt((rows**2).sum(axis=1, keepdims=True)), 1e-300), dtype=np.float64)

    @property
    def neighbours(self) -> float:
        """Median correlation of adjacent cycles."""
        return median((self.rows[:-1] * self.rows[1:]).sum(axis=1)) if self.cycles > 1 else 0.0

    @property
    def others(self) -> float:
        """Median correlation of cycles further apart, of `COMPARED`, evenly spread."""
        spread = self.rows[:: max(1, self.cycles // COMPARED)]
        apart = (spread @ spread.T)[_above(len(spread), 2 if len(spread) == self.cycles else 1)]
        return median(apart) if len(apart) else 0.0


def thin(y: Floats, logarithm: bool = False) -> tuple[Floats, int]:
    """At most `MOST` points by averaging neighbours (their logarithms), and how many records one of them stands for."""
    factor = -(-len(y) // MOST)
    if factor == 1:
        return np.log(y) if logarithm else y, 1
    rows = y[: len(y) // factor * factor].reshape(-1, factor)
    if not logarithm:
        return rows.mean(axis=1), factor
    return np.concatenate([np.log(rows[first : first + ROWS]).mean(axis=1) for first in range(0, len(rows), ROWS)]), factor


def detrended(y: Floats, width: int) -> Floats:
    """y minus its running mean of `width` points, in robust deviations, clipped at 5 so that spikes do not decide."""
    width = max(3, min(width, len(y) // 2) | 1)
    half = width // 2
    padded = np.empty(len(y) + 2 * half + 1)
    padded[0], padded[half + 1 : half + 1 + len(y)] = 0.0, y
    padded[1 : half + 1], padded[len(padded) - half :] = y[: half + 1].mean(), y[-(half + 1) :].mean()
    total = np.cumsum(padded)
    residual: Floats = y - (total[width:] - total[:-width]) / width
    residual /= max(robust_scale(residual), 1e-300)
    return np.minimum(np.maximum(residual, -5.0, out=residual), 5.0, out=residual)


def autocorrelation(y: Floats) -> Floats:
    """Autocorrelation of y at all lags, float64[n], by the fast Fourier transform (Wiener and Khinchin); lag 0 is 1.

    Each lag is scaled by the number of pairs it has.
    """
    centred = y - y.mean()
    size = 1 << (2 * len(y) - 1).bit_length()
    power = np.abs(np.fft.rfft(centred, size)) ** 2
    covariance = np.fft.irfft(power, size)[: len(y)] / np.arange(len(y), 0, -1)
    return covariance / max(float(covariance[0]), 1e-300)


def find_period(y: Floats, shortest: int, cycles: int, logarithm: bool = False) -> Period | None:
    """The strongest period of at least `shortest` records that fits `cycles` times in y (or its logarithm); None without a peak.

    A peak at T must stand at 2T and 3T as well; that alone is also true of slow swings, so the cycles themselves are
    then laid over one another, each without its own mean.
    """
    short, factor = thin(y, logarithm)
    n = len(short)
    longest = n // cycles
    if longest < max(3, shortest // factor):
        return None
    r = autocorrelation(detrended(short, n // 4))
    lags = np.arange(max(3, shortest // factor), min(longest, (n - 1) // 3) + 1)
    peaks = lags[(r[lags] >= r[lags - 1]) & (r[lags] >= r[lags + 1]) & (r[lags] > 0)]
    if not len(peaks):
        return None
    beyond = np.full(NEAR, -1.0)
    near = np.maximum(windows(np.concatenate([beyond, r, beyond]), 2 * NEAR + 1).max(axis=1), -1.0)
    score = np.minimum(r[peaks], np.minimum(near[2 * peaks], near[3 * peaks]))
    top = float(score.max())
    lag = int(peaks[np.argmax(score >= min(0.9 * top, top))])
    return Period(lag * factor, float(r[lag]), float(near[2 * lag]), float(near[3 * lag]), short, lag)


@lru_cache(maxsize=16)
def _above(count: int, offset: int) -> tuple[Ints, Ints]:
    return np.triu_indices(count, offset)
