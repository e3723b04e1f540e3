"""Injected faults: every symptom that a simulated curve can show, at graded strength. One module per rule family."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

import numpy as np

from benchmarks.accuracy.faults import generalisation, jobs, numbers, optimisation, stability
from benchmarks.accuracy.faults.common import Fault, Injected

__all__ = ["FAULTS", "Fault", "Injected", "injected"]


def _faults(*modules: ModuleType) -> dict[str, Fault]:
    found = [value for module in modules for value in vars(module).values() if isinstance(value, Fault)]
    return {fault.title: fault for fault in found}


FAULTS: Mapping[str, Fault] = _faults(stability, numbers, optimisation, generalisation, jobs)


def injected(title: str, strength: float, index: int, seed: int = 20261) -> Injected:
    """Draw number `index` of a fault at a strength."""
    fault = FAULTS[title]
    own = list(FAULTS).index(title)
    level = fault.levels.index(strength)
    return fault.inject(np.random.default_rng([seed, own, level, index]), strength)
