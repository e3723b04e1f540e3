"""One attempt of a run as rules see it: input patterns -> `Curve`s, each made once and shared by all rules."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property
from typing import Any

import msgspec
import numpy as np
from msgspec.structs import replace

from loglint.curves.curve import Curve, Stride
from loglint.curves.layers import Layers
from loglint.inputs import Choice, NoObjective, Objective, attempt_of, best_versions, objective
from loglint.layers import KINDS, Kind, layers_of
from loglint.model import AXES, Axis, Floats, Run, Series
from loglint.report import NotJudgedKind


class Absent(msgspec.Struct, frozen=True):
    """An input that the run does not have, and why."""

    kind: NotJudgedKind
    reason: str


@cache
def _not_logged(pattern: str) -> Absent:
    return Absent("absent", f"no {pattern} is logged")


class View(msgspec.Struct, frozen=True, dict=True):
    """One attempt of a run. `facts` are its recognised hyper-parameters by name."""

    run: Run
    attempt: int
    facts: Mapping[str, Any]
    groups: dict[Kind, tuple[Layers, ...]] = msgspec.field(default_factory=dict)
    layered: dict[str, tuple[Layers, ...] | Absent] = msgspec.field(default_factory=dict)
    made: dict[tuple[str, str, bool], Curve] = msgspec.field(default_factory=dict)
    sources: dict[int, Series] = msgspec.field(default_factory=dict)
    reached: dict[int, tuple[float, float]] = msgspec.field(default_factory=dict)
    positions: dict[tuple[int, Axis], Floats | None] = msgspec.field(default_factory=dict)
    ends: dict[int, tuple[float, float] | None] = msgspec.field(default_factory=dict)
    strides: dict[int, Stride] = msgspec.field(default_factory=dict)

    def curves(self, pattern: str) -> tuple[Curve, ...] | Absent:
        """The curves that an input pattern ("val/loss") stands for, or why there are none."""
        found = self.known.get(pattern)
        if found is None:
            found = self.known[pattern] = self._find(pattern)
        return found

    def layers(self, pattern: str) -> tuple[Layers, ...] | Absent:
        """The groups of layers that "layers/gradient" (or "layers/activation|dead") stands for.

        Histograms are not cut into attempts: they belong to the first.
        """
        if (known := self.layered.get(pattern)) is not None:
            return known
        asked = pattern.removeprefix("layers/").split("|")
        kinds = [kind for kind in KINDS if kind in asked]
        for kind in kinds:
            if kind not in self.groups:
                run = self.run if self.attempt == 0 else replace(self.run, histograms=())
                self.groups[kind] = layers_of(run, self.present, kind)
        found = tuple(group for kind in kinds for group in self.groups[kind])
        missing = Absent("absent", f"no {' or '.join(asked).replace('_', ' ')} of single layers is logged")
        self.layered[pattern] = found or missing
        return self.layered[pattern]

    def source(self, curve: Curve | Layers | None) -> Series | None:
        """The series (of this attempt) that a curve was made from; the first one of a sum."""
        return None if curve is None else self.sources.get(id(curve))

    def extent(self, curve: Curve | Layers | None) -> tuple[float, float]:
        """First and last position of the attempt on a curve's axis."""
        if curve is None or not len(curve):
            return 0.0, 0.0
        if id(curve) not in self.reached:
            first, last = float(curve.x[0]), float(curve.x[-1])
            ends = self.extents.get(curve.axis, (first, last))
            self.reached[id(curve)] = min(ends[0], first), max(ends[1], last)
        return self.reached[id(curve)]

    @cached_property
    def present(self) -> tuple[Series, ...]:
        """All series of the attempt that have points in it."""
        return tuple(part for one in self.run.series if len(part := attempt_of(one, self.attempt)))

    @cached_property
    def resumed(self) -> Mapping[str, frozenset[int]]:
        """By file, the `seq` of the first record after each resume: where points were written again, else where the log says so."""
        again: dict[str, set[int]] = {}
        for one in self.run.series:
            if one.superseded is not None:
                back = np.flatnonzero(one.superseded[:-1] & ~one.superseded[1:])
                again.setdefault(one.path, set()).update(int(one.seq[i + 1]) for i in back)
        said: dict[str, set[int]] = {}
        for event in self.run.events:
            if event.kind == "resume" and event.path not in again:
                said.setdefault(event.path, set()).add(event.seq + 1)
        return {path: frozenset(places) for path, places in {**said, **again}.items()}

    @cached_property
    def best(self) -> tuple[Series, ...]:
        """Of each curve that is there in several versions, the one that rules take."""
        return tuple(best_versions(self.present))

    @cached_property
    def known(self) -> dict[str, tuple[Curve, ...] | Absent]:
        """What was found for patterns; from the start those that name nothing in any attempt with the same roles."""
        return dict(self.chosen.missing)

    @cached_property
    def chosen(self) -> Choice:
        """The best versions, to be asked for patterns."""
        return Choice(self.best)

    @cached_property
    def extents(self) -> Mapping[Axis, tuple[float, float]]:
        """The attempt's extent on each axis that any of its series is placed on."""
        found: dict[Axis, tuple[float, float]] = {}
        for name in AXES:
            ends = [self.ends[id(x)] for one in self.present if (x := self._placed(one, name)) is not None]
            known = [one for one in ends if one is not None]
            if known:
                found[name] = min(a for a, _ in known), max(b for _, b in known)
        return found

    def _placed(self, series: Series, name: Axis) -> Floats | None:
        """The positions of a series on an axis on which all its points are placed, else None; looked at once for all curves."""
        key = (id(series.seq if name == "seq" else series), name)
        if key not in self.positions:
            x = series.axis(name)
            if x is not None and id(x) not in self.ends:
                low, high = float(x.min()), float(x.max())
                self.ends[id(x)] = (low, high) if np.isfinite(low) and np.isfinite(high) else None
            self.positions[key] = x if x is not None and self.ends[id(x)] is not None else None
        return self.positions[key]

    def _find(self, pattern: str) -> tuple[Curve, ...] | Absent:
        """One pattern, or several joined by | of which any may be there."""
        if "|" in pattern:
            several = [self.curves(one) for one in pattern.split("|")]
            found = [curve for one in several if not isinstance(one, Absent) for curve in one]
            if found:
                return tuple(dict.fromkeys(found))
            first = next(one for one in several if isinstance(one, Absent))
            if all(one in self.chosen.missing for one in pattern.split("|")):
                self.chosen.missing[pattern] = first
            return first
        split, _, role = pattern.rpartition("/")
        if role == "objective":
            goal = objective(self.present, "val" if split == "val" else "train")
            if isinstance(goal, NoObjective):
                return Absent("excluded" if "need not fall" in goal.reason else "absent", goal.reason)
            return (self._of_objective(goal),)
        series = self.chosen(pattern)
        if not series:
            self.chosen.missing[pattern] = _not_logged(pattern)
            return _not_logged(pattern)
        if role == "loss":
            series = tuple(one for one in series if one.role.direction != "none")
            if not series:
                return Absent("excluded", "its losses need not fall")
        return tuple(self._curve(one.name, one.values, one, one.role.direction == "up") for one in series)

    def _of_objective(self, found: Objective) -> Curve:
        first = found.series[0]
        name = first.name if len(found.series) == 1 else " + ".join(series.name for series in found.series)
        return self._curve(name, found.values, first, found.mirrored, already=True)

    def _curve(self, name: str, values: Floats, series: Series, mirrored: bool, already: bool = False) -> Curve:
        key = (name, series.path, mirrored)
        if key not in self.made:
            axes = {a: x for a in AXES if (x := self._placed(series, a)) is not None}
            y = -values if mirrored and not already else values
            role = series.role
            curve = Curve(
                name,
                y,
                axes,
                mirrored,
                series.granularity,
                role.dataset,
                role.quantity,
                self._resumes(series),
                series.resolution,
                strides=self.strides,
            )
            self.made[key] = curve
            self.sources[id(curve)] = series
        return self.made[key]

    def _resumes(self, series: Series) -> tuple[int, ...]:
        """Indices of a series' first points after each resume."""
        first = (int(np.searchsorted(series.seq, seq)) for seq in sorted(self.resumed.get(series.path, ())))
        return tuple(dict.fromkeys(i for i in first if 0 < i < len(series)))
