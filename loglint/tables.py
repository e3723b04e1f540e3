"""Runs and reports as pandas tables: a row for every point, a row for every finding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from loglint.model import Run
    from loglint.report import Finding, Report

FINDING_COLUMNS = (
    "run", "attempt", "severity", "rule", "name", "status", "folded_under", "message", "axis", "first_step", "last_step",
    "series", "split_role", "path", "line", "first_remedy", "fingerprint",
)  # fmt: skip


def points(run: Run) -> pd.DataFrame:
    """Every point of a run, one row each: attempt, series, split, role, step, epoch, time, seq, value."""
    import numpy as np
    import pandas as pd

    parts = [
        pd.DataFrame(
            {
                "attempt": 0 if one.attempt is None else one.attempt,
                "series": one.name,
                "split": one.role.split,
                "role": one.role.name,
                **{axis: np.nan if getattr(one, axis) is None else getattr(one, axis) for axis in ("step", "epoch", "time")},
                "seq": one.seq,
                "value": one.values,
            }
        )
        for one in run.series
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def findings(report: Report) -> pd.DataFrame:
    """Every finding, one row for each run it is about, folded ones (`folded_under`: the rule of their headline) included.

    Steps are floats, NaN where the finding has no place; `series` are joined by commas.
    """
    import pandas as pd

    rows = [row for head in report.findings for row in _rows(head, None)]
    table = pd.DataFrame(rows, columns=list(FINDING_COLUMNS))
    return table.astype({"attempt": "int64", "first_step": "float64", "last_step": "float64"})


def _rows(finding: Finding, under: str | None) -> Iterator[tuple[Any, ...]]:
    place = finding.location
    first = finding.remedy[0].do if finding.remedy else None
    for run in finding.runs or (finding.run,):
        yield (
            run, finding.attempt, finding.severity, finding.rule, finding.name, finding.status, under, finding.message,
            finding.axis, finding.first_step, finding.last_step, ",".join(finding.series), finding.place or None,
            place.path if place else None, place.line if place else None, first, finding.fingerprint,
        )  # fmt: skip
    for inner in finding.folded:
        yield from _rows(inner, finding.rule)
