"""Why a rule did or did not fire: inputs, evidence against thresholds with margins, and the verdict, for every run."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from loglint.across import Judgement
from loglint.cohorts import listed
from loglint.model import Run
from loglint.report import Finding
from loglint.reporters import figure
from loglint.reporters.terminal import Terminal
from loglint.rule import Rule
from loglint.verdicts import Verdict

MOST_RUNS = 8  # named beside a verdict across runs
WORDS = {"fired": "fired", "quiet": "did not fire", "vetoed": "vetoed", "not_judged": "not judged"}
STYLES = {"fired": "bold red", "quiet": "green", "vetoed": "cyan", "not_judged": "yellow"}


def write_examined(terminal: Terminal, rule: Rule, run: Run, verdicts: Sequence[Verdict], heads: Sequence[Finding]) -> None:
    """Print every verdict of one rule on one run; `heads` are the folded findings of the whole book on that run."""
    terminal.line(terminal.text(run.id or ".", "bold"))
    if rule.scope == "log":
        _reported(terminal, rule, heads)
        return
    for verdict in verdicts:
        terminal.line(_verdict_line(terminal, verdict, _cause(rule, heads)))
        for alias, curve in verdict.curves.items():
            terminal.line(terminal.text(f"    {alias} = {curve.name}, {len(curve)} points", "dim"))
        _evidence(terminal, verdict)


def write_together(terminal: Terminal, judgements: Sequence[Judgement]) -> None:
    """Print every verdict of a rule across runs, each with the runs it speaks of."""
    for judgement in judgements:
        terminal.line(terminal.text(listed((outcome.run or "." for outcome in judgement.runs), MOST_RUNS), "bold"))
        terminal.line(_verdict_line(terminal, judgement.verdict, None))
        _evidence(terminal, judgement.verdict)
    if not judgements:
        terminal.line(terminal.text("not judged: no runs that could be compared", STYLES["not_judged"]))


def _verdict_line(terminal: Terminal, verdict: Verdict, cause: Finding | None) -> Text:
    line = terminal.text(f"  {WORDS[verdict.outcome]}", STYLES[verdict.outcome])
    if verdict.outcome == "fired" and cause is not None:
        line.append_text(terminal.text(f", folded under {cause.rule} {cause.name}"))
    if verdict.outcome in ("fired", "vetoed") and verdict.curve is not None:
        line.append_text(terminal.text(f" at {verdict.curve.axis} {figure(verdict.position)}"))
    return line.append_text(terminal.text(f": {verdict.reason}" if verdict.reason else ""))


def _cause(rule: Rule, heads: Sequence[Finding]) -> Finding | None:
    return next((head for head in heads if any(inner.rule == rule.code for inner in head.folded)), None)


def _evidence(terminal: Terminal, verdict: Verdict) -> None:
    rows = []
    for key, margin in verdict.margins.items():
        name = key.split("_", 1)[1]
        state = terminal.text(
            f"margin {margin:+.2g}, {'passed' if margin >= 0 else 'not reached'}", "" if margin >= 0 else "yellow"
        )
        rows.append((name, figure(verdict.evidence.get(name)), f"{key} = {figure(verdict.threshold.get(key))}", state))
    compared = {key.split("_", 1)[1] for key in verdict.margins}
    others = [(name, figure(value), "", Text()) for name, value in verdict.evidence.items() if name not in compared]
    terminal.table([*rows, *others], indent=4)


def _reported(terminal: Terminal, rule: Rule, heads: Sequence[Finding]) -> None:
    found = [f for head in heads for f in (head, *head.folded) if f.rule == rule.code]
    for finding in found:
        terminal.line(terminal.text("  fired", STYLES["fired"]).append_text(terminal.text(f": {finding.message}")))
    if not found:
        terminal.line(terminal.text("  did not fire: no problem or event of its kinds was met", STYLES["quiet"]))
