"""loglint's own judgement of a simulated run, in this process: draw -> reading -> run -> findings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np

from benchmarks.accuracy.generators import Draw
from loglint.engine import judge_run
from loglint.model import Floats, Reading, Run, Series, Source
from loglint.report import Finding
from loglint.roles import assign
from loglint.rule import Rule
from loglint.rulebook import load_rules
from loglint.runs import assemble


@dataclass(frozen=True)
class Said:
    """One finding: the rule's name, its severity, and the place it names."""

    name: str
    severity: str
    first: float | None
    confidence: float | None
    message: str
    evidence: dict[str, object]


@dataclass(frozen=True)
class Judgement:
    """Everything said of a run before folding, and the names of the rules that could be judged."""

    said: tuple[Said, ...]
    judged: frozenset[str]
    crashed: tuple[str, ...]


@cache
def rulebook() -> dict[str, Rule]:
    """Every rule by name."""
    return {rule.name: rule for rule in load_rules()}


@cache
def rules(extra: tuple[str, ...] = ()) -> tuple[Rule, ...]:
    """The default rules that judge one run, and those named besides."""
    alone = [rule for rule in rulebook().values() if rule.scope != "runs"]
    return tuple(rule for rule in alone if (rule.default and rule.stage == "stable") or rule.name in extra)


def reading(draw: Draw) -> Reading:
    """The draw as a reader would hand it on."""
    places = np.unique(np.concatenate([points.x for points in draw.curves.values()]))
    series = []
    for name, points in draw.curves.items():
        ordered = bool((np.diff(points.x) > 0).all())
        seq = np.searchsorted(places, points.x) if ordered else np.arange(len(points.x))
        axes: dict[str, Floats] = {draw.axis: points.x}
        axes |= {axis: x for axis, x in draw.extra.items() if len(x) == len(points.x)}
        series.append(Series(name, points.y, seq.astype(np.int64), **axes))
    return Reading(Source("simulated.csv", "simulated"), tuple(series), draw.histograms, config=dict(draw.config))


def run_of(draw: Draw) -> Run:
    """The draw as one run with roles."""
    (run,) = assemble((reading(draw),))
    return assign(run)


def judge(draw: Draw, extra: tuple[str, ...] = ()) -> Judgement:
    """What the default rules, and the `extra` ones, say of a draw."""
    report = judge_run(run_of(draw), rules(extra), drawn="none")
    return Judgement(tuple(flat(report.findings)), frozenset(report.judged), report.crashed)


def flat(findings: Iterable[Finding]) -> Iterable[Said]:
    """Findings and those folded under them."""
    for finding in findings:
        first = finding.first_step
        at = float(first) if isinstance(first, int | float) else None
        yield Said(finding.name, finding.severity, at, finding.confidence, finding.message, dict(finding.evidence))
        yield from flat(finding.folded)
