"""Remedies say the run's own numbers where they are known, and messages no number that is only a limit of a measure."""

from __future__ import annotations

import math

import pytest

from loglint.findings import CAP, FACTS, fill, run_facts
from loglint.rulebook import load_rules


def test_numbers_of_a_remedy_follow_from_the_rate_and_the_batch_of_the_run():
    values = run_facts({"learning_rate": 0.3, "batch_size": 16, "num_classes": 10}, None, math.nan)
    assert (values["lr_next"], values["lr_up"], values["batch_up"], values["batch_down"]) == ("0.03 to 0.1", "0.9 to 3", 64, 8)
    assert values["lr_batch"] == pytest.approx(1.2)
    assert values["ln_c"] == pytest.approx(math.log(10))


@pytest.mark.parametrize("known", [{"learning_rate": 0.3}, {"batch_size": 16}, {}])
def test_a_rate_for_a_larger_batch_needs_both(known):
    assert run_facts(known, None, math.nan)["lr_batch"] is None


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
