"""What must hold for every detector of curves: units, levels, NaN, strength; and naive oracles where a formula is plain."""

from __future__ import annotations

import math

import numpy as np
import pytest

from loglint.curves.beside import beside
from loglint.detectors import Measured, NotJudged, Vetoed
from loglint.detectors.batches import bad_batch, epoch_edges, loss_scale_collapse, periodic_loss
from loglint.detectors.degenerate import broken_gradient, ceiling, constant_validation, exact_zero
from loglint.detectors.gap import metric_gap
from loglint.detectors.gradient import clip_saturated, gradient_explosion, gradient_vanishing, hard_ceiling
from loglint.detectors.nonfinite import non_finite
from loglint.detectors.pace import pace
from loglint.detectors.schedule import lr_decay, lr_range, rate_sweep
from loglint.detectors.shift import level_shift, reward_collapse
from loglint.detectors.validation import better_than_train, train_equals_validation
from loglint.rulebook import load_rules
from loglint.verdicts import judge
from tests.detectors.made import curve, evidence, falling

NAN = {"early_iterations": 100, "early_epochs": 1, "growth_sigmas": 8.0, "growth_ratio": 1.5}
RULES = {rule.code: rule for rule in load_rules()}
# Rules on a loss whose verdict is about shares, ratios and multiples of noise: the unit of the loss may not matter.
UNITLESS = ["STA001", "STA002", "STA003", "INI001", "OPT003", "OPT005", "GEN001", "GEN011", "DAT001"]
UNSHIFTED = ["STA001", "STA003", "GEN001", "DAT001"]


def inputs_for(rule, scale=1.0, shift=0.0, seed=0):
    """A training curve, a validation curve that overfits, and nothing else."""
    n = 160
    train = falling(n, seed)
    val = falling(n, seed + 100) + np.maximum(0, np.linspace(-0.5, 0.6, n))
    made = {}
    for alias, place in rule.detect.inputs.items():
        if place.startswith("val/loss") or place.startswith("val/obj"):
            made[alias] = curve(scale * val + shift)
        elif "train" in place and not place.endswith("?"):
            made[alias] = curve(scale * (train + (0.8 * np.linspace(0, 1, n) ** 2 if rule.code == "STA001" else 0)) + shift)
    return made


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("code", UNITLESS)
def test_the_unit_of_a_loss_does_not_change_a_verdict(code, seed):
    rule = RULES[code]
    verdicts = [judge(rule, inputs_for(rule, scale, seed=seed), (0.0, 159.0)) for scale in (1.0, 1000.0, 1e-4)]
    assert verdicts[0].outcome != "not_judged"
    assert len({verdict.outcome for verdict in verdicts}) == 1
    for other in verdicts[1:]:
        assert other.margins == pytest.approx(verdicts[0].margins, rel=1e-5, abs=1e-7)
        assert other.at == verdicts[0].at


@pytest.mark.parametrize("code", UNSHIFTED)
def test_the_level_of_a_loss_does_not_change_a_rule_about_its_own_range(code):
    rule = RULES[code]
    a, b = (judge(rule, inputs_for(rule, 1.0, shift), (0.0, 159.0)) for shift in (0.0, -0.1))
    assert a.outcome == b.outcome
    assert a.at == b.at


def test_a_stronger_divergence_is_further_beyond_its_thresholds():
    rule, found = RULES["STA001"], []
    for rise in (0.0, 0.5, 1.0, 2.0, 4.0):
        y = falling(200) + rise * np.clip(np.linspace(-1, 1, 200), 0, None)
        found.append(judge(rule, {"loss": curve(y)}, (0.0, 199.0)).evidence["rise"])
    assert found == sorted(found)


