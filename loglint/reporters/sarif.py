"""Findings as SARIF 2.1.0 (OASIS sarif-v2.1.0), with what GitHub code scanning shows of it.

docs.github.com, SARIF support for code scanning: help as Markdown, `problem.severity`, `primaryLocationLineHash`, URIs
relative to the root of the checkout.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any
from urllib.parse import quote

from loglint.report import Finding, Report, RuleInfo, RunInfo
from loglint.reporters import anchored, file_of, place_of
from loglint.reporters.markdown import literal
from loglint.reporters.plain import plain
from loglint.rule import FAMILIES

LEVELS = {"error": "error", "warning": "warning", "info": "note"}
PROBLEM = {"error": "error", "warning": "warning", "info": "recommendation"}  # GitHub's problem.severity
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "%SRCROOT%"


def render(report: Report) -> str:
    """One SARIF document with one run; ignored findings are suppressed, baselined ones unchanged."""
    rules = {rule.code: index for index, rule in enumerate(report.rules)}
    runs = {run.id: run for run in report.runs}
    anchor = report.settings.get("annotate")
    seen: Counter[str] = Counter()
    results = []
    for finding in report.findings:
        seen[finding.fingerprint] += 1
        results.append(_result(finding, seen[finding.fingerprint], runs, rules, anchor))
    notes = [_notification(problem.path, problem.line, problem.message) for problem in report.problems]
    run = {
        "tool": {"driver": {"name": "loglint", "version": report.version, "rules": [_rule(rule) for rule in report.rules]}},
        "automationDetails": {"id": "loglint/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository, to which logs are relative."}}},
        "invocations": [
            {"executionSuccessful": report.exit_code != 2, "exitCode": report.exit_code, "toolExecutionNotifications": notes}
        ],
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _rule(rule: RuleInfo) -> dict[str, Any]:
    why = " ".join((rule.why or rule.summary).split())
    more = f"`loglint rule {rule.name}` says what is measured, by which thresholds, and what to do."
    wrong = "".join(f"- {literal(case)}\n" for case in rule.wrong_when)
    shown = {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": why},
        "help": {
            "text": f"{why}\n\n{more}",
            "markdown": f"{literal(why)}\n\n" + (f"**When it is wrong**\n\n{wrong}\n" if wrong else "") + f"{more}\n",
        },
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"tags": ["training", *_family(rule.code)], "problem.severity": PROBLEM[rule.severity]},
    }
    return shown | ({"helpUri": rule.url} if rule.url else {})


def _family(code: str) -> list[str]:
    return [FAMILIES[code[:3]]] if code[:3] in FAMILIES else []


def _result(finding: Finding, number: int, runs: dict[str, RunInfo], rules: dict[str, int], anchor: str | None) -> dict[str, Any]:
    """One result; `number` tells apart those of one fingerprint."""
    text = f"{finding.message} ({place_of(finding)})"
    if finding.remedy:
        text += "\n" + "\n".join(f"{index}. {remedy.do}" for index, remedy in enumerate(finding.remedy, 1))
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": LEVELS[finding.severity],
        "message": {"text": plain(text, keep_lines=True)},
        "locations": [_location(*anchored(finding, runs, anchor))],
        "partialFingerprints": {
            "loglint/v1": finding.fingerprint,
            "primaryLocationLineHash": f"{finding.fingerprint}:{number}",
        },
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
        result["relatedLocations"] = [{"id": 1, "message": {"text": "the log"}} | _location(path, line or 1)]
    return result


def _location(path: str, line: int) -> dict[str, Any]:
    uri = quote(path.encode("utf-8", "surrogatepass"))
    artifact = {"uri": f"file://{uri}"} if path.startswith("/") else {"uri": uri, "uriBaseId": ROOT}
    return {"physicalLocation": {"artifactLocation": artifact, "region": {"startLine": line}}}


def _notification(path: str, line: int | None, message: str) -> dict[str, Any]:
    where = {"locations": [_location(path, line or 1)]} if path else {}
    return {"level": "note", "message": {"text": plain(message)}} | where
