"""Curves that climb away from their best: divergence of the objective, overfitting and its relatives on validation."""

from __future__ import annotations

import msgspec
import numpy as np
from msgspec.structs import replace

from loglint.curves.curve import Curve, at_or_before, shared_axis
from loglint.curves.noise import GLANCE, median
from loglint.detectors import Level, Measured, NotJudged, Span, Vetoed
from loglint.model import Floats

MOST = 1e6  # ratios to a vanishing range are reported as this
MIDDLE = 0.5  # of a run: a log that begins later shows no start


class Climb(msgspec.Struct, frozen=True):
    """How far the end of a curve lies above its smoothed best.

    `rise` in units of the way from the start to the best, `relative` of the best level itself, `sigmas` in standard
    errors of the difference, `best_progress` the best's place as a share of the run, `after` the records behind it;
    `best`, `tail` levels in the curve's own unit, `best_step` the best's position.
    """

    rise: float
    relative: float
    rise_percent: float
    sigmas: float
    best_progress: float
    after: int
    best: Level
    tail: Level
    best_step: float
    points: int


def _climb(curve: Curve) -> tuple[Climb, int]:
    """Climb of the smoothed curve, and the index of its best point."""
    shape = curve.shape
    sign = -1.0 if curve.mirrored else 1.0
    best_block = shape.best_at
    rise = shape.tail - shape.best
    scale = median(np.abs(shape.y))
    at = int(curve.places[shape.middle[best_block]])
    error = shape.error * float(np.sqrt(2.0))
    climb = Climb(
        rise=min(MOST, rise / max(shape.progress, rise / MOST, 1e-300)),
        relative=rise / max(scale, 1e-300),
        rise_percent=100 * rise / max(abs(shape.best), 1e-300) if abs(shape.best) > 0 else 0.0,
        sigmas=min(MOST, rise / max(error, abs(rise) / MOST, 1e-300)),
        best_progress=(best_block + 0.5) / len(shape.y),
        after=shape.n - 1 - int(shape.middle[best_block]),
        best=sign * shape.best,
        tail=sign * shape.tail,
        best_step=float(curve.x[at]),
        points=shape.n,
    )
    return climb, at


def climb_from_best(
    loss: Curve,
    val: Curve | None,
    metric: Curve | None,
    lr: Curve | None,
    *,
    min_points: int,
    short_ratio: float,
    middle_ratio: float,
    short_share: float,
    burst: float,
    uniform: float,
    even_ratio: float,
    epoch_ratio: float,
    turn_ratio: float,
    sweep: float,
) -> Measured[Climb] | Vetoed[Climb] | NotJudged:
    """Divergence: the smoothed objective ends far above its best.

    Five things need no estimate of noise and are judged on any length. A loss that has left its start for good: the median
    of all later records is at least `short_ratio` times the first (`middle_ratio` in a log that begins in the middle of its
    run, where the first record is any record), and at least `short_share` of them lie above it. A last
    record that lies further above all others than `burst` times their whole range. A place from where every record is at
    least `burst` times every one before it. A loss that rises at every record: by steps no two of which differ by more than a
    factor of `uniform`, the validation loss beside it as well or to `even_ratio` times its first value, or, where each record
    is the mean of an epoch, by any steps to `epoch_ratio` times its first value. A loss that falls at every record, three
    or more, and then rises at every record, three or more, to at least `turn_ratio` times its best. Vetoed where the
    learning rate rose again after it had fallen (a restart) or rises to the end by a factor of `sweep` (a range test), and
    where the validation loss or metric is still at its best. Where a validation loss climbs as well, both together count
    (Stouffer's sum of the two distances in standard errors).
    """
    y = loss.values
    if len(y) < 4:
        return NotJudged("too_short", f"{len(y)} records, 4 needed")
    ratio = middle_ratio if loss.stretch > MIDDLE else short_ratio
    plain = (
        _gone(loss, metric, ratio, short_share)
        or _burst(loss, burst)
        or (None if loss.mirrored else _rising(loss, val, uniform, even_ratio, epoch_ratio))
    )
    if plain is not None:
        return plain
    turn = None if loss.mirrored else _turn(y, turn_ratio)
    if turn is not None:
        measured = _left(loss, turn, float(y[-1]))
        return _explained(measured, loss, val, lr, int(loss.places[turn]), sweep) or measured
    if len(y) < min_points:
        return NotJudged("too_short", f"{len(y)} records, {min_points} needed")
    climb, at = _climb(loss)
    measured = Measured(climb, at, (Span(at, int(loss.places[-1])),))
    vetoed = _explained(measured, loss, val, lr, at, sweep)
    if vetoed is None and val is not None and len(val.values) >= min_points:
        return _together(measured, _climb(val)[0])
    return vetoed or measured


