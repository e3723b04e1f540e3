"""How files become runs: folders, attempts, resumes, copies, ids. Readings are made by hand; nothing is read."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loglint import attempts
from loglint.attempts import segment
from loglint.model import Event, Reading, Run, Series, Source
from loglint.places import key_of
from loglint.reconcile import reconcile
from loglint.runs import assemble

RNG = np.random.default_rng(7)


def curve(name: str, values: object, step: object = None, epoch: object = None, path: str = "", **more: object) -> Series:
    points = np.asarray(values, dtype=float)
    if step is None and epoch is None:
        step = np.arange(len(points))
    return Series(
        name,
        points,
        np.arange(len(points)),
        step=None if step is None else np.asarray(step, dtype=float),
        epoch=None if epoch is None else np.asarray(epoch, dtype=float),
        path=path,
        **more,  # type: ignore[arg-type]
    )


def reading(path: str, *series: Series, fmt: str = "text", **more: object) -> Reading:
    from msgspec.structs import replace

    return Reading(Source(path, fmt), tuple(replace(one, path=path) for one in series), **more)  # type: ignore[arg-type]


def falling(n: int, start: float = 3.0, low: float = 1.0, noise: float = 0.02) -> np.ndarray:
    return low + (start - low) * np.exp(-np.arange(n) / (n / 4)) + noise * RNG.standard_normal(n)


def events(path: str, *series: Series, **more: object) -> Reading:
    return reading(path, *series, fmt="tensorboard", **more)


def ids(runs: tuple[Run, ...]) -> list[str]:
    return [run.id for run in runs]


def only(readings: list[Reading]) -> Run:
    runs = assemble(readings)
    assert len(runs) == 1, ids(runs)
    return runs[0]


# ---------------------------------------------------------------- folders


def test_train_and_validation_folders_of_event_files_are_one_run_with_splits() -> None:
    run = only(
        [
            events("a/train/x.tfevents.1", curve("epoch_loss", falling(9))),
            events("a/validation/x.tfevents.2", curve("epoch_loss", falling(9))),
        ]
    )
    assert run.id == "a"
    assert sorted((one.name, one.split) for one in run.series) == [("epoch_loss", "train"), ("epoch_loss", "val")]


def test_an_estimators_eval_folder_joins_its_parent() -> None:
    run = only([events("m/x.tfevents.1", curve("loss", falling(50))), events("m/eval/x.tfevents.2", curve("loss", falling(5)))])
    assert [one.split for one in run.series] == ["val", None] or [one.split for one in run.series] == [None, "val"]


def test_a_folder_called_train_that_holds_runs_is_no_split() -> None:
    runs = assemble([reading(f"runs/train/exp{i}/results.csv", curve("train/loss", falling(9)), fmt="csv") for i in (1, 2)])
    assert ids(runs) == ["runs/train/exp1", "runs/train/exp2"]


def test_versions_and_trials_are_runs_of_one_key() -> None:
    runs = assemble([reading(f"logs/version_{i}/metrics.csv", curve("loss", falling(9)), fmt="csv") for i in range(3)])
    assert ids(runs) == ["logs/version_0", "logs/version_1", "logs/version_2"]
    assert {run.key for run in runs} == {"logs/version_*"}


def test_add_scalars_folders_join_the_run_that_the_reader_names() -> None:
    main = events("r/x.tfevents.1", curve("lr", falling(9)))
    sub = events("r/loss_train/x.tfevents.2", curve("loss/train", falling(9)), folder="r")
    assert only([main, sub]).id == "r"


def test_checkpoint_copies_join_the_output_folder_and_are_dropped() -> None:
    whole = falling(30)
    files = [reading("out/trainer_state.json", curve("loss", whole), fmt="json")]
    files += [reading(f"out/checkpoint-{n}/trainer_state.json", curve("loss", whole[:n]), fmt="json") for n in (10, 20)]
    run = only(files)
    assert [len(one) for one in run.series] == [30]
    assert len(run.series[0].also) == 2
    assert [problem.kind for problem in run.problems] == ["prefix", "prefix"]


def test_settings_above_and_beside_a_run_are_its_config() -> None:
    above = reading("exp/config.yaml", fmt="config", config={"lr": 0.1, "seed": 1})
    hydra = reading("exp/a/.hydra/config.yaml", fmt="config", config={"lr": 0.2})
    run = only([above, hydra, reading("exp/a/log.txt", curve("loss", falling(9)))])
    assert run.id == "exp/a"
    assert dict(run.config) == {"lr": 0.2, "seed": 1}


def test_settings_in_a_drawer_are_those_of_the_curves_in_it_and_not_of_unrelated_logs_above() -> None:
    runs = assemble(
        [
            reading("a/one.log", curve("loss", falling(20))),
            reading("a/two.log", curve("loss", falling(30, start=9.0))),
            reading("a/dvclive/plots/metrics/loss.tsv", curve("loss", falling(40, start=5.0)), folder="a/dvclive"),
            reading("a/dvclive/params.yaml", config={"num_classes": 10}),
        ]
    )
    assert {run.id: dict(run.config) for run in runs if run.config} == {"a/dvclive": {"num_classes": 10}}


def test_settings_in_a_drawer_of_the_only_run_are_its_own() -> None:
    assert only(
        [reading("a/train.log", curve("loss", falling(20))), reading("a/dvclive/params.yaml", config={"lr": 1})]
    ).config == {"lr": 1}


def test_a_folder_of_settings_only_is_no_run() -> None:
    assert assemble([reading("exp/config.yaml", fmt="config", config={"lr": 0.1})]) == ()


# ---------------------------------------------------------------- files of one folder


def test_logs_with_their_own_curve_each_are_runs_named_by_file() -> None:
    runs = assemble([reading(f"logs/run_{x}.txt", curve("loss", falling(20))) for x in "abc"])
    assert ids(runs) == ["logs/run_a.txt", "logs/run_b.txt", "logs/run_c.txt"]


def test_a_lone_log_with_a_name_of_its_own_is_named_by_file_and_a_plain_one_by_folder() -> None:
    assert only([reading("logs/resnet.log", curve("loss", falling(9)))]).id == "logs/resnet.log"
    assert only([reading("exp/log.txt", curve("loss", falling(9)))]).id == "exp"
    assert only([reading("log.txt", curve("loss", falling(9)))]).id == "."


def test_two_tables_named_after_experiments_are_two_runs_whatever_they_hold() -> None:
    tables = [
        reading("e/accuracy-only.csv", curve("accuracy", 1 - falling(40)), fmt="csv"),
        reading("e/autoencoder.csv", curve("loss", falling(60)), fmt="csv"),
    ]
    assert ids(assemble(tables)) == ["e/accuracy-only.csv", "e/autoencoder.csv"]


def test_one_table_for_each_metric_is_one_run() -> None:
    run = only(
        [reading(f"e/{name}.csv", curve(name, falling(9)), fmt="csv") for name in ("loss", "val_loss", "head_a_acc", "head_b_acc")]
    )
    assert len(run.series) == 4


def test_a_train_log_and_a_val_log_are_one_run() -> None:
    run = only([reading("e/train_log.txt", curve("loss", falling(9))), reading("e/val_log.txt", curve("loss", falling(9)))])
    assert {one.split for one in run.series} == {"train", "val"}


def test_of_all_ranks_the_first_is_judged_and_the_others_are_listed() -> None:
    run = only([reading(f"e/log_rank{i}.txt", curve("loss", falling(9))) for i in (1, 0, 2)])
    assert [one.path for one in run.series] == ["e/log_rank0.txt"]
    assert len(run.sources) == 3


def test_event_files_of_several_processes_at_once_are_no_attempts() -> None:
    def written(path: str, start: float) -> Reading:
        return events(path, curve("loss", falling(20), time=start + np.arange(20.0)), started=start)

    run = only([written("e/x.tfevents.1.rank", 100.0), written("e/x.tfevents.2.rank", 101.0), written("e/x.tfevents.3", 500.0)])
    assert len(run.attempts) == 2
    assert [len(one) for one in run.series] == [40]
    assert [problem.path for problem in run.problems] == ["e/x.tfevents.2.rank"]


def test_groups_inside_a_file_are_runs() -> None:
    runs = assemble([reading("w.csv", curve("loss", falling(9)), fmt="csv", group=name) for name in ("b", "a")])
    assert [run.id.rsplit("/", 1)[-1] for run in runs] == ["a", "b"]


def test_one_file_for_each_epoch_is_one_curve_in_order_of_epochs() -> None:
    files = [
        reading(f"e/metrics_epoch_{i}.json", curve("training_loss", [3.0 - 0.1 * i], epoch=[i]), fmt="json") for i in range(12)
    ]
    run = only(files[::-1])
    np.testing.assert_array_equal(run.series[0].epoch, np.arange(12.0))
    assert len(run.attempts) == 1


# ---------------------------------------------------------------- attempts


def test_a_second_event_file_that_goes_on_is_the_same_attempt() -> None:
    whole = falling(40)
    first = events("r/x.tfevents.1", curve("loss", whole[:20], step=np.arange(20)), started=1.0)
    second = events("r/x.tfevents.2", curve("loss", whole[20:], step=np.arange(20, 40)), started=2.0)
    run = only([second, first])
    np.testing.assert_array_equal(run.series[0].values, whole)
    assert len(run.attempts) == 1
    assert (np.diff(run.series[0].seq) > 0).all()


def test_a_second_event_file_that_begins_again_is_a_new_attempt() -> None:
    first = events("r/x.tfevents.1", curve("loss", falling(20)), started=1.0)
    second = events("r/x.tfevents.2", curve("loss", falling(30)), started=2.0)
    run = only([first, second])
    assert len(run.attempts) == 2
    assert run.series[0].attempt is not None
    np.testing.assert_array_equal(np.bincount(run.series[0].attempt), [20, 30])
    assert "falls back" in run.attempts[1].reason


def test_a_validation_folder_of_the_second_attempt_only_is_placed_by_time() -> None:
    def timed(n: int, start: float) -> Series:
        return curve("epoch_loss", falling(n), time=start + np.arange(n, dtype=float))

    run = only(
        [
            events("r/train/x.tfevents.1", timed(10, 0.0), started=0.0),
            events("r/train/x.tfevents.2", timed(10, 100.0), started=100.0),
            events("r/validation/x.tfevents.3", timed(10, 100.5), started=100.5),
        ]
    )
    val = next(one for one in run.series if one.split == "val")
    assert val.attempt is not None
    assert set(val.attempt.tolist()) == {1}


def test_another_learning_rate_is_another_attempt() -> None:
    first = events("r/x.tfevents.1", curve("loss", falling(20)), started=1.0, config={"learning_rate": 0.1})
    second = events(
        "r/x.tfevents.2", curve("loss", falling(20), step=np.arange(20, 40)), started=2.0, config={"learning_rate": 0.01}
    )
    run = only([first, second])
    assert "learning_rate" in run.attempts[1].reason


def test_ten_appended_trainings_are_ten_attempts_of_one_series() -> None:
    values = np.concatenate([falling(25) for _ in range(10)])
    run = only([reading("e/log.txt", curve("loss", values, step=np.tile(np.arange(25), 10)))])
    assert len(run.attempts) == 10
    assert len(run.series) == 1
    assert len(run.series[0]) == 250


def test_a_resume_stays_in_its_attempt_and_marks_what_it_wrote_again() -> None:
    whole = falling(100)
    values = np.concatenate([whole[:80], whole[60:] + 0.001])
    steps = np.concatenate([np.arange(80), np.arange(60, 100)])
    run = only([reading("e/log.txt", curve("loss", values, step=steps))])
    one = run.series[0]
    assert len(run.attempts) == 1
    assert one.superseded is not None
    np.testing.assert_array_equal(np.flatnonzero(one.superseded), np.arange(60, 80))
    resumed = [event for event in run.events if event.kind == "resume"]
    assert [event.seq for event in resumed] == [80]


def test_a_resume_that_jumps_is_still_a_resume() -> None:
    whole = falling(100)
    values = np.concatenate([whole[:80], whole[70:] - 0.6])
    run = only([reading("e/log.txt", curve("loss", values, step=np.concatenate([np.arange(80), np.arange(70, 100)])))])
    assert len(run.attempts) == 1
    assert [event.kind for event in run.events] == ["resume"]


def test_an_overlap_whose_values_start_over_is_a_new_attempt() -> None:
    values = np.concatenate([falling(80), falling(60)])
    run = only([reading("e/log.txt", curve("loss", values, step=np.concatenate([np.arange(80), np.arange(30, 90)])))])
    assert "do not continue" in run.attempts[1].reason


def test_records_out_of_order_are_neither() -> None:
    steps = np.arange(40.0)
    steps[[10, 11]] = steps[[11, 10]]
    steps[[30, 31]] = steps[[31, 30]]
    run = only([reading("e/log.txt", curve("loss", falling(40), step=steps))])
    assert len(run.attempts) == 1
    assert not run.events


def test_interleaved_writers_are_no_attempts() -> None:
    steps = np.repeat(np.arange(30), 2).astype(float)
    steps[1::2] -= 2
    found = segment([curve("loss", falling(60), step=steps)])
    assert len(found.attempts) == 1


def test_a_long_log_of_interleaved_writers_is_judged_in_no_time() -> None:
    import time

    steps = np.arange(200_000.0)
    steps[1::2] -= 2.0
    started = time.perf_counter()
    assert len(segment([curve("loss", np.zeros(200_000), step=steps)]).attempts) == 1
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("with_epoch", [True, False])
def test_a_batch_counter_that_restarts_each_epoch_becomes_one_axis(with_epoch: bool) -> None:
    batches, epochs = 20, 5
    steps = np.tile(np.arange(batches), epochs)
    epoch = np.repeat(np.arange(epochs), batches) if with_epoch else None
    run = only([reading("e/log.txt", curve("loss", falling(batches * epochs), step=steps, epoch=epoch))])
    assert len(run.attempts) == 1
    np.testing.assert_array_equal(run.series[0].step, np.arange(batches * epochs))


def test_a_validation_counter_of_its_own_is_no_attempt() -> None:
    train = curve("loss", falling(100))
    val = Series("val_loss", falling(10), np.arange(9, 100, 10), step=np.tile([0.0, 1.0], 5), split="val")
    found = segment([train, val])
    assert len(found.attempts) == 1


def test_a_series_without_axis_shares_the_attempts_of_its_stream() -> None:
    steps = np.tile(np.arange(25), 2)
    loss = curve("loss", np.concatenate([falling(25), falling(25)]), step=steps)
    bare = Series("grad_norm", np.ones(50), np.arange(50))
    found = segment([loss, bare])
    assert found.series[1].attempt is not None
    np.testing.assert_array_equal(np.bincount(found.series[1].attempt), [25, 25])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(5, 30), min_size=1, max_size=6))
def test_appended_trainings_keep_every_point_and_are_counted(lengths: list[int]) -> None:
    steps = np.concatenate([np.arange(n) for n in lengths])
    values = np.concatenate([10.0 - np.arange(n) * 0.3 for n in lengths])
    found = segment([curve("loss", values, step=steps)])
    attempt = found.series[0].attempt
    counts = [len(values)] if attempt is None else np.bincount(attempt).tolist()
    assert counts == lengths


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1000), min_size=0, max_size=60))
def test_no_steps_whatever_lose_a_point_or_crash(steps: list[float]) -> None:
    found = segment([curve("loss", np.linspace(3, 1, len(steps)), step=steps)])
    assert len(found.series[0]) == len(steps)
    assert [attempt.index for attempt in found.attempts] == list(range(len(found.attempts)))


# ---------------------------------------------------------------- copies


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([0.0, 1.0, 1.0, 2.0, 3.0, 7.0, np.nan, np.inf, -np.inf]), max_size=30), st.booleans(), st.data())
def test_steps_that_never_fall_back_are_told_without_a_search(steps: list[float], in_order: bool, data: st.DataObject) -> None:
    steps = sorted(steps) if in_order else steps
    epochs = data.draw(st.none() | st.lists(st.integers(0, 3), min_size=len(steps), max_size=len(steps)))
    made = [curve(name, np.arange(len(steps)), steps, epochs) for name in ("loss", "lr")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(attempts, "_always_forward", lambda _: False)
        searched = segment(made)
    found = segment(made)
    assert (found.attempts, found.resumes) == (searched.attempts, searched.resumes)
    for one, other in zip(found.series, searched.series, strict=True):
        assert np.array_equal(one.step, other.step, equal_nan=True)
        assert (one.attempt is None, one.superseded is None) == (other.attempt is None, other.superseded is None)


def test_a_curve_recorded_twice_is_one_series_and_the_precise_one_stays() -> None:
    exact = falling(30)
    run = only(
        [reading("t/log.txt", curve("loss", np.round(exact, 3))), reading("t/progress.csv", curve("train_loss", exact), fmt="csv")]
    )
    assert [one.name for one in run.series] == ["train_loss"]
    assert run.series[0].also == ("t/log.txt: loss",)


def test_float32_event_files_and_rounded_tables_are_copies() -> None:
    exact = falling(30)
    run = only(
        [
            events("t/x.tfevents.1", curve("train/loss", exact.astype(np.float32))),
            reading("t/metrics.json", curve("loss", np.round(exact, 5)), fmt="json"),
        ]
    )
    assert len(run.series) == 1


def test_a_longer_copy_wins_over_a_more_precise_one() -> None:
    exact = falling(30)
    kept, problems = reconcile([curve("loss", exact[:20], path="a"), curve("loss", np.round(exact, 4), path="b")])
    assert [len(one) for one in kept] == [30]
    assert problems == ()


def test_the_same_name_with_other_values_is_a_disagreement_and_both_stay() -> None:
    run = only([events("t/x.tfevents.1", curve("loss", falling(30))), reading("t/log.txt", curve("loss", falling(30) + 1))])
    assert len(run.series) == 2
    assert [problem.kind for problem in run.problems] == ["disagreement"]


def test_nan_points_are_part_of_a_copy() -> None:
    values = falling(20)
    values[5] = np.nan
    kept, _ = reconcile([curve("loss", values, path="a"), curve("loss", values, path="b")])
    assert len(kept) == 1


def test_train_and_validation_curves_that_are_equal_are_not_copies() -> None:
    values = falling(20)
    kept, _ = reconcile([curve("loss", values), curve("val_loss", values)])
    assert len(kept) == 2


def test_a_constant_learning_rate_of_two_files_is_one_series() -> None:
    kept, _ = reconcile([curve("lr", np.full(20, 0.02), path="a"), curve("train/lr", np.full(20, 0.02), path="b", split="train")])
    assert len(kept) == 1


def test_constant_curves_of_different_names_are_not_copies() -> None:
    kept, _ = reconcile([curve("loss_a", np.zeros(20)), curve("loss_b", np.zeros(20))])
    assert len(kept) == 2


def test_a_column_of_zeros_is_no_coarse_copy_of_small_numbers() -> None:
    kept, _ = reconcile([curve("val/mAP", [0.0, 0.0, 0.0, 0.0], path="a"), curve("val/mAP", [0.001, 0.003, 0.1, 0.3], path="b")])
    assert len(kept) == 2


def test_an_empty_validation_column_is_absent_and_a_training_loss_of_nan_is_not() -> None:
    nothing = np.full(9, np.nan)
    kept, _ = reconcile([curve("acc", falling(9)), curve("val_loss", nothing), curve("loss", nothing)])
    assert [one.name for one in kept] == ["acc", "loss"]


def test_a_validation_loss_that_was_printed_as_nan_is_no_absent_one() -> None:
    nothing = np.full(9, np.nan)
    kept, _ = reconcile([curve("acc", falling(9), path="log.txt"), curve("val_loss", nothing, path="log.txt")], {"log.txt"})
    assert [one.name for one in kept] == ["acc", "val_loss"]


# ---------------------------------------------------------------- identity


@pytest.mark.parametrize(
    ("run_id", "key"),
    [
        ("runs/Sep25_10-39-45_host", "runs/*_host"),
        ("wandb/run-20260410_101804-j6p174ks", "wandb/run-*"),
        ("outputs/2024-01-31/12-59-00", "outputs/*/*"),
        ("trial_143c9cb5e33d4388b1f11996b18bdbfe", "trial_*"),
        ("lightning_logs/version_12", "lightning_logs/version_*"),
        ("runs/train/exp3", "runs/train/exp*"),
        ("sweep/lr0.1-seed3", "sweep/lr0.1-seed*"),
        ("Seed_12/metrics.csv", "Seed*/metrics.csv"),
        ("resnet50", "resnet50"),
        ("lr0.001_bs32", "lr0.001_bs32"),
        (".", "."),
    ],
)
def test_the_key_leaves_out_what_changes_from_run_to_run(run_id: str, key: str) -> None:
    assert key_of(run_id) == key


def test_the_users_expression_decides_the_key() -> None:
    assert key_of("a/b-17/c", r"a/([a-z]+)") == "b"


def test_ids_are_relative_to_the_root_with_forward_slashes() -> None:
    runs = assemble([reading("/data/exp/a/log.txt", curve("loss", falling(9)))], "/data")
    assert ids(runs) == ["exp/a"]


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(6)))
def test_the_order_of_the_files_does_not_matter(order: list[int]) -> None:
    rng = np.random.default_rng(1)
    curves = [rng.normal(2, 0.1, 12) for _ in range(6)]
    files = [
        reading("a/log.txt", curve("loss", curves[0])),
        reading("a/log.csv", curve("loss", np.round(curves[0], 3)), fmt="csv"),
        reading("b/x.log", curve("loss", curves[1])),
        reading("b/y.log", curve("loss", curves[2])),
        reading("b/z.log", curve("loss", curves[3])),
        reading("a/config.yaml", fmt="config", config={"lr": 1.0}),
    ]
    told = [(run.id, [one.path for one in run.series], run.series[0].also) for run in assemble([files[i] for i in order])]
    assert told == [
        ("a", ["a/log.txt"], ("a/log.csv: loss",)),
        ("b/x.log", ["b/x.log"], ()),
        ("b/y.log", ["b/y.log"], ()),
        ("b/z.log", ["b/z.log"], ()),
    ]


def test_events_of_later_files_keep_their_place() -> None:
    crash = Event("traceback", "boom", "r/x.tfevents.2", seq=4)
    run = only(
        [
            events("r/x.tfevents.1", curve("loss", falling(10)), started=1.0),
            events("r/x.tfevents.2", curve("loss", falling(5), step=np.arange(10, 15)), started=2.0, events=(crash,)),
        ]
    )
    assert [event.seq for event in run.events] == [14]
