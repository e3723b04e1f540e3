"""Where a run begins again: attempts, resumes, and counters that restart each epoch, from one stream's steps and values.

A stream is what one writer wrote in order: the series share `seq`, and so the boundaries. Which files make a stream is
`loglint.runs`' matter.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import msgspec
import numpy as np
from msgspec.structs import replace

from loglint.model import Attempt, Axis, Floats, Ints, Series
from loglint.names import CURVES, parse

NEAR_START = 0.1  # of the steps made so far: a counter that falls back this far has begun again
CONTINUES = 0.2  # of the curve's range: what the values at an overlap may differ by, beside their noise
DEEP, LONG = (
    0.5,
    20,
)  # after so many records, a counter that keeps this share of its steps has not begun anew, whatever the values do
SAME_LENGTH = 0.1  # of an epoch: by how much the ends of an in-epoch counter may differ
MOST_FALLS = 1000  # falls of a counter that are judged one by one
BEHIND = 10  # points of an overlap that are held against what was there before
EDGE = 5  # points whose median stands for the level before and after a reset


class Boundary(msgspec.Struct, frozen=True):
    """Between the records `before` and `after` (seq) something begins again at `place`; `superseded_from` is a seq."""

    kind: Literal["attempt", "resume"]
    before: int
    after: int
    reason: str
    superseded_from: int = 0


class Segmented(msgspec.Struct, frozen=True):
    """A stream with its attempts marked: series in the order given, every attempt, and the resumes on the way."""

    series: tuple[Series, ...]
    attempts: tuple[Attempt, ...]
    resumes: tuple[Boundary, ...]


def segment(series: Sequence[Series], forced: Sequence[Boundary] = ()) -> Segmented:
    """Mark attempts and superseded points; in-epoch counters become one forward step axis.

    `forced` are boundaries known from elsewhere (hyper-parameters that contradict). The longest training series decide; a
    shorter series' reset counts only where no longer one runs on undisturbed.
    """
    if not forced and _always_forward(series):
        return Segmented(tuple(series), (Attempt(0, "start"),), ())
    straight = tuple(_straightened(one) for one in series)
    found: list[Boundary] = list(forced)
    heard: list[Series] = []
    for one in sorted(_drivers(straight), key=lambda s: (s.split in ("val", "test"), -len(s))):
        own = _boundaries(one)
        for boundary in own:
            if not any(_overlaps(boundary, other) for other in found) and not any(_runs_on(other, boundary) for other in heard):
                found.append(boundary)
        heard.append(one)
    found.sort(key=lambda boundary: boundary.after)
    begins = [boundary for boundary in found if boundary.kind == "attempt"]
    resumes = tuple(boundary for boundary in found if boundary.kind == "resume")
    attempts = (Attempt(0, "start"), *(Attempt(i, boundary.reason) for i, boundary in enumerate(begins, 1)))
    return Segmented(tuple(_marked(one, begins, resumes) for one in straight), attempts, resumes)


def _always_forward(series: Sequence[Series]) -> bool:
    """Whether all series have finite steps that never fall back, so that nothing begins again; steps they share are seen once."""
    steps = {id(one.step): one.step for one in series}.values()
    return all(
        step is not None
        and (
            len(step) == 0 or (math.isfinite(step.item(0)) and math.isfinite(step.item(-1)) and bool((step[1:] >= step[:-1]).all()))
        )
        for step in steps
    )


def _drivers(series: Sequence[Series]) -> list[Series]:
    """The series that may tell where something begins again: losses, metrics and rewards, else known quantities, else all."""
    clocked = [(parse(one.name).quantity, one) for one in series if clock(one) is not None]
    curves = [one for quantity, one in clocked if quantity in CURVES]
    return curves or [one for quantity, one in clocked if quantity != "unknown"] or list(series)


def _overlaps(a: Boundary, b: Boundary) -> bool:
    return a.before < b.after and b.before < a.after


def _runs_on(series: Series, boundary: Boundary) -> bool:
    """Whether a longer series passes the place going forward, with records close on both sides."""
    axis = clock(series)
    x = None if axis is None else series.axis(axis)
    if x is None:
        return False
    before = np.flatnonzero(series.seq <= boundary.before)
    after = np.flatnonzero(series.seq >= boundary.after)
    return bool(len(before) and len(after) and x[after[0]] >= x[before[-1]])


def _marked(series: Series, begins: Sequence[Boundary], resumes: Sequence[Boundary]) -> Series:
    if begins:
        starts = np.array([boundary.after for boundary in begins], dtype=np.int64)
        series = replace(series, attempt=np.searchsorted(starts, series.seq, side="right").astype(np.int64))
    if not resumes:
        return series
    again = np.zeros(len(series), dtype=np.bool_)
    for boundary in resumes:
        again |= (series.seq >= boundary.superseded_from) & (series.seq < boundary.after)
    return replace(series, superseded=again) if again.any() else series


def clock(series: Series) -> Axis | None:
    """The axis whose falling back means a new beginning: step, else epoch, where half of the points have one."""
    for name in ("step", "epoch"):
        places = series.axis(name)
        if places is not None and len(places) and 2 * np.count_nonzero(np.isfinite(places)) >= len(places):
            return name
    return None


# ---------------------------------------------------------------- counters that restart each epoch


def _straightened(series: Series) -> Series:
    """A step that counts the batches of an epoch becomes epoch times length plus batch."""
    step = series.step
    if step is None or len(step) < 3 or not (step[1:] < step[:-1]).any() or not np.isfinite(step).all():
        return series
    drops = np.flatnonzero(np.diff(step) < 0)
    epoch = series.epoch
    if epoch is not None and np.isfinite(epoch).all():
        if (np.diff(epoch)[drops] > 0).mean() < 0.8:
            return series
        turns: Floats = epoch - np.nanmin(epoch)
    elif _turns_in_place(step, series.values, drops):
        turns = np.concatenate([[0.0], np.cumsum(np.diff(step) < 0)])
    else:
        return series
    first = step[drops + 1].min()
    length = step.max() + (1.0 if first < 1 else 0.0)
    return replace(series, step=np.floor(turns) * length + step)


def _turns_in_place(step: Floats, values: Floats, drops: Ints) -> bool:
    """Whether a counter without an epoch beside it restarts each epoch: equal lengths, one start, and values that go on."""
    ends, starts = step[drops], step[drops + 1]
    length = ends.max()
    if np.ptp(ends) > SAME_LENGTH * length or np.ptp(np.append(starts, step[0])) > SAME_LENGTH * length or step[-1] > length * 1.1:
        return False
    parts = np.split(values, drops + 1)
    return sum(_goes_on(parts[0], before, after) for before, after in pairwise(parts)) > 0.5 * len(drops)


def _goes_on(first: Floats, before: Floats, after: Floats) -> bool:
    """Whether `after` starts at the level where `before` ended, and not where `first` began."""
    origin, end, start = _level(first[:EDGE]), _level(before[-EDGE:]), _level(after[:EDGE])
    return abs(start - end) < abs(start - origin) and abs(end - origin) > 2 * _noise(before)


def _level(values: Floats) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if len(finite) else float("nan")


def _noise(values: Floats) -> float:
    """Robust noise: median absolute difference of neighbours, scaled to a normal standard deviation (Rousseeuw & Croux 1993)."""
    finite = values[np.isfinite(values)]
    return float(np.median(np.abs(np.diff(finite)))) * 1.4826 / 2**0.5 if len(finite) > 2 else 0.0


# ---------------------------------------------------------------- resets of one series


def _boundaries(series: Series) -> list[Boundary]:
    """The new beginnings and resumes that one series shows by itself."""
    axis = clock(series)
    x = None if axis is None else series.axis(axis)
    if axis is None or x is None or (x[1:] >= x[:-1]).all():
        return []
    placed = np.flatnonzero(np.isfinite(x))
    x, values, seq = x[placed], series.values[placed], series.seq[placed]
    found = []
    origin = 0  # index at which the present attempt starts
    for i in map(int, _falls(x)):
        if i < origin:
            continue
        boundary = _judge_drop(axis, x, values, seq, origin, i)
        if boundary is not None:
            found.append(boundary)
            origin = i + 1 if boundary.kind == "attempt" else origin
    return found


def _falls(x: Floats) -> Ints:
    """Where the axis falls back; of more than can be judged one by one only the deep ones (interleaved writers always fall)."""
    moves = np.diff(x)
    falls = np.flatnonzero(moves < 0)
    if len(falls) <= MOST_FALLS:
        return falls
    deep: Ints = falls[moves[falls] <= -0.5 * np.ptp(x)][:MOST_FALLS]
    return deep


def _judge_drop(axis: Axis, x: Floats, values: Floats, seq: Ints, origin: int, i: int) -> Boundary | None:
    """What the fall from x[i] to x[i + 1] is: a new attempt, a resume, or a record out of order (None)."""
    past = x[origin : i + 1]
    peak, low, start = float(past.max()), float(x[i + 1]), float(past[0])
    beyond = np.flatnonzero(x[i + 1 :] > peak)
    behind = int(beyond[0]) if len(beyond) else len(x) - i - 1
    near = low <= start + max(NEAR_START * (peak - start), 0.0)
    stray = behind <= 1 if len(beyond) or not near else False
    if stray or (i > 0 and low >= float(past.min()) and len(past) > 2 and _disordered(x[max(origin, i - 20) : i + 22])):
        return None
    fall = f"{axis} falls back from {peak:g} to {low:g}"
    before, after = int(seq[i]), int(seq[i + 1])
    if near:
        return Boundary("attempt", before, after, f"{fall}, its beginning")
    deep = len(past) >= LONG and low >= start + DEEP * (peak - start)
    if not deep and not _continues(x, values, origin, i, behind):
        return Boundary("attempt", before, after, f"{fall}, and the values do not continue")
    again = origin + int(np.flatnonzero(past >= low)[0])
    return Boundary("resume", before, after, f"{fall}, and the training goes on from there", int(seq[again]))


def _disordered(x: Floats) -> bool:
    """Whether steps go to and fro all the time, as interleaved writers make them."""
    moves = np.diff(x)
    moves = moves[moves != 0]
    return len(moves) > 3 and (moves < 0).mean() > 0.2


def _continues(x: Floats, values: Floats, origin: int, i: int, behind: int) -> bool:
    """Whether the values after the fall are near those that the curve had at the same places, or far nearer than its beginning.

    The second holds for a resume that jumps, with a new learning rate or a lost optimiser state.
    """
    old_x, old = x[origin : i + 1], values[origin : i + 1]
    fine = np.isfinite(old)
    if fine.sum() < 2:
        return True
    new_x, new = x[i + 1 : i + 1 + max(behind, 1)][:BEHIND], values[i + 1 : i + 1 + max(behind, 1)][:BEHIND]
    order = np.argsort(old_x[fine], kind="stable")
    expected = np.interp(new_x, old_x[fine][order], old[fine][order])
    distance = np.abs(new - expected)
    if not np.isfinite(distance).any():
        return True
    width = float(np.ptp(np.quantile(old[fine], [0.02, 0.98])))
    from_start = abs(_level(new[:EDGE]) - _level(old[fine][:EDGE]))
    near = float(np.nanmedian(distance))
    return near <= CONTINUES * width + 3 * _noise(old) or near <= 0.5 * from_start
