"""How a report over several runs ends on a terminal: how many runs are sick, of what, and the three things to do first."""

from __future__ import annotations

from collections.abc import Sequence

from loglint.report import SEVERITIES, Finding, Report
from loglint.reporters import badness, counted, place_of
from loglint.reporters.terminal import STYLES, Terminal
from loglint.reporters.words import joined

SEVERAL = 5  # from more runs than these on, what was printed first is out of sight
MOST_RULES = 5  # named for each severity
FIRST = 3


def write_overview(terminal: Terminal, findings: Sequence[Finding], report: Report) -> None:
    """Print the table by severity and what to do first, if there were several runs and anything was found."""
    if not findings or report.summary.runs <= SEVERAL:
        return
    groups = _by_rule(findings)
    rows = [[terminal.text(terminal.say(word), "dim") for word in ("severity", "runs", "rules")]]
    for severity in reversed(SEVERITIES):
        these = [group for group in groups if group[0].severity == severity]
        if these:
            names = joined([f"{g[0].rule} {g[0].name} ({len(_runs(g)):,})" for g in these[:MOST_RULES]], terminal.lang)
            if len(these) > MOST_RULES:
                names = terminal.say("{names} and {count} more", names=names, count=len(these) - MOST_RULES)
            count = len(set().union(*map(_runs, these)))
            rows.append(
                [terminal.text(terminal.say(severity), STYLES[severity]), terminal.text(f"{count:,}"), terminal.text(names)]
            )
    well = report.summary.runs - len({run for f in findings for run in f.runs or (f.run,) if run})
    rows.append([terminal.text(terminal.say("no finding"), "green"), terminal.text(f"{well:,}"), terminal.text("")])
    terminal.table(rows, right=(1,))
    terminal.line()
    terminal.line(terminal.text(terminal.say("Do first:"), "bold"))
    for number, (remedy, group) in enumerate(_first(groups), 1):
        terminal.line(f"{number}. {remedy}", indent=2, hang=5)
        runs, worst = counted(len(_runs(group)), "run", terminal.lang), place_of(group[0], terminal.lang)
        why = terminal.say(
            "for {rule} in {runs}, the worst {worst}", rule=f"{group[0].rule} {group[0].name}", runs=runs, worst=worst
        )
        terminal.line(terminal.text(why, "dim"), indent=5, hang=5)
    terminal.line()


def _by_rule(findings: Sequence[Finding]) -> list[list[Finding]]:
    """The findings of one rule and severity together, the worst first; the most severe groups first, then those in most runs."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.severity, finding.rule), []).append(finding)
    worst_first = [sorted(group, key=badness, reverse=True) for group in groups.values()]
    return sorted(worst_first, key=lambda g: (-SEVERITIES.index(g[0].severity), -len(_runs(g)), g[0].rule))


def _runs(group: Sequence[Finding]) -> set[str]:
    """The runs that the findings are about; a file in no run counts by its path."""
    return {run for f in group for run in f.runs or (f.run or (f.location.path if f.location else ""),)}


def _first(groups: Sequence[Sequence[Finding]]) -> list[tuple[str, Sequence[Finding]]]:
    """The first remedy of each rule, no advice twice."""
    advice: dict[str, Sequence[Finding]] = {}
    for group in groups:
        if group[0].remedy:
            advice.setdefault(group[0].remedy[0].do, group)
    return list(advice.items())[:FIRST]
