"""A finding's curve as the terminal and Markdown draw it: the values to draw, and the stretch to mark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loglint.report import Finding, RunInfo, SeriesInfo


def curve_of(finding: Finding, runs: Mapping[str, RunInfo]) -> SeriesInfo | None:
    """The first curve that a finding names, when its sketch can be drawn."""
    run = runs.get(finding.run or "")
    curve = next((c for c in run.series if c.name in finding.series), None) if run is not None else None
    return curve if curve is not None and len(curve.sketch) > 1 else None


def middles(curve: SeriesInfo) -> list[float | None]:
    """The curve's sketch as one value per bucket: the middle of its lowest and highest, NaN where a point was non-finite."""
    return [_middle(low, high, bad) for _, low, high, bad in curve.sketch]


def _middle(low: object, high: object, bad: int) -> float | None:
    if bad:
        return float("nan")
    return (low + high) / 2 if isinstance(low, (int, float)) and isinstance(high, (int, float)) else None


def mark(finding: Finding, curve: SeriesInfo) -> tuple[int, int] | None:
    """The buckets of the sketch that the finding spans."""
    if curve.axis != finding.axis or not isinstance(finding.first_step, (int, float)):
        return None
    last = finding.last_step if isinstance(finding.last_step, (int, float)) else finding.first_step
    starts = [start if isinstance(start, (int, float)) else float("-inf") for start, *_ in curve.sketch]
    return _bucket(starts, finding.first_step), max(_bucket(starts, finding.first_step), _bucket(starts, last))


def _bucket(starts: Sequence[float], place: float) -> int:
    return max((index for index, start in enumerate(starts) if start <= place), default=0)
