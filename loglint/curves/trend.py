"""Straight lines through curves, with standard errors that allow for correlated errors. Knows no smoothing."""

from __future__ import annotations

import msgspec
import numpy as np

from loglint.model import Floats


class Trend(msgspec.Struct, frozen=True):
    """Change of the fitted line from the first to the last point, and its standard error, in the curve's unit."""

    change: float
    error: float


def linear_trend(y: Floats, sigma: float, inflation: float) -> Trend:
    """Least-squares line through y (float64[k], k >= 2) on its ordinals.

    The error of the slope is sigma / sqrt(sum((i - mean)^2)) (Montgomery, Peck and Vining, *Linear Regression
    Analysis*, section 2.2.2), widened by `inflation` for correlated errors; sigma is the larger of the one given and
    that of the residuals.
    """
    i = np.arange(len(y), dtype=np.float64)
    i -= i.mean()
    spread = float((i**2).sum())
    slope = float((i * (y - y.mean())).sum()) / spread
    residual = y - y.mean() - slope * i
    scale = max(sigma, float(np.sqrt((residual**2).sum() / max(1, len(y) - 2))) if len(y) > 2 else 0.0)
    return Trend(slope * (len(y) - 1), inflation * scale * (len(y) - 1) / float(np.sqrt(spread)))
