"""The text of one file of the recipe book -> records.

What a file says is checked here as far as its form goes (keys, types, names); what it *means*, against the detectors,
the bibliography and its own examples, is checked by `loglint.rulecheck`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, get_args

import msgspec

from loglint.errors import RuleError, did_you_mean
from loglint.report import SEVERITIES, Severity
from loglint.rule import Citation, Detect, Example, RemedyText, Rule, Scope, Setting, SeverityWhen, Source, Translation

CODE = re.compile(r"[A-Z]{3}[0-9]{3}")
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class _Cite(msgspec.Struct, forbid_unknown_fields=True):
    recipe: str
    where: str


class _Remedy(msgspec.Struct, forbid_unknown_fields=True):
    do: str
    cite: _Cite
    otherwise: str | None = None


class _SeverityWhen(msgspec.Struct, forbid_unknown_fields=True):
    severity: Severity
    at_least: dict[str, float] = {}
    at_most: dict[str, float] = {}


class _ChineseRemedy(msgspec.Struct, forbid_unknown_fields=True):
    do: str
    otherwise: str | None = None


class _Chinese(msgspec.Struct, forbid_unknown_fields=True):
    summary: str | None = None
    message: str | None = None
    why: str | None = None
    wrong_when: list[str] = []
    remedy: list[str | _ChineseRemedy] = []


class _RuleFile(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    code: str
    name: str
    scope: Scope
    severity: Severity
    edition: str
    summary: str
    message: str
    why: str
    wrong_when: list[str]
    detect: dict[str, Any]
    default: bool = True
    stage: Literal["stable", "preview"] = "stable"
    folds: list[str] = []
    views: list[str] = []
    cite: list[_Cite] = []
    severity_when: list[_SeverityWhen] = []
    remedy: list[_Remedy] = []
    next: dict[str, Any] = {}
    zh: _Chinese | None = None
    bad: list[dict[str, Any]] = []
    good: list[dict[str, Any]] = []


class _Recipe(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    title: str
    sections: dict[str, str]
    author: str | None = None
    url: str | None = None
    year: int | None = None
    language: str = "en"
    note: str | None = None
    zh: str | None = None


_TABLES: Mapping[str, type[msgspec.Struct]] = {
    "$": _RuleFile,
    "$.cite": _Cite,
    "$.remedy": _Remedy,
    "$.remedy.cite": _Cite,
    "$.severity_when": _SeverityWhen,
    "$.zh": _Chinese,
    "$.zh.remedy": _ChineseRemedy,
    "$[...]": _Recipe,
}
_WORDS: Mapping[str, tuple[str, ...]] = {"severity": SEVERITIES, "scope": get_args(Scope), "stage": ("stable", "preview")}
T = TypeVar("T")


def parse_rule(text: str, file: str) -> Rule:
    """One rule file's text -> Rule. Raises RuleError naming `file` and the key at fault."""
    table = _convert(_toml(text, file), _RuleFile, file)
    if not CODE.fullmatch(table.code):
        raise RuleError(f'{file}: code: "{table.code}" is not three capital letters and three digits')
    if not NAME.fullmatch(table.name):
        raise RuleError(f'{file}: name: "{table.name}" is not lower-case words joined by hyphens')
    later = dict(table.next)
    next_edition = later.pop("edition", None)
    if table.next and not isinstance(next_edition, str):
        raise RuleError(f'{file}: next.edition: the edition from which on it holds is missing (edition = "2027.1")')
    return Rule(
        code=table.code,
        name=table.name,
        scope=table.scope,
        severity=table.severity,
        default=table.default,
        stage=table.stage,
        edition=table.edition,
        summary=table.summary,
        message=table.message,
        why=table.why.strip(),
        wrong_when=tuple(table.wrong_when),
        folds=tuple(table.folds),
        views=tuple(table.views),
        severity_when=tuple(_severity_when(when, file) for when in table.severity_when),
        remedies=tuple(RemedyText(remedy.do, _citation(remedy.cite), remedy.otherwise) for remedy in table.remedy),
        detect=_detect(table.detect, file),
        examples=(
            *(_example(True, example, f"bad[{i}]", file) for i, example in enumerate(table.bad)),
            *(_example(False, example, f"good[{i}]", file) for i, example in enumerate(table.good)),
        ),
        cite=tuple(map(_citation, table.cite)),
        next={key: _setting(value, f"next.{key}", file) for key, value in later.items()},
        next_edition=next_edition,
        zh=Translation() if table.zh is None else _translation(table.zh),
        file=file,
    )


