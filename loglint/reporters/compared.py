"""The comparisons of a report as a table: on a terminal, and in Markdown before the findings."""

from __future__ import annotations

from collections import Counter

from loglint.report import Comparison, Number, Report
from loglint.reporters import counted, figure
from loglint.reporters.markdown import literal
from loglint.reporters.markdown import render as findings
from loglint.reporters.terminal import Terminal

WORDS = {"worse": "worse", "same": "same", "better": "better", "cannot_tell": "cannot tell"}
STYLES = {"worse": "bold red", "same": "", "better": "green", "cannot_tell": "dim"}
TITLES = ("", "base", "head", "difference", "95 % interval", "verdict")
DIGITS = 4


def write_comparisons(terminal: Terminal, report: Report) -> None:
    """Print one table for each pair of groups of runs, and the verdicts counted."""
    pairs: dict[str, list[Comparison]] = {}
    for one in report.comparisons:
        pairs.setdefault(one.pair, []).append(one)
    for pair, members in pairs.items():
        terminal.line(terminal.text(f"{pair}  {_sizes(members[0])}", "bold"))
        rows = [[terminal.text(title, "dim") for title in TITLES]]
        rows += [[*map(terminal.text, _cells(one)), terminal.text(WORDS[one.verdict], STYLES[one.verdict])] for one in members]
        terminal.table(rows, indent=2, right=(1, 2, 3, 4))
        terminal.line()
    terminal.line(terminal.text(verdict(report), "bold"))
    for problem in report.problems:
        if problem.kind == "empty":
            terminal.line(terminal.text(f"{problem.path}: {problem.message}", "bold red"))
    terminal.line()


def as_markdown(report: Report) -> str:
    """The comparisons as a Markdown table, then the findings."""
    lines = [f"## loglint compare: {literal(verdict(report))}", ""]
    lines += [f"| figure | {' | '.join(TITLES[1:])} | runs |", "|---|---:|---:|---:|---:|---|---:|"]
    for one in report.comparisons:
        cells = [literal(cell) for cell in _cells(one)]
        word = f"**{WORDS[one.verdict]}**" if one.verdict == "worse" else WORDS[one.verdict]
        name = cells[0] if len({other.pair for other in report.comparisons}) == 1 else f"{literal(one.pair)}: {cells[0]}"
        lines.append(f"| {name} | {' | '.join(cells[1:])} | {word} | {one.n_base}:{one.n_head} |")
    return "\n".join([*lines, "", findings(report)])


def verdict(report: Report) -> str:
    """`HEAD is worse in 2 figures, better in none; 6 are the same, 4 cannot be told apart.`"""
    counts = Counter(one.verdict for one in report.comparisons)
    worse, better = (counted(counts[word], "figure") if counts[word] else "no figure" for word in ("worse", "better"))
    rest = f"{counts['same']} the same, {counts['cannot_tell']} cannot be told apart"
    return f"HEAD is worse in {worse}, better in {better}; {rest}."


def _sizes(one: Comparison) -> str:
    return f"({counted(one.n_base, 'run')} against {one.n_head})"


def _cells(one: Comparison) -> tuple[str, str, str, str, str]:
    low, high = one.interval
    sign = "+" if isinstance(one.effect, int | float) and one.effect > 0 else ""
    return one.metric, _number(one.base), _number(one.head), f"{sign}{_number(one.effect)}", f"{_number(low)} to {_number(high)}"


def _number(value: Number) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return figure(float(f"{value:.{DIGITS}g}"))
    return "?" if value is None else str(value).replace("inf", "∞") if value in ("inf", "-inf") else str(value)
