"""The learning rate over time: never, too early or too late decayed, zero, out of range, out of step with the run, swept."""

from __future__ import annotations

import msgspec
import numpy as np

from loglint.curves.curve import Curve, shared_axis
from loglint.curves.shape import Shape
from loglint.detectors import Level, Measured, NotJudged, Span, late, later
from loglint.model import Floats, Ints


@late("zero_share", "constant", "peak_at")
class Decay(msgspec.Struct, frozen=True):
    """`decayed_at` share of the run after which the rate never again exceeds the given share of its peak (1: never),
    `peak`, `last` rates, `zero_share` share of records at exactly 0 after the first, `constant` 1 when it never changes,
    `coarse` 1 where the log rounds to more than the given share of the peak, so that a small rate reads 0."""

    decayed_at: float
    peak: Level
    last: Level
    zero_share: float
    constant: int
    peak_at: float
    step: float
    points: int
    coarse: int


def lr_decay(lr: Curve, *, min_points: int, decayed: float, again: float) -> Measured[Decay] | NotJudged:
    """When the learning rate falls under `decayed` of its peak for good, never again rising above `again` of it."""
    y = lr.values
    if len(y) < min_points:
        return NotJudged("too_short", f"{len(y)} records, {min_points} needed")
    peak = lr.extremes[1]
    coarse = int(lr.resolution is not None and lr.resolution > decayed * peak)
    if peak <= 0:
        return Measured(Decay(0.0, peak, float(y[-1]), 1.0, 1, 0.0, float(lr.x[0]), len(y), coarse), int(lr.places[0]))
    after = len(y) - int(np.argmax(y[::-1] > again * peak))
    low = y[after:] < decayed * peak
    falls = bool(low.any())
    at = after + int(np.argmax(low)) if falls else len(y) - 1
    extent = max(float(lr.x[-1] - lr.x[0]), 1e-300)
    evidence = Decay(
        decayed_at=float((lr.x[lr.places[at]] - lr.x[0]) / extent) if falls else 1.0,
        peak=peak,
        last=float(y[-1]),
        zero_share=later(lambda: (len(y) - 1 - int(np.count_nonzero(y[1:]))) / max(1, len(y) - 1)),
        constant=later(lambda: int(bool((np.abs(y - y[0]) <= 1e-3 * peak).all()))),
        peak_at=later(lambda: float(np.argmax(y)) / len(y)),
        step=float(lr.x[lr.places[at]]),
        points=len(y),
        coarse=coarse,
    )
    place = int(lr.places[at])
    return Measured(evidence, place, (Span(place, int(lr.places[-1])),))


class LrRange(msgspec.Struct, frozen=True):
    """The highest learning rate logged, over and under the range given."""

    peak: Level
    outside: float


def lr_range(lr: Curve, *, low: float, high: float) -> Measured[LrRange] | NotJudged:
    """How far the peak learning rate lies outside [low, high], as a factor (1: inside)."""
    if not len(lr.values):
        return NotJudged("absent", "no learning rate is logged")
    peak = float(lr.values.max())
    outside = max(peak / high, low / max(peak, 1e-300), 1.0)
    at = int(lr.places[int(np.argmax(lr.values))])
    return Measured(LrRange(peak, outside), at, (Span(at, at),))


@late("slope")
class Horizon(msgspec.Struct, frozen=True):
    """Where the schedule's floor is reached as a share of the run (`floor_at`), the rate at the end as a share of its peak
    (`last_share`), and `shape` 1 for a smooth decay (neither constant nor steps)."""

    floor_at: float
    last_share: float
    smooth: int
    slope: float
    step: float
    points: int


