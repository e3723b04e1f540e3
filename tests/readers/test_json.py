"""JSON of every shape gives exactly its points."""

from __future__ import annotations

import json as standard
import math

import numpy as np
import pytest

from loglint.model import Reading, Series
from loglint.readers import documents, json


def one(path: str, text: str) -> Reading:
    (reading,) = json.read(path, text.encode())
    return reading


def named(reading: Reading) -> dict[str, Series]:
    return {series.name: series for series in reading.series}


def points(series: Series) -> list[float]:
    return [float(value) for value in series.values]


def places(series: Series, axis: str) -> list[float]:
    found = getattr(series, axis)
    assert found is not None
    return [float(value) for value in found]


STATE = {
    "best_metric": 0.75,
    "epoch": 2.0,
    "global_step": 20,
    "num_train_epochs": 2,
    "train_batch_size": 8,
    "log_history": [
        {"epoch": 1.0, "step": 10, "loss": 0.5, "learning_rate": 0.001, "grad_norm": 1.5},
        {"epoch": 1.0, "step": 10, "eval_loss": 0.75, "eval_runtime": 3.5},
        {"epoch": 2.0, "step": 20, "loss": 0.25, "learning_rate": 0.0, "grad_norm": 1.25},
        {"epoch": 2.0, "step": 20, "train_loss": 0.375, "train_runtime": 99.5, "total_flos": 1e12},
    ],
}


def test_a_trainer_state_gives_curves_facts_and_a_summary() -> None:
    reading = one("checkpoint-20/trainer_state.json", standard.dumps(STATE, indent=2))
    series = named(reading)
    assert points(series["loss"]) == [0.5, 0.25]
    assert places(series["loss"], "step") == [10, 20]
    assert places(series["eval_loss"], "epoch") == [1.0]
    assert "train_loss" not in series
    assert reading.summary["train_loss"] == 0.375
    assert reading.config["train_batch_size"] == 8
    assert series["eval_loss"].seq.tolist() == [1]


def test_a_trainer_state_that_breaks_off_keeps_all_before_the_cut() -> None:
    text = standard.dumps(STATE, indent=2)
    reading = one("trainer_state.json", text[: text.rindex('"learning_rate"')])
    assert points(named(reading)["loss"]) == [0.5, 0.25]
    assert [problem.kind for problem in reading.problems] == ["truncated"]


def test_json_lines_keep_nan_infinities_lines_and_order() -> None:
    reading = one(
        "metrics.json",
        '{"iteration": 19, "total_loss": 1.5}\n\n{"iteration": 39, "total_loss": NaN}\n{"iteration": 59, "total_loss":-Infinity}\n',
    )
    (series,) = reading.series
    assert series.values[0] == 1.5
    assert math.isnan(series.values[1])
    assert series.values[2] == -math.inf
    assert places(series, "step") == [19, 39, 59]
    assert places(series, "line") == [1, 3, 4]


def test_a_line_that_is_no_json_costs_itself_and_a_half_line_is_cut() -> None:
    reading = one("log.jsonl", '{"step": 1, "loss": 0.5}\n{"step": 2, x}\n{"step": 3, "loss": 0.25}\n{"step": 4, "loss": 0.1')
    assert points(reading.series[0]) == [0.5, 0.25]
    assert [(problem.kind, problem.line) for problem in reading.problems] == [("bad_row", 2), ("truncated", 4)]


def test_numbers_written_as_strings_are_numbers() -> None:
    reading = one(
        "log.json", '{"epoch": 1, "loss": "9.25", "num_updates": "100"}\n{"epoch": 1, "loss": "8.5", "num_updates": "200"}\n'
    )
    (series,) = reading.series
    assert (points(series), places(series, "step")) == ([9.25, 8.5], [100, 200])


def test_modes_become_splits_and_iterations_go_on_through_epochs() -> None:
    rows = [
        {"env": "x", "seed": 3},
        *[{"mode": "train", "epoch": e, "iter": i, "loss": e + i / 1000} for e in (1, 2, 3) for i in (50, 100)],
        {"mode": "val", "epoch": 3, "iter": 100, "bbox_mAP": 0.5},
    ]
    reading = one("20200101_000000.log.json", "\n".join(map(standard.dumps, rows)) + "\n")
    series = named(reading)
    assert series["train/loss"].split == "train"
    assert places(series["train/loss"], "step") == [50, 100, 150, 200, 250, 300]
    assert series["val/bbox_mAP"].split == "val"


