"""Tables of every dialect give exactly their points; tables of data give none."""

from __future__ import annotations

import math

import numpy as np
import pytest

from loglint.model import Reading, Series
from loglint.readers import bulk, csv, delimited


def one(path: str, text: str) -> Reading:
    (reading,) = csv.read(path, text.encode())
    return reading


def named(reading: Reading) -> dict[str, Series]:
    return {series.name: series for series in reading.series}


def points(series: Series) -> list[float]:
    return [float(value) for value in series.values]


def test_keras_logger_gives_epochs_lines_and_values() -> None:
    series = named(one("training.csv", "epoch,accuracy,loss,val_loss\n0,0.5,1.25,1.5\n1,0.625,1.0,1.375\n"))
    assert points(series["loss"]) == [1.25, 1.0]
    assert series["loss"].epoch is not None
    assert series["loss"].epoch.tolist() == [0, 1]
    assert series["val_loss"].line is not None
    assert series["val_loss"].line.tolist() == [2, 3]
    assert "epoch" not in series


@pytest.mark.parametrize(
    "text",
    [
        "epoch;loss;acc\n0;1,25;0,5\n1;1,0;0,625\n",
        "epoch\tloss\tacc\n0\t1.25\t0.5\n1\t1.0\t0.625\n",
        "  epoch,   loss,    acc\n      0,   1.25,    0.5\n      1,    1.0,  0.625\n",
        "\ufeffepoch,loss,acc\r\n0,1.25,0.5\r\n1,1.0,0.625\r\n",
        '"epoch","loss","acc"\n"0","1.25","0.5"\n"1","1.0","0.625"\n',
        "| epoch | loss | acc |\n|---|---|---|\n| 0 | 1.25 | 0.5 |\n| 1 | 1.0 | 0.625 |\n",
        "# epoch loss acc\n0 1.25 0.5\n1 1.0 0.625\n",
        "epoch   loss   acc\n0   1.25   0.5\n1    1.0  0.625\n",
        "sep=,\nepoch,loss,acc\n0,1.25,0.5\n1,1.0,0.625\n",
        "epoch,loss,acc,\n0,1.25,0.5,\n1,1.0,0.625,\n",
        ",epoch,loss,acc\n0,0,1.25,0.5\n1,1,1.0,0.625\n",
        "epoch,loss,acc\n0,tensor(1.25),50%\n1,\"tensor(1.0, device='cuda:0')\",62.5%\n".replace("50%", "0.5").replace(
            "62.5%", "0.625"
        ),
        "epoch/total,loss,acc\n0,1.25,0.5\n1,1.0,0.625\n".replace("epoch/total", "Epoch"),
        "epoch,loss,acc\n0/2,1.25,0.5\n1/2,1.0,0.625\n",
    ],
)
def test_a_dialect_changes_nothing(text: str) -> None:
    series = named(one("log.csv", text))
    assert points(series["loss"]) == [1.25, 1.0]
    assert points(series["acc"]) == [0.5, 0.625]
    assert series["loss"].epoch is not None
    assert series["loss"].epoch.tolist() == [0, 1]


def test_utf16_is_read() -> None:
    (reading,) = csv.read("log.csv", "epoch,loss\n0,1.5\n1,1.25\n".encode("utf-16"))
    assert points(reading.series[0]) == [1.5, 1.25]


def test_a_blank_is_no_point_and_a_nan_is_one() -> None:
    series = named(one("metrics.csv", "epoch,step,train_loss,val_loss\n0,9,0.5,\n0,9,,0.75\n1,19,nan,\n1,19,,NaN\n2,29,inf,-inf\n"))
    assert points(series["train_loss"])[0] == 0.5
    assert math.isnan(points(series["train_loss"])[1])
    assert points(series["train_loss"])[2] == math.inf
    assert series["train_loss"].seq.tolist() == [0, 2, 4]
    assert series["train_loss"].step is not None
    assert series["train_loss"].step.tolist() == [9, 19, 29]
    assert len(series["val_loss"]) == 3


def test_a_metric_that_was_never_computed_is_told_and_is_no_curve() -> None:
    reading = one("metrics.csv", "epoch,loss,val_map\n0,0.5,nan\n1,0.25,nan\n")
    assert [series.name for series in reading.series] == ["loss"]
    assert [problem.kind for problem in reading.problems] == ["bad_row"]


def test_a_training_loss_of_nothing_but_nan_stays() -> None:
    assert np.isnan(named(one("metrics.csv", "epoch,loss,acc\n0,nan,0.5\n1,nan,0.5\n"))["loss"].values).all()


def test_a_bad_row_costs_itself() -> None:
    reading = one("log.csv", "step,loss\n1,0.5\n2,0.4,9,9\n3,0.3\n4,oops\n5,0.1\n")
    assert points(reading.series[0]) == [0.5, 0.3, 0.1]
    assert [(problem.kind, problem.line) for problem in reading.problems] == [("bad_row", 3), ("bad_row", 5)]


