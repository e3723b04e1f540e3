"""The guard of `benchmarks.performance.ratios`: which ratios do not hold."""

from __future__ import annotations

import math

import pytest

from benchmarks.performance.ratios import BOUNDS, OURS, RUN, Bound, Times, broken, measured


def _results(bound: Bound, share: float) -> dict[str, dict[str, Times]]:
    """One input on which loglint takes a share of what it may take beside one reader, and next to nothing beside the others."""
    others = {one.reader: Times(user=[1e9], seconds=[1e9]) for one in BOUNDS if one.input == bound.input}
    ours, theirs = [1e6, 2 * share * bound.most], [2.0, 5.0]
    mine = Times(user=ours, seconds=[1e-9]) if bound.of == "user" else Times(user=[1e-9], seconds=ours)
    other = Times(user=theirs, seconds=[1e9]) if bound.of == "user" else Times(user=[1e9], seconds=theirs)
    unseen = Times(user=[1e-9], seconds=[1e-9])
    return {bound.input: {**others, OURS: unseen, RUN: unseen, bound.reader: other, bound.ours: mine}}


@pytest.mark.parametrize("bound", BOUNDS, ids=lambda bound: f"{bound.input}, {bound.ours}, {bound.reader}")
def test_a_ratio_holds_up_to_its_bound(bound: Bound) -> None:
    found = dict(measured(_results(bound, 0.5)))
    assert found[bound] == pytest.approx(0.5 * bound.most)
    assert not broken(_results(bound, 0.99))
    (said,) = broken(_results(bound, 1.01))
    assert said.startswith(f"{bound.input}: {bound.ours} over {bound.reader}")


def test_what_was_not_measured_holds_and_what_failed_does_not() -> None:
    assert not broken({})
    bound = next(one for one in BOUNDS if one.input == "CSV")
    results = _results(bound, 0.5)
    results["CSV"][OURS] = Times(failure="out of memory")
    (found,) = measured(results)
    assert math.isnan(found[1])
    assert len(broken(results)) == 1
