"""The report for a person at a terminal: `full` and `concise`. Text from logs is never read as markup, nor printed raw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from loglint.baseline import Entry
from loglint.report import SEVERITIES, Finding, Report, RuleInfo, RunInfo
from loglint.reporters import counted, figure, place_of, shown
from loglint.reporters.closing import closing
from loglint.reporters.curve import curve_of, mark, middles
from loglint.reporters.plain import encodes, plain, shorten
from loglint.reporters.sparkline import sparkline

STYLES = {"error": "bold red", "warning": "bold yellow", "info": "bold cyan"}
MANY_RUNS = 20
WORST = 3
PIPE_WIDTH = 100
MAX_WIDTH = 120
SPARK_WIDTH = 60


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where to print, and how much: `ascii` when the stream cannot hold block characters."""

    console: Console
    ascii: bool = False
    verbose: bool = False
    quiet: bool = False

    @staticmethod
    def of(stream: IO[str], color: str = "auto", verbose: bool = False, quiet: bool = False) -> Terminal:
        """A terminal on a stream: colours as asked, NO_COLOR, FORCE_COLOR, TERM and COLUMNS obeyed, pipes 100 wide."""
        forced = {"always": True, "never": False}.get(color)
        console = Console(
            file=stream,
            force_terminal=forced,
            no_color=True if color == "never" else False if color == "always" else None,
            color_system="standard" if color == "always" else "auto",
            highlight=False,
            markup=False,
            emoji=False,
            soft_wrap=False,
        )
        if not stream.isatty() and "COLUMNS" not in console._environ:
            console.width = PIPE_WIDTH
        console.width = min(console.width, MAX_WIDTH)
        return Terminal(console, not encodes(stream), verbose, quiet)

    def text(self, content: object, style: str = "") -> Text:
        """Safe text in a style, in ASCII where the stream asks for it."""
        words = plain(str(content))
        return Text(words.encode("ascii", "backslashreplace").decode() if self.ascii else words, style=style)


def write_report(
    terminal: Terminal,
    report: Report,
    form: Literal["full", "concise"],
    stale: Sequence[Entry] = (),
    statistics: bool = False,
) -> None:
    """Print the findings in one of the two forms, counts by rule when asked, and the closing lines."""
    findings = shown(report.findings, report.settings)
    runs = {run.id: run for run in report.runs}
    if form == "concise":
        for finding in findings:
            _concise(terminal, finding)
    elif len(report.runs) > MANY_RUNS:
        _by_rule(terminal, findings, report, runs)
    else:
        for finding in findings:
            _full(terminal, finding, report, runs)
    if statistics:
        _statistics(terminal, findings)
    if terminal.quiet:
        return
    if not findings and report.exit_code == 0 and report.summary.series:
        terminal.console.print(terminal.text(_healthy(report), "green"))
    for line in closing(report, stale, verbose=terminal.verbose):
        terminal.console.print(terminal.text(line, "dim" if line.startswith((" ", "Could", "Settings")) else ""), overflow="fold")


def _healthy(report: Report) -> str:
    if report.summary.baselined or report.summary.ignored:
        return "No new findings."
    runs = "The run shows" if report.summary.runs == 1 else f"All {report.summary.runs:,} runs show"
    unsaid = sum(finding.status == "new" for finding in report.findings)
    return f"{runs} no symptom that loglint knows{' at or above the severity asked for' if unsaid else ''}."


def _concise(terminal: Terminal, finding: Finding) -> None:
    where = ""
    if finding.location is not None:
        where = finding.location.path + (f":{finding.location.line}" if finding.location.line else "")
    line = terminal.text(f"{where or finding.run or ''}: ")
    line.append_text(terminal.text(finding.severity, STYLES[finding.severity]))
    line.append_text(terminal.text(f" {finding.rule} {finding.name}: ", "bold"))
    line.append_text(terminal.text(finding.message))
    more = [f"{folded.rule} {folded.name}" for folded in finding.folded]
    if more:
        line.append_text(terminal.text(f" [explains {', '.join(more)}]", "dim"))
    terminal.console.print(line, soft_wrap=True)


def _full(terminal: Terminal, finding: Finding, report: Report, runs: dict[str, RunInfo]) -> None:
    console = terminal.console
    console.print(_heading(terminal, finding), overflow="fold")
    console.print(_indented(terminal.text(finding.message), 2))
    grid = _grid()
    _curve(terminal, grid, finding, runs)
    _evidence(terminal, grid, finding)
    _advice(terminal, grid, finding, {rule.code: rule for rule in report.rules})
    console.print(grid)
    console.print()


def _heading(terminal: Terminal, finding: Finding) -> Text:
    line = terminal.text(finding.severity, STYLES[finding.severity])
    line.append_text(terminal.text(f" {finding.rule} {finding.name}", "bold"))
    line.append_text(terminal.text(f"  {place_of(finding)}"))
    if finding.location is not None:
        path = finding.location.path + (f":{finding.location.line}" if finding.location.line else "")
        line.append_text(terminal.text(f"  {path}", "dim"))
    return line


def _grid() -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(width=10, no_wrap=True)
    grid.add_column(overflow="fold")
    return grid


def _indented(text: Text, spaces: int) -> Table:
    grid = Table.grid()
    grid.add_column(width=spaces)
    grid.add_column(overflow="fold")
    grid.add_row("", text)
    return grid


