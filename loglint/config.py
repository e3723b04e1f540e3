"""[tool.loglint] in pyproject.toml, or loglint.toml: found, read, checked key by key, merged with what it extends.

Only the file's form is known here. What a selector matches lives in `loglint.select`, what a threshold may be in the
rule it belongs to.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from loglint.errors import ConfigError, did_you_mean
from loglint.report import Severity

FILES = ("loglint.toml", "pyproject.toml")
MAX_EXTENDS = 16
FailOn = Literal["info", "warning", "error", "never"]
Text = Annotated[str, Meta(min_length=1)]


class _Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    pass


class Ignore(_Table, frozen=True):
    """Findings that are known and accepted: they are reported as ignored and never fail."""

    rules: Annotated[tuple[Text, ...], Meta(min_length=1, description="Codes, names or prefixes; ALL for every rule.")]
    reason: Annotated[Text, Meta(description="Why it is accepted; shown in reports.")]
    path: Annotated[str, Meta(description="Glob on the run's id or the file, relative to the root.")] = "**"
    until: Annotated[datetime.date | None, Meta(description="The last day on which this holds.")] = None


class Pattern(_Table, frozen=True):
    """How to read a line of a text log that loglint does not understand by itself."""

    regex: Annotated[Text, Meta(description="Python regular expression; named groups become series (step, epoch: axes).")]
    path: Annotated[str, Meta(description="Glob of the files it is for.")] = "**"
    split: Literal["train", "val", "test"] | None = None


class RoleOf(_Table, frozen=True):
    """What the curves of some name are."""

    name: Annotated[Text, Meta(description="Glob on the series' name as logged.")]
    role: Annotated[Text, Meta(description="Quantity or quantity.component: loss.box, metric.accuracy, unknown.")]
    split: Literal["train", "val", "test"] | None = None
    dataset: str | None = None
    direction: Literal["down", "up", "none"] | None = None


class Expect(_Table, frozen=True):
    """What a run must reach; missing it, or not logging the metric at all, is EXP001."""

    metric: Annotated[Text, Meta(description="split/role or the series' name: val/accuracy.")]
    best: Annotated[str | None, Meta(description="An operator and a number: '>= 0.76'.")] = None
    final: str | None = None
    max: str | None = None
    min: str | None = None
    by: Annotated[str | None, Meta(description="'epoch 90' or 'step 1000': only points up to there count.")] = None
    runs: Annotated[str, Meta(description="Glob on the run's id.")] = "*"
    slack: Annotated[float, Meta(ge=0, description="Allowance in multiples of the curve's own noise.")] = 0.0


class PathRules(_Table, frozen=True):
    """Another selection of rules for the runs below some path."""

    select: tuple[Text, ...] | None = None
    ignore: tuple[Text, ...] = ()
    extend_select: tuple[Text, ...] = ()


class Config(_Table, frozen=True):
    """Settings of loglint: [tool.loglint] in pyproject.toml, or the top level of loglint.toml."""

    extend: Annotated[str | None, Meta(description="Another configuration file whose settings this one builds on.")] = None
    edition: Annotated[str | None, Meta(description="The default rule set, by edition: 2026.1.")] = None
    select: Annotated[tuple[Text, ...] | None, Meta(description="Rules to apply instead of the default set.")] = None
    extend_select: Annotated[tuple[Text, ...], Meta(description="Rules to apply besides.")] = ()
    ignore: Annotated[tuple[Text | Ignore, ...], Meta(description="Rules not to apply, or tables of accepted findings.")] = ()
    preview: Annotated[bool, Meta(description="Apply preview rules too.")] = False
    fail_on: Annotated[FailOn, Meta(description="The least severity that makes the exit code 1.")] = "error"
    min_severity: Annotated[Severity, Meta(description="The least severity that is shown.")] = "info"
    lang: Annotated[Literal["en", "zh"], Meta(description="The language of what people read; machine forms are English.")] = "en"
    include: Annotated[tuple[Text, ...], Meta(description="Globs: read only these files.")] = ()
    exclude: Annotated[tuple[Text, ...], Meta(description="Globs: leave these files and folders alone.")] = ()
    run_key: Annotated[str | None, Meta(description="Regular expression whose match in the run's id is its identity.")] = None
    rule_dirs: Annotated[tuple[Text, ...], Meta(description="Folders with rule files of your own.")] = ()
    require: Annotated[tuple[Text, ...], Meta(description="split/role of curves that every run must log.")] = ()
    baseline: Annotated[str | None, Meta(description="The baseline file, relative to this file.")] = None
    annotate: Annotated[str | None, Meta(description="The file of the repository that annotations are anchored to.")] = None
    rules: Annotated[dict[str, dict[str, Any]], Meta(description="Per rule: severity (or off) and thresholds.")] = {}
    paths: Annotated[dict[str, PathRules], Meta(description="Per path glob: another selection of rules.")] = {}
    pattern: tuple[Pattern, ...] = ()
    role: tuple[RoleOf, ...] = ()
    expect: tuple[Expect, ...] = ()

    @property
    def ignored_rules(self) -> tuple[str, ...]:
        """The selectors under `ignore` that switch rules off."""
        return tuple(entry for entry in self.ignore if isinstance(entry, str))

    @property
    def ignores(self) -> tuple[Ignore, ...]:
        """The `[[ignore]]` tables."""
        return tuple(entry for entry in self.ignore if isinstance(entry, Ignore))


class Loaded(msgspec.Struct, frozen=True):
    """A configuration, the file it came from (None: defaults), and the folder that ids and globs are relative to."""

    config: Config = msgspec.field(default_factory=Config)
    file: Path | None = None
    root: Path = msgspec.field(default_factory=Path.cwd)


_APPENDED = {"extend-select", "ignore", "exclude", "rule-dirs", "pattern", "role", "expect"}
_OWN_PATHS = {"baseline", "rule-dirs"}
_RULES_LIST = re.compile(r"^\s*rules\s*=\s*\[", re.M)
_RULES_TABLE = re.compile(r"^\s*(?:\[(?:tool\.loglint\.)?rules\.|rules\.)", re.M)


def find(start: Path) -> Path | None:
    """The configuration file that holds for a folder: the nearest loglint.toml or pyproject.toml with [tool.loglint], upwards."""
    for folder in (start, *start.parents):
        for name in FILES:
            file = folder / name
            if file.is_file() and (name != "pyproject.toml" or _table(file) is not None):
                return file
    return None


def load(file: Path | None = None, *, isolated: bool = False, start: Path | None = None) -> Loaded:
    """The settings of `file`, else of the file found from `start` (the current directory) upwards, else the defaults.

    Raises `ConfigError` naming the file and the key when something in it is not known.
    """
    start = (start or Path.cwd()).resolve()
    if isolated:
        return Loaded(root=start)
    if file is None:
        file = find(start)
        if file is None:
            return Loaded(root=start)
    elif not file.is_file():
        raise ConfigError(f"{file}: no such configuration file")
    file = file.resolve()
    return Loaded(convert(_merged(file, ()), str(file)), file, file.parent)


def convert(table: Mapping[str, Any], where: str) -> Config:
    """A table of settings as `Config`; `where` names its origin in the message of the `ConfigError` it may raise."""
    table = _folders(table)
    _check_keys(table, Config, where, "")
    try:
        config = msgspec.convert(table, Config)
    except msgspec.ValidationError as error:
        words = str(error).replace("`$.", "`").replace("`$", "`")
        choices = _choices().get(words.rpartition("`")[0].rpartition("`")[2].rpartition(".")[2], ())
        allowed = f": one of {', '.join(choices)} is expected" if choices and words.startswith("Invalid enum") else ""
        raise ConfigError(f"{where}: {words[0].lower()}{words[1:]}{allowed}") from error
    if config.role:
        _check_roles(config.role, where)
    return config


def _check_roles(roles: Sequence[RoleOf], where: str) -> None:
    from loglint.names import QUANTITIES

    for index, entry in enumerate(roles):
        quantity = entry.role.partition(".")[0]
        if quantity not in QUANTITIES:
            hint = did_you_mean(quantity, QUANTITIES) or f"; known are {', '.join(QUANTITIES)}"
            raise ConfigError(f"{where}: role[{index}].role: {entry.role!r} begins with no known quantity{hint}")


def _choices() -> dict[str, tuple[str, ...]]:
    """The words that a key takes, for every key that takes some."""
    found = {}
    for kind in (Config, *_TABLES.values()):
        for name, hint in get_type_hints(kind).items():
            for part in (hint, *get_args(hint)):
                if get_origin(part) is Literal:
                    found[name.replace("_", "-")] = get_args(part)
    return found


def _merged(file: Path, above: tuple[Path, ...]) -> dict[str, Any]:
    if file in above or len(above) >= MAX_EXTENDS:
        raise ConfigError(f"{file}: extends itself through {' -> '.join(str(path) for path in above)}")
    table = _table(file)
    if table is None:
        raise ConfigError(f"{file}: has no [tool.loglint] table")
    own = {key: _anchored(key, value, file.parent) for key, value in _folders(_kebab(table)).items()}
    base = own.get("extend")
    if not isinstance(base, str):
        return own
    parent = (file.parent / base).resolve()
    if not parent.is_file():
        raise ConfigError(f"{file}: extend = {base!r}: no such file")
    inherited = _merged(parent, (*above, file))
    convert(inherited, str(parent))
    return inherited | {key: _joined(key, inherited.get(key), value) for key, value in own.items()}


def _joined(key: str, inherited: Any, own: Any) -> Any:
    if isinstance(inherited, dict) and isinstance(own, dict):
        return inherited | {name: _joined(key, inherited.get(name), value) for name, value in own.items()}
    if key in _APPENDED and isinstance(inherited, list) and isinstance(own, list):
        return inherited + own
    return own


def _folders(table: Mapping[str, Any]) -> dict[str, Any]:
    """`rules = ["ci/rules"]`, a list where settings would be a table, means `rule-dirs = ["ci/rules"]`."""
    folders, known = table.get("rules"), table.get("rule-dirs", [])
    if not isinstance(folders, list) or not isinstance(known, list):
        return dict(table)
    return {key: value for key, value in table.items() if key != "rules"} | {"rule-dirs": [*known, *folders]}


def _anchored(key: str, value: Any, folder: Path) -> Any:
    if key not in _OWN_PATHS:
        return value
    if isinstance(value, str):
        return str(folder / value)
    return [str(folder / entry) if isinstance(entry, str) else entry for entry in value] if isinstance(value, list) else value


def _table(file: Path) -> dict[str, Any] | None:
    import tomllib

    try:
        text = file.read_text("utf-8")
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        twice = isinstance(error, tomllib.TOMLDecodeError) and _RULES_LIST.search(text) and _RULES_TABLE.search(text)
        hint = "; `rules` cannot be a list and hold settings: name the folders of rules under rule-dirs" if twice else ""
        raise ConfigError(f"{file}: not valid TOML: {error}{hint}") from error
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from error
    table = document.get("tool", {}).get("loglint") if file.name == "pyproject.toml" else document
    if table is not None and not isinstance(table, dict):
        raise ConfigError(f"{file}: [tool.loglint] must be a table")
    return table


def _kebab(value: Any) -> Any:
    """Keys with dashes for underscores, except rule names, globs and the thresholds of rules."""
    if isinstance(value, list):
        return [_kebab(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    return {key.replace("_", "-"): _inside(key, entry) for key, entry in value.items()}


def _inside(key: str, value: Any) -> Any:
    if key == "rules":
        return value
    if key == "paths" and isinstance(value, dict):
        return {glob: _kebab(table) for glob, table in value.items()}
    return _kebab(value)


def _check_keys(table: Any, kind: type[Struct], where: str, prefix: str) -> None:
    if not isinstance(table, dict):
        return
    known = {entry.encode_name: entry.name for entry in msgspec.structs.fields(kind)}
    for key in table:
        if key not in known:
            top = kind is Config and key == "tool"
            hint = ": in this file settings stand at the top level" if top else did_you_mean(key, known)
            raise ConfigError(f"{where}: unknown key {prefix + key!r}{hint}")
    for key, inner in _TABLES.items():
        value = table.get(key) if kind is Config else None
        entries = value.items() if isinstance(value, dict) else enumerate(value or ()) if isinstance(value, list) else ()
        for name, entry in entries:
            _check_keys(entry, inner, where, f"{key}[{name}].")


_TABLES: dict[str, type[Struct]] = {"ignore": Ignore, "pattern": Pattern, "role": RoleOf, "expect": Expect, "paths": PathRules}


def changed_settings(config: Config) -> dict[str, Any]:
    """The settings that differ from the defaults, as JSON holds them, under Python's spelling; neither files nor language."""
    defaults = msgspec.to_builtins(msgspec.structs.asdict(Config()))
    values = msgspec.to_builtins(msgspec.structs.asdict(config))
    unsaid = ("extend", "baseline", "rule_dirs", "lang")
    return {name: value for name, value in values.items() if value != defaults[name] and name not in unsaid}


