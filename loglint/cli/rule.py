"""`loglint rule`: list the rules, explain one, or say why it did or did not fire on a log."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from loglint.cli.options import colored, language, load_settings, reads_logs, spoken

if TYPE_CHECKING:
    from loglint.config import Loaded
    from loglint.rule import Rule


@click.command("rule")
@click.argument("name", required=False, metavar="[CODE|NAME]")
@click.option("--on", "paths", multiple=True, metavar="PATH", help="Why it did or did not fire on the runs there.")
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
@spoken
@colored
@reads_logs
def command(name: str | None, paths: tuple[str, ...], **options: Any) -> None:
    """Explain a rule: what it means, when it is wrong, what is measured, what to do and who says so; without a name, list them."""
    from loglint.rulebook import find_rule, load_rules

    loaded = load_settings(options)
    if paths:
        if name is None:
            raise click.UsageError("--on needs the rule: loglint rule NAME --on PATH")
        _examine(name, paths, loaded, options)
        return
    rules = load_rules(loaded.config.rule_dirs)
    _explain(find_rule(name, rules) if name is not None else None, rules, loaded, options)


def _explain(rule: Rule | None, rules: tuple[Rule, ...], loaded: Loaded, options: dict[str, Any]) -> None:
    from loglint.reporters import rule_page
    from loglint.reporters.chinese import in_chinese
    from loglint.rulebook import recipes

    sources, lang = recipes(loaded.config.rule_dirs), language(loaded)
    if rule is None:
        said = rules if lang == "en" else tuple(map(in_chinese, rules))
        lists: dict[str, Callable[[tuple[Rule, ...]], str]] = {
            "text": partial(rule_page.listing, lang=lang),
            "markdown": _index,
            "json": _as_json,
        }
        click.echo(lists[options["form"]](said), nl=False)
        return
    page = rule_page.explain(rule, sources, lang, ascii=not _blocks())
    forms: dict[str, Callable[[rule_page.Explanation], str]] = {
        "text": partial(rule_page.text, lang=lang),
        "markdown": partial(rule_page.markdown, lang=lang),
        "json": rule_page.to_json,
    }
    click.echo(forms[options["form"]](page), nl=False)


def _index(rules: tuple[Rule, ...]) -> str:
    lines = ["| rule | severity | what the log shows |", "|---|---|---|"]
    lines += [f"| {rule.code} {rule.name} | {rule.severity if rule.default else 'off'} | {rule.summary} |" for rule in rules]
    return "\n".join(lines) + "\n"


def _as_json(rules: tuple[Rule, ...]) -> str:
    import json

    fields = ("code", "name", "scope", "severity", "default", "stage", "edition", "summary")
    return json.dumps([{field: getattr(rule, field) for field in fields} for rule in rules], indent=2, ensure_ascii=False) + "\n"


def _blocks() -> bool:
    from loglint.reporters.plain import encodes

    return encodes(sys.stdout)


def _examine(name: str, paths: tuple[str, ...], loaded: Loaded, options: dict[str, Any]) -> None:
    """Every verdict of the rule on every run, and whether another finding takes it under it."""
    from loglint.across import examine_together
    from loglint.corridor import collect
    from loglint.engine import examine, judge_run
    from loglint.errors import InputError
    from loglint.gate import NOTHING_READ, Gate, judge, rules_for
    from loglint.reporters.examined import write_examined, write_together
    from loglint.reporters.terminal import Terminal
    from loglint.rulebook import find_rule

    rules = rules_for(loaded)
    rule = find_rule(name, rules)
    collected = collect(paths, loaded)
    if not any(run.series for run in collected.runs):
        raise InputError(NOTHING_READ)
    report = judge(collected.runs, collected.problems, Gate(config=loaded.config, root=loaded.root), rules).report
    terminal = Terminal.of(sys.stdout, options["color"], options["verbose"])
    if rule.scope == "runs":
        write_together(terminal, examine_together([o for run in collected.runs if (o := judge_run(run, rules).outcome)], rule))
        return
    for run in collected.runs:
        heads = [finding for finding in report.findings if finding.run == run.id]
        write_examined(terminal, rule, run, examine(run, rule) if rule.scope != "log" else (), heads)
