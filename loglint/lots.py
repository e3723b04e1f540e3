"""One lot: files that were planned together -> judged runs. The whole work on a run, from its bytes to its `RunReport`.

`lint_files` is what every executor maps over a plan (`loglint.executors`); what it takes and gives can be pickled, and it shares
nothing with the lots before and after. What is concluded from all lots together lives in `loglint.gate`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from loglint.corridor import Batch, Settings, read_batch
from loglint.describe import BUCKETS
from loglint.engine import Drawn, judge_run
from loglint.expect import expectations
from loglint.findings import of_problems
from loglint.model import Problem, Run
from loglint.places import key_of
from loglint.report import Finding, ProblemInfo, RunInfo, RunReport
from loglint.select import Chooser

if TYPE_CHECKING:
    from loglint.discover import File


class Order(msgspec.Struct, frozen=True, eq=False):
    """All that decides what becomes of a lot: how files are read, which rules are chosen for which run, what it must reach.

    `drawn`: which curves have sketches in the reports, of at most `buckets`; without them a report is small.
    """

    settings: Settings = msgspec.field(default_factory=Settings)
    choose: Chooser = msgspec.field(default_factory=Chooser)
    drawn: Drawn = "all"
    buckets: int = BUCKETS


class Lot(msgspec.Struct, frozen=True, kw_only=True):
    """The judged runs of one lot, problems of files that are in no run, and how much was read.

    `lost` says what could not be done: that a worker process died of these files.
    """

    reports: tuple[RunReport, ...] = ()
    problems: tuple[Problem, ...] = ()
    files: int = 0
    bytes: int = 0
    lost: tuple[str, ...] = ()


def lint_files(files: Sequence[File], order: Order) -> Lot:
    """Read files that were planned together (`loglint.corridor.plan`), and judge every run in them."""
    return lint_batch(read_batch(files, order.settings), order)


def lint_batch(batch: Batch, order: Order) -> Lot:
    """Judge every run of a batch that was read."""
    reports = tuple(lint_read(run, order) for run in batch.runs)
    return Lot(reports=reports, problems=batch.problems, files=batch.files, bytes=batch.bytes)


def lint_read(run: Run, order: Order) -> RunReport:
    """Judge one run by the rules chosen for its id, and hold it against what the user expects of it."""
    rules, config = order.choose(run.id), order.choose.config
    report = judge_run(run, rules, order.drawn, order.buckets)
    missed = of_problems(run, expectations(run, config.require, config.expect), rules)
    return msgspec.structs.replace(report, findings=(*missed, *report.findings)) if missed else report


def loose(problems: Iterable[Problem], choose: Chooser) -> tuple[Finding, ...]:
    """Findings about files that belong to no run."""
    return tuple(
        msgspec.structs.replace(finding, run=None)
        for problem in problems
        for key in [key_of(problem.path, choose.config.run_key)]
        for finding in of_problems(Run(id=problem.path, key=key), [problem], choose(problem.path))
    )


def closed(lot: Lot, order: Order) -> tuple[RunReport, ...]:
    """The reports of a lot with all that is known of it: problems of files in no run go to the first, or make one of their own."""
    if not lot.problems:
        return lot.reports
    path = lot.problems[0].path
    first = lot.reports[0] if lot.reports else RunReport(run=RunInfo(id=path, key=path))
    told = tuple(ProblemInfo(path=p.path, message=p.message, kind=p.kind, line=p.line) for p in lot.problems)
    findings = (*first.findings, *loose(lot.problems, order.choose))
    return (msgspec.structs.replace(first, findings=findings, problems=(*first.problems, *told)), *lot.reports[1:])
