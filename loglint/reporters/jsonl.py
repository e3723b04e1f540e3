"""The report as JSON lines: a header, one line per run with its findings, a summary with what belongs to no single run."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from loglint.report import Finding, Report
from loglint.reporters.plain import to_json


def render(report: Report) -> str:
    """The lines, each a JSON object with `kind`."""
    by_run: dict[str, list[Finding]] = defaultdict(list)
    known = {run.id for run in report.runs}
    rest = [finding for finding in report.findings if finding.run not in known]
    for finding in report.findings:
        if finding.run is not None:
            by_run[finding.run].append(finding)
    header = {name: getattr(report, name) for name in ("version", "edition", "settings", "rules")}
    lines: list[dict[str, Any]] = [{"schema": report.schema, "kind": "header"} | header]
    lines += [{"kind": "run", "run": run, "findings": by_run[run.id]} for run in report.runs]
    lines.append(
        {
            "kind": "summary",
            "exit_code": report.exit_code,
            "summary": report.summary,
            "findings": rest,
            "comparisons": report.comparisons,
            "not_judged": report.not_judged,
            "problems": report.problems,
        }
    )
    return "".join(to_json(line) + "\n" for line in lines)
