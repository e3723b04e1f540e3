"""Trackers' own stores and exports: SwanLab, trackio, ClearML, Aim, Comet. Each is held against the values that were logged."""

from __future__ import annotations

import json
import sqlite3
import struct
import zlib
from pathlib import Path

import pytest

from loglint.model import Reading, Series
from loglint.readers import config, csv, sqlite, swanlab
from loglint.readers import json as json_reader

LOSS = [2.5, 1.25, float("nan"), 0.5]
ACCURACY = [0.1, 0.4, 0.6, 0.7]


def by_name(reading: Reading) -> dict[str, Series]:
    return {series.name: series for series in reading.series}


def same(values: list[float], expected: list[float]) -> bool:
    return list(map(repr, values)) == list(map(repr, expected))


# ---------------------------------------------------------------- SwanLab


def log_file(records: list[bytes], version: int = 2) -> bytes:
    """Records as SwanLab's writer lays them out (LevelDB's log format), long ones over several blocks."""
    out = bytearray(struct.pack("<4sHB", b":SWL", 0xE1D6, version))

    def piece(payload: bytes, kind: int) -> None:
        out.extend(struct.pack("<IHB", zlib.crc32(payload, zlib.crc32(bytes([kind]))), len(payload), kind) + payload)

    for record in records:
        room = 32768 - len(out) % 32768
        if room < 7:
            out.extend(bytes(room))
            room = 32768
        if len(record) + 7 <= room:
            piece(record, 1)
            continue
        piece(record[: room - 7], 2)
        rest = record[room - 7 :]
        while len(rest) > 32761:
            piece(rest[:32761], 3)
            rest = rest[32761:]
        piece(rest, 4)
    return bytes(out)


def field(number: int, kind: int, payload: bytes) -> bytes:
    return varint(number << 3 | kind) + (varint(len(payload)) + payload if kind == 2 else payload)


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def scalar(name: str, value: float, step: int) -> bytes:
    stamp = field(1, 0, varint(1_700_000_000 + step))
    number = field(5, 2, field(1, 1, struct.pack("<d", value)) if value else b"")
    return field(13, 2, field(1, 2, name.encode()) + (field(2, 0, varint(step)) if step else b"") + field(4, 2, stamp) + number)


def in_json(name: str, value: float | str, step: int) -> bytes:
    metric = {"index": step, "data": value, "create_time": f"2024-01-01T00:00:0{step}+00:00"}
    return json.dumps({"model_type": "SCALAR", "data": {"metric": metric, "key": name, "step": step, "epoch": step + 1}}).encode()


def test_swanlab_scalars_are_read_from_protocol_buffers() -> None:
    records = [record for i in range(4) for record in (scalar("train/loss", LOSS[i], i), scalar("__swanlab__.cpu", 5.0, i))]
    data = log_file([field(12, 2, field(3, 2, b"train/loss")), *records, scalar("zero", 0.0, 0)])
    assert swanlab.claims("run-1.swanlab", data)
    (reading,) = swanlab.read("run-1.swanlab", data)
    found = by_name(reading)
    assert set(found) == {"train/loss", "zero"}
    assert same(found["train/loss"].values.tolist(), LOSS)
    assert found["train/loss"].step is not None
    assert found["train/loss"].step.tolist() == [0, 1, 2, 3]
    assert found["train/loss"].time is not None
    assert found["train/loss"].time.tolist() == [1_700_000_000 + i for i in range(4)]
    assert found["zero"].values.tolist() == [0.0]
    assert reading.problems == ()


def test_swanlab_scalars_are_read_from_json_records() -> None:
    header = json.dumps({"model_type": "HEADER", "data": {"version": "0.6.4"}}).encode()
    data = log_file([header, *(in_json("val/loss", "NaN" if v != v else v, i) for i, v in enumerate(LOSS))], version=1)
    (reading,) = swanlab.read("backup.swanlab", data)
    series = by_name(reading)["val/loss"]
    assert same(series.values.tolist(), LOSS)
    assert series.step is not None
    assert series.step.tolist() == [0, 1, 2, 3]


