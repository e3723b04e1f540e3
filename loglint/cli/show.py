"""`loglint show`: what was read, and as what."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from loglint.cli.options import PATHS, colored, load_settings, reads_logs

if TYPE_CHECKING:
    from loglint.report import RunInfo

MOST_NAMES = 20  # of curves in a message


@click.command("show")
@PATHS
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--unread", is_flag=True, help="Also the lines and files that were not understood.")
@click.option(
    "--plot",
    is_flag=False,
    flag_value="",
    metavar="[SERIES]",
    help="Draw the curves: all, or those whose name or role this glob (or part, or several by comma) matches.",
)
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
    if options["plot"]:
        _require(options["plot"], [info for _, info in runs])
    unread = collected.unread if options["unread"] else None
    if options["form"] == "json":
        from loglint.reporters.show import as_json

        sys.stdout.write(as_json(runs, collected.problems, unread))
    else:
        from loglint.reporters.show import write_shown
        from loglint.reporters.terminal import Terminal

        terminal = Terminal.of(sys.stdout, options["color"], options["verbose"])
        write_shown(terminal, runs, collected.problems, unread=unread, plot=options["plot"])
    if not any(info.series for _, info in runs):
        click.echo(f"loglint: {NOTHING_READ}", err=True)
        ctx.exit(2)


def _require(patterns: str, runs: list[RunInfo]) -> None:
    """Raise InputError when no curve of any run is meant."""
    from loglint.errors import InputError
    from loglint.reporters.chart import chosen

    names = sorted({curve.name for info in runs for curve in info.series})
    if names and not any(chosen(info, patterns) for info in runs):
        rest = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        raise InputError(
            f"--plot {patterns}: no curve is called or taken for that; there are {', '.join(names[:MOST_NAMES])}{rest}"
        )
