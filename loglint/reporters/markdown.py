"""The report as Markdown for a pull-request comment: one line of counts, a collapsible block per finding, curves in a line."""

from __future__ import annotations

import html
import re

from loglint.report import Finding, Report, RunInfo
from loglint.reporters import counted, figure, file_of, place_of
from loglint.reporters.closing import closing
from loglint.reporters.curve import curve_of, mark, middles
from loglint.reporters.plain import plain
from loglint.reporters.quantities import quantity
from loglint.reporters.sparkline import sparkline
from loglint.reporters.words import Lang, joined, say

MOST = 50  # findings written out; GitHub cuts comments at 65 536 characters
SPARK_WIDTH = 60
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|~@:/])")


def render(report: Report, lang: Lang = "en") -> str:
    """The page: new findings first, then what was checked; baselined and ignored findings are only counted."""
    new = [finding for finding in report.findings if finding.status == "new"]
    runs = {run.id: run for run in report.runs}
    why = {rule.code: " ".join(rule.why.split()) for rule in report.rules}
    counts = {"findings": counted(len(new), "finding", lang), "runs": counted(report.summary.runs, "run", lang)}
    head = say(lang, "## loglint: {findings} in {runs}", **counts) + "\n"
    blocks = [_block(finding, runs, why.get(finding.rule, ""), lang) for finding in new[:MOST]]
    if len(new) > MOST:
        blocks.append(say(lang, "_and {count:,} more: see the JSON report._", count=len(new) - MOST) + "\n")
    lines = "  \n".join(literal(line) for line in closing(report, lang=lang))
    checked = say(lang, "What was checked")
    return "\n".join([head, *blocks, f"<details><summary>{checked}</summary>\n\n{lines}\n\n</details>\n"])


def literal(text: str) -> str:
    """Text that Markdown and HTML show as it stands: no markup, link, mention or tag comes of it."""
    return _SPECIAL.sub(r"\\\1", html.escape(plain(text), quote=False)).replace("\\@", "&#64;")


def _tag_safe(text: str) -> str:
    """Text between HTML tags, where Markdown's backslashes would be seen."""
    return html.escape(plain(text)).replace("@", "&#64;")


def _block(finding: Finding, runs: dict[str, RunInfo], why: str, lang: Lang) -> str:
    summary = f"{say(lang, finding.severity)} <b>{finding.rule} {finding.name}</b> {_tag_safe(place_of(finding, lang))}"
    path, line = file_of(finding, runs)
    lines = [f"<details><summary>{summary}</summary>", "", literal(finding.message), ""]
    lines += [f"`{plain(path).replace('`', '')}{f':{line}' if line else ''}`", ""]
    lines += _chart(finding, runs)
    for key, limit in finding.threshold.items():
        side, name = key.split("_", 1)
        words = f"{{name}} {{value}}, allowed {'below' if side == 'min' else 'above'} {{limit}}"
        found = {"name": quantity(name, lang), "value": figure(finding.evidence.get(name)), "limit": figure(limit)}
        lines.append("- " + literal(say(lang, words, **found)))
    lines += ["", say(lang, "Why: {why}", why=literal(why)), ""] if why else [""]
    lines += [f"{index}. {literal(remedy.do)}" for index, remedy in enumerate(finding.remedy, 1)]
    if finding.folded:
        names = joined([f"{inner.rule} {inner.name}" for inner in finding.folded], lang)
        lines += ["", say(lang, "Explains {names}.", names=names)]
    return "\n".join([*lines, "", "</details>", ""])


def _chart(finding: Finding, runs: dict[str, RunInfo]) -> list[str]:
    curve = curve_of(finding, runs)
    if curve is None:
        return []
    drawn = sparkline(middles(curve), SPARK_WIDTH, mark(finding, curve)).split("\n")
    return ["```text", f"{drawn[0]}  {plain(curve.name).replace('`', '')}", *drawn[1:], "```", ""]
