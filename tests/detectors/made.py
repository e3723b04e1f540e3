"""Curves made by hand for the tests of detectors."""

from __future__ import annotations

import numpy as np

from loglint.curves.curve import Curve
from loglint.detectors import Measured, Vetoed


def curve(y, name="loss", step=None, epoch=None, time=None, resumes=(), **role):
    y = np.asarray(y, dtype=np.float64)
    given = {"step": step, "epoch": epoch, "time": time}
    axes = {axis: np.asarray(x, dtype=np.float64) for axis, x in given.items() if x is not None}
    if not axes:
        axes = {"step": np.arange(len(y), dtype=np.float64)}
    axes["seq"] = np.arange(len(y), dtype=np.float64)
    return Curve(name, y, axes, resumes=tuple(resumes), **role)


def evidence(result):
    if isinstance(result, Vetoed):
        result = result.measured
    assert isinstance(result, Measured), result
    return result.evidence


def falling(n, seed=0, noise=0.02, tau=0.2, top=2.3, floor=0.3):
    x = np.arange(n) / n
    return floor + (top - floor) * np.exp(-x / tau) + noise * np.random.default_rng(seed).normal(size=n)
