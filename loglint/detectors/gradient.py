"""The gradient norm over time: explosions, vanishing, drift, and a clip that is always reached."""

from __future__ import annotations

import msgspec
import numpy as np

from loglint.curves.curve import Curve
from loglint.curves.noise import median, numpy_quantile, windows
from loglint.detectors import Level, Measured, NotJudged, Span, late, later
from loglint.model import Floats

BEFORE = 20  # blocks whose median is what a gradient norm is held against


class Explosion(msgspec.Struct, frozen=True):
    """The largest gradient norm over the running median before it (`ratio`), how often it was that large (`count`,
    `share`), their `mass` (each counts one, and one more for every further factor of ten), `growth`, the level of the last
    tenth over that of the first half, and `alarm`, the larger of mass and growth in units of what is asked for."""

    ratio: float
    count: int
    share: float
    mass: float
    growth: float
    alarm: float
    value: Level
    usual: Level
    step: float
    points: int


def gradient_explosion(
    gradient: Curve, *, min_points: int, settle: float, times: float, mass: float, growth: float, often: float
) -> Measured[Explosion] | NotJudged:
    """Gradient norms at least `times` the median of what came before, after the first `settle` of the run.

    Together they must weigh `mass` and be a share `often` of the records; or the level must grow by `growth`.
    """
    y, shape = gradient.values, gradient.shape
    if len(y) < min_points:
        return NotJudged("too_short", f"{len(y)} records, {min_points} needed")
    first = max(3, int(settle * len(y)))
    before = np.maximum(_before(shape.y, BEFORE), 1e-300)
    usual = np.repeat(before, [*[shape.size] * (len(before) - 1), len(y) - shape.size * (len(before) - 1)])
    ratio = y / usual
    top = first + int(np.argmax(ratio[first:]))
    over = np.flatnonzero(ratio[first:] >= times) + first
    at = int(gradient.places[over[0] if len(over) else top])
    weight = float((1 + np.log10(ratio[over] / times)).sum())
    grown = min(1e6, shape.level(0.9, 1.0) / max(shape.level(0.05, 0.5), 1e-300))
    evidence = Explosion(
        ratio=min(1e6, float(ratio[top])),
        count=len(over),
        share=len(over) / len(y),
        mass=weight,
        growth=grown,
        alarm=max(weight / mass if len(over) >= often * len(y) else 0.0, grown / growth),
        value=float(y[top]),
        usual=float(usual[top]),
        step=float(gradient.x[gradient.places[top]]),
        points=len(y),
    )
    return Measured(evidence, at, tuple(Span(int(gradient.places[i]), int(gradient.places[i])) for i in over[:50]))


