"""Options that several commands share, and the settings they give."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from loglint.cli.failure import VERBOSE

if TYPE_CHECKING:
    from loglint.config import Loaded
    from loglint.reporters.words import Lang

F = TypeVar("F", bound=Callable[..., Any])
PATHS = click.argument("paths", nargs=-1, type=click.Path(path_type=str))


def _verbose(_ctx: click.Context, _parameter: click.Parameter, value: bool) -> bool:
    if value:
        os.environ[VERBOSE] = "1"
    return value


def _no_cache(_ctx: click.Context, _parameter: click.Parameter, value: bool) -> bool:
    if value:
        os.environ["LOGLINT_CACHE_DIR"] = ""
    return value


def caches(function: F) -> F:
    """--no-cache."""
    words = "Neither use nor write what is known from earlier runs."
    return click.option("--no-cache", is_flag=True, is_eager=True, callback=_no_cache, expose_value=False, help=words)(function)


def reads_logs(function: F) -> F:
    """--config, --isolated, --include, --exclude, -v: on every command that reads logs."""
    for option in (
        click.option("-v", "--verbose", is_flag=True, callback=_verbose, help="Say more; show tracebacks of internal errors."),
        click.option("--exclude", multiple=True, metavar="GLOB", help="Leave these files and folders alone (repeatable)."),
        click.option("--include", multiple=True, metavar="GLOB", help="Read only these files (repeatable)."),
        click.option("--isolated", is_flag=True, help="Read no configuration file."),
        click.option(
            "--config", "config_file", type=click.Path(path_type=Path), metavar="FILE", help="Use this configuration file."
        ),
    ):
        function = option(function)
    return function


def selects_rules(function: F) -> F:
    """--select, --ignore, --extend-select, --preview."""
    for option in (
        click.option("--preview", is_flag=True, default=None, help="Apply preview rules too."),
        click.option("--extend-select", multiple=True, metavar="RULES", help="Apply these rules besides."),
        click.option("--ignore", multiple=True, metavar="RULES", help="Do not apply these rules."),
        click.option("--select", multiple=True, metavar="RULES", help="Apply only these: codes, names, prefixes, ALL; by comma."),
    ):
        function = option(function)
    return function


def colored(function: F) -> F:
    """--color; NO_COLOR and FORCE_COLOR are obeyed."""
    choice = click.Choice(["auto", "always", "never"])
    return click.option("--color", type=choice, default="auto", show_default=True, help="Colour in the terminal.")(function)


def spoken(function: F) -> F:
    """--lang."""
    choice = click.Choice(["en", "zh"])
    return click.option("--lang", type=choice, help="Language of what people read; machine forms are English (en).")(function)


def language(loaded: Loaded) -> Lang:
    """The language that was asked for, when stdout can hold its characters; else English."""
    from loglint.reporters.plain import encodes

    lang = loaded.config.lang
    return lang if lang == "en" or encodes(sys.stdout, "中文") else "en"


def words(values: tuple[str, ...]) -> tuple[str, ...] | None:
    """The selectors of a repeatable option, split at commas; None when it was not given."""
    found = tuple(word.strip() for value in values for word in value.split(",") if word.strip())
    return found or None


def load_settings(options: dict[str, Any]) -> Loaded:
    """The configuration that holds for a command, with the options that every reading command has laid over it."""
    from loglint.config import load, with_options
    from loglint.errors import ConfigError

    if options["isolated"] and options["config_file"] is not None:
        raise ConfigError("--isolated and --config contradict each other: give one of them")
    loaded = load(options["config_file"], isolated=options["isolated"])
    return with_options(
        loaded,
        include=options["include"] or None,
        exclude=(*loaded.config.exclude, *options["exclude"]) if options["exclude"] else None,
        select=words(options.get("select") or ()),
        ignore=words(options.get("ignore") or ()),
        extend_select=words(options.get("extend_select") or ()),
        preview=options.get("preview"),
        fail_on=options.get("fail_on"),
        min_severity=options.get("min_severity"),
        lang=options.get("lang"),
    )