def _gone(loss: Curve, metric: Curve | None, ratio: float, share: float) -> Measured[Climb] | Vetoed[Climb] | None:
    """A loss that has left its start for good: the median of all later records is `ratio` times the first, `share` lie above it."""
    y = loss.values
    if loss.mirrored or y[0] <= 0 or int(np.count_nonzero(y[1:] > y[0])) / (len(y) - 1) < share:
        return None
    later = median(y[1:])
    if later < ratio * y[0]:
        return None
    left = _left(loss, 0, later)
    if metric is not None and len(metric.values) >= 4 and _at_its_best(metric):
        return Vetoed(left, "the validation metric improves all the while")
    return Vetoed(left, "it grows as a running sum does") if _is_running_sum(y) else left


def _burst(loss: Curve, factor: float) -> Measured[Climb] | None:
    """A last record above all others by `factor` times their range, or a place where all after are `factor` times all before."""
    y = loss.values
    topmost = len(y) >= 6 and y[-1] >= loss.extremes[1]
    if topmost and y[-1] - y[:-1].max() >= factor * max(float(np.ptp(y[:-1])), 1e-300):
        return _left(loss, len(y) - 2, float(y[-1]))
    broken = None if loss.mirrored else _breaks_at(y, factor)
    return None if broken is None else _left(loss, broken - 1, median(y[broken:]))


def _rising(loss: Curve, val: Curve | None, uniform: float, even_ratio: float, epoch_ratio: float) -> Measured[Climb] | None:
    """A loss that rises at every record: evenly together with validation or far enough, or by epochs, and is no running sum."""
    y = loss.values
    if not _rises(y) or _is_running_sum(y):
        return None
    both = val is not None and _rises_evenly(y, uniform) and _rises_evenly(val.values, uniform)
    evenly = _rises_evenly(y, uniform) and y[-1] >= even_ratio * y[0] > 0
    by_epoch = loss.granularity == "epoch" or loss.axis == "epoch"
    return _left(loss, 0, float(y[-1])) if both or evenly or (by_epoch and y[-1] >= epoch_ratio * y[0] > 0) else None


def _explained(
    measured: Measured[Climb], loss: Curve, val: Curve | None, lr: Curve | None, at: int, sweep: float
) -> Vetoed[Climb] | None:
    """A climb that something else explains: the learning rate, or a validation loss that is still at its best."""
    if lr is not None and _is_sweep(lr, sweep):
        return Vetoed(measured, "the learning rate was raised to the end, as in a search for its range")
    if lr is not None and _restarted(loss, lr, at):
        return Vetoed(measured, "the learning rate had fallen and rose again after the best point")
    if val is not None and len(val.values) >= 4 and _at_its_best(val):
        return Vetoed(measured, "the validation loss is still at its best")
    return None


def _together(measured: Measured[Climb], beside: Climb) -> Measured[Climb]:
    """A climb, and that of the validation loss: Stouffer's sum of both distances in standard errors, where it is the larger."""
    joint = (measured.evidence.sigmas + beside.sigmas) / float(np.sqrt(2.0))
    if beside.rise <= 0 or joint <= measured.evidence.sigmas:
        return measured
    return replace(measured, evidence=replace(measured.evidence, sigmas=joint))


def _breaks_at(y: Floats, factor: float) -> int | None:
    """The first index from which every value is at least `factor` times every (positive) value before it; None without one.

    Three values are asked for before a single last one, two before several.
    """
    if y[0] > 0 and y[-1] < factor * y[0]:
        return None
    highest, lowest = np.maximum.accumulate(y)[:-1], np.minimum.accumulate(y[::-1])[::-1][1:]
    places = np.flatnonzero((highest > 0) & (lowest >= factor * highest)) + 1
    places = places[(places >= 3) | ((places >= 2) & (len(y) - places >= 2))]
    return int(places[0]) if len(places) else None


def _turn(y: Floats, ratio: float) -> int | None:
    """Where a loss that has fallen at every record, at least three, begins to rise at every record, at least three, to at least
    `ratio` times its (positive) best there; None without such a place."""
    best = int(np.argmin(y))
    turned = 3 <= best <= len(y) - 4 and _rises(y[best::-1]) and _rises(y[best:])
    return best if turned and y[-1] >= ratio * y[best] > 0 else None


