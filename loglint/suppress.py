"""`[[ignore]]` tables applied to findings, and which of them are useless or expired."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
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


class Ignores:
    """The tables of a configuration while findings and runs come by: which of them cover something, and which could have."""

    def __init__(self, entries: Sequence[Ignore], today: datetime.date) -> None:
        self.live = [entry for entry in entries if entry.until is None or today <= entry.until]
        self.expired = [entry for entry in entries if entry.until is not None and today > entry.until]
        self.used: set[int] = set()
        self.met: set[int] = set()

    def mark(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings with status `ignored` where a table covers them; an expired table covers nothing."""
        out = []
        for finding in findings:
            covering = [index for index, entry in enumerate(self.live) if _covers(entry, finding)]
            self.used.update(covering)
            out.append(msgspec.structs.replace(finding, status="ignored") if covering else finding)
        return out

    def saw(self, paths: Iterable[str]) -> None:
        """These runs and files were looked at."""
        judged = tuple(paths)
        for index, entry in enumerate(self.live):
            if index not in self.met and (entry.path == "**" or any(path_matches(path, entry.path) for path in judged)):
                self.met.add(index)

    def useless(self, rules: Iterable[tuple[str, str]]) -> tuple[Useless, ...]:
        """The tables that matched nothing although they could have, and those that ran out.

        `rules` are the (code, name) of the rules that were applied.
        """
        applied = list(rules)
        unmatched = [
            Useless(entry=entry, kind="unmatched")
            for index, entry in enumerate(self.live)
            if index not in self.used and index in self.met and any(matches(entry.rules, code, name) for code, name in applied)
        ]
        return (*unmatched, *(Useless(entry=entry, kind="expired") for entry in self.expired))