def test_an_unterminated_last_line_is_cut_and_told() -> None:
    reading = one("log.csv", "step,loss\n1,0.5\n2,0.25\n3,0.")
    assert points(reading.series[0]) == [0.5, 0.25]
    assert [problem.kind for problem in reading.problems] == ["truncated"]


def test_an_unterminated_last_line_of_fixed_width_or_closed_quotes_is_whole() -> None:
    assert points(one("a.csv", "step,loss\n1,0.500\n2,0.250\n3,0.125\n4,0.100").series[0]) == [0.5, 0.25, 0.125, 0.1]
    assert points(one("a.csv", '"step","loss"\n"1","0.5"\n"2","0.25"').series[0]) == [0.5, 0.25]


def test_a_second_header_is_a_restart_and_no_row() -> None:
    reading = one("log.csv", "epoch,loss\n0,0.5\n1,0.4\nepoch,loss\n0,0.6\n")
    assert points(reading.series[0]) == [0.5, 0.4, 0.6]
    assert [(event.kind, event.line, event.seq) for event in reading.events] == [("restart", 4, 1)]


def test_a_second_header_with_more_columns_is_followed() -> None:
    series = named(one("log.csv", "epoch,loss\n0,0.5\n1,0.4\nepoch,loss,val_loss\n2,0.3,0.6\n"))
    assert points(series["loss"]) == [0.5, 0.4, 0.3]
    assert points(series["val_loss"]) == [0.6]


def test_a_wandb_export_is_one_run_a_column_group_without_bounds() -> None:
    header = '"Step","run-a - train/loss","run-a - train/loss__MIN","run-a - train/loss__MAX","run-b - train/loss"\n'
    found = csv.read("wandb_export.csv", (header + '"0","2.5","2.5","2.5",""\n"1","2.25","2.25","2.25","3"\n').encode())
    assert [(reading.group, reading.series[0].name, points(reading.series[0])) for reading in found] == [
        ("run-a", "train/loss", [2.5, 2.25]),
        ("run-b", "train/loss", [3.0]),
    ]


def test_a_tensorboard_export_takes_name_and_split_from_the_file_name() -> None:
    (reading,) = csv.read(
        "x/run-exp_validation-tag-epoch_loss.csv", b"Wall time,Step,Value\n1500000000.5,0,2.5\n1500000009.5,1,2.25\n"
    )
    (series,) = reading.series
    assert (series.name, series.split, reading.group) == ("epoch_loss", "val", "exp")
    assert series.step is not None
    assert series.step.tolist() == [0, 1]
    assert series.time is not None
    assert series.time.tolist() == [1500000000.5, 1500000009.5]


def test_dvclive_plots_are_named_by_their_path() -> None:
    (reading,) = csv.read("out/dvclive/plots/metrics/eval/loss.tsv", b"step\tloss\n0\t0.5\n1\t0.25\n")
    assert (reading.folder, reading.series[0].name, reading.series[0].split) == ("out/dvclive", "eval/loss", "val")


def test_one_metric_a_file_is_named_by_the_file() -> None:
    assert one("run/val_loss.csv", "epoch,value\n0,0.5\n1,0.25\n").series[0].name == "val_loss"
    assert one("run/val_loss.csv", "epoch,loss\n0,0.5\n1,0.25\n").series[0].name == "val_loss"
    assert one("run/val/loss.csv", "epoch,loss\n0,0.5\n1,0.25\n").series[0].split == "val"


def test_a_monitor_file_gives_rewards_lengths_and_its_header() -> None:
    reading = one("0.monitor.csv", '#{"t_start": 12.5, "env_id": "Walk-v1"}\nr,l,t\n1.5,10,2.5\n2.0,11,4.5\n')
    series = named(reading)
    assert points(series["episode_reward"]) == [1.5, 2.0]
    assert points(series["episode_length"]) == [10, 11]
    assert series["episode_reward"].time is not None
    assert series["episode_reward"].time.tolist() == [2.5, 4.5]
    assert reading.config == {"t_start": 12.5, "env_id": "Walk-v1"}


def test_catboost_errors_have_the_split_of_their_file() -> None:
    (series,) = one("catboost_info/test_error.tsv", "iter\tMultiClass\n0\t0.5\n1\t0.25\n").series
    assert (series.name, series.split, points(series)) == ("MultiClass", "val", [0.5, 0.25])


def test_a_long_table_becomes_one_curve_a_metric() -> None:
    series = named(one("m.csv", "step,metric,value\n1,loss,0.5\n1,acc,0.1\n2,loss,0.25\n2,acc,0.2\n"))
    assert points(series["loss"]) == [0.5, 0.25]
    assert series["acc"].step is not None
    assert series["acc"].step.tolist() == [1, 2]


