"""Copies of a curve are found whether curves share their places as one array or hold them one by one."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from loglint.model import Floats, Series
from loglint.reconcile import HEAD, reconcile


def _layers(rng: np.random.Generator) -> tuple[Series, ...]:
    """Gradient norms of layers on common steps, some of which are the norm of another one: rounded, broken off, late to differ."""
    step = np.arange(200.0)
    norms = rng.lognormal(size=(6, 200)).round(6)
    norms[1, 5] = norms[1, 90] = np.nan
    late = norms[2].copy()
    late[HEAD + 9] += 1.0
    curves: list[Floats] = [*norms, norms[0], norms[1], norms[3].round(2), late, np.full(200, np.nan), norms[5]]
    order = rng.permutation(len(curves)).tolist()
    return tuple(Series(f"grad_norm/layer{k}", curves[k], np.arange(200), step=step, path=f"{k}.csv") for k in order)


@pytest.mark.parametrize("seed", range(5))
def test_curves_on_the_same_places_are_told_apart_as_in_pairs(seed: int) -> None:
    shared = _layers(np.random.default_rng(seed))
    assert all(one.step is not None for one in shared)
    own = [replace(one, step=np.array(one.step)) for one in shared]
    found, problems = reconcile(shared)
    alone, others = reconcile(own)
    assert [(one.name, one.also) for one in found] == [(one.name, one.also) for one in alone]
    assert problems == others
    assert sum(len(one.also) for one in found) == 4


@pytest.mark.parametrize("step", [[0.0, 1, 2, 3, 4, 5, 6, 7], [0.0, 1, 2, 3, 4, 5, 5, 6], [7.0, 6, 5, 4, 3, 2, 1, 0]])
def test_a_part_of_a_curve_is_a_copy_whatever_the_order_of_its_steps(step: list[float]) -> None:
    values = np.random.default_rng(0).lognormal(size=8)
    whole = Series("loss", values, np.arange(8), step=np.array(step), path="a.csv")
    part = Series("loss", values[:5], np.arange(5), step=np.array(step[:5]), path="b.csv")
    (found,), _ = reconcile([part, whole])
    assert len(found) == 8
    assert found.also == ("b.csv: loss",)
