"""Which rules apply: selectors, default set, editions, preview, per-rule settings, another selection per path.

A selector is a code (GEN001), a name (overfitting), a prefix of codes (GEN), or ALL. The longest match decides; at equal
length leaving out wins. A rule that is off, in preview or newer than the edition applies only when a selector names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, get_args

import msgspec
from msgspec.structs import replace

from loglint.config import Config, PathRules
from loglint.errors import ConfigError, did_you_mean
from loglint.globs import path_matches
from loglint.report import Severity
from loglint.rule import Rule, Setting
from loglint.rulebook import find_rule, resolve

EDITION = "2026.1"


class Selection(msgspec.Struct, frozen=True):
    """Selectors from one place: `select` None means the default set."""

    select: tuple[str, ...] | None = None
    extend: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    preview: bool = False
    edition: str = EDITION


def since(edition: str) -> tuple[int, ...]:
    """An edition as numbers that compare in order of time: 2026.10 is after 2026.9. Raises `ConfigError` for another form."""
    parts = edition.split(".")
    if len(parts) != 2 or not all(part.isdecimal() for part in parts):
        raise ConfigError(f"edition {edition!r}: an edition is a year and a number, such as {EDITION!r}")
    return tuple(int(part) for part in parts)


def check_edition(edition: str, rules: Iterable[Rule]) -> None:
    """Raise `ConfigError` for an edition that no rule belongs to: it would silently change what is applied."""
    known = sorted({EDITION} | {one for rule in rules for one in (rule.edition, rule.next_edition) if one}, key=since)
    if since(edition) not in [since(one) for one in known]:
        raise ConfigError(f"edition {edition!r} is not known; known are {', '.join(known)}")


def strength(selector: str, code: str, name: str) -> int:
    """How specifically a selector names a rule: 0 not at all, 1 as ALL, else by length; a full code or name is strongest."""
    upper = selector.upper()
    if upper == code or selector.lower() == name:
        return 100
    if upper == "ALL":
        return 1
    return 1 + len(upper) if upper and code.startswith(upper) else 0


def matches(selectors: Iterable[str], code: str, name: str) -> bool:
    """Whether any selector names the rule."""
    return any(strength(selector, code, name) for selector in selectors)


def selects(selection: Selection, rule: Rule) -> bool:
    """Whether a rule applies under a selection."""
    wanted = max((strength(s, rule.code, rule.name) for s in (*(selection.select or ()), *selection.extend)), default=0)
    on = rule.default and since(rule.edition) <= since(selection.edition) and (rule.stage == "stable" or selection.preview)
    if selection.select is None and on:
        wanted = max(wanted, 1)
    if rule.stage == "preview" and not selection.preview and wanted < 100:
        return False
    refused = max((strength(s, rule.code, rule.name) for s in selection.ignore), default=0)
    return wanted > refused


def check_selectors(selectors: Iterable[str], rules: Sequence[Rule], where: str) -> None:
    """Raise `ConfigError` for a selector that names no rule; `where` is the option or key it stands in."""
    try:
        resolve(selectors, rules)
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from error


def selection_of(config: Config) -> Selection:
    """The selection that a configuration asks for everywhere."""
    return Selection(config.select, config.extend_select, config.ignored_rules, config.preview, config.edition or EDITION)


def by_path(config: Config, base: Selection) -> Callable[[str], Selection]:
    """The selection for a run's id: the base, changed by every `[paths."glob"]` table that matches, in order."""

    def selection(path: str) -> Selection:
        chosen = base
        for glob, table in config.paths.items():
            if path_matches(path, glob):
                chosen = _changed(chosen, table)
        return chosen

    return selection


def _changed(chosen: Selection, table: PathRules) -> Selection:
    return replace(
        chosen,
        select=chosen.select if table.select is None else table.select,
        extend=chosen.extend + table.extend_select,
        ignore=chosen.ignore + table.ignore,
    )


class Chooser(msgspec.Struct, frozen=True, eq=False):
    """The rules chosen for a run by its id, under a configuration; called with the id."""

    rules: tuple[Rule, ...] = ()
    config: Config = msgspec.field(default_factory=Config)
    known: dict[Selection, tuple[Rule, ...]] = msgspec.field(default_factory=dict)

    def __call__(self, run: str) -> tuple[Rule, ...]:
        """The rules, in the order of the book; the same tuple for all runs that are judged alike."""
        if self.known and not self.config.paths:
            return next(iter(self.known.values()))
        chosen = by_path(self.config, selection_of(self.config))(run)
        if chosen not in self.known:
            self.known[chosen] = tuple(rule for rule in self.rules if selects(chosen, rule))
        return self.known[chosen]

    def anywhere(self) -> tuple[Rule, ...]:
        """The rules chosen everywhere, or where one of the configuration's `[paths]` tables holds."""
        base = selection_of(self.config)
        chosen = [base, *(_changed(base, table) for table in self.config.paths.values())]
        return tuple(rule for rule in self.rules if any(selects(one, rule) for one in chosen))


def of_edition(rule: Rule, edition: str) -> Rule:
    """The rule as it stands in an edition: with what its `[next]` table says, from its edition on."""
    if rule.next_edition is None or since(rule.next_edition) > since(edition):
        return rule
    return replace(rule, detect=replace(rule.detect, settings={**rule.detect.settings, **rule.next}))


def configured(rules: Sequence[Rule], config: Config, where: str = "rules") -> tuple[Rule, ...]:
    """The rules as they stand in the edition, with the severities and thresholds that `[rules.NAME]` tables set.

    Raises `ConfigError` for an unknown rule, a key that is neither `severity` nor in the rule's `[detect]`, or a wrong type.
    """
    tables = {}
    for name, table in config.rules.items():
        try:
            tables[find_rule(name, rules).code] = table
        except ConfigError as error:
            raise ConfigError(f"{where}: {error}") from error
    edition = config.edition or EDITION
    return tuple(_set(of_edition(rule, edition), tables.get(rule.code, {}), where) for rule in rules)


def _set(rule: Rule, table: dict[str, Any], where: str) -> Rule:
    if not table:
        return rule
    severity, default = rule.severity, rule.default
    settings: dict[str, Setting] = dict(rule.detect.settings)
    for key, value in table.items():
        place = f"{where}.{rule.name}"
        if key == "severity":
            if value == "off":
                default = False
            elif value in get_args(Severity):
                severity = value
            else:
                raise ConfigError(f"{place} severity = {value!r}: must be info, warning, error or off")
        elif key not in settings:
            raise ConfigError(f"{place}: unknown key {key!r}{did_you_mean(key, ['severity', *settings])}")
        elif isinstance(value, bool) != isinstance(settings[key], bool) or not _same_kind(value, settings[key]):
            raise ConfigError(f"{place} {key} = {value!r}: must be of the same kind as the rule's {settings[key]!r}")
        else:
            settings[key] = tuple(value) if isinstance(value, list) else value
    when = () if "severity" in table else rule.severity_when
    return replace(rule, severity=severity, default=default, severity_when=when, detect=replace(rule.detect, settings=settings))


def _same_kind(value: Any, setting: Setting) -> bool:
    if isinstance(setting, (int, float)):
        return isinstance(value, (int, float))
    return isinstance(value, list if isinstance(setting, tuple) else str)
