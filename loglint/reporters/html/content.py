"""A report -> what the page holds: an index of runs and findings, read at once, and the runs themselves in compressed chunks.

Plain records of dicts and lists; how they become a page lives in `loglint.reporters.html.page`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from loglint.report import SEVERITIES, Comparison, Finding, NotJudged, Number, Report, RunInfo, Unjudged
from loglint.reporters import figure, file_of
from loglint.reporters.chinese import reason
from loglint.reporters.html.curves import drawn
from loglint.reporters.html.safe import as_json, packed
from loglint.reporters.plain import shorten
from loglint.reporters.quantities import quantity
from loglint.reporters.words import Lang, say
from loglint.rulebook import recipes

CHUNK = 120_000  # characters of JSON that are compressed together: a few runs
MOST_SETTINGS = 3  # columns of the table for settings that differ between runs
LONGEST = 300  # characters of a message in the table
SCORES = ("val/metric", "val/loss", "val/perplexity", "train/metric", "train/reward", "train/loss")
FLAGS = (0, 1, 0.0, 1.0)


class Entry(msgspec.Struct, frozen=True):
    """A run of the report with its own findings, worst first; `side` is "base" or "head" where two sides are compared."""

    run: RunInfo
    findings: tuple[Finding, ...] = ()
    side: str = ""

    @property
    def rank(self) -> tuple[int, ...]:
        """Sorts the sickest first: no errors after errors, then by how many of each severity are new."""
        count = Counter(finding.severity for finding in self.findings if finding.status == "new")
        return tuple(-count[severity] for severity in reversed(SEVERITIES))


def entries(report: Report, base: Sequence[RunInfo] = ()) -> tuple[Entry, ...]:
    """The runs of the report, worst first, then those of BASE."""
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        for run in dict.fromkeys((finding.run, *finding.runs)):
            if run is not None:
                found[run].append(finding)
    side = "head" if base or report.comparisons else ""
    judged = [Entry(run, tuple(found.get(run.id, ())), side) for run in report.runs]
    return (*sorted(judged, key=lambda entry: (entry.rank, entry.run.id)), *(Entry(run, side="base") for run in base))


def index(report: Report, runs: Sequence[Entry], lang: Lang) -> dict[str, Any]:
    """All that the first screen shows, and what the runs' pages share. The rows do not yet say where their runs are."""
    place = score_place(entry.run for entry in runs)
    keys = differing([entry.run for entry in runs])
    codes = {inner.rule for finding in report.findings for inner in (finding, *finding.folded)}
    codes |= {entry.rule for entry in report.not_judged}
    new = Counter(finding.severity for finding in report.findings if finding.status == "new")
    return {
        "counts": [new[severity] for severity in reversed(SEVERITIES)],
        "failures": _failures(report, lang),
        "paths": [str(path) for path in report.settings.get("paths", ())],
        "version": report.version,
        "edition": report.edition,
        "rules": {rule.code: [rule.name, rule.summary, " ".join(rule.why.split())] for rule in report.rules if rule.code in codes},
        "sources": {key: [recipe.title, recipe.url] for key, recipe in recipes().items()},
        "applied": report.summary.rules,
        "score": place,
        "settings": keys,
        "rows": [_row(entry, place, keys) for entry in runs],
        "loose": [_finding(f, {}, lang) for f in report.findings if f.run is None],
        "comparisons": [_comparison(one) for one in report.comparisons],
        "problems": [[p.path, p.line, p.message] for p in report.problems],
        "unjudged": _unjudged(report.not_judged, lang),
    }


def chunks(runs: Iterable[Entry], most: int, lang: Lang) -> Iterator[tuple[str, int]]:
    """Runs in compressed base64 chunks: (text, how many runs it holds), in order. Curves keep at most `most` buckets."""
    held: list[bytes] = []
    for entry in runs:
        held.append(as_json(_whole(entry, most, lang)))
        if sum(map(len, held)) >= CHUNK:
            yield packed(b"[" + b",".join(held) + b"]"), len(held)
            held = []
    if held:
        yield packed(b"[" + b",".join(held) + b"]"), len(held)


def _row(entry: Entry, score: Sequence[str] | None, keys: Sequence[str]) -> dict[str, Any]:
    run = entry.run
    return {
        "id": run.id,
        "side": entry.side,
        "curves": len(run.series),
        "points": sum(curve.points for curve in run.series),
        "score": _score(run, score),
        "settings": [_setting(run.config.get(key)) for key in keys],
        "found": [
            [f.rule, SEVERITIES.index(f.severity), f.status, shorten(f.message, LONGEST), f.remedy[0].do if f.remedy else ""]
            for f in sorted(entry.findings, key=lambda f: (f.status != "new", -SEVERITIES.index(f.severity)))
        ],
    }


def _setting(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | float) else shorten(str(value), 40)


def score_place(runs: Iterable[RunInfo]) -> tuple[str, str] | None:
    """The place of the curve by which most runs can be told good or bad, and the direction that is better."""
    seen = Counter((_place(curve.split, curve.role), curve.direction) for run in runs for curve in run.series if curve.best)
    candidates = [key for key in seen if key[0].startswith(SCORES)]
    if not candidates:
        return None
    least = max(seen[key] for key in candidates) / 2
    usual = [key for key in candidates if seen[key] >= least]
    return min(usual, key=lambda key: (next(i for i, start in enumerate(SCORES) if key[0].startswith(start)), -seen[key], key))


def _place(split: str | None, role: str) -> str:
    return f"{split or '-'}/{role}"


def _score(run: RunInfo, score: Sequence[str] | None) -> Number:
    wanted = tuple(score) if score else ()
    best = [c.best[1] for c in run.series if c.best and (_place(c.split, c.role), c.direction) == wanted]
    return best[0] if best else None


