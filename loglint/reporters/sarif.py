"""Findings as SARIF 2.1.0 (OASIS sarif-v2.1.0), in the subset that GitHub code scanning shows."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from loglint.report import Finding, Report, RuleInfo, RunInfo
from loglint.reporters import anchored, file_of, place_of
from loglint.reporters.plain import plain

LEVELS = {"error": "error", "warning": "warning", "info": "note"}
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render(report: Report) -> str:
    """One SARIF document with one run; ignored findings are suppressed, baselined ones unchanged."""
    rules = {rule.code: index for index, rule in enumerate(report.rules)}
    runs = {run.id: run for run in report.runs}
    driver = {
        "name": "loglint",
        "version": report.version,
        "informationUri": "https://pypi.org/project/loglint/",
        "rules": [_rule(rule) for rule in report.rules],
    }
    notes = [_notification(problem.path, problem.line, problem.message) for problem in report.problems]
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {"executionSuccessful": report.exit_code != 2, "exitCode": report.exit_code, "toolExecutionNotifications": notes}
        ],
        "results": [_result(finding, runs, rules, report.settings.get("annotate")) for finding in report.findings],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _rule(rule: RuleInfo) -> dict[str, Any]:
    shown = {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.why or rule.summary},
        "help": {"text": f"{rule.why}\n\nloglint rule {rule.name} says what to do."},
    }
    return shown | ({"helpUri": rule.url} if rule.url else {})


def _result(finding: Finding, runs: dict[str, RunInfo], rules: dict[str, int], anchor: str | None) -> dict[str, Any]:
    text = f"{place_of(finding)}: {finding.message}"
    if finding.remedy:
        text += "\n" + "\n".join(f"{index}. {remedy.do}" for index, remedy in enumerate(finding.remedy, 1))
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": LEVELS[finding.severity],
        "message": {"text": plain(text, keep_lines=True)},
        "locations": [_location(*anchored(finding, runs, anchor))],
        "partialFingerprints": {"loglint/v1": finding.fingerprint},
        "baselineState": "unchanged" if finding.status == "baselined" else "new",
        "properties": {
            "run": plain(finding.run or ", ".join(finding.runs)),
            "series": [plain(name) for name in finding.series],
            "first": finding.first_step,
            "axis": finding.axis,
            "evidence": finding.evidence,
            "threshold": finding.threshold,
            "folded": [f"{folded.rule} {folded.name}" for folded in finding.folded],
        },
    }
    if finding.rule in rules:
        result["ruleIndex"] = rules[finding.rule]
    if finding.status == "ignored":
        result["suppressions"] = [{"kind": "external", "status": "accepted"}]
    if anchor:
        path, line = file_of(finding, runs)
        result["relatedLocations"] = [_location(path, line or 1)]
    return result


def _location(path: str, line: int) -> dict[str, Any]:
    uri = quote(path.encode("utf-8", "surrogatepass"))
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}}


def _notification(path: str, line: int | None, message: str) -> dict[str, Any]:
    return {"level": "note", "message": {"text": plain(message)}, "locations": [_location(path, line or 1)]}
