"""`loglint test`: run the examples inside rule files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from loglint.cli.options import colored

if TYPE_CHECKING:
    from loglint.rule import Rule


@click.command("test")
@click.argument("folders", nargs=-1, metavar="[RULEDIR]...", type=click.Path(path_type=Path))
@click.option("--select", multiple=True, metavar="RULES", help="Only these: codes, names, prefixes; by comma.")
@click.option("--isolated", is_flag=True, help="Read no configuration file.")
@click.option("--config", "config_file", type=click.Path(path_type=Path), metavar="FILE", help="Use this configuration.")
@click.option("-v", "--verbose", is_flag=True, help="Show what every example measured.")
@colored
@click.pass_context
def command(ctx: click.Context, /, folders: tuple[Path, ...], **options: Any) -> None:
    """Check rule files and run their [[bad]] and [[good]] examples; default: the shipped rules and those of the configuration.

    Exit code 0 when every file is well formed and every example comes out as it claims, 1 when not, 2 for a broken file.
    """
    from loglint.reporters.examples import write_examples
    from loglint.reporters.terminal import Terminal
    from loglint.rulebook import recipes
    from loglint.rulecheck import check_book
    from loglint.ruletest import run_examples

    rules = _rules(folders, options)
    wrong = check_book(rules, recipes(folders))
    results = run_examples(rules)
    terminal = Terminal.of(sys.stdout, options["color"], options["verbose"])
    write_examples(terminal, results, wrong)
    ctx.exit(1 if wrong or not all(result.passed for result in results) else 0)


def _rules(folders: tuple[Path, ...], options: dict[str, Any]) -> tuple[Rule, ...]:
    from loglint.cli.options import words
    from loglint.config import load
    from loglint.rulebook import load_rules, read_rules, resolve

    if folders:
        rules = read_rules(folders)
    else:
        rules = load_rules(load(options["config_file"], isolated=options["isolated"]).config.rule_dirs)
    chosen = words(options["select"])
    codes = resolve(chosen, rules) if chosen else {rule.code for rule in rules}
    return tuple(rule for rule in rules if rule.code in codes)