def test_a_run_column_tells_runs_apart() -> None:
    found = csv.read("sweep.csv", b"run,epoch,loss\na,0,0.5\na,1,0.25\nb,0,0.75\nb,1,0.5\n")
    assert [(reading.group, points(reading.series[0])) for reading in found] == [("a", [0.5, 0.25]), ("b", [0.75, 0.5])]


def test_a_split_column_tells_splits_apart() -> None:
    series = named(one("log.csv", "epoch,phase,loss\n0,train,0.5\n0,val,0.75\n1,train,0.25\n1,val,0.5\n"))
    assert points(series["train/loss"]) == [0.5, 0.25]
    assert (series["val/loss"].split, points(series["val/loss"])) == ("val", [0.75, 0.5])


def test_batches_counted_anew_in_every_epoch_are_laid_end_to_end() -> None:
    (series,) = one("log.csv", "epoch,batch,loss\n1,10,5\n1,20,4\n2,10,3\n2,20,2\n3,10,1\n3,20,0.5\n").series
    assert series.step is not None
    assert series.step.tolist() == [10, 20, 30, 40, 50, 60]


def test_a_time_that_does_not_go_forward_is_a_curve() -> None:
    series = named(one("log.csv", "step,loss,time\n1,0.5,0.31\n2,0.4,0.29\n3,0.3,0.33\n4,0.2,0.3\n"))
    assert points(series["time"]) == [0.31, 0.29, 0.33, 0.3]
    assert series["loss"].time is None


def test_time_stamps_are_seconds() -> None:
    (series,) = one("log.csv", "timestamp,loss\n1970-01-01 00:00:10,0.5\n1970-01-01T00:01:00Z,0.25\n").series
    assert series.time is not None
    assert series.time.tolist() == [10.0, 60.0]


@pytest.mark.parametrize(
    "text",
    [
        "sepal_length,sepal_width,species\n5.1,3.5,setosa\n4.9,3.0,setosa\n4.7,3.2,virginica\n",
        "date,open,close,return\n2020-01-01,1,2,0.5\n2020-01-02,2,3,0.25\n2020-01-03,2,3,0.25\n",
        "id,age,score\n1,30,0.5\n2,31,0.25\n3,40,0.1\n",
        "model,accuracy,f1\nresnet,0.9,0.8\nvgg,0.8,0.7\nalexnet,0.6,0.5\n",
        "name,loss_amount,claims\nann,100,2\nbob,250,1\ncyd,80,3\n",
        "x,y\n1,2\n3,4\n",
        "epoch,seconds\n0,12\n1,13\n",
        "a,b\n",
        "",
    ],
)
def test_a_table_of_data_is_no_log(text: str) -> None:
    assert [reading.series for reading in csv.read("data.csv", text.encode()) if reading.series] == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("notes.txt", "Loss, and other things, are discussed here\nEpoch by epoch, we show, how it goes\n"),
        ("train.log", "epoch 1, loss 0.5, acc 0.1\nepoch 2, loss 0.4, acc 0.2\n"),
        ("train.log", "step: 10 loss: 0.5\nstep: 20 loss: 0.4\n"),
        ("syslog", "Jun 1 10:00:00 host kernel: loss of signal 5\nJun 1 10:00:01 host kernel: step 6\n"),
    ],
)
def test_text_is_not_claimed(path: str, text: str) -> None:
    assert not csv.claims(path, text.encode())


def test_a_table_without_a_suffix_is_claimed() -> None:
    assert csv.claims("results.txt", b"epoch loss acc\n0 0.5 0.1\n1 0.4 0.2\n")


def test_the_bulk_way_gives_what_the_row_way_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(7)
    cells = [
        f"{i // 10},{i},{value!r},{'nan' if i % 7 == 3 else '' if i % 5 else 0.1},{'' if i % 3 else repr(value / 3)}, {value:.4g}"
        for i, value in enumerate((random.standard_normal(400) * 10.0 ** random.integers(-300, 300, 400)).tolist())
    ]
    data = ("epoch,step,loss,val_loss,acc,lr\n" + "\n".join(cells) + "\n3,9,0.").encode()
    (slow,) = csv.read("m.csv", data)
    monkeypatch.setattr(bulk, "pays", lambda size: True)
    (fast,) = csv.read("m.csv", data)
    assert bulk.parse(data, "m.csv") is not None
    assert [(s.name, s.values.tobytes(), s.seq.tolist(), s.line.tolist() if s.line is not None else None) for s in slow.series] == [
        (s.name, s.values.tobytes(), s.seq.tolist(), s.line.tolist() if s.line is not None else None) for s in fast.series
    ]
    assert [problem.kind for problem in fast.problems] == [problem.kind for problem in slow.problems] == ["truncated"]