def test_nested_records_are_flattened_and_their_settings_kept_apart() -> None:
    rows = [
        {"training_iteration": i, "timesteps_total": i * 10, "episode_reward_mean": i / 2, "info": {"learner": {"loss": 1 / i}}}
        for i in (1, 2)
    ]
    text = "\n".join(standard.dumps({**row, "config": {"lr": 0.01, "env": "x"}, "hist": [1, 2]}) for row in rows) + "\n"
    reading = one("result.json", text)
    assert points(named(reading)["info/learner/loss"]) == [1.0, 0.5]
    assert reading.config == {"lr": 0.01, "env": "x"}
    assert not any("config" in name or "hist" in name for name in named(reading))


@pytest.mark.parametrize(
    "value",
    [
        {"loss": [0.5, 0.25], "val_loss": [0.75, None]},
        {"history": {"loss": [0.5, 0.25], "val_loss": [0.75, None]}, "params": {"epochs": 2}},
        {"loss": {"0": 0.5, "1": 0.25}, "val_loss": {"0": 0.75, "1": None}},
        [{"loss": 0.5, "val_loss": 0.75}, {"loss": 0.25}],
        {"1": {"loss": 0.5, "val_loss": 0.75}, "2": {"loss": 0.25}},
        {"epoch_1": {"loss": 0.5, "val_loss": 0.75}, "epoch_2": {"loss": 0.25}},
        {"config": {"lr": 0.1}, "logs": [{"epoch": 1, "loss": 0.5, "val_loss": 0.75}, {"epoch": 2, "loss": 0.25}]},
    ],
)
def test_a_history_of_any_shape_gives_the_same_points(value: object) -> None:
    series = named(one("history.json", standard.dumps(value)))
    assert points(series["loss"]) == [0.5, 0.25]
    assert points(series["val_loss"]) == [0.75]


def test_nested_lists_are_named_by_their_path() -> None:
    series = named(one("h.json", '{"train": {"loss": [0.5, 0.25]}, "val": {"loss": [0.75, 0.5]}}'))
    assert points(series["train/loss"]) == [0.5, 0.25]
    assert points(series["val/loss"]) == [0.75, 0.5]


def test_several_runs_in_one_document_are_told_apart() -> None:
    found = json.read(
        "runs.json",
        b'{"a": [{"epoch": 0, "loss": 1.5}, {"epoch": 1, "loss": 1}], "b": [{"epoch": 0, "loss": 2.5}, {"epoch": 1, "loss": 2}]}',
    )
    assert [(reading.group, points(reading.series[0])) for reading in found] == [("a", [1.5, 1.0]), ("b", [2.5, 2.0])]


def test_sacred_metrics_have_their_own_steps_and_times() -> None:
    value = {
        "training.loss": {"steps": [0, 5], "timestamps": ["2020-01-01T00:00:00", "2020-01-01T00:00:05"], "values": [0.5, 0.25]}
    }
    (series,) = one("1/metrics.json", standard.dumps(value)).series
    assert (series.name, points(series), places(series, "step")) == ("training.loss", [0.5, 0.25], [0, 5])
    assert np.diff(places(series, "time")).tolist() == [5.0]


def test_one_epoch_a_file_is_one_point_at_that_epoch() -> None:
    reading = one(
        "out/metrics_epoch_7.json",
        '{"best_epoch": 5, "epoch": 7, "training_loss": 0.5, "best_validation_loss": 0.25, "training_duration": "0:01:00"}',
    )
    (series,) = reading.series
    assert (series.name, points(series), places(series, "epoch"), series.seq.tolist()) == ("training_loss", [0.5], [7.0], [7])


def test_final_metrics_are_a_summary_and_no_curve() -> None:
    reading = one("out/metrics.json", '{"best_epoch": 5, "epoch": 7, "training_loss": 0.5}')
    assert (reading.series, reading.summary["training_loss"]) == ((), 0.5)
    assert one("all_results.json", '{"epoch": 3.0, "eval_loss": 0.5}').series == ()


def test_a_placed_record_is_a_point_and_a_summary() -> None:
    reading = one("dvclive/metrics.json", '{"train": {"loss": 0.5}, "step": 9}')
    assert (reading.series[0].name, points(reading.series[0]), reading.summary["train/loss"]) == ("train/loss", [0.5], 0.5)


def test_tensorboard_triples_take_their_name_from_the_file() -> None:
    (series,) = one("run-train-tag-epoch_loss.json", "[[1500000000.0, 0, 0.5], [1500000001.0, 1, 0.25]]").series
    assert (series.name, series.split, points(series), places(series, "step")) == ("epoch_loss", "train", [0.5, 0.25], [0, 1])


