"""Injected faults of family GEN: what training and validation curves say together."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from benchmarks.accuracy import shapes
from benchmarks.accuracy.faults.common import Injected, by_epoch, cover, draw, fault, ramp
from benchmarks.accuracy.generators import epochs
from benchmarks.accuracy.noise import Floats, white

RISEN = "validation-stalled generalisation-gap best-at-first-eval validation-metric-falling late-plateau"


def _turning(rng: Generator, n: int) -> tuple[Floats, Floats, int]:
    """Training and validation loss that part ways at a record: (train, validation before any rise, that record)."""
    first = int(n * rng.uniform(0.3, 0.6))
    start = float(rng.uniform(1.0, 4.0))
    train = start * (0.1 + 0.9 * np.exp(-shapes.progress(n) / rng.uniform(0.15, 0.4)))
    validation = start * (0.45 + 0.55 * np.exp(-shapes.progress(n) / rng.uniform(0.08, 0.12)))
    return train, validation, first


@fault("overfitting", "rise, fraction of the range", (0.01, 0.03, 0.05, 0.1, 0.2, 0.4, 0.8), 0.2, RISEN)
def overfitting(rng: Generator, strength: float) -> Injected:
    n = int(rng.choice([20, 40, 100]))
    train, validation, first = _turning(rng, n)
    validation = validation + strength * np.ptp(validation) * ramp(n, first)
    curves = {"train__loss": train * (1.0 + 0.01 * white(rng, n)), "val__loss": validation * (1.0 + 0.01 * white(rng, n))}
    return Injected(draw(epochs(n), "epoch", **curves), float(first + 1))


@fault(
    "overfitting",
    "rise, multiples of the noise (5 % of the level)",
    (1, 2, 3, 5, 8, 12, 20),
    12,
    RISEN + " noisy-validation",
    title="overfitting, in noise",
)
def overfitting_in_noise(rng: Generator, strength: float) -> Injected:
    n = int(rng.choice([20, 40, 100]))
    train, validation, first = _turning(rng, n)
    noise = 0.05 * float(validation[-1])
    validation = validation + strength * noise * ramp(n, first) + noise * white(rng, n)
    return Injected(
        draw(epochs(n), "epoch", train__loss=train * (1.0 + 0.02 * white(rng, n)), val__loss=validation), float(first + 1)
    )


@fault(
    "generalisation-gap", "accuracy gap", (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5), 0.3, "validation-stalled overfitting late-plateau"
)
def gap(rng: Generator, strength: float) -> Injected:
    n = int(rng.choice([20, 40, 100]))
    train = shapes.rising(rng, n, 0.1, 0.995)
    validation = shapes.rising(rng, n, 0.1, 0.995 - strength)
    curves = {"train__accuracy": rng.binomial(50_000, train) / 50_000, "val__accuracy": rng.binomial(5_000, validation) / 5_000}
    return Injected(draw(epochs(n), "epoch", **curves))


@fault(
    "validation-metric-falling",
    "fall from the best",
    (0.005, 0.01, 0.02, 0.05, 0.1, 0.3),
    0.1,
    "generalisation-gap validation-stalled overfitting divergence best-at-first-eval level-shift",
)
def metric_falling(rng: Generator, strength: float) -> Injected:
    n = int(rng.choice([20, 40, 100]))
    first = int(n * rng.uniform(0.3, 0.6))
    train = shapes.rising(rng, n, 0.1, 0.99)
    validation = shapes.exponential(rng, n, 0.1, 0.85, tau=(0.05, 0.1)) - strength * ramp(n, first)
    curves = {"train__accuracy": rng.binomial(50_000, train) / 50_000, "val__accuracy": rng.binomial(5_000, validation) / 5_000}
    return Injected(draw(epochs(n), "epoch", **curves), float(first + 1))


@fault(
    "miscalibrated-not-overfit",
    "rise of the loss, fraction of the range",
    (0.03, 0.1, 0.2, 0.4, 0.8),
    0.4,
    "generalisation-gap loss-metric-disagreement",
)
def miscalibrated(rng: Generator, strength: float) -> Injected:
    n = int(rng.choice([20, 40, 100]))
    train, validation, first = _turning(rng, n)
    validation = validation + strength * np.ptp(validation) * ramp(n, first)
    metric = 0.9 - 0.6 * np.exp(-shapes.progress(n) / 0.35)
    curves = {
        "train__loss": train * (1.0 + 0.01 * white(rng, n)),
        "val__loss": validation * (1.0 + 0.01 * white(rng, n)),
        "val__accuracy": rng.binomial(20_000, metric) / 20_000,
    }
    return Injected(draw(epochs(n), "epoch", **curves), float(first + 1))


@fault(
    "validation-better-than-train",
    "validation / training (weak first)",
    (1.0, 0.97, 0.93, 0.88, 0.8, 0.6),
    0.8,
    "validation-stalled late-plateau",
)
def better(rng: Generator, strength: float) -> Injected:
    ground = by_epoch(rng)
    curves = {"train__loss": cover(rng, ground.noise, ground.clean), "val__loss": cover(rng, ground.noise, strength * ground.clean)}
    return Injected(draw(ground.x, "epoch", **curves))


@fault(
    "too-good-too-soon",
    "validation accuracy from the second epoch",
    (0.6, 0.8, 0.9, 0.95, 0.98, 0.999),
    0.999,
    "validation-better-than-train validation-stalled late-plateau",
)
def too_good(rng: Generator, strength: float) -> Injected:
    n = int(rng.choice([20, 40]))
    train = shapes.rising(rng, n, 0.1, 0.75)
    validation = np.full(n, strength)
    curves = {"train__accuracy": rng.binomial(50_000, train) / 50_000, "val__accuracy": rng.binomial(5_000, validation) / 5_000}
    return Injected(draw(epochs(n), "epoch", **curves))


@fault(
    "noisy-validation",
    "noise of the validation loss, fraction of the level",
    (0.02, 0.05, 0.1, 0.15, 0.25, 0.5),
    0.5,
    "validation-stalled late-plateau",
)
def noisy_validation(rng: Generator, strength: float) -> Injected:
    ground = by_epoch(rng)
    curves = {
        "train__loss": ground.clean * (1.0 + 0.005 * white(rng, ground.n)),
        "val__loss": 1.05 * ground.clean * np.exp(strength * white(rng, ground.n)),
    }
    return Injected(draw(ground.x, "epoch", **curves))


@fault(
    "at-chance",
    "accuracy above chance (weak first)",
    (0.1, 0.05, 0.02, 0.01, 0.0),
    0.0,
    "plateau-from-start underfitting validation-stalled late-plateau loss-metric-disagreement generalisation-gap",
)
def at_chance(rng: Generator, strength: float) -> Injected:
    ground = by_epoch(rng)
    accuracy = rng.binomial(10_000, 0.1 + strength, ground.n) / 10_000
    curves = {"train__loss": cover(rng, ground.noise, ground.clean), "val__accuracy": accuracy}
    return Injected(draw(ground.x, "epoch", {"num_classes": 10}, **curves))


@fault("degenerate-validation", "equal evaluations in a row", (2, 3, 5, 10, 20), 20, "validation-stalled at-chance late-plateau")
def degenerate(rng: Generator, strength: float) -> Injected:
    ground = by_epoch(rng, 20)
    validation = cover(rng, ground.noise, ground.clean)
    first = ground.n - int(strength)
    validation[first:] = validation[max(0, first - 1)]
    curves = {"train__loss": cover(rng, ground.noise, ground.clean), "val__loss": validation}
    return Injected(draw(ground.x, "epoch", **curves), float(first + 1))


@fault("validation-stalled", "share of the run since the best", (0.1, 0.3, 0.5, 0.7, 0.85), 0.7, "generalisation-gap overfitting")
def stalled_validation(rng: Generator, strength: float) -> Injected:
    n = int(rng.choice([30, 60, 100]))
    t = shapes.progress(n)
    train = 2.0 * np.exp(-2.0 * t) + 0.01 * white(rng, n)
    clean = 1.0 + np.maximum(0.0, 1.0 - t / (1.0 - strength))
    return Injected(
        draw(epochs(n), "epoch", train__loss=train, val__loss=clean + 0.01 * white(rng, n)), float(int((1 - strength) * n) + 1)
    )


@fault(
    "best-at-first-eval",
    "rise over the first evaluation, fraction of it",
    (0.01, 0.03, 0.05, 0.1, 0.3, 1.0),
    0.3,
    "overfitting divergence validation-stalled generalisation-gap",
)
def best_at_first(rng: Generator, strength: float) -> Injected:
    n = int(rng.choice([10, 20, 40]))
    t = shapes.progress(n)
    train = 1.0 - 0.5 * t + 0.005 * white(rng, n)
    validation = 1.0 + strength * (1.0 - np.exp(-t / 0.3)) + 0.005 * white(rng, n)
    return Injected(draw(epochs(n), "epoch", train__loss=train, val__loss=validation))


@fault(
    "train-equals-validation",
    "difference, fraction of the level (large first)",
    (0.1, 0.01, 1e-3, 1e-5, 0.0),
    0.0,
    "late-plateau validation-stalled",
)
def train_equals_validation(rng: Generator, strength: float) -> Injected:
    ground = by_epoch(rng)
    train = cover(rng, ground.noise, ground.clean)
    curves = {"train__loss": train, "val__loss": train * (1.0 + strength * white(rng, ground.n))}
    return Injected(draw(ground.x, "epoch", **curves))
