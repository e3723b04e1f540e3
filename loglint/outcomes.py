"""What is kept of a run for rules across runs: a few numbers of its curves, its settings, what was found. Records only.

Its size does not grow with the points of the run. How it is taken from a run lives in `loglint.condense`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Setting = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Score:
    """How one curve went, lower is better (`mirrored`: minus what was logged): levels of its start, best and end, the standard
    error of one smoothed value, and the share of the whole improvement that came in the last quarter (`late`)."""

    place: str
    name: str
    quantity: str
    mirrored: bool
    start: float
    best: float
    final: float
    error: float
    late: float
    points: int

    @property
    def progress(self) -> float:
        """Start minus best, never negative."""
        return max(0.0, self.start - self.best)

    def logged(self, value: float) -> float:
        """A value as it was logged."""
        return -value if self.mirrored else value


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run as rules across runs see it.

    `settings` are its redacted scalar settings, `facts` the recognised hyper-parameters, `curves` the split/role and name of
    each curve that says how the training went. `scores` come in the order in which a run is judged by them: validation
    metrics, validation losses, rewards, the training objective. `head` are the first (position, value) of the training
    objective, `digest` stands for every point of every curve, `distinct` counts different values of the objective (at most
    1000), `symptoms` are the codes of the headline findings at warning or above.
    """

    run: str
    key: str
    settings: Mapping[str, Setting] = field(default_factory=dict)
    facts: Mapping[str, float | int | str] = field(default_factory=dict)
    curves: frozenset[str] = frozenset()
    scores: tuple[Score, ...] = ()
    head: tuple[tuple[float, float], ...] = ()
    digest: str = ""
    distinct: int = 0
    symptoms: tuple[str, ...] = ()

    def score(self, place: str) -> Score | None:
        """The score at a place ("val/loss"), or None."""
        return next((score for score in self.scores if score.place == place), None)