@pytest.mark.parametrize(
    "text",
    [
        '{"best_score": 0.91, "results": [{"lr": 0.1, "score": 0.85}, {"lr": 0.01, "score": 0.91}]}',
        '{"name": "x", "version": "1.0"}',
        '[{"id": 1, "text": "a", "score": 0.5}, {"id": 3, "text": "b", "score": 0.25}]',
        '[{"model": "a", "accuracy": 0.5}, {"model": "b", "accuracy": 0.25}]',
        "[1, 2, 3]",
        "null",
        "{}",
        "[]",
        '{"images": [{"id": 1, "height": 5}], "annotations": [{"id": 1, "bbox": [1, 2]}]}',
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"loss": ' + "9" * 10_000 + "}",
    ],
)
def test_other_json_is_no_log(text: str) -> None:
    assert [reading for reading in json.read("data.json", text.encode()) if reading.series] == []


def test_lines_of_text_that_begin_with_json_are_not_claimed() -> None:
    assert not json.claims("train.log", b'{"lr": 0.1}\nepoch 1 loss 0.5\nepoch 2 loss 0.4\nepoch 3 loss 0.3\n')
    assert json.claims("train.log", b'{"step": 1, "loss": 0.1}\n{"step": 2, "loss": 0.1}\n{"st')
    assert not json.claims("config.json", b'{\n  "lr": 0.1\n}')
    assert json.claims("-", b'{\n  "loss": [0.5, 0.25]\n}\n')


def test_the_quick_way_over_lines_gives_what_the_careful_way_gives() -> None:
    rows = [{"step": i, "loss": 1 / (i + 1), **({"val_loss": 0.5} if i % 5 == 0 else {})} for i in range(500)]
    quick = one("a.jsonl", "\n".join(map(standard.dumps, rows)) + "\n")
    careful = one("a.jsonl", "\n".join(map(standard.dumps, rows)) + '\n{"step": 500, "loss": NaN}\n')
    for name in ("loss", "val_loss"):
        a, b = named(quick)[name], named(careful)[name]
        assert a.values.tolist() == b.values.tolist()[: len(a)]
        assert places(a, "line") == places(b, "line")[: len(a)]


@pytest.mark.parametrize(
    "odd",
    [
        "",
        '{"step": 99, "loss": "0.5", "lr": 1}\n',
        '{"step": 99, "loss": null, "lr": 1}\n',
        '{"step": 99, "loss": NaN, "lr": 1}\n',
        '{"step": 99, "loss": 0.5}\n',
        '{"step": 99, "loss": 0.5, "lr": 1, "val_loss": 2}\n',
        '{"step": 99, "loss": 0.5, "lr": {"a": 1}}\n',
        "\n",
        "no record\n",
        '{"step": 99, "loss": 0.',
    ],
)
def test_records_of_the_same_numbers_are_read_as_all_others_are(odd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"step": i, "loss": 1 / (i + 1), "lr": 2**60 + i} for i in range(9)]
    text = "".join(standard.dumps(row) + "\n" for row in rows) + odd
    careful = one("a.jsonl", text)
    monkeypatch.setattr(json, "LARGE", 10)
    quick = one("a.jsonl", text)
    assert (documents.number_lines(text.encode()) is not None) == (odd == "")
    assert quick.problems == careful.problems
    assert list(named(quick)) == list(named(careful))
    for name, series in named(careful).items():
        np.testing.assert_array_equal(named(quick)[name].values, series.values)
        assert places(named(quick)[name], "step") == places(series, "step")
        assert places(named(quick)[name], "line") == places(series, "line")


def test_evaluations_counted_in_epochs_are_placed_among_the_iterations() -> None:
    rows = [{"loss": 1 / s, "epoch": e, "iter": s, "step": s} for e, s in ((1, 50), (1, 100))]
    rows += [
        {"coco/bbox_mAP": 0.25, "step": 1},
        {"loss": 0.005, "epoch": 2, "iter": 150, "step": 150},
        {"coco/bbox_mAP": 0.5, "step": 2},
    ]
    series = named(one("vis_data/scalars.json", "\n".join(map(standard.dumps, rows)) + "\n"))
    assert places(series["loss"], "step") == [50, 100, 150]
    assert places(series["coco/bbox_mAP"], "step") == [100, 150]
    assert places(series["coco/bbox_mAP"], "epoch") == [1, 2]


@pytest.mark.parametrize(
    "text",
    [
        '{"loss": BIG, "step": 1}',
        '{"loss": [1, BIG]}',
        '[{"step": 1, "loss": BIG}, {"step": BIG, "loss": 1}]',
        '{"1": {"loss": BIG}, "BIG": {"loss": 2}}',
    ],
)
def test_whole_numbers_beyond_float64_are_infinite(text: str) -> None:
    found = [
        value
        for reading in json.read("x.json", text.replace("BIG", "1" + "0" * 400).encode())
        for one in reading.series
        for value in points(one)
    ]
    assert math.inf in found