@pytest.mark.parametrize("seed", range(10))
def test_the_first_non_finite_point_and_their_number_are_those_of_a_plain_scan(seed):
    rng = np.random.default_rng(seed)
    y = falling(300, seed)
    y[rng.integers(20, 300, 5)] = rng.choice([np.nan, np.inf, -np.inf], 5)
    result = non_finite(curve(y), **NAN)
    bad = [i for i, v in enumerate(y) if not math.isfinite(v)]
    assert isinstance(result, Measured)
    assert result.at == bad[0]
    assert result.evidence.count == len(bad)
    assert result.evidence.lasting == pytest.approx(len(bad) / (300 - bad[0]))
    assert sorted(i for span in result.spans for i in range(span.first, span.last + 1)) == bad


def test_growth_before_a_nan_is_seen_in_any_unit():
    y = np.concatenate([falling(100), 0.3 * 1.8 ** np.arange(8), [np.nan] * 4])
    a, b = (evidence(non_finite(curve(scale * y), **NAN)) for scale in (1.0, 1e5))
    assert a.grew == b.grew == 1
    assert b.sigmas == pytest.approx(a.sigmas)


@pytest.mark.parametrize("seed", range(10))
def test_the_longest_stretch_of_zeros_is_that_of_a_plain_scan(seed):
    y = np.random.default_rng(seed).integers(0, 2, 60).astype(float)
    longest = run = 0
    for value in y:
        run = run + 1 if value == 0 else 0
        longest = max(longest, run)
    found = evidence(exact_zero(curve(y)))
    assert found.records == longest


def test_a_ceiling_is_found_within_its_tolerance_and_not_beside_it():
    asked = {"constants": (87.3365, 16.118), "perplexity_constants": (2.6881171e43,), "within": 1e-3, "exactly": 1e-7, "asked": 5}
    near = evidence(ceiling(curve([2.0, 87.33, 87.34, 87.3365, 2.0]), **asked))
    assert (near.records, near.enough) == (3, 0.6)
    assert evidence(ceiling(curve([2.0, 87.6, 86.9]), **asked)).records == 0
    assert evidence(ceiling(curve([21.4, 87.3365]), **asked)).enough == 1
    assert evidence(ceiling(curve([21.4, 87.3365, 21.0]), **asked)).enough == 0.2
    for y, records in (([40.0, math.inf, 2.6881171e43], 2), ([math.inf, 40.0], 0)):
        assert evidence(ceiling(curve(y, quantity="perplexity"), **asked)).records == records


@pytest.mark.parametrize("tail", [1, 3, 9])
def test_equal_evaluations_at_the_end_are_counted(tail):
    val = np.concatenate([np.linspace(0.5, 0.6, 10), np.full(tail, 0.7213)])
    train = np.linspace(2, 1, len(val))
    found = evidence(constant_validation(curve(val), curve(train), None, min_points=3, at_zero=3, elsewhere=5))
    assert found.records == tail
    assert found.enough == pytest.approx(tail / 5)


def test_a_broken_gradient_keeps_its_nan_and_its_place():
    y = np.ones(50)
    y[30:] = np.nan
    found = evidence(broken_gradient(curve(y), curve(np.ones(50)), settle=5))
    assert (found.bad, found.before, found.lasting) == (20, 30, 1.0)


@pytest.mark.parametrize("height", [5.0, 20.0, 80.0])
def test_an_explosion_is_measured_against_the_median_before_it(height):
    y = 1 + 0.05 * np.random.default_rng(1).normal(size=200)
    y[150] = height
    found = evidence(gradient_explosion(curve(y), min_points=30, settle=0.1, times=10, mass=2.5, growth=30, often=0.001))
    assert found.ratio == pytest.approx(height, rel=0.05)
    assert found.count == (height >= 10)
    assert found.mass == pytest.approx(1 + np.log10(found.ratio / 10) if height >= 10 else 0)
    assert found.step == 150


def test_a_vanishing_gradient_is_a_ratio_of_levels():
    y, loss = 0.9 ** np.arange(100.0), np.full(100, 2.3)
    found = evidence(gradient_vanishing(curve(y), curve(loss), min_points=20))
    assert found.ratio == pytest.approx(np.median(y[90:]) / np.median(y[:10]), rel=0.01)
    assert found.loss_left == pytest.approx(1.0)


