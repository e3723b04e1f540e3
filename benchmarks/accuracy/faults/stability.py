"""Injected faults of families INI and STA: the start, divergence, spikes, shifts, oscillation, gradients, reward."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from benchmarks.accuracy import shapes
from benchmarks.accuracy.faults.common import Injected, by_epoch, by_step, cover, draw, fault, ramp
from benchmarks.accuracy.noise import white

SLOW = "stopped-too-early slow-convergence late-plateau plateau-from-start"


def _stick(rng: Generator, n: int, start: float, level: float) -> np.ndarray:
    """A drop from start to level within a hundredth of the run, then a handle that still falls by 30 %."""
    t = shapes.progress(n)
    return level * (1.0 - 0.3 * t) + (start - level) * np.exp(-t / float(rng.uniform(0.004, 0.015)))


@fault("hockey-stick-start", "start / level at 5 % of the run", (2, 3, 5, 8, 12, 20, 40), 20, SLOW + " unexpected-initial-loss")
def hockey_stick(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng)
    level = float(rng.uniform(0.3, 3.0))
    y = cover(rng, ground.noise, _stick(rng, ground.n, strength * level, level))
    return Injected(draw(ground.x, train__loss=y), float(ground.x[0]))


@fault(
    "hockey-stick-start",
    "first record / ln C",
    (0.9, 1.1, 1.3, 1.6, 2, 3, 5),
    3,
    SLOW + " unexpected-initial-loss",
    title="hockey-stick-start, ln C known",
)
def hockey_stick_classes(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng)
    classes = int(rng.choice([10, 100, 1000]))
    expected = float(np.log(classes))
    y = cover(rng, ground.noise, _stick(rng, ground.n, strength * expected, 0.85 * expected))
    return Injected(draw(ground.x, config={"num_classes": classes}, train__loss=y), float(ground.x[0]))


@fault("unexpected-initial-loss", "first record / ln C", (1.0, 1.1, 1.3, 1.6, 2, 3, 5), 2, "hockey-stick-start")
def initial_loss(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng)
    classes = int(rng.choice([10, 100, 1000]))
    start = strength * float(np.log(classes))
    clean = shapes.exponential(rng, ground.n, start, 0.1 * start)
    x = np.arange(ground.n, dtype=np.float64)
    return Injected(draw(x, config={"num_classes": classes}, train__loss=cover(rng, ground.noise, clean)), 0.0)


@fault(
    "missing-warmup",
    "early rise, fraction of the start level",
    (0.05, 0.1, 0.3, 0.5, 1, 3),
    1,
    "loss-spike divergence hockey-stick-start unexpected-initial-loss",
)
def missing_warmup(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng, int(rng.choice([300, 1000])))
    t = shapes.progress(ground.n)
    bump = strength * ground.clean[0] * np.where(t < 0.02, t / 0.02, np.exp(-(t - 0.02) / 0.02))
    y = cover(rng, ground.noise, ground.clean + bump)
    return Injected(draw(ground.x, train__loss=y, learning_rate=shapes.cosine(ground.n, 1e-2)), float(ground.x[0]))


@fault(
    "divergence",
    "rise, fraction of the fall before it",
    (0.05, 0.15, 0.3, 0.5, 0.75, 1, 2, 5),
    1,
    "level-shift exploding-gradient stopped-too-early",
)
def divergence(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng)
    first = int(ground.n * rng.uniform(0.4, 0.7))
    y = cover(rng, ground.noise, ground.clean + strength * ground.fall * np.minimum(1.0, 2.0 * ramp(ground.n, first)))
    return Injected(draw(ground.x, train__loss=y), float(ground.x[first]))


@fault("loss-spike", "height, fraction of the range", (0.02, 0.05, 0.1, 0.2, 0.5, 1, 3), 1, "bad-batch-recurs")
def loss_spike(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng, int(rng.choice([300, 1000])))
    at = int(ground.n * rng.uniform(0.4, 0.9))
    y = cover(rng, ground.noise, ground.clean)
    tail = np.arange(ground.n - at)
    y[at:] += strength * ground.fall * np.exp(-tail / 2.0)
    return Injected(draw(ground.x, train__loss=y), float(ground.x[at]))


@fault("level-shift", "height, fraction of the range", (0.02, 0.05, 0.1, 0.2, 0.4, 0.8), 0.4, "divergence loss-spike")
def level_shift(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng)
    at = int(ground.n * rng.uniform(0.4, 0.7))
    y = cover(rng, ground.noise, ground.clean + strength * ground.fall * (np.arange(ground.n) >= at))
    return Injected(draw(ground.x, train__loss=y), float(ground.x[at]))


@fault(
    "oscillation",
    "noise of both curves, fraction of the level",
    (0.02, 0.05, 0.1, 0.2, 0.4, 0.8),
    0.4,
    "noisy-validation batch-too-small loss-spike validation-stalled late-plateau",
)
def oscillation(rng: Generator, strength: float) -> Injected:
    ground = by_epoch(rng)
    train, validation = (c * np.exp(strength * white(rng, ground.n)) for c in (ground.clean, 1.05 * ground.clean))
    return Injected(draw(ground.x, "epoch", train__loss=train, val__loss=validation))


@fault("gradient-clip-saturated", "share of records at the bound", (0.3, 0.6, 0.75, 0.85, 0.95, 1.0), 0.95)
def clip_saturated(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng, 300)
    norm = np.where(rng.random(ground.n) < strength, 1.0, rng.uniform(0.3, 0.99, ground.n))
    return Injected(draw(ground.x, train__loss=cover(rng, ground.noise, ground.clean), grad_norm=norm))


@fault(
    "reward-collapse",
    "share of the gain lost",
    (0.1, 0.3, 0.5, 0.7, 0.9, 1.2),
    0.9,
    "level-shift divergence validation-metric-falling",
)
def reward_collapse(rng: Generator, strength: float) -> Injected:
    n = int(rng.choice([100, 300, 1000]))
    first = int(n * rng.uniform(0.5, 0.7))
    gain = shapes.rising(rng, n, 0.0, 200.0) - 200.0 * strength * np.minimum(1.0, 3.0 * ramp(n, first))
    reward = gain + 10.0 * white(rng, n)
    x = np.arange(1.0, n + 1.0) * 2048
    return Injected(draw(x, rollout__ep_rew_mean=reward), float(x[first]))


@fault("gradient-drift", "growth of the norm over the run", (1.1, 1.5, 2, 4, 8, 20), 8, SLOW + " exploding-gradient")
def gradient_drift(rng: Generator, strength: float) -> Injected:
    n = int(rng.choice([300, 1000]))
    t = shapes.progress(n)
    y = 2.0 + np.exp(-t / 0.03) + 0.02 * white(rng, n)
    norm = rng.lognormal(0.0, 0.2, n) * strength**t
    return Injected(draw(np.arange(1.0, n + 1.0) * 10, train__loss=y, grad_norm=norm))
