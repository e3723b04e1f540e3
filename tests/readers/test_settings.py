"""Settings beside a log, MLflow's store, notebooks, and loglint's own exports."""

from __future__ import annotations

import io
import json as standard

import numpy as np
import pytest

from loglint.model import Reading
from loglint.readers import config, csv, json, mlflow, notebook, parquet


@pytest.mark.parametrize(
    ("path", "text", "wanted"),
    [
        ("run/hparams.yaml", "lr: 1e-4\nmodel:\n  depth: 3\n", {"lr": 0.0001, "model.depth": 3}),
        ("run/args.yaml", "epochs: 3\nresume: false\nname: null\n", {"epochs": 3, "resume": False, "name": None}),
        ("run/config.json", '{"lr": 0.1, "layers": [2, 3]}', {"lr": 0.1, "layers": "2, 3"}),
        ("wandb/run-1/files/config.yaml", "lr:\n  desc: null\n  value: 0.1\n_wandb:\n  value: {cli: 1}\n", {"lr": 0.1}),
        ("run/config.toml", "lr = 0.1\n[data]\nbatch = 4\n", {"lr": 0.1, "data.batch": 4}),
    ],
)
def test_settings_of_every_kind_are_scalars_under_dotted_keys(path: str, text: str, wanted: dict[str, object]) -> None:
    assert config.claims(path, text.encode())
    (reading,) = config.read(path, text.encode())
    assert reading.config == wanted


def test_hydra_settings_belong_to_the_folder_above() -> None:
    (reading,) = config.read("out/1/.hydra/overrides.yaml", b"- lr=0.1\n- +seed=3\n")
    assert (reading.folder, reading.config) == ("out/1", {"lr": 0.1, "seed": 3})


def test_python_tags_build_nothing(tmp_path: object) -> None:
    (reading,) = config.read(
        "args.yaml", f'a: !!python/object/apply:os.system ["touch {tmp_path}/made"]\nb: !!python/name:os.system\nc: 1\n'.encode()
    )
    assert reading.config["c"] == 1
    assert all(isinstance(value, str | int | None) for value in reading.config.values())
    assert not list(__import__("pathlib").Path(str(tmp_path)).iterdir())


def test_aliases_of_aliases_are_refused() -> None:
    levels = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]"] + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    assert config.read("config.yaml", "\n".join(levels).encode()) == ()
    assert config.read("config.yaml", b"a: &a [*a]\n") == ()


@pytest.mark.parametrize(
    "path", ["pyproject.toml", "data.yaml", "package-lock.json", "run/.hydra/hydra.yaml", "mlruns/0/meta.yaml"]
)
def test_other_files_are_no_settings(path: str) -> None:
    assert not config.claims(path, b"a: 1\n")


RUN = "mlruns/0/" + "0123456789abcdef" * 2


def test_a_metric_file_is_a_curve_in_its_runs_folder() -> None:
    data = b"1600000000000 0.5 0\n1600000001500 nan 1\n1600000003000 0.25 2\n"
    assert mlflow.claims(f"{RUN}/metrics/val/loss", data)
    (reading,) = mlflow.read(f"{RUN}/metrics/val/loss", data)
    (series,) = reading.series
    assert (reading.folder, series.name, series.split) == (RUN, "val/loss", "val")
    assert np.array_equal(series.values, [0.5, np.nan, 0.25], equal_nan=True)
    assert series.step is not None
    assert series.step.tolist() == [0, 1, 2]
    assert series.time is not None
    assert series.time.tolist() == [1600000000.0, 1600000001.5, 1600000003.0]


def test_a_half_written_metric_line_is_cut() -> None:
    (reading,) = mlflow.read(f"{RUN}/metrics/loss", b"1600000000000 0.5 0\n1600000001500 0.2")
    assert reading.series[0].values.tolist() == [0.5]
    assert [problem.kind for problem in reading.problems] == ["truncated"]


def test_parameters_are_settings_and_private_tags_are_left_out() -> None:
    assert mlflow.read(f"{RUN}/params/lr", b"0.01")[0].config == {"lr": 0.01}
    assert mlflow.read(f"{RUN}/params/name", b"resnet")[0].config == {"name": "resnet"}
    assert mlflow.read(f"{RUN}/tags/mlflow.user", b"someone") == ()
    assert not mlflow.claims("project/params/notes.txt", b"hello")
    assert not mlflow.claims("project/metrics/notes", b"hello\n")


def cell(*outputs: dict[str, object]) -> dict[str, object]:
    return {"cell_type": "code", "source": ["import os"], "outputs": list(outputs)}


def stream(text: str) -> dict[str, object]:
    return {"output_type": "stream", "name": "stdout", "text": text.splitlines(keepends=True)}


