"""Runs of one training with several seeds, from the healthy shapes of the laboratory: the same clean curve, another noise.

Besides the noise of its records each run ends at a level of its own: `spread` (a share of the curve's range, standard
deviation) is what a seed does to a training.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from msgspec.structs import replace
from numpy.random import Generator

from benchmarks.accuracy.generators import HEALTHY, Draw
from benchmarks.accuracy.judge import run_of
from benchmarks.accuracy.noise import NOISES, Floats, Noise
from loglint.compare import summary_of
from loglint.traces import RunSummary

LEFT_OUT = frozenset({"flat", "adversarial pair"})  # nothing improves in them, or nothing needs to
SETTLES = 0.1  # of the run: how fast a seed's own level shows


@dataclass(frozen=True)
class Seed(Noise):
    """A noise shape drawn by one seed of a training: the amount belongs to the training, the draw and the level to the seed.

    The shape's own generator is not used, so that every run of a training has the same clean curve. `shift` is added to each
    curve as a share of its range, upwards: the effect that is to be found.
    """

    own: Generator = field(default_factory=np.random.default_rng)
    training: int = 0
    level: float = 0.0

    def cover(self, rng: Generator, clean: Floats, shared: Floats | None = None, positive: bool = True) -> Floats:
        """The clean curve at the seed's level and under its noise."""
        fixed = float(np.random.default_rng([self.training, len(clean)]).uniform(*self.amount))
        grown = 1.0 - np.exp(-np.linspace(0.0, 1.0, len(clean)) / SETTLES)
        moved = clean + self.level * np.ptp(clean) * grown
        plain = Noise(self.name, self.unit, self.how, (fixed, fixed), self.digits[:1], self.grid[:1])
        return plain.cover(self.own, moved, shared, positive)


def training(shape: str, length: int, index: int, seeds: range, spread: float, effect: float = 0.0) -> tuple[RunSummary, ...]:
    """The summaries of one run for each of the seeds; draw `index` decides the training, `effect` shifts every curve."""
    noise = NOISES[(index + 5 * list(HEALTHY).index(shape) + length) % len(NOISES)]
    return tuple(_runs(shape, length, index, noise, seeds, spread, effect))


def _runs(shape: str, length: int, index: int, noise: Noise, seeds: range, spread: float, effect: float) -> Iterator[RunSummary]:
    key = [77, list(HEALTHY).index(shape), length, index]
    for number in seeds:
        own = np.random.default_rng([*key, number])
        level = float(spread * own.standard_normal() + effect)
        seed = Seed(noise.name, noise.unit, noise.how, noise.amount, noise.digits, noise.grid, {}, own, index, level)
        drawn: Draw = HEALTHY[shape](np.random.default_rng(key), length, seed)
        (summary,) = summary_of([replace(run_of(drawn), id=f"seed{number}")]).runs
        yield summary


def shapes() -> tuple[str, ...]:
    """The shapes that are compared."""
    return tuple(shape for shape in HEALTHY if shape not in LEFT_OUT)
