"""Is HEAD worse than BASE? Pairs the runs of two sides, judges each pair by the rules of `loglint compare`, and reports.

Pure: how logs become runs lives in `loglint.corridor`, what is kept of a run in `loglint.traces`, the mathematics in
`loglint.contrast` and `loglint.detectors.regression`.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from loglint.across import COMPARED
from loglint.cohorts import RECOGNISED, listed
from loglint.contrast import Contrast, contrasts, shortened
from loglint.detectors import Measured, NotJudged
from loglint.detectors.regression import Worse, worse_than_base
from loglint.errors import InputError
from loglint.facts import facts_of
from loglint.findings import fill, remedies, severity
from loglint.model import Run
from loglint.report import (
    SEVERITIES,
    Comparison,
    Finding,
    ProblemInfo,
    Report,
    Severity,
    fingerprint,
    number,
)
from loglint.report import (
    NotJudged as Unjudged,
)
from loglint.report import (
    Summary as Counts,
)
from loglint.rule import Rule
from loglint.traces import SCHEMA, RunSummary, Summary, summarise
from loglint.verdicts import evidence_of, margins, thresholds
from loglint.view import View

Verdict = Literal["worse", "same", "better", "cannot_tell"]
_SEED = re.compile(r"(?i)(seed|rng|rep|repeat|replica|trial|fold)[-_=]?\d+|(?<=/)\d+(?=/|$)|^\d+(?=/|$)|(?<=[-_]s)\d+(?=/|$)")


class Pair(msgspec.Struct, frozen=True):
    """Runs of BASE and of HEAD that belong together; `label` names them in the report."""

    label: str
    base: tuple[RunSummary, ...]
    head: tuple[RunSummary, ...]


class Pairing(msgspec.Struct, frozen=True):
    """The pairs, and the runs of each side that have no counterpart."""

    pairs: tuple[Pair, ...]
    only_base: tuple[str, ...] = ()
    only_head: tuple[str, ...] = ()


class Compared(msgspec.Struct, frozen=True):
    """One figure of a pair: what was measured, and the verdict by the thresholds of its rule."""

    pair: Pair
    rule: Rule
    worse: Worse
    contrast: Contrast
    verdict: Verdict


def summary_of(runs: Iterable[Run], findings: Mapping[str, Sequence[Finding]] = {}) -> Summary:
    """What is kept of the runs of one side, with the findings of each by its id."""
    found = []
    for run in runs:
        facts = facts_of(run.config)
        views = [View(run, attempt.index, facts) for attempt in run.attempts]
        kept = summarise(run, views, tuple(findings.get(run.id, ())))
        found += [] if kept is None else [kept]
    return Summary(runs=tuple(sorted(found, key=lambda run: run.run)))


def read_summary(path: Path) -> Summary | None:
    """The summary in a file that `--save` wrote; None for anything else. Raises InputError for a damaged or newer one."""
    if not path.is_file() or path.suffix != ".json":
        return None
    data = path.read_bytes()
    if SCHEMA.rpartition("-")[0].encode() not in data[:200]:
        return None
    try:
        summary = msgspec.json.decode(data, type=Summary)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: a damaged summary: {error}; write it again with `loglint compare RUNS --save {path}`") from error
    if summary.schema != SCHEMA:
        raise InputError(f"{path}: written as {summary.schema!r}, this loglint reads {SCHEMA!r}; write it again with --save")
    return summary


def write_summary(summary: Summary) -> bytes:
    """The file's content, one run a line so that it merges and reviews well."""
    rows = b",\n  ".join(msgspec.json.encode(run) for run in summary.runs)
    return b'{"schema":"' + summary.schema.encode() + b'","runs":[' + (b"\n  " + rows + b"\n" if rows else b"") + b"]}\n"


def pair_up(base: Summary, head: Summary) -> Pairing:
    """Groups of repeats on both sides, joined by equal settings, else by equal names, else as the only ones left.

    Repeats are runs of equal settings but for the seed where settings are known, else of names that differ in a seed or a number.
    """
    old, new = _groups(base), _groups(head)
    pairs: list[Pair] = []
    for key in (_by_settings, _by_name, _by_folder):
        ours, theirs = _only(old, key), _only(new, key)
        for place, group in ours.items():
            other = theirs.get(place)
            if other is not None:
                pairs.append(Pair(_label(other), group, other))
                old.remove(group)
                new.remove(other)
    if len(old) == len(new) == 1:
        pairs.append(Pair(_label(new[0]), old.pop(), new.pop()))
    left = tuple(tuple(run.run for group in side for run in group) for side in (old, new))
    return Pairing(tuple(sorted(pairs, key=lambda pair: pair.label)), *left)


def _only(
    groups: Iterable[tuple[RunSummary, ...]], key: Callable[[tuple[RunSummary, ...]], object]
) -> dict[object, tuple[RunSummary, ...]]:
    """The groups by their key, without those that share one or have none."""
    found: dict[object, list[tuple[RunSummary, ...]]] = {}
    for group in groups:
        found.setdefault(key(group), []).append(group)
    return {place: members[0] for place, members in found.items() if place is not None and len(members) == 1}


