"""What a chart of a finding, or of some curves, shows, whatever it is drawn with: lines, heights, spans, and its scale."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import pairwise

import msgspec

from loglint.report import Finding, Number, RunInfo, SeriesInfo

LOG_RATIO = 1000.0  # a positive curve that spans more than this is drawn on a logarithmic scale
CLOSEST = 4.0  # times that a scale may be drawn closer to what is spoken of: a flat stretch must still look flat
MARGIN = 1.5  # what the closer scale shows, in units of the heights spoken of
WORTH = 0.6  # share of all heights under which a closer scale is worth it
FLAT = 0.025  # and over which there is anything to see closer
MOST_LINES = 3


class Bucket(msgspec.Struct, frozen=True):
    """Neighbouring points of a curve: where they begin, their lowest and highest (None: none is finite), how many are not.

    `median` is that of several points.
    """

    place: float
    low: float | None
    high: float | None
    bad: int
    median: float | None = None

    @property
    def middle(self) -> float | None:
        """The median, else half way between lowest and highest."""
        if self.median is not None or self.low is None or self.high is None:
            return self.median
        return self.low / 2 + self.high / 2


class Line(msgspec.Struct, frozen=True):
    """One curve of a chart; `kinds` names the values in it that are no numbers ("nan", "inf", "-inf")."""

    name: str
    buckets: tuple[Bucket, ...]
    kinds: tuple[str, ...] = ()

    @property
    def last(self) -> float | None:
        """The middle of its last finite bucket; None when its end is not finite."""
        return self.buckets[-1].middle if not self.buckets[-1].bad else None


class Scale(msgspec.Struct, frozen=True):
    """From values to heights: 0 at `low`, 1 at `high`, evenly or (`log`) by ratio; beyond them what is off the scale.

    All bounds are finite, low <= high.
    """

    low: float
    high: float
    log: bool = False

    def share(self, value: float) -> float:
        """The height of a value; one half everywhere when the bounds are equal."""
        low, high, at = self.low, self.high, value
        if self.log:
            low, high, at = math.log(low), math.log(high), math.log(max(value, low))  # half of the least float is 0
        extent = high / 2 - low / 2  # of finite numbers this is always finite
        return (at / 2 - low / 2) / extent if extent > 0 else 0.5


class Chart(msgspec.Struct, frozen=True):
    """Curves of one quantity over one axis, the one that is spoken of first; spans of the axis and heights to mark.

    Where the spans are but a small part of all heights, the scale is drawn `closer` to them, and the rest is off it.
    """

    lines: tuple[Line, ...]
    axis: str
    spans: tuple[tuple[float, float], ...] = ()
    levels: tuple[float, ...] = ()
    closer: bool = False

    @property
    def places(self) -> tuple[float, float]:
        """The first and the last position of anything in the chart."""
        found = [bucket.place for line in self.lines for bucket in line.buckets] + [place for span in self.spans for place in span]
        return min(found), max(found)

    @property
    def extremes(self) -> tuple[float, float]:
        """The lowest and the highest of all finite values and levels; zeros when there are none."""
        found = [v for line in self.lines for b in line.buckets for v in (b.low, b.high) if v is not None] + list(self.levels)
        return min(found, default=0.0), max(found, default=0.0)

    @property
    def scale(self) -> Scale:
        """The scale on which everything has its height, or what the spans hold if that is asked for and is much less."""
        low, high = self.extremes
        if low > 0 and high / low > LOG_RATIO:
            return Scale(low, high, log=True)
        inside = [v for b in self.lines[0].buckets if self._spanned(b) for v in (b.low, b.high) if v is not None]
        if not self.closer or len(inside) < 4:
            return Scale(low, high)
        inside += self.levels
        whole, spoken = high - low, MARGIN * (max(inside) - min(inside))
        if not FLAT * whole < spoken < WORTH * whole:
            return Scale(low, high)
        extent = max(whole / CLOSEST, spoken)
        bottom = min(max(low, (max(inside) + min(inside) - extent) / 2), high - extent)
        return Scale(bottom, bottom + extent)

    def _spanned(self, bucket: Bucket) -> bool:
        return any(first <= bucket.place <= last for first, last in self.spans)


def of_finding(finding: Finding, runs: Mapping[str, RunInfo]) -> tuple[Chart, ...]:
    """The curve that a finding speaks of, with what it is held against; a second chart for a curve of another quantity.

    Empty when the finding is about no single curve, or the report holds no sketch of it.
    """
    run = runs.get(finding.run or "")
    if run is None or not finding.series:
        return ()
    known = {curve.name: curve for curve in reversed(run.series)}
    names = dict.fromkeys((finding.series[0], *finding.series[0].split(" + ")))
    own = [known[name] for name in names if name in known] or _layers(finding, run)
    if not own:
        return ()
    axis = finding.axis if _has(own[0], finding.axis) else own[0].axis
    beside = [known[name] for name in finding.inputs.values() if name in known and name not in names]
    beside = [curve for curve in beside if _has(curve, axis)]
    alike = [curve for curve in beside if curve.role == own[0].role]
    named = [curve for curve in beside if curve.role != own[0].role and _speaks_of(finding.message, curve.name)]
    spans = _spans(finding) if finding.axis == axis else ()
    levels = [finding.evidence[name] for name in finding.levels] if own[0].name == finding.series[0] else []
    heights = tuple(float(level) for level in levels if isinstance(level, (int, float)))
    charts = (_chart([*own, *alike], axis, finding.attempt, spans, heights), _chart(named[:1], axis, finding.attempt, spans))
    return tuple(chart for chart in charts if chart is not None)


def _layers(finding: Finding, run: RunInfo) -> list[SeriesInfo]:
    """Where a finding is about a group of layers (`grad_norm`), the curves of those it names (`grad_norm/layers.0.weight`)."""
    group = f"{finding.series[0]}/"
    return [c for c in run.series if c.name.startswith(group) and _speaks_of(finding.message, c.name.removeprefix(group))]


def of_curves(curves: Sequence[SeriesInfo]) -> tuple[Chart, ...]:
    """Curves of one run, those of the same role, data and axis (validation before training) together, all attempts in one."""
    groups: dict[tuple[str, str | None, str], list[SeriesInfo]] = {}
    for curve in curves:
        key = (curve.role, curve.dataset, curve.axis) if curve.role != "unknown" else (curve.name, None, curve.axis)
        groups.setdefault(key, []).append(curve)
    ordered = [sorted(group, key=lambda curve: curve.split == "train") for group in groups.values()]  # the denser in the background
    parts = [group[i : i + MOST_LINES] for group in ordered for i in range(0, len(group), MOST_LINES)]
    return tuple(chart for part in parts if (chart := _chart(part, part[0].axis, None)) is not None)


def chosen(info: RunInfo, patterns: str) -> tuple[SeriesInfo, ...]:
    """The curves whose name or `split/role` matches one of the patterns between commas: a glob, or a part of it; all for ""."""
    wanted = [word.strip().lower() for word in patterns.split(",")]
    return tuple(curve for curve in info.series if any(_matches(curve, word) for word in wanted))


def _matches(curve: SeriesInfo, word: str) -> bool:
    names = [curve.name.lower(), f"{curve.split or '-'}/{curve.role}".lower()]
    if "*" not in word and "?" not in word:
        return any(word in name for name in names)
    return any(fnmatchcase(name, word.replace("[", "[[]")) for name in names)


def _has(curve: SeriesInfo, axis: str) -> bool:
    return axis == curve.axis or axis in curve.sketch_axes


def _chart(
    curves: Sequence[SeriesInfo],
    axis: str,
    attempt: int | None,
    spans: tuple[tuple[float, float], ...] = (),
    levels: tuple[float, ...] = (),
) -> Chart | None:
    """The chart of curves that have anything to draw on that axis, of one attempt or (None) of all."""
    lines = [line for curve in curves[:MOST_LINES] if len((line := _line(curve, axis, attempt)).buckets) > 1]
    return Chart(tuple(lines), axis, spans, levels, closer=bool(spans)) if lines else None


def _line(curve: SeriesInfo, axis: str, attempt: int | None) -> Line:
    """The curve's buckets, in order of arrival; a bucket without a place on the axis is not drawn."""
    places = [row[0] for row in curve.sketch] if axis == curve.axis else curve.sketch_axes[axis]
    medians = curve.sketch_middle or [None] * len(curve.sketch)
    buckets = tuple(
        Bucket(at, _finite(low), _finite(high), bad, _finite(median))
        for place, (_, low, high, bad), median in list(zip(places, curve.sketch, medians, strict=True))[_stretch(curve, attempt)]
        if (at := _finite(place)) is not None
    )
    return Line(curve.name, buckets, tuple(name.replace("neg_", "-") for name, count in curve.nonfinite.items() if count))


def _stretch(curve: SeriesInfo, attempt: int | None) -> slice:
    """The buckets of one attempt; all of them when the curve has no such attempt."""
    for one, following in pairwise((*curve.attempts, None)):
        if one is not None and one.number == attempt:
            return slice(one.bucket, None if following is None else following.bucket)
    return slice(None)


def _finite(value: Number) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None


def _speaks_of(message: str, name: str) -> bool:
    return re.search(rf"(?<![\w/]){re.escape(name)}(?![\w/])", message) is not None


def _spans(finding: Finding) -> tuple[tuple[float, float], ...]:
    """The stretches of the axis that a finding points at; its first step alone where it has none."""
    ends = finding.spans or ((finding.first_step, finding.first_step if finding.last_step is None else finding.last_step),)
    pairs = [(_finite(first), _finite(last)) for first, last in ends]
    return tuple((first, last) for first, last in pairs if first is not None and last is not None)
