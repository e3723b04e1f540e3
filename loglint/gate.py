"""From judged runs to the report and its exit code: across runs, ignores, baseline, fold, count (in this order).

How one run is judged lives in `loglint.lots`, what each step does in `loglint.across`, `loglint.suppress`,
`loglint.baseline` and `loglint.fold`.

"""

from __future__ import annotations

import datetime
import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import msgspec

from loglint import __version__, suppress
from loglint.across import judge_together
from loglint.baseline import Baseline, absorb
from loglint.config import Config, Loaded, changed_settings
from loglint.corridor import Batch
from loglint.engine import folded
from loglint.expect import unmatched
from loglint.findings import told
from loglint.lots import Lot, Order, lint_batch, loose
from loglint.model import Problem, Run
from loglint.places import key_of
from loglint.report import SEVERITIES, Entry, Finding, NotJudged, ProblemInfo, Report, RunReport, Summary
from loglint.rulebook import Rule, load_rules
from loglint.select import EDITION, Chooser, check_edition, check_selectors, configured

SCANS = ("NUM", "LOG", "RUN")  # families whose rules need no curve that could be told from noise
NOTHING_READ = "no training curves were found: nothing was judged"
NOTHING_JUDGED = "no rule could be judged on any run but the scan for values that are not numbers"


@dataclass(frozen=True, slots=True)
class Gate:
    """All that decides about a report besides the runs. `started` is `time.perf_counter()` at the start of the work."""

    config: Config = field(default_factory=Config)
    file: Path | None = None
    root: Path = field(default_factory=Path.cwd)
    paths: tuple[str, ...] = ()
    baseline: Baseline | None = None
    baseline_path: str | None = None
    allow_empty: bool = False
    today: datetime.date = field(default_factory=datetime.date.today)
    started: float = field(default_factory=time.perf_counter)


@dataclass(frozen=True, slots=True)
class Judged:
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


def conclude(lots: Iterable[Lot], gate: Gate, choose: Chooser) -> Judged:
    """Apply the gate to the judged runs of all lots, and say with which exit code to end."""
    reports: list[RunReport] = []
    problems: list[Problem] = []
    lost: list[str] = []
    for lot in lots:
        reports += lot.reports
        problems += lot.problems
        lost += lot.lost
    reports.sort(key=lambda report: report.run.id)
    findings = [finding for report in reports for finding in report.findings]
    together = judge_together([report.outcome for report in reports if report.outcome is not None], choose)
    findings += together.findings
    findings += loose(problems, choose)
    applied = {rule.code: rule for report in reports for rule in choose(report.run.id)} or {r.code: r for r in choose("")}
    findings, stale, useless = _suppressed(findings, gate, reports, applied.values())
    where = "" if gate.file is None else _relative(gate.file, gate.root)
    findings += loose([Problem("useless_ignore", where, _words(entry)) for entry in useless], choose)
    order = {report.run.id: index for index, report in enumerate(reports)}
    heads = sorted(folded(findings, tuple(applied.values())), key=lambda f: _order(f, order))
    lost += [f"{report.run.id}: rule crashed: {what}" for report in reports for what in report.crashed]
    lost += [f"rule crashed: {what}" for what in together.crashed]
    concluded = _report(
        reports, heads, together.not_judged, problems, lost, gate, sorted(applied.values(), key=lambda rule: rule.code)
    )
    return Judged(msgspec.structs.replace(concluded, stale=stale), tuple(findings))


def _suppressed(
    findings: Sequence[Finding], gate: Gate, reports: Sequence[RunReport], rules: Iterable[Rule]
) -> tuple[list[Finding], tuple[Entry, ...], tuple[suppress.Useless, ...]]:
    files = {source.path for report in reports for source in report.run.sources}
    judged = files | {report.run.id for report in reports}
    named = [(rule.code, rule.name) for rule in rules]
    marked, useless = suppress.ignore(findings, gate.config.ignores, gate.today, judged, named)
    if gate.baseline is None:
        return list(marked), (), useless
    keys = {report.run.key for report in reports} | {key_of(file, gate.config.run_key) for file in files}
    marked, stale = absorb(marked, gate.baseline, keys)
    return list(marked), stale, useless


def _words(useless: suppress.Useless) -> str:
    entry = useless.entry
    what = f"ignore of {', '.join(entry.rules)} at {entry.path} ({entry.reason})"
    return f"{what} ran out on {entry.until}" if useless.kind == "expired" else f"{what} matches no finding"