def differing(runs: Sequence[RunInfo]) -> tuple[str, ...]:
    """The settings that most of the runs have and that tell them apart, those of fewest values first."""
    values: dict[str, set[str]] = defaultdict(set)
    held: Counter[str] = Counter()
    for run in runs:
        for key, value in run.config.items():
            if value is not None:
                values[key].add(repr(value))
                held[key] += 1
    several = [key for key in values if len(values[key]) >= 2 and held[key] >= len(runs) / 2]
    repeated = [key for key in several if len(values[key]) <= max(2, held[key] * 0.7)]
    return tuple(sorted(repeated, key=lambda key: (len(values[key]), key))[:MOST_SETTINGS])


def _whole(entry: Entry, most: int, lang: Lang) -> dict[str, Any]:
    run = entry.run
    return {
        **drawn(run, most),
        "sources": [[s.path, s.format, s.framework, s.problems] for s in run.sources],
        "config": [[key, value] for key, value in run.config.items()],
        "findings": [_finding(finding, {run.id: run}, lang) for finding in entry.findings],
        "unjudged": _unjudged(run.not_judged, lang),
    }


def _finding(finding: Finding, runs: Mapping[str, RunInfo], lang: Lang) -> dict[str, Any]:
    path, line = file_of(finding, dict(runs))
    compared = {key.split("_", 1)[1] for key in finding.threshold}
    return {
        "rule": finding.rule,
        "name": finding.name,
        "severity": SEVERITIES.index(finding.severity),
        "status": finding.status,
        "message": finding.message,
        "runs": finding.runs,
        "attempt": finding.attempt,
        "series": _curves(finding.series, runs.get(finding.run or "")),
        "axis": finding.axis,
        "first": finding.first_step,
        "spans": finding.spans,
        "inputs": _curves((*finding.series, *finding.inputs.values()), runs.get(finding.run or "")),
        "marks": _marks(finding, lang),
        "file": [path, line],
        "found": [_limit(finding, key, limit, lang) for key, limit in finding.threshold.items()],
        "rest": [[quantity(key, lang), figure(value)] for key, value in finding.evidence.items() if key not in compared],
        "remedy": [[one.do, one.cite.recipe, one.cite.where, one.cite.url] for one in finding.remedy],
        "folded": [_finding(inner, runs, lang) for inner in finding.folded],
    }


def _curves(named: Iterable[str], run: RunInfo | None) -> list[str]:
    """The run's curves that are named; of layers, which are named together (`grad_norm`), each (`grad_norm/layers.0.weight`)."""
    known = [curve.name for curve in run.series] if run is not None else []
    found = [name for one in named for name in known if name == one or name.startswith((f"{one}/", f"{one}."))]
    return list(dict.fromkeys(found))


def _limit(finding: Finding, key: str, limit: Number, lang: Lang) -> list[Any]:
    """[quantity, value, "min" or "max", limit, whether it only says yes or no]."""
    side, name = key.split("_", 1)
    value = finding.evidence.get(name)
    flag = value in FLAGS and isinstance(limit, int | float) and 0 <= limit < 1
    return [quantity(name, lang), figure(value), side, figure(limit), flag]


def _marks(finding: Finding, lang: Lang) -> list[list[Any]]:
    """The places and heights that the evidence names, as [position or null, word, height or null]: `best` with its `best_step`.

    A `value` stands at the evidence's `step`; a height without a place is a level of the whole curve.
    """
    numbers = {key: value for key, value in finding.evidence.items() if isinstance(value, int | float)}
    at = {key: "step" if key == "value" else f"{key}_step" for key in finding.levels if key in numbers}
    heights = [[numbers.get(step), quantity(key, lang), numbers[key]] for key, step in at.items()]
    steps = [key for key in numbers if (key == "step" or key.endswith("_step")) and key not in at.values()]
    return heights + [[numbers[key], quantity(key.removesuffix("_step"), lang) if key != "step" else "", None] for key in steps]


def _comparison(one: Comparison) -> list[Any]:
    return [one.pair, one.metric, one.base, one.head, one.effect, *one.interval, one.n_base, one.n_head, one.verdict]


def _failures(report: Report, lang: Lang) -> list[str]:
    """Why the report stands for less than it seems: nothing was read or judged, or loglint itself failed."""
    kinds = {"empty": "{message}", "crashed": "loglint failed: {message}"}
    return [say(lang, kinds[p.kind], message=say(lang, p.message)) for p in report.problems if p.kind in kinds]


def _unjudged(missing: Sequence[NotJudged] | Sequence[Unjudged], lang: Lang) -> list[list[Any]]:
    """[reason, codes of the rules, the most runs it holds for], the commonest reason first."""
    groups: dict[str, tuple[list[str], list[int]]] = defaultdict(lambda: ([], []))
    for entry in missing:
        rules, runs = groups[reason(entry) if lang == "zh" else entry.reason]
        rules += entry.rules if isinstance(entry, Unjudged) else [entry.rule]
        runs.append(entry.runs if isinstance(entry, NotJudged) else 1)
    ranked = sorted(groups.items(), key=lambda item: -len(item[1][0]))
    return [[why, list(dict.fromkeys(rules)), max(runs)] for why, (rules, runs) in ranked]


def only(report: Report, runs: Sequence[Entry]) -> Report:
    """The report of some of its runs, for a file of their own."""
    ids = {entry.run.id for entry in runs}
    findings = tuple(finding for finding in report.findings if ids.intersection((finding.run, *finding.runs)))
    infos = tuple(entry.run for entry in runs)
    return msgspec.structs.replace(report, runs=infos, findings=findings, comparisons=(), problems=())
