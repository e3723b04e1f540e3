"""What every injected fault is made of: the record of it, and the healthy ground it is put into."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from benchmarks.accuracy import shapes
from benchmarks.accuracy.generators import Draw, Points, epochs, start_and_floor, stepped
from benchmarks.accuracy.noise import NOISES, Floats, Noise

MILD: tuple[Noise, ...] = tuple(
    n for n in NOISES if n.name in {"white", "laplace", "student-t3", "log-normal", "ar1-0.5", "relative-5%"}
)
ON_ANY_GROUND = frozenset({"late-plateau", "validation-stalled"})  # the grounds below have converged long before their end


@dataclass(frozen=True)
class Injected:
    """A sick run; `onset` is where the fault begins on the run's axis, None where it has no beginning."""

    draw: Draw
    onset: float | None = None


@dataclass(frozen=True)
class Fault:
    """One rule's symptom at graded strength.

    `levels` go from barely there to plain, in the unit that `strength` names; `nominal` is one that a careful reader calls
    clear. `also` names rules that may speak of the same run without being wrong.
    """

    rule: str
    strength: str
    levels: tuple[float, ...]
    nominal: float
    inject: Callable[[Generator, float], Injected]
    also: frozenset[str] = frozenset()
    title: str = ""

    def permits(self, rule: str, severity: str = "warning") -> bool:
        """Whether saying `rule` of a run with this fault is no false alarm, at whatever severity."""
        return rule == self.rule or rule in self.also or rule in ON_ANY_GROUND


def fault(
    rule: str, strength: str, levels: tuple[float, ...], nominal: float, also: str = "", title: str = ""
) -> Callable[..., Fault]:
    """Turns `inject(rng, strength)` into a `Fault`; `also` is a list of rule names in one string."""

    def wrap(inject: Callable[[Generator, float], Injected]) -> Fault:
        return Fault(rule, strength, levels, nominal, inject, frozenset(also.split()), title or rule)

    return wrap


@dataclass(frozen=True)
class Ground:
    """A healthy loss: positions, the clean curve, and the noise it wears."""

    x: Floats
    clean: Floats
    noise: Noise

    @property
    def n(self) -> int:
        return len(self.clean)

    @property
    def fall(self) -> float:
        """The whole improvement of the clean curve."""
        return float(self.clean[0] - self.clean[-1])


def cover(rng: Generator, noise: Noise, clean: Floats) -> Floats:
    """The clean curve, float64[n], under the noise, kept positive where it is."""
    return noise.cover(rng, clean, positive=bool((clean > 0).all()))


def by_step(rng: Generator, n: int | None = None) -> Ground:
    """A per-step training loss of 100 to 1000 records that decays exponentially."""
    n = n or int(rng.choice([100, 300, 1000]))
    clean = shapes.exponential(rng, n, *start_and_floor(rng))
    return Ground(stepped(rng, n), clean, MILD[int(rng.integers(len(MILD)))])


def by_epoch(rng: Generator, n: int | None = None) -> Ground:
    """A per-epoch loss of 20 to 100 epochs that decays exponentially."""
    n = n or int(rng.choice([20, 40, 100]))
    clean = shapes.exponential(rng, n, *start_and_floor(rng), tau=(0.05, 0.15))
    return Ground(epochs(n), clean, MILD[int(rng.integers(len(MILD)))])


def draw(
    x: Floats, axis: str = "step", config: dict[str, object] | None = None, extra: dict[str, Floats] | None = None, **curves: Floats
) -> Draw:
    """A run of curves on one axis; in their names `__` stands for the slash between split and quantity."""
    return Draw("", {k.replace("__", "/"): Points(x, y) for k, y in curves.items()}, axis, config or {}, {}, extra or {})


def ramp(n: int, first: int) -> Floats:
    """0 up to record `first`, then a line to 1 at the end, float64[n]."""
    return np.clip((np.arange(n) - first) / max(1, n - 1 - first), 0.0, 1.0)
