"""Null generators: seeded runs that are healthy by construction, shared by the laboratory and the tests.

A `Draw` is one run as a training job would log it. `allowed` names the rules that tell the truth about it although it is
healthy (a curve that is flat by construction *is* a plateau), each with the reason; anything else said is a false alarm.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.random import Generator

from benchmarks.accuracy import layers, shapes
from benchmarks.accuracy.noise import NOISES, Floats, Noise
from loglint.model import Histograms

LENGTHS = (4, 10, 30, 100, 300, 1000, 10_000, 100_000)

ALWAYS_TRUE: Mapping[str, str] = {
    "too-short": "a statement about the log",
    "no-validation": "a statement about the log",
    "no-learning-rate": "a statement about the log",
    "seed-not-recorded": "a statement about the log",
    "mixed-granularity": "a statement about the log",
}
FLAT: Mapping[str, str] = dict.fromkeys(
    ("plateau-from-start", "late-plateau", "underfitting", "at-chance", "validation-stalled", "lr-never-decayed"),
    "the curve is flat by construction",
)
FLAT_BELOW = 0.03  # of the level: the whole improvement of a curve that counts as flat
CONVERGED = 0.02  # of the whole fall: what the last 35 % bring to a curve that counts as converged
SETTLED, NOTHING = 0.12, 0.015  # a curve that falls by less than 1.5 % of its level after 12 % of the run stays where it is
STILL_FALLING = 0.05  # of the whole fall: what the last quarter brings to a curve that counts as falling


@dataclass(frozen=True)
class Points:
    """Positions on the run's axis and values, float64[n] each."""

    x: Floats
    y: Floats


@dataclass(frozen=True)
class Draw:
    """One simulated run: curves by the name they are logged under, configuration, and what may truly be said of it.

    What `quietly` names is true as a statement (info), and too little for a warning. `axis` is what the curves' x is; `extra`
    places the records on further axes ("epoch", "time"), float64[n] for the curves
    of n points.
    """

    name: str
    curves: Mapping[str, Points]
    axis: str = "step"
    config: Mapping[str, Any] = field(default_factory=dict)
    allowed: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Floats] = field(default_factory=dict)
    quietly: Mapping[str, str] = field(default_factory=dict)
    histograms: tuple[Histograms, ...] = ()

    def permits(self, rule: str, severity: str = "warning") -> bool:
        """Whether saying `rule` of this run is no false alarm."""
        return rule in self.allowed or rule in ALWAYS_TRUE or (severity == "info" and rule in self.quietly)


Healthy = Callable[[Generator, int, Noise], Draw]


def truths(clean: Floats) -> dict[str, str]:
    """The rules that tell the truth about a clean objective, float64[n]: converged long ago, or still falling at its end."""
    span = float(np.ptp(clean))
    n = len(clean)
    if span <= FLAT_BELOW * float(np.median(np.abs(clean))):
        return dict(FLAT)
    late = float(clean[int(0.65 * (n - 1))] - clean[-1]) / span
    last = float(clean[int(0.75 * (n - 1))] - clean[-1]) / span
    if late < CONVERGED:
        why = "the objective did stop improving long before the end"
        return {"late-plateau": why, "validation-stalled": why, "lr-never-decayed": why}
    return {"stopped-too-early": "it still falls at the end"} if last >= STILL_FALLING else {}


def stepped(rng: Generator, n: int) -> Floats:
    """Steps at which a job logs: every 1, 10, 50 or 100."""
    return np.arange(1, n + 1, dtype=np.float64) * float(rng.choice([1, 10, 50, 100]))


