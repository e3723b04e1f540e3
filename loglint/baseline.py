"""The baseline file: findings that were there when loglint was switched on, counted per severity, rule, run and curve.

A finding is absorbed by an entry of the same rule, run key and split/role whose severity is at least its own, each entry
as often as its count says. What a baseline holds no longer needs is stale.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import msgspec

from loglint.errors import ConfigError
from loglint.report import SEVERITIES, Entry, Finding, Severity

SCHEMA = "loglint-baseline-1"


class Baseline(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file's content."""

    schema: str = SCHEMA
    entries: tuple[Entry, ...] = ()


def identity(finding: Finding) -> tuple[str, str, str]:
    """The rule, run and place by which an entry knows a finding."""
    return finding.rule, finding.key or (finding.location.path if finding.location else ""), finding.place


def _rank(severity: Severity) -> int:
    return SEVERITIES.index(severity)


def record(findings: Iterable[Finding]) -> Baseline:
    """The baseline that absorbs exactly these findings (ignored ones are left to their ignore), worst first."""
    counts = Counter((finding.severity, *identity(finding)) for finding in findings if finding.status != "ignored")
    rows = sorted(counts.items(), key=lambda row: (-_rank(row[0][0]), *row[0][1:]))
    return Baseline(entries=tuple(Entry(severity=s, rule=r, run=k, place=p, count=n) for (s, r, k, p), n in rows))


def absorb(
    findings: Sequence[Finding], baseline: Baseline, judged: Collection[str]
) -> tuple[tuple[Finding, ...], tuple[Entry, ...]]:
    """The findings with status `baselined` where an entry absorbs them, and what is left of the entries: the stale ones.

    When there are more findings than entries the least severe are absorbed and the most severe stay new. `judged` holds the
    keys of the runs (and the files) that were looked at: of others nothing can be said, and their entries are not stale.
    """
    left: dict[tuple[str, str, str], Counter[Severity]] = defaultdict(Counter)
    for entry in baseline.entries:
        left[entry.rule, entry.run, entry.place][entry.severity] += entry.count
    absorbed = set()
    for index in sorted(range(len(findings)), key=lambda i: _rank(findings[i].severity)):
        finding = findings[index]
        counts = left.get(identity(finding))
        if counts is None or finding.status == "ignored":
            continue
        enough = next((s for s in SEVERITIES[_rank(finding.severity) :] if counts[s] > 0), None)
        if enough is not None:
            counts[enough] -= 1
            absorbed.add(index)
    stale = [
        Entry(severity=severity, rule=rule, run=run, place=place, count=count)
        for (rule, run, place), counts in left.items()
        for severity, count in counts.items()
        if count > 0 and run in judged
    ]
    marked = tuple(msgspec.structs.replace(f, status="baselined") if i in absorbed else f for i, f in enumerate(findings))
    return marked, tuple(sorted(stale, key=lambda entry: (-_rank(entry.severity), entry)))


def prune(baseline: Baseline, stale: Iterable[Entry]) -> Baseline:
    """The baseline without its stale counts."""
    gone = Counter({(e.severity, e.rule, e.run, e.place): e.count for e in stale})
    entries = []
    for entry in baseline.entries:
        key = (entry.severity, entry.rule, entry.run, entry.place)
        taken = min(entry.count, gone[key])
        gone[key] -= taken
        if entry.count > taken:
            entries.append(msgspec.structs.replace(entry, count=entry.count - taken))
    return Baseline(entries=tuple(entries))


def read(path: Path) -> Baseline:
    """The baseline in a file; raises `ConfigError` when it is missing or none."""
    try:
        baseline = msgspec.json.decode(path.read_bytes(), type=Baseline)
    except OSError as error:
        raise ConfigError(f"{path}: the baseline cannot be read: {error.strerror}; `loglint baseline` writes one") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not a loglint baseline: {error}") from error
    if baseline.schema != SCHEMA:
        raise ConfigError(f"{path}: written as {baseline.schema!r}, this loglint reads {SCHEMA!r}")
    return baseline


def write(path: Path, baseline: Baseline) -> None:
    """Write the file, one entry a line so that it merges and reviews well."""
    rows = [msgspec.json.encode(entry).decode() for entry in baseline.entries]
    body = ",\n  ".join(rows)
    path.write_text(f'{{"schema":"{baseline.schema}","entries":[{chr(10) + "  " + body + chr(10) if rows else ""}]}}\n', "utf-8")
