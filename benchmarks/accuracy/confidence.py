"""Confidence: findings of known truth, the model fitted to them, and how often it is right on those it was not fitted to.

The findings come from healthy simulated runs, from faults at every strength, and from labelled logs; each of the three counts
as much as the others. What the model is lives in `loglint.confidence`.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

from benchmarks.accuracy.faults import FAULTS, injected
from benchmarks.accuracy.generators import ALWAYS_TRUE, HEALTHY, healthy
from benchmarks.accuracy.judge import rules, run_of
from benchmarks.accuracy.labelled import ABOUT_THE_LOG, Case
from benchmarks.accuracy.noise import Floats
from benchmarks.accuracy.pool import spread
from loglint.confidence import Distances, Model, chance, distances
from loglint.engine import judge_run
from loglint.report import Finding

LENGTHS = (10, 30, 100, 300, 1000)
HEALTHY_TIMES = 4  # healthy runs have few findings: so many times the draws of a fault
ENOUGH = 30  # findings of a rule below which it is not rated
SPREAD = 1.5  # standard deviation of the rules' offsets around their mean
FOLDS = 5
HEADER = """# How sure a finding is (loglint/confidence.py).
# Fitted by `python -m benchmarks.accuracy --confidence`; never edited by hand.
"""


class Sample(NamedTuple):
    """One finding, and whether it is right. `run` tells runs apart, `kind` is healthy, fault or log."""

    kind: str
    run: str
    rule: str
    seen: Distances
    right: bool


@dataclass(frozen=True)
class Task:
    """Runs of one kind: draws of a shape at a length, of a fault at its strengths, or one labelled log."""

    kind: str
    name: str
    number: int
    draws: int
    case: Case | None = None


def collect(draws: int, cases: Sequence[Case], jobs: int = 2) -> list[Sample]:
    """Findings of known truth: `draws` runs of each fault and strength, `HEALTHY_TIMES` as many of each shape and length, cases."""
    tasks = [Task("healthy", shape, length, HEALTHY_TIMES * draws) for length in LENGTHS for shape in HEALTHY]
    tasks += [Task("fault", title, 0, draws) for title in FAULTS]
    tasks += [Task("log", case.id, i, 1, case) for i, case in enumerate(cases) if case.judged]
    return [sample for found in spread(samples, tasks, jobs) for sample in found]


def samples(task: Task) -> list[Sample]:
    """All findings of a task's runs, except statements about the log."""
    found = _logged(task.case) if task.case is not None else _healthy(task) if task.kind == "healthy" else _faulty(task)
    return [
        Sample(task.kind, f"{task.name} {run}", one.name, distances(one.evidence, one.threshold), right)
        for run, one, right in found
        if one.threshold and one.name not in ABOUT_THE_LOG and one.name not in ALWAYS_TRUE
    ]


def _healthy(task: Task) -> Iterator[tuple[int, Finding, bool]]:
    for index in range(task.draws):
        draw = healthy(task.name, task.number, index)
        for finding in judge_run(run_of(draw), rules()).findings:
            yield index, finding, draw.permits(finding.name, finding.severity)


def _faulty(task: Task) -> Iterator[tuple[int, Finding, bool]]:
    fault = FAULTS[task.name]
    for place, strength in enumerate(fault.levels):
        for index in range(task.draws):
            for finding in judge_run(run_of(injected(task.name, strength, index).draw), rules((fault.rule,))).findings:
                yield 1000 * place + index, finding, fault.permits(finding.name)


def _logged(case: Case) -> Iterator[tuple[int, Finding, bool]]:
    """What is said of a log that its label speaks of: labels do not list every true statement (info)."""
    from loglint import lint
    from loglint.errors import LoglintError

    try:
        report = lint(case.path)
    except LoglintError:
        return
    fine = (case.may | ABOUT_THE_LOG) - case.must_not
    for finding in _flat(report.findings):
        if finding.severity != "info" or finding.name in fine or finding.name in case.must_not:
            yield 0, finding, finding.name in fine


def _flat(findings: Iterable[Finding]) -> Iterator[Finding]:
    for finding in findings:
        yield finding
        yield from _flat(finding.folded)


def fit(found: Sequence[Sample]) -> Model:
    """The model of the highest likelihood, offsets drawn towards their mean, no coefficient of a distance below 0."""
    counts = Counter(one.rule for one in found)
    names = sorted(rule for rule, count in counts.items() if count >= ENOUGH)
    kept = [one for one in found if one.rule in set(names)]
    seen = np.array([one.seen for one in kept], dtype=np.float64).reshape(-1, 3)
    which = np.array([names.index(one.rule) for one in kept])
    right = np.array([one.right for one in kept], dtype=np.float64)
    weights = _weights(kept)

    def loss(x: Floats) -> tuple[float, Floats]:
        mean, slopes, offsets = x[0], x[1:4], x[4:]
        score = mean + offsets[which] + seen @ slopes
        wrong = weights * (1 / (1 + np.exp(-score)) - right)
        value = float((weights * (np.logaddexp(0, score) - right * score)).sum() + (offsets**2).sum() / (2 * SPREAD**2))
        slope = np.concatenate([[wrong.sum()], seen.T @ wrong, np.bincount(which, wrong, len(names)) + offsets / SPREAD**2])
        return value, slope

    bounds = [(None, None), (0, None), (0, None), (0, None), *[(None, None)] * len(names)]
    best = minimize(loss, np.zeros(4 + len(names)), jac=True, method="L-BFGS-B", bounds=bounds).x
    offset = {name: round(float(best[0] + own), 2) for name, own in zip(names, best[4:], strict=True)}
    closest, typical, size = (round(float(x), 3) for x in best[1:4])
    return Model(closest, typical, size, offset)


def _weights(found: Sequence[Sample]) -> Floats:
    """Weights of mean 1 that give each kind of run the same share."""
    kinds = Counter(one.kind for one in found)
    return np.array([len(found) / len(kinds) / kinds[one.kind] for one in found])


def held_out(found: Sequence[Sample]) -> list[tuple[Sample, float]]:
    """Each finding of a rated rule, with the confidence that a model says which has not seen its run."""
    fold = [zlib.crc32(one.run.encode()) % FOLDS for one in found]
    rated = []
    for k in range(FOLDS):
        model = fit([one for one, own in zip(found, fold, strict=True) if own != k])
        for one, own in zip(found, fold, strict=True):
            said = chance(model, one.rule, one.seen) if own == k else None
            if said is not None:
                rated.append((one, said))
    return rated


def written(model: Model) -> str:
    """The model as rules/confidence.toml holds it."""
    lines = [f"{name} = {getattr(model, name)}" for name in ("closest", "typical", "size")]
    return "\n".join([HEADER, *lines, "\n[offset]", *(f"{name} = {value}" for name, value in sorted(model.offset.items())), ""])
