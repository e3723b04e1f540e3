"""Curves that stay where they are: never learning, and late plateaus. Equivalence tests, never mere lack of evidence."""

from __future__ import annotations

from functools import lru_cache

import msgspec
import numpy as np

from loglint.curves.curve import Curve
from loglint.curves.noise import GLANCE, MEDIAN_TO_MEAN, median, resolution
from loglint.curves.shape import Shape
from loglint.curves.trend import linear_trend
from loglint.detectors import Level, Measured, NotJudged, Span, Vetoed
from loglint.detectors.rise import change_since
from loglint.model import Floats

LATE = (0.6, 1.0)  # of the run: where its level is taken
SURE = 2.33  # standard errors: one in a hundred normal errors is larger (one side)
FEW = 4.0  # over the number of blocks: what the uncertainty of the noise adds, as in quantiles of Student's t
FEWEST, MOST_CORRELATED = 8, 0.95  # blocks that tell of correlated errors, and the highest correlation allowed for
MOST_NATS = 12.0  # ln of the largest number of classes that a loss is taken to speak of


class FlatFromStart(msgspec.Struct, frozen=True):
    """What the objective gained after its first records.

    `gain` and `gain_upper` (with `SURE` standard errors) are shares of the level; `gain_sigmas` the gain in standard
    errors (0 where the upper bound is negligible); `first_drop` the share of the first level lost in the first records
    (0 when the level is that of chance); `level` the level itself, `chance` the chance level it sits at or NaN; `poor` 1
    where it is a metric or reward, which are judged only where they are poor.
    """

    gain: float
    gain_upper: float
    gain_sigmas: float
    first_drop: float
    level: Level
    chance: Level
    at_chance: int
    poor: int
    points: int


def flat_from_start(
    objective: Curve,
    classes: float | None,
    accuracy: Curve | None,
    *,
    min_points: int,
    skip: float,
    negligible: float,
    chance_within: float,
    chance_within_few: float,
    chance_classes: tuple[int, ...],
    loss_within: float,
    accuracy_within: float,
    stuck_share: float,
    latest_start: float,
    poor_metric: float,
    reward_noise: float,
    metric_range: float,
    chance_points: int,
    still: float,
    still_discount: float,
    pinned_within: float,
    pinned_digits: int,
    constant_points: int,
) -> Measured[FlatFromStart] | NotJudged:
    """The objective never learns: after the first `skip` of the run it stays at one level.

    The level is that of chance when it lies within `chance_within` of ln C (`chance_within_few` in fewer than `min_points`
    records, which show less of their noise), for the run's own number of classes (and two standard errors of the level, up to
    twice as much) or, if that is unknown, one of `chance_classes`; or within `loss_within` of the ln C of any C, where the
    accuracy lies within `accuracy_within` of 1/C. Two halves at the same such level need no estimate of noise, nor does a
    loss that is pinned there for at least the last `stuck_share` of the records, whatever it did before. Fewer than
    `min_points` records, down to `chance_points`, are judged only at chance or where the loss is pinned, and so is a log that
    begins later than `latest_start` of its run. Pinned is a loss whose records after the first are all equal to `pinned_within` of
    the level, with more than `pinned_digits` significant digits (coarser ones are equal by rounding). The first level is that
    of the first record or of the first three, whichever is better: what jumps up and comes back has learned nothing. A metric
    that is exactly the same in all of `constant_points` records or more is judged on fewer than `min_points` too, and such a
    reward on twice as many, without any noise to measure it by. An accuracy (mirrored) is judged only where it is poor, at
    most `poor_metric`. A reward's gain is measured in `reward_noise` times its own noise. The first drop counts
    `still_discount` of what it is where the rest stands so still that even its upper bound is under `still`: a language model
    that only learns the frequencies of its tokens falls by a quarter and then stops. A loss that is still on its way down
    within the `skip`, after its first three blocks of records, has learned that much. What the log rounds away counts as a
    gain that might have been.
    """
    shape = objective.shape
    if shape.n < chance_points:
        return NotJudged("too_short", f"{shape.n} records, {chance_points} needed")
    constant = _is_constant(objective, constant_points)
    scale = _scale(objective, reward_noise, metric_range) or (max(1.0, abs(objective.extremes[0])) if constant else None)
    if scale is None:
        return NotJudged("excluded", "the range of this metric is not known")
    enough, late = shape.n >= min_points, shape.level(*LATE)
    skip = max(skip, 1 / len(shape.y))
    near = _nearness(shape, late, chance_within, classes) if enough else chance_within_few
    chance = _chance(late, classes, near, chance_classes)
    chance = chance if np.isfinite(chance) else _chance_by(accuracy, late, classes, loss_within, accuracy_within)
    chance = float("nan") if objective.mirrored else chance
    pinned = not objective.mirrored and _is_pinned(objective.values[1:], pinned_within, pinned_digits)
    at_chance = bool(np.isfinite(chance))
    if not at_chance and not pinned and not constant and not enough:
        return NotJudged("too_short", f"{shape.n} records, {min_points} needed")
    if not at_chance and not pinned and objective.stretch > latest_start:
        return NotJudged("excluded", "the log begins in the middle of the run")
    if objective.quantity == "metric" and objective.mirrored and -late > poor_metric * scale / metric_range:
        return NotJudged("excluded", "a good metric that stays is no failure to learn")
    begins = _stuck_from(objective.values, pinned_within) if at_chance else 0
    stuck = at_chance and shape.n - begins >= max(chance_points, stuck_share * shape.n)
    stuck = stuck and _is_pinned(objective.values[begins:], pinned_within, pinned_digits)
    soon = (skip, max(2 * skip, 0.4))
    early = shape.level(*soon)
    certain = stuck or pinned or (at_chance and _chance(early, classes, near, chance_classes) == chance)
    error = 0.0 if certain else _error(shape, skip, shape.blocks(*soon), shape.blocks(*LATE))
    gain = _gained(objective, skip, 0.0 if stuck else early - late, None if at_chance else late)
    evidence = _evidence(objective, scale, late, chance, gain, error, negligible, still, still_discount)
    at = int(objective.places[begins if stuck else 0])
    return Measured(evidence, at, (Span(at, int(objective.places[-1])),))


