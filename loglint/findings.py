"""Verdicts -> findings: the rule's words filled in with the run's own numbers. No symptom is judged here."""

from __future__ import annotations

import math
import string
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from loglint.advice import run_facts
from loglint.confidence import confidence
from loglint.curves.curve import Curve
from loglint.model import Problem, Run, Series
from loglint.report import Cite, Finding, Location, Number, Remedy, RuleInfo, Severity, fingerprint, number
from loglint.rule import RemedyText, Rule, is_noun
from loglint.rulebook import recipes
from loglint.verdicts import Verdict, worst
from loglint.view import Absent, View

UNKNOWN = "?"
CAP = 1_000_000  # what detectors give for a ratio to nothing; whole numbers from there on are printed as "more than"


class _Words(string.Formatter):
    """Fills `{field:.3g}`, and `{field:record}` with `1 record` or `2 records`; a number format applied to something that is no
    number gives the thing itself."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, int | float) and not isinstance(value, bool):
            if not math.isfinite(value):
                return str(value)
            value += 0  # what rounds to nothing has no sign
            if is_noun(format_spec):
                return f"{value:.0f} {format_spec}{'' if value == 1 else 's'}"
            if format_spec == ".0f" and value >= CAP:
                return f">{CAP:,}"
            return format(float(value) if format_spec and format_spec[-1] in "eEfFgG%" else value, format_spec or _plain(value))
        return str(value)


def _plain(value: float) -> str:
    return "" if isinstance(value, int) else ".0f" if value == int(value) and abs(value) < 1e15 else ".4g"


def fill(text: str, values: Mapping[str, Any]) -> str | None:
    """The text with its placeholders filled; None when a fact it needs is not known."""
    names = [name for _, name, _, _ in string.Formatter().parse(text) if name]
    if any(values.get(name) is None for name in names):
        return None
    return _Words().vformat(text, (), values)


def finding(view: View, verdicts: Sequence[Verdict]) -> Finding:
    """One finding for all inputs of one rule that fired in one attempt; the evidence is that of the strongest."""
    run, verdict = view.run, worst(verdicts)
    rates = view.curves("learning_rate")
    lr = None if isinstance(rates, Absent) else rates[0]
    rule, curve = verdict.rule, verdict.curve
    names = {alias: c.name for alias, c in verdict.curves.items()}
    axis = curve.axis if curve is not None else "seq"
    first, last = view.extent(curve)
    values = {
        **names,
        **run_facts(view.facts, lr, verdict.position, curve if isinstance(curve, Curve) else None, last - first),
        **verdict.evidence,
        "axis": _axis_word(axis),
        "at": verdict.position,
    }
    said = values | {alias: names.get(alias, values.get(alias, UNKNOWN)) for alias in rule.detect.inputs}
    series = view.source(curve)
    place = series.role.place if series is not None else ""
    evidence = {key: number(value) if isinstance(value, int | float) else value for key, value in verdict.evidence.items()}
    threshold = {key: number(value) for key, value in verdict.threshold.items()}
    return Finding(
        rule=rule.code,
        name=rule.name,
        severity=severity(rule, verdict.evidence),
        message=fill(rule.message, said) or rule.summary,
        run=run.id,
        key=run.key,
        place=place,
        attempt=view.attempt,
        series=tuple(dict.fromkeys(v.curve.name for v in verdicts if v.curve is not None)),
        inputs=names,
        first_step=number(verdict.position),
        last_step=_end(verdict),
        onset=verdict.onset,
        spans=_spans(verdict),
        axis=axis,
        location=_location(series, verdict.at),
        evidence=evidence,
        threshold=threshold,
        confidence=confidence(rule.name, evidence, threshold),
        levels=verdict.levels,
        remedy=remedies(rule.remedies, values),
        fingerprint=fingerprint(rule.code, run.key, place),
    )


def severity(rule: Rule, evidence: Mapping[str, Any]) -> Severity:
    """The rule's severity, or the first `[[severity_when]]` whose number the evidence reaches."""
    for when in rule.severity_when:
        value = evidence.get(when.field)
        if isinstance(value, int | float) and (
            (when.at_least is not None and value >= when.at_least) or (when.at_most is not None and value <= when.at_most)
        ):
            return when.severity
    return rule.severity


def remedies(texts: Sequence[RemedyText], values: Mapping[str, Any]) -> tuple[Remedy, ...]:
    """What to do, in order; a remedy whose fact is unknown says its `otherwise`, or is left out."""
    found = []
    for text in texts:
        words = fill(text.do, values) or (fill(text.otherwise, values) if text.otherwise else None)
        if words is not None:
            source = recipes().get(text.cite.recipe)
            found.append(
                Remedy(do=words, cite=Cite(recipe=text.cite.recipe, where=text.cite.where, url=source.url if source else None))
            )
    return tuple(found)


def told(rule: Rule) -> RuleInfo:
    """What a report says of a rule that was applied."""
    cites = (*rule.cite, *(remedy.cite for remedy in rule.remedies))
    urls = [source.url for cite in cites if (source := recipes().get(cite.recipe)) is not None and source.url]
    return RuleInfo(
        code=rule.code,
        name=rule.name,
        summary=rule.summary,
        why=rule.why,
        url=next(iter(urls), None),
        severity=rule.severity,
        wrong_when=rule.wrong_when,
    )


def reported(run: Run, rule: Rule, path: str, line: int | None, message: str, attempt: int = 0) -> Finding:
    """The finding of a `log` rule: a problem or an event that a reader reported."""
    values = {"path": path, "line": line or UNKNOWN, "what": message}
    return Finding(
        rule=rule.code,
        name=rule.name,
        severity=rule.severity,
        message=fill(rule.message, values) or rule.summary,
        run=run.id,
        key=run.key,
        attempt=attempt,
        axis="seq",
        location=Location(path=path, line=line),
        remedy=remedies(rule.remedies, values),
        fingerprint=fingerprint(rule.code, run.key, ""),
    )


def of_problems(run: Run, problems: Iterable[Problem], rules: Sequence[Rule]) -> tuple[Finding, ...]:
    """The findings of the `log` rules that name the problems' kinds."""
    log = [(rule, _kinds(rule)) for rule in rules if rule.scope == "log"]
    return tuple(
        reported(run, rule, problem.path, problem.line, problem.message)
        for problem in problems
        for rule, kinds in log
        if problem.kind in kinds
    )


def _kinds(rule: Rule) -> frozenset[str]:
    kinds = rule.detect.settings.get("kinds", ())
    return frozenset((kinds,) if isinstance(kinds, str) else (str(kind) for kind in kinds) if isinstance(kinds, tuple) else ())


def _location(series: Series | None, at: int) -> Location | None:
    if series is None:
        return None
    known = series.line is not None and at < len(series.line)
    return Location(path=series.path, line=(int(series.line[at]) or None) if known and series.line is not None else None)


def _end(verdict: Verdict) -> Number:
    if verdict.curve is None or not verdict.spans or not len(verdict.curve):
        return None
    return number(float(verdict.curve.x[verdict.spans[-1].last]))


def _spans(verdict: Verdict) -> tuple[tuple[Number, Number], ...]:
    if verdict.curve is None or not len(verdict.curve):
        return ()
    x = verdict.curve.x
    return tuple((number(float(x[span.first])), number(float(x[span.last]))) for span in verdict.spans)


def _axis_word(axis: str) -> str:
    return {"seq": "record", "time": "time"}.get(axis, axis)
