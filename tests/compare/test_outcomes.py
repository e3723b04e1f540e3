"""What is kept of a run: small, and what was put in comes out."""

from __future__ import annotations

import pytest

from loglint.outcomes import Outcome, Score

SCORE = Score("val/loss", "val_loss", "loss", False, 2.0, 0.5, 0.6, 0.01, 0.1, 30)
OTHER = Score("train/objective", "acc", "metric", True, -0.1, -0.9, -0.9, 0.02, 0.0, 300)


def test_what_was_put_in_comes_out() -> None:
    settings = {"lr": 0.1, "name": "a", "amp": True, "seed": 3, "note": None}
    kept = Outcome.of("r", "k", settings, {"lr": 0.1, "seed": 3}, frozenset({"b", "a"}), (SCORE, OTHER), digest=b"d", distinct=7)
    assert (kept.settings, kept.facts, kept.scores) == (settings, {"lr": 0.1, "seed": 3}, (SCORE, OTHER))
    assert kept.score("train/objective") == OTHER
    assert kept.score("val/metric") is None
    assert kept.form.curves == ("a", "b")


@pytest.mark.parametrize(
    ("places", "held"),
    [([0.0, 10.0, 20.0, 30.0], 2), ([0.1, 0.2, 0.3, 0.7], 4), ([5.0, 5.0, 5.0], 2), ([1.0], 1), ([], 0), ([0.1, 0.2, 0.3], 3)],
    ids=["even", "uneven", "all at one place", "a single one", "none", "even but for the last bit"],
)
def test_a_head_comes_out_to_the_last_bit_and_even_places_are_two(places: list[float], held: int) -> None:
    heights = [1.0 / (i + 3) for i in range(len(places))]
    kept = Outcome.of("r", "k", head=(places, heights))
    assert kept.head == dict(zip(places, heights, strict=True))
    assert len(kept.places) == 8 * held


def test_runs_of_one_kind_share_what_they_have_in_common() -> None:
    first, second = (Outcome.of(name, "k", {"lr": 0.1 * i}, scores=(SCORE,)) for i, name in enumerate("ab"))
    assert first.form is second.form
