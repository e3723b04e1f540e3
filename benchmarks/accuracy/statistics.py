"""Proportions and their uncertainty, and where a detection curve crosses a level."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

Z95 = 1.959964


def wilson(k: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a proportion k/n (E. B. Wilson 1927, JASA 22:209); (0, 1) for n = 0."""
    if n == 0:
        return 0.0, 1.0
    p, z2 = k / n, Z95**2
    centre = p + z2 / (2 * n)
    half = Z95 * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return max(0.0, (centre - half) / (1 + z2 / n)), min(1.0, (centre + half) / (1 + z2 / n))


def share(k: int, n: int) -> str:
    """A proportion with its interval: "1.2 % [0.7, 2.0] of 1700"; "not measured" for n = 0."""
    if n == 0:
        return "not measured"
    low, high = wilson(k, n)
    return f"{100 * k / n:.1f} % [{100 * low:.1f}, {100 * high:.1f}] of {n}"


def crossing(levels: Sequence[float], rates: Sequence[float], target: float) -> float | None:
    """The level at which a detection curve first reaches the target, linear between levels; None when it never does.

    `levels` go from weak to strong (not necessarily upward). The curve is made monotone by its running maximum, so that one
    unlucky level does not count as a loss of power.
    """
    best = 0.0
    for i, rate in enumerate(rates):
        if rate >= target:
            if i == 0:
                return levels[0]
            share_of_step = (target - best) / (rate - best)
            return levels[i - 1] + share_of_step * (levels[i] - levels[i - 1])
        best = max(best, rate)
    return None


def f1(hit: int, missed: int, false: int) -> float:
    """The harmonic mean of precision and recall, from counts; 0 when nothing was wanted or said."""
    return 2 * hit / max(1, 2 * hit + missed + false)
