"""How the laboratory counts: intervals, crossings, and a claim held against a label."""

from __future__ import annotations

from pathlib import Path

import pytest
from scipy.stats import binomtest

from benchmarks.accuracy.faults import FAULTS, injected
from benchmarks.accuracy.labelled import Case, Claim, hold
from benchmarks.accuracy.statistics import crossing, f1, wilson
from benchmarks.document import put


def case(
    must: tuple[tuple[str, ...], ...] = (), may: tuple[str, ...] = (), must_not: tuple[str, ...] = (), quiet: bool = True
) -> Case:
    allowed = frozenset(may).union(*must)
    return Case(Path("x"), "x", must, allowed, frozenset(must_not), quiet, True, True)


def claim(*names: str, severity: str = "warning", confidence: float | None = None) -> Claim:
    return Claim(frozenset(names), severity, confidence)


@pytest.mark.parametrize(("k", "n"), [(0, 10), (3, 10), (10, 10), (1, 1000), (500, 1000)])
def test_wilson_interval_is_that_of_scipy(k: int, n: int) -> None:
    expected = binomtest(k, n).proportion_ci(method="wilson")
    assert wilson(k, n) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_nothing_counted_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


def test_crossing_is_linear_between_levels() -> None:
    assert crossing([1, 2, 4], [0.0, 0.4, 0.8], 0.5) == pytest.approx(2.5)


def test_crossing_follows_levels_that_fall() -> None:
    assert crossing([0.5, 0.1, 0.0], [0.0, 1.0, 1.0], 0.5) == pytest.approx(0.3)


def test_a_level_never_reached_is_none() -> None:
    assert crossing([1, 2], [0.1, 0.4], 0.5) is None


def test_f1_of_everything_found_and_nothing_else_is_one() -> None:
    assert f1(5, 0, 0) == 1.0


def test_a_group_is_found_by_any_of_its_rules_and_counts_under_the_first() -> None:
    outcome = hold(case(must=(("divergence", "level-shift"),), quiet=False), [claim("level-shift")], read=True)
    assert (outcome.hit, outcome.missed, outcome.false) == (["divergence"], [], [])


def test_an_unwanted_warning_is_a_false_alarm_and_an_unwanted_info_is_none() -> None:
    outcome = hold(case(), [claim("divergence"), claim("late-plateau", severity="info")], read=True)
    assert (outcome.false, outcome.severe) == (["divergence"], "warning")


def test_an_unwanted_error_is_said_to_be_one() -> None:
    assert hold(case(), [claim("divergence", severity="error")], read=True).severe == "error"


def test_statements_about_the_log_are_no_false_alarms() -> None:
    assert not hold(case(), [claim("truncated-log"), claim()], read=True).false


def test_a_word_that_may_mean_an_allowed_rule_is_no_false_alarm() -> None:
    assert not hold(case(may=("loss-spike",)), [claim("loss-spike", "divergence")], read=True).false


def test_what_must_not_be_said_is_wrong_at_any_severity() -> None:
    assert hold(case(must_not=("overfitting",)), [claim("overfitting", severity="info")], read=True).wrong == ["overfitting"]


def test_confidence_is_kept_with_whether_the_claim_was_right() -> None:
    outcome = hold(
        case(may=("overfitting",)), [claim("overfitting", confidence=0.9), claim("divergence", confidence=0.6)], read=True
    )
    assert outcome.rated == [(0.9, True), (0.6, False)]


@pytest.mark.parametrize("title", list(FAULTS))
def test_every_fault_is_drawn_at_every_strength_and_is_clear_at_one_of_them(title: str) -> None:
    fault = FAULTS[title]
    assert fault.nominal in fault.levels
    for strength in fault.levels:
        drawn = injected(title, strength, 0).draw
        assert all(len(points.x) == len(points.y) > 0 for points in drawn.curves.values())


def test_a_generated_section_is_replaced_and_the_rest_of_the_page_kept(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    put(page, "one", "first", "Title")
    put(page, "two", "other", "Title")
    put(page, "one", "second", "Title")
    text = page.read_text("utf-8")
    assert text.startswith("# Title\n")
    assert "first" not in text
    assert text.index("second") < text.index("other")
