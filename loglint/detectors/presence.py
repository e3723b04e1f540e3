"""What a log does not hold: held-out curves, a learning rate, a seed; and curves whose records are of two kinds."""

from __future__ import annotations

import msgspec
import numpy as np

from loglint.curves.curve import Curve
from loglint.curves.noise import median
from loglint.detectors import Measured, NotJudged, Span


class Lack(msgspec.Struct, frozen=True):
    """1 when what is looked for is `missing`, beside a curve of so many `points`."""

    missing: int
    points: int


def curve_missing(curve: Curve, other: Curve | None, *, min_points: int, rewards: bool) -> Measured[Lack] | NotJudged:
    """Whether a curve stands without `other`; rewards, which are measured by playing, count only where `rewards` is true."""
    if len(curve.values) < min_points:
        return NotJudged("too_short", f"{len(curve.values)} records, {min_points} needed")
    if curve.quantity == "reward" and not rewards:
        return NotJudged("excluded", "a reward is measured on the task itself")
    return Measured(Lack(int(other is None), len(curve.values)), 0, (Span(0, len(curve) - 1),))


def fact_missing(curve: Curve, fact: float | None, *, min_points: int) -> Measured[Lack] | NotJudged:
    """Whether a curve stands without a setting that should be written beside it."""
    if len(curve.values) < min_points:
        return NotJudged("too_short", f"{len(curve.values)} records, {min_points} needed")
    return Measured(Lack(int(fact is None), len(curve.values)), 0, (Span(0, len(curve) - 1),))


class Grain(msgspec.Struct, frozen=True):
    """Records of two kinds in one curve: the usual `spacing`, the `count` and `share` of records at less than the given part of it
    behind their predecessor, in how many separate places they stand (`places`), and the share of the other records that
    follow at half to one and a half of the spacing (`regular`)."""

    spacing: float
    count: int
    share: float
    places: int
    regular: float
    points: int


def two_grains(curve: Curve, *, min_points: int, much_closer: float) -> Measured[Grain] | NotJudged:
    """Records that follow their predecessor at `much_closer` of the usual spacing or less, again and again between the others.

    Means over epochs that are written among the records of steps stand like that. So do records that a logger kept at random
    of a longer curve, but between those no spacing is usual.
    """
    if len(curve) < min_points:
        return NotJudged("too_short", f"{len(curve)} records, {min_points} needed")
    if curve.axis not in ("step", "epoch"):
        return NotJudged("absent", "the records have no step and no epoch")
    even = curve.stride(curve.axis).even
    if even is not None and even > 0 and much_closer < 1:
        return Measured(Grain(even, 0, 0.0, 0, 1.0, len(curve)), 0)
    gaps = np.diff(curve.x)
    spacing = median(gaps)
    close = gaps <= much_closer * spacing if spacing > 0 else np.zeros(len(gaps), dtype=np.bool_)
    starts = np.flatnonzero(close & ~np.concatenate([[False], close[:-1]]))
    others = np.abs(gaps[~close] - spacing) <= spacing / 2
    regular = float(others.mean()) if len(others) else 0.0
    evidence = Grain(spacing, int(close.sum()), float(close.mean()), len(starts), regular, len(curve))
    at = int(starts[0]) + 1 if len(starts) else 0
    return Measured(evidence, at, tuple(Span(int(i) + 1, int(i) + 1) for i in starts[:50]))