def schedule_horizon(lr: Curve, *, min_points: int) -> Measured[Horizon] | NotJudged:
    """A smooth schedule (cosine, linear) that reaches its floor well before the run ends, or is still high when it does."""
    y = lr.values
    if len(y) < min_points:
        return NotJudged("too_short", f"{len(y)} records, {min_points} needed")
    peak_at, peak, floor = int(np.argmax(y)), float(y.max()), float(y[-1])
    fall = y[peak_at:]
    falling = np.diff(fall) < -1e-9 * max(peak, 1e-300)
    reached = peak_at + int(np.argmax(fall <= floor * (1 + 1e-6) + 1e-9 * peak))
    smooth = int(
        len(fall) >= 10 and falling[: max(1, reached - peak_at)].mean() >= 0.8 and bool((np.diff(fall) <= 1e-9 * peak).all())
    )
    end = falling[-max(1, len(falling) // 10) :]
    evidence = Horizon(
        floor_at=reached / max(1, len(y) - 1),
        last_share=floor / max(peak, 1e-300),
        smooth=smooth,
        slope=later(lambda: float(end.mean()) if len(end) else 0.0),
        step=float(lr.x[lr.places[reached]]),
        points=len(y),
    )
    place = int(lr.places[reached])
    return Measured(evidence, place, (Span(place, int(lr.places[-1])),))


@late("rising", "fastest", "lowest", "sigmas")
class Sweep(msgspec.Struct, frozen=True):
    """A learning rate that climbs to the end: `growth` last over first rate, `late_growth` the same over the second half of the
    records (a linear warm-up gives 2), `rising` share of records that do not fall, `low` and `high` rates; `fastest` the rate at
    which the loss fell fastest, `lowest` that of its smoothed lowest level, `sigmas` its fall until then in standard errors."""

    growth: float
    late_growth: float
    rising: float
    low: float
    high: float
    fastest: float
    lowest: float
    sigmas: float
    best: Level
    points: int


def rate_sweep(loss: Curve, lr: Curve, *, min_points: int) -> Measured[Sweep] | NotJudged:
    """A learning rate raised by the same factor from record to record, and what the loss made of it (Smith 2017, section 3.3).

    The loss of the first tenth of the records does not count: finders log a running mean that has not settled there.
    """
    shape, rates, places = loss.shape, lr.values, lr.places
    if lr.extremes[0] <= 0:
        rates, places = rates[lr.values > 0], places[lr.values > 0]
    if min(shape.n, len(rates)) < min_points:
        return NotJudged("too_short", f"{min(shape.n, len(rates))} records, {min_points} needed")
    head = len(shape.smooth) // 10
    low = head + int(np.argmin(shape.smooth[head:]))
    lowest = float(shape.smooth[low])
    evidence = Sweep(
        growth=float(rates[-1] / rates[0]),
        late_growth=float(rates[-1] / rates[len(rates) // 2]),
        rising=later(lambda: int(np.count_nonzero(rates[1:] >= rates[:-1])) / max(1, len(rates) - 1)),
        low=float(rates[0]),
        high=float(rates[-1]),
        fastest=later(lambda: _rate_at(loss, lr, _steepest(shape, head, low), rates, places)),
        lowest=later(lambda: _rate_at(loss, lr, low, rates, places)),
        sigmas=later(lambda: min((float(shape.smooth[head : low + 1].max()) - lowest) / max(shape.error, 1e-300), 1e6)),
        best=lowest,
        points=shape.n,
    )
    return Measured(evidence, int(loss.places[shape.middle[low]]), (Span(0, len(loss) - 1),), since=0)


def _steepest(shape: Shape, head: int, low: int) -> int:
    """The block at which the smoothed curve falls fastest, between two of them."""
    fall = shape.smooth[shape.window :] - shape.smooth[: -shape.window]
    return head + int(np.argmin(fall[head : max(head + 1, low)])) + shape.window // 2


def _rate_at(loss: Curve, lr: Curve, block: int, rates: Floats, places: Ints) -> float:
    """The rate, of those at the places given, that held at a block of the loss."""
    axis = shared_axis(loss, lr)
    moment = loss.axes[axis][loss.places[loss.shape.middle[block]]]
    reached = int(np.searchsorted(lr.axes[axis][places], moment, side="right")) - 1
    return float(rates[min(max(reached, 0), len(rates) - 1)])


@late("bend")
class Ramp(msgspec.Struct, frozen=True):
    """A learning rate on its way up: `rising` the share of records above the one before, `growth` the last over the first, `bend`
    how far it strays from the straight line between these, as a share of the last."""

    rising: float
    growth: float
    bend: float
    first: Level
    last: Level
    points: int


def unfinished_warmup(lr: Curve, *, min_points: int) -> Measured[Ramp] | NotJudged:
    """A rate that rises in a straight line over the records, from the first of the run to the last of the log."""
    y = lr.values
    if len(y) < min_points:
        return NotJudged("too_short", f"{len(y)} records, {min_points} needed")
    last = max(abs(float(y[-1])), 1e-300)
    evidence = Ramp(
        rising=int(np.count_nonzero(y[1:] > y[:-1])) / (len(y) - 1),
        growth=min(1e6, float(y[-1]) / max(float(y[0]), last / 1e6)),
        bend=later(lambda: _bend(lr) / last),
        first=float(y[0]),
        last=float(y[-1]),
        points=len(y),
    )
    return Measured(evidence, int(lr.places[0]), (Span(int(lr.places[0]), int(lr.places[-1])),))


def _bend(lr: Curve) -> float:
    """How far a curve strays from the straight line between its first point and its last."""
    y, at = lr.values, lr.x[lr.places]
    line = np.interp(at, [at[0], at[-1]], [y[0], y[-1]]) if at[-1] > at[0] else np.linspace(y[0], y[-1], len(y))
    return float(np.abs(y - line).max())
