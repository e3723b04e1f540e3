"""What the statistics of the detectors tell apart: each case beside the one that looks like it and is something else."""

import numpy as np
import pytest

from loglint.rulebook import load_rules
from loglint.verdicts import judge
from tests.detectors.made import curve

RULES = {rule.name: rule for rule in load_rules()}


def outcome(rule, **inputs):
    return judge(RULES[rule], inputs, (0.0, 1.0)).outcome


def noise(n, seed=0):
    return np.random.default_rng(seed).standard_normal(n)


def accuracy(y):
    return curve(-np.asarray(y, dtype=float), mirrored=True, quantity="metric")


def test_a_running_mean_that_begins_again_each_epoch_has_no_spikes_and_one_that_leaps_once_has():
    per_epoch, epochs = 100, 8
    i = np.arange(per_epoch * epochs)
    wild = np.abs(noise(epochs, 3)) + 1.0
    y = 1.0 + 0.002 * noise(len(i)) + 0.3 * wild[i // per_epoch] * np.exp(-(i % per_epoch) / 2.0) * (i >= per_epoch)
    assert outcome("loss-spike", loss=curve(y, step=i, epoch=i / per_epoch)) == "quiet"
    once = 1.0 + 0.002 * noise(len(i)) + 0.3 * np.exp(-np.abs(i - 455) / 2.0)
    assert outcome("loss-spike", loss=curve(once, step=i, epoch=i / per_epoch)) == "fired"


@pytest.mark.parametrize(
    ("level", "reached", "expected"), [(0.1, 0.99, "fired"), (0.1, 0.3, "not_judged"), (0.145, 0.99, "not_judged")]
)
def test_the_number_of_classes_is_told_by_an_accuracy_that_stays_while_training_learns(level, reached, expected):
    val, train = level + 0.003 * noise(30), reached - (reached - level) * np.exp(-np.arange(30) / 3)
    assert outcome("at-chance", val=accuracy(val), train=accuracy(train)) == expected


def test_a_validation_accuracy_stalls_unless_it_is_good_already():
    train = curve(0.4 + 1.5 * np.exp(-np.arange(120) / 40) + 0.005 * noise(120))
    poor, good = (accuracy(np.minimum(top, top - 0.3 + 0.1 * np.arange(120)) + 0.004 * noise(120, 1)) for top in (0.74, 0.95))
    assert outcome("validation-stalled", val=poor, train=train) == "fired"
    assert outcome("validation-stalled", val=good, train=train) == "not_judged"


def test_where_the_training_loss_rises_too_while_both_accuracies_improve_it_is_calibration():
    t = np.linspace(0, 1, 80)
    rising = np.maximum(0, t - 0.4)
    val, train = (2.3 * np.exp(-t / 0.15) + base + slope * rising for base, slope in ((0.5, 4.0), (0.3, 0.6)))
    metrics = {"metric": accuracy(0.8 - 0.7 * np.exp(-t / 0.03) + 0.004 * noise(80))}
    both = {**metrics, "train_metric": accuracy(0.82 - 0.7 * np.exp(-t / 0.1) + 0.06 * t)}
    assert outcome("miscalibrated-not-overfit", val=curve(val), train=curve(train), **both) == "fired"
    assert outcome("overfitting", val=curve(val), train=curve(train), **metrics) == "vetoed"
    falls = 2.3 * np.exp(-t / 0.15) + 0.3 - 0.2 * t
    assert outcome("miscalibrated-not-overfit", val=curve(val), train=curve(falls), **both) == "quiet"
    assert outcome("overfitting", val=curve(val), train=curve(falls), **metrics) == "fired"


def test_a_loss_that_leaps_up_and_comes_back_to_its_start_has_learned_nothing():
    y = 2.4 + 0.004 * noise(300)
    y[1:6] += [3.0, 2.0, 1.0, 0.5, 0.2]
    assert outcome("plateau-from-start", objective=curve(y)) == "fired"


def test_noise_that_wanders_is_no_proof_of_a_plateau():
    drive = noise(60, 4)
    wander = np.zeros(60)
    for i in range(1, 60):
        wander[i] = 0.95 * wander[i - 1] + drive[i]
    assert outcome("plateau-from-start", objective=curve(1.2 + 0.01 * wander)) == "quiet"
    assert outcome("plateau-from-start", objective=curve(1.2 + 0.01 * drive)) == "fired"


def test_a_perplexity_swings_as_its_logarithm_does():
    log = 4.0 + 0.4 * noise(60)
    assert outcome("oscillation", train=curve(np.exp(log), quantity="perplexity"), val=curve(log)) == "quiet"
    assert (
        outcome("oscillation", train=curve(log * np.exp(0.5 * noise(60, 1))), val=curve(log * np.exp(0.5 * noise(60, 2))))
        == "fired"
    )


def test_a_jump_that_is_no_share_of_the_level_is_none_and_one_between_wide_blocks_is_found_at_its_place():
    y = 2.0 + 0.002 * noise(480)
    small, large = y + 0.02 * (np.arange(480) >= 300), y + 0.3 * (np.arange(480) >= 300)
    assert outcome("level-shift", loss=curve(small)) == "quiet"
    verdict = judge(RULES["level-shift"], {"loss": curve(large)}, (0.0, 479.0))
    assert (verdict.outcome, abs(verdict.at - 300) <= 2) == ("fired", True)


def test_the_handle_of_a_hockey_stick_is_told_by_all_of_its_records():
    n = 300
    t = np.linspace(0, 1, n)
    handle = 2.0 * (1 - 0.3 * t) + 0.15 * noise(n)
    level = 1.7 + 0.15 * noise(n)
    drop = 40.0 * np.exp(-t / 0.01)
    assert outcome("hockey-stick-start", loss=curve(handle + drop)) == "fired"
    assert outcome("hockey-stick-start", loss=curve(level + drop)) == "quiet"


def test_the_first_loss_is_held_against_noise_in_proportion_to_it():
    loud = 2.3 * np.exp(-np.arange(100) / 5) * np.exp(0.5 * noise(100)) + 0.01
    loud[0] = 2.3 * 2.2
    calm = 2.3 * np.exp(-np.arange(100) / 5) * np.exp(0.05 * noise(100)) + 0.01
    calm[0] = 2.3 * 2.2
    assert outcome("unexpected-initial-loss", loss=curve(loud), classes=10.0) == "quiet"
    assert outcome("unexpected-initial-loss", loss=curve(calm), classes=10.0) == "fired"
