"""NaN and infinity in a loss: where they begin, whether they last, and whether the loss grew before. No other symptom."""

from __future__ import annotations

import msgspec
import numpy as np

from loglint.curves.curve import Curve
from loglint.curves.noise import median, noise_scale
from loglint.detectors import Level, Measured, NotJudged, Span
from loglint.model import Floats

WINDOW = 120  # finite points before the first non-finite one that tell what was usual
LAST_RISE = 5  # of these, the last ones may be the rise itself


class NonFinite(msgspec.Struct, frozen=True):
    """Non-finite points of one loss.

    `iterations` is the position of the first one (iterations, epochs or records, as the axis says), `earliest` the
    last finite position before it, `early` 1 when it falls into the beginning; `lasting` the share of non-finite
    points from the first one on; `last` the last finite value before; `sigmas` and `ratio` how far that lies above the
    median of the records before, in their noise and in their largest other excess; `grew` 1 when both say growth; `gradient` 1
    where it is a gradient norm.
    """

    count: int
    before: int
    iterations: float
    earliest: float
    early: int
    lasting: float
    last: Level
    sigmas: float
    ratio: float
    grew: int
    gradient: int


def non_finite(
    loss: Curve, *, early_iterations: float, early_epochs: float, growth_sigmas: float, growth_ratio: float
) -> Measured[NonFinite] | NotJudged:
    """Where a loss stops being a number. A full scan, never on a reduced curve.

    A gradient norm may be infinite, which a loss scaler provokes at will; only NaN counts in it.

    Early means within the first `early_iterations` iterations, or `early_epochs` epochs of a log that has one record an
    epoch; a NaN in the very first interval between records counts as early, since it happened somewhere inside it.
    """
    if len(loss) == 0:
        return NotJudged("absent", "no points")
    gradient = loss.quantity == "gradient_norm"
    bad = np.isnan(loss.y) if gradient and not loss.whole else ~loss.finite
    if loss.whole or not bad.any():
        return Measured(NonFinite(0, len(loss), 0.0, 0.0, 0, 0.0, float(loss.y[-1]), 0.0, 0.0, 0, int(gradient)), 0)
    first = int(np.argmax(bad))
    iterations, earliest, limit = _when(loss, first, early_iterations, early_epochs)
    early = int(iterations <= limit or (first <= 1 and earliest <= limit))
    before = loss.y[:first]
    sigmas, ratio = _growth(before[-WINDOW:])
    evidence = NonFinite(
        count=int(bad.sum()),
        before=first,
        iterations=iterations,
        earliest=earliest,
        early=early,
        lasting=float(bad[first:].mean()),
        last=float(before[-1]) if first else float("nan"),
        sigmas=sigmas,
        ratio=ratio,
        grew=int(sigmas >= growth_sigmas and ratio >= growth_ratio),
        gradient=int(gradient),
    )
    since = _rises_from(before) if evidence.grew else None
    return Measured(evidence, first, _runs(np.flatnonzero(bad)), since)


def _when(loss: Curve, first: int, early_iterations: float, early_epochs: float) -> tuple[float, float, float]:
    """Position of the first non-finite point, lower bound of when it happened, and the limit of "early" on that axis.

    Every record is an iteration of its own at least: a counter that is behind the records counts something else.
    """
    x = loss.x
    by_epoch = loss.axis == "epoch" or loss.granularity == "epoch"
    if loss.axis in ("time", "seq"):
        x, by_epoch = np.arange(len(loss), dtype=np.float64), loss.granularity == "epoch"
    spacing = median(np.diff(x)) if len(x) > 1 else float(x[0])
    origin = 0.0 if x[0] <= 2 * spacing else x[0]  # an excerpt from the middle of a run has no known beginning
    earliest = float(x[first - 1]) if first else (0.0 if origin == 0.0 else float(x[0]))
    if by_epoch:
        return float(x[first]), earliest, early_epochs
    return max(float(x[first]), float(first)), max(earliest, float(first - 1)), early_iterations


def _growth(before: Floats) -> tuple[float, float]:
    """How far the last finite value stands out from what came before its rise: in noise over the median, and against the
    largest other excess."""
    if len(before) < LAST_RISE + 3:
        if len(before) < 2 or before[0] <= 0:
            return 0.0, 0.0
        rises = bool((np.diff(before) > 0).all())
        return (float("inf"), float(before[-1] / before[0])) if rises else (0.0, 0.0)
    usual = before[: max(3, min(_rises_from(before), len(before) - LAST_RISE))]
    level = median(usual)
    excess = float(before[-1]) - level
    scale = max(noise_scale(usual), abs(level) * 1e-6, 1e-300)
    largest = max(float(usual.max()) - level, scale)
    return excess / scale, excess / largest


def _rises_from(before: Floats) -> int:
    """Index from which the curve lies above the median of all before its end: where a growth begins."""
    low = np.flatnonzero(before <= median(before))
    return min(int(low[-1]) + 1, len(before) - 1) if len(low) else 0


def _runs(places: Floats | np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[Span, ...]:
    """Consecutive indices as spans, at most 50."""
    edges = np.flatnonzero(np.diff(places) > 1)
    starts = np.concatenate([[0], edges + 1])[:50]
    ends = np.concatenate([edges, [len(places) - 1]])[:50]
    return tuple(Span(int(places[a]), int(places[b])) for a, b in zip(starts, ends, strict=True))
