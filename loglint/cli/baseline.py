"""`loglint baseline`: write the file of known findings, or prune what is gone from it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from loglint.cli.options import PATHS, caches, load_settings, reads_logs, selects_rules

DEFAULT = "loglint-baseline.json"


@click.command("baseline")
@PATHS
@selects_rules
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help=f"The file ({DEFAULT}, or as configured).")
@click.option("--prune", is_flag=True, help="Only take out what no longer occurs; add nothing.")
@click.option("--fail-on-stale", is_flag=True, help="With --prune: change nothing, exit 1 when something is stale.")
@caches
@reads_logs
@click.pass_context
def command(ctx: click.Context, /, paths: tuple[str, ...], **options: Any) -> None:
    """Record every finding below PATHS, so that `run --baseline FILE` fails only on new ones.

    Findings are counted per severity, rule, run key and split/role; ignored ones are left out.
    """
    from loglint.baseline import prune, read, record, write
    from loglint.cli.run import judge_paths
    from loglint.errors import InputError
    from loglint.reporters import counted

    if options["fail_on_stale"] and not options["prune"]:
        raise click.UsageError("--fail-on-stale needs --prune")
    started = time.perf_counter()
    loaded = load_settings(options)
    file = options["output"] or Path(loaded.config.baseline or DEFAULT)
    known = {"baseline": file} if options["prune"] else {"no_baseline": True}
    judged = judge_paths(paths or (".",), loaded, options | known, started)
    if not judged.report.summary.series:
        raise InputError("no training curves were found: a baseline of nothing would hide nothing; name the logs")
    if options["prune"]:
        if options["fail_on_stale"]:
            click.echo(f"{counted(sum(e.count for e in judged.report.stale), 'finding')} in {file} no longer occur", err=True)
            ctx.exit(1 if judged.report.stale else 0)
        write(file, prune(read(file), judged.report.stale))
        click.echo(f"Took {counted(sum(e.count for e in judged.report.stale), 'finding')} out of {file}", err=True)
        return
    baseline = record(judged.findings)
    write(file, baseline)
    click.echo(f"Recorded {counted(sum(e.count for e in baseline.entries), 'finding')} in {file}", err=True)
