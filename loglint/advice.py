"""A run's own numbers for its remedies: rates and batches to try next, warm-up, patience; each with where it comes from.

What is said with them stands in the rules' `[[remedy]]` tables; what was measured is the business of the detectors.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from loglint.curves.curve import Curve

LONGEST_WARMUP = 0.1  # of a run's steps (tuning-playbook, "optimization failures")
USUAL_BETA2 = 0.999  # Kingma & Ba 2015, and the default of every framework
TRIED = (0.1, 0.01, 1e-3, 1e-4, 1e-5)  # from what to begin with downward by tens (`alchemy` learning rate, `cs231n` 4.2)
SHOULD_KNOW = 5  # evaluations up to the best, from which on their distances tell a patience


def run_facts(
    facts: Mapping[str, Any], lr: Curve | None = None, position: float = math.nan, curve: Curve | None = None, length: float = 0.0
) -> dict[str, Any]:
    """The facts a remedy may use, by placeholder; None where the run does not tell.

    `position` is where the finding stands on its curve's axis, `length` the extent of the attempt there.

    - `lr`: the learning rate logged at (or last before) the finding, else the configured one; `lr_next` a tenth to a third of
      it, `lr_up` three to ten times it (steps of 1 to 10: `alchemy` NaN 1, `cs231n` 4.2); `lr_tries` the three of `TRIED`
      that are nearest to it and no neighbours of it.
    - `batch_up` four times the batch and `lr_batch` the rate that goes with it (the linear scaling rule, `goyal2017` 2.1);
      `batch_down` half of it.
    - `ln_c`: what a guess over `num_classes` costs. `clip`: the configured limit of the gradient norm.
    - `warmup_adam` 2 / (1 - `beta2`) steps, where the optimiser has a beta2 (`ma2021`); `warmup_most` a tenth of the run.
    - `apart`: the most evaluations between two new bests up to the finding, `patience` one more to twice that.
    - `length`: how many steps or epochs the run has.
    """
    rate = _rate(facts, lr, position)
    batch, classes, beta2 = facts.get("batch_size"), facts.get("num_classes"), _beta2(facts)
    counted = curve.axis if curve is not None and length > 0 else "seq"
    apart = None if curve is None else longest_wait(curve, position)
    names = ("batch_size", "num_classes", "optimizer", "epochs", "warmup", "weight_decay", "seed")
    return {name: facts.get(name) for name in names} | {
        "lr": rate,
        "lr_next": None if rate is None else f"{rate / 10:.2g} to {rate / 3:.2g}",
        "lr_up": None if rate is None else f"{rate * 3:.2g} to {rate * 10:.2g}",
        "lr_tries": None if rate is None else ", ".join(f"{one:g}" for one in _tries(rate)),
        "batch_up": batch * 4 if isinstance(batch, int | float) else None,
        "batch_down": max(1, int(batch) // 2) if isinstance(batch, int | float) else None,
        "lr_batch": rate * 4 if rate is not None and isinstance(batch, int | float) else None,
        "ln_c": math.log(classes) if isinstance(classes, int | float) and classes > 1 else None,
        "clip": facts.get("gradient_clip"),
        "beta2": beta2,
        "warmup_adam": None if beta2 is None else round(2 / (1 - beta2)),
        "warmup_most": round(LONGEST_WARMUP * length) if counted == "step" and length >= 100 else None,
        "length": round(length) if counted in ("step", "epoch") else None,
        "apart": apart,
        "patience": None if apart is None else f"{apart + 1} to {max(2 * apart, apart + 2)}",
    }


def longest_wait(val: Curve, position: float) -> int | None:
    """The most evaluations that a new best was away from the one before it, up to `position`; None when too few tell.

    Early stopping must wait longer than that, or it would have stopped this run before its best. None as well when the
    longest wait is more than half of the way: then patience is not what this curve tells.
    """
    y = val.values[val.x[val.places] <= position] if math.isfinite(position) else val.values
    if len(y) < SHOULD_KNOW:
        return None
    lowest = np.minimum.accumulate(y)
    bests = np.append(0, np.flatnonzero(lowest[1:] < lowest[:-1]) + 1)
    if len(bests) < 2 or bests[-1] + 1 < SHOULD_KNOW:
        return None
    wait = int(np.diff(bests).max())
    return wait if wait <= bests[-1] / 2 else None


def _rate(facts: Mapping[str, Any], lr: Curve | None, position: float) -> float | None:
    rate = facts.get("learning_rate")
    if lr is not None and len(lr.values):
        before = lr.values[: max(1, int((lr.x[lr.places] <= position).sum()))] if math.isfinite(position) else lr.values
        positive = before[before > 0]
        rate = float(positive[-1]) if len(positive) else rate
    return rate if isinstance(rate, int | float) and rate > 0 else None


def _tries(rate: float) -> list[float]:
    """Rates worth a trial where `rate` moved nothing: the nearest three of `TRIED` that are at least a factor of three away."""
    distance = {one: abs(math.log10(one / rate)) for one in TRIED}
    return sorted((one for one in TRIED if distance[one] > math.log10(3)), key=distance.__getitem__)[:3]


def _beta2(facts: Mapping[str, Any]) -> float | None:
    """The configured beta2, else the usual one where the optimiser is a relative of Adam; else None."""
    known = facts.get("beta2")
    if isinstance(known, float):
        return known
    optimizer = facts.get("optimizer")
    return USUAL_BETA2 if isinstance(optimizer, str) and re.search("adam", optimizer, re.I) else None


FACTS = frozenset(run_facts({}))
