"""What of labelled logs is read, and whether it is exact: files, points of the main curve, counts of named curves, false series.

The bundled logs of `fixtures/` know length, first and last value of their curves; a folder of real logs knows lengths.
"""

from __future__ import annotations

import json
import math
import tomllib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.accuracy.pool import spread
from benchmarks.document import table

CURVES = ("loss", "metric", "perplexity", "reward", "acc", "error")
SHORT = 50  # points below which a length has to be exact
PRINTED = 1e-3
SLACK, COUNT_SLACK = 0.02, 0.01  # what longer curves may differ by


@dataclass(frozen=True)
class Expected:
    """One labelled log: `is_log` None leaves it open; `points` of a main curve (0: not said); (word, points) of named curves."""

    path: Path
    format: str
    is_log: bool | None
    points: int = 0
    counts: tuple[tuple[str, int], ...] = ()
    ends: tuple[tuple[int, float, float], ...] = ()  # points, first and last value of every curve that was logged


Row = Counter[str]


def real(folder: Path) -> list[Expected]:
    """The logs of `labels.jsonl` in a folder that keeps them in `corpus/`."""
    labels = [json.loads(line) for line in (folder / "labels.jsonl").read_text("utf-8").splitlines() if line.strip()]
    return [
        Expected(
            folder / "corpus" / label["path"],
            label["format"],
            label["expect_series"],
            label.get("points") or 0,
            tuple((word, count) for word, count in label.get("counts", ())),
        )
        for label in labels
    ]


def bundled(folder: Path) -> list[Expected]:
    """The logs of `fixtures/labels.toml`."""
    labels = tomllib.loads((folder / "labels.toml").read_text("utf-8"))["fixture"]
    return [
        Expected(
            folder / label["path"],
            label["format"],
            True,
            ends=tuple((one["points"], one["first"], one["last"]) for one in label.get("series", ())),
        )
        for label in labels
    ]


def examine(case: Expected) -> Row:
    """The counts of one log."""
    from loglint.corridor import collect
    from loglint.errors import LoglintError

    try:
        runs = collect([str(case.path)]).runs
    except LoglintError:
        runs = ()
    series = [(f"{one.role.name} {one.name}".lower(), len(one), one) for run in runs for one in run.series]
    row: Row = Counter()
    if case.is_log is False:
        return Row(negatives=1, invented=int(bool(series)))
    if case.is_log is None:
        return row
    row.update(files=1, read=int(bool(series)))
    if case.points:
        lengths = [length for name, length, _ in series if any(word in name for word in CURVES)]
        row.update(points=1, exact=int(any(_near(length, case.points, SLACK) for length in lengths)))
    for word, count in case.counts:
        found = any(word in name and _near(length, count, COUNT_SLACK) for name, length, _ in series)
        row.update(counts=1, counted=int(found))
    for count, first, last in case.ends:
        values = [one.values for _, length, one in series if length == count]
        row.update(counts=1, counted=int(any(_same(v[0], first) and _same(v[-1], last) for v in values)))
    return row


def _near(found: int, wanted: int, slack: float) -> bool:
    return abs(found - wanted) <= (0 if wanted < SHORT else slack * wanted)


def _same(found: float, wanted: float) -> bool:
    """Whether two values agree to what a log prints (three digits, four decimals), NaN with NaN and infinities with their like."""
    return math.isclose(found, wanted, rel_tol=PRINTED, abs_tol=PRINTED / 10) or (math.isnan(found) and math.isnan(wanted))


def measure(cases: Sequence[Expected], jobs: int) -> dict[str, Row]:
    """The counts of all cases, by format."""
    rows: dict[str, Row] = defaultdict(Counter)
    for case, row in zip(cases, spread(examine, cases, jobs), strict=True):
        rows[case.format].update(row)
    return rows


def report(rows: Mapping[str, Row]) -> str:
    """Markdown: a row for each format and one for all."""
    total: Row = sum(rows.values(), Counter())
    header = ("format", "files read", "points exact", "curves as counted", "false series")
    return table(header, (_cells(name, row) for name, row in (*sorted(rows.items()), ("**all**", total)) if +row))


def _cells(name: str, row: Row) -> tuple[str, ...]:
    pairs = (("read", "files"), ("exact", "points"), ("counted", "counts"), ("invented", "negatives"))
    return name, *(f"{row[part]} of {row[whole]}" if row[whole] else "" for part, whole in pairs)
