"""Noise shapes: what a healthy curve is covered with. The curves themselves live in `shapes`, their names in `generators`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.signal import lfilter

Floats = NDArray[np.float64]
Unit = Callable[[Generator, int], Floats]


@dataclass(frozen=True)
class Noise:
    """One noise shape: `unit` draws n values of mean 0 and standard deviation about 1.

    `how` says what they do to a clean curve: `add` (a constant amount, a fraction of the curve's floor and range), `scale`
    (a fraction of the level) or `exp` (log-normal). `amount` is the interval the fraction is drawn from. `digits` rounds
    the result to significant digits, `grid` to multiples of 1/k of the level. `allowed` holds names of rules that tell
    the truth about such noise, with the reason.
    """

    name: str
    unit: Unit
    how: Literal["add", "scale", "exp"] = "add"
    amount: tuple[float, float] = (0.005, 0.08)
    digits: tuple[int, ...] = ()
    grid: tuple[int, ...] = ()
    allowed: Mapping[str, str] = field(default_factory=dict)

    def cover(self, rng: Generator, clean: Floats, shared: Floats | None = None, positive: bool = True) -> Floats:
        """The clean curve, float64[n], under this noise; half of the noise is `shared` when that is given."""
        unit = self.unit(rng, len(clean))
        if shared is not None:
            unit = (unit + shared) / np.sqrt(2.0)
        amount = rng.uniform(*self.amount)
        if self.how == "add":
            noisy = clean + amount * (np.min(np.abs(clean)) + 0.1 * np.ptp(clean)) * unit
        elif self.how == "scale":
            noisy = clean * (1.0 + amount * unit)
        else:
            noisy = clean * np.exp(amount * unit - amount**2 / 2.0)
        noisy = np.abs(noisy) if positive else noisy
        if self.digits:
            noisy = significant(noisy, int(rng.choice(self.digits)))
        if self.grid:
            pitch = float(np.median(np.abs(clean))) / int(rng.choice(self.grid))
            noisy = np.round(noisy / pitch) * pitch
        return noisy


def significant(values: Floats, digits: int) -> Floats:
    """The values rounded to a number of decimals that leaves their median `digits` significant digits."""
    median = float(np.median(np.abs(values)))
    decimals = digits - 1 - int(np.floor(np.log10(median))) if median > 0 else digits
    return np.asarray(np.round(values, decimals), dtype=np.float64)


def white(rng: Generator, n: int) -> Floats:
    return rng.standard_normal(n)


def uniform(rng: Generator, n: int) -> Floats:
    return rng.uniform(-np.sqrt(3.0), np.sqrt(3.0), n)


def laplace(rng: Generator, n: int) -> Floats:
    return rng.laplace(0.0, 1.0 / np.sqrt(2.0), n)


def student_t3(rng: Generator, n: int) -> Floats:
    return rng.standard_t(3, n) / np.sqrt(3.0)


def autoregressive(phi: float) -> Unit:
    """First-order autoregression e_t = phi e_(t-1) + white, scaled to unit variance and started in equilibrium."""

    def unit(rng: Generator, n: int) -> Floats:
        drive = rng.standard_normal(n) * np.sqrt(1.0 - phi**2)
        drive[0] /= np.sqrt(1.0 - phi**2)
        return np.asarray(lfilter([1.0], [1.0, -phi], drive), dtype=np.float64)

    return unit


def moving_average(rng: Generator, n: int) -> Floats:
    """The mean of the last few records, as many loggers print it; window 3 to a twentieth of the run."""
    width = int(rng.integers(3, max(4, n // 20)))
    total = np.cumsum(np.concatenate(([0.0], rng.standard_normal(n + width - 1))))
    return np.asarray((total[width:] - total[:-width]) / np.sqrt(width), dtype=np.float64)


def shrinking(rng: Generator, n: int) -> Floats:
    """Noise that falls as 1/sqrt(t), as it does under a decaying learning rate."""
    return rng.standard_normal(n) / np.sqrt(1.0 + 9.0 * np.arange(n) / n)


def bursts(rng: Generator, n: int) -> Floats:
    """Stretches of three times the noise over about a tenth of the run."""
    starts = rng.random(n) < 5.0 / max(n, 50)
    loud = np.convolve(starts, np.ones(max(2, n // 50)), mode="full")[:n] > 0
    return rng.standard_normal(n) * np.where(loud, 3.0, 1.0)


_LOUD = dict.fromkeys(("batch-too-small", "oscillation", "noisy-validation"), "the noise of a record is about half of its level")
_SMOOTHED = (0.002, 0.03)
NOISES: tuple[Noise, ...] = (
    Noise("white", white),
    Noise("uniform", uniform),
    Noise("laplace", laplace),
    Noise("student-t3", student_t3),
    Noise("log-normal", white, "exp", (0.02, 0.1)),
    Noise("ar1-0.5", autoregressive(0.5)),
    Noise("ar1-0.9", autoregressive(0.9), amount=(0.002, 0.04)),
    Noise("moving-average", moving_average, amount=_SMOOTHED),
    Noise("exponential-average-0.98", autoregressive(0.98), amount=(0.001, 0.01)),
    Noise("rounded-2-digits", white, digits=(2,)),
    Noise("rounded-3-4-digits", white, digits=(3, 4)),
    Noise("shrinking", shrinking),
    Noise("relative-5%", white, "scale", (0.05, 0.05)),
    Noise("relative-20%", white, "scale", (0.2, 0.2)),
    Noise("bursts", bursts),
    Noise("quantised", white, grid=(20, 100, 500)),
    Noise("log-normal-heavy", white, "exp", (0.3, 0.6), allowed=_LOUD),
)
