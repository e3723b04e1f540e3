"""Rules across the runs of one invocation: outcomes -> cohorts -> verdicts -> findings, after every run was judged alone.

What is kept of a run lives in `loglint.outcomes`, which runs may be compared in `loglint.cohorts`, the symptoms in
`loglint.detectors`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import cast

import msgspec

from loglint.cohorts import cohorts, listed
from loglint.detectors import Across, NotJudged, detectors
from loglint.errors import LoglintError
from loglint.findings import fill, remedies, severity
from loglint.outcomes import Outcome
from loglint.report import Finding, fingerprint, number
from loglint.report import NotJudged as Unjudged
from loglint.rule import Rule
from loglint.verdicts import Verdict, evidence_of, margins, signature, thresholds

COMPARED = "compared"  # the kind of cohort that only `loglint compare` makes
ALONE = "it takes several runs"


class Judgement(msgspec.Struct, frozen=True):
    """One verdict, and the runs that it speaks of (all of the cohort when it was not judged)."""

    verdict: Verdict
    runs: tuple[Outcome, ...]


class Together(msgspec.Struct, frozen=True):
    """What the rules across runs found, what they could not judge, and which of them crashed."""

    findings: tuple[Finding, ...] = ()
    not_judged: tuple[Unjudged, ...] = ()
    crashed: tuple[str, ...] = ()


Cohort = tuple[Outcome, ...]


def examine_together(outcomes: Sequence[Outcome], rule: Rule) -> tuple[Judgement, ...]:
    """Every verdict of one rule of scope `runs`: those of each of its cohorts."""
    (kind,) = rule.detect.inputs.values()
    return _examined(cohorts(kind, outcomes), rule)


def _examined(groups: Sequence[Cohort], rule: Rule) -> tuple[Judgement, ...]:
    function = cast(Across, detectors()[rule.detect.detector])
    settings = {key: rule.detect.settings[key] for key in signature(rule.detect.detector)[1]}
    limits = thresholds(rule)
    allowed = {key: value for key, value in limits.items() if isinstance(value, int | float)}
    found: list[Judgement] = []
    for cohort in groups:
        result = function(cohort, **settings)
        if isinstance(result, NotJudged):
            missing = Verdict(rule, "not_judged", {}, {}, {}, {}, reason=result.reason, kind=result.kind)
            found.append(Judgement(missing, cohort))
            continue
        for measured in result:
            evidence = evidence_of(measured.evidence)
            distances = margins(evidence, limits)
            passed = all(distance >= 0 for distance in distances.values())
            verdict = Verdict(rule, "fired" if passed else "quiet", {}, evidence, allowed, distances)
            found.append(Judgement(verdict, tuple(cohort[i] for i in measured.runs)))
    return tuple(found)


def judge_together(outcomes: Sequence[Outcome], choose: Callable[[str], Sequence[Rule]]) -> Together:
    """Every rule across runs on the runs for which it is chosen."""
    findings: list[Finding] = []
    missing: list[Unjudged] = []
    crashed: list[str] = []
    grouped: dict[tuple[str, int], tuple[Cohort, ...]] = {}
    for rule, members in _chosen(outcomes, choose):
        (kind,) = rule.detect.inputs.values()
        try:
            if (kind, id(members)) not in grouped:
                grouped[kind, id(members)] = cohorts(kind, members)
            judgements = _examined(grouped[kind, id(members)], rule)
        except LoglintError:
            raise
        except Exception as error:  # whatever it is: it is reported, the exit code is 2, and the other rules are judged
            crashed.append(f"{rule.code} {rule.name}: {type(error).__name__}: {error}")
            continue
        findings += [_finding(rule, one) for one in judgements if one.verdict.outcome == "fired"]
        if all(one.verdict.outcome == "not_judged" for one in judgements):
            missing.append(_unjudged(rule, members, judgements))
    return Together(tuple(findings), tuple(missing), tuple(crashed))


def _chosen(outcomes: Sequence[Outcome], choose: Callable[[str], Sequence[Rule]]) -> list[tuple[Rule, Sequence[Outcome]]]:
    """The rules across runs in order of code, each with the runs it is chosen for; rules of the same runs share one sequence."""
    kinds: dict[int, tuple[Sequence[Rule], list[int]]] = {}
    for i, outcome in enumerate(outcomes):
        rules = choose(outcome.run)
        kinds.setdefault(id(rules), (rules, []))[1].append(i)
    chosen: dict[str, tuple[Rule, list[int]]] = {}  # the places in `kinds` of the runs that it is chosen for
    for k, (rules, _) in enumerate(kinds.values()):
        for rule in rules:
            if rule.scope == "runs" and COMPARED not in rule.detect.inputs.values():
                chosen.setdefault(rule.code, (rule, []))[1].append(k)
    indices = [members for _, members in kinds.values()]
    wanted = {tuple(which) for _, which in chosen.values()}
    members = {which: [outcomes[i] for i in sorted(i for k in which for i in indices[k])] for which in wanted}
    return [(rule, members[tuple(which)]) for _, (rule, which) in sorted(chosen.items())]


def _unjudged(rule: Rule, outcomes: Sequence[Outcome], judgements: Sequence[Judgement]) -> Unjudged:
    first = judgements[0].verdict if judgements else None
    reason = first.reason if first is not None else ALONE if len(outcomes) < 2 else "no runs that could be compared"
    kind = first.kind if first is not None and first.kind is not None else "absent"
    return Unjudged(rule=rule.code, kind=kind, reason=reason, runs=len(outcomes), examples=tuple(o.run for o in outcomes[:3]))


def _finding(rule: Rule, judgement: Judgement) -> Finding:
    verdict, runs = judgement.verdict, judgement.runs
    names = tuple(outcome.run for outcome in runs)
    values = {**verdict.evidence, "runs": listed(names)}
    evidence = {key: number(value) if isinstance(value, int | float) else value for key, value in verdict.evidence.items()}
    key = min((outcome.key for outcome in runs), default="")
    place = str(verdict.evidence.get("metric", ""))
    return Finding(
        rule=rule.code,
        name=rule.name,
        severity=severity(rule, verdict.evidence),
        message=fill(rule.message, values) or rule.summary,
        run=names[0] if len(names) == 1 else None,
        runs=names,
        key=key,
        place=place,
        axis="seq",
        first_step=None,
        evidence=evidence,
        threshold={name: number(value) for name, value in verdict.threshold.items() if math.isfinite(value)},
        remedy=remedies(rule.remedies, values),
        fingerprint=fingerprint(rule.code, key, place),
    )
