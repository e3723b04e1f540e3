"""`loglint run`: judge logs, print findings, write reports, end with the gate's exit code."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from loglint.cli.options import PATHS, caches, colored, language, load_settings, reads_logs, selects_rules, spoken

if TYPE_CHECKING:
    from loglint.config import Loaded
    from loglint.engine import Drawn
    from loglint.gate import Gate, Judged, Tell
    from loglint.report import Finding, Report, RunInfo
    from loglint.reporters.words import Lang

EXECUTORS = ["auto", "serial", "process"]
LEVELS = ["info", "warning", "error"]
FORMS = click.Choice(["full", "concise", "json", "jsonl", "github"])


@click.command("run")
@PATHS
@selects_rules
@click.option("--fail-on", type=click.Choice([*LEVELS, "never"]), help="Exit 1 for findings at or above this (error).")
@click.option("--min-severity", type=click.Choice(LEVELS), help="Show findings at or above this; never hides what fails.")
@click.option(
    "--format", "form", default="full", show_default=True, type=click.Choice(["full", "concise", "json", "jsonl", "github"])
)
@click.option("--report", "reports", multiple=True, metavar="PATH", help="Write a report too, its form by suffix (repeatable).")
@click.option("--baseline", type=click.Path(path_type=Path), metavar="FILE", help="Known findings that do not fail.")
@click.option("--no-baseline", is_flag=True, help="Use no baseline, whatever the configuration says.")
@click.option("--statistics", is_flag=True, help="Count findings by rule at the end.")
@click.option("--sketches", is_flag=True, help="Keep the curves' sketches in JSON on stdout.")
@click.option("--show-settings", is_flag=True, help="Print the settings that hold, and from which file, and exit.")
@click.option("--executor", type=click.Choice(EXECUTORS), default="auto", help="What the work is done by (auto: by its size).")
@click.option("--scheduler", metavar="ADDRESS", help="A running Dask scheduler to work on (tcp://host:8786).")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes to work with (all cores when there is enough to do).")
@click.option("--allow-empty", is_flag=True, help="Exit 0 when there is nothing to judge.")
@click.option("-q", "--quiet", is_flag=True, help="Print findings only.")
@spoken
@colored
@caches
@reads_logs
@click.pass_context
def command(ctx: click.Context, /, paths: tuple[str, ...], **options: Any) -> None:
    """Judge the training logs below PATHS (default: the current directory; - reads stdin).

    Exit code 0: no new finding at or above --fail-on. 1: some. 2: loglint could not do its job, or nothing could be judged.
    """
    from loglint.reporters import form_of

    if options["executor"] == "serial" and (options["jobs"] or 1) > 1:
        raise click.UsageError("--executor serial works in one process: leave --jobs away, or take --executor process")
    if options["scheduler"] and options["executor"] not in ("auto", "dask"):
        raise click.UsageError(f"--scheduler is for --executor dask, not {options['executor']}")
    started = time.perf_counter()
    loaded = load_settings(options)
    if options["show_settings"]:
        _show_settings(loaded)
        return
    forms = {path: form_of(path) for path in options["reports"]}
    if options["form"] == "jsonl" and not forms:
        judged = _stream(paths or (".",), loaded, options, started)
    else:
        judged = judge_paths(paths or (".",), loaded, options, started)
        for path, form in forms.items():
            _write(path, form, judged.report, loaded)
        _print(judged, options, loaded)
    _close(judged, options, loaded)
    ctx.exit(judged.report.exit_code)


def _stream(paths: tuple[str, ...], loaded: Loaded, options: dict[str, Any], started: float) -> Judged:
    """Write each run's line as soon as it is judged, so that nothing of it has to be kept."""
    from loglint.gate import opening
    from loglint.reporters.jsonl import header_line, run_line, summary_line

    head = header_line(opening(gate_of(paths, loaded, options, started)))

    def write(run: RunInfo, findings: Sequence[Finding]) -> None:
        nonlocal head
        sys.stdout.write(head + run_line(run, findings))
        sys.stdout.flush()
        head = ""

    judged = judge_paths(paths, loaded, options, started, write)
    sys.stdout.write(head + summary_line(judged.report, judged.report.findings))
    return judged


