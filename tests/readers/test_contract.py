"""What every reader promises: order, NaN and duplicates kept; a cut never invents a point; no bytes make it raise."""

from __future__ import annotations

import json
from importlib import import_module, util
from typing import cast

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.formats.binary import BINARY
from loglint.model import Reading
from loglint.readers import MODULES, BlockReader, Reader, reader_for

NAN = float("nan")
VALUES = [2.5, 2.25, NAN, 2.25, 1.125, 1.0625]
STEPS = [10, 20, 30, 30, 40, 50]
ROWS = list(zip(STEPS, VALUES, strict=True))
STATE = {"best_metric": None, "log_history": [{"step": step, "loss": value} for step, value in ROWS], "max_steps": 50}
NOTEBOOK = {
    "cells": [
        {
            "cell_type": "code",
            "outputs": [{"output_type": "stream", "name": "stdout", "text": [f"step {s}: loss {v}\n" for s, v in ROWS]}],
        },
    ],
    "nbformat": 4,
}
SAMPLES: dict[str, tuple[str, str, bytes]] = {
    "csv": ("csv", "log.csv", ("step,loss\n" + "".join(f"{s},{v}\n" for s, v in ROWS)).encode()),
    "csv with quotes": ("csv", "log.csv", ('"step","loss"\r\n' + "".join(f'"{s}","{v}"\r\n' for s, v in ROWS)).encode()),
    "csv without a last line end": ("csv", "log.csv", ("step,loss,z\n" + "\n".join(f"{s},{v},0.500" for s, v in ROWS)).encode()),
    "table": ("csv", "log.txt", ("step   loss\n" + "".join(f"{s:4d} {v:7.4f}\n" for s, v in ROWS)).encode()),
    "json lines": ("json", "log.jsonl", "".join(json.dumps({"step": s, "loss": v}) + "\n" for s, v in ROWS).encode()),
    "trainer state": ("json", "trainer_state.json", json.dumps(STATE, indent=1).encode()),
    "history": ("json", "history.json", json.dumps({"step": STEPS, "loss": VALUES}).encode()),
    "mlflow": (
        "mlflow",
        "mlruns/0/1/metrics/loss",
        "".join(f"160000000000{i} {v} {s}\n" for i, (s, v) in enumerate(ROWS)).encode(),
    ),
    "text": ("text", "train.log", "".join(f"step {s}: loss {v}, lr 0.1\n" for s, v in ROWS).encode()),
    "notebook": ("notebook", "a.ipynb", json.dumps(NOTEBOOK).encode()),
    **{name: (name, path, build(ROWS)) for name, (_, path, build) in BINARY.items()},
}
ALL_OR_NOTHING = ("parquet", "sqlite")  # what they hold is found from a place that a cut may take away
NEGATIVES = {
    "README.md": b"# A model\n\n| model | accuracy |\n|---|---|\n| a | 0.9 |\n| b | 0.8 |\n\nTrain loss goes down.\n",
    "train.py": b'for epoch in range(3):\n    print(f"epoch {epoch} loss {loss}")\n    step += 1\n',
    "messages": b"Jun 14 15:16:01 combo sshd(pam_unix)[19939]: authentication failure; uid=0 euid=0\n" * 5,
    "iris.csv": b"sepal_length,sepal_width,species\n5.1,3.5,setosa\n4.9,3.0,setosa\n",
    "package.json": b'{"name": "x", "version": "1.0.0", "loss": "none"}',
    "empty.log": b"",
}


MAGIC = {name: build(ROWS)[:16] for name, (_, _, build) in BINARY.items()}  # what makes a reader look further


def reader_named(name: str) -> Reader:
    if util.find_spec(f"loglint.readers.{name}") is None:
        pytest.skip(f"there is no reader {name}")
    return cast(Reader, import_module(f"loglint.readers.{name}"))


def losses(readings: tuple[Reading, ...]) -> list[tuple[list[float], list[float]]]:
    """(values, steps) of the loss curves."""
    return [
        (series.values.tolist(), series.step.tolist() if series.step is not None else [])
        for reading in readings
        for series in reading.series
        if "loss" in series.name
    ]


