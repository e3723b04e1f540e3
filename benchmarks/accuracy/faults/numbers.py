"""Injected faults of family NUM: non-finite and degenerate numbers."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from benchmarks.accuracy.faults.common import Injected, by_epoch, by_step, cover, draw, fault, ramp

NAN_AFTERMATH = "nan-gradient crashed-run validation-nan"


@fault("early-nan", "finite records before the NaN", (90, 60, 30, 10, 3, 1, 0), 10, NAN_AFTERMATH + " divergence loss-spike")
def early_nan(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng)
    first = int(strength)
    y = cover(rng, ground.noise, ground.clean)
    if rng.random() < 0.5:
        y[:first] *= 1.2 ** np.arange(first)
    y[first:] = np.nan
    x = np.arange(1.0, ground.n + 1.0)
    return Injected(draw(x, train__loss=y), float(x[first]))


@fault(
    "nan-after-growth",
    "growth before the NaN, multiples of the level",
    (1.02, 1.1, 1.3, 2, 5, 20),
    5,
    NAN_AFTERMATH + " divergence loss-spike sudden-nan",
)
def nan_after_growth(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng, int(rng.choice([300, 1000])))
    first = int(ground.n * rng.uniform(0.4, 0.8))
    climb = max(5, ground.n // 30)
    y = cover(rng, ground.noise, ground.clean)
    y[first - climb : first] *= strength ** (np.arange(1, climb + 1) / climb)
    y[first:] = np.nan
    x = np.arange(1.0, ground.n + 1.0)
    return Injected(draw(x, train__loss=y), float(x[first]))


@fault(
    "sudden-nan",
    "share of the run that is NaN",
    (0.002, 0.01, 0.05, 0.2, 0.5),
    0.2,
    NAN_AFTERMATH + " recurring-nan nan-after-growth",
)
def sudden_nan(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng, int(rng.choice([300, 1000])))
    first = min(ground.n - 1, int(ground.n * (1.0 - strength)))
    y = cover(rng, ground.noise, ground.clean)
    y[first:] = np.nan
    x = np.arange(1.0, ground.n + 1.0)
    return Injected(draw(x, train__loss=y), float(x[first]))


@fault("recurring-nan", "isolated NaN records", (1, 2, 3, 5, 10), 5, "bad-batch-recurs early-nan")
def recurring_nan(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng, 1000)
    y = cover(rng, ground.noise, ground.clean)
    at = np.linspace(150, 950, int(strength)).astype(int)
    y[at] = np.nan
    x = np.arange(1.0, ground.n + 1.0)
    return Injected(draw(x, train__loss=y), float(x[at[0]]))


@fault("nan-gradient", "non-finite gradient norms at the end", (1, 2, 5, 20, 100), 20, "exploding-gradient")
def nan_gradient(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng, 300)
    norm = rng.lognormal(0.0, 0.3, ground.n)
    first = ground.n - int(strength)
    norm[first:] = np.nan
    return Injected(draw(ground.x, train__loss=cover(rng, ground.noise, ground.clean), grad_norm=norm), float(ground.x[first]))


@fault(
    "zero-loss",
    "records that are exactly 0",
    (1, 3, 5, 10, 50),
    10,
    "divergence loss-metric-disagreement epoch-edge-drop nan-gradient",
)
def zero_loss(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng, 300)
    y = cover(rng, ground.noise, ground.clean)
    first = ground.n - int(strength)
    y[first:] = 0.0
    return Injected(draw(ground.x, train__loss=y), float(ground.x[first]))


@fault(
    "loss-at-numerical-ceiling",
    "records pinned at the constant",
    (2, 4, 6, 10, 50),
    10,
    "divergence level-shift plateau-from-start late-plateau loss-clipped loss-spike hockey-stick-start exploding-gradient",
)
def numerical_ceiling(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng, 300)
    y = cover(rng, ground.noise, ground.clean)
    first = ground.n - int(strength)
    y[first:] = float(rng.choice([87.3365, 16.118095, 27.631021, 34.538776]))
    return Injected(draw(ground.x, train__loss=y), float(ground.x[first]))


@fault("loss-scale-collapse", "halvings in a row", (1, 2, 4, 8, 14, 20), 14, "nan-gradient")
def scale_collapse(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng, 300)
    first = 150
    halvings = np.clip(np.arange(ground.n) - first, 0, int(strength))
    scale = 65536.0 * 0.5**halvings
    return Injected(draw(ground.x, train__loss=cover(rng, ground.noise, ground.clean), loss_scale=scale), float(ground.x[first]))


@fault("validation-nan", "validation losses that are NaN", (1, 2, 3, 5, 10), 5, "validation-stalled")
def validation_nan(rng: Generator, strength: float) -> Injected:
    ground = by_epoch(rng, 20)
    validation = cover(rng, ground.noise, 1.05 * ground.clean)
    first = ground.n - int(strength)
    validation[first:] = np.nan
    curves = {"train__loss": cover(rng, ground.noise, ground.clean), "val__loss": validation}
    return Injected(draw(ground.x, "epoch", **curves), float(ground.x[first]))


@fault(
    "loss-clipped",
    "share of records at the maximum",
    (0.01, 0.03, 0.06, 0.1, 0.3),
    0.1,
    "late-plateau plateau-from-start batch-too-small",
)
def loss_clipped(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng, 1000)
    y = ground.clean * rng.lognormal(0.0, 0.4, ground.n)
    return Injected(draw(ground.x, train__loss=np.minimum(y, np.quantile(y, 1.0 - strength))))


@fault(
    "exploding-gradient",
    "peak of the norm, multiples of its median",
    (2, 5, 10, 20, 100, 1e4),
    100,
    "divergence loss-spike gradient-drift level-shift",
)
def exploding_gradient(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng, 300)
    first = 200
    norm = rng.lognormal(0.0, 0.2, ground.n) * strength ** ramp(ground.n, first)
    y = cover(rng, ground.noise, ground.clean) * (1.0 + 0.2 * ramp(ground.n, first))
    return Injected(draw(ground.x, train__loss=y, grad_norm=norm), float(ground.x[first]))
