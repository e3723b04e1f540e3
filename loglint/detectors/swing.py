"""How much a curve swings about its own course, and whether training and validation swing alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loglint.curves.curve import Curve
from loglint.curves.noise import median, noise_scale
from loglint.detectors import Measured, NotJudged, Span
from loglint.model import Floats


@dataclass(frozen=True, slots=True)
class Swing:
    """Noise over the last two thirds of training and validation.

    `train_noise`, `val_noise` in units of the curve's level there (of its range where it is not positive);
    `train_share`, `val_share` in units of the trend that remains over the same stretch; `widest` the largest swing
    between neighbouring records, in units of the level.
    """

    train_noise: float
    val_noise: float
    train_share: float
    val_share: float
    widest: float
    evaluations: int
    points: int


def swing(
    train: Curve, val: Curve | None, *, min_points: int, min_evaluations: int, from_share: float, alone: float, alone_step: float
) -> Measured[Swing] | NotJudged:
    """Noise of the training and the validation curve against what they still gain, after `from_share` of the run.

    Without `min_evaluations` evaluations the triage is not possible. A training curve alone is judged only when at least
    half of its records lie above the first and some two neighbours differ by `alone_step` of its level; its swings then
    count as `alone` of what they are.
    """
    y = train.values
    if len(y) < min_points:
        return NotJudged("too_short", f"{len(y)} records, {min_points} needed")
    if not train.finite[-1]:
        return NotJudged("excluded", "the loss ends as no number")
    train_noise, train_share, widest = _noise(train, from_share)
    if val is not None and len(val.values) >= min_evaluations:
        val_noise, val_share, _ = _noise(val, from_share)
        evidence = Swing(train_noise, val_noise, train_share, val_share, widest, len(val.values), len(y))
    elif not train.mirrored and (y[1:] > y[0]).mean() >= 0.5 and widest >= alone_step:
        evidence = Swing(alone * train_noise, alone * train_noise, train_share, train_share, widest, 0, len(y))
    else:
        return NotJudged("absent", f"the triage needs {min_evaluations} evaluations beside the training curve")
    first = int(train.places[int(from_share * len(y))])
    return Measured(evidence, first, (Span(first, int(train.places[-1])),))


def _noise(curve: Curve, from_share: float) -> tuple[float, float, float]:
    """Noise over level, noise over the remaining trend, and the widest step over the level.

    The noise is the least that so few records may have: its estimate less a standard error, about 0.6 / sqrt(n) of it.
    """
    y = curve.values[int(from_share * len(curve.values)) :]
    level = _level(curve, y)
    sigma = noise_scale(y) * max(0.0, 1 - 0.6 / float(np.sqrt(max(1, len(y)))))
    third = max(1, len(y) // 3)
    remaining = max(0.0, median(y[:third]) - median(y[-third:]))
    return sigma / level, sigma / max(remaining, sigma / 1e6, 1e-300), float(np.abs(np.diff(y)).max(initial=0.0)) / level


def _level(curve: Curve, y: Floats) -> float:
    """What noise is measured against: the level of a positive curve, else its progress."""
    level = median(y)
    return max(level if level > 0 and not curve.mirrored else max(curve.shape.progress, abs(level)), 1e-300)
