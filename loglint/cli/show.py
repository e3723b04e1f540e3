"""`loglint show`: what was read, and as what."""

from __future__ import annotations

import sys
from typing import Any

import click

from loglint.cli.options import PATHS, colored, load_settings, reads_logs


@click.command("show")
@PATHS
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--unread", is_flag=True, help="Also the lines and files that were not understood.")
@click.option("--plot", is_flag=False, flag_value="", metavar="[SERIES]", help="Draw curves whose name or role holds this.")
@colored
@reads_logs
@click.pass_context
def command(ctx: click.Context, /, paths: tuple[str, ...], **options: Any) -> None:
    """Show the runs below PATHS: files, hyper-parameters, curves, what each is taken for and why.

    Exit code 0 when a curve was found, else 2.
    """
    from loglint.corridor import collect
    from loglint.describe import describe
    from loglint.gate import NOTHING_READ

    collected = collect(paths or (".",), load_settings(options))
    runs = [(run, describe(run)) for run in collected.runs]
    unread = collected.unread if options["unread"] else None
    if options["form"] == "json":
        from loglint.reporters.shown import as_json

        sys.stdout.write(as_json(runs, collected.problems, unread))
    else:
        from loglint.reporters.shown import write_shown
        from loglint.reporters.terminal import Terminal

        terminal = Terminal.of(sys.stdout, options["color"], options["verbose"])
        write_shown(terminal, runs, collected.problems, unread=unread, plot=options["plot"])
    if not any(info.series for _, info in runs):
        click.echo(f"loglint: {NOTHING_READ}", err=True)
        ctx.exit(2)
