"""The report as JSON lines: a header, one line per run with its findings, a summary with what belongs to no single run.

The lines can be written one by one, as runs are judged: nothing in a run's line depends on the runs after it.
"""

from __future__ import annotations

from collections.abc import Sequence

from loglint.report import Finding, Report, RunInfo
from loglint.reporters.plain import to_json


def render(report: Report) -> str:
    """The lines, each a JSON object with `kind`."""
    by_run: dict[str | None, list[Finding]] = {run.id: [] for run in report.runs}
    rest: list[Finding] = []
    for finding in report.findings:
        (rest if finding.runs else by_run.get(finding.run, rest)).append(finding)
    runs = [run_line(run, by_run[run.id]) for run in report.runs]
    return "".join([header_line(report), *runs, summary_line(report, rest)])


def header_line(report: Report) -> str:
    """The first line: what judged, by which rules and settings."""
    header = {name: getattr(report, name) for name in ("version", "edition", "settings", "rules")}
    return to_json({"schema": report.schema, "kind": "header"} | header) + "\n"


def run_line(run: RunInfo, findings: Sequence[Finding]) -> str:
    """One run, and what was found in it alone."""
    return to_json({"kind": "run", "run": run, "findings": findings}) + "\n"


def summary_line(report: Report, rest: Sequence[Finding]) -> str:
    """The last line: counts, exit code, and what belongs to no single run or took several to be seen (`rest`)."""
    whole = {name: getattr(report, name) for name in ("exit_code", "summary", "comparisons", "not_judged", "problems")}
    return to_json({"kind": "summary", "findings": rest} | whole) + "\n"
