"""The end of a report over several runs: who is counted where, and which three things come first."""

from __future__ import annotations

import msgspec
import pytest

from loglint.report import Cite, Finding, Remedy, Report, RunInfo, Severity, Summary
from loglint.reporters.overview import SEVERAL, write_overview
from loglint.reporters.terminal import Terminal
from tests.reporters.test_terminal import Stream


def found(rule: str, severity: Severity, run: str, do: str, jump: float = 2.0) -> Finding:
    remedy = Remedy(do=do, cite=Cite(recipe="recipe", where="x"))
    evidence, threshold = {"jump": jump}, {"min_jump": 1.0}
    return Finding(
        rule=rule, name="a-rule", severity=severity, message="", run=run, remedy=(remedy,), evidence=evidence, threshold=threshold
    )


def ending(findings: list[Finding], runs: int = 10, **options: object) -> list[str]:
    stream = Stream()
    sick = sorted({finding.run for finding in findings if finding.run})
    infos = tuple(RunInfo(id=run, key="r") for run in sick)  # a report for a terminal holds no others
    report = Report(summary=Summary(runs=runs), runs=infos, findings=tuple(findings))
    write_overview(Terminal.of(stream, **options), findings, report)
    return stream.getvalue().splitlines()


FINDINGS = [
    found("STA001", "error", "r1", "lower the rate"),
    *(found("GEN001", "warning", f"r{i}", "stop earlier", jump=i) for i in (1, 2, 3)),
    found("STA003", "warning", "r4", "lower the rate"),
    found("RUN007", "info", "r5", "hold out a part"),
    found("RUN008", "info", "r5", "log the rate"),
]


def test_runs_are_counted_once_by_severity_and_the_healthy_too() -> None:
    rows = [line.split() for line in ending(FINDINGS)[1:5]]
    assert [row[:2] for row in rows] == [["error", "1"], ["warning", "4"], ["info", "1"], ["no", "finding"]]
    assert rows[3][2] == "5"
    assert "GEN001 a-rule (3), STA003 a-rule (1)" in ending(FINDINGS)[2]


def test_three_different_things_come_first_the_most_severe_and_most_frequent_before_the_others() -> None:
    lines = ending(FINDINGS)
    assert [line.strip() for line in lines if line[2:5] in ("1. ", "2. ", "3. ", "4. ")] == [
        "1. lower the rate",
        "2. stop earlier",
        "3. hold out a part",
    ]
    assert any("for GEN001 a-rule in 3 runs, the worst r3" in line for line in lines), "by how far the threshold was passed"


def test_few_runs_and_healthy_runs_have_no_such_end() -> None:
    assert ending(FINDINGS, runs=SEVERAL) == []
    assert ending([]) == []


def test_a_run_across_runs_counts_for_each_of_them() -> None:
    finding = msgspec.structs.replace(FINDINGS[0], run=None, runs=("r1", "r2", "r3"))
    assert ending([finding])[1].split()[:2] == ["error", "3"]


@pytest.mark.parametrize("width", ["40", "80"])
def test_it_keeps_to_the_width_and_speaks_chinese(monkeypatch: pytest.MonkeyPatch, width: str) -> None:
    monkeypatch.setenv("COLUMNS", width)
    lines = ending(FINDINGS, lang="zh")
    assert lines[0].split() == ["级别", "训练", "规则"]
    assert "先做这几件事：" in lines
    assert max(map(len, lines)) <= int(width)
