"""A small, seeded slice of the accuracy laboratory's null runs: a rule that cries wolf fails here before it is published."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.accuracy import nulls
from benchmarks.accuracy.generators import HEALTHY, healthy
from benchmarks.accuracy.judge import judge, rules
from benchmarks.accuracy.noise import NOISES

LENGTHS = (10, 40, 150)
DRAWS = 5
MOST_FLAGGED = 0.05  # of all runs: the budget of the whole default set
ENOUGH = 100  # draws below which a rule's own rate says nothing


@pytest.fixture(scope="module")
def alarms() -> nulls.Alarms:
    return nulls.measure(dict.fromkeys(LENGTHS, DRAWS), jobs=1)


def test_no_rule_crashes_on_healthy_runs(alarms: nulls.Alarms) -> None:
    assert not alarms.crashes


def test_healthy_runs_are_flagged_within_the_budget_of_the_whole_set(alarms: nulls.Alarms) -> None:
    assert alarms.flagged / alarms.draws <= MOST_FLAGGED, alarms.examples


def test_no_rule_cries_wolf_beyond_its_own_budget(alarms: nulls.Alarms) -> None:
    over = {}
    for rule in alarms.rules():
        false, judged = alarms.rate(rule)
        if judged >= ENOUGH and false > 0.01 * judged + 3 * np.sqrt(0.01 * judged):
            over[rule] = (false, judged, alarms.examples[rule])
    assert not over


def test_the_rules_of_the_default_set_are_judged_at_all(alarms: nulls.Alarms) -> None:
    often = {rule for rule in alarms.rules() if alarms.rate(rule)[1] >= ENOUGH}
    assert {"divergence", "loss-spike", "overfitting", "plateau-from-start", "early-nan"} <= often


def test_every_default_rule_of_curves_and_layers_is_judged_on_some_healthy_run() -> None:
    judged = {rule for shape in HEALTHY for index in (0, 1) for rule in judge(healthy(shape, 300, index)).judged}
    assert {rule.name for rule in rules() if rule.scope in ("curves", "layers")} - judged == set()


def test_a_draw_is_the_same_every_time() -> None:
    first, second = healthy("power law", 50, 3), healthy("power law", 50, 3)
    assert np.array_equal(first.curves["train/loss"].y, second.curves["train/loss"].y)


def test_neighbouring_draws_differ() -> None:
    first, second = healthy("power law", 50, 3), healthy("power law", 50, 3 + len(NOISES))
    assert not np.array_equal(first.curves["train/loss"].y, second.curves["train/loss"].y)


@pytest.mark.parametrize("shape", list(HEALTHY))
def test_every_healthy_shape_becomes_a_run_that_rules_can_judge(shape: str) -> None:
    assert judge(healthy(shape, 60, 0)).judged
