"""How validation relates to training without rising or falling: better, equal, noisy, stalled, at chance, best at once."""

from __future__ import annotations

import msgspec
import numpy as np

from loglint.curves.beside import all_positive, beside, known_where
from loglint.curves.curve import Curve
from loglint.curves.noise import median, noise_scale
from loglint.curves.trend import linear_trend
from loglint.detectors import Level, Measured, NotJudged, Span, late, later
from loglint.detectors.plateau import MOST_NATS
from loglint.detectors.rise import change_since
from loglint.model import Floats


@late("advantage")
class Better(msgspec.Struct, frozen=True):
    """`share` of evaluations at which validation is better than training by at least the margin, and by how much in the
    median (`advantage`, a share of the training level)."""

    share: float
    advantage: float
    evaluations: int


def better_than_train(val: Curve, train: Curve, *, min_points: int, margin: float) -> Measured[Better] | NotJudged:
    """Validation better than training nearly always, by at least `margin` of the training level."""
    pair = beside(val, train)
    count, first, mine, other = known_where(None if all_positive(pair, val, train) else np.isfinite(pair) & (pair != 0), val, pair)
    if count < min_points:
        return NotJudged("too_short", f"{count} evaluations beside training records, {min_points} needed")
    advantage = other - mine
    advantage /= np.abs(other)
    evidence = Better(int(np.count_nonzero(advantage >= margin)) / count, later(lambda: median(advantage)), count)
    return Measured(evidence, first, (Span(first, int(val.places[-1])),))


@late("median", "moved")
class Same(msgspec.Struct, frozen=True):
    """The largest and the median relative difference between training and validation at the same moments."""

    largest: float
    median: float
    moved: float
    evaluations: int


def train_equals_validation(val: Curve, train: Curve, *, min_points: int) -> Measured[Same] | NotJudged:
    """Training and validation curves that are one and the same within rounding."""
    pair = beside(val, train)
    count, _, mine, other = known_where(None if pair is train.values else np.isfinite(pair), val, pair)
    if count < min_points:
        return NotJudged("too_short", f"{count} evaluations beside training records, {min_points} needed")
    difference = np.abs(mine - other)
    difference /= np.maximum(np.abs(other), 1e-300)
    moved = later(lambda: float(np.ptp(mine)) / max(median(np.abs(mine)), 1e-300))
    evidence = Same(float(difference.max()), later(lambda: median(difference)), moved, count)
    return Measured(evidence, int(val.places[0]), (Span(int(val.places[0]), int(val.places[-1])),))


@late("spread")
class Ratio(msgspec.Struct, frozen=True):
    """The median ratio of validation to training, the whole number nearest to it (or to its inverse), the distance from
    that, and how much the ratio varies."""

    ratio: float
    whole: int
    distance: float
    spread: float
    evaluations: int


def constant_ratio(val: Curve, train: Curve, *, min_points: int) -> Measured[Ratio] | NotJudged:
    """Training and validation differ by a constant whole factor: accumulation, or a sum against a mean."""
    pair = beside(val, train)
    known = None if all_positive(pair, val, train) else np.isfinite(pair) & (pair > 0) & (val.values > 0)
    count, _, mine, other = known_where(known, val, pair)
    if count < min_points:
        return NotJudged("too_short", f"{count} evaluations beside training records, {min_points} needed")
    ratios = other / mine
    middle = median(ratios)
    factor = middle if middle >= 1 else 1 / middle
    whole = max(1, round(factor))
    evidence = Ratio(middle, whole, abs(factor - whole) / whole, later(lambda: float(np.ptp(np.log(ratios)))), count)
    return Measured(evidence, int(val.places[0]), (Span(int(val.places[0]), int(val.places[-1])),))


@late("over_train", "over_trend")
class NoisyValidation(msgspec.Struct, frozen=True):
    """Validation noise over the last two thirds in units of its level (`noise`), of the training noise at the same pace
    (`over_train`), and of the trend that remains (`over_trend`)."""

    noise: float
    over_train: float
    over_trend: float
    evaluations: int


