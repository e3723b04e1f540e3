"""Findings as a GitLab code quality report (docs.gitlab.com: code quality report format)."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

from loglint.report import Report
from loglint.reporters import anchored, place_of
from loglint.reporters.plain import plain

LEVELS = {"error": "critical", "warning": "major", "info": "info"}


def render(report: Report) -> str:
    """A JSON array; fingerprints are unique in it, as GitLab asks, and the same from run to run."""
    runs = {run.id: run for run in report.runs}
    seen: Counter[str] = Counter()
    rows = []
    for finding in report.findings:
        if finding.status != "new":
            continue
        path, line = anchored(finding, runs, report.settings.get("annotate"))
        seen[finding.fingerprint] += 1
        unique = f"{finding.fingerprint}\0{seen[finding.fingerprint]}"
        rows.append(
            {
                "description": plain(f"{place_of(finding)}: {finding.message}"),
                "check_name": f"{finding.rule} {finding.name}",
                "fingerprint": hashlib.sha256(unique.encode()).hexdigest()[:32],
                "severity": LEVELS[finding.severity],
                "location": {"path": plain(path), "lines": {"begin": line}},
            }
        )
    return json.dumps(rows, indent=1) + "\n"
