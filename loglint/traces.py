"""What is kept of a run for `loglint compare`: its curves as at most 240 block medians with their noise, settings, findings.

Small enough to be stored in a repository. How traces are compared lives in `loglint.contrast`, which runs in `loglint.compare`.
"""

from __future__ import annotations

import msgspec
import numpy as np

from loglint.cohorts import is_label
from loglint.condense import JUDGED_BY, longest, place_in
from loglint.curves.curve import Curve
from loglint.curves.shape import Shape, running_median, smoothing_window
from loglint.facts import redact
from loglint.model import Axis, Floats, Run
from loglint.report import AttemptInfo, Finding, RunInfo, SeriesInfo, Severity, number
from loglint.view import Absent, View

SCHEMA = "loglint-summary-1"
SPEEDS = ("throughput", "step_time")
MOST_TRACES = 16
DIGITS = 7


class Trace(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One curve, lower is better (`mirrored`: minus what was logged): block medians `y` of `n` points at positions `x` of `axis`,
    seconds `t` since the first where the log has a clock, the error's standard deviation and correlation between blocks."""

    place: str
    name: str
    quantity: str
    mirrored: bool
    axis: Axis
    n: int
    x: tuple[float, ...]
    y: tuple[float, ...]
    t: tuple[float, ...] | None
    sigma: float
    rho: float

    def shape(self, last: float) -> Shape:
        """The shape of the part up to position `last`, at least two blocks."""
        x, y = np.array(self.x), np.array(self.y)
        keep = max(2, int((x <= last).sum()))
        y, window = y[:keep], smoothing_window(keep)
        size = max(1, self.n // max(1, len(self.y)))
        middle = np.arange(len(y)) * size
        return Shape(size * len(y), size, middle, y, running_median(y, window), window, self.sigma, self.rho)


class RunSummary(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One run: `settings` without those that only name it, `traces` in the order in which it is judged by them, `findings` as
    (rule, split/role, severity) of those at warning or above."""

    run: str
    key: str
    settings: dict[str, str | int | float | bool | None] = {}
    seed: float | int | str | None = None
    traces: tuple[Trace, ...] = ()
    findings: tuple[tuple[str, str, Severity], ...] = ()

    def trace(self, place: str) -> Trace | None:
        """The trace at a place, or None."""
        return next((trace for trace in self.traces if trace.place == place), None)


class Summary(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The runs of one side of a comparison, as `--save` writes them."""

    schema: str = SCHEMA
    runs: tuple[RunSummary, ...] = ()


def summarise(run: Run, views: list[View], findings: tuple[Finding, ...]) -> RunSummary | None:
    """The summary of a run's longest attempt; None for a run without a curve that says how it went."""
    view = longest(views)
    if view is None:
        return None
    found = [(place, curve) for place in (*JUDGED_BY, "train/objective", *SPEEDS) for curve in _curves(view, place)]
    traces: dict[str, Trace] = {}
    for place, curve in found[:MOST_TRACES]:
        shown = place if place == "train/objective" else place_in(view, curve)
        if len(curve.values) >= 2:
            traces.setdefault(shown, trace_of(shown, curve))
    seen = dict.fromkeys((f.rule, f.place, f.severity) for f in findings if f.severity != "info" and not f.rule.startswith("CMP"))
    settings = {key: value for key, value in redact(run.config).items() if not is_label(key)}
    return RunSummary(
        run=run.id, key=run.key, settings=settings, seed=view.facts.get("seed"), traces=tuple(traces.values()), findings=tuple(seen)
    )


def trace_of(place: str, curve: Curve) -> Trace:
    """A curve with at least one finite point as its block medians."""
    shape = curve.shape
    at = curve.places[shape.middle]
    clock = curve.axes.get("time")
    return Trace(
        place=place,
        name=curve.name,
        quantity=curve.quantity,
        mirrored=curve.mirrored,
        axis=curve.axis,
        n=shape.n,
        x=_short(curve.x[at]),
        y=_short(shape.y),
        t=None if clock is None else _short(clock[at] - clock[at[0]]),
        sigma=shape.sigma,
        rho=shape.rho,
    )


def described(run: RunSummary) -> RunInfo:
    """The run as far as its summary tells: its traces as curves in the unit logged."""
    return RunInfo(id=run.run, key=run.key, config=dict(run.settings), series=tuple(map(_described, run.traces)))


def _described(trace: Trace) -> SeriesInfo:
    sign = -1 if trace.mirrored else 1
    points = [(number(x), number(sign * y)) for x, y in zip(trace.x, trace.y, strict=True)]
    best = min(zip(trace.y, points, strict=True))[1]
    split = trace.place.partition("/")[0]
    return SeriesInfo(
        name=trace.name,
        role=trace.quantity,
        split=None if split == "-" else split,
        dataset=None,
        direction="up" if trace.mirrored else "down",
        axis=trace.axis,
        why="kept in the summary",
        points=len(points),
        attempts=(AttemptInfo(first_index=0, reason="start"),),
        first=points[0],
        last=points[-1],
        best=best,
        sketch=tuple((x, y, y, 0) for x, y in points),
    )


def _curves(view: View, place: str) -> tuple[Curve, ...]:
    found = view.curves(place)
    return () if isinstance(found, Absent) else found


def _short(values: Floats) -> tuple[float, ...]:
    return tuple(float(f"{value:.{DIGITS}g}") for value in values.tolist())
