"""What was found: measured evidence, findings, reports, and their JSON form (`loglint-report-1`).

Frozen records only, none of which could be part of a cycle (`gc=False`). How a finding comes about lives in `loglint.engine`,
how it is shown in `loglint.reporters`.
"""

from __future__ import annotations

import hashlib
import math
from typing import Any, Literal

import msgspec

from loglint.outcomes import Outcome

SCHEMA = "loglint-report-1"
Severity = Literal["info", "warning", "error"]
SEVERITIES: tuple[Severity, ...] = ("info", "warning", "error")
Status = Literal["new", "baselined", "ignored"]
NotJudgedKind = Literal["absent", "too_short", "undetectable", "excluded", "disabled"]
Number = float | int | str | None  # non-finite floats are written "nan", "inf", "-inf"


class Cite(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A passage of the bibliography that a person can look up."""

    recipe: str
    where: str
    url: str | None = None


class Remedy(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One thing to do, and who says so."""

    do: str
    cite: Cite


class Location(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A file, and the line in it where the log has lines."""

    path: str
    line: int | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One symptom in one attempt of one run, with the numbers that show it."""

    rule: str
    name: str
    severity: Severity
    message: str
    run: str | None = None
    runs: tuple[str, ...] = ()
    key: str = ""
    place: str = ""
    attempt: int = 0
    status: Status = "new"
    series: tuple[str, ...] = ()
    inputs: dict[str, str] = {}  # the curves it was judged on, by input of the rule: {"train": "loss", "val": "val_loss"}
    first_step: Number = None
    last_step: Number = None
    onset: float = 0.0  # where it begins, as a share of the attempt
    spans: tuple[tuple[Number, Number], ...] = ()
    axis: Literal["step", "epoch", "time", "seq"] = "step"
    location: Location | None = None
    evidence: dict[str, Number] = {}
    threshold: dict[str, Number] = {}
    levels: tuple[str, ...] = ()  # evidence fields that are heights on the curve
    confidence: float | None = None
    remedy: tuple[Remedy, ...] = ()
    folded: tuple[Finding, ...] = ()
    fingerprint: str = ""


class NotJudged(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A rule that could not be judged, and why."""

    rule: str
    kind: NotJudgedKind
    reason: str
    runs: int = 1
    examples: tuple[str, ...] = ()


class RuleInfo(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A rule that was applied; `url` is that of the first passage it cites that has one."""

    code: str
    name: str
    summary: str
    why: str
    url: str | None = None
    severity: Severity = "warning"
    wrong_when: tuple[str, ...] = ()


class ProblemInfo(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something about a file that was met while reading."""

    path: str
    message: str
    kind: str
    line: int | None = None


class SourceInfo(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A file that a run was read from."""

    path: str
    format: str
    framework: str | None = None
    problems: int = 0


class AttemptInfo(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where an attempt begins in a series, and why it was told from the one before."""

    first_index: int
    reason: str
    number: int = 0
    bucket: int = 0  # of the sketch, the attempt's first


class SeriesInfo(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One curve as `show` and reports describe it; `sketch` holds [step, low, high, nonfinite] buckets.

    `sketch_middle` holds each bucket's median (empty where a bucket is one point), `sketch_axes` the buckets' places on the
    axes that the curve has besides `axis`; both have the sketch's length.
    """

    name: str
    role: str
    split: str | None
    dataset: str | None
    direction: str
    axis: str
    why: str
    points: int
    also: tuple[str, ...] = ()
    attempts: tuple[AttemptInfo, ...] = ()
    nonfinite: dict[str, int] = {}
    first: tuple[Number, Number] | None = None
    last: tuple[Number, Number] | None = None
    best: tuple[Number, Number] | None = None
    sketch: tuple[tuple[Number, Number, Number, int], ...] = ()
    sketch_middle: tuple[Number, ...] = ()
    sketch_axes: dict[str, tuple[Number, ...]] = {}


class Unjudged(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The rules that could not be judged on one run for one reason."""

    kind: NotJudgedKind
    reason: str
    rules: tuple[str, ...]


class RunInfo(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A run as `show` and reports describe it; `not_judged` is known once it was judged."""

    id: str
    key: str
    sources: tuple[SourceInfo, ...] = ()
    config: dict[str, Any] = {}
    series: tuple[SeriesInfo, ...] = ()
    not_judged: tuple[Unjudged, ...] = ()


class RunReport(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The judgement of one run: what a worker sends back. Runs on which the same could not be judged share `not_judged`."""

    run: RunInfo
    findings: tuple[Finding, ...] = ()
    not_judged: tuple[NotJudged, ...] = ()
    problems: tuple[ProblemInfo, ...] = ()
    judged: tuple[str, ...] = ()  # names of the rules that could be judged
    crashed: tuple[str, ...] = ()  # rules that raised, with the message
    outcome: Outcome | None = None  # what rules across runs need of it


class Summary(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The counts of a whole invocation."""

    runs: int = 0
    series: int = 0
    points: int = 0
    rules: int = 0
    errors: int = 0
    warnings: int = 0
    infos: int = 0
    baselined: int = 0
    ignored: int = 0
    not_judged: int = 0
    seconds: float = 0.0


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """One metric of `loglint compare`."""

    metric: str
    pair: str
    base: Number
    head: Number
    effect: Number
    interval: tuple[Number, Number]
    n_base: int
    n_head: int
    verdict: Literal["worse", "same", "better", "cannot_tell"]


class Entry(msgspec.Struct, frozen=True, kw_only=True, order=True, forbid_unknown_fields=True):
    """An entry of the baseline: so many findings of one severity and rule, on one curve of runs with one key."""

    severity: Severity
    rule: str
    run: str
    place: str
    count: int = 1


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A whole invocation, as `--format json` prints it."""

    schema: str = SCHEMA
    version: str = ""
    edition: str = ""
    settings: dict[str, Any] = {}
    exit_code: int = 0
    summary: Summary = Summary()
    rules: tuple[RuleInfo, ...] = ()
    runs: tuple[RunInfo, ...] = ()
    findings: tuple[Finding, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    stale: tuple[Entry, ...] = ()  # of the baseline: what no longer occurs
    not_judged: tuple[NotJudged, ...] = ()
    problems: tuple[ProblemInfo, ...] = ()


def number(value: float | int | None) -> Number:
    """A number as JSON can hold it: non-finite floats become "nan", "inf", "-inf"; whole floats become ints."""
    if value is None or isinstance(value, int):
        return value
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return int(value) if value == int(value) and abs(value) < 2**53 else float(value)


def fingerprint(rule: str, key: str, place: str) -> str:
    """A finding's identity across reruns: rule, run key and split/role; no step, value or language (DESIGN 4)."""
    return hashlib.sha256("\0".join((rule, key, place)).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def to_json(report: Report | RunReport | Finding) -> bytes:
    """The record as JSON; byte-identical for equal records."""
    return msgspec.json.encode(report)


def json_schema() -> dict[str, Any]:
    """The JSON schema of `Report`, shipped as `loglint/report.schema.json`."""
    return msgspec.json.schema(Report)
