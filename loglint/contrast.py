"""Two groups of runs held against each other: best, end, area, steps and time to a target, speed, each with its own error.

With several seeds on a side the error is that of a difference of means by the pooled spread between seeds. With one run on
both sides it is that of the curves themselves, and a spread between seeds has to be assumed. Nothing is judged here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import msgspec
import numpy as np

from loglint.curves.shape import Shape
from loglint.model import Floats
from loglint.traces import RunSummary, Trace

TARGET = 0.9  # of the base's improvement: the level that is to be reached
ASSUMED_LEVEL = 0.02  # of the improvement: how far two seeds may lie apart where one run a side must tell when it reached a target
SEGMENTS = 8  # of the last half, to see how far two curves wander apart and together again
SINGLE_FREEDOM = 8  # degrees of freedom granted to an error that was estimated from one curve
SHORTEST = 10  # blocks from which on a single curve's noise is known
SPEED = frozenset({"throughput", "step_time", "memory"})
Kind = Literal["quality", "speed"]


class Contrast(msgspec.Struct, frozen=True):
    """One figure of both sides, as logged, and the `effect`: how much worse HEAD is (negative: better), in units of the figure.

    `scale` is what the effect is a share of (the base's improvement; for speed and steps the base's figure), `error` the
    effect's standard error with `freedom` degrees of freedom, `single` whether there is one run on either side.
    """

    metric: str
    kind: Kind
    base: float
    head: float
    effect: float
    scale: float
    error: float
    freedom: int
    n_base: int
    n_head: int
    single: bool

    @property
    def share(self) -> float:
        """The effect as a share of the scale."""
        return self.effect / self.scale if self.scale > 0 else 0.0

    def spread(self, assumed: float) -> float:
        """The standard error, with the spread between seeds `assumed` (a share of the scale) where there is one run a side."""
        return math.hypot(self.error, math.sqrt(2) * assumed * self.scale) if self.single else self.error


class _Figure(msgspec.Struct, frozen=True):
    """A figure of one run, lower is better, and its standard error by the run's own noise."""

    value: float
    error: float


def contrasts(base: Sequence[RunSummary], head: Sequence[RunSummary]) -> tuple[Contrast, ...]:
    """Every figure that all runs of both groups have."""
    found: list[Contrast] = []
    for place in dict.fromkeys(trace.place for run in base for trace in run.traces):
        old, new = _traces(base, place), _traces(head, place)
        if len(old) < len(base) or len(new) < len(head) or len({(t.mirrored, t.axis) for t in (*old, *new)}) > 1:
            continue
        if old[0].quantity in SPEED:
            found.append(_speed(place, old, new))
            continue
        first = not any(contrast.kind == "quality" for contrast in found)
        found += _quality(place, old, new)
        found += _to_target(place, old, new) if first else []
    return tuple(found)


def shortened(base: Sequence[RunSummary], head: Sequence[RunSummary]) -> tuple[str, float, float] | None:
    """(axis, end of BASE, end of HEAD) of the training objective where HEAD ends before 0.9 of BASE; None elsewhere."""
    old, new = _traces(base, "train/objective"), _traces(head, "train/objective")
    if not old or not new or old[0].axis != new[0].axis:
        return None
    ends = min(t.x[-1] for t in old), min(t.x[-1] for t in new)
    return (old[0].axis, *ends) if ends[1] < 0.9 * ends[0] else None


def _traces(runs: Sequence[RunSummary], place: str) -> list[Trace]:
    return [trace for run in runs if (trace := run.trace(place)) is not None]


def _quality(place: str, old: Sequence[Trace], new: Sequence[Trace]) -> Iterator[Contrast]:
    """Best, end and area under the curve up to the last position that all runs reach; a perplexity's area is that of its start."""
    last = min(trace.x[-1] for trace in (*old, *new))
    shapes = [t.shape(last) for t in old], [t.shape(last) for t in new]
    wander = _wander(shapes[0][0].y, shapes[1][0].y) if len(old) == len(new) == 1 else 0.0
    scale = float(np.median([shape.progress for shape in shapes[0]])) or float(np.median([abs(s.start) for s in shapes[0]]))
    figures: tuple[tuple[str, Callable[[Shape], _Figure]], ...] = (
        ("best", lambda s: _Figure(s.best, s.error)),
        ("end", lambda s: _Figure(s.tail, s.error)),
        ("area", lambda s: _Figure(float(s.y.mean()), s.error_of(len(s.y)))),
    )
    for name, figure in figures[: 2 if old[0].quantity == "perplexity" else 3]:
        sides = [figure(s) for s in shapes[0]], [figure(s) for s in shapes[1]]
        yield _contrast(f"{place} {name}", "quality", *sides, scale, old[0].mirrored, wander, _known(old, new))


