"""`loglint export`: every point as one tidy table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from loglint.cli.options import PATHS, load_settings, reads_logs


@click.command("export")
@PATHS
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE", help=".csv, .jsonl or .parquet.")
@reads_logs
@click.pass_context
def command(ctx: click.Context, /, paths: tuple[str, ...], **options: Any) -> None:
    """Write every point below PATHS as one table, one row a point.

    The columns are run, attempt, series, split, role, step, epoch, time, seq, value, path and line. Exit code 0 when there
    was a point to write, else 2.
    """
    from loglint.corridor import collect
    from loglint.export import write
    from loglint.gate import NOTHING_READ
    from loglint.reporters import counted

    collected = collect(paths or (".",), load_settings(options))
    if not any(run.series for run in collected.runs):
        click.echo(f"loglint: {NOTHING_READ}", err=True)
        ctx.exit(2)
    points = write(options["output"], collected.runs)
    click.echo(f"Wrote {counted(points, 'point')} of {counted(len(collected.runs), 'run')} to {options['output']}", err=True)
