from __future__ import annotations

import os
import sys
import tracemalloc
from pathlib import Path

import pytest

from loglint import spool
from loglint.corridor import Settings, plan
from loglint.discover import File
from loglint.model import Problem
from loglint.planned import SWEEP, Plan


def files(*paths: str) -> list[File]:
    return [File(path, False, 10, f"/logs/{path}") for path in paths]


def paths(planned: Plan) -> list[list[str]]:
    return [[file.path for file in one] for one in planned]


def test_files_come_back_as_they_were_found():
    found = [
        File("a/metrics.csv", True, 3, "/logs/a/metrics.csv"),
        File("b.zip!m.csv", False, 4, "b.zip", content=b"a\n1\n"),
        File("c/x.log", False, 0, refusal=Problem("unreadable", "c/x.log", "cannot be read: permission denied")),
        File("s3://bucket/run/m.csv", False, 9, "s3://bucket/run/m.csv", version='"e"'),
        File("\udcff/metrics.csv", False, 3, "/logs/\udcff/metrics.csv"),
    ]
    assert [file for one in Plan(found) for file in one] == sorted(found, key=lambda file: file.path.split("/")[:-1])


def test_a_file_that_is_met_again_is_read_once_as_it_was_met_first():
    found = [File("a/m.csv", True, 3, "a/m.csv"), *files("b/m.csv", "a/m.csv", "a/train/m.csv", "b/m.csv")]
    planned = Plan(found)
    assert paths(planned) == [["a/m.csv", "a/train/m.csv"], ["b/m.csv"]]
    assert planned[0][0].named
    assert planned.files == 3


def test_folders_below_one_go_with_it_unless_it_is_a_sweeps():
    few = [f"top/run-{i}/m.csv" for i in range(SWEEP - 1)]
    assert paths(Plan(files("top/config.yaml", *few))) == [["top/config.yaml", *few]]
    many = [*few, "top/run-9/m.csv"]
    assert paths(Plan(files("top/config.yaml", *many))) == [["top/config.yaml"], *[[path] for path in many]]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_folder_is_walked_once_by_whatever_way_it_is_met_first(tmp_path: Path):
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "m.csv").write_text("step,loss\n1,2\n", "utf-8")
    os.symlink(tmp_path / "c", tmp_path / "a" / "link")
    os.symlink(tmp_path / "a", tmp_path / "b" / "link")
    planned = plan([str(tmp_path)], Settings(root=tmp_path))
    assert sorted(path for one in paths(planned) for path in one) == ["a/link/m.csv", "a/m.csv", "b/m.csv"]


def test_a_plan_of_many_folders_takes_little_memory(monkeypatch):
    monkeypatch.setattr(spool, "HELD", 10_000)

    def found(count: int):
        return (File(f"sweep/run-{i:06}/metrics.csv", False, 9, f"/far/away/sweep/run-{i:06}/metrics.csv") for i in range(count))

    held = {}
    for count in (10_000, 40_000):
        tracemalloc.start()
        planned = Plan(found(count))
        held[count] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert len(planned) == count
    assert held[40_000] - held[10_000] < 30_000 * 30
