"""The outcome of rules' examples as a table, each failure with what was measured."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from loglint.reporters import counted, figure
from loglint.reporters.terminal import Terminal
from loglint.ruletest import Cell, ExampleResult, confusion

CELLS: tuple[Cell, ...] = ("TP", "TN", "FP", "FN")


def write_examples(terminal: Terminal, results: Sequence[ExampleResult], wrong: Sequence[str]) -> None:
    """Print what is wrong with the files, the failed examples (all with -v), and TP, TN, FP and FN by rule."""
    console = terminal.console
    for message in wrong:
        console.print(terminal.text(message, "red"))
    for result in results:
        if terminal.verbose or not result.passed:
            _write_result(terminal, result)
    counts = confusion(results)
    names = {result.rule.code: result.rule.name for result in results}
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for title in ("code", "rule"):
        table.add_column(title)
    for title in CELLS:
        table.add_column(title, justify="right")
    for code, cells in counts.items():
        failed = cells["FP"] + cells["FN"] > 0
        row = (terminal.text(str(cells[cell] or ".")) for cell in CELLS)
        table.add_row(terminal.text(code), terminal.text(names[code]), *row, style="red" if failed else "")
    console.print(table)
    failures = sum(not result.passed for result in results)
    verdict = f"{counted(len(results), 'example')} of {counted(len(counts), 'rule')}: {failures or 'none'} failed"
    console.print(terminal.text(verdict + (f"; {counted(len(wrong), 'fault')} in rule files" if wrong else "") + "."))


def _write_result(terminal: Terminal, result: ExampleResult) -> None:
    kind = "bad" if result.example.bad else "good"
    head = f"{result.rule.file} {kind}[{result.number}] {result.example.why}: {result.outcome}"
    reason = f" ({result.reason})" if result.reason else ""
    terminal.console.print(terminal.text(head + reason, "" if result.passed else "bold red"))
    for key, margin in result.margins.items():
        name = key.split("_", 1)[1]
        found, limit = figure(result.evidence.get(name)), figure(result.threshold.get(key))
        terminal.console.print(terminal.text(f"    {key} = {limit}: {name} {found}, margin {margin:+.2g}"))