def test_printed_trainings_of_a_notebook_are_runs_by_cell() -> None:
    pytest.importorskip("loglint.readers.text")
    log = "".join(f"Epoch {i}/4 - loss: {1 / i:.4f} - val_loss: {2 / i:.4f}\n" for i in range(1, 5))
    value = {
        "cells": [{"cell_type": "markdown", "source": []}, cell(stream(log)), cell(stream("hello\n")), cell(stream(log))],
        "nbformat": 4,
    }
    found = notebook.read("a.ipynb", standard.dumps(value).encode())
    assert [reading.group for reading in found] == ["cell 2", "cell 4"]
    (loss,) = [series for series in found[0].series if "val" not in series.name]
    assert loss.values.tolist() == [1.0, 0.5, 0.3333, 0.25]


def test_a_drawn_table_of_a_notebook_is_read() -> None:
    html = "<div><progress value=2></progress></div><table><thead><tr><th>Step</th><th>Training Loss</th>"
    html += "<th>Validation Loss</th></tr></thead><tbody><tr><td>10</td><td>0.5</td><td>No log</td></tr>"
    html += "<tr><td>20</td><td>0.25</td><td>0.75</td></tr></tbody></table>"
    outputs: tuple[dict[str, object], ...] = (
        {"output_type": "display_data", "data": {"text/html": [html], "text/plain": ["<HTML>"]}},
        {"output_type": "error", "ename": "RuntimeError", "evalue": "CUDA out of memory"},
    )
    (reading,) = notebook.read("a.ipynb", standard.dumps({"cells": [cell(*outputs)], "nbformat": 4}).encode())
    series = {one.name: one for one in reading.series}
    assert series["Training Loss"].values.tolist() == [0.5, 0.25]
    assert series["Validation Loss"].values.tolist() == [0.75]
    assert series["Validation Loss"].step is not None
    assert series["Validation Loss"].step.tolist() == [20]
    assert [event.kind for event in reading.events] == ["out_of_memory"]


EXPORT = """run,attempt,series,split,role,step,epoch,time,seq,value,path,line
a,0,loss,train,loss,10,1.0,,0,0.5,a/log.csv,2
a,0,val_loss,val,loss,10,1.0,,0,0.75,a/log.csv,2
a,0,loss,train,loss,20,2.0,,1,nan,a/log.csv,3
a,1,loss,train,loss,10,1.0,,2,0.25,a/log.csv,4
b,0,loss,,loss,,,5.5,7,1e-30,b/log.txt,
"""


def check_export(found: tuple[Reading, ...]) -> None:
    a, b = found
    loss, val = a.series
    assert (a.group, loss.name, loss.split, loss.path, val.split) == ("a", "loss", "train", "a/log.csv", "val")
    assert np.array_equal(loss.values, [0.5, np.nan, 0.25], equal_nan=True)
    assert loss.step is not None
    assert loss.attempt is not None
    assert loss.line is not None
    assert (loss.seq.tolist(), loss.step.tolist()) == ([0, 1, 2], [10, 20, 10])
    assert (loss.attempt.tolist(), loss.line.tolist()) == ([0, 0, 1], [2, 3, 4])
    (other,) = b.series
    assert other.time is not None
    assert (other.values.tolist(), other.seq.tolist(), other.time.tolist()) == ([1e-30], [7], [5.5])
    assert (other.step, other.split) == (None, None)


def test_an_exported_table_reads_back_as_it_was() -> None:
    check_export(csv.read("out.csv", EXPORT.encode()))


def test_exported_lines_read_back_as_they_were() -> None:
    header, *rows = [line.split(",") for line in EXPORT.splitlines()]
    numeric = {"attempt", "step", "epoch", "time", "seq", "line"}
    lines = []
    for row in rows:
        record: dict[str, object] = {
            key: (float(cell) if key in numeric else cell) if cell else None for key, cell in zip(header, row, strict=True)
        }
        value = str(record["value"])
        record["value"] = value if value == "nan" else float(value)
        lines.append(standard.dumps(record))
    check_export(json.read("out.jsonl", ("\n".join(lines) + "\n").encode()))


def test_an_export_to_parquet_reads_back_as_it_was() -> None:
    pyarrow = pytest.importorskip("pyarrow")
    pytest.importorskip("pyarrow.parquet")
    header, *rows = [line.split(",") for line in EXPORT.splitlines()]
    words = {"run", "series", "split", "role", "path"}
    columns = {
        name: [None if not row[i] else row[i] if name in words else float(row[i]) for row in rows] for i, name in enumerate(header)
    }
    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), out)
    assert parquet.claims("points.parquet", out.getvalue())
    check_export(parquet.read("points.parquet", out.getvalue()))
    (cut,) = parquet.read("points.parquet", out.getvalue()[:-50])
    assert [problem.kind for problem in cut.problems] == ["unreadable"]
