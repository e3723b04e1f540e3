"""`loglint compare`: is HEAD worse than BASE, beyond noise? And a small file that can be BASE later."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from loglint.cli.options import colored, load_settings, reads_logs, selects_rules

if TYPE_CHECKING:
    from loglint.config import Loaded
    from loglint.lots import Lot
    from loglint.report import Report, RunInfo
    from loglint.select import Chooser
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
@click.option("--allow-empty", is_flag=True, help="Exit 0 when no figure could be compared.")
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
    from loglint.gate import rules_for
    from loglint.reporters import form_of
    from loglint.select import Chooser

    started = time.perf_counter()
    loaded = load_settings(options)
    forms = {path: form_of(path) for path in options["reports"]}
    if head is None and options["save"] is None:
        raise click.UsageError("give HEAD, or --save FILE to write the summary of BASE")
    if head is None:
        summary = _side(base, loaded, Chooser(rules_for(loaded), loaded.config)).summary
        _save(options["save"], summary)
        return
    report, now, before = _compared(base, head, loaded, started, options["allow_empty"])
    if options["save"] is not None:
        _save(options["save"], now)
    for path, form in forms.items():
        _write(path, form, report, before, loaded)
    _print(report, options)
    ctx.exit(report.exit_code)


def _save(file: Path, summary: Summary) -> None:
    from loglint.compare import write_summary
    from loglint.reporters import counted

    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(write_summary(summary))
    click.echo(f"Wrote {counted(len(summary.runs), 'run')} to {file}.", err=True)


def _compared(
    base: str, head: str, loaded: Loaded, started: float, allow_empty: bool
) -> tuple[Report, Summary, tuple[RunInfo, ...]]:
    """The report, the summary of HEAD, and the runs of BASE as they can be drawn."""
    from loglint.cli.run import gate_of
    from loglint.compare import pair_up, report_of
    from loglint.gate import conclude, rules_for
    from loglint.select import Chooser

    choose = Chooser(rules_for(loaded), loaded.config)
    old, before = _base(base, loaded, choose)
    new = _side(head, loaded, choose)
    gate = gate_of((base, head), loaded, {}, started)
    report = conclude([new.lot], gate, choose).report
    pairing = pair_up(old, new.summary)
    concluded = report_of(report, old, new.summary, pairing, choose(""), loaded.config.fail_on, new.ids, allow_empty)
    return concluded, new.summary, before


def _base(path: str, loaded: Loaded, choose: Chooser) -> tuple[Summary, tuple[RunInfo, ...]]:
    from loglint.compare import read_summary
    from loglint.traces import described

    kept = read_summary(Path(path))
    if kept is not None:
        return kept, tuple(map(described, kept.runs))
    side = _side(path, loaded, choose)
    return side.summary, tuple(report.run for report in side.lot.reports)


class _Side(NamedTuple):
    """The judged runs of one side, what is kept of them, and their ids by the names under which they are paired."""

    lot: Lot
    summary: Summary
    ids: dict[str, str]


def _side(path: str, loaded: Loaded, choose: Chooser) -> _Side:
    """One side, read and judged as `loglint run` does. Raises InputError where there is nothing to compare."""
    from msgspec.structs import replace

    from loglint.compare import summary_of
    from loglint.corridor import Batch, Settings, collect
    from loglint.errors import InputError
    from loglint.lots import Order, lint_batch
    from loglint.places import key_of

    settings = Settings.of(loaded)
    found = collect((path,), settings)
    lot = lint_batch(Batch(found.runs, found.problems, found.files, found.bytes), Order(settings, choose))
    names = {run.id: _below(run.id, path, loaded.root) for run in found.runs}
    runs = [replace(run, id=names[run.id], key=key_of(names[run.id], settings.run_key)) for run in found.runs]
    summary = summary_of(runs, {names[report.run.id]: report.findings for report in lot.reports})
    if not summary.runs:
        raise InputError(f"{path}: no training curves were found: there is nothing to compare; name the logs")
    return _Side(lot, summary, {name: run for run, name in names.items()})


def _below(run: str, path: str, root: Path) -> str:
    """A run's id without what only names its side, so that the ids of both sides can be equal."""
    from loglint.places import relative

    if "!" in run:
        return run.partition("!")[2]
    place = Path(path).resolve()
    folder = place if place.is_dir() else place.parent
    full = run if Path(run).is_absolute() else (root / run).as_posix()
    return relative(full, folder.as_posix()) or "."


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
