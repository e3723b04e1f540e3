"""`loglint completion SHELL`: the completion script, as click makes it."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the completion script for SHELL.

    \b
    bash:  loglint completion bash > ~/.local/share/bash-completion/completions/loglint
    zsh:   loglint completion zsh > "${fpath[1]}/_loglint"
    fish:  loglint completion fish > ~/.config/fish/completions/loglint.fish
    """
    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"click knows no completion for {shell}")
    click.echo(found(ctx.find_root().command, {}, "loglint", "_LOGLINT_COMPLETE").source())
