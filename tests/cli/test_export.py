from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest

from loglint.corridor import collect
from loglint.errors import ConfigError
from loglint.export import write
from loglint.leftout import EXPORT_COLUMNS
from loglint.model import Role, Run, Series

VALUES = [0.1, 1 / 3, 5e-324, 1.7976931348623157e308, -0.0, float("nan"), float("inf"), float("-inf"), 123456789.123456789]


def runs() -> tuple[Run, ...]:
    n = len(VALUES)
    step = np.arange(n, dtype=np.float64)
    step[3] = np.nan
    role = Role("loss", split="train")
    whole = Series('loss, "raw"', np.array(VALUES), np.arange(n), step=step, line=np.arange(n) + 2, path="a.csv", role=role)
    bare = Series("acc", np.array([1.0, 2.0]), np.arange(2), time=np.array([1700000000.125, np.nan]), attempt=np.array([0, 1]))
    return (Run("a", "a", series=(whole, bare)),)


def read(path: Path) -> list[dict[str, object]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    import pyarrow.parquet as pq

    return pq.read_table(path).to_pylist()


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_every_float_comes_back_exactly_and_missing_is_not_nan(tmp_path, suffix):
    assert write(tmp_path / f"out{suffix}", runs()) == len(VALUES) + 2
    rows = read(tmp_path / f"out{suffix}")
    assert list(rows[0]) == list(EXPORT_COLUMNS)
    found = [float(row["value"]) for row in rows[: len(VALUES)]]
    assert [math.copysign(1, value) for value in found[:5]] == [1, 1, 1, 1, -1]
    np.testing.assert_array_equal(found, VALUES)
    blank = "" if suffix == ".csv" else None
    assert (rows[3]["step"], rows[0]["epoch"], rows[-1]["time"], rows[-1]["line"]) == (blank, blank, blank, blank)
    assert float(rows[-2]["time"]) == 1700000000.125
    assert [rows[0][name] for name in ("series", "split", "role", "path")] == ['loss, "raw"', "train", "loss", "a.csv"]
    assert int(rows[0]["line"]) == 2
    assert [int(row["attempt"]) for row in rows[-2:]] == [0, 1]


def test_an_unknown_suffix_is_refused_naming_the_known_ones(tmp_path):
    with pytest.raises(ConfigError, match=r"\.parquet"):
        write(tmp_path / "out.xlsx", runs())


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_reading_an_export_gives_the_curves_that_were_exported(tmp_path, monkeypatch, suffix):
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        rows = "".join(f"{i},{2.3 * 0.95**i!r},{'nan' if i == 7 else i / 40}\n" for i in range(40))
        (tmp_path / name).mkdir()
        (tmp_path / name / "m.csv").write_text("epoch,train_loss,val_acc\n" + rows, "utf-8")
    first = collect(["a", "b"]).runs
    write(tmp_path / f"out{suffix}", first)
    again = collect([f"out{suffix}"]).runs
    assert [run.id for run in again] == [run.id for run in first]
    for mine, theirs in zip(again, first, strict=True):
        assert [(s.name, s.role.place) for s in mine.series] == [(s.name, s.role.place) for s in theirs.series]
        for one, other in zip(mine.series, theirs.series, strict=True):
            np.testing.assert_array_equal(one.values, other.values)
            np.testing.assert_array_equal(one.epoch, other.epoch)
            np.testing.assert_array_equal(one.line, other.line)
