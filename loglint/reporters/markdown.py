"""The report as Markdown for a pull-request comment: counts, a table of rules, a collapsible block per finding with its curve.

The first line is a comment by which the comment of an earlier push is found and updated in place. Curves are characters: GitHub
shows no inline SVG. What does not fit into a comment is counted.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate

from loglint.report import SEVERITIES, Finding, Report, RunInfo
from loglint.reporters import counted, figure, file_of, passed, place_of
from loglint.reporters.chart import Chart, of_finding
from loglint.reporters.closing import closing
from loglint.reporters.plain import plain, shorten
from loglint.reporters.plot import plots
from loglint.reporters.quantities import quantity
from loglint.reporters.sparkline import sparkline
from loglint.reporters.words import Lang, joined, say

LIMIT = 65_536  # characters of a GitHub comment (GitLab allows 1 000 000)
TABLE, CHECKED, REST = 12_000, 5_000, 5_000  # of them, at most: for the table, what was checked, what has no room
LONGEST = 1_000  # characters of a text from a log
MOST_REMEDIES = 3
SPARK, WIDTH, HEIGHT = 16, 76, 6  # columns of the curve in a summary; columns and rows of the chart
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|~@:/$])")


def render(report: Report, lang: Lang = "en") -> str:
    """The page: new findings, most severe first, then what was checked; baselined and ignored findings are only counted."""
    order = {run.id: index for index, run in enumerate(report.runs)}
    new = sorted((f for f in report.findings if f.status == "new"), key=lambda f: _order(f, order))
    counts = {"findings": counted(len(new), "finding", lang), "runs": counted(report.summary.runs, "run", lang)}
    head = [marker(report), "", say(lang, "## loglint: {findings} in {runs}", **counts), "", *_table(new, lang)]
    blocks, left = _fitting(new, report, LIMIT - CHECKED - REST - len("\n".join(head)), lang)
    lines = _within([literal(shorten(line, LONGEST)) + "  " for line in closing(report, lang=lang)], CHECKED - 200)
    checked = [f"<details><summary>{say(lang, 'What was checked')}</summary>", "", *lines, "", "</details>", ""]
    return "\n".join([*head, *blocks, *_more(left, lang), *checked])


def _within(lines: Sequence[str], room: int) -> list[str]:
    """The first lines that have room."""
    ends = accumulate(len(line) + 1 for line in lines)
    return [line for line, end in zip(lines, ends, strict=True) if end <= room]


def marker(report: Report) -> str:
    """A comment that is the same for every report of the same paths, to find and update an earlier one by."""
    paths = "\0".join(map(str, report.settings.get("paths", ())))
    return f"<!-- loglint-report {hashlib.sha256(paths.encode('utf-8', 'surrogatepass')).hexdigest()[:12]} -->"


def literal(text: str) -> str:
    """Text that Markdown and HTML show as it stands: no markup, link or tag comes of it, and nobody is mentioned.

    GitHub looks for mentions (@) and references (#) in the text that comes of the page, so that neither a backslash nor an
    entity hides them; a comment after the sign does (github/markup issue 1168).
    """
    return _SPECIAL.sub(r"\\\1", html.escape(plain(text), quote=False)).replace("\\@", "@<!-- -->").replace("\\#", "\\#<!-- -->")


def _order(finding: Finding, runs: Mapping[str, int]) -> tuple[int, str, int, int, str]:
    """Most severe first, then by rule, run and attempt: an order that one finding more or less does not upset."""
    place = runs.get(finding.run or "", len(runs))
    return -SEVERITIES.index(finding.severity), finding.rule, place, finding.attempt, finding.place


def _table(findings: Sequence[Finding], lang: Lang) -> list[str]:
    """A row for each rule: how severe, in how many runs, what to do first."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.severity, finding.rule), []).append(finding)
    if len(groups) < 2 and len(findings) < 3:
        return []
    rows = [" | ".join(say(lang, word) for word in ("severity", "rule", "runs", "first remedy")), "---|---|---:|---"]
    for (severity, rule), group in groups.items():
        runs = len({run for finding in group for run in finding.runs or (finding.run,)})
        first = literal(shorten(group[0].remedy[0].do, 200)) if group[0].remedy else ""
        rows.append(f"{say(lang, severity)} | {rule} {group[0].name} | {runs} | {first}")
    return [*_within([f"| {row} |" for row in rows], TABLE), ""]


def _fitting(findings: Sequence[Finding], report: Report, room: int, lang: Lang) -> tuple[list[str], Sequence[Finding]]:
    """The blocks of as many findings as have room, and the findings that have none."""
    runs = {run.id: run for run in report.runs}
    why = {rule.code: " ".join(rule.why.split()) for rule in report.rules}
    blocks: list[str] = []
    for index, finding in enumerate(findings):
        block = _block(finding, runs, why.get(finding.rule, ""), lang)
        room -= len(block) + 1
        if room < 0:
            return blocks, findings[index:]
        blocks.append(block)
    return blocks, ()


def _more(left: Sequence[Finding], lang: Lang) -> list[str]:
    """How many findings had no room, by rule."""
    if not left:
        return []
    counts = Counter((finding.rule, finding.name) for finding in left)
    rules = joined([f"{rule} {name} ({count:,})" for (rule, name), count in counts.items()], lang)
    return [say(lang, "_and {count:,} more, for which a comment has no room: {rules}_", count=len(left), rules=rules) + "\n"]


def _block(finding: Finding, runs: dict[str, RunInfo], why: str, lang: Lang) -> str:
    charts = of_finding(finding, runs)
    place = html.escape(plain(shorten(place_of(finding, lang), 200)))  # in <code> nobody is mentioned
    summary = f"{say(lang, finding.severity)} <b>{finding.rule} {finding.name}</b> <code>{place}</code>{_spark(charts)}"
    path, line = file_of(finding, runs)
    lines = [f"<details><summary>{summary}</summary>", "", literal(shorten(finding.message, LONGEST)), ""]
    lines += [f"`{_unticked(path)}{f':{line}' if line else ''}`", "", *_charts(charts, lang)]
    for key, name, value, limit in passed(finding):
        words = f"{{name}} {{value}}, allowed {'below' if key.startswith('min_') else 'above'} {{limit}}"
        found = {"name": quantity(name, lang), "value": figure(value), "limit": figure(limit)}
        lines.append("- " + literal(say(lang, words, **found)))
    lines += ["", say(lang, "Why: {why}", why=literal(why)), ""] if why else [""]
    lines += _remedies(finding, lang)
    if finding.folded:
        names = joined([f"{inner.rule} {inner.name}" for inner in finding.folded], lang)
        lines += ["", say(lang, "Explains {names}.", names=names)]
    return "\n".join([*lines, "", "</details>", ""])


def _remedies(finding: Finding, lang: Lang) -> list[str]:
    """The first remedies, each with the text that says so, and the command for the rest."""
    from loglint.rulebook import recipes

    known, lines = recipes(), []
    for index, remedy in enumerate(finding.remedy[:MOST_REMEDIES], 1):
        source = known.get(remedy.cite.recipe)
        title = literal(f"{source.title if source is not None else remedy.cite.recipe}: {remedy.cite.where}")
        said = f"[{title}](<{source.url}>)" if source is not None and source.url else title
        lines.append(f"{index}. {literal(shorten(remedy.do, LONGEST))} ({said})")
    if len(finding.remedy) > MOST_REMEDIES:
        hidden = len(finding.remedy) - MOST_REMEDIES
        lines += ["", say(lang, "{count} more: `loglint rule {name}`", count=hidden, name=finding.name)]
    return lines


def _spark(charts: Sequence[Chart]) -> str:
    """The finding's curve in a few characters, for the line that is seen before anything is opened."""
    if not charts:
        return ""
    values = [float("nan") if bucket.bad else bucket.middle for bucket in charts[0].lines[0].buckets]
    return f" <code>{sparkline(values, SPARK)}</code>"


def _charts(charts: Sequence[Chart], lang: Lang) -> list[str]:
    """The charts in ASCII: on a page, no other characters are equally wide in every font."""
    if not charts:
        return []
    rows = [_unticked("".join(text for text, _ in row)) for row in plots(charts, WIDTH, HEIGHT, lang, ascii=True)]
    return ["```text", *rows, "```", ""]


def _unticked(text: str) -> str:
    return plain(text).replace("`", "'")
