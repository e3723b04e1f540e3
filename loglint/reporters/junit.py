"""The report as JUnit XML (the schema of Jenkins' xunit plugin): a suite per run, a case per finding.

A healthy run is one case that passes. A report that stands for nothing (nothing read, nothing judged, a crash) is an error.
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from loglint.report import SEVERITIES, Finding, Report
from loglint.reporters import FAILURES, place_of
from loglint.reporters.plain import plain


def render(report: Report) -> str:
    """The XML document: findings at or above `fail_on` are failures, baselined and ignored ones are skipped."""
    suites: dict[str, list[Finding]] = {run.id: [] for run in report.runs}
    for finding in report.findings:
        suites.setdefault(finding.run or ", ".join(finding.runs), []).append(finding)
    least = report.settings.get("fail_on", "error")
    bound = SEVERITIES.index(least) if least in SEVERITIES else len(SEVERITIES)
    broken = [(p.kind, p.message) for p in report.problems if p.kind in FAILURES] if report.exit_code == 2 else []
    bodies = [_suite(name, findings, bound) for name, findings in suites.items()]
    bodies += [_broken(broken)] if broken else []
    cases = sum(max(1, len(findings)) for findings in suites.values()) + len(broken)
    failures = sum(_fails(finding, bound) for finding in report.findings)
    counts = f'tests="{cases}" failures="{failures}" errors="{len(broken)}"'
    return f'<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="loglint" {counts}>\n{"".join(bodies)}</testsuites>\n'


def _suite(name: str, findings: list[Finding], bound: int) -> str:
    cases = [_case(finding, bound) for finding in findings] or [_open("healthy", name, "/")]
    failures = sum(_fails(finding, bound) for finding in findings)
    skipped = sum(finding.status != "new" for finding in findings)
    counts = f'tests="{len(cases)}" failures="{failures}" errors="0" skipped="{skipped}"'
    return f" <testsuite name={_attribute(name or 'logs')} {counts}>\n{''.join(cases)} </testsuite>\n"


def _broken(problems: list[tuple[str, str]]) -> str:
    cases = "".join(
        f"{_open(kind, 'loglint', '')}   <error type={_attribute(kind)} message={_attribute(words)}/>\n  </testcase>\n"
        for kind, words in problems
    )
    return f' <testsuite name="loglint" tests="{len(problems)}" failures="0" errors="{len(problems)}">\n{cases} </testsuite>\n'


def _fails(finding: Finding, bound: int) -> bool:
    return finding.status == "new" and SEVERITIES.index(finding.severity) >= bound


def _case(finding: Finding, bound: int) -> str:
    attempt = f" (attempt {finding.attempt + 1})" if finding.attempt else ""
    head = _open(f"{finding.rule} {finding.name} {finding.place}".rstrip() + attempt, finding.run or "logs", "")
    text = plain(f"{place_of(finding)}: {finding.message}")
    body = "\n".join([text, *(plain(f"{index}. {remedy.do}") for index, remedy in enumerate(finding.remedy, 1))])
    if finding.status != "new":
        inner = f'<skipped message="{finding.status}"/>'
    elif _fails(finding, bound):
        inner = f'<failure type="{finding.severity}" message={_attribute(text)}>{escape(body)}</failure>'
    else:
        inner = f"<system-out>{escape(body)}</system-out>"
    return f"{head}   {inner}\n  </testcase>\n"


def _open(name: str, run: str, end: str) -> str:
    return f"  <testcase name={_attribute(name)} classname={_attribute(run or 'logs')}{end}>\n"


def _attribute(text: str) -> str:
    return quoteattr(plain(text))
