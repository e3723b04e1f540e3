"""`[[ignore]]` tables applied to findings, and which of them are useless or expired."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from typing import Literal

import msgspec

from loglint.config import Ignore
from loglint.globs import path_matches
from loglint.report import Finding
from loglint.select import matches


class Useless(msgspec.Struct, frozen=True, kw_only=True):
    """An ignore that does nothing: it matched no finding, or its last day is over."""

    entry: Ignore
    kind: Literal["unmatched", "expired"]


def places_of(finding: Finding) -> tuple[str, ...]:
    """The paths under which a finding can be addressed: its runs' ids and its file."""
    paths = [finding.run, *finding.runs, finding.location.path if finding.location else None]
    return tuple(path for path in paths if path is not None)


def _covers(entry: Ignore, finding: Finding) -> bool:
    if not matches(entry.rules, finding.rule, finding.name):
        return False
    return entry.path == "**" or any(path_matches(path, entry.path) for path in places_of(finding))


def _concerns(entry: Ignore, judged: Collection[str], rules: Sequence[tuple[str, str]]) -> bool:
    here = entry.path == "**" or any(path_matches(path, entry.path) for path in judged)
    return here and any(matches(entry.rules, code, name) for code, name in rules)


def ignore(
    findings: Sequence[Finding],
    entries: Sequence[Ignore],
    today: datetime.date,
    judged: Collection[str],
    rules: Iterable[tuple[str, str]],
) -> tuple[tuple[Finding, ...], tuple[Useless, ...]]:
    """The findings with status `ignored` where a table covers them, and the tables that are useless or expired.

    An expired table covers nothing. A table is useless only if it could have covered something: `judged` holds the runs and
    files that were looked at, `rules` the (code, name) of the rules that were applied.
    """
    live = [entry for entry in entries if entry.until is None or today <= entry.until]
    used: set[int] = set()
    out = []
    for finding in findings:
        covering = [index for index, entry in enumerate(live) if _covers(entry, finding)]
        used.update(covering)
        out.append(msgspec.structs.replace(finding, status="ignored") if covering else finding)
    applied = list(rules)
    useless = [
        Useless(entry=entry, kind="unmatched")
        for index, entry in enumerate(live)
        if index not in used and _concerns(entry, judged, applied)
    ]
    expired = [Useless(entry=entry, kind="expired") for entry in entries if entry.until is not None and today > entry.until]
    return tuple(out), tuple(useless + expired)
