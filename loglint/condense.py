"""A run and its findings -> the `Outcome` that rules across runs see. Nothing is judged here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np

from loglint.curves.curve import Curve
from loglint.curves.noise import median
from loglint.facts import redact
from loglint.model import Run, Scalar, Series
from loglint.names import CURVES
from loglint.outcomes import Outcome, Score
from loglint.report import Finding
from loglint.view import Absent, View

HEAD = 64  # points of the objective's beginning that are kept
DISTINCT = 1000
WORDS = 80  # characters kept of a setting in words
MOST_SCORES = 24
JUDGED_BY = ("val/metric", "val/loss", "val/perplexity", "train/reward", "val/reward")  # before the training objective
ABOUT_THE_LOG = ("LOG", "CMP", "EXP", "RUN")


def condense(run: Run, views: Sequence[View], heads: Iterable[Finding]) -> Outcome | None:
    """The outcome of a run's longest attempt (the last of equals); None for a run without a curve that says how it went.

    `heads` are the run's findings after folding.
    """
    view = longest(views)
    if view is None:
        return None
    series = _curves(view)
    goal = view.curves("train/objective")
    objective = None if isinstance(goal, Absent) else goal[0]
    found = [(place, curve) for place in JUDGED_BY for curve in _found(view, place)]
    scores = [score(place_in(view, curve), curve) for _, curve in found[:MOST_SCORES] if len(curve.values)]
    if objective is not None and len(objective.values):
        scores.append(score("train/objective", objective))
    return Outcome.of(
        run.id,
        run.key,
        settings={key: _short(value) for key, value in redact(run.config).items()},
        facts=view.facts,
        curves=frozenset(f"{one.role.place} {one.name}" for one in series),
        scores=tuple(scores),
        head=((), ()) if objective is None or view.facts.get("seed") is None else _head(objective),
        digest=_digest(series),
        distinct=0 if objective is None else len(set(objective.values[:DISTINCT].tolist())),
        symptoms=tuple(dict.fromkeys(f.rule for f in heads if f.severity != "info" and not f.rule.startswith(ABOUT_THE_LOG))),
    )


def longest(views: Sequence[View]) -> View | None:
    """The longest attempt (the last of equals); None when none has a curve that says how it went."""
    view = max(views, key=lambda v: (max(map(len, _curves(v)), default=0), v.attempt), default=None)
    return view if view is not None and _curves(view) else None


def place_in(view: View, curve: Curve) -> str:
    """split/role of a curve, and its dataset where it has one."""
    series = view.source(curve)
    if series is None:
        return curve.name
    return f"{series.role.place} {series.role.dataset}" if series.role.dataset else series.role.place


def score(place: str, curve: Curve) -> Score:
    """The levels of a curve with at least one finite point."""
    shape = curve.shape
    progress = shape.start - shape.best
    late = median(shape.smooth[int(0.7 * len(shape.smooth)) :][:3]) - shape.best
    return Score(
        place=place,
        name=curve.name,
        quantity=curve.quantity,
        mirrored=curve.mirrored,
        start=shape.start,
        best=shape.best,
        final=shape.tail,
        error=shape.error,
        late=late / progress if progress > 0 else 0.0,
        points=len(curve.values),
    )


def _curves(view: View) -> list[Series]:
    """The series of an attempt that say how the training went."""
    return [one for one in view.present if one.role.quantity in CURVES]


def _found(view: View, place: str) -> tuple[Curve, ...]:
    found = view.curves(place)
    return () if isinstance(found, Absent) else found


def _head(curve: Curve) -> tuple[list[float], list[float]]:
    places = curve.places[:HEAD]
    return curve.x[places].tolist(), curve.y[places].tolist()


def _digest(series: Iterable[Series]) -> bytes:
    """A hash of every value of every curve; NaN counts as equal to NaN."""
    digest = hashlib.sha256(usedforsecurity=False)
    for one in sorted(series, key=lambda s: (s.role.place, s.name)):
        digest.update(f"{one.name} {len(one)}\n".encode("utf-8", "surrogatepass"))
        bad = np.isnan(one.values)
        digest.update(np.ascontiguousarray(np.where(bad, np.nan, one.values) if bad.any() else one.values).data)
    return digest.digest()[:16]


def _short(value: Scalar) -> Scalar:
    return value[:WORDS] if isinstance(value, str) else value
