"""The outcome of rules' examples as a table, each failure with what was measured."""

from __future__ import annotations

from collections.abc import Sequence

from loglint.reporters import counted, figure
from loglint.reporters.terminal import Terminal
from loglint.ruletest import Cell, ExampleResult, confusion

CELLS: tuple[Cell, ...] = ("TP", "TN", "FP", "FN")


def write_examples(terminal: Terminal, results: Sequence[ExampleResult], wrong: Sequence[str]) -> None:
    """Print what is wrong with the files, the failed examples (all with -v), and TP, TN, FP and FN by rule."""
    for message in wrong:
        terminal.line(terminal.text(message, "red"))
    for result in results:
        if terminal.verbose or not result.passed:
            _write_result(terminal, result)
    counts = confusion(results)
    names = {result.rule.code: result.rule.name for result in results}
    rows = [[terminal.text(title, "dim") for title in ("code", "rule", *CELLS)]]
    for code, cells in counts.items():
        style = "red" if cells["FP"] + cells["FN"] else ""
        rows.append([terminal.text(word, style) for word in (code, names[code], *(cells[cell] or "." for cell in CELLS))])
    terminal.table(rows, right=(2, 3, 4, 5))
    failures = sum(not result.passed for result in results)
    verdict = f"{counted(len(results), 'example')} of {counted(len(counts), 'rule')}: {failures or 'none'} failed"
    terminal.line(terminal.text(verdict + (f"; {counted(len(wrong), 'fault')} in rule files" if wrong else "") + "."))


def _write_result(terminal: Terminal, result: ExampleResult) -> None:
    kind = "bad" if result.example.bad else "good"
    head = f"{result.rule.file} {kind}[{result.number}] {result.example.why}: {result.outcome}"
    reason = f" ({result.reason})" if result.reason else ""
    terminal.line(terminal.text(head + reason, "" if result.passed else "bold red"))
    for key, margin in result.margins.items():
        name = key.split("_", 1)[1]
        found, limit = figure(result.evidence.get(name)), figure(result.threshold.get(key))
        terminal.line(terminal.text(f"    {key} = {limit}: {name} {found}, margin {margin:+.2g}"))