def _rises(y: Floats) -> bool:
    """Whether every value lies above the one before; most curves show in their first values that they do not."""
    return bool((y[1:GLANCE] > y[: GLANCE - 1][: len(y) - 1]).all()) and (len(y) <= GLANCE or bool((y[1:] > y[:-1]).all()))


def _rises_evenly(y: Floats, factor: float) -> bool:
    """Whether at least four values rise at every record, by steps that are alike to a factor."""
    if len(y) < 4 or not _rises(y):
        return False
    steps = np.diff(y)
    return bool(steps.min() > 0 and steps.max() <= factor * steps.min())


def _is_running_sum(y: Floats) -> bool:
    """Whether the curve rises at every record and is proportional, to a third, to the number of records so far."""
    if not _rises(y):
        return False
    share = y / np.arange(1, len(y) + 1)
    return bool(np.abs(share / median(share) - 1).max() <= 1 / 3)


def _left(loss: Curve, last_good: int, tail: float) -> Measured[Climb]:
    """Divergence that needs no estimate of noise: from the point `last_good` the loss is gone, however late that is."""
    first, last = int(loss.places[last_good + 1]), int(loss.places[-1])
    evidence = replace(_plain(loss, last_good, tail), best_progress=0.0, after=len(loss.values))
    return Measured(evidence, first, (Span(first, last),))


def _plain(curve: Curve, best_at: int, tail: float) -> Climb:
    """A climb from one point to the level `tail` that stands out without an estimate of noise."""
    sign = -1.0 if curve.mirrored else 1.0
    best = float(curve.values[best_at])
    rise = tail - best
    relative = rise / max(abs(best), 1e-300)
    return Climb(
        rise=min(MOST, rise / max(float(curve.values[0]) - best, rise / MOST, 1e-300)),
        relative=min(MOST, relative),
        rise_percent=min(MOST, 100 * relative),
        sigmas=MOST,
        best_progress=best_at / len(curve.values),
        after=len(curve.values) - 1 - best_at,
        best=sign * best,
        tail=sign * tail,
        best_step=float(curve.x[curve.places[best_at]]),
        points=len(curve.values),
    )


def rise_after_minimum(
    val: Curve,
    train: Curve | None,
    metric: Curve | None,
    *,
    min_points: int,
    train_sigmas: float,
    train_share: float,
    train_rise: float,
    metric_sigmas: float,
    short_rises: int,
    short_rise: float,
) -> Measured[Climb] | Vetoed[Climb] | NotJudged:
    """Overfitting: the smoothed validation curve is past its best while training goes on falling.

    Fewer than `min_points` evaluations are judged where the curve needs no smoothing: it rises at each of at least
    `short_rises` evaluations since its best, by at least `short_rise` of that best in all, while training has fallen.

    The training curve may not have risen by more than `train_sigmas` of its own standard errors since then, and by
    `train_share` of what validation rose, each in units of its own progress, or by `train_rise` (else it is no overfitting).
    Vetoed when the validation metric has improved by more than `metric_sigmas` since the loss's best.
    """
    if len(val.values) < min_points:
        plain = _plain_rise(val, train, metric, short_rises, short_rise)
        return plain or NotJudged("too_short", f"{len(val.values)} evaluations, {min_points} needed")
    climb, at = _climb(val)
    measured = Measured(climb, at, (Span(at, int(val.places[-1])),))
    if (
        train is not None
        and len(train.values) >= 3
        and _rises_too(train, val, at, train_sigmas, min(train_rise, train_share * climb.rise))
    ):
        return Vetoed(measured, "the training loss rises too")
    if metric is not None and len(metric.values) >= min_points and change_since(metric, val, at) < -metric_sigmas:
        return Vetoed(measured, "the validation metric has improved since")
    return measured


def _plain_rise(val: Curve, train: Curve | None, metric: Curve | None, rises: int, share: float) -> Measured[Climb] | None:
    """A rise from the raw best to the end without a single fall, by `share` of the best or more; None if it is not that."""
    y = val.values
    best = int(np.argmin(y)) if len(y) else 0
    if len(y) - 1 - best < rises or (np.diff(y[best:]) <= 0).any() or y[-1] - y[best] < share * abs(y[best]):
        return None
    at = int(val.places[best])
    if train is None or change_since(train, val, at) >= 0 or (metric is not None and change_since(metric, val, at) < 0):
        return None
    return Measured(_plain(val, best, float(y[-1])), at, (Span(at, int(val.places[-1])),))


