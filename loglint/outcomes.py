"""What is kept of a run for rules across runs: a few numbers of its curves, its settings, what was found. Records only.

Its size does not grow with the points of the run, and what many runs share (names of settings and curves) is there once. How it
is taken from a run lives in `loglint.condense`.
"""

from __future__ import annotations

import struct
from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

import msgspec

Setting = str | int | float | bool | None
Fact = float | int | str
Place = tuple[str, str, str, bool]  # place, name, quantity, mirrored of a score
Kind = TypeVar("Kind", bound=Hashable)
LEVELS = struct.Struct("<5dq")  # start, best, final, error, late, points of a score


class Score(msgspec.Struct, frozen=True):
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


class Form(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What runs of one kind have in common: the keys of their settings and facts, their curves, the places of their scores."""

    settings: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    curves: tuple[str, ...] = ()
    scores: tuple[Place, ...] = ()


@lru_cache(maxsize=1024)
def shared(value: Kind) -> Kind:
    """The first of equal values, so that what many runs have in common is kept once (of the last thousand)."""
    return value


class Outcome(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One run as rules across runs see it.

    `settings` are its redacted scalar settings, `facts` the recognised hyper-parameters, `curves` the split/role and name of
    each curve that says how the training went, sorted. `scores` come in the order in which a run is judged by them: validation
    metrics, validation losses, rewards, the training objective. `head` are the first (position, value) of the training
    objective of a run whose seed is known, `digest` stands for every point of every curve, `distinct` counts different values
    of the objective (at most 1000), `symptoms` are the codes of the headline findings at warning or above.

    The names are in `form`; `values` and `known` are the settings and facts, `levels` the scores' numbers, `places` and `heights`
    the head, both float64; of places that are evenly apart only the first two.
    """

    run: str
    key: str
    form: Form = Form()
    values: tuple[Setting, ...] = ()
    known: tuple[Fact, ...] = ()
    levels: bytes = b""
    places: bytes = b""
    heights: bytes = b""
    digest: bytes = b""
    distinct: int = 0
    symptoms: tuple[str, ...] = ()

    @staticmethod
    def of(
        run: str,
        key: str,
        settings: Mapping[str, Setting] | None = None,
        facts: Mapping[str, Fact] | None = None,
        curves: frozenset[str] = frozenset(),
        scores: tuple[Score, ...] = (),
        head: tuple[Sequence[float], Sequence[float]] = ((), ()),
        digest: bytes = b"",
        distinct: int = 0,
        symptoms: tuple[str, ...] = (),
    ) -> Outcome:
        """The outcome with these settings, facts, curves and scores; `head`: positions and values."""
        settings, facts = settings or {}, facts or {}
        places = tuple((s.place, s.name, s.quantity, s.mirrored) for s in scores)
        form = shared(Form(tuple(settings), tuple(facts), tuple(sorted(curves)), places))
        levels = b"".join(LEVELS.pack(s.start, s.best, s.final, s.error, s.late, s.points) for s in scores)
        told, known = tuple(settings.values()), tuple(facts.values())
        at, heights = _bytes(head[0][:2] if _even(head[0]) else head[0]), _bytes(head[1])
        return Outcome(run, shared(key), form, told, known, levels, shared(at), heights, digest, distinct, shared(symptoms))

    @property
    def settings(self) -> dict[str, Setting]:
        """The settings by key."""
        return dict(zip(self.form.settings, self.values, strict=True))

    @property
    def facts(self) -> dict[str, Fact]:
        """The recognised hyper-parameters by name."""
        return dict(zip(self.form.facts, self.known, strict=True))

    @property
    def scores(self) -> tuple[Score, ...]:
        """The scores, in the order in which the run is judged by them."""
        return tuple(self._score(i) for i in range(len(self.form.scores)))

    @property
    def head(self) -> dict[float, float]:
        """The first positions of the training objective and their values."""
        places, heights = _floats(self.places), _floats(self.heights)
        if len(places) < len(heights):
            places = tuple(places[0] + i * (places[1] - places[0]) for i in range(len(heights)))
        return dict(zip(places, heights, strict=True))

    def score(self, place: str) -> Score | None:
        """The score at a place ("val/loss"), or None."""
        return next((self._score(i) for i, one in enumerate(self.form.scores) if one[0] == place), None)

    def _score(self, i: int) -> Score:
        return Score(*self.form.scores[i], *LEVELS.unpack_from(self.levels, i * LEVELS.size))


def _even(places: Sequence[float]) -> bool:
    """Whether the first two of some places tell all of them, to the last bit."""
    return len(places) > 2 and all(place == places[0] + i * (places[1] - places[0]) for i, place in enumerate(places))


def _bytes(numbers: Sequence[float]) -> bytes:
    return struct.pack(f"<{len(numbers)}d", *numbers)


def _floats(packed: bytes) -> tuple[float, ...]:
    return struct.unpack(f"<{len(packed) // 8}d", packed)
