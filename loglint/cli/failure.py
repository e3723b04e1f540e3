"""What a person sees when a command could not do its job: one message, the exit code, and no traceback without -v."""

from __future__ import annotations

import os
import sys
import traceback

import click

from loglint.errors import LoglintError

VERBOSE = "LOGLINT_VERBOSE"  # set by -v for this process and its workers


def explain(error: BaseException) -> int:
    """Write the message of an exception to stderr; returns the exit code (2, 130 for Ctrl-C, or the one it carries)."""
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else int(error.code is not None)
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, (click.exceptions.Abort, KeyboardInterrupt)):
        click.echo("loglint: interrupted", err=True)
        return 130
    if isinstance(error, click.ClickException):
        error.show()
        return 2
    if os.environ.get(VERBOSE):
        traceback.print_exception(error, file=sys.stderr)
    from loglint.reporters.plain import plain

    if isinstance(error, LoglintError):
        click.echo(f"loglint: {plain(str(error), keep_lines=True)}", err=True)
    elif isinstance(error, OSError):
        name = f"{error.filename}: " if error.filename else ""
        click.echo(f"loglint: {plain(name)}{error.strerror or error}", err=True)
    else:
        click.echo(
            f"loglint: internal error, {type(error).__name__}: {plain(str(error))}; please report it with the output of -v",
            err=True,
        )
    return 2
