"""The way in: files on disk, mappings and tables -> runs with roles; what is said of files that are no logs."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import loglint
from benchmarks.performance.inputs import events
from loglint import corridor
from loglint.corridor import Settings, TextPattern, collect, iter_runs, plan, read_batch
from loglint.errors import InputError
from loglint.given import from_dataframe, from_mapping
from loglint.model import Problem
from loglint.planned import SWEEP
from loglint.roles import UserRole

LOG = "".join(f"epoch {i} train_loss: {3 / i:.4f} val_loss: {3 / i + 0.1:.4f}\n" for i in range(1, 13))
CSV = "epoch,loss,val_loss\n" + "".join(f"{i},{3 / (i + 1):.5f},{3 / (i + 1) + 0.1:.5f}\n" for i in range(12))


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def places(root: Path, **more: object) -> dict[str, dict[str, int]]:
    found = collect((str(root),), Settings(root=root, **more))  # type: ignore[arg-type]
    return {run.id: {one.role.place: len(one) for one in run.series} for run in found.runs}


def test_a_folder_of_runs_becomes_runs_with_roles(tmp_path: Path) -> None:
    write(tmp_path, {"a/log.txt": LOG, "b/training.csv": CSV, "b/params.yaml": "lr: 0.1\n"})
    found = collect((str(tmp_path),), Settings(root=tmp_path))
    assert places(tmp_path) == {
        "a": {"train/loss": 12, "val/loss": 12},
        "b": {"train/loss": 12, "val/loss": 12},
    }
    assert found.files == 3
    assert found.bytes == len(LOG) + len(CSV) + len("lr: 0.1\n")
    assert {run.id: dict(run.config) for run in found.runs}["b"] == {"lr": 0.1}


def test_batches_are_read_one_folder_at_a_time(tmp_path: Path) -> None:
    write(tmp_path, {f"run_{i}/log.txt": LOG for i in range(4)})
    batches = list(iter_runs((str(tmp_path),), Settings(root=tmp_path)))
    assert [[run.id for run in batch.runs] for batch in batches] == [[f"run_{i}"] for i in range(4)]


def test_lists_that_are_read_some_at_a_time_give_what_each_gives_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corridor, "SOME_LISTS", 4)
    for i in range(11):
        path = tmp_path / f"run_{i:02}" / "events.out.tfevents.1"
        events(path, 240 + 8 * i, seed=i)
        if i % 4 == 2:
            path.write_bytes(path.read_bytes()[: -100 * i] + b"x" * 30)
    write(tmp_path, {"run_03/events.out.tfevents.1": b"", "run_05/params.yaml": "lr: 0.1\n", "run_08/notes.log": "nothing here\n"})
    asked = Settings(root=tmp_path)
    together = list(iter_runs((str(tmp_path),), asked))
    alone = [read_batch(files, asked) for files in plan((str(tmp_path),), asked)]
    assert [[run.id for run in batch.runs] for batch in together] == [[f"run_{i:02}"] if i != 3 else [] for i in range(11)]
    assert [run.problems != () for batch in together for run in batch.runs].count(True) == 3
    for one, other in zip(together, alone, strict=True):
        assert (one.problems, one.files, one.bytes, one.unread) == (other.problems, other.files, other.bytes, other.unread)
        for run, same in zip(one.runs, other.runs, strict=True):
            assert (run.id, run.config, run.problems, run.attempts) == (same.id, same.config, same.problems, same.attempts)
            for curve, its in zip(run.series, same.series, strict=True):
                assert (curve.name, curve.role) == (its.name, its.role)
                for held in ("values", "step", "time", "seq"):
                    assert np.array_equal(getattr(curve, held), getattr(its, held), equal_nan=True)


def _sweep(path: Path, runs: int) -> Path:
    for i in range(runs):
        (path / f"run{i:02}" / "logs").mkdir(parents=True)
        (path / f"run{i:02}" / "logs" / "metrics.csv").write_text("step,loss\n1,2.5\n2,2.4\n", encoding="utf-8")
    (path / "config.yaml").write_text("lr: 0.5\n", encoding="utf-8")
    return path


def test_a_file_in_the_root_of_a_sweep_does_not_hold_its_runs_together(tmp_path: Path) -> None:
    planned = list(plan([str(_sweep(tmp_path, 3 * SWEEP))], Settings(root=tmp_path)))
    assert [len(files) for files in planned] == [1] * (3 * SWEEP + 1)
    assert planned[0][0].path == "config.yaml"


@pytest.mark.parametrize(("runs", "config"), [(1, {"lr": 0.5}), (2, {}), (3 * SWEEP, {})])
def test_settings_above_belong_to_the_only_run_below_and_to_none_of_several(tmp_path: Path, runs: int, config: dict) -> None:
    found = collect([str(_sweep(tmp_path, runs))], Settings(root=tmp_path)).runs
    assert [dict(run.config) for run in found] == [config] * runs


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    write(tmp_path, {"a/log.txt": LOG})
    found = collect((str(tmp_path), str(tmp_path / "a/log.txt")), Settings(root=tmp_path))
    assert [[len(one) for one in run.series] for run in found.runs] == [[12, 12]]


def test_what_is_no_log_is_said_only_of_a_named_file(tmp_path: Path) -> None:
    write(tmp_path, {"notes.txt": "buy milk\n", "a/log.txt": LOG})
    whole = collect((str(tmp_path),), Settings(root=tmp_path))
    assert whole.problems == ()
    named = collect((str(tmp_path / "notes.txt"),), Settings(root=tmp_path))
    assert [(problem.kind, problem.path) for problem in named.problems] == [("not_a_log", "notes.txt")]
    assert named.runs == ()


def test_damage_in_a_likely_log_is_said_wherever_it_was_found(tmp_path: Path) -> None:
    write(tmp_path, {"a/train.log.gz": gzip.compress(LOG.encode())[:20], "a/log.txt": LOG})
    found = collect((str(tmp_path),), Settings(root=tmp_path))
    said = [*found.problems, *(problem for run in found.runs for problem in run.problems)]
    assert any(problem.path == "a/train.log.gz" for problem in said)


def test_a_missing_path_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere"):
        collect((str(tmp_path / "nowhere"),))


def test_the_users_roles_keys_and_globs_are_heeded(tmp_path: Path) -> None:
    write(tmp_path, {"a/log.txt": LOG, "old/log.txt": LOG})
    user = UserRole("^train_loss$", "metric.error", split="val")
    assert places(tmp_path, roles=(user,), exclude=("old/**", "old")) == {"a": {"val/metric.error": 12, "val/loss": 12}}
    keyed = collect((str(tmp_path),), Settings(root=tmp_path, run_key="[a-z]"))
    assert sorted(run.key for run in keyed.runs) == ["a", "o"]


def test_a_configuration_becomes_settings(tmp_path: Path) -> None:
    from loglint.config import Loaded, convert

    table = {"role": [{"name": "train_*", "role": "metric.error"}], "run-key": "x", "pattern": [{"regex": "(?P<loss>x)"}]}
    settings = Settings.of(Loaded(convert(table, "test"), None, tmp_path))
    assert settings.patterns == (TextPattern("(?P<loss>x)"),)
    assert settings.run_key == "x"
    assert settings.root == tmp_path
    write(tmp_path, {"a/log.txt": LOG})
    assert "train/metric.error" in {
        one.role.place for run in collect((str(tmp_path),), Settings(tmp_path, roles=settings.roles)).runs for one in run.series
    }


# ---------------------------------------------------------------- the Python API


def test_a_history_is_a_run() -> None:
    run = from_mapping({"loss": [3.0, 2.0], "val_loss": [3.0, 2.5], "model": "resnet"})[0]
    assert {one.role.place for one in run.series} == {"train/loss", "val/loss"}
    np.testing.assert_array_equal(run.series[0].epoch, [0.0, 1.0])


def test_a_mapping_keeps_its_own_axis_and_nan() -> None:
    run = from_mapping({"step": [10, 20, 30], "loss": [3.0, float("nan"), 1.0]})[0]
    np.testing.assert_array_equal(run.series[0].step, [10, 20, 30])
    assert np.isnan(run.series[0].values[1])


def test_a_mapping_without_numbers_is_refused() -> None:
    with pytest.raises(InputError, match=r"history\.history"):
        from_mapping({"name": "x"})


def test_a_dataframe_is_read_by_columns_and_in_long_form() -> None:
    wide = from_dataframe(pd.DataFrame({"epoch": [0, 1], "loss": [3.0, 2.0]}))
    assert [one.role.place for one in wide[0].series] == ["train/loss"]
    long = pd.DataFrame(
        {"run": ["a", "a", "b"], "series": ["loss"] * 3, "split": [None, None, "val"], "step": [0, 1, 0], "value": [3.0, 2.0, 1.0]}
    )
    runs = from_dataframe(long)
    assert [(run.id, run.series[0].role.place, len(run.series[0])) for run in runs] == [
        ("a", "train/loss", 2),
        ("b", "val/loss", 1),
    ]


def test_read_takes_paths_mappings_and_tables(tmp_path: Path) -> None:
    write(tmp_path, {"log.txt": LOG})
    assert len(loglint.read(tmp_path)[0].series) == 2
    assert len(loglint.read({"loss": [1.0, 2.0]})) == 1
    assert len(loglint.read(pd.DataFrame({"loss": [1.0, 2.0]}))) == 1


def test_to_pandas_gives_a_row_for_each_point() -> None:
    frame = loglint.to_pandas(loglint.read({"loss": [3.0, 2.0], "val_loss": [3.0, 2.5]})[0])
    assert len(frame) == 4
    assert set(frame.role) == {"loss"}
    assert set(frame.split) == {"train", "val"}


def test_lint_judges_a_history() -> None:
    report = loglint.lint({"loss": [2.3, 2.0, float("nan"), float("nan"), float("nan"), float("nan")]})
    assert any("nan" in finding.name for finding in report.findings)


def test_the_package_imports_nothing_heavy() -> None:
    code = "import sys, json, loglint; print(json.dumps(sorted({m.partition('.')[0] for m in sys.modules})))"
    loaded = set(json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout))
    assert not loaded & {"numpy", "pandas", "scipy", "msgspec", "click"}


def test_unknown_names_of_the_package_are_attribute_errors() -> None:
    assert loglint.Run.__name__ == "Run"
    with pytest.raises(AttributeError, match="nothing"):
        loglint.nothing  # noqa: B018


def test_files_and_lines_that_gave_nothing_are_told(tmp_path: Path) -> None:
    write(tmp_path, {"log.txt": LOG, "odd.out": "tick 0 => 0.5\ntick 1 => 0.4\n", "words.txt": "nothing here\n"})
    found = collect((str(tmp_path),), Settings(root=tmp_path))
    assert found.unread == (
        ("odd.out", 0, ""),
        ("odd.out", 1, "tick 0 => 0.5"),
        ("odd.out", 2, "tick 1 => 0.4"),
        ("words.txt", 0, ""),
    )


def test_a_pattern_for_a_file_by_its_path_reads_it_as_text_with_its_split(tmp_path: Path) -> None:
    write(tmp_path, {"odd.csv": "tick,at\n0,5e-1\n1,4e-1\n2,3e-1\n"})
    pattern = TextPattern(r"^(?P<step>\d+),(?P<loss>\S+)", "*.csv", "val")
    assert places(tmp_path, patterns=(pattern,)) == {"odd.csv": {"val/loss": 3}}


def test_large_event_files_are_read_in_blocks_and_are_whole_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "run" / "events.out.tfevents.1"
    events(place, 4000)
    whole = collect((str(tmp_path),), Settings(root=tmp_path))
    monkeypatch.setattr("loglint.pieces.BLOCK", 10_000)
    monkeypatch.setattr("loglint.discover.File.read", lambda file: pytest.fail("the whole file was read"))
    found = collect((str(tmp_path),), Settings(root=tmp_path))
    assert found.bytes == whole.bytes == place.stat().st_size
    ((before,), (after,)) = whole.runs, found.runs
    assert [one.name for one in after.series] == [one.name for one in before.series]
    assert all(np.array_equal(a.values, b.values) for a, b in zip(after.series, before.series, strict=True))
    packed = gzip.compress(place.read_bytes())
    place.unlink()
    monkeypatch.undo()
    write(tmp_path, {"run/events.out.tfevents.1.gz": packed})
    assert [len(one) for run in collect((str(tmp_path),), Settings(root=tmp_path)).runs for one in run.series] == [1000] * 4


def test_a_file_that_fails_in_the_middle_is_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events(tmp_path / "events.out.tfevents.1", 4000)

    def failing(_: object) -> Iterator[bytes]:
        yield (tmp_path / "events.out.tfevents.1").read_bytes()[:100_000]
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("loglint.pieces.Blocks.__iter__", failing)
    monkeypatch.setattr("loglint.discover.File.read", lambda file: (b"", (Problem("unreadable", file.path, "broken"),)))
    found = collect((str(tmp_path),), Settings(root=tmp_path))
    assert (found.runs, [problem.message for problem in found.problems]) == ((), ["broken"])
