"""Runs that were repeated: how far seeds lie apart, runs that should be equal and are not, and the other way round."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np

from loglint.cohorts import listed, seed_of
from loglint.curves.noise import median
from loglint.detectors import Measured, NotJudged
from loglint.gathered import Cohort, Levels
from loglint.model import Floats, Ints
from loglint.outcomes import Outcome

MOST_SHARE = 99.0  # a spread beside no effect at all
BOTH_SIDES, POWER_80 = 1.96, 0.84  # normal quantiles of a two-sided test at 5 %, and of a power of 80 %


class SeedSpread(msgspec.Struct, frozen=True):
    """The standard deviation between seeds (`spread`) of the best `metric`, over so many `seeds` of so many `settings`; the
    `effect` it stands against (what the best settings have over the median of the others, or with one setting the whole
    improvement) and what it `is`; `share`, the effect's own error in units of the effect; and the seeds that each setting
    would `need`."""

    metric: str
    spread: float
    effect: float
    what: str
    share: float
    settings: int
    seeds: int
    need: int


def seed_spread(runs: Sequence[Outcome], *, at_least: int) -> tuple[Measured[SeedSpread], ...] | NotJudged:
    """How far runs that differ only in the seed end apart, against the effect that the runs are there to show.

    Settings count that were run with `at_least` different seeds. The error of a difference of two means of n seeds is
    spread * sqrt(2 / n); the number of seeds needed is that of a two-sided t test at 5 % with power 80 % in the normal
    approximation.
    """
    cohort = Cohort.of(runs)
    common, seeds_of, digests = cohort.levels, cohort.column("seed"), cohort.column("digest")
    if common is None:
        return NotJudged("absent", f"no settings were run with {at_least} seeds or more")
    groups = [g for g in cohort.alike("repeats") if len(np.unique([seeds_of[g], digests[g]], axis=1).T) >= at_least]
    bests = [_bests(group, seeds_of, common) for group in groups if len(np.setdiff1d(seeds_of[group], [0])) >= at_least]
    bests = [one for one in bests if len(one) >= at_least]
    if not bests:
        return NotJudged("absent", f"no settings were run with {at_least} seeds or more")
    variance = float(np.average([one.var(ddof=1) for one in bests], weights=[len(one) - 1 for one in bests]))
    seeds, spread = min(map(len, bests)), math.sqrt(variance)
    means = sorted(float(one.mean()) for one in bests)
    if len(bests) > 1:
        effect, what = median(means[1:]) - means[0], "what the best settings have over the others"
        error = spread * math.sqrt(2 / seeds)
    else:
        effect, what = median(np.maximum(0.0, common.start - common.best)), "the whole improvement"
        error = spread
    share = min(MOST_SHARE, error / effect) if effect > 0 else MOST_SHARE * (error > 0)
    need = max(2, math.ceil(min(1e6, 2 * ((BOTH_SIDES + POWER_80) * spread / effect) ** 2))) if effect > 0 else 10**6
    evidence = SeedSpread(common.place, spread, effect, what, share, len(bests), seeds, need)
    return (Measured(evidence, 0, runs=tuple(np.sort(np.concatenate(groups)).tolist())),)


def _bests(group: Ints, seeds: np.ndarray, common: Levels) -> Floats:
    """The best score of each seed, float64[seeds], in order of the seeds' first runs; of a seed run twice the last counts."""
    rows = np.flatnonzero(np.isin(common.runs, group))
    mine = seeds[common.runs[rows]]
    _, first = np.unique(mine, return_index=True)
    _, behind = np.unique(mine[::-1], return_index=True)
    best: Floats = common.best[rows[len(rows) - 1 - behind[np.argsort(first)]]]
    return best


class Irreproducible(msgspec.Struct, frozen=True):
    """So many runs (`count`) with one `seed` and equal `settings` (so many): the largest median `difference` of their objectives
    over the first records they share, in units of the improvement, and at which position they part (`parts_at`)."""

    seed: str
    settings: int
    count: int
    difference: float
    parts_at: float
    records: int


def irreproducible_seed(runs: Sequence[Outcome], *, records: int) -> tuple[Measured[Irreproducible], ...] | NotJudged:
    """Runs of equal settings and seed whose training objectives differ over at least `records` records at equal positions."""
    found = []
    for members in Cohort.of(runs).alike("seed"):
        pairs = [_apart(runs[members[0]], runs[i], records) for i in members[1:]]
        known = [pair for pair in pairs if pair is not None]
        if known:
            difference, parts_at, shared = max(known)
            seed = str(seed_of(runs[members[0]]))
            evidence = Irreproducible(seed, len(runs[0].values), len(members), difference, parts_at, shared)
            found.append(Measured(evidence, 0, runs=tuple(members.tolist())))
    return tuple(found) or NotJudged("absent", "no two runs have the same settings and the same seed")


def _apart(a: Outcome, b: Outcome, records: int) -> tuple[float, float, int] | None:
    """(median difference in units of a's improvement, where the first differs, records shared); None with fewer shared ones."""
    first, second = a.head, b.head
    shared = [x for x in first if x in second]
    score = a.score("train/objective")
    if len(shared) < records or score is None or score.progress <= 0:
        return None
    gaps = np.abs([first[x] - second[x] for x in shared])
    differs = np.flatnonzero(gaps > 0)
    return median(gaps) / score.progress, shared[int(differs[0])] if len(differs) else shared[-1], len(shared)


class Identical(msgspec.Struct, frozen=True):
    """So many runs (`count`) of one sweep with equal curves to the last digit and different settings: the settings that differ
    (`keys`), how many (`changes`), the objective's `points` and how many of them are `distinct`."""

    count: int
    keys: str
    changes: int
    points: int
    distinct: int


def identical_runs(runs: Sequence[Outcome]) -> tuple[Measured[Identical], ...] | NotJudged:
    """Runs whose every curve is equal in every point although their settings, or their seeds, differ."""
    cohort = Cohort.of(runs)
    found = []
    for members in cohort.alike("digest"):
        same = cohort.part(members)
        keys = [one.key for one in same.varied]
        keys += ["seed"] if len(np.unique(same.column("seed"))) > 1 else []
        score = same[0].score("train/objective")
        points = 0 if score is None else score.points
        if keys:
            evidence = Identical(len(same), listed(keys), len(keys), points, same[0].distinct)
            found.append(Measured(evidence, 0, runs=tuple(members.tolist())))
    return tuple(found)
