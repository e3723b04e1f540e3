"""Clean curves without noise: how a quantity moves over a run. Each function draws its own constants from `rng`."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from benchmarks.accuracy.noise import Floats


def progress(n: int) -> Floats:
    """Fraction of the run behind each record, float64[n] from 0 to 1."""
    return np.linspace(0.0, 1.0, n)


def exponential(rng: Generator, n: int, start: float, floor: float, tau: tuple[float, float] = (0.04, 0.25)) -> Floats:
    """From start to floor with a time constant of `tau` of the run (drawn from the interval)."""
    return floor + (start - floor) * np.exp(-progress(n) / rng.uniform(*tau))


def power(rng: Generator, n: int, start: float, floor: float) -> Floats:
    """A power law with a floor, as language-model losses fall; the exponent is drawn from 0.05 to 0.5."""
    offset = rng.uniform(0.002, 0.02)
    return floor + (start - floor) * (progress(n) / offset + 1.0) ** -rng.uniform(0.05, 0.5)


def decay(rng: Generator, n: int, start: float, floor: float) -> Floats:
    """Either of the two shapes that most losses fall in."""
    return exponential(rng, n, start, floor) if rng.random() < 0.5 else power(rng, n, start, floor)


def stairs(rng: Generator, n: int, start: float, floor: float, drops: int, ratio: float = 0.1) -> tuple[Floats, Floats]:
    """Loss and learning rate of a step schedule: each cut of the rate lets the loss fall at once to a lower stage."""
    at = np.sort(rng.choice(np.arange(2, 9), drops, replace=False)) / 10.0 * n
    stage = np.searchsorted(at, np.arange(n), side="right")
    levels = floor + (start - floor) * rng.uniform(0.3, 0.6) ** np.arange(1, drops + 2)
    loss = np.empty(n)
    level = start
    for k in range(drops + 1):
        mine = stage == k
        since = np.arange(np.count_nonzero(mine)) / (0.04 * n)
        loss[mine] = levels[k] + (level - levels[k]) * np.exp(-since)
        level = float(loss[mine][-1]) if mine.any() else level
    rate = float(10.0 ** rng.uniform(-4, -0.5)) * ratio**stage
    return loss, rate


def cosine(n: int, peak: float, warmup: float = 0.0, cycles: int = 1) -> Floats:
    """A cosine schedule after a linear warm-up over a fraction of the run, restarted `cycles` times."""
    t = progress(n)
    phase = np.where(t < 1.0, (np.clip(t - warmup, 0.0, 1.0) / (1.0 - warmup) * cycles) % 1.0, 1.0)
    rate = 0.5 * peak * (1.0 + np.cos(np.pi * phase))
    if warmup == 0.0:
        return rate
    return np.where(t < warmup, peak * (t + 1.0 / n) / (warmup + 1.0 / n), rate)


def rising(rng: Generator, n: int, start: float, ceiling: float) -> Floats:
    """A metric that climbs to its ceiling."""
    return ceiling - exponential(rng, n, ceiling - start, 0.0)
