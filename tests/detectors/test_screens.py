"""What is left out where it cannot matter: each screen against the work it spares, each shortened scan against the plain one."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from loglint.curves.curve import stride_of
from loglint.curves.noise import GLANCE, PIECE, median, numpy_quantile, row_deviations, row_medians, spent_median
from loglint.detectors import Level, Measured, late, later
from loglint.detectors import spikes as spike_module
from loglint.detectors.degenerate import _equal_at_end
from loglint.detectors.plateau import _is_pinned, _stuck_from
from loglint.rulebook import find_rule, load_rules
from loglint.verdicts import evidence_of, levels_of, passes, prepared
from tests.detectors.made import curve

RULES = load_rules()
SPIKE = prepared(find_rule("loss-spike", RULES)).parameters
SIZES = st.sampled_from([1, 2, 3, 7, 40, GLANCE - 1, GLANCE, GLANCE + 1, 5000, PIECE + 3])
TAILS = {
    "normal": lambda rng, n: rng.normal(0, 0.05, n),
    "heavy": lambda rng, n: 0.02 * rng.standard_t(2, n),
    "rounded": lambda rng, n: np.round(rng.normal(0, 0.05, n), 2),
    "none": lambda rng, n: np.zeros(n),
}


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from([8, 11, 40, 41, 42, 120, 700, 25_000]),
    st.sampled_from(list(TAILS)),
    st.floats(0, 3),
    st.floats(0, 1),
    st.integers(0, 2**32 - 1),
)
def test_where_no_point_may_stand_out_no_spike_is_found(n, tails, height, place, seed):
    rng = np.random.default_rng(seed)
    y = 0.3 + 2 * np.exp(-np.arange(n) / (n / rng.uniform(1, 9))) + TAILS[tails](rng, n)
    y[int(place * (n - 1))] += height
    screened = spike_module.spikes(curve(y), None, **SPIKE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spike_module, "_may_stand_out", lambda *_: True)
        whole = spike_module.spikes(curve(y), None, **SPIKE)
    assert repr(screened) == repr(whole)


@given(SIZES, st.sampled_from(["even", "still", "jump", "back", "uneven"]), st.integers(0, 2**32 - 1))
def test_a_stride_is_that_of_all_points(n, kind, seed):
    rng = np.random.default_rng(seed)
    x = np.arange(n) * 10.0
    if kind == "still":
        x[:] = 5.0
    elif kind == "uneven":
        x = np.cumsum(rng.exponential(size=n))
    elif kind in ("jump", "back") and n > 1:
        x[rng.integers(1, n) :] += 3.0 if kind == "jump" else -25.0
    gaps = np.diff(x)
    found = stride_of(x)
    assert found.forward == bool((gaps >= 0).all())
    assert found.even == (float(gaps[0]) if len(gaps) and (gaps == gaps[0]).all() else None)


@given(SIZES, st.integers(0, 6000), st.sampled_from([0.0, 1e-5]), st.integers(0, 2**32 - 1))
def test_the_last_values_that_are_equal_are_those_of_the_whole_curve(n, last, within, seed):
    y = np.random.default_rng(seed).normal(2.0, 0.1, n)
    y[max(0, n - last) :] = 2.5
    other = np.flatnonzero(np.abs(y - y[-1]) > within * abs(y[-1]))
    assert _stuck_from(y, within) == (int(other[-1]) + 1 if len(other) else 0)
    differs = np.flatnonzero(y != y[-1])
    assert _equal_at_end(y) == n - (int(differs[-1]) + 1 if len(differs) else 0)


@given(SIZES, st.sampled_from([0.0, 1e-7, 1e-5, 3e-5, 1.0]), st.integers(0, 2**32 - 1))
def test_what_is_pinned_is_told_from_all_values(n, spread, seed):
    y = 2.3456789 * (1 + spread * np.random.default_rng(seed).uniform(-1, 1, n))
    level = float(np.median(y))
    assert _is_pinned(y, 1e-5, 3) == bool(np.abs(y - level).max() <= 1e-5 * level < abs(level - float(f"{level:.2e}")))


@settings(deadline=None)
@given(st.integers(1, 3000), st.integers(1, 150), st.integers(0, 2**32 - 1))
def test_medians_of_rows_are_those_of_numpy(rows, width, seed):
    y = np.random.default_rng(seed).normal(size=(rows, width))
    assert np.array_equal(row_medians(y), np.median(y, axis=1))
    middle, apart = row_deviations(y)
    assert np.array_equal(middle, np.median(y, axis=1))
    assert apart == pytest.approx(np.median(np.abs(y - middle[:, None]), axis=1))


@given(arrays(np.float64, st.integers(1, 60), elements=st.floats(-1e6, 1e6)), st.floats(0, 1))
def test_quantiles_and_medians_are_those_of_numpy(y, share):
    assert numpy_quantile(y, share) == np.quantile(y, share)
    assert median(y) == spent_median(y.copy()) == np.median(y)


@late("costly", "height")
class Evidence(msgspec.Struct, frozen=True):
    cheap: float
    costly: float
    height: Level


def test_a_number_that_no_limit_asks_for_is_never_worked_out():
    asked = []

    def costly():
        asked.append("costly")
        return 7.0

    rule = find_rule("loss-spike", RULES)
    known = prepared(rule)
    tests = (("min_cheap", "cheap", 1.0), ("min_costly", "costly", 5.0))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("loglint.verdicts._PREPARED", {id(rule): msgspec.structs.replace(known, tests=tests)})
        assert not passes(rule, Measured(Evidence(0.5, later(costly), later(costly)), 0))
        assert asked == []
        found = Evidence(1.5, later(costly), 2.0)
        assert passes(rule, Measured(found, 0))
        assert passes(rule, Measured(found, 0))
        assert asked == ["costly"]


def test_evidence_shows_all_numbers_and_works_each_out_once():
    asked = []
    found = Evidence(0.5, later(lambda: asked.append("costly") or 7.0), later(lambda: 2.5))
    assert evidence_of(found) == {"cheap": 0.5, "costly": 7.0, "height": 2.5}
    assert evidence_of(found)["costly"] == found.costly == 7.0
    assert levels_of(found) == ("height",)
    assert asked == ["costly"]
