"""Sides of a comparison and outcomes of runs, made by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from loglint.compare import summary_of
from loglint.condense import condense
from loglint.facts import facts_of
from loglint.model import Floats, Role, Run, Scalar, Series
from loglint.outcomes import Outcome
from loglint.traces import Summary
from loglint.view import View

LOSS = Role("loss", None, "train", None, "down")
VAL_LOSS = Role("loss", None, "val", None, "down")
ACCURACY = Role("metric", "accuracy", "val", None, "up")
SPEED = Role("throughput", None, "train", None, "up")


def curve(floor: float, seed: int, n: int = 60, noise: float = 0.02, start: float = 2.3) -> Floats:
    rng = np.random.default_rng(seed)
    return floor + (start - floor) * np.exp(-np.arange(n) / 8) + noise * rng.standard_normal(n)


def series(role: Role, values: Floats, seconds: float | None = None) -> Series:
    x = np.arange(len(values), dtype=np.float64)
    time = None if seconds is None else 1.7e9 + seconds * x
    return Series(role.place, values, np.arange(len(values)), step=x, time=time, role=role)


def run(name: str, *curves: Series, **config: Scalar) -> Run:
    return Run(id=name, key=name, series=curves, config=config)


def side(runs: Sequence[Run]) -> Summary:
    return summary_of(runs)


def outcome(made: Run) -> Outcome:
    kept = condense(made, [View(made, 0, facts_of(made.config))], ())
    assert kept is not None
    return kept
