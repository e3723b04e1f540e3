"""What is reduced of long curves, and that nothing is lost by it: non-finite values, extremes, level shifts, ends, noise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loglint import engine
from loglint.corridor import Settings, collect
from loglint.curves import noise, period
from loglint.curves.noise import median, noise_scale
from loglint.curves.shape import BLOCKS, shape_of
from loglint.detectors import spikes as spike_module
from loglint.detectors.nonfinite import non_finite
from loglint.detectors.shift import level_shift
from loglint.detectors.spikes import spikes
from loglint.given import from_mapping
from loglint.rulebook import find_rule, load_rules
from loglint.select import Chooser
from loglint.verdicts import prepared
from tests.detectors.made import curve

LONG = 80_000
FEW_HUNDRED = 400
FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
RULES = Chooser(load_rules())("")
EARLY = prepared(find_rule("sudden-nan", load_rules())).parameters
SPIKE = prepared(find_rule("loss-spike", load_rules())).parameters


def noisy(seed: int = 0, n: int = LONG) -> np.ndarray:
    return 0.5 + 2 * np.exp(-np.arange(n) / (n / 8)) + np.random.default_rng(seed).normal(0, 0.02, n)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, LONG - 1), st.sampled_from([np.nan, np.inf, -np.inf]))
def test_a_single_value_that_is_not_finite_is_found_where_it_is(at, value):
    y = noisy()
    y[at] = value
    found = non_finite(curve(y), **EARLY)
    assert (found.evidence.count, found.at) == (1, at)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, LONG - 1), st.floats(10, 1e6), st.booleans())
def test_a_single_extreme_is_kept(at, height, down):
    y = noisy()
    y[at] = -height if down else height
    assert curve(y).extremes == (float(y.min()), float(y.max()))
    assert (-height if down else height) in curve(y).extremes


@settings(max_examples=15, deadline=None)
@given(st.integers(100, LONG - 100), st.floats(3, 100))
def test_a_single_spike_that_comes_back_is_found_where_it_is(at, height):
    y = noisy()
    y[at] += height
    found = spikes(curve(y), None, **SPIKE)
    assert (found.evidence.count, found.at, found.evidence.value) == (1, at, pytest.approx(y[at]))


@settings(max_examples=15, deadline=None)
@given(st.integers(LONG // 4, 3 * LONG // 4), st.floats(0.2, 10))
def test_a_level_shift_is_found_within_three_blocks_and_at_its_height(at, height):
    y = noisy()
    y[at:] += height
    found = level_shift(curve(y), None, min_points=20)
    assert abs(found.at - at) <= 3 * -(-LONG // BLOCKS)
    assert found.evidence.to - found.evidence.before == pytest.approx(height, abs=0.1)


@given(st.integers(BLOCKS * 3, 20_000), st.integers(0, 9))
def test_blocks_cover_every_point_and_end_where_the_curve_ends(n, seed):
    y = np.random.default_rng(seed).normal(size=n)
    found = shape_of(y)
    whole = n // found.size
    assert len(found.y) == whole <= BLOCKS
    assert found.y[0] == median(y[: found.size])
    assert found.y[-1] == median(y[(whole - 1) * found.size :])
    shifted = shape_of(y + 5.0)
    assert shifted.y == pytest.approx(found.y + 5.0)


@pytest.mark.parametrize("seed", range(5))
def test_the_noise_of_a_long_curve_is_that_of_all_its_points(seed, monkeypatch):
    y = noisy(seed, 200_000) + np.random.default_rng(seed + 9).standard_t(3, 200_000) * 0.01
    reduced = noise_scale(y)
    monkeypatch.setattr(noise, "LONG", 10**9)
    assert reduced == pytest.approx(noise_scale(y), rel=0.03)


def spiked(y):
    y[50_000] += 4.0


def shifted(y):
    y[50_000:] += 1.0


def lost(y):
    y[50_000:] = np.nan


def diverged(y):
    y[50_000:] += np.linspace(0, 3, LONG - 50_000)


def constant(y):
    y[50_000:] = 0.0


HARMS = [(spiked, "STA002"), (shifted, "STA003"), (lost, "NUM003"), (diverged, "STA001"), (constant, "NUM006")]


def found(run):
    return [(f.rule, f.place, f.severity) for f in engine.judge_run(run, RULES, "none").findings]


@pytest.mark.parametrize(("harm", "code"), HARMS, ids=[harm.__name__ for harm, _ in HARMS])
def test_findings_are_those_on_the_unreduced_curve(harm, code, monkeypatch):
    train, val = noisy(1), noisy(2) + 0.05
    harm(train)
    harm(val)
    (run,) = from_mapping({"step": np.arange(LONG), "train_loss": train, "val_loss": val})
    reduced = found(run)
    monkeypatch.setattr(noise, "LONG", 10**9)
    monkeypatch.setattr(spike_module, "EVERY", 10**9)
    monkeypatch.setattr(period, "COMPARED", 10**9)
    monkeypatch.setattr(period, "MOST", 10**9)
    assert reduced == found(run)
    assert code in [rule for rule, _, _ in reduced]


def test_findings_on_all_fixtures_are_the_same_where_curves_of_their_length_are_reduced(monkeypatch):
    """What is done to curves of many thousand points, done to those of a few hundred that the fixtures hold."""
    runs = collect([str(FIXTURES)], Settings(root=FIXTURES)).runs
    assert sum(any(len(series) > FEW_HUNDRED for series in run.series) for run in runs) > 10
    whole = {run.id: found(run) for run in runs}
    monkeypatch.setattr(noise, "LONG", 512)
    monkeypatch.setattr(noise, "STRETCHES", 16)
    monkeypatch.setattr(spike_module, "EVERY", FEW_HUNDRED)
    monkeypatch.setattr(spike_module, "WINDOWS", FEW_HUNDRED // 2)
    monkeypatch.setattr(period, "COMPARED", 50)
    monkeypatch.setattr(period, "MOST", 512)
    assert {run.id: found(run) for run in runs} == whole
