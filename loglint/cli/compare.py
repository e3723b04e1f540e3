"""`loglint compare`: is HEAD worse than BASE, beyond noise? And a small file that can be BASE later."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from loglint.cli.options import colored, load_settings, reads_logs, selects_rules

if TYPE_CHECKING:
    from loglint.config import Loaded
    from loglint.corridor import Collected
    from loglint.gate import Gate
    from loglint.report import Report, RunInfo
    from loglint.rulebook import Rule
    from loglint.traces import Summary

LEVELS = ["info", "warning", "error", "never"]


@click.command("compare")
@click.argument("base", type=click.Path(path_type=str))
@click.argument("head", required=False, type=click.Path(path_type=str))
@selects_rules
@click.option(
    "--save", type=click.Path(path_type=Path), metavar="FILE", help="Write HEAD as a small summary that can be BASE later."
)
@click.option("--fail-on", type=click.Choice(LEVELS), help="Exit 1 for new findings of HEAD at or above this (error).")
@click.option("--format", "form", default="full", show_default=True, type=click.Choice(["full", "json", "markdown"]))
@click.option("--report", "reports", multiple=True, metavar="PATH", help="Write a report too, its form by suffix (repeatable).")
@click.option("-q", "--quiet", is_flag=True, help="Print the comparison only.")
@colored
@reads_logs
@click.pass_context
def command(ctx: click.Context, /, base: str, head: str | None, **options: Any) -> None:
    """Say whether the runs of HEAD are worse than those of BASE, beyond what seeds and noise make.

    BASE and HEAD are folders of one or several seeds, archives, or logs; BASE may be a summary that --save wrote. Without HEAD,
    --save writes the summary of BASE.

    Exit code 0: no regression, no new finding at or above --fail-on. 1: some. 2: nothing could be compared.
    """
    from loglint.compare import write_summary
    from loglint.reporters import form_of

    started = time.perf_counter()
    loaded = load_settings(options)
    forms = {path: form_of(path) for path in options["reports"]}
    if head is None and options["save"] is None:
        raise click.UsageError("give HEAD, or --save FILE to write the summary of BASE")
    if head is None:
        summary = _summarised(_collected(base, loaded), loaded, base)
        options["save"].write_bytes(write_summary(summary))
        click.echo(f"Wrote {len(summary.runs)} runs to {options['save']}.", err=True)
        return
    report, now, before = _compared(base, head, loaded, started)
    if options["save"] is not None:
        options["save"].write_bytes(write_summary(now))
    for path, form in forms.items():
        _write(path, form, report, before, loaded)
    _print(report, options)
    ctx.exit(report.exit_code)


def _compared(base: str, head: str, loaded: Loaded, started: float) -> tuple[Report, Summary, tuple[RunInfo, ...]]:
    """The report, the summary of HEAD, and the runs of BASE as they can be drawn."""
    from loglint.compare import pair_up, report_of
    from loglint.gate import Gate, judge, rules_for

    rules = rules_for(loaded)
    old, before = _base(base, loaded)
    collected = _collected(head, loaded)
    new = _summarised(collected, loaded, head)
    gate = Gate(config=loaded.config, file=loaded.file, root=loaded.root, paths=(base, head), started=started)
    report = judge(collected.runs, collected.problems, gate, rules).report
    chosen = _chosen(gate, rules)
    return report_of(report, old, new, pair_up(old, new), chosen, loaded.config.fail_on), new, before


def _base(path: str, loaded: Loaded) -> tuple[Summary, tuple[RunInfo, ...]]:
    from loglint.compare import read_summary
    from loglint.describe import describe
    from loglint.traces import described

    kept = read_summary(Path(path))
    if kept is not None:
        return kept, tuple(map(described, kept.runs))
    collected = _collected(path, loaded)
    return _summarised(collected, loaded, path), tuple(map(describe, collected.runs))


def _chosen(gate: Gate, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    from loglint.select import Chooser

    return Chooser(rules, gate.config)("")


def _collected(path: str, loaded: Loaded) -> Collected:
    """The runs below one side's path, their ids without what only names the side, so that both sides' ids can be equal."""
    from dataclasses import replace

    from loglint.corridor import Settings, collect
    from loglint.places import key_of

    place = Path(path.partition("!")[0])
    settings = Settings.of(loaded)
    root = place.resolve() if place.is_dir() else place.resolve().parent
    found = collect((path,), replace(settings, root=root))
    runs = []
    for run in found.runs:
        inner = run.id.partition("!")[2] or run.id
        runs.append(replace(run, id=inner, key=key_of(inner, settings.run_key)))
    return replace(found, runs=tuple(runs))


def _summarised(collected: Collected, loaded: Loaded, path: str) -> Summary:
    from loglint.compare import summary_of
    from loglint.errors import InputError
    from loglint.gate import rules_for
    from loglint.select import Chooser

    summary = summary_of(collected.runs, Chooser(rules_for(loaded), loaded.config)(""))
    if not summary.runs:
        raise InputError(f"{path}: no training curves were found: there is nothing to compare; name the logs")
    return summary


def _write(path: str, form: str, report: Report, base: tuple[RunInfo, ...], loaded: Loaded) -> None:
    from loglint.cli.run import said, write_files
    from loglint.reporters import render
    from loglint.reporters.compared import as_markdown

    name = Path(path).name
    if form == "html":
        from loglint.reporters.html import files

        write_files(Path(path), files(said(report, loaded), name, loaded.config.lang, base))
    else:
        write_files(Path(path), [(name, as_markdown(report) if form == "markdown" else render(report, form))])


def _print(report: Report, options: dict[str, Any]) -> None:
    from loglint.reporters import render
    from loglint.reporters.compared import as_markdown, write_comparisons
    from loglint.reporters.json import without_sketches
    from loglint.reporters.printed import write_report
    from loglint.reporters.terminal import Terminal

    if options["form"] == "json":
        sys.stdout.write(render(without_sketches(report), "json"))
        return
    if options["form"] == "markdown":
        sys.stdout.write(as_markdown(report))
        return
    terminal = Terminal.of(sys.stdout, options["color"], options["verbose"], options["quiet"])
    write_comparisons(terminal, report)
    if not options["quiet"]:
        write_report(terminal, report, "full")
