import json
import random
import sqlite3

import numpy as np
import pytest

from loglint.readers import reader_for, sqlite

MLFLOW = """
CREATE TABLE runs (run_uuid TEXT PRIMARY KEY, name TEXT, status TEXT, start_time BIGINT, lifecycle_stage TEXT);
CREATE TABLE metrics (key TEXT NOT NULL, value REAL NOT NULL, timestamp BIGINT NOT NULL, run_uuid TEXT NOT NULL, step BIGINT,
    is_nan BOOLEAN NOT NULL,
    PRIMARY KEY (key, timestamp, step, run_uuid, value, is_nan));
CREATE TABLE params (key TEXT, value TEXT, run_uuid TEXT, PRIMARY KEY (key, run_uuid));
"""
START = 1_700_000_000_000


def database(script: str, **rows: list[tuple]) -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.executescript(script)
    for table, values in rows.items():
        connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values[0]))})", values)  # noqa: S608
    connection.commit()
    data = connection.serialize()
    connection.close()
    return data


def mlflow(metrics: list[tuple]) -> bytes:
    runs = [
        ("aaaaaaaa1", "fox", "FINISHED", START, "active"),
        ("bbbbbbbb2", "owl", "KILLED", START, "active"),
        ("c3", "cat", "FAILED", START, "deleted"),
    ]
    params = [("lr", "0.01", "aaaaaaaa1"), ("optimizer", "adam", "aaaaaaaa1"), ("amp", "True", "aaaaaaaa1")]
    return database(MLFLOW, runs=runs, metrics=metrics, params=params)


def test_runs_of_mlflow_are_told_apart_and_keep_their_order():
    rows = [
        ("loss", 2.0 - step, START + step * 1000, run, step, 0) for step in range(3) for run in ("aaaaaaaa1", "bbbbbbbb2", "c3")
    ]
    fox, owl = sqlite.read("mlflow.db", mlflow(rows))
    assert (fox.group, owl.group) == ("fox", "owl")
    (loss,) = fox.series
    assert (loss.name, loss.values.tolist(), loss.step.tolist()) == ("loss", [2.0, 1.0, 0.0], [0.0, 1.0, 2.0])
    assert loss.time.tolist() == [START / 1000 + step for step in range(3)]
    assert fox.config == {"lr": 0.01, "optimizer": "adam", "amp": True}
    assert fox.started == START / 1000
    assert (fox.source.framework, fox.problems) == ("mlflow", ())
    assert [event.kind for event in owl.events] == ["killed"]


def test_nan_and_infinity_of_mlflow_are_restored():
    rows = [
        ("loss", value, START, "aaaaaaaa1", step, flag)
        for step, (value, flag) in enumerate([(0.0, 1), (1.7976931348623157e308, 0), (-1.7976931348623157e308, 0)])
    ]
    (reading,) = sqlite.read("mlflow.db", mlflow(rows))
    values = reading.series[0].values
    assert np.isnan(values[0])
    assert values[1:].tolist() == [float("inf"), float("-inf")]


def test_step_that_was_never_given_is_no_axis():
    rows = [("loss", 1.0 / (i + 1), START + i, "aaaaaaaa1", 0, 0) for i in range(4)]
    (reading,) = sqlite.read("mlflow.db", mlflow(rows))
    assert reading.series[0].step is None
    assert reading.series[0].values.tolist() == [1.0, 0.5, 1 / 3, 0.25]


def test_runs_of_one_name_get_distinct_groups():
    runs = [("aaaaaaaa1", "fox", "FINISHED", START, "active"), ("bbbbbbbb2", "fox", "FINISHED", START, "active")]
    data = database(MLFLOW, runs=runs, metrics=[("loss", 1.0, START, run[0], 0, 0) for run in runs])
    assert [reading.group for reading in sqlite.read("mlflow.db", data)] == ["fox-aaaaaaaa", "fox-bbbbbbbb"]


