"""A whole report on a terminal: findings in the `full` or `concise` form, counts by rule, and the closing lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from loglint.cohorts import listed
from loglint.report import Finding, Report
from loglint.reporters import at, shown
from loglint.reporters.closing import closing
from loglint.reporters.full import heading, write_full
from loglint.reporters.overview import write_overview
from loglint.reporters.terminal import STYLES, Terminal
from loglint.reporters.words import joined


def write_report(terminal: Terminal, report: Report, form: str, *, statistics: bool = False) -> None:
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
    if form == "full":
        write_overview(terminal, findings, report)
    if not findings and report.exit_code == 0 and report.summary.series:
        terminal.line(terminal.text(_healthy(terminal, report), "green"))
    asides = (" ", terminal.say("Could not be judged:")[:4], terminal.say("Settings from {file}", file=""))
    for line in closing(report, verbose=terminal.verbose, lang=terminal.lang):
        aside = line.startswith(asides)
        terminal.line(terminal.text(line, "dim" if aside else ""), hang=4 if line.startswith(" ") else 0)


def _healthy(terminal: Terminal, report: Report) -> str:
    if report.summary.baselined or report.summary.ignored:
        return terminal.say("No new findings.")
    runs = "The run shows" if report.summary.runs == 1 else "All {count:,} runs show"
    unsaid = any(finding.status == "new" for finding in report.findings)
    asked = " at or above the severity asked for" if unsaid else ""
    return terminal.say(f"{runs} no symptom that loglint knows{asked}.", count=report.summary.runs)


def _concise(terminal: Terminal, finding: Finding) -> None:
    """`path:line: error GEN001 overfitting: message @ step 12`, one line."""
    where = finding.run or listed(finding.runs)
    if finding.location is not None:
        where = finding.location.path + (f":{finding.location.line}" if finding.location.line else "")
    line = terminal.text(f"{where}: ").append_text(heading(terminal, finding)).append_text(terminal.text(f": {finding.message}"))
    if where := at(finding, terminal.lang):
        line.append_text(terminal.text(f" {where}"))
    if finding.folded:
        names = joined([f"{inner.rule} {inner.name}" for inner in finding.folded], terminal.lang)
        line.append_text(terminal.text(f" {terminal.say('[explains {names}]', names=names)}", "dim"))
    terminal.long_line(line)


def _statistics(terminal: Terminal, findings: Sequence[Finding]) -> None:
    counts = Counter((finding.rule, finding.name, finding.severity) for finding in findings)
    rows = [
        (terminal.text(count, "bold"), rule, name, terminal.text(terminal.say(severity), STYLES[severity]))
        for (rule, name, severity), count in counts.most_common()
    ]
    terminal.table(rows, right=(0,))
