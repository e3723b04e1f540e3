"""The distance between training and validation. What rises or falls over time is measured in `rise`."""

from __future__ import annotations

import msgspec
import numpy as np

from loglint.curves.curve import Curve
from loglint.curves.trend import linear_trend
from loglint.detectors import Level, Measured, NotJudged, Span


class Gap(msgspec.Struct, frozen=True):
    """Levels of an accuracy at the end: `train_level`, `val_level` (shares of 1), their `gap`, its size in standard errors, and
    `closing`, what the validation metric still gained over the last third as a share of the gap."""

    train_level: Level
    val_level: Level
    gap: float
    sigmas: float
    closing: float
    points: int


def metric_gap(val: Curve, train: Curve, *, min_points: int, few: int, gap_of_few: float) -> Measured[Gap] | NotJudged:
    """Training accuracy far above validation accuracy at the end of the run (CS231n, train/val accuracy).

    Fewer than `few` evaluations are judged only where every one of their last half lies `gap_of_few` below training.
    """
    if min(len(train.values), len(val.values)) < min_points:
        return NotJudged("too_short", f"{min(len(train.values), len(val.values))} evaluations, {min_points} needed")
    top = max(float(np.abs(train.values).max()), float(np.abs(val.values).max()))
    scale = 1.0 if top <= 1.5 else 100.0 if top <= 100 else None
    if scale is None or not (train.mirrored and val.mirrored):
        return NotJudged("excluded", "the gap is judged on a metric between 0 and 1 or 0 and 100 that should rise")
    late = -val.values[len(val.values) // 2 :].min() / scale
    if len(val.values) < few and -train.shape.tail / scale - late < gap_of_few:
        return NotJudged("too_short", f"{len(val.values)} evaluations, {few} needed")
    t, v = -train.shape.tail / scale, -val.shape.tail / scale
    error = float(np.hypot(train.shape.error, val.shape.error)) / scale
    last = val.shape.y[2 * len(val.shape.y) // 3 :]
    gained = -linear_trend(last, val.shape.sigma, 1.0).change / scale if len(last) >= 2 else 0.0
    evidence = Gap(t, v, t - v, (t - v) / max(error, 1e-9), gained / max(t - v, 1e-9), len(val.values))
    at = int(val.places[len(val.values) // 2])
    return Measured(evidence, at, (Span(at, int(val.places[-1])),))
