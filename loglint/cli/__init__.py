"""The command line, thin: each command parses its options, calls one function of the engine, and hands the result on.

Commands live in modules of this package and are imported only when they are called, so that `loglint --help` and
`loglint --version` cost little more than click itself.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from loglint import __version__

COMMANDS = {
    "run": "Judge training logs and report what went wrong.",
    "show": "Show what was read: runs, curves, their roles and why, hyper-parameters.",
    "export": "Write every point as one tidy table (csv, jsonl, parquet).",
    "rule": "Explain a rule, list the rules, or say why a rule did or did not fire on a log.",
    "test": "Run the examples inside rule files.",
    "baseline": "Write or prune the baseline file of known findings.",
    "compare": "Say whether HEAD is worse than BASE, beyond noise.",
    "completion": "Print the shell completion script for bash, zsh or fish.",
}


class LazyGroup(click.Group):
    """A group whose commands are `loglint.cli.NAME:command`, imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order in which a person meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now; None when there is none."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"{__name__}.{cmd_name}").command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a suggestion for a mistyped name."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"The commands are {', '.join(COMMANDS)}."
            raise click.UsageError(f"No such command {args[0]!r}. {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands from the table above, so that none has to be imported for --help."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _version(ctx: click.Context, _parameter: click.Parameter, value: Any) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(f"loglint {__version__}")
        ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show the version and exit.")
def cli() -> None:
    """Loglint, the linter for training runs.

    Reads what a training job left behind (TensorBoard events, CSV, JSON lines, plain text), from any framework, and says
    what went wrong, at which step, with which numbers, and what to try first.

    \b
    loglint run logs/         judge every run below logs/
    loglint show logs/        what was read, and as what
    loglint rule overfitting  what a rule means and what to do
    """
