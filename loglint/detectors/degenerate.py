"""Numbers that are finite and still impossible: exact zeros, exact constants, known ceilings, broken gradients."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from loglint.curves.curve import Curve
from loglint.curves.noise import GLANCE, median
from loglint.detectors import Level, Measured, NotJudged, Span, late, later
from loglint.model import Bools, Floats


class Pinned(msgspec.Struct, frozen=True):
    """The longest unbroken stretch of records at one special value: its `records`, its `share` of the curve, the
    `value`, and the records `before` it; `to_end` 1 when it lasts to the end."""

    records: int
    share: float
    value: Level
    before: int
    to_end: int
    step: float


class Ceiling(Pinned, frozen=True):
    """`Pinned`, and the records over the number asked for (`enough`)."""

    enough: float


def _longest(mask: Bools) -> tuple[int, int]:
    """First index and length of the longest run of True."""
    if not mask.any():
        return 0, 0
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    lengths = edges[1::2] - edges[::2]
    longest = int(np.argmax(lengths))
    return int(edges[::2][longest]), int(lengths[longest])


def _pinned(curve: Curve, mask: Bools, value: float | None = None) -> Measured[Pinned]:
    first, length = _longest(mask)
    evidence = Pinned(
        records=length,
        share=length / max(1, len(curve)),
        value=float(curve.y[first]) if value is None and len(curve) else float(value or 0.0),
        before=int(curve.finite[:first].sum()),
        to_end=int(length > 0 and first + length == len(curve)),
        step=float(curve.x[first]) if len(curve) else 0.0,
    )
    spans = (Span(first, first + length - 1),) if length else ()
    return Measured(evidence, first, spans)


def exact_zero(loss: Curve) -> Measured[Pinned] | NotJudged:
    """The longest stretch of records in which a curve is exactly 0."""
    return _pinned(loss, loss.y == 0, 0.0) if len(loss) else NotJudged("absent", "no points")


def ceiling(
    loss: Curve,
    *,
    constants: tuple[float, ...],
    perplexity_constants: tuple[float, ...],
    within: float,
    exactly: float,
    asked: int,
) -> Measured[Ceiling] | NotJudged:
    """The longest stretch within a share `within` of one of the `constants` that clipped arithmetic produces; `asked` records.

    87.3365 is -log of the smallest normal float32, 16.118 = -log(1e-7), 27.631 = -log(1e-12), 34.539 = -log(1e-15),
    18.421 = -log(1e-8), 23.026 = -log(1e-10), 100 the clamp of binary cross-entropy in PyTorch, 103.28 -log of the smallest
    subnormal float32. Nothing comes within `exactly` of one of those with many digits by chance: one record is enough, if it
    is the last. So it is for a perplexity, the exponential of a loss, that is infinite or at one of `perplexity_constants`,
    where trainers cut the exponent.
    """
    if not len(loss):
        return NotJudged("absent", "no points")
    if loss.quantity == "perplexity":
        top = np.isposinf(loss.y) | _near(loss.y, perplexity_constants, within)
        return _at_ceiling(_pinned(loss, _last_of(top)), 1)
    low, high = loss.extremes
    met = [c for c in constants if low - within * c <= c <= high + within * c]
    exact = [c for c in met if c != round(c)]
    if _near(loss.y[-1:], exact, exactly).any():
        return _at_ceiling(_pinned(loss, _last_of(_near(loss.y, exact, exactly))), 1)
    stretches = [_pinned(loss, np.abs(loss.y - c) <= within * c) for c in met] or [_pinned(loss, _near(loss.y, (), within))]
    return _at_ceiling(max(stretches, key=lambda measured: measured.evidence.records), asked)


def _near(y: Floats, constants: Sequence[float], within: float) -> Bools:
    """Which values lie within a share of any of the constants."""
    near: Bools = np.zeros(len(y), dtype=np.bool_)
    for c in constants:
        near |= np.abs(y - c) <= within * c
    return near


def _last_of(mask: Bools) -> Bools:
    """The mask with only the True ones kept from which on nothing is False."""
    kept: Bools = np.minimum.accumulate(mask[::-1])[::-1]
    return kept


def _at_ceiling(found: Measured[Pinned], asked: int) -> Measured[Ceiling]:
    p = found.evidence
    return Measured(Ceiling(p.records, p.share, p.value, p.before, p.to_end, p.step, p.records / asked), found.at, found.spans)


@late("train_moved")
class Constant(msgspec.Struct, frozen=True):
    """A validation curve that repeats one value exactly: `records` equal ones at the end of `points`, at `value`, while
    the training curve changed by `train_moved` of its level; `enough` the records over the number asked for; `perfect` 1
    where a metric sits at its upper end, from where it cannot move; `hint` 1 where it is a metric and either the
    validation loss beside it does change, so that the evaluation works and the metric alone says nothing, or it has been 0 from
    the first evaluation on, as a metric is before anything was learned."""

    records: int
    enough: float
    share: float
    value: Level
    perfect: int
    train_moved: float
    hint: int
    points: int


def _equal_at_end(y: Floats) -> int:
    """How many of the last values, one or more, are equal to the last one."""
    count = GLANCE
    while True:
        same = y[-count:] == y[-1]
        if not same.all():
            return int(np.argmin(same[::-1]))
        if count >= len(y):
            return len(y)
        count *= 8


def constant_validation(
    val: Curve, train: Curve | None, loss: Curve | None, *, min_points: int, at_zero: int, elsewhere: int
) -> Measured[Constant] | NotJudged:
    """Validation numbers that are exactly equal, evaluation after evaluation, while training moves.

    `at_zero` such evaluations are asked for where the value is exactly 0, `elsewhere` for any other.
    """
    y = val.values
    if len(y) < min_points:
        return NotJudged("too_short", f"{len(y)} evaluations, {min_points} needed")
    if train is None or len(train.values) < 2:
        return NotJudged("absent", "no training curve to move beside it")
    if loss is not None and not len(loss.values):
        return NotJudged("excluded", "the validation loss is not a number")
    records = _equal_at_end(y)
    first = int(val.places[len(y) - records])
    sign = -1.0 if val.mirrored else 1.0
    value = sign * float(y[-1])
    enough = records / (at_zero if value == 0 else elsewhere)
    perfect = int(val.mirrored and value in (1.0, 100.0))
    moves = loss is not None and bool((loss.values[-records:] != loss.values[-1:]).any())
    hint = int(val.quantity == "metric" and (moves or (value == 0 and records == len(y))))
    evidence = Constant(records, enough, records / len(y), value, perfect, later(lambda: _moved(train)), hint, len(y))
    return Measured(evidence, first, (Span(first, int(val.places[-1])),))


def _moved(curve: Curve) -> float:
    """The range of a curve as a share of its level."""
    low, high = curve.extremes
    return (high - low) / max(curve.middle if low >= 0 else median(np.abs(curve.values)), 1e-300)


class BrokenGradient(msgspec.Struct, frozen=True):
    """A gradient norm that is not a number or exactly 0: `bad` such records, their share `lasting` from the first one on,
    `before` good ones; `loss_finite` 1 while the loss is a number there."""

    bad: int
    lasting: float
    before: int
    zeros: int
    loss_finite: int
    step: float


def broken_gradient(gradient: Curve, loss: Curve | None, *, settle: int) -> Measured[BrokenGradient] | NotJudged:
    """Gradient norm not finite, or exactly zero, after the first `settle` records (a loss scaler finds its scale there)."""
    if len(gradient) <= settle:
        return NotJudged("too_short", f"{len(gradient)} records, {settle + 1} needed")
    if gradient.whole and (gradient.extremes[0] > 0 or gradient.extremes[1] < 0):
        fine = int(loss is None or bool(len(loss) and loss.finite[-1]))
        return Measured(BrokenGradient(0, 0.0, 0, 0, fine, float(gradient.x[0])), 0)
    bad = ~gradient.finite | (gradient.y == 0)
    bad[:settle] &= bool(bad[settle:].all())
    first = int(np.argmax(bad)) if bad.any() else 0
    evidence = BrokenGradient(
        bad=int(bad.sum()),
        lasting=float(bad[first:].mean()) if bad.any() else 0.0,
        before=first,
        zeros=int((gradient.y[bad] == 0).sum()),
        loss_finite=int(loss is None or bool(loss.finite[-1])) if loss is None or len(loss) else 0,
        step=float(gradient.x[first]),
    )
    return Measured(evidence, first, (Span(first, len(gradient) - 1),) if bad.any() else ())


class OnlyValidation(msgspec.Struct, frozen=True):
    """Non-finite validation points (`count`, of which `lasting` from the first on) beside a finite training loss."""

    count: int
    lasting: float
    step: float


def only_validation_non_finite(val: Curve, train: Curve | None) -> Measured[OnlyValidation] | NotJudged:
    """The validation loss is not a number while the training loss, where there is one, is."""
    if not len(val):
        return NotJudged("absent", "no points")
    if train is not None and not train.whole:
        return NotJudged("excluded", "the training loss is not finite either")
    if val.whole:
        return Measured(OnlyValidation(0, 0.0, float(val.x[0])), 0)
    bad = ~val.finite
    first = int(np.argmax(bad)) if bad.any() else 0
    evidence = OnlyValidation(int(bad.sum()), float(bad[first:].mean()) if bad.any() else 0.0, float(val.x[first]))
    return Measured(evidence, first, (Span(first, len(val) - 1),) if bad.any() else ())


class Length(msgspec.Struct, frozen=True):
    """How many finite points the judged curve has."""

    points: int


def length(curve: Curve) -> Measured[Length] | NotJudged:
    """The number of records that can be judged."""
    return Measured(Length(len(curve)), 0, (Span(0, len(curve) - 1),)) if len(curve) else NotJudged("absent", "no points")