def _before(y: Floats, width: int) -> Floats:
    """The median of the up to `width` values before each, float64[k], k >= 1; of the first, itself."""
    rows = np.sort(windows(np.concatenate([np.full(width - 1, np.inf), y[:-1]]), width), axis=1)
    count = np.minimum(np.arange(1, len(y)), width)
    at = np.arange(len(y) - 1)
    lower, upper = rows[at, (count - 1) // 2], rows[at, count // 2]
    return np.concatenate([y[:1], np.where(count % 2 == 1, upper, (lower + upper) / 2)])


class Vanishing(msgspec.Struct, frozen=True):
    """The gradient norm at the end over that of the beginning (`ratio`), its `level`, and how much of the start's loss
    is left (`loss_left`, NaN when no positive loss is logged)."""

    ratio: float
    level: Level
    loss_left: float
    loss_gain: float
    points: int


def gradient_vanishing(gradient: Curve, loss: Curve | None, *, min_points: int) -> Measured[Vanishing] | NotJudged:
    """The gradient norm decays to nothing while the loss is still where it was."""
    shape = gradient.shape
    if shape.n < min_points:
        return NotJudged("too_short", f"{shape.n} records, {min_points} needed")
    if loss is None or len(loss.values) < 3 or loss.shape.start <= 0:
        return NotJudged("absent", "no positive loss beside the gradient norm")
    early, last = shape.level(0.0, 0.1), shape.level(0.9, 1.0)
    left = loss.shape.tail / loss.shape.start
    at = int(gradient.places[shape.middle[int(np.argmax(shape.smooth <= max(early * 1e-2, last)))]])
    evidence = Vanishing(last / max(early, 1e-300), last, left, 1 - left, shape.n)
    return Measured(evidence, at, (Span(at, int(gradient.places[-1])),))


class ClipSaturated(msgspec.Struct, frozen=True):
    """How large a `share` of records has a gradient norm within half a percent of one `value`."""

    share: float
    value: Level
    points: int


def clip_saturated(gradient: Curve, *, min_points: int, within: float) -> Measured[ClipSaturated] | NotJudged:
    """The gradient norm sits at one value, its maximum, most of the time: the clip decides the step, not the gradient."""
    y = gradient.values
    if len(y) < min_points:
        return NotJudged("too_short", f"{len(y)} records, {min_points} needed")
    top = numpy_quantile(y, 0.98)
    share = int(np.count_nonzero(np.abs(y - top) <= within * abs(top))) / len(y) if top > 0 else 0.0
    evidence = ClipSaturated(share, top, len(y))
    return Measured(evidence, int(gradient.places[0]), (Span(int(gradient.places[0]), int(gradient.places[-1])),))


class Drift(msgspec.Struct, frozen=True):
    """Slow growth of the gradient norm: `growth` last tenth over its lowest smoothed level, `sigmas` of that rise,
    `monotone` the rank correlation of its second half with time, and `loss_change` of the loss over the same half as
    a share of its progress."""

    growth: float
    sigmas: float
    monotone: float
    loss_change: float
    points: int


def gradient_drift(gradient: Curve, loss: Curve, *, min_points: int) -> Measured[Drift] | NotJudged:
    """The gradient norm creeps up while the loss stands still: divergence ahead."""
    shape = gradient.shape
    if min(shape.n, loss.shape.n) < min_points:
        return NotJudged("too_short", f"{min(shape.n, loss.shape.n)} records, {min_points} needed")
    half = shape.smooth[len(shape.smooth) // 2 :]
    ranks = np.argsort(np.argsort(half, kind="stable"), kind="stable")
    monotone = float(np.corrcoef(ranks, np.arange(len(half)))[0, 1])
    low, end = float(shape.smooth.min()), shape.tail
    change = abs(loss.shape.level(0.5, 0.6) - loss.shape.level(0.9, 1.0)) / max(loss.shape.progress, 1e-300)
    evidence = Drift(
        growth=end / max(low, 1e-300),
        sigmas=(end - low) / max(shape.error * float(np.sqrt(2.0)), 1e-300),
        monotone=monotone,
        loss_change=change,
        points=shape.n,
    )
    at = int(gradient.places[shape.middle[len(shape.y) // 2]])
    return Measured(evidence, at, (Span(at, int(gradient.places[-1])),))


@late("distinct", "spread")
class HardCeiling(msgspec.Struct, frozen=True):
    """A curve cut off at a maximum that is reached exactly, again and again: `share` of records there, their `count`,
    the `value`, and how far the `next` largest distinct value lies below it in units of the spread."""

    share: float
    count: int
    value: Level
    distinct: int
    spread: float
    points: int


def hard_ceiling(loss: Curve, *, min_points: int) -> Measured[HardCeiling] | NotJudged:
    """The training loss has a hard ceiling that is hit exactly many times: it is clipped where the gradient should be."""
    y = loss.values
    if len(y) < min_points:
        return NotJudged("too_short", f"{len(y)} records, {min_points} needed")
    top = loss.extremes[1]
    hits = np.flatnonzero(y == top)
    evidence = HardCeiling(
        share=len(hits) / len(y),
        count=len(hits),
        value=top,
        distinct=later(lambda: len(np.unique(y))),
        spread=later(lambda: (top - median(y)) / max(abs(top), 1e-300)),
        points=len(y),
    )
    first = int(loss.places[hits[0]])
    return Measured(evidence, first, tuple(Span(int(loss.places[i]), int(loss.places[i])) for i in hits[:50]))
