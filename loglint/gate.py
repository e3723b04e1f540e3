"""From judged runs to the report and its exit code: across runs, ignores, baseline, fold, count (in this order).

How one run is judged lives in `loglint.lots`, what each step does in `loglint.across`, `loglint.suppress`,
`loglint.baseline` and `loglint.fold`.

"""

from __future__ import annotations

import datetime
import os
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import Any, Literal, cast

import msgspec

from loglint import __version__, suppress
from loglint.across import judge_together
from loglint.baseline import Baseline, absorb, identity
from loglint.config import Config, Loaded, changed_settings
from loglint.corridor import Batch
from loglint.engine import folded
from loglint.expect import meant, unmatched
from loglint.findings import told
from loglint.lots import Lot, Order, lint_batch, loose
from loglint.model import Problem, Run
from loglint.places import key_of
from loglint.report import SEVERITIES, Entry, Finding, NotJudged, ProblemInfo, Report, RunInfo, Severity, Summary
from loglint.rule import Rule
from loglint.rulebook import load_rules
from loglint.select import EDITION, Chooser, check_edition, check_selectors, configured
from loglint.tally import Tally

SCANS = ("NUM", "LOG", "RUN")  # families whose rules need no curve that could be told from noise
NOTHING_READ = "no training curves were found: nothing was judged"
NOTHING_JUDGED = "no rule could be judged on any run but the scan for values that are not numbers"


class Gate(msgspec.Struct, frozen=True):
    """All that decides about a report besides the runs. `started` is `time.perf_counter()` at the start of the work."""

    config: Config = msgspec.field(default_factory=Config)
    file: Path | None = None
    root: Path = msgspec.field(default_factory=Path.cwd)
    paths: tuple[str, ...] = ()
    baseline: Baseline | None = None
    baseline_path: str | None = None
    allow_empty: bool = False
    today: datetime.date = msgspec.field(default_factory=datetime.date.today)
    started: float = msgspec.field(default_factory=time.perf_counter)


class Judged(msgspec.Struct, frozen=True):
    """A report, and the findings before folding."""

    report: Report
    findings: tuple[Finding, ...]


def rules_for(loaded: Loaded) -> tuple[Rule, ...]:
    """Every known rule, shipped or from `rule-dirs`, with the configuration's severities and thresholds, selectors checked."""
    config, file = loaded.config, loaded.file
    rules = load_rules(config.rule_dirs)
    check_edition(config.edition or EDITION, rules)
    check_selectors(config.select or (), rules, "select")
    check_selectors(config.extend_select, rules, "extend-select")
    check_selectors(config.ignored_rules, rules, "ignore")
    for entry in config.ignores:
        check_selectors(entry.rules, rules, f"{file}: ignore.rules")
    for glob, table in config.paths.items():
        check_selectors((*(table.select or ()), *table.ignore, *table.extend_select), rules, f"{file}: paths[{glob}]")
    return configured(rules, config, f"{file}: rules")


def judge(runs: Iterable[Run], problems: Sequence[Problem], gate: Gate, rules: Sequence[Rule]) -> Judged:
    """Judge runs that are in memory, and conclude; `problems` belong to files that are in no run."""
    order = Order(choose=Chooser(tuple(rules), gate.config))
    return conclude([lint_batch(Batch(tuple(runs), tuple(problems)), order)], gate, order.choose)


def opening(gate: Gate) -> Report:
    """What is known of a report before anything was read: what judges, and every rule that some path may be judged by."""
    rules = Chooser(rules_for(Loaded(gate.config, gate.file, gate.root)), gate.config).anywhere()
    return Report(
        version=__version__, edition=gate.config.edition or EDITION, settings=settings_of(gate), rules=tuple(map(told, rules))
    )


Tell = Callable[[RunInfo, Sequence[Finding]], None]


