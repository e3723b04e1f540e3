"""A run as `show` and reports describe it: `Run` -> `RunInfo`, with each curve reduced to a sketch for drawing."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np
from msgspec.structs import replace

from loglint.facts import redact
from loglint.model import AXES, Axis, Floats, Ints, Run, Series
from loglint.report import AttemptInfo, Number, RunInfo, SeriesInfo, SourceInfo, number

BUCKETS = 400
FEWEST, KEPT = 60, 400_000  # buckets of a curve at least, and of the curves of one name in all files together, about
SAMPLE = 64  # points of a bucket that its median is taken of


def describe(run: Run, drawn: Collection[str] | None = None, buckets: int = BUCKETS) -> RunInfo:
    """Everything known of a run but its points; with sketches, of at most `buckets`, of the curves named (None: of all)."""
    problems = Counter(problem.path for problem in run.problems)
    sources = tuple(
        SourceInfo(path=s.path, format=s.format, framework=s.framework, problems=problems.get(s.path, 0)) for s in run.sources
    )
    return RunInfo(
        id=run.id,
        key=run.key,
        sources=sources,
        config=redact(run.config),
        series=tuple(
            describe_series(series, run, buckets if drawn is None or series.name in drawn else 0) for series in run.series
        ),
    )


def buckets_for(files: int) -> int:
    """How many buckets the curves of so many files may have, so that what is kept of thousands of runs stays small."""
    return max(FEWEST, min(BUCKETS, KEPT // max(1, files)))


def describe_series(series: Series, run: Run, buckets: int = BUCKETS) -> SeriesInfo:
    """One curve: what it is and why, how many points, where it begins, ends and is best, and its sketch (none of 0 buckets)."""
    axis = series.best_axis
    places = series.axis(axis)
    x = series.seq.astype(np.float64) if places is None else places
    y, role = series.values, series.role
    finite = np.isfinite(y)
    count = int(np.count_nonzero(finite))
    best = None
    if count and role.direction != "none":
        worst = np.inf if role.direction == "down" else -np.inf
        values = y if count == len(y) else np.where(finite, y, worst)
        best = int(np.argmin(values) if role.direction == "down" else np.argmax(values))
    attempts = _attempts(series, run)
    firsts = [attempt.first_index for attempt in attempts]
    starts = bucket_starts(len(y), firsts) if buckets or any(firsts) else np.zeros(1, dtype=np.int64)
    return SeriesInfo(
        name=series.name,
        role=role.name,
        split=role.split,
        dataset=role.dataset,
        direction=role.direction,
        axis=axis,
        why=role.why,
        points=len(series),
        also=series.also,
        attempts=tuple(replace(a, bucket=int(np.searchsorted(starts, a.first_index))) for a in attempts),
        nonfinite=_nonfinite(y, count),
        first=_point(x, y, 0),
        last=_point(x, y, len(y) - 1),
        best=None if best is None else _point(x, y, best),
        sketch=sketch(x, y, starts) if buckets else (),
        sketch_middle=_middles(y, starts) if buckets and len(starts) < len(y) else (),
        sketch_axes=_other_axes(series, axis, starts) if buckets else {},
    )


def _nonfinite(y: Floats, finite: int) -> dict[str, int]:
    if finite == len(y):
        return {"nan": 0, "inf": 0, "neg_inf": 0}
    return {"nan": int(np.isnan(y).sum()), "inf": int(np.isposinf(y).sum()), "neg_inf": int(np.isneginf(y).sum())}


def bucket_starts(points: int, firsts: Sequence[int], buckets: int = BUCKETS) -> Ints:
    """The index of each bucket's first point, at most `buckets` of them; attempts (`firsts`) begin with one while they are few."""
    few = [first for first in firsts if 0 < first < points] if len(firsts) <= buckets // 2 else []
    even = np.linspace(0, points, min(buckets - len(few), points), endpoint=False).astype(np.int64)
    return np.array(sorted({*even.tolist(), *few}), dtype=np.int64)


def sketch(x: Floats, y: Floats, starts: Ints) -> tuple[tuple[Number, Number, Number, int], ...]:
    """Buckets of [position of the first point, lowest, highest finite value, non-finite points], in order.

    Lowest and highest of every bucket are kept, so that no spike and no NaN is lost to the drawing.
    """
    if not len(y):
        return ()
    finite = np.isfinite(y)
    whole = bool(finite.all())
    low = np.minimum.reduceat(y if whole else np.where(finite, y, np.inf), starts)
    high = np.maximum.reduceat(y if whole else np.where(finite, y, -np.inf), starts)
    bad = np.zeros(len(starts), np.int64) if whole else np.add.reduceat((~finite).astype(np.int64), starts)
    rows = zip(_numbers(x[starts]), _numbers(low), _numbers(high), bad.tolist(), (low <= high).tolist(), strict=True)
    return tuple((a, b, c, d) if some else (a, None, None, d) for a, b, c, d, some in rows)


def _numbers(values: Floats) -> list[Number]:
    """`number` of each value, quickly where all are finite."""
    if not np.isfinite(values).all():
        return [number(value) for value in values.tolist()]
    return [int(v) if v.is_integer() and -(2**53) < v < 2**53 else v for v in values.tolist()]


def medians(y: Floats, starts: Ints) -> Floats:
    """Each bucket's median, of at most `SAMPLE` evenly spaced finite points (of two middle ones the lower); NaN without any."""
    sizes = np.diff(starts, append=len(y))
    offsets = np.arange(min(SAMPLE, sizes.max())) * sizes[:, None] // np.minimum(sizes, SAMPLE)[:, None]
    chosen = y[np.minimum(starts[:, None] + offsets, len(y) - 1)]
    ranked = np.sort(np.where((offsets < sizes[:, None]) & np.isfinite(chosen), chosen, np.nan), axis=1)  # NaN last
    counts = np.isfinite(ranked).sum(axis=1)
    median: Floats = ranked[np.arange(len(starts)), np.maximum(counts - 1, 0) // 2]
    return median


def _middles(y: Floats, starts: Ints) -> tuple[Number, ...]:
    found = medians(y, starts)
    if np.isfinite(found).all():
        return tuple(_numbers(found))
    return tuple(None if math.isnan(value) else number(value) for value in found.tolist())


def _other_axes(series: Series, mine: Axis, starts: Ints) -> dict[str, tuple[Number, ...]]:
    """The buckets' places on the axes that the log gives the series besides its own."""
    others: list[Axis] = [name for name in AXES[:-1] if name != mine]
    placed = {name: places for name in others if (places := series.axis(name)) is not None and len(places)}
    return {name: tuple(_numbers(places[starts])) for name, places in placed.items() if np.isfinite(places).mean() >= 0.5}


def _attempts(series: Series, run: Run) -> tuple[AttemptInfo, ...]:
    if series.attempt is None or not len(series):
        return (AttemptInfo(first_index=0, reason=run.attempts[0].reason, number=run.attempts[0].index),)
    reasons = {attempt.index: attempt.reason for attempt in run.attempts}
    numbers, firsts = np.unique(series.attempt, return_index=True)
    return tuple(
        AttemptInfo(first_index=int(i), reason=reasons.get(int(n), ""), number=int(n))
        for n, i in sorted(zip(numbers, firsts, strict=True), key=lambda p: p[1])
    )


def _point(x: np.ndarray, y: np.ndarray, i: int) -> tuple[Number, Number] | None:
    return (number(float(x[i])), number(float(y[i]))) if len(y) else None