def parse_recipes(text: str, file: str) -> tuple[Source, ...]:
    """The text of a bibliography -> its entries. Raises RuleError naming `file` and the key at fault."""
    entries = _convert(_toml(text, file), dict[str, _Recipe], file)
    return tuple(Source(key=key, **msgspec.structs.asdict(entry)) for key, entry in entries.items())


def _toml(text: str, file: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleError(f"{file}: not valid TOML: {error}") from error


def _convert(table: dict[str, Any], kind: type[T], file: str) -> T:
    """The table as a typed record. Raises RuleError naming file and key, with near misses of unknown keys."""
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at ")
        place = place.strip("`") or "$"
        known = _TABLES.get(re.sub(r"\[\d+\]", "", place))
        unknown = re.fullmatch(r"Object contains unknown field `(.*)`", what)
        shown = place.removeprefix("$").lstrip(".")
        if unknown:
            hint = did_you_mean(unknown[1], known.__struct_fields__) if known else ""
            raise RuleError(f'{file}: {shown + ": " if shown else ""}unknown key "{unknown[1]}"{hint}') from error
        choice = _WORDS.get(shown.rpartition(".")[2]) if what.startswith("Invalid enum") else None
        hint = f": one of {', '.join(choice)} is expected" if choice else ""
        raise RuleError(f"{file}: {shown + ': ' if shown else ''}{what[0].lower()}{what[1:]}{hint}") from error


def _translation(table: _Chinese) -> Translation:
    return Translation(
        summary=table.summary,
        message=table.message,
        why="".join(line.strip() for line in table.why.splitlines()) if table.why else None,  # no blanks between lines
        wrong_when=tuple(table.wrong_when),
        remedies=tuple((text, None) if isinstance(text, str) else (text.do, text.otherwise) for text in table.remedy),
    )


def _citation(cite: _Cite) -> Citation:
    return Citation(cite.recipe, cite.where)


def _severity_when(when: _SeverityWhen, file: str) -> SeverityWhen:
    if len(when.at_least) + len(when.at_most) != 1:
        raise RuleError(f"{file}: severity_when: exactly one evidence field against one number, as at_least = {{ field = 1 }}")
    ((name, bound),) = (*when.at_least.items(), *when.at_most.items())
    return SeverityWhen(when.severity, name, bound if when.at_least else None, bound if when.at_most else None)


def _detect(table: Mapping[str, Any], file: str) -> Detect:
    rest = dict(table)
    detector, inputs, each = rest.pop("with", None), rest.pop("inputs", {}), rest.pop("each", None)
    if not isinstance(detector, str):
        raise RuleError(f'{file}: detect.with: the name of a detector is missing (with = "...")')
    if not isinstance(inputs, dict) or not all(isinstance(place, str) and place for place in inputs.values()):
        raise RuleError(f'{file}: detect.inputs: a table of alias = "split/role" is expected')
    if each is not None and each not in inputs:
        raise RuleError(f'{file}: detect.each: "{each}" is not one of the inputs{did_you_mean(str(each), inputs)}')
    settings = {key: _setting(value, f"detect.{key}", file) for key, value in rest.items()}
    return Detect(detector, inputs, each, settings)


def _setting(value: Any, key: str, file: str) -> Setting:
    if isinstance(value, list) and value and all(isinstance(item, (int, float, str)) for item in value):
        return tuple(value)
    if isinstance(value, (int, float, str)):
        return value
    raise RuleError(f"{file}: {key}: a number, a word, true, false, or a list of numbers or words is expected")


def _example(bad: bool, table: Mapping[str, Any], key: str, file: str) -> Example:
    content = dict(table)
    why, at, within = content.pop("why", None), content.pop("at", None), content.pop("at_within", 0.0)
    if not isinstance(why, str) or not why:
        raise RuleError(f"{file}: {key}.why: what the example shows is missing")
    for name, value in (("at", at), ("at_within", within)):
        if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
            raise RuleError(f"{file}: {key}.{name}: a number is expected")
    if not content:
        raise RuleError(f"{file}: {key}: the example holds no series, text, config or run")
    return Example(bad, why, content, None if at is None else float(at), float(within))