def with_options(loaded: Loaded, **options: Any) -> Loaded:
    """The configuration with command-line options laid over it; None means not given.

    `select` replaces the configuration's `select` and the rules it switches off; `ignore` and `extend_select` add to it.
    """
    config = loaded.config
    changes = {name: value for name, value in options.items() if value is not None and name not in ("ignore", "extend_select")}
    off = () if options.get("select") is not None else config.ignored_rules
    changes["ignore"] = (*off, *(options.get("ignore") or ()), *config.ignores)
    changes["extend_select"] = (*config.extend_select, *(options.get("extend_select") or ()))
    return replace(loaded, config=msgspec.structs.replace(config, **changes))


def json_schema() -> dict[str, Any]:
    """The JSON schema of the configuration file, shipped as `loglint/config.schema.json`, dashed keys in both spellings."""
    schema = msgspec.json.schema(Config)
    fields = schema["$defs"]["Config"]["properties"]
    folders = {"type": "array", "items": {"type": "string", "minLength": 1}, "description": "The same as rule-dirs."}
    fields["rules"] = {"anyOf": [fields["rules"], folders]}
    for definition in schema["$defs"].values():
        properties = definition["properties"]
        properties |= {key.replace("-", "_"): value for key, value in properties.items() if "-" in key}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "loglint configuration", **schema}