def _groups(side: Summary) -> list[tuple[RunSummary, ...]]:
    groups: dict[object, list[RunSummary]] = {}
    for run in side.runs:
        groups.setdefault(_settings(run) or _name(run), []).append(run)
    return [tuple(group) for group in groups.values()]


def _settings(run: RunSummary) -> frozenset[tuple[str, str]] | None:
    """The settings as a key, where enough hyper-parameters are recognised among them."""
    known = facts_of(run.settings).keys() - {"seed", "warmup"}
    return frozenset((key, str(value)) for key, value in run.settings.items()) if len(known) >= RECOGNISED else None


def _name(run: RunSummary) -> str:
    return _SEED.sub("*", run.key)


def _by_settings(group: Sequence[RunSummary]) -> object:
    return _settings(group[0])


def _by_name(group: Sequence[RunSummary]) -> object:
    return frozenset(_name(run) for run in group)


def _by_folder(group: Sequence[RunSummary]) -> object:
    """The name without the folders above: an archive often has one more than the folder that it was made of."""
    return frozenset(_name(run).rpartition("/")[2] for run in group)


def _label(group: Sequence[RunSummary]) -> str:
    names = dict.fromkeys(_name(run) for run in group)
    return listed([run.run for run in group] if list(names) == ["*"] else names)


def judge_pairs(pairing: Pairing, rules: Sequence[Rule]) -> tuple[tuple[Compared, ...], tuple[Unjudged, ...]]:
    """Every figure of every pair with its verdict, by the rules that `loglint compare` judges."""
    found: list[Compared] = []
    missing: list[Unjudged] = []
    for rule in rules:
        if COMPARED in rule.detect.inputs.values():
            for pair in pairing.pairs:
                figures = contrasts(pair.base, pair.head)
                worse, better = _measured(rule, figures), _measured(rule, [replace(one, effect=-one.effect) for one in figures])
                if isinstance(worse, NotJudged) or isinstance(better, NotJudged):
                    reason = worse.reason if isinstance(worse, NotJudged) else ""
                    missing.append(Unjudged(rule=rule.code, kind="absent", reason=reason, examples=(pair.label,)))
                    continue
                of = [one for one in figures if one.kind == rule.detect.settings["of"]]
                found += [Compared(pair, rule, a, one, _verdict(rule, a, b)) for one, a, b in zip(of, worse, better, strict=True)]
    return tuple(found), tuple(missing)


def _measured(rule: Rule, figures: Sequence[Contrast]) -> list[Worse] | NotJudged:
    settings: Any = {key: rule.detect.settings[key] for key in ("of", "assumed_spread", "same_within")}
    result: tuple[Measured[Worse], ...] | NotJudged = worse_than_base(figures, **settings)
    return result if isinstance(result, NotJudged) else [one.evidence for one in result]


def _verdict(rule: Rule, worse: Worse, better: Worse) -> Verdict:
    """Worse or better when all thresholds of the rule are passed."""
    limits = thresholds(rule)
    for word, evidence in (("worse", worse), ("better", better)):
        if all(margin >= 0 for margin in margins(evidence_of(evidence), limits).values()):
            return "worse" if word == "worse" else "better"
    return "same" if worse.same else "cannot_tell"


def report_of(
    head: Report,
    base: Summary,
    now: Summary,
    pairing: Pairing,
    rules: Sequence[Rule],
    fail_on: str,
    ids: Mapping[str, str] = {},
    allow_empty: bool = False,
) -> Report:
    """HEAD's report with the comparisons, a finding for each pair that became worse, and BASE's own findings marked as known.

    `ids` are those of HEAD's runs in the report, by their names in the summary, where they differ.
    """
    if not pairing.pairs:
        raise InputError(
            f"no run of HEAD ({listed(run.run for run in now.runs)}) has a counterpart in BASE "
            f"({listed(run.run for run in base.runs)}): runs are paired by equal settings or by equal names below the two folders"
        )
    compared, missing = judge_pairs(pairing, rules)
    findings = [*_regressions(compared, ids), *_known(head.findings, pairing, ids)]
    notes = [
        ProblemInfo(path=name, message=f"{side} only: not compared", kind="unpaired")
        for side, names in (("in BASE", pairing.only_base), ("in HEAD", pairing.only_head))
        for name in names
    ]
    for pair in pairing.pairs:
        short = shortened(pair.base, pair.head)
        if short is not None:
            message = f"HEAD ends at {short[0]} {short[2]:g}, BASE at {short[0]} {short[1]:g}: compared up to where both go"
            notes.append(ProblemInfo(path=pair.label, message=message, kind="shortened"))
        gone = [place for place in _places(pair.base) if place not in _places(pair.head)]
        if gone:
            message = f"{listed(gone)} of BASE is not logged on HEAD: not compared"
            notes.append(ProblemInfo(path=pair.label, message=message, kind="unpaired"))
    empty = _nothing_told(compared, rules)
    if empty is not None:
        notes.append(ProblemInfo(path=pairing.pairs[0].label, message=empty, kind="empty"))
    bound = SEVERITIES.index(fail_on) if fail_on in SEVERITIES else len(SEVERITIES)
    fails = any(f.status == "new" and SEVERITIES.index(f.severity) >= bound for f in findings)
    return msgspec.structs.replace(
        head,
        exit_code=2 if _crashed(head) else 1 if fails else 2 if empty is not None and not allow_empty else 0,
        findings=tuple(findings),
        comparisons=tuple(map(_comparison, compared)),
        not_judged=tuple(sorted((*_others(head, rules), *missing), key=lambda entry: (entry.rule, entry.kind))),
        problems=(*(problem for problem in head.problems if problem.kind != "empty"), *notes),
        summary=_counts(head.summary, findings),
    )


