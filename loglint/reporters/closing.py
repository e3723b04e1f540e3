"""The closing lines: what was checked, what was found, and what could not be judged and why. Plain text, no colours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from loglint.baseline import Entry
from loglint.report import NotJudged, ProblemInfo, Report
from loglint.reporters import counted
from loglint.reporters.plain import plain, shorten

MOST_REASONS = 4
MOST_PROBLEMS = 5


def closing(report: Report, stale: Sequence[Entry] = (), *, verbose: bool = False) -> list[str]:
    """The lines, most important first."""
    lines = [_checked(report), *_problems(report, verbose), *_not_judged(report, verbose)]
    if stale:
        total = sum(entry.count for entry in stale)
        lines.append(f"In the baseline and gone: {counted(total, 'finding')}; `loglint baseline --prune` takes them out.")
    if report.settings.get("config"):
        lines.append(f"Settings from {plain(str(report.settings['config']))}")
    return lines


def _checked(report: Report) -> str:
    s = report.summary
    what = f"{counted(s.runs, 'run')}, {counted(s.series, 'curve')}, {counted(s.points, 'point')}"
    parts = [f"{counted(count, noun)}" for count, noun in ((s.errors, "error"), (s.warnings, "warning")) if count]
    parts += [f"{s.infos:,} info"] if s.infos else []
    found = ", ".join(parts) or "nothing found"
    hidden = [f"{count:,} {word}" for count, word in ((s.baselined, "in the baseline"), (s.ignored, "ignored")) if count]
    found += f" ({', '.join(hidden)})" if hidden else ""
    return f"Checked {what} with {counted(s.rules, 'rule')} in {s.seconds:.1f} s: {found}."


def _problems(report: Report, verbose: bool) -> list[str]:
    said = [problem for problem in report.problems if problem.kind in ("empty", "crashed")]
    lines = [f"{problem.message[0].upper()}{problem.message[1:]}." for problem in said if problem.kind == "empty"]
    lines += [f"loglint failed: {problem.message}" for problem in said if problem.kind == "crashed"]
    findings = [finding.message for finding in report.findings if finding.rule.startswith("LOG") and finding.status == "new"]
    rest = [problem for problem in report.problems if problem.kind not in ("empty", "crashed")]
    met = [problem for problem in rest if not any(problem.message in message for message in findings)]
    if met:
        shown = met if verbose else met[:MOST_PROBLEMS]
        lines.append(f"Met while reading: {counted(len(met), 'problem')}.")
        lines += [f"  {_place(problem)}: {shorten(problem.message, 200)}" for problem in shown]
        if len(shown) < len(met):
            lines.append(f"  and {len(met) - len(shown):,} more (-v, or --format json)")
    return [plain(line) for line in lines]


def _place(problem: ProblemInfo) -> str:
    return f"{problem.path}:{problem.line}" if problem.line else problem.path


def _not_judged(report: Report, verbose: bool) -> list[str]:
    """How many rules could not be judged, by reason; with `verbose` a line for each reason that names them."""
    names = {rule.code: rule.name for rule in report.rules}
    groups: dict[str, list[NotJudged]] = defaultdict(list)
    for entry in report.not_judged:
        groups[entry.reason].append(entry)
    ranked = sorted(groups.items(), key=lambda item: -len(item[1]))
    if not ranked:
        return []
    if verbose:
        return ["Could not be judged:", *(_clause(reason, entries, report.summary.runs, names) for reason, entries in ranked)]
    clauses = [f"{counted(len(entries), 'rule')} ({plain(reason)})" for reason, entries in ranked[:MOST_REASONS]]
    rest = sum(len(entries) for _, entries in ranked[MOST_REASONS:])
    clauses += [f"{rest} for other reasons"] if rest else []
    return [f"Could not be judged: {', '.join(clauses)}; -v names them."]


def _clause(reason: str, entries: Sequence[NotJudged], runs: int, names: Mapping[str, str]) -> str:
    many = max(entry.runs for entry in entries)
    where = "" if runs == 1 else f" (in {counted(many, 'run')})"
    return plain(f"  {reason}{where}: {', '.join(names.get(entry.rule, entry.rule) for entry in entries)}")
