"""How a search went about it: changes at once, a best value at the border of what was tried, a grid."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import msgspec
import numpy as np

from loglint.curves.noise import MAD_TO_SD, MEDIAN_TO_MEAN, median
from loglint.detectors import Measured, NotJudged
from loglint.gathered import Cohort, Levels, Varied
from loglint.model import Floats
from loglint.outcomes import Outcome

MOST_BINS = 8
OUTERMOST = 3  # bins that must improve one after the other towards the border


class Changes(msgspec.Struct, frozen=True):
    """So many runs (`count`) differ from the run most like them in `changes` settings (median)."""

    changes: float
    count: int
    settings: int


def many_changes(runs: Sequence[Outcome], *, most_runs: int) -> tuple[Measured[Changes], ...] | NotJudged:
    """In how many settings each of a few runs differs from the one most like it; more than `most_runs` are a search."""
    if len(runs) > most_runs:
        return NotJudged("excluded", f"{len(runs)} runs are a search")
    settings = Cohort.of(runs).varied
    if not settings:
        return NotJudged("absent", "the runs have equal settings")
    values = [tuple(str(one.values[i]) for one in settings) for i in range(len(runs))]
    nearest = [
        min(sum(x != y for x, y in zip(a, b, strict=True)) for j, b in enumerate(values) if j != i) for i, a in enumerate(values)
    ]
    return (Measured(Changes(median(nearest), len(runs), len(settings)), 0, runs=tuple(range(len(runs)))),)


class Edge(msgspec.Struct, frozen=True):
    """The best `metric` lies at the `side` ("lower", "upper") border of a setting's (`key`) tried values `low` to `high`, of which
    there are so many (`values`): how much better than beside it, in standard errors (`sigmas`) and as a `share` of the range
    of all runs (`count`); the best run's value of the setting (`best_value`)."""

    metric: str
    key: str
    side: str
    low: float
    high: float
    best_value: float
    values: int
    sigmas: float
    share: float
    count: int


def sweep_edge(runs: Sequence[Outcome], *, bins: int, endless: tuple[str, ...]) -> tuple[Measured[Edge], ...] | NotJudged:
    """Whether the best runs of a sweep lie at the border of what was tried, the runs beside it worse and those beside them worse
    again.

    A setting's values are cut into at least `bins` bins of equal count, equal values together; each bin counts by its median.
    Settings of which more is always better (`endless`, by name) and borders at zero are left out.
    """
    cohort = Cohort.of(runs)
    common = cohort.levels
    if common is None:
        return NotJudged("absent", "the runs have no curve in common")
    found = []
    enough = False
    for one in cohort.part(common.runs).varied:
        if not one.numeric or one.key.lower().replace("/", ".").rpartition(".")[2] in endless:
            continue
        x = np.array(one.values, dtype=np.float64)
        if np.isfinite(x).all() and len(cut := _bins(x)) >= bins:
            enough = True
            edge = _edge(common, one, x, cut)
            if edge is not None:
                found.append(Measured(edge, 0, runs=(int(common.runs[np.argmin(common.best)]),)))
    return tuple(found) if enough else NotJudged("too_short", f"no number was tried at {bins} values or more")


def _bins(x: Floats) -> list[np.ndarray]:
    """Indices of the values in at most `MOST_BINS` bins of about equal count, in order, equal values together."""
    levels = np.unique(x)
    edges = np.unique(
        np.searchsorted(levels, np.quantile(x, np.linspace(0, 1, min(MOST_BINS, len(levels)) + 1)[1:-1], method="lower"))
    )
    code = np.searchsorted(edges, np.searchsorted(levels, x), side="left")
    return [np.flatnonzero(code == c) for c in np.unique(code)]


def _edge(common: Levels, one: Varied, x: Floats, cut: list[np.ndarray]) -> Edge | None:
    place, best, errors = common.place, common.best, common.error
    medians = [median(best[members]) for members in cut]
    at = int(np.argmin(medians))
    winner = int(np.argmin(best))
    if at not in (0, len(cut) - 1) or winner not in cut[at]:
        return None
    order = medians if at == 0 else medians[::-1]
    border = float(x.min() if at == 0 else x.max())
    if border == 0 or not all(a < b for a, b in pairwise(order[:OUTERMOST])):
        return None
    near = (cut[0], cut[1]) if at == 0 else (cut[-1], cut[-2])
    error = math.hypot(*(_error(best[members], errors[members]) for members in near))
    gain, span = order[1] - order[0], max(medians) - min(medians)
    side = "lower" if at == 0 else "upper"
    sigmas = min(99.0, gain / error) if error > 0 else 99.0
    return Edge(
        place, one.key, side, float(x.min()), float(x.max()), float(x[winner]), len(np.unique(x)), sigmas, gain / span, len(x)
    )


def _error(best: Floats, errors: Floats) -> float:
    """Standard error of a bin's median: of the curves themselves, or by their spread where that is larger."""
    spread = MAD_TO_SD * median(np.abs(best - median(best))) * MEDIAN_TO_MEAN / math.sqrt(len(best))
    return max(median(errors), spread)


class Grid(msgspec.Struct, frozen=True):
    """So many runs (`count`) fill every combination of the tried values of `settings` numbers; `each` was seen at so many (the
    most of any)."""

    count: int
    settings: int
    each: int
    filled: float


def full_grid(runs: Sequence[Outcome]) -> tuple[Measured[Grid], ...] | NotJudged:
    """Whether the runs of a sweep are the full product of a few values of two or more numbers (`filled` is 1)."""
    numbers = [one for one in Cohort.of(runs).varied if one.numeric]
    if len(numbers) < 2:
        return NotJudged("absent", "fewer than two numbers were varied")
    tried = [len(set(one.values)) for one in numbers]
    points = len(set(zip(*(one.values for one in numbers), strict=True)))
    filled = points / math.prod(tried)
    return (Measured(Grid(len(runs), len(numbers), max(tried), filled), 0, runs=tuple(range(len(runs)))),)