def _places(runs: Iterable[RunSummary]) -> list[str]:
    """Where all runs have a curve."""
    found = [[trace.place for trace in run.traces] for run in runs]
    return [place for place in found[0] if all(place in places for places in found)]


def _nothing_told(compared: Sequence[Compared], rules: Sequence[Rule]) -> str | None:
    """Why no regression could have been seen, or None when one could."""
    if not any(COMPARED in rule.detect.inputs.values() and rule.detect.settings["of"] == "quality" for rule in rules):
        return None
    figures = [one for one in compared if one.contrast.kind == "quality"]
    if not figures:
        return "no curve that says how well the training went is on both sides: nothing was compared"
    if not any(math.isfinite(one.worse.high) for one in figures):
        return "one run on each side, and too few records to tell anything from noise: log more, or run several seeds"
    return None


def _crashed(report: Report) -> bool:
    return any(problem.kind == "crashed" for problem in report.problems)


def _others(head: Report, rules: Sequence[Rule]) -> list[Unjudged]:
    mine = {rule.code for rule in rules if COMPARED in rule.detect.inputs.values()}
    return [entry for entry in head.not_judged if entry.rule not in mine]


def _regressions(compared: Sequence[Compared], ids: Mapping[str, str]) -> list[Finding]:
    """One finding for each pair and rule, of the first figure that became worse: runs are judged by them in this order."""
    groups: dict[tuple[str, str], list[Compared]] = {}
    for one in compared:
        if one.verdict == "worse":
            groups.setdefault((one.rule.code, one.pair.label), []).append(one)
    return [_regression(members, ids) for members in groups.values()]


def _regression(members: Sequence[Compared], ids: Mapping[str, str]) -> Finding:
    head = members[0]
    rule, evidence = head.rule, evidence_of(head.worse)
    runs = tuple(ids.get(run.run, run.run) for run in head.pair.head)
    values = {**evidence, "runs": listed(runs)}
    key = min(run.key for run in head.pair.head)
    place = head.worse.metric.split()[0]
    return Finding(
        rule=rule.code,
        name=rule.name,
        severity=severity(rule, evidence),
        message=fill(rule.message, values) or rule.summary,
        run=runs[0] if len(runs) == 1 else None,
        runs=runs,
        key=key,
        place=place,
        axis="seq",
        series=tuple(one.worse.metric for one in members),
        evidence={name: number(value) if isinstance(value, int | float) else value for name, value in evidence.items()},
        threshold={name: number(value) for name, value in thresholds(rule).items() if isinstance(value, int | float)},
        remedy=remedies(rule.remedies, values),
        fingerprint=fingerprint(rule.code, key, place),
    )


def _known(findings: Iterable[Finding], pairing: Pairing, ids: Mapping[str, str]) -> list[Finding]:
    """HEAD's findings, as `baselined` those that a run of BASE's side of the pair has too, as severe or more."""
    known: dict[str, set[tuple[str, str, Severity]]] = {}
    for pair in pairing.pairs:
        seen = {
            (rule, place, less)
            for run in pair.base
            for rule, place, severity in run.findings
            for less in SEVERITIES[: SEVERITIES.index(severity) + 1]
        }
        known |= {ids.get(run.run, run.run): seen for run in pair.head}
    return [
        msgspec.structs.replace(f, status="baselined")
        if f.status == "new" and (f.rule, f.place, f.severity) in known.get(f.run or "", ())
        else f
        for f in findings
    ]


def _comparison(one: Compared) -> Comparison:
    """Effect and interval as HEAD minus BASE, in the unit logged."""
    worse = one.worse
    sign = 1.0 if (worse.head - worse.base) * worse.effect >= 0 else -1.0
    low, high = sorted((sign * worse.low, sign * worse.high))
    return Comparison(
        metric=worse.metric,
        pair=one.pair.label,
        base=number(worse.base),
        head=number(worse.head),
        effect=number(sign * worse.effect),
        interval=(number(low), number(high)),
        n_base=worse.n_base,
        n_head=worse.n_head,
        verdict=one.verdict,
    )


def _counts(counts: Counts, findings: Sequence[Finding]) -> Counts:
    new = Counter(finding.severity for finding in findings if finding.status == "new")
    known = sum(finding.status == "baselined" for finding in findings)
    return msgspec.structs.replace(counts, errors=new["error"], warnings=new["warning"], infos=new["info"], baselined=known)