def test_a_clipped_norm_and_a_clipped_loss_are_shares_of_records():
    y = np.minimum(np.random.default_rng(2).gamma(4, 1, 400), 4.0)
    share = (y == 4.0).mean()
    assert evidence(hard_ceiling(curve(y), min_points=20)).share == pytest.approx(share)
    assert evidence(clip_saturated(curve(y), min_points=20, within=0.005)).share == pytest.approx(share, abs=0.02)


@pytest.mark.parametrize("scale", [1.0, 100.0])
def test_a_gap_of_accuracies_is_the_same_in_percent(scale):
    train, val = np.linspace(0.5, 0.99, 40), np.full(40, 0.7)
    found = evidence(
        metric_gap(curve(-scale * val, mirrored=True), curve(-scale * train, mirrored=True), min_points=5, few=5, gap_of_few=0.3)
    )
    assert found.gap == pytest.approx(found.train_level - 0.7)
    assert found.train_level == pytest.approx(np.median(train[-3:]), abs=0.02)


@pytest.mark.parametrize("seed", range(5))
def test_the_training_curve_beside_an_evaluation_is_the_median_since_the_one_before(seed):
    rng = np.random.default_rng(seed)
    train_x, val_x = np.sort(rng.choice(500, 80, replace=False)), np.sort(rng.choice(500, 12, replace=False))
    y = rng.normal(size=80)
    naive, before = [], -1
    for x in val_x:
        since = [v for v, at in zip(y, train_x, strict=True) if before < at <= x]
        known = [v for v, at in zip(y, train_x, strict=True) if at <= x]
        naive.append(np.median(since) if since else (known[-1] if known else np.nan))
        before = x
    assert beside(curve(np.ones(12), step=val_x), curve(y, step=train_x)) == pytest.approx(naive, nan_ok=True)


def test_better_and_equal_validation_are_plain_shares():
    train, val = np.linspace(2, 1, 20), np.linspace(2, 1, 20) * np.where(np.arange(20) < 15, 0.8, 1.1)
    assert evidence(better_than_train(curve(val), curve(train), min_points=5, margin=0.1)).share == pytest.approx(0.75)
    found = evidence(train_equals_validation(curve(val), curve(train), min_points=5))
    assert found.largest == pytest.approx(0.2)
    assert evidence(train_equals_validation(curve(train), curve(train), min_points=5)).largest == 0


def test_half_the_progress_of_a_straight_line_is_made_in_its_second_half():
    found = evidence(pace(curve(np.linspace(3, 1, 200)), None, min_points=20))
    assert found.second_half == pytest.approx(0.5, abs=0.03)
    assert found.last_quarter == pytest.approx(0.21, abs=0.03)  # the end is the level of the tail, half a window before it


@pytest.mark.parametrize("height", [0.2, 0.5, 1.5])
def test_a_level_shift_is_as_high_as_it_was_made_and_where_it_was_made(height):
    y = falling(200)
    y[120:] += height
    result = level_shift(curve(y), None, min_points=20)
    found = evidence(result)
    assert found.to - found.before == pytest.approx(height, abs=0.1)
    assert abs(found.step - 120) <= 5


def test_a_reward_that_collapses_loses_what_it_gained():
    y = -np.concatenate([np.linspace(0, 10, 100), np.full(40, 10.0), np.full(60, 1.0)])
    y += 0.1 * np.random.default_rng(3).normal(size=200)
    found = evidence(reward_collapse(curve(y, mirrored=True, quantity="reward"), min_points=20))
    assert found.lost == pytest.approx(0.9, abs=0.05)
    assert (found.best, found.tail) == (pytest.approx(10, abs=0.5), pytest.approx(1, abs=0.3))


