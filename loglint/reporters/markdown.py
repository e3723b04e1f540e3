"""The report as Markdown for a pull-request comment: one line of counts, a collapsible block per finding, curves in a line."""

from __future__ import annotations

import html
import re

from loglint.report import Finding, Report, RunInfo
from loglint.reporters import counted, figure, file_of, place_of
from loglint.reporters.closing import closing
from loglint.reporters.curve import curve_of, mark, middles
from loglint.reporters.plain import plain
from loglint.reporters.sparkline import sparkline

SIGNS = {"error": "**error**", "warning": "**warning**", "info": "info"}
MOST = 50  # findings written out; GitHub cuts comments at 65 536 characters
SPARK_WIDTH = 60
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|~@:/])")


def render(report: Report) -> str:
    """The page: new findings first, then what was checked; baselined and ignored findings are only counted."""
    new = [finding for finding in report.findings if finding.status == "new"]
    runs = {run.id: run for run in report.runs}
    why = {rule.code: " ".join(rule.why.split()) for rule in report.rules}
    head = f"## loglint: {counted(len(new), 'finding')} in {counted(report.summary.runs, 'run')}\n"
    blocks = [_block(finding, runs, why.get(finding.rule, "")) for finding in new[:MOST]]
    if len(new) > MOST:
        blocks.append(f"_and {len(new) - MOST:,} more: see the JSON report._\n")
    lines = "  \n".join(literal(line) for line in closing(report))
    return "\n".join([head, *blocks, f"<details><summary>What was checked</summary>\n\n{lines}\n\n</details>\n"])


def literal(text: str) -> str:
    """Text that Markdown and HTML show as it stands: no markup, link, mention or tag comes of it."""
    return _SPECIAL.sub(r"\\\1", html.escape(plain(text), quote=False)).replace("\\@", "&#64;")


def _tag_safe(text: str) -> str:
    """Text between HTML tags, where Markdown's backslashes would be seen."""
    return html.escape(plain(text)).replace("@", "&#64;")


def _block(finding: Finding, runs: dict[str, RunInfo], why: str) -> str:
    summary = f"{SIGNS[finding.severity]} <b>{finding.rule} {finding.name}</b> {_tag_safe(place_of(finding))}"
    path, line = file_of(finding, runs)
    lines = [f"<details><summary>{summary.replace('**', '')}</summary>", "", literal(finding.message), ""]
    lines += [f"`{plain(path).replace('`', '')}{f':{line}' if line else ''}`", ""]
    lines += _chart(finding, runs)
    for key, limit in finding.threshold.items():
        side, name = key.split("_", 1)
        found = figure(finding.evidence.get(name))
        lines.append(
            f"- {literal(name.replace('_', ' '))} {found}, allowed {'below' if side == 'min' else 'above'} {figure(limit)}"
        )
    lines += ["", f"Why: {literal(why)}", ""] if why else [""]
    lines += [f"{index}. {literal(remedy.do)}" for index, remedy in enumerate(finding.remedy, 1)]
    if finding.folded:
        lines += ["", "Explains " + ", ".join(f"{inner.rule} {inner.name}" for inner in finding.folded) + "."]
    return "\n".join([*lines, "", "</details>", ""])


def _chart(finding: Finding, runs: dict[str, RunInfo]) -> list[str]:
    curve = curve_of(finding, runs)
    if curve is None:
        return []
    drawn = sparkline(middles(curve), SPARK_WIDTH, mark(finding, curve)).split("\n")
    return ["```text", f"{drawn[0]}  {plain(curve.name).replace('`', '')}", *drawn[1:], "```", ""]