def test_trackio_rows_become_curves_of_their_runs():
    script = """CREATE TABLE metrics (id INTEGER PRIMARY KEY, timestamp TEXT, run_name TEXT, step INTEGER, metrics TEXT);
    CREATE TABLE configs (id INTEGER PRIMARY KEY, run_name TEXT, config TEXT, created_at TEXT);"""
    rows = [
        (
            i,
            f"2025-01-01T00:00:0{i}+00:00",
            "r1",
            i,
            json.dumps({"loss": value, "val": {"acc": 0.5}, "image": {"_type": "trackio.image"}}),
        )
        for i, value in enumerate([2.0, "NaN", "Infinity"])
    ]
    configs = [(0, "r1", json.dumps({"lr": 0.1, "_Username": "somebody"}), "2025-01-01")]
    (reading,) = sqlite.read("project.db", database(script, metrics=rows, configs=configs))
    loss, accuracy = reading.series
    assert (loss.name, loss.values[0], loss.values[2]) == ("loss", 2.0, float("inf"))
    assert np.isnan(loss.values[1])
    assert np.diff(loss.time).tolist() == [1.0, 1.0]
    assert (accuracy.name, accuracy.values.tolist()) == ("val.acc", [0.5] * 3)
    assert (reading.group, reading.config, reading.source.framework) == ("r1", {"lr": 0.1}, "trackio")


def test_table_of_name_step_and_value_is_read_whoever_wrote_it():
    rows = [("run-a", "train_loss", epoch, 1.0 - epoch / 10) for epoch in range(4)]
    (reading,) = sqlite.read("x.sqlite", database("CREATE TABLE log (run TEXT, metric TEXT, epoch INT, value REAL)", log=rows))
    assert reading.group == "run-a"
    assert (reading.series[0].epoch.tolist(), reading.series[0].step) == ([0.0, 1.0, 2.0, 3.0], None)


def test_database_of_something_else_is_no_log():
    (reading,) = sqlite.read("x.db", database("CREATE TABLE users (name TEXT, age INT)", users=[("a", 1)]))
    assert reading.series == ()
    assert [problem.kind for problem in reading.problems] == ["not_a_log"]


def test_views_and_triggers_are_never_run():
    view = "CREATE VIEW metrics AS SELECT 'loss' AS key, load_extension('x') AS value, 1 AS step, 'r' AS run_uuid, 0 AS is_nan"
    script = f"CREATE TABLE t (x); {view}"
    (reading,) = sqlite.read("x.db", database(script, t=[(1,)]))
    assert reading.series == ()
    assert [problem.kind for problem in reading.problems] == ["not_a_log"]


def test_write_ahead_mode_is_opened(tmp_path):
    path = tmp_path / "m.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.executescript(
        "CREATE TABLE log (run TEXT, metric TEXT, step INT, value REAL); INSERT INTO log VALUES ('r', 'loss', 1, 2.0)"
    )
    connection.close()
    data = path.read_bytes()
    assert data[18:20] == b"\x02\x02"
    (reading,) = sqlite.read("m.db", data)
    assert reading.series[0].values.tolist() == [2.0]


@pytest.mark.parametrize("cut", [20, 100, 4000, 4096, 9000, 20000])
def test_cut_databases_are_said_to_be_cut(cut):
    rows = [("loss", float(step), START, "aaaaaaaa1", step, 0) for step in range(2000)]
    data = mlflow(rows)
    assert len(data) > 20000
    readings = sqlite.read("mlflow.db", data[:cut])
    found = [problem.kind for reading in readings for problem in reading.problems]
    assert found in (["truncated"], ["unreadable"])
    assert all(
        value == step for reading in readings for one in reading.series for step, value in zip(one.step, one.values, strict=True)
    )


def test_claims_by_content():
    data = database("CREATE TABLE t (x)")
    assert reader_for("any.name", data[:65536]) is sqlite
    assert not sqlite.claims("x.db", b"plain text")


def test_damaged_databases_never_raise():
    whole = mlflow([("loss", float(step), START, "aaaaaaaa1", step, 0) for step in range(300)])
    for seed in range(150):
        rng, damaged = random.Random(seed), bytearray(whole)
        for _ in range(rng.randrange(1, 40)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        assert sqlite.read("mlflow.db", bytes(damaged))
