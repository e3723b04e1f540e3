"""Which runs are held against each other, and which never are."""

from __future__ import annotations

import pytest

from loglint.cohorts import cohorts, common_score, is_label, listed, varied
from loglint.model import Scalar
from tests.compare.sides import ACCURACY, LOSS, curve, outcome, run, series

SETTINGS: dict[str, Scalar] = {"lr": 0.1, "batch_size": 64, "optimizer": "sgd"}


def _named(name: str, draw: int = 0, /, **config: Scalar):  # type: ignore[no-untyped-def]
    return outcome(run(name, series(LOSS, curve(0.4, draw)), **config))


def _members(kind: str, *outcomes):  # type: ignore[no-untyped-def]
    return [[one.run for one in group] for group in cohorts(kind, outcomes)]


@pytest.mark.parametrize("key", ["seed", "output_dir", "run_name", "num_workers", "wandb_id", "log_interval", "hydra.run.dir"])
def test_settings_that_only_name_a_run_are_labels(key: str) -> None:
    assert is_label(key)


@pytest.mark.parametrize("key", ["data_path", "model_name", "optimizer.name", "steps", "num_steps", "world_size", "path", "lr"])
def test_settings_that_may_change_the_training_are_none(key: str) -> None:
    assert not is_label(key)


def test_repeats_differ_in_seed_and_labels_only() -> None:
    same = [_named(f"run{i}", i, **SETTINGS, seed=i, output_dir=f"out/{i}") for i in range(3)]
    other = _named("other", 9, **{**SETTINGS, "lr": 0.2}, seed=1, output_dir="x")
    assert _members("repeats", *same, other) == [["run0", "run1", "run2"]]


def test_runs_without_recognised_settings_are_no_repeats() -> None:
    assert _members("repeats", _named("a", 1), _named("b", 2)) == []
    assert _members("repeats", _named("a", 1, lr=0.1), _named("b", 2, lr=0.1)) == []


def test_other_curves_are_no_repeats() -> None:
    more = outcome(run("b", series(LOSS, curve(0.4, 1)), series(ACCURACY, curve(0.7, 2)), **SETTINGS))
    assert _members("repeats", _named("a", **SETTINGS), more) == []


def test_a_sweep_has_one_subject_and_the_same_keys() -> None:
    runs = [_named(f"r{i}", i, **{**SETTINGS, "lr": 0.1 * (i + 1)}, dataset="cifar") for i in range(3)]
    other_data = _named("mnist", 5, **SETTINGS, dataset="mnist")
    other_keys = _named("more", 6, **SETTINGS, dataset="cifar", patience=3)
    assert _members("sweep", *runs, other_data, other_keys) == [["r0", "r1", "r2"]]


def test_company_is_one_folder() -> None:
    assert _members("company", _named("x/a"), _named("x/b"), _named("y/c")) == [["x/a", "x/b"]]


def test_what_varied_names_each_setting_once() -> None:
    runs = [_named(f"r{i}", i, lr=0.1 * (i + 1), **{"optimizer.lr": 0.1 * (i + 1)}, batch_size=64, seed=i) for i in range(2)]
    assert [one.key for one in varied(runs)] == ["lr"]


def test_runs_are_judged_by_the_validation_metric_when_all_have_one() -> None:
    both = [outcome(run(f"r{i}", series(LOSS, curve(0.4, i)), series(ACCURACY, curve(0.7, i)))) for i in range(2)]
    assert common_score(both)[0] == "val/metric.accuracy"  # type: ignore[index]
    assert common_score([*both, _named("c")])[0] == "train/objective"  # type: ignore[index]


def test_the_digest_tells_curves_apart_by_one_digit() -> None:
    values = curve(0.4, 1)
    changed = values.copy()
    changed[30] += 1e-9
    first, second, third = (outcome(run("r", series(LOSS, one))).digest for one in (values, values.copy(), changed))
    assert first == second != third


def test_long_lists_are_cut() -> None:
    assert listed("abcde", 2) == "a, b and 3 more"
    assert listed("ab", 2) == "a, b"
