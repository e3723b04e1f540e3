"""How noisy a curve is: robust scale of differences, and the correlation of neighbouring errors. Knows no trend.

Differences of order two and four remove what is smooth, so that no smoother has to be chosen first (Gasser, Sroka and
Jennen-Steinmetz 1986, Biometrika 73:625, for the idea; Hall, Kay and Titterington 1990, Biometrika 77:521, for orders).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from loglint.model import Floats, Ints

MAD_TO_SD = 1.4826  # median absolute deviation of a standard normal is 1 / 1.4826
ROOT_SIX = float(np.sqrt(6.0))
MEDIAN_TO_MEAN = 1.2533  # sqrt(pi / 2): standard error of a median in units of that of a mean
_AR1_GRID = np.linspace(0.0, 0.98, 99)
# Variance of [1, -4, 6, -4, 1] applied to AR(1) noise of unit variance and lag-1 correlation r: the filter's own
# autocorrelations are 70, -56, 28, -8, 1.
_AR1_RATIO = (70 - 112 * _AR1_GRID + 56 * _AR1_GRID**2 - 16 * _AR1_GRID**3 + 2 * _AR1_GRID**4) / 70
_AR1_FALL = -_AR1_RATIO  # rising, as np.interp wants it


LONG, STRETCHES = 65_536, 64
SORTED = 2000  # values up to which sorting them all is the quickest way to the middle one
NARROW = 64  # the same in rows of a matrix
FEW = 512  # values up to which their windows are copied, not viewed
ROWS = 1024  # windows sorted at a time
PIECE = 32_768  # values at a time where what is made of them should stay in the processor's cache
GLANCE = 512  # first values, of which most curves show what they are not


def median(x: Floats | Ints | Sequence[float]) -> float:
    """The median of float64[n], NaN where one of them is, or where there is none.

    numpy's own costs thirty microseconds on ten values, and ten times what it need on many.
    """
    return spent_median(np.array(x))


def spent_median(y: Floats | Ints) -> float:
    """The same of values whose order nobody needs any more: they are left in another one, and no copy is made."""
    n = len(y)
    if n == 0:
        return float("nan")
    half = n // 2
    if n <= SORTED:
        y.sort()
        last = float(y[-1])
    else:
        y.partition(half)
        last = float(y[half:].max())
    if last != last:
        return last
    upper = float(y[half])
    if n % 2:
        return upper
    return (float(y[half - 1] if n <= SORTED else y[:half].max()) + upper) / 2


def quantile(x: Floats, share: float) -> float:
    """The quantile of finite values, float64[n], n >= 1, interpolated between the two beside it."""
    low, high, between = _neighbours(x, share)
    return low + (high - low) * between


def numpy_quantile(x: Floats, share: float) -> float:
    """The same to the last digit of `np.quantile`, which interpolates from the nearer side, and takes six times as long."""
    low, high, between = _neighbours(x, share)
    return low + (high - low) * between if between < 0.5 else high - (high - low) * (1 - between)


def _neighbours(x: Floats, share: float) -> tuple[float, float, float]:
    """The values next below and above a share of all, and how far between them that is."""
    place = share * (len(x) - 1)
    below = int(place)
    y = np.partition(x, below)
    low = float(y[below])
    return low, low if below == place else float(y[below + 1 :].min()), place - below


def windows(y: Floats, width: int) -> Floats:
    """Every `width` neighbours of float64[n], n >= width, as rows, float64[n - width + 1, width], not to be written to.

    Of few values a copy is quicker than numpy's view.
    """
    if len(y) <= FEW:
        return y[_rows(len(y) - width + 1, width)]
    return sliding_window_view(y, width)


@lru_cache(maxsize=16)
def ordinals(n: int) -> Ints:
    """0 to n - 1, int64[n], not to be written to: shared by all who ask."""
    found: Ints = np.arange(n)
    found.flags.writeable = False
    return found


@lru_cache(maxsize=32)
def _rows(count: int, width: int) -> Ints:
    return np.arange(count)[:, None] + np.arange(width)


def row_medians(rows: Floats) -> Floats:
    """The median of each row of finite values, float64[k, w] -> float64[k].

    Windows that overlap are sorted a few at a time: what they are copied to stays in the processor's cache.
    """
    count, width = rows.shape
    half = width // 2
    if width > NARROW:
        y = np.partition(rows, half, axis=1)
        return np.asarray(y[:, half] if width % 2 else (y[:, :half].max(axis=1) + y[:, half]) / 2, dtype=np.float64)
    if count > ROWS:
        return np.concatenate([row_medians(rows[first : first + ROWS]) for first in range(0, count, ROWS)])
    y = np.sort(rows, axis=1)
    return np.asarray(y[:, half] if width % 2 else (y[:, half - 1] + y[:, half]) / 2, dtype=np.float64)


def row_deviations(rows: Floats) -> tuple[Floats, Floats]:
    """The median of each row of finite values, and their median absolute deviation from it; float64[k, w] -> float64[k] twice."""
    width = rows.shape[1]
    half = width // 2
    y = np.sort(rows, axis=1)
    middle = y[:, half].copy() if width % 2 else (y[:, half - 1] + y[:, half]) / 2
    y -= middle[:, None]
    np.abs(y, out=y)
    y.sort(axis=1)
    return middle, y[:, half] if width % 2 else (y[:, half - 1] + y[:, half]) / 2


def robust_scale(x: Floats) -> float:
    """Standard deviation of values around zero by their median absolute value; by the mean where half of them are zero."""
    if len(x) == 0:
        return 0.0
    scale = MAD_TO_SD * spent_median(np.abs(x))
    return scale if scale > 0 else MEDIAN_TO_MEAN * float(np.abs(x).mean())


def resolution(y: Floats) -> float:
    """The largest power of ten of which all values, float64[n], are multiples, from a tenth of their size down to a millionth;
    0 where they are finer: how coarsely a log rounds."""
    top = max(float(-y.min(initial=0.0)), float(y.max(initial=0.0)))
    if top == 0:
        return 0.0
    size = int(np.floor(np.log10(top)))
    few = y[:3].tolist()
    for power in range(size, size - 6, -1):
        whole = all(abs(m - round(m)) <= 1e-9 * max(1.0, abs(m)) for m in (one / 10.0**power for one in few))
        if whole and _multiples(y[:FEW], 10.0**power) and (len(y) <= FEW or _multiples(y, 10.0**power)):
            return float(10.0**power)
    return 0.0


def _multiples(y: Floats, unit: float) -> bool:
    """Whether all values are whole multiples of a unit, but for the rounding of the numbers themselves."""
    multiples = y / unit
    return bool((np.abs(multiples - np.round(multiples)) <= 1e-9 * np.maximum(1.0, np.abs(multiples))).all())


def second_differences(y: Floats, lag: int = 1) -> Floats:
    """(y[i] - 2 y[i+lag] + y[i+2 lag]) / sqrt(6), float64[n - 2 lag]: unit variance for unit white noise."""
    found: Floats = 2 * y[lag : len(y) - lag]
    np.subtract(y[: len(y) - 2 * lag], found, out=found)
    found += y[2 * lag :]
    found /= ROOT_SIX
    return found


def fourth_differences(y: Floats, lag: int = 1) -> Floats:
    """Fourth differences over sqrt(70), float64[n - 4 lag]: blind to cubics, unit variance for unit white noise."""
    n = len(y) - 4 * lag
    a, b, c, d, e = (y[i * lag : i * lag + n] for i in range(5))
    return np.asarray((a - 4 * b + 6 * c - 4 * d + e) / np.sqrt(70.0), dtype=np.float64)


def noise_scale(y: Floats) -> float:
    """Robust standard deviation of the error of one point, float64[n] -> float; 0 for n < 4.

    Raised by 4/n for the uncertainty of the estimate itself on short curves. Of a curve longer than `LONG` the differences within
    evenly spaced `STRETCHES`, half of `LONG` in all, are enough: they tell a deviation to half a percent.
    """
    if len(y) < 4:
        return 0.0
    if len(y) > LONG:
        rows = sliding_window_view(y, LONG // 2 // STRETCHES)[
            np.linspace(0, len(y) - LONG // 2 // STRETCHES, STRETCHES).astype(np.int64)
        ]
        return robust_scale(second_differences(rows.T).ravel())
    return robust_scale(second_differences(y)) * (1 + 4 / len(y))


def lag_correlation(y: Floats) -> tuple[float, float]:
    """Lag-1 correlation of the errors and their full standard deviation, from fourth differences at two lags.

    Under AR(1) errors the variance of lag-1 fourth differences falls with the correlation r as `_AR1_RATIO`; at a lag
    past the correlation length it is that of white noise. Returns (0, noise_scale) for curves under 24 points.
    """
    scale = noise_scale(y)
    if len(y) < 24:
        return 0.0, scale
    lag = max(2, min(16, len(y) // 12))
    near, far = robust_scale(fourth_differences(y)), robust_scale(fourth_differences(y, lag))
    if far <= near or near <= 0:
        return 0.0, max(scale, near)
    ratio = (near / far) ** 2
    return float(np.interp(-ratio, _AR1_FALL, _AR1_GRID)), max(scale, far)