def judge_paths(
    paths: tuple[str, ...], loaded: Loaded, options: dict[str, Any], started: float, tell: Tell | None = None
) -> Judged:
    """Plan, read and judge by the chosen executor, and conclude (`tell`: as in `gate.conclude`); with a bar on a terminal."""
    from loglint.cache import MET, opened
    from loglint.cli.progress import progress
    from loglint.corridor import Settings, plan
    from loglint.describe import buckets_for
    from loglint.executors import execute
    from loglint.gate import conclude, rules_for
    from loglint.known import remembered
    from loglint.lots import Order
    from loglint.select import Chooser

    gate = gate_of(paths, loaded, options, started)
    settings, choose = Settings.of(loaded), Chooser(rules_for(loaded), loaded.config)
    chosen = {"name": options.get("executor", "auto"), "jobs": options.get("jobs"), "scheduler": options.get("scheduler")}
    with progress(quiet=bool(options.get("quiet"))) as bar, opened() as cache:
        planned = plan(paths, settings)
        order = Order(settings, choose, _drawn(options), buckets_for(planned.files))
        bar.expect(planned.files)
        with closing(remembered(planned, order, cache, partial(execute, order=order, **chosen))) as lots:
            judged = conclude(bar.watch(lots), gate, choose, tell, whole=_whole(options))
    if options.get("verbose"):
        for what in dict.fromkeys(MET):
            click.echo(f"loglint: {what}", err=True)
    return judged


def _whole(options: dict[str, Any]) -> bool:
    """Whether a form that is asked for tells of runs without findings too."""
    return bool(options.get("reports")) or options.get("form") not in ("full", "concise")


def _drawn(options: dict[str, Any]) -> Drawn:
    """Which curves the forms that are asked for draw."""
    if options.get("reports") or options.get("sketches"):
        return "all"
    return "found" if options.get("form") == "full" else "none"


def gate_of(paths: tuple[str, ...], loaded: Loaded, options: dict[str, Any], started: float) -> Gate:
    """All that decides about a report besides the runs, the baseline among it."""
    from loglint.baseline import read
    from loglint.gate import Gate

    named = options.get("baseline") or (Path(loaded.config.baseline) if loaded.config.baseline else None)
    file = None if options.get("no_baseline") else named
    return Gate(
        config=loaded.config,
        file=loaded.file,
        root=loaded.root,
        paths=paths,
        baseline=None if file is None else read(file),
        baseline_path=None if file is None else _shown(file, loaded.root),
        allow_empty=bool(options.get("allow_empty")),
        started=started,
    )


def _shown(file: Path, root: Path) -> str:
    full = file.resolve()
    return full.relative_to(root).as_posix() if full.is_relative_to(root) else file.as_posix()


def _show_settings(loaded: Loaded) -> None:
    """Print the settings, checked as a run checks them."""
    import json

    import msgspec

    from loglint.gate import rules_for
    from loglint.select import EDITION

    rules_for(loaded)
    config = msgspec.to_builtins(msgspec.structs.asdict(loaded.config)) | {"edition": loaded.config.edition or EDITION}
    click.echo(json.dumps({"file": None if loaded.file is None else str(loaded.file), "root": str(loaded.root)} | config, indent=2))


def _write(path: str, form: str, report: Report, loaded: Loaded) -> None:
    from loglint.reporters import markdown, render

    name, lang = Path(path).name, loaded.config.lang
    if form == "html":
        from loglint.reporters.html import files

        write_files(Path(path), files(said(report, loaded), name, lang))
    elif form == "markdown":
        write_files(Path(path), [(name, markdown.render(said(report, loaded), lang))])
    else:
        write_files(Path(path), [(name, render(report, form))])


def write_files(path: Path, files: Iterable[tuple[str, str]]) -> None:
    """Write (path, text) pairs beside a path, folders made."""
    for name, text in files:
        file = path.parent / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


def said(report: Report, loaded: Loaded, lang: Lang | None = None) -> Report:
    """The report in the language of a form that people read: the configured one unless another is given."""
    if (lang or loaded.config.lang) == "en":
        return report
    from loglint.reporters.chinese import localised
    from loglint.rulebook import load_rules

    return localised(report, load_rules(loaded.config.rule_dirs))


def _print(judged: Judged, options: dict[str, Any], loaded: Loaded) -> None:
    from loglint.reporters import MACHINE, render
    from loglint.reporters.json import without_sketches

    form, report, lang = options["form"], judged.report, language(loaded)
    if form not in MACHINE:
        from loglint.reporters.printed import write_report
        from loglint.reporters.terminal import Terminal

        terminal = Terminal.of(sys.stdout, options["color"], options["verbose"], options["quiet"], lang)
        write_report(terminal, said(report, loaded, lang), form, statistics=options["statistics"])
        return
    sys.stdout.write(render(report if options["sketches"] else without_sketches(report), form))


def _close(judged: Judged, options: dict[str, Any], loaded: Loaded) -> None:
    """What was checked, on stderr, where stdout is for machines."""
    from loglint.reporters import MACHINE

    if options["form"] in MACHINE and not options["quiet"]:
        from loglint.reporters.closing import closing as closing_lines

        for line in closing_lines(judged.report, verbose=options["verbose"], lang=language(loaded)):
            click.echo(line, err=True)