def _is_constant(objective: Curve, points: int) -> bool:
    """Whether a metric is exactly the same in all of so many records or more, a reward in twice as many."""
    enough = objective.shape.n >= points * (2 if objective.quantity == "reward" else 1)
    return enough and objective.mirrored and objective.extremes[0] == objective.extremes[1]


def _nearness(shape: Shape, late: float, within: float, classes: float | None) -> float:
    """How near to chance is at chance: where the classes are known two standard errors of the level too, up to twice `within`."""
    if not classes:
        return within
    return min(2 * within, max(within, 2 * shape.error_of(shape.blocks(*LATE)) / max(abs(late), 1e-300)))


def _gained(objective: Curve, skip: float, gain: float, late: float | None) -> float:
    """What was gained over all of the run: over its middle, while it settled above its `late` level (None at chance), and for a
    reward at any time."""
    gain = max(gain, 0.0 if late is None else _settling(objective, skip, late))
    return max(gain, _climb(objective.shape)) if objective.quantity == "reward" else gain


def _evidence(
    objective: Curve,
    scale: float,
    late: float,
    chance: float,
    gain: float,
    error: float,
    negligible: float,
    still: float,
    still_discount: float,
) -> FlatFromStart:
    """Levels, a gain and its standard error as shares of the scale."""
    shape, at_chance = objective.shape, bool(np.isfinite(chance))
    rounded = 0.0 if objective.mirrored else resolution(objective.values) / 2
    upper = (gain + SURE * (1 + FEW / len(shape.y)) * error + rounded) / scale
    first = min(float(objective.values[0]), median(objective.values[: 3 if shape.n >= 10 else 1]))
    return FlatFromStart(
        gain=gain / scale,
        gain_upper=max(0.0, upper),
        gain_sigmas=0.0 if upper < negligible or objective.quantity == "reward" or error == 0 else gain / error,
        first_drop=0.0 if at_chance else max(0.0, (first - late) / scale) * (still_discount if upper < still else 1.0),
        level=-late if objective.mirrored else late,
        chance=chance,
        at_chance=int(at_chance),
        poor=int(objective.mirrored),
        points=shape.n,
    )


