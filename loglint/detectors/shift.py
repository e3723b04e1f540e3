"""Levels that change for good: jumps up that do not come back, and rewards that collapse."""

from __future__ import annotations

import msgspec
import numpy as np

from loglint.curves.curve import Curve, at_or_before, shared_axis
from loglint.curves.noise import MAD_TO_SD, MEDIAN_TO_MEAN, median, noise_scale, row_medians, windows
from loglint.curves.shape import Shape
from loglint.detectors import Level, Measured, NotJudged, Span, Vetoed
from loglint.model import Floats

SIDE = 5  # blocks on either side of a jump, at the least
FEW = 8  # blocks: so many more of them would tell the noise, and its correlation, as well as is assumed
NEARLY = 0.75  # of the largest rise: medians on either side differ as much a few blocks off the place itself
MOST_SIDE = 24  # of a run: as many blocks on either side as a share of one over this


class Shift(msgspec.Struct, frozen=True):
    """The sharpest upward jump: `sigmas` in standard errors of the difference of medians, `height` as a share of the
    run's progress, `relative` as one of its level, `sharp` the share of the jump that falls between two neighbouring blocks,
    `kept` the share of it that is still there at the end, `before` and `to` the levels, in the curve's own unit."""

    sigmas: float
    height: float
    relative: float
    sharp: float
    kept: float
    before: Level
    to: Level
    step: float
    points: int


def level_shift(loss: Curve, lr: Curve | None, *, min_points: int) -> Measured[Shift] | Vetoed[Shift] | NotJudged:
    """The largest rise between the blocks before and those after one place, that stays to the end.

    It is the steepest place of those at which the rise is nearly the largest. On either side a twenty-fourth of the run counts,
    at least five blocks.

    Vetoed where the learning rate was raised within those blocks.
    """
    shape = loss.shape
    y = shape.y
    if len(y) < max(min_points, 2 * SIDE):
        return NotJudged("too_short", f"{shape.n} records, {max(min_points, 2 * SIDE)} needed")
    side = max(SIDE, len(y) // MOST_SIDE)
    medians = row_medians(windows(y, side))
    rise = medians[side:] - medians[:-side]
    highest = int(np.argmax(rise))
    near = np.arange(max(0, highest - side // 2), min(len(rise), highest + side // 2 + 1))
    near = near[rise[near] >= NEARLY * rise[highest]] if rise[highest] > 0 else near[:1]
    k = int(near[np.argmax(y[near + side] - y[near + side - 1])])
    edge = k + side
    steps = np.diff(y[max(0, edge - 2) : edge + 2])
    height = float(rise[k])
    error = max(shape.error_of(side), noise_scale(y) / np.sqrt(side)) * float(np.sqrt(2.0)) * (1 + FEW / len(y))
    sign = -1.0 if loss.mirrored else 1.0
    at = int(loss.places[shape.middle[edge]])
    evidence = Shift(
        sigmas=min(1e6, height / max(error, 1e-300)) if height > 0 else 0.0,
        height=height / max(shape.progress, abs(height) * 1e-6, 1e-300),
        relative=height / max(median(np.abs(y)), 1e-300),
        sharp=min(1.0, float(steps.max(initial=0.0)) / height) if height > 0 else 0.0,
        kept=(float(np.min(shape.smooth[edge + 1 :], initial=shape.tail)) - float(medians[k])) / height if height > 0 else 0.0,
        before=sign * float(medians[k]),
        to=sign * float(medians[k + side]),
        step=float(loss.x[at]),
        points=shape.n,
    )
    measured = Measured(evidence, at, (Span(at, int(loss.places[-1])),))
    if lr is not None and lr_raised(loss, lr, at, int(loss.places[shape.middle[max(0, edge - side)]])):
        return Vetoed(measured, "the learning rate was raised there")
    return measured


def lr_raised(loss: Curve, lr: Curve, at: int, before: int) -> bool:
    """Whether the learning rate was raised by half between two points of a loss."""
    axis = shared_axis(loss, lr)
    if axis not in loss.axes or axis not in lr.axes:
        return False
    i, j = (at_or_before(lr, axis, float(loss.axes[axis][k])) for k in (before, at))
    return i >= 0 and bool(np.nanmax(lr.y[i : j + 2], initial=-np.inf) >= 1.5 * lr.y[i])


class Collapse(msgspec.Struct, frozen=True):
    """A reward that climbed and fell back: `lost` the deepest fall after its best as a share of what it had gained,
    `ends` the share still missing at the end, `sigmas` the fall from the high stretch around the best to the stretch
    below half of the gain after it, in standard errors of their medians, `gain_sigmas` the same for the climb before,
    `low_share` the share of the run spent low after the best; `best`, `tail` levels as logged."""

    lost: float
    ends: float
    sigmas: float
    gain_sigmas: float
    low_share: float
    best: Level
    tail: Level
    best_step: float
    points: int


def _error(stretch: Floats, shape: Shape) -> float:
    """Standard error of the median of a stretch, from its own spread where that is smaller than the run's, down to a
    quarter of it: rewards are noisier the higher they are."""
    inflation = shape.inflation
    spread = MAD_TO_SD * median(np.abs(stretch - median(stretch)))
    own = MEDIAN_TO_MEAN * spread * min(inflation, float(np.sqrt(len(stretch)))) / float(np.sqrt(len(stretch)))
    general = shape.error_of(len(stretch))
    return min(max(own, general / 4), general)


def reward_collapse(reward: Curve, *, min_points: int) -> Measured[Collapse] | NotJudged:
    """A reward or return (mirrored: down is better) that climbs, and then falls back and stays down.

    The run is cut at half of the gain into the climb, the high stretch around the best, and what lies low after it; whole
    stretches are compared, since rewards are noisy and smoothed rewards strongly correlated.
    """
    shape = reward.shape
    if shape.n < min_points:
        return NotJudged("too_short", f"{shape.n} records, {min_points} needed")
    gain = shape.progress
    if gain <= 0:
        return NotJudged("excluded", "the reward never rose")
    poor = shape.smooth > shape.best + gain / 2
    before, after = np.flatnonzero(poor[: shape.best_at]), np.flatnonzero(poor[shape.best_at :])
    first = int(before[-1]) + 1 if len(before) else 0
    fall = shape.best_at + int(after[0]) if len(after) else len(poor)
    climb, high = shape.y[: max(first, 1)], shape.y[first : max(fall, first + 1)]
    low = shape.y[fall:][poor[fall:]]
    high_error = _error(high, shape)
    at = int(reward.places[shape.middle[shape.best_at]])
    lost = median(low) - median(high) if len(low) else 0.0
    evidence = Collapse(
        lost=float(shape.smooth[shape.best_at :].max() - shape.best) / gain,
        ends=(shape.tail - shape.best) / gain,
        sigmas=lost / max(float(np.hypot(high_error, _error(low, shape))), 1e-300) if len(low) else 0.0,
        gain_sigmas=(median(climb) - median(high)) / max(float(np.hypot(high_error, _error(climb, shape))), 1e-300),
        low_share=len(low) / len(shape.smooth),
        best=-shape.best,
        tail=-shape.tail,
        best_step=float(reward.x[at]),
        points=shape.n,
    )
    return Measured(evidence, at, (Span(at, int(reward.places[-1])),))
