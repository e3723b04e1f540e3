"""Step, epoch and time converted among each other: what the records of a run that tell two of them say of those that tell one.

Pure: series in, series out. A series keeps the axis it is logged on; it is only given those that come behind it, so that curves
without a common axis (training by step, validation by epoch) meet on one. Nothing is added where records contradict each
other, go backwards, or do not reach.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal

import msgspec
import numpy as np
from msgspec.structs import replace

from loglint.model import AXES, Bools, Floats, Ints, Series

Told = Literal["epoch", "time"]
Placed = tuple[Series, Floats, Floats]  # a series and its places on two axes
TELLING = 16  # series, the longest, whose records are taken
CONSTANT = 1e-6  # by how much, of an epoch, steps per epoch may differ and still be constant
_EPOCH = re.compile(r"(?:.*[/.])?(?:current_?)?epoch", re.I)


class Relation(msgspec.Struct, frozen=True):
    """What one axis is at places of another: at the increasing `x` (float64[n], n >= 2) it is the non-decreasing `y`.

    `held` says that y stays until the next place (an epoch that many steps belong to), else it is linear between them;
    `steady`, that y goes on at the one slope it has.
    """

    x: Floats
    y: Floats
    held: bool
    steady: bool

    def at(self, places: Floats) -> Floats:
        """y at `places`, float64[len(places)]: exact at those known, NaN outside of them but for one more `y` of a steady one."""
        if self.held:
            found: Floats = self.y[np.clip(np.searchsorted(self.x, places, side="right") - 1, 0, None)]
        else:
            found = np.interp(places, self.x, self.y)
        reach = 0.0
        if self.steady:
            slope = (self.y[-1] - self.y[0]) / (self.x[-1] - self.x[0])
            reach = 1 / slope
            outside = (places < self.x[0]) | (places > self.x[-1])
            found = np.where(outside, np.maximum(self.y[0] + (places - self.x[0]) * slope, min(0.0, float(self.y[0]))), found)
        known = (places >= self.x[0] - reach) & (places <= self.x[-1] + reach)
        return np.where(known, found, np.nan)


def relation(x: Floats, y: Floats, told: Told) -> Relation | None:
    """How `y`, an epoch or a time, depends on `x`, from records in any order (float64[n] each, finite).

    None where they tell nothing (fewer than two places) or contradict each other: two epochs at one place, or y going backwards.
    Of several times at one place the last counts.
    """
    if not (x[1:] > x[:-1]).all():
        order = np.lexsort((y, x))
        x, y = x[order], y[order]
        last = np.append(x[1:] != x[:-1], True)
        if told == "epoch" and (y[1:] != y[:-1])[~last[:-1]].any():
            return None
        x, y = x[last], y[last]
    rises = np.diff(y)
    if len(x) < 2 or rises.min() < 0:
        return None
    flat = bool(rises.min() == 0)
    held = told == "epoch" and flat and bool((y == np.floor(y)).all())
    steady = told == "epoch" and not flat and len(x) > 2 and _constant(rises / np.diff(x))
    return Relation(x, y, held, steady)


def _constant(slopes: Floats) -> bool:
    return bool(slopes.min() > 0 and np.ptp(slopes) <= CONSTANT * slopes.max())


def completed(series: Sequence[Series]) -> tuple[Series, ...]:
    """The series of one run, each with the epochs and times that it lacks and the run's other records tell, attempt by attempt.

    A series on steps may get epochs and times, one on epochs times. Points that are not reached are NaN.
    """
    found = tuple(series)
    for told in ("epoch", "time"):
        if all(getattr(one, told) is not None for one in found):
            continue
        for base in AXES[: AXES.index(told)]:
            telling = _telling(found, base, told)
            if telling and any(_lacks(one, base, told) for one in found):
                found = tuple(_with(one, base, told, telling) if _lacks(one, base, told) else one for one in found)
    return found


def _lacks(series: Series, base: str, told: Told) -> bool:
    return getattr(series, told) is None and series.best_axis == base and len(series) > 0


def _with(series: Series, base: str, told: Told, telling: Sequence[Placed]) -> Series:
    places: Floats = getattr(series, base)
    given = np.full(len(series), np.nan)
    for attempt in np.unique(_attempts(series)).tolist():
        mine = _attempts(series) == attempt
        pairs = list(_pairs(telling, attempt))
        if pairs:
            known = relation(np.concatenate([x for x, _ in pairs]), np.concatenate([y for _, y in pairs]), told)
            if known is not None:
                given[mine] = known.at(places[mine])
    if not np.isfinite(given).any():
        return series
    return replace(series, epoch=given) if told == "epoch" else replace(series, time=given)


def _telling(company: Sequence[Series], base: str, told: Told) -> list[Placed]:
    """The longest series with points on both axes, and their places on them."""
    found = [(one, x, y) for one in company if (y := _told(one, told)) is not None and (x := getattr(one, base)) is not None]
    return sorted(found, key=lambda one: -len(one[1]))[:TELLING]


def _pairs(telling: Sequence[Placed], attempt: int) -> Iterator[tuple[Floats, Floats]]:
    """The records of one attempt that tell both axes, those apart that a resume wrote again."""
    for one, x, y in telling:
        keep: Bools = (_attempts(one) == attempt) & np.isfinite(x) & np.isfinite(y)
        keep = keep if one.superseded is None else keep & ~one.superseded
        if keep.any():
            yield x[keep], y[keep]


def _told(series: Series, told: Told) -> Floats | None:
    """The epochs or times of a series' points; the values themselves where the epoch is logged as a curve."""
    if told == "epoch" and series.epoch is None and _is_epoch(series.name):
        return series.values
    places: Floats | None = getattr(series, told)
    return places


@lru_cache(maxsize=4096)
def _is_epoch(name: str) -> bool:
    return _EPOCH.fullmatch(name) is not None


def _attempts(series: Series) -> Ints:
    return np.zeros(len(series), dtype=np.int64) if series.attempt is None else series.attempt
