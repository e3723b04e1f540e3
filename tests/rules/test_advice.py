"""Remedies say the run's own numbers where they are known, and messages no number that is only a limit of a measure."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

import loglint
from loglint.advice import FACTS, run_facts
from loglint.findings import CAP, fill
from loglint.rulebook import load_rules
from tests.detectors.made import curve, falling

FIXTURES = Path(__file__).parents[2] / "fixtures"


def test_numbers_of_a_remedy_follow_from_the_rate_and_the_batch_of_the_run():
    values = run_facts({"learning_rate": 0.3, "batch_size": 16, "num_classes": 10})
    assert (values["lr_next"], values["lr_up"], values["batch_up"], values["batch_down"]) == ("0.03 to 0.1", "0.9 to 3", 64, 8)
    assert values["lr_batch"] == pytest.approx(1.2)
    assert values["ln_c"] == pytest.approx(math.log(10))


@pytest.mark.parametrize("known", [{"learning_rate": 0.3}, {"batch_size": 16}, {}])
def test_a_rate_for_a_larger_batch_needs_both(known):
    assert run_facts(known)["lr_batch"] is None


def test_a_remedy_with_a_number_of_the_run_has_words_for_when_it_is_not_known():
    facts = {name for name in FACTS if name not in ("axis", "at")}
    for rule in load_rules():
        for remedy in rule.remedies:
            if any(f"{{{name}" in remedy.do for name in facts):
                assert remedy.otherwise, (rule.code, remedy.do)


@pytest.mark.parametrize(("value", "words"), [(41.6, "42"), (CAP - 1, "999999"), (CAP, ">1,000,000"), (-2.0 * CAP, "-2000000")])
def test_a_whole_number_at_the_limit_of_its_measure_is_said_to_be_more(value, words):
    assert fill("{sigmas:.0f}", {"sigmas": value}) == words


def test_steps_are_never_cut():
    assert fill("{axis} {step}", {"axis": "step", "step": 5e6}) == "step 5000000"


def waits(y):
    """The distances between record lows, found by walking."""
    low, last, found = math.inf, None, []
    for i, value in enumerate(y):
        if value < low:
            found += [] if last is None else [i - last]
            low, last = value, i
    return found


@pytest.mark.parametrize("seed", range(6))
def test_patience_is_longer_than_every_wait_for_a_new_best(seed):
    y = [*falling(40, seed, noise=0.05), *(0.5 + 0.02 * i for i in range(20))]
    best = min(range(60), key=y.__getitem__)
    values = run_facts({}, None, float(best), curve(y))
    assert values["apart"] == max(waits(y))
    low, high = map(int, values["patience"].split(" to "))
    assert (low, high) == (max(waits(y)) + 1, max(2 * max(waits(y)), max(waits(y)) + 2))


def test_new_bests_after_the_best_level_do_not_count_towards_patience():
    y = [2.0, 1.5, 1.2, 1.0, 0.9, 0.8, *[0.85] * 30, 0.79]
    assert run_facts({}, None, 5.0, curve(y))["patience"] == "2 to 3"
    assert run_facts({}, None, math.nan, curve(y))["patience"] is None


@pytest.mark.parametrize("y", [[2.0, 1.0], [2.0, 1.9, 1.8, 1.7], [1.0, 2.0, 2.1, 2.2, 2.3, 0.9]])
def test_too_few_evaluations_or_bests_tell_no_patience(y):
    assert run_facts({}, None, math.nan, curve(y))["patience"] is None


@pytest.mark.parametrize(
    ("known", "beta2", "steps"),
    [
        ({"optimizer": "AdamW"}, 0.999, 2000),
        ({"optimizer": "AdamW", "beta2": 0.95}, 0.95, 40),
        ({"optimizer": "SGD"}, None, None),
        ({}, None, None),
    ],
)
def test_adams_warm_up_follows_from_its_second_beta(known, beta2, steps):
    values = run_facts(known)
    assert (values["beta2"], values["warmup_adam"]) == (beta2, steps)


def test_the_longest_warm_up_is_a_tenth_of_the_steps_and_unknown_of_epochs():
    losses = falling(50)
    by_step, by_epoch = curve(losses, step=range(0, 5000, 100)), curve(losses, epoch=range(50))
    assert run_facts({}, None, 0.0, by_step, 4900.0)["warmup_most"] == 490
    assert run_facts({}, None, 0.0, by_epoch, 49.0)["warmup_most"] is None
    assert run_facts({}, None, 0.0, by_epoch, 49.0)["length"] == 49


@pytest.mark.parametrize(
    ("log", "rule", "words"),
    [
        ("sick/missing-warmup-wide-net.csv", "missing-warmup", ["to 0.02 until about step", "41 steps"]),
        ("sick/overfitting-small-data.csv", "overfitting", ["a patience of 4 to 6 evaluations", "more than 3 after"]),
        ("traps/learning-rate-finder.csv", "learning-rate-range-test", ["0.055 to 0.18"]),
        ("sick/early-nan-sgd.csv", "early-nan", ["from 2 into the range 0.2 to 0.67"]),
        ("sick/plateau-learning-rate-far-too-low.jsonl", "plateau-from-start", ["1e-05, 0.0001, 0.001 (it is 1e-08)"]),
        ("sick/rate-decayed-too-early.csv", "lr-decayed-too-early", ["as the run, 1639 steps"]),
    ],
)
def test_remedies_say_the_numbers_of_a_real_run(log, rule, words):
    (found,) = [finding for finding in loglint.lint(FIXTURES / log).findings if finding.name == rule]
    said = " ".join(remedy.do for remedy in found.remedy)
    assert [word for word in words if word not in said] == []


@pytest.mark.parametrize(
    ("rate", "tries"),
    [(1e-8, "1e-05, 0.0001, 0.001"), (3.0, "0.1, 0.01, 0.001"), (0.001, "0.01, 0.0001, 0.1"), (0.02, "0.1, 0.001, 0.0001")],
)
def test_rates_to_try_are_the_nearest_powers_of_ten_that_are_no_neighbours(rate, tries):
    assert run_facts({"learning_rate": rate})["lr_tries"] == tries
