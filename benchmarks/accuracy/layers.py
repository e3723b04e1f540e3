"""Sound networks layer by layer: histograms and per-layer scalars of trainings in which nothing is dead, vanishing or stuck."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from benchmarks.accuracy import shapes
from benchmarks.accuracy.noise import Floats
from loglint.model import Histograms

RECORDS = 30  # of each histogram: they are logged more seldom than the loss
SCALAR_RECORDS = 2000  # of each scalar of a layer, at the most
VALUES, BINS = 600, 30


def histograms(rng: Generator, x: Floats) -> tuple[Histograms, ...]:
    """Activations, weights and gradients of a network of 3 to 8 layers, ReLU or tanh, at up to `RECORDS` of the places x."""
    depth = int(rng.integers(3, 9))
    steps = x[np.unique(np.linspace(0, len(x) - 1, min(RECORDS, len(x))).astype(np.int64))]
    t = shapes.progress(len(steps))
    relu = bool(rng.random() < 0.5)
    found = []
    for layer in range(depth):
        width, drift = float(rng.uniform(0.5, 1.5)), float(rng.uniform(0.1, 0.5))
        spread, shift = float(rng.uniform(0.03, 0.3)), float(rng.uniform(-0.3, 0.5))
        steep = float(np.exp(rng.normal(0.0, 0.7)))
        units = rng.standard_normal(VALUES)
        acts, weights, grads = [], [], []
        for now in t:
            before = width * (1.0 + drift * now) * rng.standard_normal(VALUES) + shift
            acts.append(np.maximum(before, 0.0) if relu else np.tanh(before))
            weights.append(spread * (units + drift * now * rng.standard_normal(VALUES)))
            grads.append(1e-3 * steep * np.exp(-2.0 * now + 0.3 * rng.standard_normal()) * rng.standard_normal(VALUES))
        for kind, values in (("activations", acts), ("weights", weights), ("gradients", grads)):
            found.append(_histograms(f"{kind}/layer{layer}", steps, values))
    return tuple(found)


def _histograms(name: str, steps: Floats, values: list[Floats]) -> Histograms:
    bars = [np.histogram(one, BINS) for one in values]
    counts = tuple(np.asarray(count, dtype=np.float64) for count, _ in bars)
    return Histograms(name, steps, tuple(np.asarray(edges, dtype=np.float64) for _, edges in bars), counts)


def scalars(rng: Generator, n: int) -> dict[str, Floats]:
    """Gradient and weight norms, update ratios and shares of dead units of 3 to 8 layers, float64[n] each, by tracker names."""
    found: dict[str, Floats] = {}
    t = shapes.progress(n)
    for layer in range(int(rng.integers(3, 9))):
        wobble = np.exp(rng.uniform(0.1, 0.5) * rng.standard_normal(n))
        norm = float(rng.uniform(3.0, 30.0)) * (1.0 + rng.uniform(0.05, 0.5) * t) + 1e-3 * rng.standard_normal(n)
        found[f"gradients/layer{layer}/norm"] = np.exp(rng.normal(0.0, 0.7)) * np.exp(-1.5 * t) * wobble
        found[f"parameters/layer{layer}/norm"] = norm
        found[f"update_ratio/layer{layer}"] = 10.0 ** rng.uniform(-3.4, -2.6) * np.exp(0.3 * rng.standard_normal(n))
        found[f"dead_fraction/layer{layer}"] = np.clip(rng.uniform(0.02, 0.3) + 0.01 * rng.standard_normal(n), 0.0, 1.0)
    return found