def conclude(lots: Iterable[Lot], gate: Gate, choose: Chooser, tell: Tell | None = None, *, whole: bool = True) -> Judged:
    """Apply the gate to the judged runs of all lots, and say with which exit code to end.

    With `tell`, each run is handed on with its headline findings as soon as nothing later can change them, and the report holds
    only what is of no single run. If it need not be `whole`, it holds only those runs in which something was found. What a
    baseline might cover waits for the end, since which findings it covers depends on all.
    """
    tally, ignores = Tally(), suppress.Ignores(gate.config.ignores, gate.today)
    settled = _Settled(tally, tell, whole)
    waiting: list[tuple[RunInfo, list[Finding]]] = []
    problems: list[Problem] = []
    entries = gate.baseline.entries if gate.baseline is not None else ()
    covered, wanted = {(entry.rule, entry.run, entry.place) for entry in entries}, {entry.run for entry in entries}
    seen: set[str] = set()
    unheld = list(gate.config.expect)
    for lot in lots:
        problems += lot.problems
        tally.lost += lot.lost
        for report in lot.reports:
            tally.take(report, choose(report.run.id))
            paths = [report.run.id, *(source.path for source in report.run.sources)]
            ignores.saw(paths)
            unheld = [expect for expect in unheld if not meant(report.run.id, expect)]
            if wanted:
                seen |= wanted.intersection([report.run.key, *(key_of(path, gate.config.run_key) for path in paths[1:])])
            marked = ignores.mark(report.findings)
            if any(identity(finding) in covered for finding in marked):
                waiting.append((report.run, marked))
            else:
                settled.take(report.run, marked, choose)
    if not tally.applied:
        tally.applied.update((rule.code, rule) for rule in choose(""))
    together = judge_together(tally.outcomes, choose)
    tally.lost += [f"rule crashed: {what}" for what in together.crashed]
    rest, stale = _absorbed(waiting, ignores.mark((*together.findings, *loose(problems, choose))), gate, seen, settled, choose)
    useless = ignores.useless((rule.code, rule.name) for rule in tally.applied.values())
    where = "" if gate.file is None else _relative(gate.file, gate.root)
    rest += loose([Problem("useless_ignore", where, _words(entry)) for entry in useless], choose)
    settled.rest(rest)
    missing = tuple(sorted((*tally.not_judged(), *together.not_judged), key=lambda entry: (entry.rule, entry.kind)))
    notes = [ProblemInfo(path=p.path, message=p.message, kind=p.kind, line=p.line) for p in problems]
    notes += [ProblemInfo(path=where, message=what, kind="unmatched") for what in unmatched((), unheld if tally.runs else ())]
    concluded = _report(tally, settled, missing, notes, gate)
    return Judged(msgspec.structs.replace(concluded, stale=stale), tuple(settled.findings))


class _Settled(msgspec.Struct):
    """Runs whose findings nothing can change any more: counted, and handed on or held for the report."""

    tally: Tally
    tell: Tell | None
    whole: bool
    runs: list[RunInfo] = msgspec.field(default_factory=list)
    heads: list[Finding] = msgspec.field(default_factory=list)
    findings: list[Finding] = msgspec.field(default_factory=list)

    def take(self, run: RunInfo, findings: Sequence[Finding], choose: Chooser) -> None:
        """One run and its findings before folding."""
        heads = sorted(folded(findings, choose(run.id)), key=_order) if findings else []
        self.tally.count(heads)
        if self.tell is not None:
            self.tell(run, heads)
            return
        if self.whole or findings:
            self.runs.append(run)
        self.heads += heads
        self.findings += findings

    def rest(self, findings: Sequence[Finding]) -> None:
        """What is of no single run, or known only now: it ends the report, with the runs in order of their ids."""
        heads = folded(findings, tuple(self.tally.applied.values()))
        self.tally.count(heads)
        self.findings += findings
        self.runs.sort(key=lambda run: run.id)
        place = {run.id: index for index, run in enumerate(self.runs)}
        self.heads = sorted((*self.heads, *heads), key=lambda f: (_order(f)[0], place.get(f.run or "", len(place)), *_order(f)[1:]))