def _fractional(rng: Generator, n: int) -> Floats:
    """The epoch of each record of a per-step log, as a fraction, with 3 to 30 epochs in the run."""
    return np.arange(n) / max(2, n // int(rng.integers(3, 30)))


def epochs(n: int) -> Floats:
    """Epochs 1 to n."""
    return np.arange(1, n + 1, dtype=np.float64)


def start_and_floor(rng: Generator) -> tuple[float, float]:
    """First and asymptotic level of a cross-entropy."""
    start = float(rng.uniform(1.5, 7.0))
    return start, start * float(rng.uniform(0.05, 0.4))


def run(name: str, x: Floats, curves: Mapping[str, Floats], clean: Floats, noise: Noise, axis: str = "step", **more: Any) -> Draw:
    """A draw whose curves share one axis; `clean` is the noiseless objective that `allowed` follows from."""
    allowed = {**truths(clean), **noise.allowed, **more.pop("allowed", {})}
    return Draw(name, {key: Points(x, y) for key, y in curves.items()}, axis, allowed=allowed, **more)


def flat(rng: Generator, n: int, noise: Noise) -> Draw:
    clean = np.full(n, rng.uniform(0.01, 5.0))
    return run("flat", stepped(rng, n), {"train/loss": noise.cover(rng, clean)}, clean, noise)


def exponential(rng: Generator, n: int, noise: Noise) -> Draw:
    clean = shapes.exponential(rng, n, *start_and_floor(rng))
    return run("exponential decay", stepped(rng, n), {"train/loss": noise.cover(rng, clean)}, clean, noise)


def power_law(rng: Generator, n: int, noise: Noise) -> Draw:
    start = float(rng.uniform(3.0, 11.0))
    clean = shapes.power(rng, n, start, start * float(rng.uniform(0.15, 0.4)))
    return run("power law", stepped(rng, n), {"train/loss": noise.cover(rng, clean)}, clean, noise)


def known_classes(rng: Generator, n: int, noise: Noise) -> Draw:
    classes = int(rng.choice([2, 3, 10, 100, 1000]))
    start = float(np.log(classes) * rng.uniform(0.97, 1.1))
    clean = shapes.decay(rng, n, start, start * float(rng.uniform(0.05, 0.4)))
    curves = {"train/loss": noise.cover(rng, clean)}
    settings = {"num_classes": classes, "lr": 1e-3}
    return run("known classes", stepped(rng, n), curves, clean, noise, config=settings, extra={"epoch": _fractional(rng, n)})


def step_schedule(rng: Generator, n: int, noise: Noise) -> Draw:
    clean, rate = shapes.stairs(rng, n, *start_and_floor(rng), drops=int(rng.integers(1, 4)))
    curves = {"train/loss": noise.cover(rng, clean), "learning_rate": rate}
    return run("step schedule", stepped(rng, n), curves, clean, noise)


def cosine_schedule(rng: Generator, n: int, noise: Noise) -> Draw:
    rate = shapes.cosine(n, 1e-3, warmup=0.03)
    start, floor = start_and_floor(rng)
    clean = shapes.decay(rng, n, start, floor) * (0.8 + 0.2 * rate / rate.max())
    curves = {"train/loss": noise.cover(rng, clean), "learning_rate": rate}
    return run("cosine schedule", stepped(rng, n), curves, clean, noise)


def warmup_bump(rng: Generator, n: int, noise: Noise) -> Draw:
    start, floor = start_and_floor(rng)
    bump = start * rng.uniform(0.02, 0.1) * np.exp(-(((shapes.progress(n) - 0.03) / 0.015) ** 2))
    clean = shapes.decay(rng, n, start, floor) + bump
    curves = {"train/loss": noise.cover(rng, clean), "learning_rate": shapes.cosine(n, 3e-4, warmup=0.05)}
    return run("warm-up bump", stepped(rng, n), curves, clean, noise)


def warm_restarts(rng: Generator, n: int, noise: Noise) -> Draw:
    rate = shapes.cosine(n, 0.1, cycles=int(rng.integers(2, 5)))
    start, floor = start_and_floor(rng)
    clean = shapes.decay(rng, n, start, floor) + (start - floor) * rng.uniform(0.05, 0.3) * rate / rate.max()
    curves = {"train/loss": noise.cover(rng, clean), "learning_rate": rate}
    return run("warm restarts", stepped(rng, n), curves, clean, noise)


def fine_tuning(rng: Generator, n: int, noise: Noise) -> Draw:
    clean = shapes.exponential(rng, n, 1.20, 1.15)
    left = float(clean[int(SETTLED * n)] - clean[-1]) / float(clean[-1])
    quietly = {"plateau-from-start": "nearly all it gains, it gains at once"} if left < NOTHING else {}
    curves = {"train/loss": noise.cover(rng, clean)}
    return run("fine-tuning 1.20 to 1.15", stepped(rng, n), curves, clean, noise, quietly=quietly)


def pair(name: str, ratio: tuple[float, float], correlated: bool = False, base: str = "decay", **more: Any) -> Healthy:
    """Train and validation loss per epoch, the second `ratio` times the first; noise shared by half when `correlated`."""

    def draw(rng: Generator, n: int, noise: Noise) -> Draw:
        start, floor = start_and_floor(rng)
        if base == "flat":
            start = floor * 1.02
        clean = shapes.decay(rng, n, start, floor)
        shared = noise.unit(rng, n) if correlated else None
        gap = rng.uniform(*ratio)
        validation = clean * (1.0 + (gap - 1.0) * (1.0 - np.exp(-shapes.progress(n) / 0.1)))
        curves = {"train/loss": noise.cover(rng, clean, shared), "val/loss": noise.cover(rng, validation, shared)}
        return run(name, epochs(n), curves, clean, noise, axis="epoch", **more)

    return draw


def sparse_validation(rng: Generator, n: int, noise: Noise) -> Draw:
    start, floor = start_and_floor(rng)
    clean = shapes.decay(rng, n, start, floor)
    x = stepped(rng, n)
    every = max(1, n // int(rng.integers(5, 40)))
    validation = noise.cover(rng, (clean * 1.05)[every - 1 :: every])
    curves = {"train/loss": Points(x, noise.cover(rng, clean)), "val/loss": Points(x[every - 1 :: every], validation)}
    swings = {"noisy-validation": "an evaluation swings by a fifth of its level, the training between two does not"}
    loud = swings if noise.how != "add" and noise.amount[0] >= 0.2 else {}
    return Draw("sparse validation", curves, allowed={**truths(clean), **noise.allowed, **loud})


def accuracies(rng: Generator, n: int, noise: Noise) -> Draw:
    classes = int(rng.choice([10, 100]))
    clean = shapes.decay(rng, n, float(np.log(classes)), 0.2)
    ceiling = float(rng.uniform(0.6, 0.97))
    train = shapes.rising(rng, n, 1.0 / classes, ceiling)
    cases = int(rng.choice([200, 1000, 10_000]))
    curves = {
        "train/loss": noise.cover(rng, clean),
        "val/loss": noise.cover(rng, clean * 1.03),
        "train/accuracy": np.round(rng.binomial(50_000, train) / 50_000, 4),
        "val/accuracy": np.round(rng.binomial(cases, 0.98 * train) / cases, 4),
    }
    settings = {"num_classes": classes}
    return run("losses and accuracies", epochs(n), curves, clean, noise, axis="epoch", allowed=truths(-train), config=settings)


def metric_alone(rng: Generator, n: int, noise: Noise) -> Draw:
    clean = shapes.rising(rng, n, float(rng.uniform(0.0, 0.3)), float(rng.uniform(0.4, 0.95)))
    noisy = np.clip(clean + 0.1 * (noise.cover(rng, np.ones(n)) - 1.0), 0.0, 1.0)
    return run("validation metric alone", epochs(n), {"val/accuracy": np.round(noisy, 4)}, -clean, noise, axis="epoch")


def components(rng: Generator, n: int, noise: Noise) -> Draw:
    curves: dict[str, Floats] = {}
    cleans: list[Floats] = []
    for component in ("box_loss", "cls_loss", "dfl_loss"):
        start = float(rng.uniform(0.05, 4.0))
        clean = shapes.decay(rng, n, start, start * float(rng.uniform(0.2, 0.6)))
        cleans.append(clean)
        curves[f"train/{component}"] = noise.cover(rng, clean)
        curves[f"val/{component}"] = noise.cover(rng, clean * float(rng.uniform(1.0, 1.2)))
    parts = {name: why for clean in cleans for name, why in truths(clean).items()}
    return run("six component losses", epochs(n), curves, np.sum(cleans, axis=0), noise, axis="epoch", allowed=parts)


def reward(rng: Generator, n: int, noise: Noise) -> Draw:
    low, high = float(rng.uniform(-200, 0)), float(rng.uniform(50, 500))
    clean = shapes.rising(rng, n, low, high)
    unit = noise.cover(rng, np.ones(n), positive=False) - 1.0
    curves = {
        "rollout/ep_rew_mean": clean + (high - low) * 0.3 * unit,
        "train/value_loss": noise.cover(rng, 0.5 + (clean - low) / 100.0),
        "train/policy_gradient_loss": -0.02 * (1.0 + rng.standard_normal(n)),
    }
    return run("reward", stepped(rng, n) * 2048, curves, -clean, noise)


def adversarial(rng: Generator, n: int, noise: Noise) -> Draw:
    swing = np.cumsum(rng.standard_normal(n)) / np.sqrt(n)
    level = np.full(n, 0.7)
    curves = {
        "d_loss": noise.cover(rng, level * np.exp(-0.3 * swing)),
        "g_loss": noise.cover(rng, 2.0 * level * np.exp(0.5 * swing)),
    }
    return run("adversarial pair", stepped(rng, n), curves, level, noise)


def negative(rng: Generator, n: int, noise: Noise) -> Draw:
    clean = shapes.decay(rng, n, float(rng.uniform(0.5, 5.0)), float(-rng.uniform(1.0, 4.0)))
    unit = noise.cover(rng, np.ones(n), positive=False) - 1.0
    validation = noise.cover(rng, np.ones(n), positive=False) - 1.0
    curves = {"train/loss": clean + unit, "val/loss": clean + 0.1 + validation}
    return run("negative loss", epochs(n), curves, clean, noise, axis="epoch")


def scaled(name: str, factor: float) -> Healthy:
    """A decay whose unit makes it tiny or huge."""

    def draw(rng: Generator, n: int, noise: Noise) -> Draw:
        start, floor = start_and_floor(rng)
        clean = factor * shapes.decay(rng, n, start, floor)
        return run(name, stepped(rng, n), {"train/loss": noise.cover(rng, clean)}, clean, noise)

    return draw


def gradient_norm(rng: Generator, n: int, noise: Noise) -> Draw:
    start, floor = start_and_floor(rng)
    clean = shapes.decay(rng, n, start, floor)
    norm = float(rng.uniform(0.2, 5.0)) * np.exp(rng.uniform(0.2, 0.5) * rng.standard_normal(n)) * (0.5 + 0.5 * clean / start)
    curves = {"train/loss": noise.cover(rng, clean), "grad_norm": norm, "learning_rate": shapes.cosine(n, 3e-4, warmup=0.02)}
    return run("gradient norm", stepped(rng, n), curves, clean, noise)


def sawtooth(rng: Generator, n: int, noise: Noise) -> Draw:
    """The running mean of the epoch, reset at each epoch, as Keras and AllenNLP bars print it."""
    clean = shapes.decay(rng, n, *start_and_floor(rng))
    noisy = noise.cover(rng, clean)
    per_epoch = max(2, n // int(rng.integers(3, 30)))
    since = np.arange(n) % per_epoch
    total = np.cumsum(noisy)
    before = np.concatenate(([0.0], total))[np.arange(n) - since]
    y = (total - before) / (since + 1)
    allowed = {"epoch-edge-drop": "the running mean restarts at each epoch"}
    extra = {"epoch": np.arange(n) / per_epoch}
    return run("running mean of the epoch", stepped(rng, n), {"train/loss": y}, clean, noise, allowed=allowed, extra=extra)


def six_datasets(rng: Generator, n: int, noise: Noise) -> Draw:
    start, floor = start_and_floor(rng)
    clean = shapes.decay(rng, n, start, floor)
    curves = {"train/loss": noise.cover(rng, clean)}
    for dataset in ("en", "de", "fr", "zh", "code", "math"):
        curves[f"eval_{dataset}_loss"] = noise.cover(rng, clean * float(rng.uniform(0.9, 1.6)))
    allowed = {"validation-better-than-train": "one of the sets is easier by construction"}
    return run("six evaluation sets", epochs(n), curves, clean, noise, axis="epoch", allowed=allowed)


def telemetry(rng: Generator, n: int, noise: Noise) -> Draw:
    start, floor = start_and_floor(rng)
    clean = shapes.decay(rng, n, start, floor)
    seconds = rng.uniform(0.1, 2.0) * np.exp(rng.uniform(0.02, 0.2) * rng.standard_normal(n))
    curves = {
        "train/loss": noise.cover(rng, clean),
        "step_time": seconds,
        "data_time": 0.05 * seconds * rng.uniform(0.5, 1.5, n),
        "memory": np.round(rng.uniform(4.0, 30.0) * (1.0 - 0.1 * np.exp(-np.arange(n) / 5.0)), 2),
        "throughput": 256.0 / seconds,
    }
    return run("telemetry", stepped(rng, n), curves, clean, noise, extra={"time": 1.7e9 + np.cumsum(seconds)})


def mixed_precision(rng: Generator, n: int, noise: Noise) -> Draw:
    start, floor = start_and_floor(rng)
    clean = shapes.decay(rng, n, start, floor)
    early = np.minimum(np.arange(n), int(rng.integers(0, 5)))
    growth = np.arange(n) // 2000
    falls = np.cumsum(rng.random(n) < 1 / 2500.0)
    scale = 65536.0 * 2.0 ** (np.clip(growth - falls, -3, 6) - early)
    curves = {"train/loss": noise.cover(rng, clean), "loss_scale": scale}
    return run("mixed precision", stepped(rng, n), curves, clean, noise)


def perplexity(rng: Generator, n: int, noise: Noise) -> Draw:
    clean = shapes.power(rng, n, float(rng.uniform(5.0, 10.5)), float(rng.uniform(1.5, 3.0)))
    curves = {
        "train/ppl": np.exp(noise.cover(rng, clean, positive=False)),
        "val/ppl": np.exp(clean + 0.01 * rng.standard_normal(n)),
    }
    return run("perplexity alone", epochs(n), curves, np.exp(clean), noise, axis="epoch")


def layer_histograms(rng: Generator, n: int, noise: Noise) -> Draw:
    clean = shapes.decay(rng, n, *start_and_floor(rng))
    x = stepped(rng, n)
    curves = {"train/loss": noise.cover(rng, clean)}
    return run("histograms of layers", x, curves, clean, noise, histograms=layers.histograms(rng, x))


def layer_scalars(rng: Generator, n: int, noise: Noise) -> Draw:
    clean = shapes.decay(rng, n, *start_and_floor(rng))
    x = stepped(rng, n)
    sparse = x[:: -(-n // layers.SCALAR_RECORDS)]
    curves = {"train/loss": Points(x, noise.cover(rng, clean))}
    curves |= {name: Points(sparse, y) for name, y in layers.scalars(rng, len(sparse)).items()}
    return Draw("scalars of layers", curves, allowed={**truths(clean), **noise.allowed})


def resumed(rng: Generator, n: int, noise: Noise) -> Draw:
    """A job that was killed and went on from a checkpoint a little earlier, optimiser and schedule restored."""
    clean = shapes.decay(rng, n, *start_and_floor(rng))
    x = stepped(rng, n)
    killed = int(n * rng.uniform(0.4, 0.8))
    again = max(0, killed - max(1, n // 20))
    order = np.concatenate((np.arange(killed), np.arange(again, n)))
    curves = {"train/loss": Points(x[order], noise.cover(rng, clean[order]))}
    said = {"resumed-overlap": "the steps do overlap"}
    return Draw("resumed", curves, allowed={**truths(clean), **noise.allowed, **said})


HEALTHY: Mapping[str, Healthy] = {
    "flat": flat,
    "exponential decay": exponential,
    "power law": power_law,
    "known classes": known_classes,
    "step schedule": step_schedule,
    "cosine schedule": cosine_schedule,
    "warm-up bump": warmup_bump,
    "warm restarts": warm_restarts,
    "fine-tuning 1.20 to 1.15": fine_tuning,
    "converged pair": pair("converged pair", (1.0, 1.02), base="flat"),
    "correlated pair": pair("correlated pair", (1.0, 1.05), correlated=True),
    "pair with a small gap": pair("pair with a small gap", (1.03, 1.15)),
    "validation below training": pair(
        "validation below training", (0.8, 0.95), allowed={"validation-better-than-train": "by construction, as dropout makes it"}
    ),
    "sparse validation": sparse_validation,
    "losses and accuracies": accuracies,
    "validation metric alone": metric_alone,
    "six component losses": components,
    "reward": reward,
    "adversarial pair": adversarial,
    "negative loss": negative,
    "tiny loss": scaled("tiny loss", 1e-7),
    "huge loss": scaled("huge loss", 1e8),
    "gradient norm": gradient_norm,
    "running mean of the epoch": sawtooth,
    "six evaluation sets": six_datasets,
    "telemetry": telemetry,
    "mixed precision": mixed_precision,
    "perplexity alone": perplexity,
    "histograms of layers": layer_histograms,
    "scalars of layers": layer_scalars,
    "resumed": resumed,
}


def noise_of(shape: str, length: int, index: int) -> Noise:
    """The noise of a draw; shapes and lengths begin their turns at different ones, so that few draws hold many."""
    return NOISES[(index + 5 * list(HEALTHY).index(shape) + length) % len(NOISES)]


def healthy(shape: str, length: int, index: int, seed: int = 20260) -> Draw:
    """Draw number `index` of a healthy shape; noise shapes take turns, so that `len(NOISES)` draws hold each once."""
    noise = noise_of(shape, length, index)
    own = list(HEALTHY).index(shape)
    rng = np.random.default_rng([seed, own, length, index])
    drawn = HEALTHY[shape](rng, length, noise)
    return replace(drawn, name=f"{shape} / {noise.name}")
