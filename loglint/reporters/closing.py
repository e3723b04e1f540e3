"""The closing lines: what was checked, what was found, what is sound, what could not be judged and why. Plain, no colours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from loglint.report import NotJudged, ProblemInfo, Report
from loglint.reporters import counted
from loglint.reporters.chinese import reason
from loglint.reporters.plain import plain, shorten
from loglint.reporters.sound import sound
from loglint.reporters.words import Lang, joined, say

MOST_REASONS = 4
MOST_PROBLEMS = 5


def closing(report: Report, *, verbose: bool = False, lang: Lang = "en") -> list[str]:
    """The lines, most important first."""
    lines = [_checked(report, lang), *sound(report, lang), *_problems(report, verbose, lang), *_not_judged(report, verbose, lang)]
    if report.stale:
        total = sum(entry.count for entry in report.stale)
        gone = "In the baseline and gone: {findings}; `loglint baseline --prune` takes them out."
        lines.append(say(lang, gone, findings=counted(total, "finding", lang)))
    if report.settings.get("config"):
        lines.append(say(lang, "Settings from {file}", file=plain(str(report.settings["config"]))))
    return lines


def _checked(report: Report, lang: Lang) -> str:
    s = report.summary
    what = joined([counted(s.runs, "run", lang), counted(s.series, "curve", lang), counted(s.points, "point", lang)], lang)
    parts = [counted(count, noun, lang) for count, noun in ((s.errors, "error"), (s.warnings, "warning")) if count]
    parts += [say(lang, "{count:,} info", count=s.infos)] if s.infos else []
    found = joined(parts, lang) or say(lang, "nothing found")
    known = ((s.baselined, "{count:,} in the baseline"), (s.ignored, "{count:,} ignored"))
    hidden = [say(lang, words, count=count) for count, words in known if count]
    if hidden:
        found = say(lang, "{found} ({hidden})", found=found, hidden=joined(hidden, lang))
    rules = counted(s.rules, "rule", lang)
    return say(
        lang, "Checked {what} with {rules} in {seconds:.1f} s: {found}.", what=what, rules=rules, seconds=s.seconds, found=found
    )


def _problems(report: Report, verbose: bool, lang: Lang) -> list[str]:
    said = [problem for problem in report.problems if problem.kind in ("empty", "crashed")]
    lines = [_sentence(say(lang, problem.message), lang) for problem in said if problem.kind == "empty"]
    lines += [say(lang, "loglint failed: {message}", message=problem.message) for problem in said if problem.kind == "crashed"]
    findings = [finding.message for finding in report.findings if finding.rule.startswith("LOG") and finding.status == "new"]
    rest = [problem for problem in report.problems if problem.kind not in ("empty", "crashed")]
    met = [problem for problem in rest if not any(problem.message in message for message in findings)]
    if met:
        shown = met if verbose else met[:MOST_PROBLEMS]
        lines.append(say(lang, "Met while reading: {problems}.", problems=counted(len(met), "problem", lang)))
        lines += [f"  {_place(problem)}: {shorten(problem.message, 200)}" for problem in shown]
        if len(shown) < len(met):
            lines.append(say(lang, "  and {count:,} more (-v, or --format json)", count=len(met) - len(shown)))
    return [plain(line) for line in lines]


def _sentence(words: str, lang: Lang) -> str:
    return f"{words}。" if lang == "zh" else f"{words[0].upper()}{words[1:]}."


def _place(problem: ProblemInfo) -> str:
    return f"{problem.path}:{problem.line}" if problem.line else problem.path


def _not_judged(report: Report, verbose: bool, lang: Lang) -> list[str]:
    """How many rules could not be judged, by reason; with `verbose` a line for each reason that names them.

    In Chinese a reason that has no words is told by its kind.
    """
    names = {rule.code: rule.name for rule in report.rules}
    groups: dict[str, list[NotJudged]] = defaultdict(list)
    for entry in report.not_judged:
        groups[entry.reason if lang == "en" else reason(entry)].append(entry)
    ranked = sorted(groups.items(), key=lambda item: -len(item[1]))
    if not ranked:
        return []
    if verbose:
        head = say(lang, "Could not be judged:")
        return [head, *(_clause(why, entries, report.summary.runs, names, lang) for why, entries in ranked)]
    clauses = [
        say(lang, "{rules} ({reason})", rules=counted(len(entries), "rule", lang), reason=plain(why))
        for why, entries in ranked[:MOST_REASONS]
    ]
    rest = sum(len(entries) for _, entries in ranked[MOST_REASONS:])
    clauses += [say(lang, "{count} for other reasons", count=rest)] if rest else []
    return [say(lang, "Could not be judged: {clauses}; -v names them.", clauses=joined(clauses, lang))]


def _clause(why: str, entries: Sequence[NotJudged], runs: int, names: Mapping[str, str], lang: Lang) -> str:
    many = counted(max(entry.runs for entry in entries), "run", lang)
    where = "" if runs == 1 else say(lang, " (in {runs})", runs=many)
    named = joined([names.get(entry.rule, entry.rule) for entry in entries], lang)
    return plain(say(lang, "  {reason}{where}: {names}", reason=why, where=where, names=named))
