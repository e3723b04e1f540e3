"""The examples inside rule files, run through the engine: a bad one must fire in its place, a good one must not fire.

How an example becomes a run lives in `loglint.examples`; how the results are printed, in the command line.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec
import numpy as np
from msgspec.structs import replace

from loglint.across import COMPARED, examine_together
from loglint.compare import judge_pairs, pair_up, summary_of
from loglint.engine import examine, judge_run
from loglint.examples import example_runs
from loglint.model import Run
from loglint.rule import Example, Rule
from loglint.rulebook import load_rules
from loglint.verdicts import Evidence, Verdict, evidence_of, margins, thresholds
from loglint.verdicts import Outcome as VerdictOutcome

Outcome = Literal["fired", "quiet", "vetoed", "not_judged", "crashed"]
Cell = Literal["TP", "TN", "FP", "FN"]


class ExampleResult(msgspec.Struct, frozen=True):
    """What a rule made of one of its examples, and whether that is what the example claims.

    `number` counts the bad and the good examples of a rule from 1. `position` is where the rule fired, on the curve's axis
    (NaN when it did not). A bad example that fires in the wrong place is a miss: "FN".
    """

    rule: Rule
    example: Example
    number: int
    outcome: Outcome
    passed: bool
    position: float = math.nan
    reason: str = ""
    evidence: Evidence = msgspec.field(default_factory=dict)
    threshold: Mapping[str, float] = msgspec.field(default_factory=dict)
    margins: Mapping[str, float] = msgspec.field(default_factory=dict)

    @property
    def cell(self) -> Cell:
        """The cell of the confusion matrix."""
        if self.example.bad:
            return "TP" if self.passed else "FN"
        return "TN" if self.passed else "FP"


def run_examples(rules: Sequence[Rule]) -> tuple[ExampleResult, ...]:
    """Every example of every rule, in order. Raises RuleError for an example that describes no run."""
    results = []
    for rule in rules:
        numbers: Counter[bool] = Counter()
        for example in rule.examples:
            numbers[example.bad] += 1
            results.append(_result(rule, example, numbers[example.bad]))
    return tuple(results)


def confusion(results: Sequence[ExampleResult]) -> dict[str, Counter[Cell]]:
    """TP, TN, FP and FN by rule code, in the order of the results."""
    table: dict[str, Counter[Cell]] = {}
    for result in results:
        table.setdefault(result.rule.code, Counter())[result.cell] += 1
    return table


def _result(rule: Rule, example: Example, number: int) -> ExampleResult:
    runs = example_runs(rule, example)
    if rule.scope == "log":
        return _reported(rule, example, number, runs)
    try:
        if COMPARED in rule.detect.inputs.values():
            return _compared(rule, example, number, runs)
        if rule.scope == "runs":
            outcomes = [one for run in runs if (one := judge_run(run, (*load_rules(), rule)).outcome) is not None]
            return _judged(rule, example, number, tuple(one.verdict for one in examine_together(outcomes, rule)))
        verdicts = tuple(verdict for run in runs for verdict in examine(run, rule))
    except (ArithmeticError, LookupError, TypeError, ValueError, np.linalg.LinAlgError) as error:
        return ExampleResult(rule, example, number, "crashed", False, reason=f"{type(error).__name__}: {error}")
    return _judged(rule, example, number, verdicts)


def _reported(rule: Rule, example: Example, number: int, runs: Sequence[Run]) -> ExampleResult:
    found = any(judge_run(run, (rule,)).findings for run in runs)
    return ExampleResult(rule, example, number, "fired" if found else "quiet", found is example.bad)


def _compared(rule: Rule, example: Example, number: int, runs: Sequence[Run]) -> ExampleResult:
    """A rule of `loglint compare` on an example whose runs are called base or base/..., and head or head/...."""
    sides = [summary_of([replace(run, key="run") for run in runs if run.id.split("/")[0] == side]) for side in ("base", "head")]
    figures, _ = judge_pairs(pair_up(*sides), (rule,))
    shown = min(figures, key=lambda one: (one.verdict != "worse", one.worse.p), default=None)
    if shown is None:
        return ExampleResult(rule, example, number, "not_judged", not example.bad, reason="nothing could be compared")
    evidence, limits = evidence_of(shown.worse), thresholds(rule)
    outcome: VerdictOutcome = "fired" if shown.verdict == "worse" else "quiet"
    allowed = {key: value for key, value in limits.items() if isinstance(value, int | float)}
    verdict = Verdict(rule, outcome, {}, evidence, allowed, margins(evidence, limits))
    return _from(rule, example, number, verdict, passed=(outcome == "fired") is example.bad, reason="")


def _judged(rule: Rule, example: Example, number: int, verdicts: Sequence[Verdict]) -> ExampleResult:
    """The result from the verdict that counts: one that fired (in the right place, if there is one), else the nearest to it."""
    fired = [verdict for verdict in verdicts if verdict.outcome == "fired"]
    if not fired:
        rank = {"vetoed": 2, "quiet": 1, "not_judged": 0, "fired": 3}
        nearest = max(verdicts, key=lambda v: (rank[v.outcome], v.strength), default=None)
        if nearest is None:
            return ExampleResult(rule, example, number, "not_judged", not example.bad, reason="no input of the rule is there")
        return _from(rule, example, number, nearest, passed=not example.bad, reason=nearest.reason)
    verdict = min(fired, key=lambda v: abs(v.position - example.at) if example.at is not None else -v.strength)
    misplaced = example.bad and example.at is not None and not abs(verdict.position - example.at) <= example.at_within
    where = f"fired at {verdict.position:g}, not within {example.at_within:g} of {example.at:g}" if misplaced else ""
    return _from(rule, example, number, verdict, passed=example.bad and not misplaced, reason=where)


def _from(rule: Rule, example: Example, number: int, verdict: Verdict, passed: bool, reason: str) -> ExampleResult:
    return ExampleResult(
        rule=rule,
        example=example,
        number=number,
        outcome=verdict.outcome,
        passed=passed,
        position=verdict.position if verdict.outcome == "fired" else math.nan,
        reason=reason,
        evidence=verdict.evidence,
        threshold=verdict.threshold,
        margins=verdict.margins,
    )
