"""Pauses, speed, waiting for data, memory and resumes, by their numbers and by what must not change them."""

from __future__ import annotations

import numpy as np
import pytest

from loglint.detectors import NotJudged
from loglint.detectors.job import pause, resume_jump, slowdown, steady_growth, waiting_for_data
from loglint.detectors.presence import curve_missing, fact_missing, two_grains
from tests.detectors.made import curve, evidence, falling

PAUSE = {"min_points": 10, "recurs": 3}
SLOW = {"min_points": 20, "settle": 0.1, "end": 0.2, "slow": 0.85}
GROWTH = {"min_points": 20, "settle": 0.2}


def clocked(gaps, **more):
    return curve(np.ones(len(gaps) + 1), step=np.arange(len(gaps) + 1), time=np.concatenate([[0], np.cumsum(gaps)]), **more)


@pytest.mark.parametrize("seed", range(5))
def test_the_longest_pause_is_found_where_it_is(seed):
    rng = np.random.default_rng(seed)
    gaps = rng.gamma(20, 0.5, 80)
    at = int(rng.integers(5, 75))
    gaps[at] = 900.0
    found = evidence(pause(clocked(gaps), **PAUSE))
    assert found.seconds == pytest.approx(900)
    assert found.step == at
    assert found.usual == pytest.approx(np.median(gaps))
    assert found.over_others == pytest.approx(900 / np.sort(gaps)[-4])


def test_a_pause_that_recurs_is_a_rhythm():
    gaps = np.full(80, 5.0)
    gaps[::20] = 600.0
    assert evidence(pause(clocked(gaps), **PAUSE)).over_others == 1.0


def test_a_clock_in_other_units_gives_the_same_ratios():
    gaps = np.random.default_rng(1).gamma(20, 0.5, 80)
    a, b = evidence(pause(clocked(gaps), **PAUSE)), evidence(pause(clocked(60 * gaps), **PAUSE))
    assert b.ratio == pytest.approx(a.ratio)
    assert b.lost == pytest.approx(a.lost)


def test_a_gap_at_a_resume_and_a_gap_in_steps_are_no_pauses():
    gaps = np.full(60, 5.0)
    gaps[30] = 5000.0
    assert evidence(pause(clocked(gaps, resumes=(31,)), **PAUSE)).seconds == 5.0
    step = np.arange(61.0)
    step[31:] += 999
    time = np.concatenate([[0], np.cumsum(gaps)])
    assert evidence(pause(curve(np.ones(61), step=step, time=time), **PAUSE)).seconds == pytest.approx(5.0)


def test_without_a_clock_nothing_is_said_of_pauses():
    assert isinstance(pause(curve(np.ones(50)), **PAUSE), NotJudged)


@pytest.mark.parametrize("kept", [0.9, 0.7, 0.5, 0.2])
def test_speed_kept_is_that_of_the_levels(kept):
    rng = np.random.default_rng(2)
    y = 1000 * (1 + 0.02 * rng.normal(size=200))
    y[120:] *= kept
    found = evidence(slowdown(curve(y, quantity="throughput"), **SLOW))
    assert found.kept == pytest.approx(kept, rel=0.02)
    assert found.slower == pytest.approx(1.0, abs=0.1)
    if kept <= 0.7:
        assert found.step == 120


def test_time_per_step_is_judged_upside_down():
    rng = np.random.default_rng(3)
    y = 1000 * (1 + 0.02 * rng.normal(size=200))
    y[120:] *= 0.5
    a = evidence(slowdown(curve(y, quantity="throughput"), **SLOW))
    b = evidence(slowdown(curve(1 / y, quantity="step_time"), **SLOW))
    assert b.kept == pytest.approx(a.kept)
    assert (b.before, b.after) == pytest.approx((1 / a.before, 1 / a.after))


@pytest.mark.parametrize("seed", range(20))
def test_a_steady_speed_keeps_itself(seed):
    y = 500 * np.exp(0.1 * np.random.default_rng(seed).normal(size=100))
    assert evidence(slowdown(curve(y, quantity="throughput"), **SLOW)).kept == pytest.approx(1.0, abs=0.12)