def _absorbed(
    waiting: Sequence[tuple[RunInfo, list[Finding]]],
    rest: list[Finding],
    gate: Gate,
    seen: Collection[str],
    settled: _Settled,
    choose: Chooser,
) -> tuple[list[Finding], tuple[Entry, ...]]:
    """The rest marked by the baseline, and its stale entries; the runs that waited for it are settled."""
    if gate.baseline is None:
        return rest, ()
    ordered = sorted(waiting, key=lambda one: one[0].id)
    marked, stale = absorb([*(f for _, findings in ordered for f in findings), *rest], gate.baseline, seen)
    start = 0
    for run, findings in ordered:
        settled.take(run, marked[start : start + len(findings)], choose)
        start += len(findings)
    return list(marked[start:]), stale


def _words(useless: suppress.Useless) -> str:
    entry = useless.entry
    what = f"ignore of {', '.join(entry.rules)} at {entry.path} ({entry.reason})"
    return f"{what} ran out on {entry.until}" if useless.kind == "expired" else f"{what} matches no finding"


def _order(finding: Finding) -> tuple[int, bool, bool, int, float, str]:
    wish = finding.rule.startswith("EXP")  # what was hoped for stands after what may be its cause
    unlogged = "missing" in finding.evidence  # and what to log after what to mend
    return -SEVERITIES.index(finding.severity), wish, unlogged, finding.attempt, finding.onset, finding.rule


def _report(tally: Tally, settled: _Settled, missing: tuple[NotJudged, ...], notes: list[ProblemInfo], gate: Gate) -> Report:
    rules = sorted(tally.applied.values(), key=lambda rule: rule.code)
    notes = [*notes, *tally.problems, *(ProblemInfo(path="", message=what, kind="crashed") for what in tally.lost)]
    empty = _emptiness(tally, rules)
    if empty is not None:
        notes.append(ProblemInfo(path=", ".join(gate.paths), message=empty, kind="empty"))
    return Report(
        version=__version__,
        edition=gate.config.edition or EDITION,
        settings=settings_of(gate),
        exit_code=_exit_code(tally, empty, gate),
        summary=_summary(tally, missing, gate, len(rules)),
        rules=tuple(map(told, rules)),
        runs=tuple(settled.runs),
        findings=tuple(settled.heads),
        not_judged=missing,
        problems=tuple(notes),
    )


def _emptiness(tally: Tally, rules: Sequence[Rule]) -> str | None:
    """Why the report stands for nothing, or None when something was judged."""
    if not tally.series:
        return NOTHING_READ
    curves = [rule for rule in rules if rule.scope == "curves"]
    asked = {rule.name for rule in curves if rule.code[:3] not in SCANS} or {rule.name for rule in curves}
    return NOTHING_JUDGED if asked and not asked & tally.judged else None


def _exit_code(tally: Tally, empty: str | None, gate: Gate) -> Literal[0, 1, 2]:
    if tally.lost:
        return 2
    if any(count for severity, count in tally.severities.items() if _reaches(severity, gate.config.fail_on)):
        return 1
    return 2 if empty is not None and not gate.allow_empty else 0


def _reaches(severity: str, bound: str) -> bool:
    return bound != "never" and SEVERITIES.index(cast(Severity, severity)) >= SEVERITIES.index(cast(Severity, bound))


def fails(finding: Finding, config: Config) -> bool:
    """Whether a finding is new and at or above `fail-on`."""
    return finding.status == "new" and _reaches(finding.severity, config.fail_on)


def _summary(tally: Tally, missing: Sequence[NotJudged], gate: Gate, rules: int) -> Summary:
    return Summary(
        runs=tally.runs,
        series=tally.series,
        points=tally.points,
        rules=rules,
        errors=tally.severities["error"],
        warnings=tally.severities["warning"],
        infos=tally.severities["info"],
        baselined=tally.statuses["baselined"],
        ignored=tally.statuses["ignored"],
        not_judged=len({entry.rule for entry in missing}),
        seconds=round(time.perf_counter() - gate.started, 3),
    )


def settings_of(gate: Gate) -> dict[str, Any]:
    """The settings as a report names them."""
    file = None if gate.file is None else Path(os.path.relpath(gate.file)).as_posix()
    own = {"paths": list(gate.paths), "config": file, "baseline": gate.baseline_path}
    return own | changed_settings(gate.config) | {"fail_on": gate.config.fail_on, "min_severity": gate.config.min_severity}


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
