"""`Curve`: one series of one attempt as the detectors see it, with what every detector asks of it computed once.

The formulas live in the sibling modules; this one only remembers their results.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from loglint.model import AXES, Axis, Bools, Floats, Granularity


@dataclass(frozen=True, eq=False)
class Curve:
    """Points of one series in one attempt, in order; superseded ones left out.

    `y` is float64[n] with NaN and infinities kept. `mirrored` says that y is minus what was logged, so that lower is
    better. `axes` maps each known axis to float64[n]; `seq` is always there.
    """

    name: str
    y: Floats
    axes: Mapping[Axis, Floats] = field(default_factory=dict)
    mirrored: bool = False
    granularity: Granularity | None = None

    def __len__(self) -> int:
        return len(self.y)

    @cached_property
    def axis(self) -> Axis:
        """The first axis of step, epoch, time, seq on which every point is placed and that goes forward."""
        for name in AXES:
            x = self.axes.get(name)
            if (
                x is not None
                and len(x) == len(self.y)
                and np.isfinite(x).all()
                and (np.diff(x) >= 0).all()
                and (len(x) < 2 or x[-1] > x[0])
            ):
                return name
        return "seq"

    @cached_property
    def x(self) -> Floats:
        """Positions on `axis`, float64[n]; the ordinals when nothing else is known."""
        x = self.axes.get(self.axis)
        return np.arange(len(self.y), dtype=np.float64) if x is None or len(x) != len(self.y) else x

    @cached_property
    def finite(self) -> Bools:
        """Which points are finite, bool[n]."""
        return np.isfinite(self.y)
