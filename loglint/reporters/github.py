"""Findings as GitHub workflow commands (docs.github.com: workflow commands for GitHub Actions, setting an error message)."""

from __future__ import annotations

from loglint.report import Finding, Report, RunInfo
from loglint.reporters import FAILURES, anchored, file_of, place_of, shown
from loglint.reporters.plain import plain

LEVELS = {"error": "error", "warning": "warning", "info": "notice"}


def render(report: Report) -> str:
    """One `::error file=...::message` line per new finding, and one for every reason why the report stands for nothing."""
    runs = {run.id: run for run in report.runs}
    anchor = report.settings.get("annotate")
    found = [_line(finding, *anchored(finding, runs, anchor), anchor, runs) for finding in shown(report.findings, report.settings)]
    level = "error" if report.exit_code == 2 else "notice"
    empty = [f"::{level} title=loglint::{_data(problem.message)}\n" for problem in report.problems if problem.kind in FAILURES]
    return "".join([*found, *empty])


def _line(finding: Finding, path: str, line: int, anchor: str | None, runs: dict[str, RunInfo]) -> str:
    words = f"{place_of(finding)}: {finding.message}"
    if anchor:
        log, number = file_of(finding, runs)
        words += f" ({log}{f':{number}' if number else ''})"
    if finding.remedy:
        words += f"\nFirst: {finding.remedy[0].do}"
    title = _property(f"{finding.rule} {finding.name}")
    return f"::{LEVELS[finding.severity]} file={_property(path)},line={line},title={title}::{_data(words)}\n"


def _data(text: str) -> str:
    return plain(text, keep_lines=True).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
