"""Judges one run by rules.

How one rule is held against one attempt lives in `loglint.verdicts`, words in `loglint.findings`, folding in
`loglint.fold`, what a rule's inputs mean on a run in `loglint.view`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any, Literal

import msgspec
import numpy as np

from loglint.condense import condense
from loglint.curves.curve import Curve
from loglint.curves.layers import Layers
from loglint.describe import BUCKETS, describe
from loglint.detectors import Measured
from loglint.detectors import NotJudged as NotMeasured
from loglint.errors import LoglintError
from loglint.facts import facts_of
from loglint.findings import finding, reported
from loglint.fold import fold
from loglint.model import Event, Problem, Run
from loglint.outcomes import shared
from loglint.report import Finding, NotJudged, NotJudgedKind, ProblemInfo, RunReport, Unjudged
from loglint.rule import Rule
from loglint.verdicts import Verdict, judge, measure, passes, verdict_of
from loglint.view import Absent, View

Drawn = Literal["all", "found", "none"]  # all curves, those that findings name, or none


def examine(run: Run, rule: Rule) -> tuple[Verdict, ...]:
    """Every verdict of one curve rule on one run: one for each attempt and each match of its main input."""
    facts = facts_of(run.config)
    return tuple(v for attempt in run.attempts for v in _verdicts(rule, View(run, attempt.index, facts)))


def _verdicts(rule: Rule, view: View) -> tuple[Verdict, ...]:
    """The rule on each match of the input it is judged for."""
    matches = _matches(rule, view)
    if isinstance(matches, Absent):
        return (Verdict(rule, "not_judged", {}, {}, {}, {}, reason=matches.reason, kind=matches.kind),)
    return tuple(judge(rule, inputs, view.extent(inputs[rule.detect.judged])) for inputs in matches)


def _matches(rule: Rule, view: View) -> list[dict[str, Any]] | Absent:
    """The rule's inputs for each match of the one it is judged for; or the first that it needs and that is not there."""
    inputs: dict[str, Any] = {}
    each = rule.detect.judged
    matches: tuple[Curve | Layers, ...] = ()
    for alias, pattern, optional in rule.detect.wanted:
        found: tuple[Curve | Layers, ...] | Absent | None = view.known.get(pattern)
        if found is None:
            if pattern.startswith("fact:"):
                inputs[alias] = _number(view.facts.get(pattern.removeprefix("fact:")))
                continue
            found = view.layers(pattern) if pattern.startswith("layers/") else view.curves(pattern)
        if isinstance(found, Absent):
            if not optional:
                return found
        elif alias == each:
            matches = found
        else:
            inputs[alias] = found[0] if len(found) == 1 else found
    if not any(isinstance(value, tuple) for value in inputs.values()):
        return [{each: curve, **inputs} for curve in matches]
    return [
        {each: curve} | {alias: _nearest(value, curve) if isinstance(value, tuple) else value for alias, value in inputs.items()}
        for curve in matches
    ]


def _nearest(candidates: Sequence[Curve | Layers], curve: Curve | Layers) -> Curve | Layers:
    """Of several matches of a companion input, the one of the same dataset, else the one whose name is most alike."""
    if len(candidates) == 1:
        return candidates[0]
    return max(candidates, key=lambda c: (c.dataset == curve.dataset, len(set(c.name.split("/")) & set(curve.name.split("/")))))


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _held(rule: Rule, views: Sequence[View]) -> tuple[bool, Absent | NotMeasured | None, list[Finding]]:
    """Whether a rule could be judged on any attempt, the first reason why not, and its findings."""
    judged, found = False, []
    why: Absent | NotMeasured | None = None
    for view in views:
        matches = _matches(rule, view)
        if isinstance(matches, Absent):
            why = why or matches
            continue
        fired = []
        for inputs in matches:
            result = measure(rule, inputs)
            if isinstance(result, NotMeasured):
                why = why or result
                continue
            judged = True
            if isinstance(result, Measured) and passes(rule, result):
                fired.append(verdict_of(rule, inputs, result, view.extent(inputs[rule.detect.judged])))
        if fired:
            found.append(finding(view, fired))
    return judged, why, found


