"""A whole report on a terminal: findings in the `full` or `concise` form, counts by rule, and the closing lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from loglint.baseline import Entry
from loglint.report import Finding, Report
from loglint.reporters import figure, shown
from loglint.reporters.closing import closing
from loglint.reporters.full import heading, write_full
from loglint.reporters.terminal import STYLES, Terminal


def write_report(terminal: Terminal, report: Report, form: str, stale: Sequence[Entry] = (), *, statistics: bool = False) -> None:
    """Print the new findings, counts by rule when asked, and the closing lines unless the terminal is quiet."""
    findings = shown(report.findings, report.settings)
    if form == "concise":
        for finding in findings:
            _concise(terminal, finding)
    else:
        write_full(terminal, findings, report)
    if statistics:
        _statistics(terminal, findings)
    if terminal.quiet:
        return
    if not findings and report.exit_code == 0 and report.summary.series:
        terminal.line(terminal.text(_healthy(report), "green"))
    for line in closing(report, stale, verbose=terminal.verbose):
        aside = line.startswith((" ", "Could", "Settings"))
        terminal.line(terminal.text(line, "dim" if aside else ""), hang=4 if line.startswith(" ") else 0)


def _healthy(report: Report) -> str:
    if report.summary.baselined or report.summary.ignored:
        return "No new findings."
    runs = "The run shows" if report.summary.runs == 1 else f"All {report.summary.runs:,} runs show"
    unsaid = any(finding.status == "new" for finding in report.findings)
    return f"{runs} no symptom that loglint knows{' at or above the severity asked for' if unsaid else ''}."


def _concise(terminal: Terminal, finding: Finding) -> None:
    """`path:line: error GEN001 overfitting: message @ step 12`, one line."""
    where = finding.run or ", ".join(finding.runs)
    if finding.location is not None:
        where = finding.location.path + (f":{finding.location.line}" if finding.location.line else "")
    line = terminal.text(f"{where}: ").append_text(heading(terminal, finding)).append_text(terminal.text(f": {finding.message}"))
    if finding.first_step is not None:
        line.append_text(terminal.text(f" @ {'record' if finding.axis == 'seq' else finding.axis} {figure(finding.first_step)}"))
    if finding.folded:
        names = ", ".join(f"{inner.rule} {inner.name}" for inner in finding.folded)
        line.append_text(terminal.text(f" [explains {names}]", "dim"))
    terminal.long_line(line)


def _statistics(terminal: Terminal, findings: Sequence[Finding]) -> None:
    counts = Counter((finding.rule, finding.name, finding.severity) for finding in findings)
    rows = [
        (terminal.text(count, "bold"), rule, name, terminal.text(severity, STYLES[severity]))
        for (rule, name, severity), count in counts.most_common()
    ]
    terminal.table(rows, right=(0,))