def _wander(a: Floats, b: Floats) -> float:
    """How far the difference of two curves' segments in the last half scatters about a straight line, in one segment."""
    n = min(len(a), len(b)) // 2
    if n < 2 * SEGMENTS:
        return 0.0
    late = (np.interp(np.linspace(0.5, 1, n), np.linspace(0, 1, len(c)), c) for c in (a, b))
    first, second = late
    gaps = np.array([part.mean() for part in np.array_split(second - first, SEGMENTS)])
    places = np.arange(SEGMENTS)
    slope, level = np.polyfit(places, gaps, 1)
    return float(np.sqrt(((gaps - level - slope * places) ** 2).sum() / (SEGMENTS - 2)))


def _to_target(place: str, old: Sequence[Trace], new: Sequence[Trace]) -> Iterator[Contrast]:
    """Position and wall time at which the base's target is reached; a run that does not reach it counts with its end."""
    starts, bests = (np.median([getattr(t.shape(math.inf), name) for t in old]) for name in ("start", "best"))
    target = float(starts - TARGET * (starts - bests))
    if starts <= bests:
        return
    axis = {"seq": "records", "time": "seconds"}.get(old[0].axis, f"{old[0].axis}s")
    known = _known(old, new)
    slack = ASSUMED_LEVEL * float(starts - bests) if len(old) == len(new) == 1 else 0.0
    sides = [_reached(t, t.x, target, slack) for t in old], [_reached(t, t.x, target, slack) for t in new]
    scale = float(np.median([one.value for one in sides[0]]))
    if scale > 0:
        yield _contrast(f"{place} {axis} to target", "quality", *sides, scale, False, 0.0, known)
    if all(t.t is not None for t in (*old, *new)):
        sides = [_reached(t, t.t or (), target, slack) for t in old], [_reached(t, t.t or (), target, slack) for t in new]
        scale = float(np.median([one.value for one in sides[0]]))
        if scale > 0:
            yield _contrast(f"{place} seconds to target", "speed", *sides, scale, False, 0.0, known)


def _reached(trace: Trace, x: Sequence[float], target: float, slack: float) -> _Figure:
    """Where the smoothed curve first reaches the target, and half the distance between reaching it an error above and below.

    A curve that is nearly flat at the target reaches it much later for a small difference of level, so that with one run a side
    `slack` is added to the error.
    """
    shape = trace.shape(math.inf)
    places = []
    for level in (target, target + shape.error + slack, target - shape.error - slack):
        below = np.flatnonzero(shape.smooth <= level)
        places.append(x[int(below[0])] if len(below) else x[-1])
    spacing = (x[-1] - x[0]) / max(1, len(x) - 1)
    return _Figure(places[0], max((places[2] - places[1]) / 2, spacing))


def _speed(place: str, old: Sequence[Trace], new: Sequence[Trace]) -> Contrast:
    """The usual speed: the median of all blocks but the first tenth."""
    sides = [_steady(t) for t in old], [_steady(t) for t in new]
    mirrored = old[0].quantity == "throughput"
    sign = -1.0 if mirrored else 1.0
    turned = [[_Figure(sign * one.value, one.error) for one in side] for side in sides]
    scale = abs(float(np.median([one.value for one in sides[0]])))
    return _contrast(place, "speed", turned[0], turned[1], scale, mirrored, 0.0, _known(old, new))


def _steady(trace: Trace) -> _Figure:
    """Its values are as logged: a speed has no direction of learning."""
    y = np.array(trace.y) * (-1.0 if trace.mirrored else 1.0)
    steady = y[len(y) // 10 :]
    parts = [float(np.median(part)) for part in np.array_split(steady, min(SEGMENTS, len(steady)))]
    return _Figure(float(np.median(steady)), float(np.std(parts, ddof=1)) if len(parts) > 1 else math.inf)


def _known(old: Sequence[Trace], new: Sequence[Trace]) -> bool:
    return min(len(trace.y) for trace in (*old, *new)) >= SHORTEST


def _contrast(
    metric: str,
    kind: Kind,
    old: Sequence[_Figure],
    new: Sequence[_Figure],
    scale: float,
    mirrored: bool,
    wander: float,
    known: bool,
) -> Contrast:
    """The difference of means and its standard error: pooled over seeds, never below the curves' own noise."""
    a, b = np.array([one.value for one in old]), np.array([one.value for one in new])
    single = len(a) == len(b) == 1
    own = float(np.median([one.error for one in (*old, *new)]))
    if single:
        error = max(math.hypot(old[0].error, new[0].error), wander) if known else math.inf
        freedom = SINGLE_FREEDOM
    else:
        freedom = len(a) + len(b) - 2
        pooled = math.sqrt((((a - a.mean()) ** 2).sum() + ((b - b.mean()) ** 2).sum()) / freedom)
        error = (max(pooled, own) if math.isfinite(own) else pooled) * math.sqrt(1 / len(a) + 1 / len(b))
    sign = -1.0 if mirrored else 1.0
    base, head = float(a.mean()), float(b.mean())
    return Contrast(metric, kind, sign * base, sign * head, head - base, scale, error, freedom, len(a), len(b), single)