def test_a_swanlab_record_over_several_blocks_is_put_together_and_a_damaged_one_costs_itself_only() -> None:
    long = json.dumps({"model_type": "LOG", "data": {"message": "x" * 70_000}}).encode()
    data = log_file([scalar("loss", 1.0, 0), long, scalar("loss", 0.5, 1)])
    assert by_name(swanlab.read("a", data)[0])["loss"].values.tolist() == [1.0, 0.5]
    damaged = bytearray(data)
    damaged[20] ^= 1
    (reading,) = swanlab.read("a", bytes(damaged))
    assert by_name(reading)["loss"].values.tolist() == [0.5]
    assert [problem.kind for problem in reading.problems] == ["checksum"]


def test_a_swanlab_run_that_failed_says_so() -> None:
    finish = field(11, 2, field(1, 0, varint(2)) + field(2, 2, b"Traceback\nValueError: bad batch"))
    (reading,) = swanlab.read("a", log_file([scalar("loss", 1.0, 0), finish]))
    assert [(event.kind, event.message, event.seq) for event in reading.events] == [("traceback", "ValueError: bad batch", 0)]


def test_swanlab_lines_are_named_by_their_folder_and_belong_to_the_run_above() -> None:
    path = "swanlog/run-20240101-abc/logs/train%2Floss/1000.log"
    lines = "".join(
        json.dumps({"index": i * 10, "data": v, "create_time": f"2024-01-01T00:00:0{i}Z"}) + "\n" for i, v in enumerate(LOSS)
    )
    assert json_reader.claims(path, lines.encode())
    (reading,) = json_reader.read(path, lines.encode())
    assert reading.folder == "swanlog/run-20240101-abc"
    series = by_name(reading)["train/loss"]
    assert same(series.values.tolist(), LOSS)
    assert series.step is not None
    assert series.step.tolist() == [0, 10, 20, 30]


def test_swanlab_settings_are_unwrapped() -> None:
    (reading,) = config.read("run/files/config.yaml", b"lr:\n  desc: ''\n  sort: 0\n  value: 0.01\n")
    assert reading.config == {"lr": 0.01}


# ---------------------------------------------------------------- trackio


def test_trackio_runs_of_one_name_are_told_apart_by_their_id(tmp_path: Path) -> None:
    file = tmp_path / "project.db"
    connection = sqlite3.connect(file)
    connection.execute(
        "CREATE TABLE metrics (id INTEGER PRIMARY KEY, run_id TEXT, timestamp TEXT, run_name TEXT, step INTEGER, metrics TEXT)"
    )
    connection.execute("CREATE TABLE configs (id INTEGER PRIMARY KEY, run_id TEXT, run_name TEXT, config TEXT)")
    for run, rate in (("a1", 0.1), ("b2", 0.2)):
        connection.execute("INSERT INTO configs(run_id, run_name, config) VALUES (?, 'fish', ?)", (run, json.dumps({"lr": rate})))
        for i, value in enumerate(ACCURACY):
            row = (run, f"2024-01-01T00:00:0{i}+00:00", i, json.dumps({"train/loss": value * rate}))
            connection.execute("INSERT INTO metrics(run_id, timestamp, run_name, step, metrics) VALUES (?, ?, 'fish', ?, ?)", row)
    connection.commit()
    connection.close()
    readings = sqlite.read("project.db", file.read_bytes())
    assert [reading.config for reading in readings] == [{"lr": 0.1}, {"lr": 0.2}]
    for reading, rate in zip(readings, (0.1, 0.2), strict=True):
        assert by_name(reading)["train/loss"].values.tolist() == [value * rate for value in ACCURACY]
    assert len({reading.group for reading in readings}) == 2


# ---------------------------------------------------------------- ClearML


def test_clearml_scalars_are_curves_named_by_graph_and_series() -> None:
    graph = {"x": [0, 10, 20, 30], "y": [2.5, 1.25, 0.75, 0.5]}
    value = {"loss": {"train": {"name": "train", **graph}, "val": graph}, ":monitor:gpu": {"gpu_0_utilization": graph}}
    (reading,) = json_reader.read("scalars.json", json.dumps(value).encode())
    found = by_name(reading)
    assert set(found) == {"loss/train", "loss/val", ":monitor:gpu/gpu_0_utilization"}
    assert found["loss/train"].values.tolist() == graph["y"]
    assert found["loss/train"].step is not None
    assert found["loss/train"].step.tolist() == graph["x"]
    assert reading.source.framework == "ClearML"


