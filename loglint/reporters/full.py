"""The `full` form: one block per finding with its curve, numbers, reason, remedies, sources; above 20 runs one per rule."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

from rich.text import Text

from loglint.report import SEVERITIES, Finding, Report, RuleInfo, RunInfo
from loglint.reporters import at, badness, counted, figure, passed, place_of
from loglint.reporters.chart import of_finding
from loglint.reporters.quantities import quantity
from loglint.reporters.terminal import LABEL, STYLES, Terminal
from loglint.reporters.words import Lang

MANY_RUNS = 20
WORST = 3
MOST_REMEDIES = 3
ALONE, TOGETHER = 7, 5  # rows of a finding's one chart, of each of two
SURE = 0.8  # confidence below which it is said


def write_full(terminal: Terminal, findings: Sequence[Finding], report: Report) -> None:
    """Print the findings, each in a block of its own, or by rule when there are many runs."""
    rules = {rule.code: rule for rule in report.rules}
    runs = {run.id: run for run in report.runs}
    if report.summary.runs > MANY_RUNS:
        _by_rule(terminal, findings, report, rules, runs)
        return
    own = report.settings.get("rules", {})
    for finding in findings:
        _block(terminal, finding, runs, rules, own.get(finding.rule) or own.get(finding.name) or {})


def heading(terminal: Terminal, finding: Finding) -> Text:
    """`error GEN001 overfitting`, in colours."""
    line = terminal.text(terminal.say(finding.severity), STYLES[finding.severity])
    return line.append_text(terminal.text(f" {finding.rule} {finding.name}", "bold"))


def _block(
    terminal: Terminal,
    finding: Finding,
    runs: Mapping[str, RunInfo],
    rules: Mapping[str, RuleInfo],
    own: Mapping[str, object],
) -> None:
    line = heading(terminal, finding).append_text(terminal.text(f"  {place_of(finding, terminal.lang)}"))
    if finding.location is not None and (finding.location.line or finding.location.path != finding.run):
        number = f":{finding.location.line}" if finding.location.line else ""
        line.append_text(terminal.text(f"  {finding.location.path}{number}", "dim"))
    terminal.line(line, hang=2)
    terminal.line(finding.message, indent=2)
    _curves(terminal, finding, runs)
    _evidence(terminal, finding, own)
    _confidence(terminal, finding)
    _advice(terminal, finding, rules)
    terminal.line()


def _curves(terminal: Terminal, finding: Finding, runs: Mapping[str, RunInfo]) -> None:
    """The curves the finding speaks of, the place marked."""
    if charts := of_finding(finding, runs):
        height = ALONE if len(charts) == 1 else TOGETHER
        terminal.charts(charts, height, label=terminal.say("curve"), mark=STYLES[finding.severity])


def _evidence(terminal: Terminal, finding: Finding, own: Mapping[str, object]) -> None:
    """Found against allowed: a rule fires when every threshold is passed, so what is allowed lies on its other side.

    `own` are thresholds that the configuration sets.
    """
    rows = []
    for key, name, value, limit in passed(finding, flags=terminal.verbose):
        allowed = terminal.say(f"allowed: {'below' if key.startswith('min_') else 'above'} {{limit}}", limit=figure(limit))
        rows.append(_numbers(terminal, name, value, allowed + (" (set by the configuration)" if key in own else "")))
    if terminal.verbose:
        compared = {key.split("_", 1)[1] for key in finding.threshold}
        rest = [(name, value) for name, value in finding.evidence.items() if name not in compared]
        rows += [_numbers(terminal, name, value, "") for name, value in rest]
    terminal.table(rows, indent=LABEL, label=f"  {terminal.say('found')}")


def _confidence(terminal: Terminal, finding: Finding) -> None:
    """How sure the finding is, where it is not very sure; with -v always."""
    if finding.confidence is not None and (terminal.verbose or finding.confidence < SURE):
        share = terminal.say("right in about {share:.0%} of such cases", share=finding.confidence)
        terminal.row(terminal.say("sure"), terminal.text(share, "dim"))


def _numbers(terminal: Terminal, name: str, value: object, allowed: str) -> tuple[Text, Text, Text]:
    return terminal.text(quantity(name, terminal.lang)), terminal.text(figure(value), "bold"), terminal.text(allowed, "dim")


def _advice(terminal: Terminal, finding: Finding, rules: Mapping[str, RuleInfo]) -> None:
    rule = rules.get(finding.rule)
    if rule is not None:
        terminal.row(terminal.say("why"), " ".join(rule.why.split()))
    shown = finding.remedy if terminal.verbose else finding.remedy[:MOST_REMEDIES]
    for index, remedy in enumerate(shown, 1):
        label = f"  {terminal.say('do')}" if index == 1 else ""
        terminal.line(f"{index}. {remedy.do}", indent=LABEL, hang=LABEL + 3, label=label)
    if len(shown) < len(finding.remedy):
        hidden = len(finding.remedy) - len(shown)
        more = terminal.say("{count} more: -v, or loglint rule {name}", count=hidden, name=finding.name)
        terminal.row("", terminal.text(more, "dim"))
    for index, source in enumerate(_sources(finding, len(shown), terminal.lang)):
        terminal.row("" if index else terminal.say("see"), terminal.text(source, "dim"))
    for index, inner in enumerate(finding.folded):
        where = f"{inner.rule} {inner.name} {at(inner, terminal.lang)}".rstrip()
        terminal.row("" if index else terminal.say("explains"), f"{where}: {inner.message}")


def _sources(finding: Finding, count: int, lang: Lang) -> list[str]:
    """The passages that the first `count` remedies cite, one line per text."""
    from loglint.rulebook import recipes

    passages: dict[str, list[str]] = {}
    known = recipes()
    for remedy in finding.remedy[:count]:
        places, source = passages.setdefault(remedy.cite.recipe, []), known.get(remedy.cite.recipe)
        place = source.heading(remedy.cite.where, lang) if source is not None else remedy.cite.where
        if place not in places:
            places.append(place)
    lines = []
    for key, places in passages.items():
        source = known.get(key)
        url = f" <{source.url}>" if source is not None and source.url else ""
        lines.append(f"{source.named(lang) if source is not None else key}: {'; '.join(places)}{url}")
    return lines


def _by_rule(
    terminal: Terminal,
    findings: Sequence[Finding],
    report: Report,
    rules: Mapping[str, RuleInfo],
    runs: Mapping[str, RunInfo],
) -> None:
    """One block per rule: in how many runs, the worst three, the curve of the worst, and the command that lists the rest."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.rule, []).append(finding)
    paths = " ".join(shlex.quote(path) for path in report.settings.get("paths", []))
    worst_first = [sorted(group, key=badness, reverse=True) for group in groups.values()]
    for group in sorted(worst_first, key=lambda group: (-SEVERITIES.index(group[0].severity), -len(group))):
        head = group[0]
        count = len({run for finding in group for run in finding.runs or (finding.run,)})
        among = counted(report.summary.runs, "run", terminal.lang)
        where = terminal.text("  " + terminal.say("in {count:,} of {runs}", count=count, runs=among))
        terminal.line(heading(terminal, head).append_text(where), hang=2)
        for index, finding in enumerate(group[:WORST]):
            label = "" if index else terminal.say("worst")
            terminal.row(label, f"{place_of(finding, terminal.lang)}: {finding.message}")
        if len(group) > WORST:
            command = f"loglint run {paths} --select {head.rule} --format concise"
            terminal.row(terminal.say("rest"), terminal.say("{count:,} more: {command}", count=len(group) - WORST, command=command))
        _curves(terminal, head, runs)
        _advice(terminal, head, rules)
        terminal.line()
