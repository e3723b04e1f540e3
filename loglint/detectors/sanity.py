"""Runs made as a test of the others: the baseline without its input, the batch that must be fitted."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache

import msgspec
import numpy as np

from loglint.detectors import Measured, NotJudged
from loglint.gathered import Cohort
from loglint.outcomes import Outcome, Setting

_NO = frozenset({"", "0", "0.0", "false", "no", "none", "null", "off"})
MOST_BATCHES = 10  # of a setting that counts them


class Blind(msgspec.Struct, frozen=True):
    """So many of `others` runs (`count`) reach no better `metric` than the `blind` run's best: the best of them comes so many
    standard errors below it (`sigmas`)."""

    metric: str
    blind: str
    blind_best: float
    best: float
    count: int
    others: int
    sigmas: float
    points: int


def no_better_than_blind(
    runs: Sequence[Outcome], *, phrases: tuple[str, ...], sigmas: float
) -> tuple[Measured[Blind], ...] | NotJudged:
    """Runs that are not better by `sigmas` standard errors than one said in `phrases` to have no input."""
    blind = [i for i, outcome in enumerate(runs) if says(outcome, phrases)]
    common = Cohort.of(runs).levels if 0 < len(blind) < len(runs) else None
    if common is None:
        return NotJudged("absent", "no run is said to be the baseline without its input")
    without = np.isin(common.runs, blind)
    if not without.any():
        return NotJudged("absent", f"the baseline without its input has no {common.place}")
    best, errors = common.best.tolist(), common.error.tolist()
    base = min(np.flatnonzero(without).tolist(), key=lambda row: best[row])
    others = np.flatnonzero(~without).tolist()
    gains = {row: (best[base] - best[row]) / max(1e-300, math.hypot(errors[base], errors[row])) for row in others}
    failed = [row for row, gain in gains.items() if gain < sigmas]
    if not failed:
        return ()
    top = min(failed, key=lambda row: best[row])
    evidence = Blind(
        metric=common.place,
        blind=runs[int(common.runs[base])].run,
        blind_best=common.logged(best[base]),
        best=common.logged(best[top]),
        count=len(failed),
        others=len(gains),
        sigmas=gains[top],
        points=int(common.points[[*failed, base]].min()),
    )
    return (Measured(evidence, 0, runs=tuple(common.runs[failed].tolist())),)


class OneBatch(msgspec.Struct, frozen=True):
    """What is `left` of the training loss at its best, as a share of its `start`; its `best`, and the share of the improvement
    that came in the last quarter (`late`) of so many `points`."""

    left: float
    start: float
    best: float
    late: float
    points: int


def one_batch_left(runs: Sequence[Outcome], *, phrases: tuple[str, ...]) -> tuple[Measured[OneBatch], ...] | NotJudged:
    """How much of the training loss a run leaves whose name or settings say in `phrases` that it is to fit one batch.

    A loss that may be negative, or whose floor is raised by label smoothing, has no zero to reach.
    """
    run = runs[0]
    if not says(run, phrases):
        return NotJudged("absent", "the run is not said to fit one batch")
    score = run.score("train/objective")
    if score is None or score.mirrored or score.quantity != "loss" or score.best < 0 or score.start <= 0:
        return NotJudged("excluded", "the run has no training loss that falls to zero")
    if run.facts.get("label_smoothing"):
        return NotJudged("excluded", "label smoothing keeps the loss above zero")
    return (Measured(OneBatch(score.best / score.start, score.start, score.best, score.late, score.points), 0, runs=(0,)),)


def says(outcome: Outcome, phrases: Sequence[str]) -> bool:
    """Whether a run's name, a setting that is on, or a setting's value holds one of the phrases (words joined by hyphens)."""
    if not _spoken(outcome, phrases):
        return False
    texts = [outcome.run]
    for key, value in outcome.settings.items():
        texts += [key] if _on(value) else []
        texts += [value] if isinstance(value, str) else []
    plain = [f"-{re.sub(r'[^a-z0-9]+', '-', text.lower())}-" for text in texts]
    return any(f"-{phrase}-" in text for phrase in phrases for text in plain)


def _spoken(outcome: Outcome, phrases: Sequence[str]) -> bool:
    """Whether the first word of a phrase stands anywhere in a run's name or settings: without one, nothing is said of it."""
    words = [value for value in outcome.values if isinstance(value, str)]
    text = "\n".join((outcome.run, *outcome.form.settings, *words)).lower()
    return _first_words(tuple(phrases)).search(text) is not None


@lru_cache(maxsize=64)
def _first_words(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(dict.fromkeys(re.escape(phrase.partition("-")[0]) for phrase in phrases)))


def _on(value: Setting) -> bool:
    """A flag that is set, or a small whole count (a fraction of the data is no batch)."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value.strip().lower() not in _NO and not re.fullmatch(r"[\d.]+", value.strip())
    return isinstance(value, int) and 0 < value <= MOST_BATCHES
