"""How fast the objective falls, and whether it was still falling when the run ended."""

from __future__ import annotations

import msgspec
import numpy as np

from loglint.curves.curve import Curve
from loglint.detectors import Measured, NotJudged, Span


class Pace(msgspec.Struct, frozen=True):
    """Shares of the progress: `second_half` made in the second half of the run (0.5 when the fall is linear),
    `last_quarter` in the last quarter (`last_lower`: with two standard errors less); the whole progress in standard errors
    (`sigmas`) and as a share of the start level (`modest`); `lr_share` the last learning rate over its peak, 1 when not logged."""

    second_half: float
    last_quarter: float
    last_lower: float
    sigmas: float
    half_sigmas: float
    modest: float
    lr_share: float
    next_gain: float
    points: int


def pace(objective: Curve, lr: Curve | None, *, min_points: int) -> Measured[Pace] | NotJudged:
    """Where in the run the progress was made.

    `next_gain` estimates what twice the length would still bring, as a share of the progress: d1^2 / d0 from the gains
    d0, d1 of the two last quarters, the ratio continued geometrically.
    """
    shape = objective.shape
    if shape.n < min_points:
        return NotJudged("too_short", f"{shape.n} records, {min_points} needed")
    progress = shape.start - shape.tail
    if progress <= 0:
        return NotJudged("excluded", "the objective did not fall")
    half, third, last = shape.level(0.45, 0.55), shape.level(0.7, 0.8), shape.tail
    error = max(shape.error * float(np.sqrt(2.0)), 1e-300)
    d0, d1 = half - third, third - last
    positive = len(lr.values) > 0 and float(lr.values.max()) > 0 if lr is not None else False
    evidence = Pace(
        second_half=(half - last) / progress,
        last_quarter=d1 / progress,
        last_lower=(d1 - 2 * float(np.hypot(shape.error_of(shape.blocks(0.7, 0.8)), shape.error))) / progress,
        sigmas=progress / error,
        half_sigmas=(half - last) / error,
        modest=progress / abs(shape.start) if shape.start != 0 and not objective.mirrored else 1.0,
        lr_share=float(lr.values[-1] / lr.values.max()) if lr is not None and positive else 1.0,
        next_gain=min(1.0, d1 * d1 / d0 / progress) if d0 > 0 and d1 > 0 else 0.0,
        points=shape.n,
    )
    at = int(objective.places[shape.middle[int(0.75 * len(shape.y))]])
    return Measured(evidence, at, (Span(at, int(objective.places[-1])),))
