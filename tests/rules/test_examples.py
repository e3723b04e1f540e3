"""An example becomes the run that its logs would have made."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from loglint.errors import RuleError
from loglint.examples import example_run, example_runs, role_at
from loglint.inputs import resolve
from loglint.rule import Detect, Example, Rule
from loglint.rulefile import parse_rule
from tests.rules.books import RULE

BASE = parse_rule(RULE, "GEN001-overfitting.toml")


def _rule(**inputs: str) -> Rule:
    return replace(BASE, detect=Detect("x", inputs, None, {}))


def _example(**content: Any) -> Example:
    return Example(True, "why", content)


@pytest.mark.parametrize(
    "place",
    [
        "train/loss",
        "val/loss",
        "train/loss.box",
        "train/objective",
        "val/metric",
        "test/metric.accuracy",
        "learning_rate",
        "train/reward",
    ],
)
def test_a_series_is_found_at_the_place_it_was_written_for(place: str) -> None:
    run = example_run(_rule(a=place + "?"), _example(a="1 2 3"))
    (found,) = resolve(place, run)
    assert found.values.tolist() == [1, 2, 3]
    assert found.step is not None
    assert found.step.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("place", "direction"),
    [("train/loss", "down"), ("val/metric", "up"), ("val/metric.error", "down"), ("train/reward", "up"), ("learning_rate", "none")],
)
def test_the_role_has_the_direction_of_its_quantity(place: str, direction: str) -> None:
    assert role_at(place).direction == direction


def test_a_series_can_be_named_by_its_place() -> None:
    example = Example(True, "why", {"val/loss": [3.0, 2.0]})
    assert resolve("val/loss", example_run(_rule(), example))[0].values.tolist() == [3, 2]


def test_steps_without_a_value_are_left_out_and_the_rest_keeps_its_place() -> None:
    (series,) = example_run(_rule(a="val/loss"), _example(a="5 _ 4 _x2 3")).series
    assert series.values.tolist() == [5, 4, 3]
    assert series.step is not None
    assert series.step.tolist() == [0, 2, 5]
    assert series.seq.tolist() == [0, 2, 5]


def test_nan_is_a_value() -> None:
    (series,) = example_run(_rule(a="val/loss"), _example(a="5 nan")).series
    assert np.isnan(series.values).tolist() == [False, True]


def test_positions_can_be_given_for_all_series_or_for_one() -> None:
    rule = _rule(a="train/loss", b="val/loss")
    run = example_run(rule, _example(a="1 2 3", b={"values": "4 5", "epoch": [1, 2], "granularity": "epoch"}, step="10+10x9"))
    a, b = run.series
    assert a.step is not None
    assert a.step.tolist() == [10, 20, 30]
    assert b.epoch is not None
    assert b.epoch.tolist() == [1, 2]
    assert b.granularity == "epoch"


def test_an_epoch_axis_counts_from_one() -> None:
    (series,) = example_run(_rule(a="train/loss"), _example(a="1 _ 3", axis="epoch")).series
    assert series.step is None
    assert series.epoch is not None
    assert series.epoch.tolist() == [1, 3]
    assert series.granularity == "epoch"


def test_facts_go_to_the_configuration() -> None:
    run = example_run(_rule(c="fact:num_classes?"), _example(c=10, config={"lr": 0.1}))
    assert run.config == {"num_classes": 10, "lr": 0.1}


def test_events_problems_traits_and_histograms_are_taken_over() -> None:
    run = example_run(
        _rule(),
        _example(
            events=[{"kind": "traceback", "path": "a.log", "line": 3, "message": "boom"}],
            problems=[{"kind": "truncated"}],
            traits=["adversarial"],
            hist={"fc1": [{"step": 0, "edges": [0, 1, 2], "counts": [5, 6]}]},
        ),
    )
    assert (run.events[0].kind, run.events[0].line, run.events[0].message) == ("traceback", 3, "boom")
    assert run.problems[0].kind == "truncated"
    assert run.traits == {"adversarial"}
    assert run.histograms[0].counts[0].tolist() == [5, 6]


def test_several_runs_share_what_stands_outside_of_them() -> None:
    rule = _rule(a="train/loss")
    runs = example_runs(rule, _example(config={"lr": 0.1}, run=[{"id": "x", "a": "1 2"}, {"a": "3 4", "config": {"lr": 0.2}}]))
    assert [run.id for run in runs] == ["x", "run-1"]
    assert [run.config["lr"] for run in runs] == [0.1, 0.2]
    assert [run.series[0].values.tolist() for run in runs] == [[1, 2], [3, 4]]


def test_text_goes_through_readers_and_roles() -> None:
    text = "epoch,loss,val_loss\n" + "".join(f"{i},{2 - i / 10},{2.1 - i / 10}\n" for i in range(10))
    run = example_run(_rule(), _example(text=text, file="log.csv", config={"lr": 0.1}))
    (val,) = resolve("val/loss", run)
    assert val.values.tolist() == pytest.approx([2.1 - i / 10 for i in range(10)])
    assert run.config["lr"] == 0.1


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ({"traitss": ["adversarial"]}, '"traits"'),
        ({"a": "1 two"}, '"two"'),
        ({"a": ["1"]}, "list of numbers"),
        ({"a": {"values": "1", "stp": "1"}}, '"step"'),
        ({"a": "1 2 3", "step": [1, 2]}, "2 positions for 3 points"),
        ({"problems": [{"kind": "broken"}]}, "broken"),
        ({"hist": {"fc": [{"step": 0}]}}, "hist.fc"),
        ({"run": {"a": "1"}}, "[[bad.run]]"),
        ({"text": "no log", "file": "x.txt"}, "0 runs"),
        ({"text": "no log", "a": "1"}, "beside it"),
    ],
)
def test_what_describes_no_run_is_refused_with_its_key(content: dict[str, Any], part: str) -> None:
    with pytest.raises(RuleError) as caught:
        example_runs(_rule(a="train/loss"), Example(True, "why", content))
    assert part in str(caught.value)
    assert "GEN001-overfitting.toml" in str(caught.value)