def test_a_decay_is_found_where_the_rate_falls_for_good():
    y = np.concatenate([np.full(30, 0.1), np.full(10, 1e-5), np.full(30, 0.1), np.full(30, 1e-5)])
    found = evidence(lr_decay(curve(y), min_points=10, decayed=0.01, again=0.05))
    assert found.decayed_at == pytest.approx(70 / 99)
    assert found.peak == 0.1
    assert evidence(lr_range(curve(y), low=1e-4, high=1e-2)).outside == pytest.approx(10)


@pytest.mark.parametrize(("resolution", "coarse"), [(None, 0), (1e-9, 0), (1e-6, 1)])
def test_a_rate_of_zero_is_doubted_where_the_log_prints_too_few_digits_for_a_small_one(resolution, coarse):
    rates = np.concatenate([np.zeros(8), np.full(4, 1e-6)])
    found = evidence(lr_decay(curve(rates, resolution=resolution), min_points=5, decayed=0.01, again=0.05))
    assert (found.coarse, found.zero_share) == (coarse, pytest.approx(7 / 11))


def test_a_reward_that_was_won_and_lost_again_did_not_stand_still():
    still = np.random.default_rng(5).choice([-1.0, 1.0], size=4000)
    won = np.where(np.arange(4000) // 800 == 2, 1.0, still)
    curves = [curve(-y, mirrored=True, quantity="reward") for y in (still, won)]
    verdicts = [judge(RULES["OPT001"], {"objective": one, "classes": None, "accuracy": None}, (0.0, 3999.0)) for one in curves]
    assert [verdict.outcome for verdict in verdicts] == ["fired", "quiet"]


@pytest.mark.parametrize("length", [10, 25])
def test_a_period_of_the_loss_is_vetoed_when_the_learning_rate_has_it(length):
    rng = np.random.default_rng(length)
    shape = rng.normal(size=length)
    loss = np.tile(shape, 12) + 0.05 * rng.normal(size=12 * length)
    settings = {"min_points": 40, "shortest": 6, "cycles": 5}
    assert evidence(periodic_loss(curve(loss), None, **settings)).records == length
    assert isinstance(periodic_loss(curve(loss), curve(np.tile(shape + 5, 12)), **settings), Vetoed)


def test_edges_of_epochs_and_bad_batches_need_an_epoch_axis():
    y = np.ones(200)
    assert isinstance(epoch_edges(curve(y), min_edges=3, records=3), NotJudged)
    assert isinstance(bad_batch(curve(y), min_epochs=3, sigmas=8.0, within=0.02), NotJudged)


def test_the_drop_at_edges_is_as_large_as_it_was_made():
    epoch = np.arange(400) / 50
    y = 3 - 0.3 * np.floor(epoch) + 0.01 * np.random.default_rng(4).normal(size=400)
    found = evidence(epoch_edges(curve(y, epoch=epoch), min_edges=3, records=5))
    assert found.drop == pytest.approx(0.3, abs=0.02)
    assert found.edges_down == 1.0


def test_a_batch_that_is_bad_in_every_epoch_is_found_at_its_place():
    epoch = np.arange(500) / 50
    y = 1 + 0.02 * np.random.default_rng(5).normal(size=500)
    y[20::50] += 2
    found = evidence(bad_batch(curve(y, epoch=epoch), min_epochs=3, sigmas=8.0, within=0.02))
    assert found.epochs == 10
    assert found.position == pytest.approx(0.4)


def test_halvings_of_the_loss_scale_are_counted():
    y = np.concatenate([[65536.0] * 20, 65536.0 / 2 ** np.arange(1, 11), [64.0] * 20])
    found = evidence(loss_scale_collapse(curve(y), min_points=10, settle=0.1))
    assert (found.reductions, found.ratio) == (10, 64 / 65536)


@pytest.mark.parametrize("code", UNITLESS)
def test_nan_among_the_points_does_not_move_the_places_that_are_named(code):
    rule = RULES[code]
    whole = inputs_for(rule)
    broken = {alias: curve(np.insert(one.y, 40, np.nan), step=np.insert(one.x, 40, 39.5)) for alias, one in whole.items()}
    a, b = judge(rule, whole, (0.0, 159.0)), judge(rule, broken, (0.0, 159.0))
    assert a.outcome == b.outcome
    if a.outcome == "fired":
        assert b.position == a.position


@pytest.mark.parametrize(
    ("loss", "outcome"),
    [
        ([0.4, 0.3, 0.5, 0.4, 12.0, 30.0], "fired"),
        ([0.4, 0.3, 0.5, 12.0], "fired"),
        ([0.4, 12.0, 14.0, 13.0, 0.5, 0.4], "not_judged"),
        ([0.4, 0.3, 0.5, 3.0], "not_judged"),
    ],
)
def test_a_loss_that_breaks_for_good_is_divergence_on_the_fewest_records(loss, outcome):
    assert judge(RULES["STA001"], {"loss": curve(loss)}, (0.0, 5.0)).outcome == outcome


def test_a_log_from_the_middle_of_a_run_needs_a_larger_rise_over_its_first_record():
    y = [0.43, 0.74, 0.91, 1.1, 0.94, 1.25, 0.94, 0.68]
    start, middle = (judge(RULES["STA001"], {"loss": curve(y, step=np.arange(8) + at)}, (0.0, 1.0)) for at in (0, 9000))
    assert start.evidence["sigmas"] > 1e3 > middle.evidence["sigmas"]


def test_a_metric_that_stands_still_is_a_hint_where_the_validation_loss_moves_or_it_never_left_zero():
    train = curve(falling(9))

    def hint(value, loss):
        return judge(
            RULES["GEN010"], {"val": curve([value] * 9, quantity="metric"), "train": train, "loss": loss}, (0, 8)
        ).evidence["hint"]

    assert [hint(0.31, None), hint(0.31, curve(falling(9))), hint(0.0, None)] == [0, 1, 1]
    val = curve([0.31] * 9, quantity="metric")
    broken = constant_validation(val, train, curve([math.nan] * 9), min_points=3, at_zero=3, elsewhere=5)
    assert isinstance(broken, NotJudged)


@pytest.mark.parametrize(("y", "fires"), [([8.12, 8.0513, 8.0513, 8.0513, 8.0513], True), ([8.12, 8.05, 8.05, 8.05, 8.05], False)])
def test_few_records_that_are_equal_to_the_last_digit_are_pinned_and_rounded_ones_are_not(y, fires):
    assert (judge(RULES["OPT001"], {"objective": curve(y, step=np.arange(5) + 900)}, (900.0, 904.0)).outcome == "fired") is fires


def test_overfitting_on_few_evaluations_needs_a_rise_without_a_fall_and_a_training_loss_that_falls():
    train, rising = [0.5, 0.3, 0.2, 0.1, 0.05, 0.02], [0.40, 0.36, 0.41, 0.47, 0.58, 0.70]
    swinging = [0.40, 0.36, 0.41, 0.38, 0.58, 0.70]

    def outcome(val, train):
        return judge(RULES["GEN001"], {"val": curve(val), "train": curve(train)}, (0.0, 5.0)).outcome

    assert outcome(rising, train) == "fired"
    assert outcome(swinging, train) == "not_judged"
    assert outcome(rising, train[::-1]) == "not_judged"


def test_a_loss_that_is_stuck_at_chance_to_the_end_is_found_from_where_it_sticks():
    y = [0.67, 2.4, 5.1, 1.2, 9.8, 3.3, *[0.6931] * 9]
    verdict = judge(RULES["OPT001"], {"objective": curve(y)}, (0.0, 14.0))
    assert (verdict.outcome, verdict.at, verdict.evidence["at_chance"]) == ("fired", 6, 1)
    moving = judge(RULES["OPT001"], {"objective": curve([*y[:9], 0.68, 0.66, 0.63, 0.6, 0.58, 0.55])}, (0.0, 14.0))
    assert moving.outcome == "quiet"


@pytest.mark.parametrize(
    ("accuracy", "fires"), [([0.50, 0.51, 0.49, 0.50, 0.50, 0.51], True), ([0.63, 0.66, 0.64, 0.65, 0.66, 0.65], False)]
)
def test_a_loss_beside_ln_c_is_at_chance_where_the_accuracy_is_one_over_c(accuracy, fires):
    loss = curve([0.7222, 0.7226, 0.7224, 0.7221, 0.7223, 0.7226])
    inputs = {"objective": loss, "accuracy": curve([-x for x in accuracy], mirrored=True, quantity="metric")}
    assert (judge(RULES["OPT001"], inputs, (0.0, 5.0)).outcome == "fired") is fires


def test_only_nan_counts_in_a_gradient_norm_and_infinity_counts_in_a_loss():
    y = [1.2, math.inf, 1.1, math.nan, 1.0]
    assert evidence(non_finite(curve(y, quantity="gradient_norm"), **NAN)).count == 1
    assert evidence(non_finite(curve(y), **NAN)).count == 2


def test_a_monotone_rise_of_epoch_means_is_divergence_and_of_steps_is_noise():
    y = [29.0, 32.0, 43.0, 45.0]
    by_epoch, by_step = (
        judge(RULES["STA001"], {"loss": curve(y, granularity=grain)}, (0, 3)).outcome for grain in ("epoch", "step")
    )
    assert (by_epoch, by_step) == ("fired", "not_judged")


@pytest.mark.parametrize("seed", range(3))
def test_a_sweep_of_the_rate_is_measured_as_by_looking(seed):
    rng = np.random.default_rng(seed)
    n, low, factor = 181, 1e-6, 1.08
    rates = low * factor ** np.arange(n)
    y = np.concatenate([np.full(80, 2.0), np.linspace(2.0, 0.5, 60), np.linspace(0.5, 6.0, 41)]) + 0.01 * rng.normal(size=n)
    found = evidence(rate_sweep(curve(y), curve(rates, name="lr"), min_points=30))
    smoothed = np.array([np.median(y[max(0, i - 9) : i + 10]) for i in range(n)])
    falls = [smoothed[i + 19] - smoothed[i] for i in range(n - 19)]
    assert (found.low, found.high, found.rising) == (rates[0], rates[-1], 1.0)
    assert found.growth == pytest.approx(factor ** (n - 1))
    assert found.late_growth == pytest.approx(factor ** (n - 1 - n // 2))
    assert found.lowest in rates[smoothed == smoothed.min()]
    assert found.fastest == pytest.approx(rates[18 + int(np.argmin(falls[18 : np.argmin(smoothed)])) + 9])


def test_a_sweep_of_the_rate_is_read_where_the_rate_is_logged_more_rarely():
    rates = 1e-5 * 1.2 ** np.arange(60)
    loss = np.concatenate([np.full(60, 2.0), np.linspace(2.0, 0.5, 40), np.linspace(0.5, 6.0, 20)])
    rare = curve(rates, name="lr", step=2.0 * np.arange(60))
    found = evidence(rate_sweep(curve(loss, step=np.arange(120.0)), rare, min_points=30))
    assert found.lowest == pytest.approx(rates[49], rel=0.5)
    assert found.lowest in rates


def test_a_running_mean_that_has_not_settled_is_not_the_lowest_loss_of_a_sweep():
    y = np.concatenate([2.3 - 1.2 * np.exp(-np.arange(70) / 3), np.linspace(2.3, 1.5, 30), np.linspace(1.5, 6.0, 10)])
    rates = 1e-8 * 1.2 ** np.arange(110)
    found = evidence(rate_sweep(curve(y), curve(rates, name="lr"), min_points=30))
    assert found.lowest == pytest.approx(rates[99], rel=0.6)
    assert found.sigmas > 10
