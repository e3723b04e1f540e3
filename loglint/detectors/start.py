"""The first records: the initial loss against chance, and the hockey stick. Nothing later than a tenth of the run matters here."""

from __future__ import annotations

import msgspec
import numpy as np

from loglint.curves.curve import Curve
from loglint.curves.noise import median, noise_scale
from loglint.curves.trend import linear_trend
from loglint.detectors import Level, Measured, NotJudged, Span

FIRST = 20  # records that tell the noise of a first one, which is often larger than later


class InitialLoss(msgspec.Struct, frozen=True):
    """The first record against ln C, what a softmax over C classes that knows nothing must cost.

    `ratio` first / ln C, `sigmas` their difference in standard errors, of the first record or of the mean of the first three,
    whichever tells more; `first`, `expected` in nats; `classes` C.
    """

    ratio: float
    sigmas: float
    first: Level
    expected: Level
    classes: float


def initial_loss(
    loss: Curve, classes: float | None, *, latest_start: float, epoch_ratio: float
) -> Measured[InitialLoss] | NotJudged:
    """First loss against ln C (Karpathy 2019, "verify loss @ init"; CS231n, babysitting).

    An epoch's mean has already learned: there only a first record above `epoch_ratio` ln C counts. The noise of a record is
    that of the curve, or that of its first records in proportion to ln C, whichever is more. A log that begins later than
    `latest_start` of its run shows no first loss.
    """
    if classes is None or classes < 2:
        return NotJudged("absent", "the number of classes is not known")
    if len(loss.values) < 3:
        return NotJudged("too_short", f"{len(loss.values)} records, 3 needed")
    if loss.mirrored:
        return NotJudged("excluded", "no loss is logged")
    if loss.stretch > latest_start:
        return NotJudged("excluded", "the log begins in the middle of the run")
    first, expected = float(loss.values[0]), float(np.log(classes))
    if not loss.finite[0] or first <= 0:
        return NotJudged("excluded", "the first record is no positive number")
    ratio = first / expected
    by_epoch = loss.granularity == "epoch" or loss.axis == "epoch"
    early = loss.values[:FIRST]
    relative = expected * noise_scale(np.log(early)) if bool((early > 0).all()) else 0.0
    noise = max(noise_scale(loss.values), noise_scale(early), relative, 1e-300)
    three = abs(float(loss.values[:3].mean()) - expected) * float(np.sqrt(3.0))
    sigmas = 0.0 if by_epoch and ratio < epoch_ratio else min(1e6, max(abs(first - expected), three) / noise)
    evidence = InitialLoss(ratio, sigmas, first, expected, classes)
    return Measured(evidence, 0, (Span(0, 0),))


class HockeyStick(msgspec.Struct, frozen=True):
    """How much of the progress falls into the first records.

    `ratio` start level over the level at a twentieth of the run, `gone` the share of all progress made by then, `slack`
    how far the level at a tenth still lies above the tail in units of the tail's level, `slack_sigmas` the fall of a line
    through all that comes after the tenth in its standard errors, `over_chance` the first record over ln C (NaN when C is unknown).
    """

    ratio: float
    gone: float
    slack: float
    slack_sigmas: float
    over_chance: float
    anchored: int
    start: Level
    knee: Level
    tail: Level
    knee_step: float
    points: int


def hockey_stick(
    loss: Curve, classes: float | None, *, min_points: int, latest_start: float, chance_ratio: float, free_ratio: float
) -> Measured[HockeyStick] | NotJudged:
    """Nearly the whole drop in the first records, then a long slow handle (Karpathy 2019, "init well").

    The shape alone cannot be told from a fast exponential or a power law, so it needs an anchor: `anchored` is 1 when
    the first record exceeds `chance_ratio` ln C or, with C unknown, the start level exceeds `free_ratio` times the
    level at a twentieth of the run.
    """
    shape = loss.shape
    if shape.n < min_points:
        return NotJudged("too_short", f"{shape.n} records, {min_points} needed")
    if loss.mirrored or median(shape.y) <= 0 or shape.tail <= 0:
        return NotJudged("excluded", "ratios of levels need a positive loss")
    if loss.stretch > latest_start:
        return NotJudged("excluded", "the log begins in the middle of the run")
    start = float(loss.values[0])
    knee_at = max(1, int(0.05 * shape.n))
    knee = median(loss.values[knee_at : max(knee_at + 1, int(0.08 * shape.n))])
    tenth = shape.level(0.1, 0.15)
    over_chance = float(loss.values[0] / np.log(classes)) if classes and classes > 1 else float("nan")
    handle = linear_trend(shape.y[int(0.1 * len(shape.y)) :], shape.sigma, shape.inflation)
    ratio = start / max(knee, 1e-300)
    anchored = over_chance >= chance_ratio if np.isfinite(over_chance) else ratio >= free_ratio
    evidence = HockeyStick(
        ratio=ratio,
        gone=(start - knee) / max(start - shape.best, 1e-300),
        slack=(tenth - shape.tail) / shape.tail,
        slack_sigmas=-handle.change / max(handle.error, 1e-300),
        over_chance=over_chance,
        anchored=int(anchored),
        start=start,
        knee=knee,
        tail=shape.tail,
        knee_step=float(loss.x[loss.places[knee_at]]),
        points=shape.n,
    )
    return Measured(evidence, 0, (Span(0, int(loss.places[knee_at])),))
