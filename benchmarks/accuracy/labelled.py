"""Logs that a person has labelled: the bundled ones of `fixtures/`, and a folder of real logs where one is at hand.

What is wanted, allowed and wrong is the label's; this module only counts. The real logs stay where they are.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.accuracy.generators import ALWAYS_TRUE
from benchmarks.accuracy.judge import flat
from benchmarks.accuracy.pool import spread

ABOUT_THE_LOG = frozenset(
    {
        *ALWAYS_TRUE,
        "unreadable-log",
        "truncated-log",
        "not-a-training-log",
        "useless-ignore",
        "checksum-mismatch",
        "resumed-overlap",
    }
)


@dataclass(frozen=True)
class Case:
    """One labelled log: `must` holds groups of rule names, one of each is wanted, the first says it best; `may` is no false alarm.

    `quiet` marks a healthy run that is long enough to be judged; `judged` is False where the label leaves false alarms open;
    `points` is the length of its main curve (0: not said).
    """

    path: Path
    id: str
    must: tuple[tuple[str, ...], ...]
    may: frozenset[str]
    must_not: frozenset[str]
    quiet: bool
    judged: bool
    is_log: bool | None
    points: int = 0


@dataclass
class Outcome:
    """What loglint said of one case, held against its label."""

    id: str
    hit: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    read: bool = False
    quiet: bool = False
    severe: str = ""
    rated: list[tuple[float, bool]] = field(default_factory=list)
    problem: str = ""


@dataclass
class Scores:
    """All outcomes, and the counts per rule: hit, missed, false. A group of rules counts under its first name."""

    outcomes: list[Outcome] = field(default_factory=list)
    rules: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        for kind, names in (("hit", outcome.hit), ("missed", outcome.missed), ("false", set(outcome.false) | set(outcome.wrong))):
            for name in names:
                self.rules.setdefault(name, Counter())[kind] += 1


def _case(root: Path, label: Mapping[str, Any], must: Sequence[Iterable[str]], quiet: bool, is_log: bool | None) -> Case:
    groups = tuple(tuple(group) for group in must)
    return Case(
        path=root / label["path"],
        id=label.get("id", label["path"]),
        must=groups,
        may=frozenset(label.get("may", ())).union(*groups),
        must_not=frozenset(label.get("must_not", ())),
        quiet=quiet,
        judged=label.get("judge_false_alarms", True),
        is_log=is_log,
        points=label.get("points") or max((series["points"] for series in label.get("series", ())), default=0),
    )


def bundled(folder: Path) -> list[Case]:
    """The cases of `fixtures/labels.toml`; none when the file is not there."""
    file = folder / "labels.toml"
    if not file.exists():
        return []
    labels = tomllib.loads(file.read_text("utf-8"))["fixture"]
    return [
        _case(folder, x, x.get("must", ()), x["kind"] in {"healthy", "trap"} and not x.get("must"), x["kind"] != "format" or None)
        for x in labels
    ]


def shared(folder: Path) -> list[Case]:
    """The cases of `labels.jsonl` in a folder that has its logs in `corpus/`; none when the file is not there."""
    file = folder / "labels.jsonl"
    if not file.exists():
        return []
    labels = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
    cases = []
    for label in labels:
        must = label.get("must_any", ())
        quiet = (
            not must
            and label.get("judge_false_alarms", True)
            and bool(label["expect_series"])
            and "too_short" not in label["label"]
        )
        cases.append(_case(folder / "corpus", label, must, quiet, label["expect_series"]))
    return cases


@dataclass(frozen=True)
class Claim:
    """One finding of some tool: the names of loglint's rules that it may mean (none: a statement about the log)."""

    names: frozenset[str]
    severity: str
    confidence: float | None = None


def hold(case: Case, claims: Sequence[Claim], read: bool, problem: str = "") -> Outcome:
    """What a tool claims of a case, held against its label. A claim that may mean several rules counts as the best of them."""
    outcome = Outcome(case.id, quiet=case.quiet, read=read, problem=problem)
    for group in case.must:
        (outcome.hit if any(claim.names & set(group) for claim in claims) else outcome.missed).append(group[0])
    fine = case.may | ABOUT_THE_LOG
    if case.judged:
        false = [claim for claim in claims if claim.names and not claim.names & fine]
        severe = [claim for claim in false if claim.severity != "info"]
        outcome.false = sorted({min(claim.names) for claim in severe})
        outcome.severe = "error" if any(claim.severity == "error" for claim in severe) else "warning" if severe else ""
        outcome.rated = [(claim.confidence, claim not in false) for claim in claims if claim.confidence is not None]
    outcome.wrong = sorted({min(claim.names) for claim in claims if claim.names and claim.names <= case.must_not})
    return outcome


def examine(case: Case) -> Outcome:
    """Lint one case and hold what is said against its label; folded findings count."""
    from loglint import lint
    from loglint.errors import LoglintError

    try:
        report = lint(case.path)
    except LoglintError as error:
        return hold(case, (), read=False, problem=str(error))
    claims = [Claim(frozenset({said.name}), said.severity, said.confidence) for said in flat(report.findings)]
    return hold(case, claims, read=any(run.series for run in report.runs))


def measure(cases: Sequence[Case], jobs: int = 2) -> Scores:
    """The outcomes of all cases."""
    scores = Scores()
    for outcome in spread(examine, cases, jobs):
        scores.add(outcome)
    return scores