def noisy_validation(val: Curve, train: Curve, *, min_points: int, from_share: float) -> Measured[NoisyValidation] | NotJudged:
    """Validation swings from one evaluation to the next while training, at the same pace, does not."""
    if len(val.values) < min_points:
        return NotJudged("too_short", f"{len(val.values)} evaluations, {min_points} needed")
    y = val.values[int(from_share * len(val.values)) :]
    level = median(y)
    if level <= 0 or val.mirrored:
        return NotJudged("excluded", "noise is measured against a positive level")
    sigma = noise_scale(y)
    evidence = NoisyValidation(
        noise=sigma / level,
        over_train=later(lambda: _over_train(sigma / level, beside(val, train)[int(from_share * len(val.values)) :])),
        over_trend=later(lambda: _over_trend(sigma, y)),
        evaluations=len(val.values),
    )
    first = int(val.places[int(from_share * len(val.values))])
    return Measured(evidence, first, (Span(first, int(val.places[-1])),))


def _over_train(noise: float, pair: Floats) -> float:
    """Noise in units of the level over that of training at the same moments; 0 where these are too few to tell."""
    pair = pair[np.isfinite(pair)]
    if len(pair) < 4:
        return 0.0
    return min(1e6, noise / max(noise_scale(pair) / max(median(np.abs(pair)), 1e-300), 1e-9))


