"""The counts of judged runs, kept while they come by: what a report says of all of them together, without holding them.

What becomes of their findings is the business of `loglint.gate`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from loglint.outcomes import Outcome
from loglint.report import Finding, NotJudged, ProblemInfo, RunReport
from loglint.rule import Rule

EXAMPLES = 3  # runs named of those on which a rule could not be judged


@dataclass(slots=True)
class _Missing:
    """A rule that could not be judged for one kind of reason: the first such entry, all reasons, and some runs."""

    first: NotJudged
    reasons: Counter[str] = field(default_factory=Counter)
    examples: tuple[str, ...] = ()

    def take(self, entry: NotJudged) -> None:
        self.reasons[entry.reason] += 1
        if len(self.examples) < EXAMPLES or min(entry.examples, default="") < self.examples[-1]:
            self.examples = tuple(sorted({*self.examples, *entry.examples})[:EXAMPLES])

    def told(self) -> NotJudged:
        reason = min(self.reasons, key=lambda one: (-self.reasons[one], one))
        return msgspec.structs.replace(self.first, reason=reason, runs=self.reasons.total(), examples=self.examples)


@dataclass(slots=True)
class Tally:
    """What was met so far: runs, curves and points, rules applied and judged, problems, what went wrong, what rules across runs
    need, and the headline findings by severity (those that are new) and by status."""

    runs: int = 0
    series: int = 0
    points: int = 0
    applied: dict[str, Rule] = field(default_factory=dict)
    judged: set[str] = field(default_factory=set)
    problems: list[ProblemInfo] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    severities: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    missing: dict[tuple[str, str], _Missing] = field(default_factory=dict)

    def take(self, report: RunReport, rules: Sequence[Rule]) -> None:
        """One more run, judged by these rules."""
        self.runs += 1
        self.series += len(report.run.series)
        self.points += sum(curve.points for curve in report.run.series)
        self.applied.update((rule.code, rule) for rule in rules)
        self.judged.update(report.judged)
        self.problems += report.problems
        self.lost += [f"{report.run.id}: rule crashed: {what}" for what in report.crashed]
        if report.outcome is not None:
            self.outcomes.append(report.outcome)
        for entry in report.not_judged:
            self.missing.setdefault((entry.rule, entry.kind), _Missing(entry)).take(entry)

    def count(self, heads: Sequence[Finding]) -> None:
        """More headline findings."""
        self.severities.update(finding.severity for finding in heads if finding.status == "new")
        self.statuses.update(finding.status for finding in heads)

    def not_judged(self) -> list[NotJudged]:
        """One entry per rule and kind: its commonest reason, in how many runs, and the first three of them."""
        return [entry.told() for _, entry in sorted(self.missing.items())]
