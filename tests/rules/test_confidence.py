"""Confidence: more distance never makes a finding less sure, and of those that are very sure nearly all are right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import loglint
from loglint.confidence import chance, confidence, distances, shipped

ROOT = Path(__file__).parent.parent.parent
LIMITS = {"min_rise": 0.5, "max_share": 0.2, "min_sigmas": 6}
NEAR = {"rise": 0.55, "share": 0.18, "sigmas": 7.0, "points": 100}
RATED = sorted(shipped().offset)


@pytest.mark.parametrize("rule", RATED)
@pytest.mark.parametrize("farther", [{"rise": 5.0}, {"share": 0.01}, {"sigmas": 60.0}, {"points": 1000}, {"sigmas": "inf"}])
def test_more_distance_never_makes_a_finding_less_sure(rule, farther):
    near, far = (chance(shipped(), rule, distances(evidence, LIMITS)) for evidence in (NEAR, NEAR | farther))
    assert 0 < near <= far < 1


def test_yes_or_no_evidence_has_no_distance():
    assert distances({"grew": 1}, {"min_grew": 1}) == distances({}, {})


def test_a_rule_that_was_seen_too_seldom_is_not_rated():
    assert confidence("not-one-of-ours", NEAR, LIMITS) is None


def test_the_rules_of_the_card_are_rated():
    wanted = {
        "hockey-stick-start",
        "divergence",
        "overfitting",
        "generalisation-gap",
        "early-nan",
        "plateau-from-start",
        "late-plateau",
    }
    assert wanted <= set(RATED)


def test_a_finding_is_as_sure_as_the_numbers_beside_it_say():
    (finding,) = loglint.lint(ROOT / "fixtures/sick/overfitting-small-data.csv").findings[:1]
    assert finding.confidence == confidence(finding.name, finding.evidence, finding.threshold)
    assert 0 < finding.confidence < 1


def test_of_findings_that_are_nine_tenths_sure_nine_in_ten_are_right():
    page = (ROOT / "docs/accuracy.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (0\.\d+) to [\d.]+ \|.*\| ([\d.]+) % \[[^|]*\] of (\d+) \| ([\d.]+) % \|$", page, re.MULTILINE)
    sure = [(float(share), int(count), float(evenly)) for low, share, count, evenly in rows if float(low) >= 0.9]
    assert len(sure) == 2
    assert sum(share * count for share, count, _ in sure) / sum(count for _, count, _ in sure) >= 90
    assert min(evenly for _, _, evenly in sure) >= 85
