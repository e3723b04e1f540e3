"""Which settings separate the sick runs of a sweep from the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec
import numpy as np

from loglint.detectors import Measured, NotJudged
from loglint.gathered import Cohort, Varied
from loglint.model import Bools, Floats, Ints
from loglint.outcomes import Outcome

MOST_CUTS = 64  # of one setting


class Region(msgspec.Struct, frozen=True):
    """Of so many `sick` runs with one `symptom` so many lie `inside` a `region` of the settings, and of the `others` so many
    (`others_inside`); shares of sick runs that lie inside (`caught`) and of runs inside that are sick (`purity`), how many
    times as likely a run is sick inside as outside (`ratio`), and the chance (`p`) that a region of as many runs holds as many sick
    ones, times the `tests` made."""

    symptom: str
    region: str
    sick: int
    inside: int
    others: int
    others_inside: int
    caught: float
    purity: float
    ratio: float
    p: float
    tests: int


def sick_region(runs: Sequence[Outcome], *, at_least: int) -> tuple[Measured[Region], ...] | NotJudged:
    """For each symptom that `at_least` runs have and as many have not, the region of one setting that separates them best.

    Regions are values of at least, at most, or equal to one that was tried. Their chance is that of Fisher's exact test
    (R. A. Fisher, 1922, J. R. Stat. Soc. 85:87): the upper tail of the hypergeometric distribution, times the number of
    regions and symptoms looked at (Bonferroni).
    """
    cohort = Cohort.of(runs)
    told = list(cohort.symptoms())
    counts = Counter(symptom for symptoms in told for symptom in symptoms)
    asked = [symptom for symptom, count in sorted(counts.items()) if at_least <= count <= len(runs) - at_least]
    if not asked:
        return NotJudged("absent", f"no symptom divides the runs of a sweep into {at_least} sick ones and {at_least} others")
    settings = cohort.varied
    if not settings:
        return NotJudged("absent", "the runs have equal settings")
    sick = np.array([[symptom in symptoms for symptoms in told] for symptom in asked])
    sizes, hits = [], []
    for _, inside in _all_regions(settings):
        sizes.append(int(inside.sum()))
        hits.append((sick & inside).sum(axis=1))
    return tuple(
        _best(symptom, sick[k], settings, np.array(sizes), np.array(hits)[:, k], len(sizes) * len(asked))
        for k, symptom in enumerate(asked)
    )


def _all_regions(settings: Sequence[Varied]) -> Iterator[tuple[str, Bools]]:
    return (region for one in settings for region in _regions(one))


def _best(symptom: str, sick: Bools, settings: Sequence[Varied], sizes: Ints, hits: Ints, tests: int) -> Measured[Region]:
    """The region that is least likely by chance, of those with so many runs (`sizes`) and sick ones (`hits`)."""
    from scipy.stats import hypergeom

    n, total = len(sick), int(sick.sum())
    chance: Floats = np.asarray(hypergeom.logsf(hits - 1, n, total, sizes))
    best = int(np.lexsort((sizes, chance))[0])
    hit, size = int(hits[best]), int(sizes[best])
    words, inside = next(islice(_all_regions(settings), best, None))
    outside = max(1, n - size)
    rest = max(0.5, total - hit) / outside
    evidence = Region(
        symptom=symptom,
        region=words,
        sick=total,
        inside=hit,
        others=n - total,
        others_inside=size - hit,
        caught=hit / total,
        purity=hit / size,
        ratio=(hit / size) / rest,
        p=float(min(1.0, np.exp(chance[best] + np.log(tests)))),
        tests=tests,
    )
    return Measured(evidence, 0, runs=tuple(np.flatnonzero(sick & inside).tolist()))


def _regions(one: Varied) -> Iterator[tuple[str, Bools]]:
    """(words, which runs lie in it) for each region of one setting."""
    if one.numeric:
        x = np.array(one.values, dtype=np.float64)
        levels = np.unique(x[np.isfinite(x)])
        cuts = (
            levels if len(levels) <= MOST_CUTS else np.unique(np.quantile(levels, np.linspace(0, 1, MOST_CUTS), method="nearest"))
        )
        for cut in cuts[1:].tolist():
            yield f"{one.key} >= {cut:.4g}", x >= cut
        for cut in cuts[:-1].tolist():
            yield f"{one.key} <= {cut:.4g}", x <= cut
        return
    for value, _ in Counter(map(str, one.values)).most_common(MOST_CUTS):
        yield f"{one.key} = {value}", np.array([str(other) == value for other in one.values])
