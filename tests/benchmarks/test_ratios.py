"""The guard of `benchmarks.performance.ratios`: which ratios do not hold."""

from __future__ import annotations

import math

import pytest

from benchmarks.performance.ratios import AT_MOST, OURS, Times, broken, measured


def _results(name: str, share: float) -> dict[str, dict[str, Times]]:
    """One input on which loglint takes a share of what it may take."""
    other, most = AT_MOST[name]
    return {name: {OURS: Times(user=[9.0, 2 * share * most]), other: Times(user=[2.0, 5.0])}}


@pytest.mark.parametrize("name", AT_MOST)
def test_a_ratio_holds_up_to_its_bound(name: str) -> None:
    (found,) = measured(_results(name, 0.5))
    assert found[2] == pytest.approx(0.5 * AT_MOST[name][1])
    assert not broken(_results(name, 0.99))
    (said,) = broken(_results(name, 1.01))
    assert said.startswith(name)


def test_what_was_not_measured_holds_and_what_failed_does_not() -> None:
    assert not broken({})
    results = _results("CSV", 0.5)
    results["CSV"][OURS] = Times(failure="out of memory")
    (found,) = measured(results)
    assert math.isnan(found[2])
    assert len(broken(results)) == 1
