"""Injected faults of family OPT: plateaus, slow progress, learning rates that stop the run."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from benchmarks.accuracy import shapes
from benchmarks.accuracy.faults.common import MILD, Injected, by_step, cover, draw, fault
from benchmarks.accuracy.generators import epochs, start_and_floor, stepped
from benchmarks.accuracy.noise import white

STUCK = "underfitting at-chance late-plateau plateau-from-start validation-stalled slow-convergence"


@fault("plateau-from-start", "improvement, fraction of the level (weak first)", (0.1, 0.05, 0.03, 0.02, 0.01, 0.0), 0.01, STUCK)
def plateau(rng: Generator, strength: float) -> Injected:
    n = int(rng.choice([30, 100, 300, 1000]))
    level = float(rng.uniform(0.3, 5.0))
    t = shapes.progress(n)
    y = level * (1.0 - strength * t) * (1.0 + rng.uniform(0.0, 0.3) * (np.arange(n) == 0)) + 0.01 * level * white(rng, n)
    return Injected(draw(stepped(rng, n), train__loss=y))


@fault(
    "plateau-from-start",
    "noise, fraction of the level (strong first)",
    (0.2, 0.1, 0.05, 0.02, 0.01, 0.003),
    0.01,
    STUCK,
    title="plateau-from-start, at ln C",
)
def plateau_at_chance(rng: Generator, strength: float) -> Injected:
    n = int(rng.choice([30, 100, 300, 1000]))
    classes = int(rng.choice([2, 10, 100]))
    level = float(np.log(classes))
    y = level * (1.0 + 0.05 * np.exp(-np.arange(n) / 2.0)) + strength * level * white(rng, n)
    return Injected(draw(stepped(rng, n), config={"num_classes": classes}, train__loss=y))


@fault(
    "late-plateau",
    "share of the run without gain",
    (0.1, 0.2, 0.3, 0.4, 0.5, 0.7),
    0.5,
    "underfitting lr-never-decayed hockey-stick-start gradient-drift",
)
def late_plateau(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng, int(rng.choice([300, 1000])))
    first = int(ground.n * (1.0 - strength))
    t = np.minimum(shapes.progress(ground.n) / (1.0 - strength), 1.0)
    clean = ground.clean[0] * (1.0 - 0.6 * np.sqrt(t))
    y = clean + 0.005 * ground.clean[0] * white(rng, ground.n)
    return Injected(draw(ground.x, train__loss=y, learning_rate=np.full(ground.n, 1e-3)), float(ground.x[first]))


@fault(
    "slow-convergence",
    "fall over the run, fraction of the start",
    (0.003, 0.01, 0.03, 0.06, 0.1, 0.2),
    0.1,
    "stopped-too-early plateau-from-start underfitting",
)
def slow_convergence(rng: Generator, strength: float) -> Injected:
    n = int(rng.choice([100, 300, 1000]))
    start = float(rng.uniform(1.0, 7.0))
    y = start * (1.0 - strength * shapes.progress(n)) + 0.005 * start * white(rng, n)
    return Injected(draw(stepped(rng, n), train__loss=y, learning_rate=np.full(n, 1e-5)))


@fault("underfitting", "accuracy of ten classes (best first)", (0.8, 0.6, 0.5, 0.4, 0.3, 0.2), 0.3, STUCK + " stopped-too-early")
def underfitting(rng: Generator, strength: float) -> Injected:
    n = int(rng.choice([30, 60, 100]))
    train = shapes.exponential(rng, n, 0.1, strength, tau=(0.02, 0.06))
    level = 2.3 * (1.0 - strength) / 0.9
    loss = shapes.exponential(rng, n, 2.3, level, tau=(0.02, 0.06))
    curves = {
        "train__loss": loss + 0.01 * white(rng, n),
        "val__loss": loss * 1.01 + 0.01 * white(rng, n),
        "train__accuracy": rng.binomial(50_000, train) / 50_000,
        "val__accuracy": rng.binomial(10_000, 0.99 * train) / 10_000,
    }
    return Injected(draw(epochs(n), "epoch", {"num_classes": 10}, **curves))


@fault(
    "stopped-too-early", "gain in the last quarter, fraction of all", (0.01, 0.03, 0.06, 0.1, 0.15, 0.25), 0.25, "slow-convergence"
)
def stopped_too_early(rng: Generator, strength: float) -> Injected:
    n = int(rng.choice([30, 60, 100]))
    t = shapes.progress(n)
    curved = np.exp(-t / 0.06)
    clean = 2.0 + (1.0 - 4.0 * strength) * curved + 4.0 * strength * (1.0 - t)
    curves = {"train__loss": clean + 0.005 * white(rng, n), "val__loss": 1.03 * clean + 0.005 * white(rng, n)}
    return Injected(draw(epochs(n), "epoch", learning_rate=np.full(n, 1e-3), **curves))


@fault(
    "lr-decayed-too-early",
    "where the rate is gone, fraction of the run (late first)",
    (0.9, 0.7, 0.55, 0.45, 0.3, 0.15),
    0.3,
    "late-plateau schedule-horizon-mismatch",
)
def decayed_too_early(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng)
    t = shapes.progress(ground.n)
    rate = 1e-2 * np.where(t < strength, 1.0, 1e-4)
    frozen = ground.clean[min(ground.n - 1, int(strength * ground.n))]
    y = cover(rng, ground.noise, np.where(t < strength, ground.clean, frozen))
    return Injected(draw(ground.x, train__loss=y, learning_rate=rate), strength * float(ground.x[-1]))


@fault(
    "zero-learning-rate",
    "share of the run at rate 0",
    (0.01, 0.05, 0.1, 0.3, 0.6, 1.0),
    0.6,
    "late-plateau lr-decayed-too-early schedule-horizon-mismatch plateau-from-start",
)
def zero_rate(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng)
    first = int(ground.n * (1.0 - strength))
    rate = np.where(np.arange(ground.n) < first, 1e-3, 0.0)
    clean = np.where(np.arange(ground.n) < first, ground.clean, ground.clean[max(0, first - 1)])
    y = cover(rng, ground.noise, clean)
    return Injected(draw(ground.x, train__loss=y, learning_rate=rate), float(ground.x[min(first, ground.n - 1)]))


@fault("vanishing-gradient", "last norm / first norm (weak first)", (0.5, 0.1, 1e-2, 1e-3, 1e-4, 1e-8), 1e-4, STUCK)
def vanishing_gradient(rng: Generator, strength: float) -> Injected:
    n = int(rng.choice([100, 300, 1000]))
    t = shapes.progress(n)
    y = 2.3 + 0.02 * white(rng, n)
    norm = rng.lognormal(0.0, 0.2, n) * strength ** np.minimum(1.0, t / 0.5)
    return Injected(draw(stepped(rng, n), config={"num_classes": 10}, train__loss=y, grad_norm=norm))


@fault(
    "schedule-horizon-mismatch",
    "where the schedule ends, fraction of the run (late first)",
    (0.99, 0.95, 0.9, 0.8, 0.6),
    0.6,
    "late-plateau zero-learning-rate lr-decayed-too-early",
)
def horizon(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng, int(rng.choice([300, 1000])))
    ends = int(strength * ground.n)
    rate = np.maximum(np.concatenate((shapes.cosine(ends, 1e-3), np.zeros(ground.n - ends))), 1e-9)
    y = cover(rng, ground.noise, ground.clean)
    return Injected(draw(ground.x, train__loss=y, learning_rate=rate), float(ground.x[ends]))


@fault(
    "learning-rate-range-test",
    "last over first rate",
    (3, 10, 30, 300, 1e4, 1e6),
    1e4,
    "stopped-too-early slow-convergence hockey-stick-start loss-spike divergence",
)
def range_test(rng: Generator, strength: float) -> Injected:
    n = int(rng.choice([60, 100, 300, 1000]))
    start, floor = start_and_floor(rng)
    t = shapes.progress(n)
    fallen = start - (start - floor) / (1.0 + np.exp(-(t - 0.5) / 0.06))
    y = cover(rng, MILD[int(rng.integers(len(MILD)))], fallen + 3.0 * start * np.clip((t - 0.85) / 0.15, 0.0, 1.0) ** 2)
    rates = float(10.0 ** rng.uniform(-7, -4)) * strength**t
    return Injected(draw(stepped(rng, n), train__loss=y, learning_rate=rates))


@fault("ends-in-warm-up", "length of the warm-up / length of the run", (0.5, 0.9, 0.95, 1.0, 1.2, 2), 2)
def unfinished(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng)
    ramp = np.arange(1, ground.n + 1) / (strength * ground.n)
    rate = 1e-3 * np.where(ramp <= 1.0, ramp, np.clip(1.0 - 0.1 * (ramp - 1.0), 0.0, 1.0))
    return Injected(draw(ground.x, train__loss=cover(rng, ground.noise, ground.clean), learning_rate=rate))