def test_clearml_offline_events_are_one_point_each() -> None:
    def event(variant: str, i: int) -> dict[str, object]:
        return {
            "type": "training_stats_scalar",
            "timestamp": 1_700_000_000_000 + i,
            "iter": i,
            "metric": "loss",
            "variant": variant,
            "value": LOSS[i],
        }

    data = "".join(json.dumps([event("train", i), event("val", i)]) + "\n" for i in range(4)).encode()
    assert json_reader.claims("metrics.jsonl", data)
    (reading,) = json_reader.read("metrics.jsonl", data)
    found = by_name(reading)
    assert set(found) == {"loss/train", "loss/val"}
    for series in found.values():
        assert same(series.values.tolist(), LOSS)
        assert series.step is not None
        assert series.step.tolist() == [0, 1, 2, 3]
        assert series.time is not None
        assert series.time.tolist() == pytest.approx([1_700_000_000 + i / 1000 for i in range(4)])
    (cut,) = json_reader.read("metrics.jsonl", data[:-20])
    assert [len(series) for series in cut.series] == [3, 3]
    assert [problem.kind for problem in cut.problems] == ["truncated"]


def test_a_plotly_figure_is_read_under_its_title_and_its_x_axis() -> None:
    trace = {"type": "scatter", "name": "validation", "x": [1, 2, 3, 4], "y": [*LOSS[:2], None, 0.5]}
    figure = {"data": [trace], "layout": {"title": {"text": "loss"}, "xaxis": {"title": {"text": "Epoch"}}}}
    (reading,) = json_reader.read("figure.json", json.dumps(figure).encode())
    (series,) = reading.series
    assert series.name == "loss/validation"
    assert series.values.tolist() == [2.5, 1.25, 0.5]
    assert series.epoch is not None
    assert series.epoch.tolist() == [1, 2, 4]


def test_a_plot_of_something_else_is_no_log() -> None:
    figure = {"data": [{"name": "height", "x": [1, 2, 3], "y": [3, 4, 5]}], "layout": {"title": "growth of plants"}}
    assert json_reader.read("figure.json", json.dumps(figure).encode()) == ()


# ---------------------------------------------------------------- Aim, Comet, Ray


def test_aims_frame_of_metrics_is_one_run_for_each_hash() -> None:
    values = [1 - i / 20 for i in range(12)]
    header = "idx,step,value,epoch,time,run.hash,run.hparams.lr,metric.name,metric.context.subset\n"
    rows = [
        f"{i},{i * 10},{value},{i},2024-01-01 00:00:{i:02d},{run},{rate},loss,{subset}\n"
        for run, rate in (("abc", 0.1), ("def", 0.2))
        for subset in ("train", "val")
        for i, value in enumerate(values)
    ]
    readings = csv.read("metrics.csv", (header + "".join(rows)).encode())
    assert [reading.group for reading in readings] == ["abc", "def"]
    assert [reading.config["lr"] for reading in readings] == [0.1, 0.2]
    for reading in readings:
        assert [(series.name, series.split) for series in reading.series] == [("train/loss", "train"), ("val/loss", "val")]
        for series in reading.series:
            assert series.values.tolist() == values
            assert series.step is not None
            assert series.step.tolist() == [i * 10 for i in range(12)]


def test_comets_records_are_named_by_their_metric() -> None:
    records = [
        {"metricName": "train_loss", "metricValue": str(v), "step": i, "timestamp": 1_700_000_000_000}
        for i, v in enumerate(ACCURACY)
    ]
    (reading,) = json_reader.read("metrics.json", json.dumps(records).encode())
    assert [(series.name, series.values.tolist()) for series in reading.series] == [("train_loss", ACCURACY)]


def test_a_setting_that_every_row_repeats_is_a_setting() -> None:
    (reading,) = csv.read("progress.csv", b"training_iteration,loss,config/lr\n1,2.5,0.1\n2,2.0,0.1\n3,1.5,0.1\n")
    assert [series.name for series in reading.series] == ["loss"]
    assert reading.config == {"lr": 0.1}