@pytest.mark.parametrize("odd", ["5,oops\n", "5\n", "5,0.5,1\n", '5,"0.5"\n', "\n", "step,loss\n", "# note\n"])
def test_an_odd_line_in_a_large_table_falls_back_to_the_row_way(odd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "step,loss\n" + "".join(f"{i},0.{i:03}\n" for i in range(300)) + odd + "301,0.301\n"
    (slow,) = csv.read("m.csv", text.encode())
    monkeypatch.setattr(bulk, "pays", lambda size: True)
    (fast,) = csv.read("m.csv", text.encode())
    assert fast.series[0].values.tolist() == slow.series[0].values.tolist()
    assert fast.series[0].line is not None
    assert slow.series[0].line is not None
    assert fast.series[0].line.tolist() == slow.series[0].line.tolist()
    assert fast.problems == slow.problems


@pytest.mark.parametrize(
    "text",
    [
        "Name,State,_step,loss\nrun-1,finished,100,0.5\nrun-2,finished,100,0.25\n",
        "trial,loss,lr\n0,0.5,0.1\n1,0.75,0.2\n2,0.25,0.3\n",
        "model,epoch,accuracy\na,10,0.5\nb,10,0.75\n",
    ],
)
def test_a_list_of_runs_is_no_curve(text: str) -> None:
    assert csv.read("results.csv", text.encode()) == ()


def test_counts_and_numbers_as_people_write_them() -> None:
    series = named(one("log.csv", 'epoch,step,loss,acc\nEpoch 1,"1,000",tensor(0.5),85.5%\nEpoch 2,"2,000",[0.25],90%\n'))
    assert points(series["loss"]) == [0.5, 0.25]
    assert points(series["acc"]) == [85.5, 90.0]
    assert series["acc"].step is not None
    assert series["acc"].step.tolist() == [1000, 2000]
    assert series["acc"].epoch is not None
    assert series["acc"].epoch.tolist() == [1, 2]


def test_a_tensorboard_download_is_a_log_whatever_it_is_called() -> None:
    assert one("version_0.csv", "Wall time,Step,Value\n15.5,0,2.5\n16.5,1,2.25\n").series[0].name == "version_0"


def test_a_file_named_after_a_quantity_needs_no_names_inside() -> None:
    assert points(one("losses.txt", "0.5\n0.25\n0.125\n").series[0]) == [0.5, 0.25, 0.125]
    assert csv.claims("losses.txt", b"0.5\n0.25\n0.125\n")
    assert not csv.claims("numbers.txt", b"0.5\n0.25\n0.125\n")
    series = named(one("loss_log.csv", "epoch,iters,D_A,G_A\n1,100,0.5,0.25\n1,200,0.75,0.125\n"))
    assert points(series["D_A"]) == [0.5, 0.75]


def test_the_last_part_of_a_name_tells_a_split_column() -> None:
    series = named(
        one(
            "m.csv", "metric.name,context.subset,step,value\nloss,train,0,0.5\nloss,val,0,0.75\nloss,train,1,0.25\nloss,val,1,0.5\n"
        )
    )
    assert points(series["train/loss"]) == [0.5, 0.25]
    assert points(series["val/loss"]) == [0.75, 0.5]


def test_the_column_way_gives_what_the_row_way_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(3)
    rows = [
        f"{i}, {value!r},{'' if i % 3 else value / 7},{'nan' if i % 5 == 2 else '-inf'}"
        for i, value in enumerate(random.random(50).tolist())
    ]
    data = ("step,loss,val_loss,grad_norm\n" + "\n".join(rows) + "\n").encode()
    quick = delimited.parse(data, "m.csv")
    monkeypatch.setattr(delimited, "_plain", lambda text, lines, layout: None)
    careful = delimited.parse(data, "m.csv")
    assert quick is not None
    assert careful is not None
    assert quick.header == careful.header
    assert list(quick.table.numbers) == list(careful.table.numbers)
    for name, column in quick.table.numbers.items():
        assert column.values.tobytes() == careful.table.numbers[name].values.tobytes()
        assert column.rows.tolist() == careful.table.numbers[name].rows.tolist()
    assert quick.table.lines is not None
    assert careful.table.lines is not None
    assert quick.table.lines.tolist() == careful.table.lines.tolist()


@pytest.mark.parametrize("cell", ["1_000", "0.5 0.25", "0x10", "1e5e", "#3", "١"])
def test_what_python_takes_for_a_number_and_a_log_does_not_is_none(cell: str) -> None:
    assert points(one("log.csv", f"step,loss\n1,0.5\n2,{cell}\n3,0.25\n").series[0])[0] == 0.5
    assert len(one("log.csv", f"step,loss\n1,0.5\n2,{cell}\n3,0.25\n").series[0]) == 2