def _rises_too(train: Curve, val: Curve, at: int, sigmas: float, rise: float) -> bool:
    """Whether training has risen since `at` by more than `sigmas`, and stands at least `rise` of its progress above its best."""
    return change_since(train, val, at) > sigmas and _climb(train)[0].rise >= rise


class Miscalibration(msgspec.Struct, frozen=True):
    """Validation loss against validation metric since the loss's best: `rise`, `relative`, `sigmas` of the loss as in `Climb`;
    `metric_sigmas` the metric's improvement in its standard errors, `metric_best`, `metric_tail` its levels."""

    rise: float
    relative: float
    sigmas: float
    after: int
    best_step: float
    best: Level
    tail: Level
    metric_sigmas: float
    metric_tail: float


def loss_up_metric_up(
    val: Curve, metric: Curve, train: Curve | None, train_metric: Curve | None, *, min_points: int, train_sigmas: float
) -> Measured[Miscalibration] | NotJudged:
    """The validation loss rises past its best while the validation metric still improves (Guo et al. 2017).

    Where the training loss has risen too, by `train_sigmas` standard errors, and the training metric has not got worse, the
    metrics of both count together (Stouffer's sum of their improvements in standard errors), unless the one of validation fell.
    """
    if min(len(val.values), len(metric.values)) < min_points:
        return NotJudged("too_short", f"{min(len(val.values), len(metric.values))} evaluations, {min_points} needed")
    climb, at = _climb(val)
    sign = -1.0 if metric.mirrored else 1.0
    evidence = Miscalibration(
        rise=climb.rise,
        relative=climb.relative,
        sigmas=climb.sigmas,
        after=climb.after,
        best_step=climb.best_step,
        best=climb.best,
        tail=climb.tail,
        metric_sigmas=_improved(metric, train, train_metric, val, at, train_sigmas),
        metric_tail=sign * metric.shape.tail,
    )
    return Measured(evidence, at, (Span(at, int(val.places[-1])),))


def _improved(metric: Curve, train: Curve | None, train_metric: Curve | None, val: Curve, at: int, train_sigmas: float) -> float:
    """How far the metric has improved since `at`, in standard errors; together with that of training where its loss rises too."""
    own = -change_since(metric, val, at)
    if train is None or train_metric is None or own < 0 or change_since(train, val, at) <= train_sigmas:
        return own
    return max(own, (own - change_since(train_metric, val, at)) / float(np.sqrt(2.0)))


def change_since(curve: Curve, other: Curve, at: int) -> float:
    """Change of the smoothed `curve` from the moment of `other`'s point `at` to the end, in its standard errors (up is worse).

    0 for a curve without a finite point.
    """
    if not len(curve.values):
        return 0.0
    axis = shared_axis(curve, other)
    index = at_or_before(curve, axis, float(other.axes[axis][at])) if axis in other.axes and axis in curve.axes else -1
    shape = curve.shape
    block = int(np.searchsorted(shape.middle, np.searchsorted(curve.places, max(index, 0))))
    then = float(shape.smooth[min(block, len(shape.smooth) - 1)])
    return (shape.tail - then) / max(shape.error * float(np.sqrt(2.0)), 1e-12 * abs(then), 1e-300)


def _is_sweep(lr: Curve, factor: float) -> bool:
    """Whether the learning rate only rises, to the end, by at least `factor`."""
    y = lr.values
    return len(y) >= 4 and y[0] > 0 and y[-1] >= factor * y[0] and y[-1] > y[-2] and bool((y[1:] >= y[:-1]).all())


def _restarted(loss: Curve, lr: Curve, at: int) -> bool:
    """Whether the learning rate had at least halved before the best point and at least doubled after it."""
    axis = shared_axis(loss, lr)
    if axis not in loss.axes or axis not in lr.axes:
        return False
    index = at_or_before(lr, axis, float(loss.axes[axis][at]))
    if index < 0 or not (lr.y[index] > 0):
        return False
    before, after = lr.y[: index + 1], lr.y[index:]
    return bool(np.nanmax(before) >= 2 * lr.y[index] and np.nanmax(after) >= 2 * lr.y[index])


def _at_its_best(curve: Curve) -> bool:
    """Whether the smoothed curve ends within two standard errors of its best, and that best is in the last fifth."""
    shape = curve.shape
    return shape.tail - shape.best <= 2 * shape.error and (shape.best_at + 1) / len(shape.y) >= 0.8
