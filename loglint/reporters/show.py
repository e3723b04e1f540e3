"""What was read, as `loglint show` prints it: runs, sources, facts, curves with their roles and why. Judges nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from loglint.model import Problem, Run
from loglint.report import SCHEMA, RunInfo, SeriesInfo
from loglint.reporters import counted, figure, role_words
from loglint.reporters.chart import chosen, of_curves
from loglint.reporters.plain import shorten, to_json
from loglint.reporters.terminal import Terminal
from loglint.suggest import pattern_lines, role_lines

HEIGHT = 10  # rows of a chart
_CLOCK = re.compile(r"(?i)time|elapsed|second|eta\b|took")  # names that nobody need be asked about
Line = tuple[str, int, str]  # path, 1-based line (0: the whole file), text


def as_json(runs: Sequence[tuple[Run, RunInfo]], problems: Sequence[Problem], unread: Sequence[Line] | None = None) -> str:
    """`schema` and `runs` in the form of the report, `problems`, and where `unread` is given all that was not understood.

    `unread` holds the files that gave nothing and their lines; those of the runs are added.
    """
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "runs": [info for _, info in runs],
        "problems": [*problems, *(problem for run, _ in runs for problem in run.problems)],
    }
    if unread is not None:
        lines = [(run.id, *line) for run, _ in runs for line in run.unread] + [(None, *line) for line in unread]
        document["unread"] = [
            {"run": run, "path": path, "line": line or None, "text": text or None} for run, path, line, text in lines
        ]
    return to_json(document) + "\n"


def write_shown(
    terminal: Terminal,
    runs: Sequence[tuple[Run, RunInfo]],
    problems: Sequence[Problem],
    *,
    unread: Sequence[Line] | None = None,
    plot: str | None = None,
) -> None:
    """Print each run: where it comes from, what is known of it, its curves and why they are taken for what they are."""
    for run, info in runs:
        terminal.line(terminal.text(info.id or ".", "bold"))
        _sources(terminal, info)
        _facts(terminal, run, info)
        _curves(terminal, info, plot)
        for attempt in run.attempts[1:]:
            terminal.line(terminal.text(f"attempt {attempt.index + 1}: {attempt.reason}"), indent=2, hang=4)
        for problem in run.problems:
            terminal.line(terminal.text(f"{_place(problem)}: {shorten(problem.message, 200)}", "yellow"), indent=2, hang=4)
        if unread is not None:
            _unread(terminal, run.unread, indent=2)
        terminal.line()
    for problem in problems:
        terminal.line(terminal.text(f"{_place(problem)}: {shorten(problem.message, 200)}", "yellow"))
    _unread(terminal, unread or (), indent=0)
    _corrections(terminal, runs, unread)
    curves = sum(len(info.series) for _, info in runs)
    points = sum(curve.points for _, info in runs for curve in info.series)
    terminal.line(terminal.text(f"Read {counted(len(runs), 'run')}, {counted(curves, 'curve')}, {counted(points, 'point')}."))


def _unread(terminal: Terminal, lines: Sequence[Line], indent: int) -> None:
    """The lines, and the whole files, that were not understood."""
    for path, line, text in lines:
        said = f"not understood, {path}:{line}: {shorten(text, 160)}" if line else f"nothing was taken from {path}"
        terminal.line(terminal.text(said, "dim"), indent=indent, hang=indent + 2)


def _corrections(terminal: Terminal, runs: Sequence[tuple[Run, RunInfo]], unread: Sequence[Line] | None) -> None:
    """The lines of configuration that would read what was not understood, and name a curve of no known name."""
    left = [text for _, line, text in unread or () if line] + [text for run, _ in runs for _, line, text in run.unread if line]
    pattern = pattern_lines(left) if unread is not None else None
    if pattern:
        _paste(terminal, "such lines are read with", pattern)
    unknown = [curve.name for _, info in runs for curve in info.series if curve.role == "unknown"]
    nameless = next((name for name in unknown if not _CLOCK.search(name)), None)
    if nameless is not None:
        _paste(terminal, f"what {nameless!r} is can be said with", role_lines(nameless))


def _paste(terminal: Terminal, said: str, lines: Sequence[str]) -> None:
    terminal.line(terminal.text(f"{said} (in pyproject.toml; in loglint.toml without `tool.loglint.`):", "dim"))
    for line in lines:
        terminal.long_line(terminal.text(f"  {line}"))


def _place(problem: Problem) -> str:
    return f"{problem.path}:{problem.line}" if problem.line else problem.path


def _sources(terminal: Terminal, info: RunInfo) -> None:
    for source in info.sources:
        written = f" by {source.framework}" if source.framework else ""
        terminal.line(terminal.text(f"{source.path}  ({source.format}{written})", "dim"), indent=2, hang=4)


def _facts(terminal: Terminal, run: Run, info: RunInfo) -> None:
    """The recognised hyper-parameters, and how many more there are."""
    from loglint.facts import facts_of

    known = {name: value for name, value in facts_of(run.config).items() if value is not None}
    if known:
        words = ", ".join(f"{name.replace('_', ' ')} {figure(value)}" for name, value in known.items())
        rest = len(info.config) - len(known)
        terminal.line(terminal.text(f"facts: {words}" + (f" (and {rest} more settings)" if rest > 0 else "")), indent=2, hang=4)
    if run.summary:
        words = ", ".join(f"{name} {figure(value)}" for name, value in list(run.summary.items())[:8])
        terminal.line(terminal.text(f"final values: {words}", "dim"), indent=2, hang=4)
    if run.traits:
        terminal.line(terminal.text(f"taken as: {', '.join(sorted(run.traits))}"), indent=2, hang=4)


def _curves(terminal: Terminal, info: RunInfo, plot: str | None) -> None:
    rows = [(curve.name, role_words(curve), _points(curve), curve.axis, _ends(curve), curve.why) for curve in info.series]
    titles = ("curve", "role", "points", "axis", "first to last", "because")
    if rows:
        styled = [[*map(terminal.text, row[:-1]), terminal.text(row[-1], "dim")] for row in rows]
        terminal.table([[terminal.text(title, "dim") for title in titles], *styled], indent=2, right=(2,))
    for curve in info.series:
        for copy in curve.also:
            terminal.line(terminal.text(f"{curve.name} also in {copy}", "dim"), indent=2, hang=4)
    if plot is not None:
        _plots(terminal, chosen(info, plot))


def _points(curve: SeriesInfo) -> str:
    bad = sum(curve.nonfinite.values())
    return f"{curve.points:,}" + (f" ({bad:,} non-finite)" if bad else "")


def _ends(curve: SeriesInfo) -> str:
    if curve.first is None or curve.last is None:
        return ""
    return f"{figure(curve.first[1])} to {figure(curve.last[1])}"


def _plots(terminal: Terminal, curves: Sequence[SeriesInfo]) -> None:
    """The curves that have anything to draw, training and validation of one quantity together."""
    for chart in of_curves(curves):
        terminal.line()
        terminal.charts([chart], HEIGHT)
