from __future__ import annotations

import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

import loglint
from loglint.errors import InputError


def log(folder: Path, name: str, broken: bool = False) -> Path:
    rows = "".join(f"{e},{'nan' if broken and e > 15 else 2.3 - 0.05 * e}\n" for e in range(30))
    path = folder / name / "metrics.csv"
    path.parent.mkdir()
    path.write_text("epoch,train_loss\n" + rows, "utf-8")
    return path.parent


def test_one_run_is_judged_in_another_process_and_concluded_here(tmp_path):
    folders = [str(log(tmp_path, "good")), str(log(tmp_path, "bad", broken=True))]
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        reports = list(pool.map(loglint.lint_run, folders))
    assert [["sudden-nan" for finding in report.findings if finding.name == "sudden-nan"] for report in reports] == [
        [],
        ["sudden-nan"],
    ]
    assert not any(curve.sketch for report in reports for curve in report.run.series)
    whole, alone = loglint.conclude(reports), loglint.lint(tmp_path)
    assert (whole.exit_code, whole.summary.runs, whole.findings) == (1, 2, alone.findings)
    assert (whole.not_judged, whole.rules) == (alone.not_judged, alone.rules)


def test_settings_hold_for_a_run_and_for_the_conclusion(tmp_path):
    report = loglint.lint_run(log(tmp_path, "bad", broken=True), ignore=["NUM"])
    assert not report.findings
    judged = loglint.lint_run(log(tmp_path, "worse", broken=True))
    assert loglint.conclude([judged]).exit_code == 1
    assert loglint.conclude([judged], fail_on="never").exit_code == 0
    assert pickle.loads(pickle.dumps(judged)) == judged


def test_several_runs_or_none_are_no_single_run(tmp_path):
    log(tmp_path, "a"), log(tmp_path, "b")
    assert [report.run.id.rsplit("/")[-1] for report in loglint.lint_runs(tmp_path)] == ["a", "b"]
    with pytest.raises(InputError, match=r"holds 2 runs .*lint_runs"):
        loglint.lint_run(str(tmp_path))
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds no run"):
        loglint.lint_run(tmp_path / "empty")


def test_what_was_met_in_files_of_no_run_is_in_a_report(tmp_path):
    broken = tmp_path / "alone" / "metrics.csv"
    broken.parent.mkdir()
    broken.write_bytes(b"\x00\x01\x02\x03" * 500)
    report = loglint.lint_run(broken)
    assert [(finding.rule, finding.run) for finding in report.findings] == [("LOG001", None)]
    assert report.problems[0].kind == "unreadable"
    assert not report.run.series
    log(tmp_path, "good")
    beside = loglint.lint_runs(tmp_path)
    assert [bool(report.run.series) for report in beside] == [False, True]
    assert loglint.conclude(beside).exit_code == 1
