"""What a run without symptoms was found sound in, for people: from the rules that were judged and found nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from loglint.report import Finding, Report
from loglint.reporters.words import Lang, joined, say

TOPICS: Mapping[str, tuple[str, ...]] = {
    "a finite loss throughout": ("early-nan", "nan-after-growth", "sudden-nan", "recurring-nan"),
    "no plateau from the start": ("plateau-from-start",),
    "no divergence": ("divergence",),
    "no spikes or jumps in level": ("loss-spike", "level-shift"),
    "validation in step with training": ("overfitting",),
    "validation accuracy close to that of training": ("generalisation-gap",),
    "gradients that neither vanish nor explode": ("vanishing-gradient", "exploding-gradient"),
    "a learning rate that is not lowered too early": ("lr-decayed-too-early", "zero-learning-rate"),
    "no dead or saturated layers": ("dead-relu", "saturated-activation"),
}


def sound(report: Report, lang: Lang = "en") -> list[str]:
    """One sentence, or none where no curve was judged or something was found that is more than a hint, accepted or not.

    A topic is named when all of its rules were judged in every run and none has a finding, accepted and folded ones included.
    """
    found, counts = list(_all(report)), report.summary
    if counts.errors + counts.warnings + counts.infos + counts.baselined + counts.ignored > len(report.findings):
        return []  # some were written line by line, and are not known any more
    if report.exit_code == 2 or not report.summary.series or any(one.severity != "info" for one in found):
        return []
    unsaid = {entry.rule for entry in report.not_judged} | {one.rule for one in found}
    judged = {rule.name for rule in report.rules if rule.code not in unsaid}
    topics = [say(lang, topic) for topic, rules in TOPICS.items() if judged.issuperset(rules)]
    return [say(lang, "Found sound: {topics}.", topics=joined(topics, lang))] if topics else []


def _all(report: Report) -> Iterator[Finding]:
    for finding in report.findings:
        yield finding
        yield from finding.folded
