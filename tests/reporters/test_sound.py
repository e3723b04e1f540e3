"""What a run was found sound in: topics whose rules were all judged and found nothing, and none beside an error or warning."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

import loglint
from loglint.report import Finding, NotJudged, Report, Summary
from loglint.reporters.closing import closing
from loglint.reporters.sound import TOPICS, sound
from loglint.reporters.words import CHINESE
from loglint.rulebook import load_rules

FIXTURES = Path(__file__).parents[2] / "fixtures"


@pytest.fixture(scope="module")
def healthy() -> Report:
    return loglint.lint(FIXTURES / "healthy" / "digits-adamw-cosine.csv")


def topics(report: Report) -> set[str]:
    return {topic for topic in TOPICS for line in sound(report) if topic in line}


def test_topics_are_of_rules_of_the_book_and_have_chinese_words():
    assert {name for names in TOPICS.values() for name in names} <= {rule.name for rule in load_rules()}
    assert set(TOPICS) <= set(CHINESE)


def test_a_healthy_run_is_sound_in_what_it_logs(healthy):
    missing = {"gradients that neither vanish nor explode", "no dead or saturated layers"}
    assert topics(healthy) == set(TOPICS) - missing
    assert closing(healthy)[1:2] == sound(healthy)
    assert closing(healthy, lang="zh")[1:2] == sound(healthy, "zh") != sound(healthy)


@pytest.mark.parametrize("status", ["new", "baseline", "ignored"])
def test_a_topic_with_a_finding_is_left_out_even_if_hidden(healthy, status):
    spike = Finding(rule="STA002", name="loss-spike", severity="info", message="", status=status)
    outer = Finding(rule="LOG004", name="mixed-granularity", severity="info", message="", folded=(spike,))
    for finding in (spike, outer):
        spiked = msgspec.structs.replace(healthy, findings=(*healthy.findings, finding))
        assert topics(healthy) - topics(spiked) == {"no spikes or jumps in level"}


def test_a_topic_that_was_not_judged_in_some_run_is_left_out(healthy):
    entry = NotJudged(rule="STA001", kind="too_short", reason="4 records, 8 needed")
    short = msgspec.structs.replace(healthy, not_judged=(*healthy.not_judged, entry))
    assert topics(healthy) - topics(short) == {"no divergence"}


@pytest.mark.parametrize("severity", ["error", "warning"])
@pytest.mark.parametrize("status", ["new", "baseline", "ignored"])
def test_nothing_is_called_sound_beside_an_error_or_a_warning_even_an_accepted_one(healthy, severity, status):
    finding = Finding(rule="DAT004", name="batch-too-small", severity=severity, message="", status=status)
    assert sound(msgspec.structs.replace(healthy, findings=(finding,))) == []


@pytest.mark.parametrize("changes", [{"exit_code": 2}, {"summary": Summary()}])
def test_a_report_that_stands_for_nothing_finds_nothing_sound(healthy, changes):
    assert sound(msgspec.structs.replace(healthy, **changes)) == []
