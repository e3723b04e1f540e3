"""Injected faults of families DAT and RUN: batches, data order, and the run as a job."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from benchmarks.accuracy import shapes
from benchmarks.accuracy.faults.common import Injected, by_epoch, by_step, cover, draw, fault, ramp
from benchmarks.accuracy.generators import Draw, Points
from benchmarks.accuracy.noise import Floats, white


def _epochs_of(n: int, per_epoch: int) -> dict[str, Floats]:
    """The fractional epoch of each record."""
    return {"epoch": np.arange(n) / per_epoch}


@fault(
    "unshuffled-data",
    "periodic part, multiples of the noise",
    (0.25, 0.5, 1, 2, 4, 8),
    4,
    "batch-too-small oscillation epoch-edge-drop bad-batch-recurs loss-spike",
)
def unshuffled(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng, 1000)
    per_epoch = int(rng.integers(20, 150))
    pattern = np.repeat(rng.standard_normal(10), per_epoch // 10 + 1)[:per_epoch]
    relative = 0.05 * (strength * pattern[np.arange(ground.n) % per_epoch] + white(rng, ground.n))
    return Injected(draw(ground.x, train__loss=ground.clean * np.exp(relative)))


@fault("bad-batch-recurs", "height, multiples of the noise", (3, 6, 10, 20, 50), 20, "loss-spike unshuffled-data recurring-nan")
def bad_batch(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng, 1000)
    per_epoch = 100
    noise = 0.02 * ground.clean
    y = ground.clean + noise * white(rng, ground.n)
    at = int(rng.integers(5, 95)) + per_epoch * np.arange(10)
    y[at] += strength * noise[at]
    return Injected(draw(ground.x, extra=_epochs_of(ground.n, per_epoch), train__loss=y), float(ground.x[at[0]]))


@fault(
    "epoch-edge-drop",
    "drop at each edge, multiples of the noise",
    (0.5, 1, 2, 4, 8),
    8,
    "unshuffled-data level-shift stopped-too-early slow-convergence hockey-stick-start",
)
def edge_drop(rng: Generator, strength: float) -> Injected:
    n, per_epoch = 1000, 200
    stair = np.arange(n) // per_epoch
    y = 3.0 - 0.05 * strength * stair + 0.05 * white(rng, n)
    return Injected(draw(np.arange(1.0, n + 1.0), extra=_epochs_of(n, per_epoch), train__loss=y), float(per_epoch + 1))


@fault(
    "batch-too-small",
    "noise of a record, fraction of the level",
    (0.1, 0.2, 0.35, 0.6, 1.0),
    1.0,
    "loss-spike oscillation stopped-too-early late-plateau",
)
def small_batch(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng, 1000)
    x = np.arange(1.0, ground.n + 1.0)
    train = ground.clean * np.exp(strength * white(rng, ground.n) - strength**2 / 2)
    validation = Points(x[49::50], 1.02 * ground.clean[49::50])
    return Injected(Draw("", {"train/loss": Points(x, train), "val/loss": validation}))


@fault(
    "loss-scaling-mismatch",
    "training loss / validation loss",
    (1, 2, 4, 8, 16),
    8,
    "validation-better-than-train late-plateau validation-stalled",
)
def scaling(rng: Generator, strength: float) -> Injected:
    ground = by_epoch(rng)
    curves = {
        "train__loss": strength * ground.clean * (1.0 + 0.005 * white(rng, ground.n)),
        "val__loss": ground.clean * (1.0 + 0.005 * white(rng, ground.n)),
    }
    return Injected(draw(ground.x, "epoch", **curves))


@fault("stalled-run", "gap, multiples of the usual interval", (3, 10, 30, 100, 1000), 1000, "throughput-drop resumed-overlap")
def stalled_run(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng, 300)
    at = 180
    intervals = 30.0 * rng.lognormal(0.0, 0.1, ground.n)
    intervals[at] *= strength
    extra = {"time": 1.7e9 + np.cumsum(intervals)}
    return Injected(draw(ground.x, extra=extra, train__loss=cover(rng, ground.noise, ground.clean)), float(ground.x[at]))


@fault("throughput-drop", "share of the throughput lost", (0.05, 0.1, 0.2, 0.3, 0.5, 0.8), 0.5, "stalled-run")
def throughput(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng, 300)
    at = 180
    rate = 1000.0 * rng.lognormal(0.0, 0.05, ground.n) * np.where(np.arange(ground.n) < at, 1.0, 1.0 - strength)
    return Injected(draw(ground.x, train__loss=cover(rng, ground.noise, ground.clean), throughput=rate), float(ground.x[at]))


@fault("input-bound", "data time / step time", (0.05, 0.15, 0.3, 0.5, 0.7, 0.9), 0.7)
def input_bound(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng, 300)
    seconds = rng.lognormal(0.0, 0.1, ground.n)
    share = np.clip(strength * rng.uniform(0.9, 1.1, ground.n), 0.0, 0.99)
    curves = {"train__loss": cover(rng, ground.noise, ground.clean), "step_time": seconds, "data_time": share * seconds}
    return Injected(draw(ground.x, **curves))


@fault("memory-growth", "growth over the run, fraction", (0.02, 0.05, 0.1, 0.2, 0.5, 1.0), 0.5)
def memory_growth(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng, 300)
    memory = 8000.0 * (1.0 + strength * shapes.progress(ground.n)) + rng.normal(0.0, 10.0, ground.n)
    return Injected(draw(ground.x, train__loss=cover(rng, ground.noise, ground.clean), memory_mb=np.round(memory)))


@fault("resumed-overlap", "overlap, fraction of the run", (0.005, 0.02, 0.1, 0.3), 0.1, "resume-jump")
def overlap(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng, 300)
    back = max(1, int(strength * ground.n))
    cut = 200
    order = np.concatenate((np.arange(cut), np.arange(cut - back, ground.n)))
    y = cover(rng, ground.noise, ground.clean[order])
    return Injected(draw(ground.x[order], train__loss=y), float(ground.x[cut - back]))


@fault(
    "resume-jump",
    "jump at the resume, fraction of the range",
    (0.05, 0.1, 0.2, 0.5, 1.0),
    0.5,
    "resumed-overlap level-shift loss-spike divergence",
)
def resume_jump(rng: Generator, strength: float) -> Injected:
    ground = by_step(rng, 300)
    cut, back = 200, 10
    order = np.concatenate((np.arange(cut), np.arange(cut - back, ground.n)))
    after = np.clip(np.arange(len(order)) - cut, -1, None)
    jump = strength * ground.fall * np.where(after >= 0, 1.0 - 0.5 * ramp(len(order), cut), 0.0)
    y = cover(rng, ground.noise, ground.clean[order] + jump)
    return Injected(draw(ground.x[order], train__loss=y), float(ground.x[cut - back]))
