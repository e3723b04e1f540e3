"""`Curve`: one series of one attempt as the detectors see it, with what every detector asks of it computed once.

The formulas live in the sibling modules; this one only remembers their results.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import msgspec
import numpy as np

from loglint.curves.noise import GLANCE, PIECE, median, ordinals
from loglint.curves.shape import Shape, shape_of
from loglint.model import AXES, Axis, Bools, Floats, Granularity, Ints


class Stride(msgspec.Struct, frozen=True):
    """How points go along an axis: whether none lies before its predecessor, and the distance of neighbours if all are equal."""

    forward: bool
    even: float | None


def stride_of(x: Floats) -> Stride:
    """The stride of positions, float64[n]; those of short or uneven ones end after the first look."""
    gaps = np.diff(x[:GLANCE])
    even = float(gaps[0]) if len(gaps) and bool((gaps == gaps[0]).all()) else None
    beyond = range(0, len(x) - 1, PIECE) if len(x) > GLANCE else ()
    if even is not None and not all((np.diff(x[a : a + PIECE + 1]) == even).all() for a in beyond):
        even = None
    if even is not None:
        return Stride(even >= 0, even)
    return Stride(bool((x[1:] >= x[:-1]).all()), None)


class Curve(msgspec.Struct, frozen=True, eq=False, dict=True):
    """Points of one series in one attempt, in order; superseded ones left out.

    `y` is float64[n] with NaN and infinities kept. `mirrored` says that y is minus what was logged, so that lower is
    better. `axes` maps each axis on which all points are placed to float64[n]; `seq` is always there. `quantity` is
    the role's (loss, perplexity, metric, reward ...), since their scales differ: a metric's range is known, a reward's is not.
    `resumes` are the indices of the first points after the job went on from a checkpoint.
    """

    name: str
    y: Floats
    axes: Mapping[Axis, Floats] = msgspec.field(default_factory=dict)
    mirrored: bool = False
    granularity: Granularity | None = None
    dataset: str | None = None
    quantity: str = "loss"
    resumes: tuple[int, ...] = ()
    resolution: float | None = None  # see `Series`
    paired: dict[int, Floats] = msgspec.field(default_factory=dict)  # what was made of it and another curve, by that one's id
    strides: dict[int, Stride] = msgspec.field(default_factory=dict)  # of axes, by their id; curves on the same ones share them

    def __len__(self) -> int:
        return len(self.y)

    def stride(self, name: Axis) -> Stride:
        """How the points go on an axis that they are placed on."""
        x = self.axes[name]
        if id(x) not in self.strides:
            self.strides[id(x)] = stride_of(x)
        return self.strides[id(x)]

    def forward(self, name: Axis) -> bool:
        """Whether the points are placed on an axis, and none lies before its predecessor."""
        return name in self.axes and self.stride(name).forward

    @cached_property
    def axis(self) -> Axis:
        """The first axis of step, epoch, time, seq on which the points go forward; a step or epoch that all share before time."""
        still: Axis | None = None
        for name in ("step", "epoch"):
            if self.forward(name) and len(x := self.axes[name]):
                if x[-1] > x[0] or len(self) < 2:
                    return name
                still = still or name
        moves = self.forward("time") and len(x := self.axes["time"]) and (x[-1] > x[0] or len(self) < 2)
        return still or ("time" if moves else "seq")

    @cached_property
    def x(self) -> Floats:
        """Positions on `axis`, float64[n]; the ordinals when nothing else is known."""
        x = self.axes.get(self.axis)
        return np.arange(len(self.y), dtype=np.float64) if x is None else x

    @cached_property
    def finite(self) -> Bools:
        """Which points are finite, bool[n]."""
        return np.isfinite(self.y)

    @cached_property
    def whole(self) -> bool:
        """Whether all points are finite."""
        return bool(self.finite.all())

    @cached_property
    def places(self) -> Ints:
        """Indices of the finite points, int64[m]."""
        return ordinals(len(self.y)) if self.whole else np.flatnonzero(self.finite)

    @cached_property
    def values(self) -> Floats:
        """The finite points, float64[m]."""
        return self.y if self.whole else self.y[self.places]

    @cached_property
    def extremes(self) -> tuple[float, float]:
        """Lowest and highest finite point; (inf, -inf) without any."""
        return float(self.values.min(initial=np.inf)), float(self.values.max(initial=-np.inf))

    @cached_property
    def middle(self) -> float:
        """The median of the finite points."""
        return median(self.values)

    @cached_property
    def shape(self) -> Shape:
        """Block medians, smoothed curve, noise and levels of the finite points (`loglint.curves.shape`)."""
        return shape_of(self.values)

    @cached_property
    def stretch(self) -> float:
        """How far the first point lies from the beginning, in units of the run's length on `axis` (0 for ordinals)."""
        if self.axis in ("time", "seq") or len(self) < 2:
            return 0.0
        return float(self.x[0] / max(self.x[-1], 1e-300)) if self.x[-1] > 0 else 0.0


def shared_axis(a: Curve, b: Curve) -> Axis:
    """The first axis of step, epoch, time on which both curves are placed and go forward, else `seq`."""
    for name in AXES:
        if a.forward(name) and b.forward(name):
            return name
    return "seq"


def at_or_before(curve: Curve, axis: Axis, x: float) -> int:
    """The index of the last point of `curve` placed at or before `x` on `axis`; -1 when there is none."""
    return int(np.searchsorted(curve.axes[axis], x, side="right")) - 1