def judge_run(run: Run, rules: Sequence[Rule], drawn: Drawn = "all", buckets: int = BUCKETS) -> RunReport:
    """All findings of one run, before folding; and what could not be judged, and why. `drawn`: which curves have sketches, of
    at most `buckets`."""
    facts = facts_of(run.config)
    findings: list[Finding] = []
    missing: list[tuple[str, NotJudgedKind, str]] = []
    judged: list[str] = []
    crashed: list[str] = []
    for rule in rules:
        if rule.scope == "log":
            findings += _log_findings(run, rule)
    views = [View(run, attempt.index, facts) for attempt in run.attempts]
    for rule in rules:
        if rule.scope not in ("curves", "layers"):
            continue
        try:
            could, why, found = _held(rule, views)
        except LoglintError:
            raise
        except Exception as error:  # whatever it is: it is reported, the exit code is 2, and the other rules are judged
            crashed.append(f"{rule.code} {rule.name}: {type(error).__name__}: {error}")
            continue
        findings += found
        if could:
            judged.append(rule.name)
        elif why is not None:
            missing.append((rule.code, why.kind, why.reason))
    unjudged, by_reason = _unjudged(tuple(missing))
    return RunReport(
        run=msgspec.structs.replace(describe(run, _sketched(drawn, findings), buckets), not_judged=by_reason),
        findings=tuple(findings),
        not_judged=unjudged,
        problems=tuple(ProblemInfo(path=p.path, message=p.message, kind=p.kind, line=p.line) for p in run.problems),
        judged=shared(tuple(judged)),
        crashed=tuple(crashed),
        outcome=condense(run, views, folded(findings, rules)) if any(rule.scope == "runs" for rule in rules) else None,
    )


@lru_cache(maxsize=1024)
def _unjudged(missing: tuple[tuple[str, NotJudgedKind, str], ...]) -> tuple[tuple[NotJudged, ...], tuple[Unjudged, ...]]:
    """(rule, kind, reason) of what could not be judged on a run as records, and the same with one entry for each reason; the same
    records for all runs alike."""
    groups: dict[tuple[NotJudgedKind, str], list[str]] = {}
    for rule, kind, reason in missing:
        groups.setdefault((kind, reason), []).append(rule)
    by_reason = tuple(Unjudged(kind=kind, reason=reason, rules=tuple(rules)) for (kind, reason), rules in groups.items())
    return tuple(NotJudged(rule=rule, kind=kind, reason=reason) for rule, kind, reason in missing), by_reason


def _sketched(drawn: Drawn, findings: Sequence[Finding]) -> Collection[str] | None:
    """The names of the curves to sketch; None for all."""
    if drawn == "all":
        return None
    return {name for f in findings for name in (*f.series, *f.inputs.values())} if drawn == "found" else ()


def _log_findings(run: Run, rule: Rule) -> list[Finding]:
    """A `log` rule's findings: the first problem or event of the kinds it names, for each file.

    An error after which training went on was caught, and is no finding; a job without a curve is no training run.
    """
    kinds = rule.detect.settings.get("kinds", ())
    wanted = {kinds} if isinstance(kinds, str) else set(kinds) if isinstance(kinds, tuple) else set()
    reports: tuple[Problem | Event, ...] = (*run.problems, *(run.events if run.series else ()))
    first: dict[str, Problem | Event] = {}
    for item in reports:
        if item.kind in wanted and item.path not in first and not (isinstance(item, Event) and _went_on(run, item)):
            first[item.path] = item
    return [reported(run, rule, item.path, item.line, item.message) for item in first.values()]


def _went_on(run: Run, event: Event) -> bool:
    """Whether an attempt has points both before and after a fatal event, by their lines."""
    if event.line is None or event.kind in ("restart", "resume"):
        return False
    for series in run.series:
        if series.path != event.path or series.line is None or not len(series):
            continue
        attempts = np.zeros(len(series), dtype=np.int64) if series.attempt is None else series.attempt
        before, after = attempts[series.line < event.line], attempts[series.line > event.line]
        if len(before) and len(after) and before[-1] == after[0] and len(after) >= 2:
            return True
    return False


def folded(findings: Sequence[Finding], rules: Sequence[Rule]) -> tuple[Finding, ...]:
    """Findings with effects folded under causes, as the rules' `folds` and `views` say; codes there may be prefixes."""
    found = {finding.rule for finding in findings}
    causes = [rule for rule in rules if rule.code in found] if len(found) > 1 else []
    effects = {rule.code: [code for code in found if code.startswith(rule.folds)] for rule in causes}
    views = {rule.code: [code for code in found if code.startswith(rule.views)] for rule in causes}
    return fold(findings, effects, views)
