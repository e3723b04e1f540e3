"""The run as a job: pauses of the clock, speed, the share of waiting for data, memory, and what a resume does to a curve."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import msgspec
import numpy as np

from loglint.curves.curve import Curve, shared_axis
from loglint.curves.noise import MAD_TO_SD, median, noise_scale
from loglint.detectors import Level, Measured, NotJudged, Span, late, later
from loglint.model import Floats

STRETCHES = 8  # parts of the run that memory is compared over
MOST = 1e6


@late("ratio", "over_others", "usual")
class Pause(msgspec.Struct, frozen=True):
    """The longest pause of the clock: its `seconds`, `ratio` to the usual interval between records (`usual`, seconds), and
    `over_others` to the longest interval that recurs; `lost` its share of the whole time."""

    seconds: float
    ratio: float
    over_others: float
    usual: float
    lost: float
    step: float
    points: int


def pause(curve: Curve, *, min_points: int, recurs: int) -> Measured[Pause] | NotJudged:
    """The longest wall-clock gap between two records, for the way that they go on `axis`.

    Gaps that come again and again are the rhythm of evaluations and checkpoints, so it is compared with the longest gap
    that occurs at least `recurs` times besides it. A gap at which the job was resumed is none.
    """
    clock = curve.axes.get("time")
    if clock is None:
        return NotJudged("absent", "the records do not say when they were written")
    if len(clock) < min_points:
        return NotJudged("too_short", f"{len(clock)} records, {min_points} needed")
    gaps = np.diff(clock)
    if not gaps.min() >= 0 or not gaps.max() > 0:
        return NotJudged("excluded", "the clock does not go forward")
    if curve.axis in ("step", "epoch") and curve.stride(curve.axis).even is None:
        ways = np.diff(curve.x)
        common = median(ways[ways > 0]) if (ways > 0).any() else 1.0
        gaps /= np.maximum(ways / common, 1.0)
    gaps[[i - 1 for i in curve.resumes]] = 0.0
    at = int(np.argmax(gaps))
    seconds = float(gaps[at])
    usual = cache(lambda: _usual_gap(gaps))
    evidence = Pause(
        seconds=seconds,
        ratio=later(lambda: min(MOST, seconds / usual())),
        over_others=later(lambda: min(MOST, seconds / max(_recurring(gaps, recurs), usual()))),
        usual=later(usual),
        lost=seconds / max(float(clock[-1] - clock[0]), 1e-9),
        step=float(curve.x[at]),
        points=len(clock),
    )
    return Measured(evidence, at, (Span(at, at + 1),))


def _usual_gap(gaps: Floats) -> float:
    """The median of the gaps that are none but 0, seconds."""
    moving = gaps if gaps.min() > 0 else gaps[gaps > 0]
    return max(median(moving) if len(moving) else 0.0, 1e-9)


def _recurring(gaps: Floats, times: int) -> float:
    """The longest gap that occurs so many times besides the longest of all."""
    rank = len(gaps) - 1 - min(times, len(gaps) - 1)
    return float(np.partition(gaps, rank)[rank])


class Slowdown(msgspec.Struct, frozen=True):
    """Speed at the end as a share of the usual speed before (`kept`): the levels as logged (`before`, `after`), their
    distance in standard errors (`sigmas`), the share of pairs of one block before and one at the end in which that is the
    slower (`slower`, Mann and Whitney 1947), and how much of the run is slow (`share`)."""

    kept: float
    before: Level
    after: Level
    sigmas: float
    slower: float
    share: float
    step: float
    points: int


def slowdown(speed: Curve, *, min_points: int, settle: float, end: float, slow: float) -> Measured[Slowdown] | NotJudged:
    """Throughput (or, upside down, time per step) over the last `end` of the run, against its usual level before.

    The first `settle` of the run is warming up. The slow stretch begins where the blocks fall under `slow` of the usual
    level for good.
    """
    shape = speed.shape
    if shape.n < min_points:
        return NotJudged("too_short", f"{shape.n} records, {min_points} needed")
    if float(shape.y.min()) <= 0:
        return NotJudged("excluded", "speeds are judged where they are positive")
    rates = 1 / shape.y if speed.quantity.endswith("time") else shape.y
    k = len(rates)
    first, last = int(settle * k), int((1 - end) * k)
    early, late = rates[first : max(first + 3, k // 2)], rates[last:]
    usual, tail = median(early), median(late)
    scatter = max(MAD_TO_SD * median(np.abs(early - usual)), noise_scale(rates))
    error = scatter * float(np.sqrt(np.pi / 2) * np.hypot(1 / np.sqrt(len(early)), 1 / np.sqrt(len(late))))
    fast = np.flatnonzero(rates >= slow * usual)
    begins = int(fast[-1]) + 1 if len(fast) and fast[-1] + 1 < k else last
    at = int(speed.places[shape.middle[begins]])
    turned = speed.quantity.endswith("time")
    evidence = Slowdown(
        kept=tail / usual,
        before=1 / usual if turned else usual,
        after=1 / tail if turned else tail,
        sigmas=min(MOST, (usual - tail) / max(error, 1e-12 * usual)),
        slower=float((late[:, None] < early[None, :]).mean()),
        share=1 - begins / k,
        step=float(speed.x[at]),
        points=shape.n,
    )
    return Measured(evidence, at, (Span(at, int(speed.places[-1])),))


class Waiting(msgspec.Struct, frozen=True):
    """The median `share` of the time of a step that goes into waiting for data, and of its lower quartile (`low_share`);
    the medians themselves, as logged."""

    share: float
    low_share: float
    data_time: float
    step_time: float
    points: int


def waiting_for_data(data: Curve, whole: Curve, *, min_points: int, settle: float) -> Measured[Waiting] | NotJudged:
    """Time for loading data beside the time of the whole step, record by record, after the first `settle` of the run.

    Where loading usually takes longer than the step they are no parts of one whole, or in different units.
    """
    axis = shared_axis(data, whole)
    if axis not in data.axes or axis not in whole.axes:
        return NotJudged("absent", "the two times have no axis in common")
    _, mine, other = np.intersect1d(data.axes[axis], whole.axes[axis], return_indices=True)
    d, w = data.y[mine], whole.y[other]
    known = np.isfinite(d) & np.isfinite(w) & (d >= 0) & (w > 0)
    mine, d, w = mine[known], d[known], w[known]
    skipped = int(settle * len(d))
    d, w = d[skipped:], w[skipped:]
    if len(d) < min_points:
        return NotJudged("too_short", f"{len(d)} records with both times, {min_points} needed")
    shares = d / w
    if median(shares) > 1:
        return NotJudged("excluded", "loading is logged as longer than the step it is a part of")
    evidence = Waiting(median(shares), float(np.quantile(shares, 0.25)), median(d), median(w), len(d))
    return Measured(evidence, int(mine[skipped]), (Span(int(mine[skipped]), int(mine[-1])),))


class Growth(msgspec.Struct, frozen=True):
    """Memory over the run after its beginning: `growth` from the first to the last of eight stretches as a share of the
    first, `steady` the smallest growth between neighbouring stretches in units of the mean one (1 for a straight line, 0 or
    less where it stands still), `sigmas` the growth in noise; `first`, `last` the levels as logged."""

    growth: float
    steady: float
    sigmas: float
    first: Level
    last: Level
    points: int


def steady_growth(memory: Curve, *, min_points: int, settle: float) -> Measured[Growth] | NotJudged:
    """Memory that grows from one stretch of the run to the next, to the end, after the first `settle` of it."""
    y = memory.values[int(settle * len(memory.values)) :]
    if len(y) < max(min_points, STRETCHES):
        return NotJudged("too_short", f"{len(y)} records, {max(min_points, STRETCHES)} needed")
    levels = np.array([median(part) for part in np.array_split(y, STRETCHES)])
    steps = np.diff(levels)
    rise = float(levels[-1] - levels[0])
    noise = max(noise_scale(y) * float(np.sqrt(2 * STRETCHES / len(y))), 1e-12 * abs(float(levels[-1])), 1e-300)
    evidence = Growth(
        growth=rise / max(abs(float(levels[0])), 1e-300),
        steady=float(steps.min()) / float(steps.mean()) if rise > 0 else 0.0,
        sigmas=min(MOST, rise / noise),
        first=float(levels[0]),
        last=float(levels[-1]),
        points=len(y),
    )
    first = int(memory.places[len(memory.values) - len(y)])
    return Measured(evidence, first, (Span(first, int(memory.places[-1])),))


class Jump(msgspec.Struct, frozen=True):
    """The largest rise of the level at a resume: `sigmas` in standard errors, `height` as a share of the progress made before
    it, `ratio` of the levels `to` and `before` (1 where they are not positive)."""

    sigmas: float
    height: float
    ratio: float
    before: Level
    to: Level
    step: float
    resumes: int


def resume_jump(curve: Curve, *, side: int) -> Measured[Jump] | NotJudged:
    """Levels of `side` records before and after each place at which the job went on from a checkpoint."""
    y = curve.y
    places = [i for i in curve.resumes if side <= i <= len(y) - side and np.isfinite(y[i - side : i + side]).all()]
    if not curve.resumes:
        return NotJudged("absent", "the job was not resumed")
    if not places:
        return NotJudged("too_short", f"{side} records on either side of a resume are needed")
    return max((_jump(curve, i, side, len(places)) for i in places), key=lambda one: one.evidence.sigmas)


def _jump(curve: Curve, i: int, side: int, resumes: int) -> Measured[Jump]:
    y: Floats = curve.y
    before, after = y[i - side : i], y[i : i + side]
    past = y[:i][np.isfinite(y[:i])]
    low, high = median(before), median(after)
    sigma = noise_scale(past[-100:]) if len(past) >= 4 else float(np.std(past))
    drift = _usual_change(past, side)
    error = max(float(np.hypot(sigma * np.sqrt(np.pi / side), drift)), 1e-12 * abs(low), 1e-300)
    progress = abs(median(past[:side]) - low)
    sign = -1.0 if curve.mirrored else 1.0
    evidence = Jump(
        sigmas=min(MOST, (high - low) / error),
        height=min(MOST, (high - low) / max(progress, error)),
        ratio=high / low if low > 0 and high > 0 else 1.0,
        before=sign * low,
        to=sign * high,
        step=float(curve.x[i]),
        resumes=resumes,
    )
    return Measured(evidence, i, (Span(i, i + side - 1),))


def _usual_change(past: Floats, side: int) -> float:
    """How much the median of `side` records usually differs from that of the `side` before: the median of the last twenty."""
    levels = [median(past[max(0, end - side) : end]) for end in range(len(past), side, -side)][:21]
    return median(np.abs([a - b for a, b in pairwise(levels)])) if len(levels) > 1 else 0.0