def _row(terminal: Terminal, grid: Table, label: str, content: Text | Table) -> None:
    grid.add_row(Text(f"  {label}", style="dim"), content)


def _curve(terminal: Terminal, grid: Table, finding: Finding, runs: dict[str, RunInfo]) -> None:
    """The curve the finding speaks of in one line, the place marked below it."""
    curve = curve_of(finding, runs)
    if curve is None:
        return
    width = max(10, min(SPARK_WIDTH, terminal.console.width - 40))
    drawn = sparkline(middles(curve), width, mark(finding, curve), ascii=terminal.ascii).split("\n")
    ends = f"{figure(curve.first[1]) if curve.first else '?'} to {figure(curve.last[1]) if curve.last else '?'}"
    line = Text(drawn[0], style="green")
    line.append_text(terminal.text(f"  {shorten(curve.name, 40)}, {ends}", "dim"))
    _row(terminal, grid, "curve", line)
    if len(drawn) > 1:
        _row(terminal, grid, "", Text(drawn[1], style=STYLES[finding.severity]))


def _evidence(terminal: Terminal, grid: Table, finding: Finding) -> None:
    """Found against allowed: a rule fires when every threshold is passed, so what is allowed lies on its other side."""
    rows = []
    for key, limit in finding.threshold.items():
        side, name = key.split("_", 1)
        rows.append((name, figure(finding.evidence.get(name)), f"{'below' if side == 'min' else 'above'} {figure(limit)}"))
    passed = {name for name, _, _ in rows}
    if terminal.verbose:
        rows += [(name, figure(value), "") for name, value in finding.evidence.items() if name not in passed]
    if not rows:
        return
    table = Table.grid(padding=(0, 3, 0, 0))
    for style in ("", "bold", "dim"):
        table.add_column(style=style)
    for name, found, allowed in rows:
        table.add_row(terminal.text(name.replace("_", " ")), terminal.text(found), terminal.text(allowed and f"allowed: {allowed}"))
    _row(terminal, grid, "found", table)


def _advice(terminal: Terminal, grid: Table, finding: Finding, rules: dict[str, RuleInfo]) -> None:
    rule = rules.get(finding.rule)
    if rule is not None:
        _row(terminal, grid, "why", terminal.text(" ".join(rule.why.split())))
    for index, remedy in enumerate(finding.remedy, 1):
        _row(terminal, grid, "do" if index == 1 else "", terminal.text(f"{index}. {remedy.do}"))
    for index, source in enumerate(_sources(finding)):
        _row(terminal, grid, "" if index else "see", terminal.text(source, "dim"))
    for index, folded in enumerate(finding.folded):
        words = f"{folded.rule} {folded.name} @ {folded.axis} {figure(folded.first_step)}: {folded.message}"
        _row(terminal, grid, "" if index else "explains", terminal.text(words, "dim"))


def _sources(finding: Finding) -> list[str]:
    """The passages that the remedies cite, one line per text."""
    from loglint.rulebook import recipes

    passages: dict[str, list[str]] = {}
    for remedy in finding.remedy:
        places = passages.setdefault(remedy.cite.recipe, [])
        if remedy.cite.where not in places:
            places.append(remedy.cite.where)
    known = recipes()
    lines = []
    for key, places in passages.items():
        source = known.get(key)
        title = f"{source.author + ', ' if source.author else ''}{source.title}" if source is not None else key
        url = f" <{source.url}>" if source is not None and source.url else ""
        lines.append(f"{title}: {'; '.join(places)}{url}")
    return lines


def _by_rule(terminal: Terminal, findings: Sequence[Finding], report: Report, runs: dict[str, RunInfo]) -> None:
    """One block per rule: in how many runs, the worst three, and the command that lists the rest."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.rule, []).append(finding)
    ranked = sorted(groups.values(), key=lambda group: (-max(map(_rank, group)), -len(group)))
    for group in ranked:
        head = group[0]
        count = len({finding.run for finding in group})
        line = terminal.text(head.severity, STYLES[head.severity])
        line.append_text(terminal.text(f" {head.rule} {head.name}", "bold"))
        line.append_text(terminal.text(f"  in {count:,} of {counted(len(report.runs), 'run')}"))
        terminal.console.print(line)
        grid = _grid()
        for index, finding in enumerate(group[:WORST]):
            _row(terminal, grid, "" if index else "worst", terminal.text(f"{place_of(finding)}: {finding.message}"))
        if len(group) > WORST:
            paths = " ".join(_quoted(report.settings.get("paths", [])))
            command = f"loglint run {paths} --select {head.rule} --format concise"
            _row(terminal, grid, "rest", terminal.text(f"{len(group) - WORST:,} more: {command}"))
        _advice(terminal, grid, head, {rule.code: rule for rule in report.rules})
        terminal.console.print(grid)
        terminal.console.print()


def _quoted(paths: Iterable[str]) -> list[str]:
    import shlex

    return [shlex.quote(path) for path in paths]


def _rank(finding: Finding) -> int:
    return SEVERITIES.index(finding.severity)


def _statistics(terminal: Terminal, findings: Sequence[Finding]) -> None:
    counts = Counter((finding.rule, finding.name, finding.severity) for finding in findings)
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", style="bold")
    for (rule, name, severity), count in counts.most_common():
        table.add_row(str(count), terminal.text(rule), terminal.text(name), terminal.text(severity, STYLES[severity]))
    terminal.console.print(table)
