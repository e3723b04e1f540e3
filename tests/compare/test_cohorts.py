"""Which runs are held against each other, and which never are."""

from __future__ import annotations

import tracemalloc

import msgspec
import numpy as np
import pytest

from loglint import spool
from loglint.across import judge_together
from loglint.cohorts import is_label, listed
from loglint.gathered import Cohort, Gathered, cohorts
from loglint.model import Scalar
from loglint.outcomes import Outcome, Score
from loglint.rulebook import load_rules
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
    assert [one.key for one in Cohort.of(runs).varied] == ["lr"]


def test_runs_are_judged_by_the_validation_metric_when_all_have_one() -> None:
    both = [outcome(run(f"r{i}", series(LOSS, curve(0.4, i)), series(ACCURACY, curve(0.7, i)))) for i in range(2)]
    assert Cohort.of(both).levels.place == "val/metric.accuracy"  # type: ignore[union-attr]
    assert Cohort.of([*both, _named("c")]).levels.place == "train/objective"  # type: ignore[union-attr]


def test_the_digest_tells_curves_apart_by_one_digit() -> None:
    values = curve(0.4, 1)
    changed = values.copy()
    changed[30] += 1e-9
    first, second, third = (outcome(run("r", series(LOSS, one))).digest for one in (values, values.copy(), changed))
    assert first == second != third


def test_long_lists_are_cut() -> None:
    assert listed("abcde", 2) == "a, b and 3 more"
    assert listed("ab", 2) == "a, b"


def _scored(name: str, i: int, seed: int | float | str | None, **settings: Scalar) -> Outcome:
    score = Score("val/loss", "val_loss", "loss", False, 2.0, 0.5 + 0.01 * i, 0.6, 0.01, 0.1, 30 + i)
    objective = msgspec.structs.replace(score, place="train/objective")
    more = {} if seed is None else {"seed": seed}
    facts = {"lr": 0.1, "batch_size": 8, **more}
    curves, digest = frozenset({"loss"}), bytes([i % 3])
    return Outcome.of(
        name, "k", {**settings, **more}, facts, curves, (score, objective), digest=digest, distinct=30, symptoms=("GEN001",)
    )


def test_outcomes_come_back_as_they_were_kept_in_order_of_run() -> None:
    kept = [_scored(name, i, i, note=name) for i, name in enumerate(("b", "a/b", "a-b", "\udcff", "a"))]
    kept.append(msgspec.structs.replace(kept[0], run="z", values=(2**70,)))
    assert list(Gathered(kept).ordered()) == sorted(kept, key=lambda one: one.run)
    assert list(Cohort.of(kept)[1:3]) == kept[1:3]
    assert Cohort.of(kept)[-1] == kept[-1]


def test_equal_seeds_are_alike_however_they_are_written_and_none_is_like_none() -> None:
    seeds = (1, 1.0, "1", None, None, 2, "1")
    found = Cohort.of([_scored(f"r{i}", i, seed) for i, seed in enumerate(seeds)]).alike("seed")
    assert [group.tolist() for group in found] == [[0, 1], [2, 6]]


def test_levels_are_those_of_the_scores() -> None:
    runs = [_scored(f"r{i}", i, i) for i in range(9)] + [Outcome.of("s", "k", curves=frozenset({"loss"}))]
    levels = Cohort.of(runs).levels
    assert levels is not None
    assert levels.place == "val/loss"
    assert levels.runs.tolist() == list(range(9))
    told = [[one.scores[0].start, one.scores[0].best, one.scores[0].error, one.scores[0].points] for one in runs[:9]]
    assert np.array([levels.start, levels.best, levels.error, levels.points]).T.tolist() == told


def test_memory_hardly_grows_with_the_runs_that_are_judged_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "HELD", 10_000)
    rules = [rule for rule in load_rules() if rule.scope == "runs"]
    held = {}
    for count in (2_000, 6_000):
        tracemalloc.start()
        gathered = Gathered(_scored(f"sweep/run-{i:05}", i % 50, i, note="n" * 200) for i in range(count))
        found = judge_together(gathered, lambda _: rules).findings
        held[count] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert {finding.rule for finding in found} >= {"CMP005"}
    assert held[6_000] - held[2_000] < 4_000 * 400
