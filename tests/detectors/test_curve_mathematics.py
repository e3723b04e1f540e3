"""Noise, shape, trend and period against formulas written out plainly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loglint.curves.noise import (
    fourth_differences,
    lag_correlation,
    median,
    noise_scale,
    robust_scale,
    row_medians,
    second_differences,
)
from loglint.curves.period import autocorrelation, find_period, thin
from loglint.curves.shape import block_medians, running_median, shape_of, smoothing_window
from loglint.curves.trend import linear_trend
from tests.detectors.made import curve, falling

SEEDS = range(5)


def white(n, seed=0):
    return np.random.default_rng(seed).normal(size=n)


@pytest.mark.parametrize("lag", [1, 2, 5])
def test_differences_are_those_of_the_formula(lag):
    y = white(60)
    second = [(y[i] - 2 * y[i + lag] + y[i + 2 * lag]) / 6**0.5 for i in range(60 - 2 * lag)]
    fourth = [
        (y[i] - 4 * y[i + lag] + 6 * y[i + 2 * lag] - 4 * y[i + 3 * lag] + y[i + 4 * lag]) / 70**0.5 for i in range(60 - 4 * lag)
    ]
    assert second_differences(y, lag) == pytest.approx(second)
    assert fourth_differences(y, lag) == pytest.approx(fourth)


def test_differences_do_not_see_what_is_smooth():
    i = np.arange(50.0)
    assert np.abs(second_differences(3 + 2 * i)).max() < 1e-9
    assert np.abs(fourth_differences(1 + i - 0.2 * i**2 + 0.01 * i**3)).max() < 1e-6


@pytest.mark.parametrize("seed", SEEDS)
def test_noise_of_white_noise_is_its_deviation_whatever_the_trend(seed):
    y = 0.5 * white(4000, seed)
    assert noise_scale(y) == pytest.approx(0.5, rel=0.1)
    assert noise_scale(y + np.linspace(0, 100, 4000)) == pytest.approx(noise_scale(y), rel=0.05)


def test_robust_scale_is_the_median_and_falls_back_to_the_mean():
    assert robust_scale(np.array([-1.0, 2.0, -3.0])) == pytest.approx(1.4826 * 2)
    assert robust_scale(np.array([0.0, 0.0, 0.0, 4.0])) == pytest.approx(1.2533 * 1.0)
    assert robust_scale(np.zeros(0)) == 0.0


@pytest.mark.parametrize("seed", SEEDS)
def test_noise_scales_with_the_curve_and_ignores_shifts_and_mirrors(seed):
    y = falling(200, seed)
    assert noise_scale(7 * y) == pytest.approx(7 * noise_scale(y))
    assert noise_scale(-y + 100) == pytest.approx(noise_scale(y))


def test_correlated_errors_are_seen_and_white_ones_are_not():
    def ar1(r, n=4000):
        errors, shocks = [0.0], white(n, 3)
        for shock in shocks:
            errors.append(r * errors[-1] + shock)
        return np.array(errors)

    found = [lag_correlation(ar1(r))[0] for r in (0.0, 0.3, 0.6, 0.9)]
    assert found == sorted(found)
    assert found[0] < 0.15
    assert found[-1] > 0.7


@pytest.mark.parametrize(("n", "window"), [(3, 3), (20, 3), (60, 7), (241, 25)])
def test_running_median_is_the_median_of_the_neighbours_that_exist(n, window):
    y, half = white(n), window // 2
    naive = [np.median(y[max(0, i - half) : i + half + 1]) for i in range(n)]
    assert running_median(y, window) == pytest.approx(naive)


@pytest.mark.parametrize("n", [1, 5, 240, 241, 700, 10_001])
def test_block_medians_are_medians_of_equal_blocks_and_the_rest_joins_the_last(n):
    y = white(n)
    medians, middle, size = block_medians(y)
    whole = n // size
    naive = [np.median(y[i * size : (i + 1) * size if i < whole - 1 else n]) for i in range(whole)]
    assert medians == pytest.approx(naive)
    assert len(middle) == len(medians) <= 240
    assert all(0 <= m < n for m in middle)


@pytest.mark.parametrize("k", range(1, 300, 7))
def test_smoothing_windows_are_odd_and_within_bounds(k):
    window = smoothing_window(k)
    assert window % 2 == 1
    assert 1 <= window <= 25


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("scale", "shift"), [(3.0, 0.0), (1.0, 50.0), (1e-3, -4.0)])
def test_a_shape_moves_with_its_curve(seed, scale, shift):
    y = falling(300, seed)
    a, b = shape_of(y), shape_of(scale * y + shift)
    for name in ("start", "best", "tail"):
        assert getattr(b, name) == pytest.approx(scale * getattr(a, name) + shift, rel=1e-9, abs=1e-9)
    assert b.error == pytest.approx(scale * a.error, rel=1e-6)
    assert b.best_at == a.best_at


def test_the_best_of_a_shape_is_its_smoothed_minimum_and_the_last_of_equals():
    y = np.array([5.0, 4, 3, 2, 1, 1, 1, 1, 1, 2, 3, 4])
    shape = shape_of(y)
    assert shape.best == min(shape.smooth) == 1
    assert shape.best_at == max(i for i, v in enumerate(shape.smooth) if v == 1)
    assert shape.progress == shape.start - 1


def test_a_trend_is_the_least_squares_line():
    y = 2 + 0.3 * np.arange(40) + white(40)
    slope = np.polyfit(np.arange(40), y, 1)[0]
    assert linear_trend(y, 1.0, 1.0).change == pytest.approx(39 * slope)


def test_the_error_of_a_trend_covers_the_truth_as_often_as_it_says():
    inside = 0
    for seed in range(300):
        trend = linear_trend(0.1 * np.arange(50) + white(50, seed), 1.0, 1.0)
        inside += abs(trend.change - 4.9) <= 2 * trend.error
    assert 0.9 <= inside / 300 <= 0.995


def test_autocorrelation_is_the_sum_over_pairs():
    y = white(64)
    c = y - y.mean()
    variance = float((c * c).mean())
    naive = [float((c[: 64 - lag] * c[lag:]).mean()) / variance for lag in range(20)]
    assert autocorrelation(y)[:20] == pytest.approx(naive, abs=1e-9)


@pytest.mark.parametrize("length", [8, 17, 40])
def test_a_repeated_shape_is_found_with_its_length(length):
    rng = np.random.default_rng(length)
    y = np.tile(rng.normal(size=length), 12) + 0.05 * rng.normal(size=12 * length)
    found = find_period(y, 5, 5)
    assert found is not None
    assert found.length == length
    assert found.neighbours > 0.9


def test_thinning_keeps_the_mean_and_stays_short():
    y = white(40_000)
    short, factor = thin(y)
    assert len(short) <= 8192
    assert short.mean() == pytest.approx(y[: len(short) * factor].mean())


def test_a_curve_keeps_non_finite_points_and_judges_the_others():
    one = curve([1.0, np.nan, 3.0, np.inf, 5.0])
    assert len(one) == 5
    assert list(one.values) == [1.0, 3.0, 5.0]
    assert list(one.places) == [0, 2, 4]


def test_a_curve_stands_on_the_first_axis_that_goes_forward():
    assert curve([1, 2, 3], step=[0, 5, 2], epoch=[1, 2, 3]).axis == "epoch"
    assert curve([1, 2, 3], step=[0, 5, 9], epoch=[1, 2, 3]).axis == "step"
    assert curve([1, 2, 3], time=[0, 1, 2]).axis == "time"


numbers = st.floats(allow_nan=True, allow_infinity=True, width=32) | st.sampled_from([0.0, 1.0])


@given(st.lists(numbers, min_size=1, max_size=60), st.sampled_from([1, 50]))
def test_the_median_is_numpys(values, times):
    y = np.tile(np.array(values), times)
    with np.errstate(all="ignore"):
        assert np.array_equal(median(y), np.median(y), equal_nan=True)


@given(st.integers(1, 5), st.integers(1, 150), st.integers(0, 2**32 - 1))
def test_medians_of_rows_are_numpys(rows, width, seed):
    y = np.random.default_rng(seed).integers(-20, 20, (rows, width)).astype(np.float64)
    assert np.array_equal(row_medians(y), np.median(y, axis=1))


def test_there_is_no_median_of_nothing():
    assert np.isnan(median(np.array([])))