def test_the_share_of_waiting_is_the_median_of_the_pairs():
    rng = np.random.default_rng(4)
    whole = rng.uniform(1, 2, 50)
    data = whole * rng.uniform(0.2, 0.6, 50)
    found = evidence(waiting_for_data(curve(data), curve(whole), min_points=5, settle=0.2))
    assert found.share == pytest.approx(np.median(data[10:] / whole[10:]))
    assert found.low_share == pytest.approx(np.quantile(data[10:] / whole[10:], 0.25))


def test_waiting_pairs_records_by_their_step():
    data, whole = curve(np.full(20, 0.5), step=np.arange(0, 40, 2)), curve(np.arange(1.0, 41.0), step=np.arange(40))
    found = evidence(waiting_for_data(data, whole, min_points=5, settle=0.0))
    assert found.step_time == np.median(np.arange(1.0, 41.0)[::2])


def test_loading_that_takes_longer_than_its_step_is_not_judged():
    assert isinstance(waiting_for_data(curve(np.full(30, 50.0)), curve(np.ones(30)), min_points=5, settle=0.2), NotJudged)


@pytest.mark.parametrize("seed", range(5))
def test_a_straight_leak_is_steady_and_a_step_is_not(seed):
    noise = np.random.default_rng(seed).normal(size=200)
    leak = evidence(steady_growth(curve(1000 + 5 * np.arange(200) + noise), **GROWTH))
    step = evidence(steady_growth(curve(np.where(np.arange(200) < 120, 1000, 2000) + noise), **GROWTH))
    assert leak.steady > 0.9
    assert step.steady < 0.1
    assert leak.growth == pytest.approx((leak.last - leak.first) / leak.first)


@pytest.mark.parametrize("seed", range(10))
def test_the_running_maximum_of_random_peaks_is_no_steady_growth(seed):
    peaks = np.maximum.accumulate(np.random.default_rng(seed).gamma(9, 100, 400))
    assert evidence(steady_growth(curve(peaks), **GROWTH)).steady < 0.3


def test_a_jump_at_a_resume_grows_with_its_strength_and_elsewhere_counts_nothing():
    found = []
    for height in (0.0, 0.2, 0.5, 1.0):
        y = falling(120, 5)
        y[60:] += height
        found.append(evidence(resume_jump(curve(y, resumes=(60,)), side=5)).sigmas)
    assert found == sorted(found)
    assert found[0] < 4 < 8 < found[-1]
    y = falling(120, 5)
    y[60:] += 1.0
    assert evidence(resume_jump(curve(y, resumes=(30,)), side=5)).sigmas < 4
    assert isinstance(resume_jump(curve(y), side=5), NotJudged)


def test_a_jump_is_the_same_in_other_units_and_worse_is_up_when_mirrored():
    y = falling(120, 6)
    y[60:] += 0.5
    a = evidence(resume_jump(curve(y, resumes=(60,)), side=5))
    b = evidence(resume_jump(curve(1000 * y, resumes=(60,)), side=5))
    c = evidence(resume_jump(curve(y, resumes=(60,), mirrored=True), side=5))
    assert b.sigmas == pytest.approx(a.sigmas)
    assert b.height == pytest.approx(a.height)
    assert (c.before, c.to) == (-a.before, -a.to)


def test_what_is_missing_is_said_only_beside_enough_records():
    one = curve(np.ones(40))
    assert evidence(curve_missing(one, None, min_points=30, rewards=False)).missing == 1
    assert evidence(curve_missing(one, one, min_points=30, rewards=False)).missing == 0
    assert isinstance(curve_missing(one, None, min_points=41, rewards=False), NotJudged)
    reward = curve(np.ones(40), quantity="reward", mirrored=True)
    assert isinstance(curve_missing(reward, None, min_points=30, rewards=False), NotJudged)
    assert evidence(fact_missing(one, None, min_points=30)).missing == 1
    assert evidence(fact_missing(one, 0.0, min_points=30)).missing == 0


def test_two_grains_counts_records_that_follow_closely():
    step = np.sort(np.concatenate([np.arange(0, 1000, 10), [101, 301, 501, 701, 702]]))
    found = evidence(two_grains(curve(np.ones(len(step)), step=step), min_points=20, much_closer=0.1))
    assert (found.count, found.places) == (5, 4)
    assert found.share == pytest.approx(5 / 104)
    even = evidence(two_grains(curve(np.ones(50), step=np.arange(50) * 7), min_points=20, much_closer=0.1))
    assert even.count == 0
