"""How much a curve swings about its own course, and whether training and validation swing alike."""

from __future__ import annotations

from functools import cache

import msgspec
import numpy as np

from loglint.curves.curve import Curve
from loglint.curves.noise import MEDIAN_TO_MEAN, median, robust_scale, second_differences
from loglint.detectors import Measured, NotJudged, Span, late, later
from loglint.model import Floats

OUTLYING = 4.0


@late("val_noise", "train_share", "val_share", "widest")
class Swing(msgspec.Struct, frozen=True):
    """Noise over the last two thirds of training and validation.

    `train_noise`, `val_noise` in units of the curve's level there (of its range where it is not positive); a perplexity counts
    as its logarithm, the loss it was made from;
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
    triage = val is not None and len(val.values) >= min_evaluations
    if not triage and (train.mirrored or 2 * np.count_nonzero(y[1:] > y[0]) < len(y) - 1):
        return NotJudged("absent", f"the triage needs {min_evaluations} evaluations beside the training curve")
    own = _noise(train, from_share)
    if triage and val is not None:
        beside = cache(lambda: _noise(val, from_share))
        evidence = Swing(
            train_noise=own.noise,
            val_noise=later(lambda: beside().noise),
            train_share=later(lambda: own.share),
            val_share=later(lambda: beside().share),
            widest=later(lambda: own.widest),
            evaluations=len(val.values),
            points=len(y),
        )
    elif own.widest >= alone_step:
        noise = alone * own.noise
        evidence = Swing(noise, noise, own.share, own.share, own.widest, 0, len(y))
    else:
        return NotJudged("absent", f"the triage needs {min_evaluations} evaluations beside the training curve")
    first = int(train.places[int(from_share * len(y))])
    return Measured(evidence, first, (Span(first, int(train.places[-1])),))


class _Noise(msgspec.Struct, frozen=True, eq=False):
    """The noise of a curve from some record on: `sigma`, in the unit of `y`, and `level`, what it is measured against; y is the
    curve there (`raw`) or its logarithm, float64[n]."""

    curve: Curve
    y: Floats
    sigma: float
    level: float
    raw: Floats

    @property
    def noise(self) -> float:
        """Noise over level."""
        return self.sigma / self.level

    @property
    def share(self) -> float:
        """Noise over the trend that remains."""
        third = max(1, len(self.y) // 3)
        remaining = max(0.0, median(self.y[:third]) - median(self.y[-third:]))
        return self.sigma / max(remaining, self.sigma / 1e6, 1e-300)

    @property
    def widest(self) -> float:
        """The widest step between neighbouring records over the curve's own level."""
        steps = np.diff(self.raw)
        return max(float(steps.max(initial=0.0)), -float(steps.min(initial=0.0))) / _level(self.curve, self.raw)


def _noise(curve: Curve, from_share: float) -> _Noise:
    """The noise of a curve from a share of its records on.

    Of a positive curve it is the noise of the logarithm, a share of whatever the level is at each record.
    """
    y = curve.values[int(from_share * len(curve.values)) :]
    if curve.quantity == "perplexity" and bool(y.min() > 1):
        y = np.log(y)
    if not curve.mirrored and bool(y.min() > 0):
        logarithm = np.log(y)
        return _Noise(curve, logarithm, _scale(logarithm), 1.0, y)
    return _Noise(curve, y, _scale(y), _level(curve, y), y)


def _scale(y: Floats) -> float:
    """Standard deviation of the error of one of a few records, float64[n]: the mean second difference, in which a single one counts
    at most `OUTLYING` robust deviations. It scatters half as much as the median of so few."""
    steps = second_differences(y)
    np.abs(steps, out=steps)
    return MEDIAN_TO_MEAN * float(np.minimum(steps, OUTLYING * robust_scale(steps)).mean()) if len(steps) else 0.0


def _level(curve: Curve, y: Floats) -> float:
    """What noise is measured against: the level of a positive curve, else its progress."""
    level = median(y)
    return max(level if not curve.mirrored and bool(y.min() > 0) else max(curve.shape.progress, abs(level)), 1e-300)