def _stuck_from(y: Floats, within: float) -> int:
    """Index of the first of the last values that are all equal to `within`."""
    looked_at = GLANCE
    while True:
        other = np.flatnonzero(np.abs(y[-looked_at:] - y[-1]) > within * abs(y[-1]))
        if len(other) or looked_at >= len(y):
            return max(0, len(y) - looked_at) + int(other[-1]) + 1 if len(other) else 0
        looked_at *= 8


def _is_pinned(y: Floats, within: float, digits: int) -> bool:
    """Whether all values are equal to `within` of one level, and that has more significant digits than `digits`: coarser ones are
    equal by rounding."""
    if _differ(y[:GLANCE], within):
        return False
    level = float(np.median(y))
    coarse = float(f"{level:.{digits - 1}e}")
    return bool(level != 0 and np.abs(y - level).max() <= within * abs(level) < abs(level - coarse))


def _differ(y: Floats, within: float) -> bool:
    """Whether some of the values lie further apart than any that are equal to `within` of one level can."""
    low, high = float(y.min(initial=np.inf)), float(y.max(initial=-np.inf))
    return (1 - within) * (high - low) > 2.001 * within * max(abs(low), abs(high))


def _error(shape: Shape, skip: float, early: int, late: int) -> float:
    """Standard error of the difference of the medians of so many early and late blocks.

    From the noise of a block, or from how all blocks after the `skip` scatter about a line, where that is more: errors that are
    correlated over longer than neighbours show only there. Their correlation is read off the residuals, with the bias of so few
    taken off (Marriott and Pope 1954, Biometrika 41:390).
    """
    near = float(np.hypot(shape.error_of(early), shape.error_of(late)))
    rest = shape.y[int(skip * len(shape.y)) :]
    if len(rest) < FEWEST:
        return near
    i = np.arange(len(rest)) - (len(rest) - 1) / 2
    residual = rest - rest.mean() - i * float(i @ rest) / float(i @ i)
    square = float(residual @ residual)
    if square == 0:
        return near
    r = float(residual[1:] @ residual[:-1]) / square
    r = min(MOST_CORRELATED, max(0.0, r + (1 + 4 * r) / len(rest)))
    sigma = float(np.sqrt(square / (len(rest) - 2) * (1 + r) / (1 - r)))
    return max(near, MEDIAN_TO_MEAN * sigma * float(np.sqrt(1 / early + 1 / late)))


def _settling(objective: Curve, skip: float, late: float) -> float:
    """How far a loss lies above its `late` level between its first three blocks and `skip`; minus infinity where that is within
    three standard errors, or fewer than three blocks lie there."""
    shape = objective.shape
    between = shape.y[3 : int(skip * len(shape.y))]
    above = median(between) - late if len(between) >= 3 and not objective.mirrored else -np.inf
    return above if above >= 3 * shape.error_of(len(between)) else -np.inf


def _climb(shape: Shape) -> float:
    """How much better than its first fifth the best fifth of a curve is: a reward may be won and lost again."""
    fifths = [shape.level(k / 5, (k + 1) / 5) for k in range(5)]
    return fifths[0] - min(fifths)


def _scale(objective: Curve, reward_noise: float, metric_range: float) -> float | None:
    """What a gain is a share of: the level of a loss, `metric_range` times that of a metric (1, or 100), and for a reward,
    whose range nobody knows, `reward_noise` times the noise of one record."""
    shape = objective.shape
    if objective.quantity == "reward":
        return reward_noise * shape.sigma * float(np.sqrt(shape.size)) or None
    if not objective.mirrored:
        return max(abs(shape.level(*LATE)), 1e-300)
    top = max(map(abs, objective.extremes))
    return metric_range * (1.0 if top <= 1.5 else 100.0) if top <= 100 else None