@pytest.mark.parametrize("sample", SAMPLES)
def test_order_nan_and_duplicates_are_kept(sample: str) -> None:
    name, path, data = SAMPLES[sample]
    reader = reader_named(name)
    assert reader.claims(path, data)
    ((values, steps),) = losses(reader.read(path, data))
    assert np.array_equal(values, VALUES, equal_nan=True)
    assert steps == STEPS


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_cut_at_any_byte_gives_the_points_before_it_and_no_other(sample: str) -> None:
    name, path, data = SAMPLES[sample]
    reader = reader_named(name)
    most = 0
    for end in range(len(data)):
        for values, _ in losses(reader.read(path, data[:end])):
            if name == "text":  # a quoted excerpt often ends without a line end, so the last line of prose is read as it stands
                values = values[: len(values) - (not data[:end].endswith(b"\n"))]
            if name == "sqlite":  # a page is filled from its end, so a cut may leave later rows; none of them may be new
                assert set(map(repr, values)) <= set(map(repr, VALUES)), data[:end][-40:]
                continue
            assert np.array_equal(values, VALUES[: len(values)], equal_nan=True), data[:end][-40:]
            most = max(most, len(values))
    assert most >= len(VALUES) - 1 or sample in ALL_OR_NOTHING


@pytest.mark.parametrize("sample", [one for one, (name, *_) in SAMPLES.items() if isinstance(reader_named(name), BlockReader)])
def test_blocks_give_what_the_whole_gives(sample: str) -> None:
    name, path, data = SAMPLES[sample]
    reader = cast(BlockReader, reader_named(name))
    for length in (1, 7, 100):
        blocks = [data[start : start + length] for start in range(0, len(data), length)]
        assert repr(reader.read_blocks(path, blocks)) == repr(reader.read(path, data))


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_reader_that_claims_a_file_is_the_one_for_it(sample: str) -> None:
    name, path, data = SAMPLES[sample]
    missing = [one for one in MODULES if util.find_spec(f"loglint.readers.{one}") is None]
    if missing:
        pytest.skip(f"not there yet: {', '.join(missing)}")
    found = reader_for(path, data)
    assert found is not None
    assert found.__name__.endswith(f".{name}")  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", NEGATIVES)
@pytest.mark.parametrize("name", MODULES)
def test_what_is_no_log_gives_no_curve(name: str, path: str) -> None:
    reader = reader_named(name)
    if reader.claims(path, NEGATIVES[path]):
        assert [reading for reading in reader.read(path, NEGATIVES[path]) if reading.series] == []


@pytest.mark.parametrize("name", MODULES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=400))
def test_arbitrary_bytes_never_raise(name: str, data: bytes) -> None:
    reader = reader_named(name)
    for path in ("x", "x.csv", "x.json", "config.yaml", "a/metrics/x"):
        reader.claims(path, data)
    magic = MAGIC.get(name, b"")
    reader.read("x", data)
    reader.read("x", magic + data)


@pytest.mark.parametrize("sample", SAMPLES)
@settings(max_examples=40, deadline=None)
@given(places=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4))
def test_damaged_bytes_never_raise(sample: str, places: list[tuple[float, int]]) -> None:
    name, path, data = SAMPLES[sample]
    reader = reader_named(name)
    damaged = bytearray(data)
    for place, byte in places:
        damaged[int(place * len(data))] = byte
    reader.claims(path, bytes(damaged))
    reader.read(path, bytes(damaged))


TOKENS = [
    b"1e999",
    b"-inf",
    b"nan",
    b"9" * 400,
    b"null",
    b"[]",
    b"{}",
    b'"',
    b",",
    b"\n",
    b"|",
    b"\t",
    b"\x00",
    b"\xff\xfe",
    b"loss",
    b"step",
    b"-1",
    b"#",
]


@pytest.mark.parametrize("sample", SAMPLES)
@settings(max_examples=60, deadline=None)
@given(places=st.lists(st.tuples(st.floats(0, 1), st.sampled_from(TOKENS), st.integers(0, 6)), min_size=1, max_size=4))
def test_odd_words_in_the_middle_never_raise(sample: str, places: list[tuple[float, bytes, int]]) -> None:
    name, path, data = SAMPLES[sample]
    reader = reader_named(name)
    for place, token, dropped in places:
        at = int(place * len(data))
        data = data[:at] + token + data[at + dropped :]
    reader.claims(path, data)
    reader.read(path, data)