def _over_trend(sigma: float, y: Floats) -> float:
    """Noise over what a curve still falls from its first third to its last."""
    third = max(1, len(y) // 3)
    remaining = max(0.0, median(y[:third]) - median(y[-third:]))
    return min(1e6, sigma / max(remaining, sigma * 1e-6, 1e-300))


@late("train_sigmas", "gain_upper")
class Stalled(msgspec.Struct, frozen=True):
    """Evaluations since the smoothed best (`after`), as a share of the run (`wasted`), the change since then in standard
    errors (`sigmas`, up is worse), how far training went on falling (`train_sigmas`), and the largest improvement that the
    trend since then admits (95 %), as a share of the whole progress (`gain_upper`), of a metric's level where that is more."""

    after: int
    wasted: float
    sigmas: float
    train_sigmas: float
    gain_upper: float
    best: Level
    best_step: float
    progress_sigmas: float
    evaluations: int


def validation_stalled(val: Curve, train: Curve, *, min_points: int, good_metric: float) -> Measured[Stalled] | NotJudged:
    """The best validation value lies many evaluations back, nothing rises, and training goes on.

    A metric that has come to `good_metric` of its range (1, or 100) has nothing left to gain, and others than these have no range.
    """
    shape = val.shape
    if shape.n < min_points:
        return NotJudged("too_short", f"{shape.n} evaluations, {min_points} needed")
    top = max(0.0, -val.extremes[0]) if val.mirrored else 0.0
    if val.mirrored and (top > 100 or -shape.best >= good_metric * (1.0 if top <= 1.0 else 100.0)):
        return NotJudged("excluded", "a metric that is good already, or whose range is not known")
    reached = np.flatnonzero(shape.smooth <= shape.best + shape.error)
    block = int(reached[0])
    at = int(val.places[shape.middle[block]])
    error = max(shape.error * float(np.sqrt(2.0)), 1e-300)
    sign = -1.0 if val.mirrored else 1.0
    evidence = Stalled(
        after=shape.n - 1 - int(shape.middle[block]),
        wasted=1 - (block + 1) / len(shape.y),
        sigmas=(shape.tail - shape.best) / error,
        train_sigmas=later(lambda: -change_since(train, val, at)),
        gain_upper=later(lambda: _gain_upper(val, block)),
        best=sign * shape.best,
        best_step=float(val.x[at]),
        progress_sigmas=shape.progress / error,
        evaluations=shape.n,
    )
    return Measured(evidence, at, (Span(at, int(val.places[-1])),))


def _gain_upper(val: Curve, block: int) -> float:
    """The largest improvement that the trend from a block on admits, as a share of the progress or of a metric's level."""
    shape = val.shape
    trend = linear_trend(shape.y[min(block, len(shape.y) - 2) :], shape.sigma, shape.inflation)
    return (2 * trend.error - trend.change) / max(shape.progress, abs(shape.best) if val.mirrored else 0.0, 1e-300)


@late("sigmas")
class BestFirst(msgspec.Struct, frozen=True):
    """The first evaluation against all later ones: how much worse their median is (`behind`, a share of the level), and
    their best in noise (`sigmas`)."""

    behind: float
    sigmas: float
    first: Level
    later: Level
    evaluations: int


def best_at_first(val: Curve, *, min_points: int) -> Measured[BestFirst] | NotJudged:
    """No later evaluation is as good as the first."""
    y = val.values
    if len(y) < min_points:
        return NotJudged("too_short", f"{len(y)} evaluations, {min_points} needed")
    if int(val.places[0]) != 0 or val.stretch > 0.5:
        return NotJudged("excluded", "the first evaluation is not in the log")
    sign = -1.0 if val.mirrored else 1.0
    best = float(y[1:].min())
    behind = (median(y[1:]) - float(y[0])) / max(abs(val.middle), 1e-300)
    evidence = BestFirst(behind, later(lambda: (best - y[0]) / _error_of(y[1:])), sign * y[0], sign * best, len(y))
    return Measured(evidence, 0, (Span(0, int(val.places[-1])),))


def _error_of(y: Floats) -> float:
    """The noise of a curve, of a few values their standard deviation; never 0."""
    return max(noise_scale(y) if len(y) > 4 else float(np.std(y)), 1e-300)


class AtChance(msgspec.Struct, frozen=True):
    """A validation accuracy against 1/C: its `level` at the end, `chance`, and how far the end (`above`) and the best tenth
    (`best_above`) lie over chance, as shares of it or of `confirmed` times what is left to perfect."""

    level: Level
    chance: Level
    above: float
    best_above: float
    evaluations: int


def at_chance(
    val: Curve,
    classes: float | None,
    loss: Curve | None,
    train: Curve | None,
    *,
    min_points: int,
    loss_within: float,
    confirmed: float,
    chance_classes: tuple[int, ...],
    steady: float,
    steady_points: int,
    learned: float,
) -> Measured[AtChance] | NotJudged:
    """Validation accuracy that never leaves one over the number of classes.

    Where that number is not known the validation loss tells it, if every evaluation lies within `loss_within` of the same ln C.
    Two witnesses are stronger than one: the distance over chance is then a share of `confirmed` times the way from chance to
    perfect, where that is the longer. Without a validation loss it is told by `steady_points` accuracies that all lie within
    `steady` of chance among one of `chance_classes`, their median within a third of that, while the training accuracy has gone
    `learned` of the way from there to perfect.
    """
    told = _classes_of(loss, loss_within)
    agreed = told is not None and classes in (None, told)
    classes = classes or told
    if classes is None and train is not None and min(len(val.values), len(train.values)) >= steady_points:
        classes = _classes_beside(val, train, chance_classes, steady, learned)
    if classes is None or classes < 2:
        return NotJudged("absent", "the number of classes is not known")
    if len(val.values) < min_points:
        return NotJudged("too_short", f"{len(val.values)} evaluations, {min_points} needed")
    accuracy = -val.values
    if not val.mirrored or accuracy.max() > 100:
        return NotJudged("excluded", "no accuracy between 0 and 1 or 0 and 100")
    scale = 100.0 if accuracy.max() > 1.0 else 1.0
    level, best, chance = median(accuracy[-3:]) / scale, float(np.quantile(accuracy, 0.9)) / scale, 1 / classes
    unit = max(chance, confirmed * (1 - chance)) if agreed else chance
    evidence = AtChance(level, chance, (level - chance) / unit, (best - chance) / unit, len(accuracy))
    return Measured(evidence, int(val.places[0]), (Span(int(val.places[0]), int(val.places[-1])),))


def _classes_of(loss: Curve | None, within: float) -> float | None:
    """The C whose ln C is a loss at every evaluation, to `within`; None where it is none's."""
    if loss is None or loss.mirrored or not len(loss.values) or not 0 < median(loss.values) < MOST_NATS:
        return None
    c = float(round(np.exp(median(loss.values))))
    near = c >= 2 and bool((np.abs(loss.values - np.log(c)) <= within * np.log(c)).all())
    return c if near else None


def _classes_beside(val: Curve, train: Curve, guesses: tuple[int, ...], steady: float, learned: float) -> float | None:
    """The C at whose chance all validation accuracies stay while training leaves it; None where they stay at none's."""
    scale = _accuracy_range(val, train)
    if scale is None:
        return None
    reached, accuracy = median(-train.values[-3:]) / scale, -val.values / scale
    for c in guesses:
        apart = np.abs(accuracy * c - 1)
        if apart.max() <= steady and abs(median(accuracy) * c - 1) <= steady / 3:
            return float(c) if reached >= 1 / c + learned * (1 - 1 / c) else None
    return None


def _accuracy_range(val: Curve, train: Curve) -> float | None:
    """1 or 100, the upper end of two accuracies; None when they are none."""
    top = max(float(np.abs(val.values).max()), float(np.abs(train.values).max()))
    if top > 100 or not (val.mirrored and train.mirrored):
        return None
    return 1.0 if top <= 1.0 else 100.0


class TooGood(msgspec.Struct, frozen=True):
    """How near to perfect validation is (`short`, what it lacks of 1), after what share of the run (`soon`), and what
    training lacked then (`train_short`)."""

    short: float
    soon: float
    train_short: float
    evaluations: int


def too_good_too_soon(val: Curve, train: Curve, *, min_points: int, near: float) -> Measured[TooGood] | NotJudged:
    """Validation accuracy within `near` of perfect almost at once, while training accuracy is not."""
    if min(len(val.values), len(train.values)) < min_points:
        return NotJudged("too_short", f"{min(len(val.values), len(train.values))} evaluations, {min_points} needed")
    scale = _accuracy_range(val, train)
    if scale is None:
        return NotJudged("excluded", "judged on an accuracy")
    lacks = 1 + val.values / scale
    reached = np.flatnonzero(lacks <= near)
    if not len(reached):
        return Measured(TooGood(float(lacks.min()), 1.0, 0.0, len(lacks)), int(val.places[0]))
    k = int(reached[0])
    pair = 1 + beside(val, train) / scale
    stays = median(lacks[k:])
    evidence = TooGood(stays, k / len(lacks), float(pair[k]) if np.isfinite(pair[k]) else 0.0, len(lacks))
    return Measured(evidence, int(val.places[k]), (Span(int(val.places[k]), int(val.places[-1])),))


class Poor(msgspec.Struct, frozen=True):
    """Both curves flat, close together and poor: what training and validation lack of a perfect metric, their distance,
    and what the last half still gained."""

    train_short: float
    val_short: float
    apart: float
    gain: float
    evaluations: int


def underfit(val: Curve, train: Curve, *, min_points: int) -> Measured[Poor] | NotJudged:
    """Training and validation accuracy that have both stopped, together, far from good."""
    if min(len(val.values), len(train.values)) < min_points:
        return NotJudged("too_short", f"{min(len(val.values), len(train.values))} evaluations, {min_points} needed")
    scale = _accuracy_range(val, train)
    if scale is None:
        return NotJudged("excluded", "judged on an accuracy")
    v, t = val.shape, train.shape
    gain = max(v.level(0.4, 0.6) - v.tail, t.level(0.4, 0.6) - t.tail) / scale
    error = 2 * float(np.hypot(v.error, t.error)) / scale
    evidence = Poor(1 + t.tail / scale, 1 + v.tail / scale, abs(t.tail - v.tail) / scale, gain + error, len(val.values))
    first = int(val.places[len(val.values) // 2])
    return Measured(evidence, first, (Span(first, int(val.places[-1])),))


class Disagreement(msgspec.Struct, frozen=True):
    """What the validation loss and metric did over the last two thirds, in standard errors, down is better: `loss`, `metric`."""

    loss: float
    metric: float
    opposed: float
    evaluations: int


def loss_metric_disagreement(val: Curve, metric: Curve, *, min_points: int) -> Measured[Disagreement] | NotJudged:
    """The loss improves and the metric does not, or the other way round."""
    if min(len(val.values), len(metric.values)) < min_points:
        return NotJudged("too_short", f"{min(len(val.values), len(metric.values))} evaluations, {min_points} needed")
    at = int(val.places[len(val.values) // 3])
    loss, other = change_since(val, val, at), change_since(metric, val, at)
    opposed = min(abs(loss), abs(other)) if loss * other < 0 else 0.0
    return Measured(Disagreement(loss, other, opposed, len(val.values)), at, (Span(at, int(val.places[-1])),))
