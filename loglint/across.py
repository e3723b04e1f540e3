"""Rules across the runs of one invocation: outcomes -> cohorts -> verdicts -> findings, after every run was judged alone.

What is kept of a run lives in `loglint.outcomes`, which runs may be compared in `loglint.cohorts`, the symptoms in
`loglint.detectors`.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

import msgspec
import numpy as np

from loglint.cohorts import listed
from loglint.detectors import Across, Measured, NotJudged, detectors
from loglint.errors import LoglintError
from loglint.findings import fill, remedies, severity
from loglint.gathered import Cohort, Gathered, cohorts
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
    runs: Cohort


class Together(msgspec.Struct, frozen=True):
    """What the rules across runs found, what they could not judge, and which of them crashed."""

    findings: tuple[Finding, ...] = ()
    not_judged: tuple[Unjudged, ...] = ()
    crashed: tuple[str, ...] = ()


class _Told:
    """What one rule says of its cohorts, one after another: nothing is held of those of which there is nothing to say."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.function = cast(Across, detectors()[rule.detect.detector])
        self.settings = {key: rule.detect.settings[key] for key in signature(rule.detect.detector)[1]}
        self.findings: list[Finding] = []
        self.first: Verdict | None = None
        self.judged = False
        self.crashed = ""

    def take(self, cohort: Cohort) -> None:
        """Judge one more."""
        if self.crashed:
            return
        try:
            result = self.function(cohort, **self.settings)
            if isinstance(result, NotJudged) and self.first is not None:
                return
            for one in _judgements(self.rule, cohort, result):
                self.first = self.first or one.verdict
                self.judged = self.judged or one.verdict.outcome != "not_judged"
                if one.verdict.outcome == "fired":
                    self.findings.append(_finding(self.rule, one))
        except LoglintError:
            raise
        except Exception as error:  # whatever it is: it is reported, the exit code is 2, and the other rules are judged
            self.crashed = f"{self.rule.code} {self.rule.name}: {type(error).__name__}: {error}"


def examine_together(outcomes: Sequence[Outcome], rule: Rule) -> tuple[Judgement, ...]:
    """Every verdict of one rule of scope `runs`: those of each of its cohorts."""
    (kind,) = rule.detect.inputs.values()
    runs = Gathered(outcomes).ordered()
    told = _Told(rule)
    return tuple(one for cohort in cohorts(kind, runs) for one in _judgements(rule, cohort, told.function(cohort, **told.settings)))


def _judgements(rule: Rule, cohort: Cohort, result: tuple[Measured[Any], ...] | NotJudged) -> Iterator[Judgement]:
    if isinstance(result, NotJudged):
        missing = Verdict(rule, "not_judged", {}, {}, {}, {}, reason=result.reason, kind=result.kind)
        yield Judgement(missing, cohort)
        return
    limits = thresholds(rule)
    allowed = {key: value for key, value in limits.items() if isinstance(value, int | float)}
    for measured in result:
        evidence = evidence_of(measured.evidence)
        distances = margins(evidence, limits)
        passed = all(distance >= 0 for distance in distances.values())
        verdict = Verdict(rule, "fired" if passed else "quiet", {}, evidence, allowed, distances)
        yield Judgement(verdict, cohort.part(measured.runs))


def judge_together(outcomes: Gathered | Sequence[Outcome], choose: Callable[[str], Sequence[Rule]]) -> Together:
    """Every rule across runs on the runs for which it is chosen: each cohort is looked at once, by all rules of its kind."""
    gathered = outcomes if isinstance(outcomes, Gathered) else Gathered(outcomes)
    told: list[tuple[Cohort, _Told]] = []
    for (kind, runs), rules in _chosen(gathered.ordered(), choose).items():
        mine = [_Told(rule) for rule in rules]
        for cohort in cohorts(kind, runs):
            for one in mine:
                one.take(cohort)
        told += [(runs, one) for one in mine]
    told.sort(key=lambda one: one[1].rule.code)
    well = [(runs, one) for runs, one in told if not one.crashed]
    return Together(
        findings=tuple(finding for _, one in well for finding in one.findings),
        not_judged=tuple(_unjudged(one, runs) for runs, one in well if not one.judged),
        crashed=tuple(one.crashed for _, one in told if one.crashed),
    )


def _chosen(runs: Cohort, choose: Callable[[str], Sequence[Rule]]) -> dict[tuple[str, Cohort], list[Rule]]:
    """The rules across runs by the kind of their cohorts and the runs they are chosen for."""
    kinds: dict[int, tuple[Sequence[Rule], array[int]]] = {}
    for i, name in enumerate(runs.names()):
        rules = choose(name)
        kinds.setdefault(id(rules), (rules, array("q")))[1].append(i)
    where: dict[str, tuple[Rule, list[int]]] = {}  # the places in `kinds` of the runs that a rule is chosen for
    for k, (rules, _) in enumerate(kinds.values()):
        for rule in rules:
            if rule.scope == "runs" and COMPARED not in rule.detect.inputs.values():
                where.setdefault(rule.code, (rule, []))[1].append(k)
    indices = [np.array(members) for _, members in kinds.values()]
    members = {
        which: runs.part(np.sort(np.concatenate([indices[k] for k in which]))) for which in {tuple(w) for _, w in where.values()}
    }
    chosen: dict[tuple[str, Cohort], list[Rule]] = {}
    for rule, which in where.values():
        (kind,) = rule.detect.inputs.values()
        chosen.setdefault((kind, members[tuple(which)]), []).append(rule)
    return chosen


def _unjudged(told: _Told, runs: Cohort) -> Unjudged:
    first = told.first
    reason = first.reason if first is not None else ALONE if len(runs) < 2 else "no runs that could be compared"
    kind = first.kind if first is not None and first.kind is not None else "absent"
    return Unjudged(rule=told.rule.code, kind=kind, reason=reason, runs=len(runs), examples=tuple(runs[:3].names()))


def _finding(rule: Rule, judgement: Judgement) -> Finding:
    verdict, runs = judgement.verdict, judgement.runs
    names = tuple(runs.names())
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
