"""What reports keep of a curve for drawing: every extreme, every non-finite point, and where attempts begin."""

from __future__ import annotations

import numpy as np
import pytest

from loglint.describe import BUCKETS, SAMPLE, bucket_starts, buckets_for, describe_series, medians
from loglint.engine import judge_run
from loglint.given import from_mapping
from loglint.model import Attempt, Run, Series
from loglint.rulebook import load_rules


def told(values: np.ndarray, attempts: list[int]) -> tuple[Run, Series]:
    number = np.repeat(np.arange(len(attempts)), attempts)
    series = Series("loss", values, np.arange(len(values)), step=np.arange(len(values), dtype=float), attempt=number)
    return Run("r", "r", series=(series,), attempts=tuple(Attempt(i, "again") for i in range(len(attempts)))), series


@pytest.mark.parametrize("points", [1, 399, 400, 5_000])
def test_no_extreme_and_no_nan_is_lost(points: int) -> None:
    values = np.random.default_rng(1).normal(size=points)
    values[points // 2] = np.nan
    run, series = told(values, [points])
    sketch = describe_series(series, run).sketch
    assert len(sketch) == min(points, BUCKETS)
    assert sum(bucket[3] for bucket in sketch) == 1
    if points > 1:
        assert min(b[1] for b in sketch if b[1] is not None) == np.nanmin(values)
        assert max(b[2] for b in sketch if b[2] is not None) == np.nanmax(values)


def test_curves_of_thousands_of_files_are_kept_in_fewer_buckets() -> None:
    assert [buckets_for(files) for files in (0, 1, 1_000, 2_000, 5_000, 100_000)] == [BUCKETS, BUCKETS, BUCKETS, 200, 80, 60]


def test_an_attempt_begins_with_a_bucket_of_its_own() -> None:
    run, series = told(np.arange(5_000.0), [1_234, 3_766])
    info = describe_series(series, run)
    first, second = info.attempts
    assert (first.number, first.bucket, second.number) == (0, 0, 1)
    assert info.sketch[second.bucket][:2] == (1_234, 1_234)
    assert len(info.sketch) <= BUCKETS


@pytest.mark.parametrize("points", [401, 1_000, 25_600, 40_000])
def test_the_middle_is_the_median_of_evenly_spaced_points(points: int) -> None:
    y = np.random.default_rng(1).normal(size=points)
    starts = bucket_starts(points, [0])
    for start, end, middle in zip(starts, [*starts[1:], points], medians(y, starts), strict=True):
        size = end - start
        chosen = y[start:end] if size <= SAMPLE else y[start + np.arange(SAMPLE) * size // SAMPLE]
        assert middle == sorted(chosen)[(len(chosen) - 1) // 2]


def test_a_bucket_without_a_finite_point_has_no_middle_and_a_short_curve_needs_none() -> None:
    run, series = told(np.where(np.arange(4_000) < 2_000, 1.0, np.nan), [4_000])
    info = describe_series(series, run)
    assert (set(info.sketch_middle[:200]), set(info.sketch_middle[200:])) == ({1}, {None})
    assert describe_series(told(np.array([3.0, np.nan]), [2])[1], run).sketch_middle == ()


def test_the_buckets_are_placed_on_every_axis_of_the_log() -> None:
    n = np.arange(1_000)
    series = Series("loss", np.ones(1_000), n, step=n * 10.0, epoch=n / 100)
    info = describe_series(series, Run("r", "r"))
    starts = bucket_starts(1_000, [0])
    assert (info.axis, [row[0] for row in info.sketch]) == ("step", (10 * starts).tolist())
    assert info.sketch_axes == {"epoch": pytest.approx(starts / 100)}


def test_a_finding_names_the_curves_it_was_judged_on_and_the_heights_among_its_numbers() -> None:
    epochs = np.arange(60)
    val = np.where(epochs < 20, 2.3 - 0.05 * epochs, 1.3 + 0.03 * (epochs - 20))
    (run,) = from_mapping({"train_loss": 2.3 - 0.03 * epochs, "val_loss": val}, "r")
    (found,) = [f for f in judge_run(run, load_rules()).findings if f.rule == "GEN001"]
    assert found.inputs == {"val": "val_loss", "train": "train_loss"}
    assert set(found.levels) == {"best", "tail"}
    assert all(val.min() <= found.evidence[name] <= val.max() for name in found.levels)


def test_heights_on_a_mirrored_curve_are_in_the_unit_logged() -> None:
    accuracy = 0.9 - 0.5 * np.exp(-np.arange(80) / 15)
    accuracy[50] = 0.1
    (run,) = from_mapping({"train_acc": accuracy}, "r")
    spikes = [f for f in judge_run(run, load_rules()).findings if f.rule == "STA002"]
    assert [(f.evidence["value"], f.levels) for f in spikes] == [(pytest.approx(0.1), ("value", "usual"))]
