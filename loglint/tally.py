"""The counts of judged runs, kept while they come by: what a report says of all of them together, without holding them.

What becomes of their findings is the business of `loglint.gate`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from loglint.gathered import Gathered
from loglint.report import Finding, NotJudged, NotJudgedKind, ProblemInfo, RunReport
from loglint.rule import Rule

EXAMPLES = 3  # runs named of those on which a rule could not be judged
MOST_ALIKE = 256  # kinds of runs alike that are counted at a time


class _Missing(msgspec.Struct):
    """Why one or several rules could not be judged: how many runs had each reason, and the first of those runs."""

    reasons: Counter[str] = msgspec.field(default_factory=Counter)
    examples: tuple[str, ...] = ()

    def take(self, reason: str, runs: int, examples: tuple[str, ...]) -> None:
        self.reasons[reason] += runs
        self.examples = tuple(sorted({*self.examples, *examples})[:EXAMPLES])

    def told(self, rule: str, kind: NotJudgedKind) -> NotJudged:
        reason = min(self.reasons, key=lambda one: (-self.reasons[one], one))
        return NotJudged(rule=rule, kind=kind, reason=reason, runs=self.reasons.total(), examples=self.examples)


class _Alike(msgspec.Struct):
    """Runs on which the same could not be judged: how many, and the first of them."""

    entries: tuple[NotJudged, ...]
    runs: int = 0
    examples: tuple[str, ...] = ()

    def take(self, run: str) -> None:
        self.runs += 1
        if len(self.examples) < EXAMPLES or run < self.examples[-1]:
            self.examples = tuple(sorted({*self.examples, run})[:EXAMPLES])


class Tally(msgspec.Struct):
    """What was met so far: runs, curves and points, rules applied and judged, problems, what went wrong, what rules across runs
    need, and the headline findings by severity (those that are new) and by status."""

    runs: int = 0
    series: int = 0
    points: int = 0
    applied: dict[str, Rule] = msgspec.field(default_factory=dict)
    rules: Sequence[Rule] = ()  # those of the last run, which are those of the next more often than not
    judged: set[str] = msgspec.field(default_factory=set)
    problems: list[ProblemInfo] = msgspec.field(default_factory=list)
    lost: list[str] = msgspec.field(default_factory=list)
    outcomes: Gathered = msgspec.field(default_factory=Gathered)
    severities: Counter[str] = msgspec.field(default_factory=Counter)
    statuses: Counter[str] = msgspec.field(default_factory=Counter)
    missing: dict[tuple[str, NotJudgedKind], _Missing] = msgspec.field(default_factory=dict)
    alike: dict[int, _Alike] = msgspec.field(default_factory=dict)  # by the id of what could not be judged, not yet in `missing`

    def take(self, report: RunReport, rules: Sequence[Rule]) -> None:
        """One more run, judged by these rules."""
        self.runs += 1
        self.series += len(report.run.series)
        self.points += sum(curve.points for curve in report.run.series)
        if rules is not self.rules:
            self.rules = rules
            self.applied.update((rule.code, rule) for rule in rules)
        self.judged.update(report.judged)
        self.problems += report.problems
        self.lost += [f"{report.run.id}: rule crashed: {what}" for what in report.crashed]
        if report.outcome is not None:
            self.outcomes.add(report.outcome)
        alike = self.alike.setdefault(id(report.not_judged), _Alike(report.not_judged))
        alike.take(report.run.id)
        if len(self.alike) > MOST_ALIKE:
            self._told()

    def _told(self) -> None:
        """Bring what could not be judged on runs alike under rules and kinds."""
        for alike in self.alike.values():
            for entry in alike.entries:
                self.missing.setdefault((entry.rule, entry.kind), _Missing()).take(entry.reason, alike.runs, alike.examples)
        self.alike.clear()

    def count(self, heads: Sequence[Finding]) -> None:
        """More headline findings."""
        self.severities.update(finding.severity for finding in heads if finding.status == "new")
        self.statuses.update(finding.status for finding in heads)

    def not_judged(self) -> list[NotJudged]:
        """One entry per rule and kind: its commonest reason, in how many runs, and the first three of them."""
        self._told()
        return [entry.told(rule, kind) for (rule, kind), entry in sorted(self.missing.items())]