def _order(finding: Finding, runs: dict[str, int]) -> tuple[int, int, bool, int, float, str]:
    place = runs.get(finding.run or "", len(runs))
    wish = finding.rule.startswith("EXP")  # what was hoped for stands after what may be its cause
    return -SEVERITIES.index(finding.severity), place, wish, finding.attempt, finding.onset, finding.rule


def _report(
    reports: Sequence[RunReport],
    heads: Sequence[Finding],
    unjudged: Sequence[NotJudged],
    problems: Sequence[Problem],
    lost: Sequence[str],
    gate: Gate,
    rules: Sequence[Rule],
) -> Report:
    notes = [ProblemInfo(path=p.path, message=p.message, kind=p.kind, line=p.line) for p in problems]
    notes += [note for report in reports for note in report.problems]
    notes += [ProblemInfo(path="", message=what, kind="crashed") for what in lost]
    unheld = unmatched([report.run.id for report in reports], gate.config.expect) if reports else ()
    where = "" if gate.file is None else _relative(gate.file, gate.root)
    notes += [ProblemInfo(path=where, message=what, kind="unmatched") for what in unheld]
    empty = _emptiness(reports, rules)
    if empty is not None:
        notes.append(ProblemInfo(path=", ".join(gate.paths), message=empty, kind="empty"))
    missing = tuple(sorted((*_missing([entry for report in reports for entry in report.not_judged]), *unjudged), key=_code))
    return Report(
        version=__version__,
        edition=gate.config.edition or EDITION,
        settings=_settings(gate),
        exit_code=_exit_code(heads, bool(lost), empty, gate),
        summary=_summary(reports, heads, missing, gate, len(rules)),
        rules=tuple(map(told, rules)),
        runs=tuple(report.run for report in reports),
        findings=tuple(heads),
        not_judged=missing,
        problems=tuple(notes),
    )


def _emptiness(reports: Sequence[RunReport], rules: Sequence[Rule]) -> str | None:
    """Why the report stands for nothing, or None when something was judged."""
    if not any(report.run.series for report in reports):
        return NOTHING_READ
    curves = [rule for rule in rules if rule.scope == "curves"]
    asked = {rule.name for rule in curves if rule.code[:3] not in SCANS} or {rule.name for rule in curves}
    if asked and not any(asked.intersection(report.judged) for report in reports):
        return NOTHING_JUDGED
    return None


def _exit_code(heads: Sequence[Finding], crashed: bool, empty: str | None, gate: Gate) -> Literal[0, 1, 2]:
    if crashed:
        return 2
    if any(fails(finding, gate.config) for finding in heads):
        return 1
    return 2 if empty is not None and not gate.allow_empty else 0


def fails(finding: Finding, config: Config) -> bool:
    """Whether a finding is new and at or above `fail-on`."""
    bound = config.fail_on
    return finding.status == "new" and bound != "never" and SEVERITIES.index(finding.severity) >= SEVERITIES.index(bound)


def _code(entry: NotJudged) -> tuple[str, str]:
    return entry.rule, entry.kind


def _missing(entries: Iterable[NotJudged]) -> tuple[NotJudged, ...]:
    """One entry per rule and kind: its commonest reason, in how many runs, and three of them."""
    groups: dict[tuple[str, str], list[NotJudged]] = defaultdict(list)
    for entry in entries:
        groups[entry.rule, entry.kind].append(entry)
    out = []
    for _, members in sorted(groups.items()):
        reason = Counter(member.reason for member in members).most_common(1)[0][0]
        examples = tuple(dict.fromkeys(run for member in members for run in member.examples))[:3]
        out.append(msgspec.structs.replace(members[0], reason=reason, runs=len(members), examples=examples))
    return tuple(out)


def _summary(
    reports: Sequence[RunReport], heads: Sequence[Finding], missing: Sequence[NotJudged], gate: Gate, rules: int
) -> Summary:
    new = Counter(finding.severity for finding in heads if finding.status == "new")
    status = Counter(finding.status for finding in heads)
    return Summary(
        runs=len(reports),
        series=sum(len(report.run.series) for report in reports),
        points=sum(curve.points for report in reports for curve in report.run.series),
        rules=rules,
        errors=new["error"],
        warnings=new["warning"],
        infos=new["info"],
        baselined=status["baselined"],
        ignored=status["ignored"],
        not_judged=len({entry.rule for entry in missing}),
        seconds=round(time.perf_counter() - gate.started, 3),
    )


def _settings(gate: Gate) -> dict[str, Any]:
    file = None if gate.file is None else Path(os.path.relpath(gate.file)).as_posix()
    own = {"paths": list(gate.paths), "config": file, "baseline": gate.baseline_path}
    return own | changed_settings(gate.config) | {"fail_on": gate.config.fail_on, "min_severity": gate.config.min_severity}


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
