"""Whether HEAD is worse than BASE beyond the noise of both."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from loglint.contrast import Contrast
from loglint.detectors import Measured, NotJudged


class Worse(msgspec.Struct, frozen=True):
    """One of so many figures (`tests`): which (`metric`), its value on both sides (`base`, `head`) in so many runs each, by how
    much HEAD is worse (`effect`, as a `share` of the base's improvement, or of the base's figure for steps and speed), its
    95 % interval (`low` to `high`), and the chance (`p`) of a difference as large without a cause, times the tests made; 1 in
    `same` when the interval leaves no room for a difference that matters."""

    metric: str
    base: float
    head: float
    effect: float
    share: float
    low: float
    high: float
    p: float
    same: int
    tests: int
    n_base: int
    n_head: int


def worse_than_base(
    pair: Sequence[Contrast], *, of: str, assumed_spread: float, same_within: float
) -> tuple[Measured[Worse], ...] | NotJudged:
    """The figures of the kind `of` ("quality" or "speed") on which two groups of runs differ, one measurement each.

    With several seeds a pooled t test of the means, one-sided, times the number of figures (Bonferroni). With one run on both
    sides the error is that of the two curves, and seeds are taken to differ by `assumed_spread` of the scale besides (standard
    deviation); its distribution is a t with few degrees of freedom. Two sides are the same when the interval lies
    within `same_within` of the scale on both sides of zero.
    """
    from scipy.stats import t

    asked = [one for one in pair if one.kind == of]
    if not asked:
        return NotJudged("absent", f"both sides have no figure of {of} in common")
    found = []
    for one in asked:
        error = one.spread(assumed_spread)
        chance = float(t.sf(one.effect / error, one.freedom)) if error > 0 else 0.5 * (one.effect <= 0)
        half = float(t.isf(0.025, one.freedom)) * error if math.isfinite(error) else math.inf
        evidence = Worse(
            metric=one.metric,
            base=one.base,
            head=one.head,
            effect=one.effect,
            share=one.share,
            low=one.effect - half,
            high=one.effect + half,
            p=min(1.0, chance * len(asked)),
            same=int(abs(one.effect) + half <= same_within * one.scale),
            tests=len(asked),
            n_base=one.n_base,
            n_head=one.n_head,
        )
        found.append(Measured(evidence, 0))
    return tuple(found)