def _chance(level: float, classes: float | None, within: float, guesses: tuple[int, ...]) -> float:
    """ln C for the C whose chance level this is, to `within`: the run's own classes, else one of the guesses; NaN for none."""
    return next((ln for ln in _logarithms((classes,) if classes else guesses) if abs(level - ln) <= within * ln), float("nan"))


@lru_cache(maxsize=64)
def _logarithms(classes: tuple[float, ...]) -> tuple[float, ...]:
    """ln C of each C over 1."""
    return tuple(float(np.log(c)) for c in classes if c > 1)


def _chance_by(accuracy: Curve | None, level: float, classes: float | None, within: float, accuracy_within: float) -> float:
    """ln C for the C that both a loss, to `within`, and the accuracy beside it speak of, to `accuracy_within` of 1/C; else NaN."""
    if accuracy is None or not accuracy.mirrored or not len(accuracy.values) or not 0 < level < MOST_NATS:
        return float("nan")
    c = classes or float(round(np.exp(level)))
    right = -median(accuracy.values) / (100.0 if -accuracy.values.min() > 1 else 1.0)
    if c < 2 or abs(level - np.log(c)) > within * np.log(c) or abs(right * c - 1) > accuracy_within:
        return float("nan")
    return float(np.log(c))


class FlatTail(msgspec.Struct, frozen=True):
    """What the last part of the run brought.

    `change_upper` the largest improvement that the trend of the tail admits (95 %), in units of P, the improvement of
    the whole run; `progress_sigmas` P in standard errors; `level_left` the tail's level as a share of the start's (1
    where the loss is not positive); `lr_share` the learning rate as a share of its peak (NaN when not logged).
    """

    change: float
    change_upper: float
    progress_sigmas: float
    level_left: float
    lr_share: float
    lr_logged: int
    from_step: float
    points: int


def flat_tail(
    objective: Curve,
    metric: Curve | None,
    lr: Curve | None,
    *,
    min_points: int,
    tail: float,
    min_detectable: float,
    lr_decayed: float,
) -> Measured[FlatTail] | Vetoed[FlatTail] | NotJudged:
    """The last `tail` of the run brings nothing although it could.

    Equivalence: the 95 % interval of the tail's trend excludes an improvement of `min_detectable` P; where it is wider
    than that the noise forbids a verdict. Vetoed when the validation metric still improves, or the learning rate is
    already under `lr_decayed` of its peak.
    """
    shape = objective.shape
    if shape.n < min_points:
        return NotJudged("too_short", f"{shape.n} records, {min_points} needed")
    if shape.progress <= 0:
        return NotJudged("excluded", "the run never improved: no late plateau")
    first = int((1 - tail) * len(shape.y))
    trend = linear_trend(shape.y[first:], shape.sigma, shape.inflation)
    if 2 * trend.error > min_detectable * shape.progress:
        return NotJudged("undetectable", f"noise hides an improvement of {min_detectable:.1%} of the run's progress")
    lr_share = float("nan")
    if lr is not None and len(lr.values):
        lr_share = float(median(lr.values[-max(1, len(lr.values) // 10) :]) / max(float(lr.values.max()), 1e-300))
    at = int(objective.places[shape.middle[first]])
    evidence = FlatTail(
        change=-trend.change / shape.progress,
        change_upper=(-trend.change + 2 * trend.error) / shape.progress,
        progress_sigmas=shape.progress / max(shape.error, 1e-300),
        level_left=shape.tail / shape.start if shape.start > 0 and shape.tail > 0 else 1.0,
        lr_share=lr_share,
        lr_logged=int(np.isfinite(lr_share)),
        from_step=float(objective.x[at]),
        points=shape.n,
    )
    measured = Measured(evidence, at, (Span(at, int(objective.places[-1])),))
    if np.isfinite(lr_share) and lr_share < lr_decayed:
        return Vetoed(measured, "the learning rate has already decayed")
    if metric is not None and len(metric.values) >= 5 and change_since(metric, objective, at) < -2:
        return Vetoed(measured, "the validation metric still improves")
    return measured
