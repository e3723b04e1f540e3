"""rules/*.toml -> `Rule`. The only place that reads rule files and the bibliography; knows no curve and no numpy.

What a rule file says is checked here as far as its form goes (keys, types, names); what it *means*, against the
detectors, the bibliography and its own examples, is checked by `loglint.rulecheck`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

import msgspec

from loglint.cache import digest, opened
from loglint.errors import ConfigError, RuleError
from loglint.packs import packs
from loglint.report import SEVERITIES, Severity

Scope = Literal["curves", "layers", "log", "runs"]
Setting = float | int | str | bool | tuple[float | int | str, ...]


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage: `recipe` is a key of rules/recipes.toml, `where` the section in words a person can find."""

    recipe: str
    where: str


@dataclass(frozen=True, slots=True)
class RemedyText:
    """One thing to do, with `{placeholders}`; `otherwise` is said when a fact it needs is unknown."""

    do: str
    cite: Citation
    otherwise: str | None = None


@dataclass(frozen=True, slots=True)
class SeverityWhen:
    """`severity` holds when evidence `field` is `at_least` / `at_most` the number."""

    severity: Severity
    field: str
    at_least: float | None = None
    at_most: float | None = None


@dataclass(frozen=True)
class Detect:
    """Which detector measures, on which inputs, with which numbers.

    `inputs` maps an alias to "split/role" (a trailing ? marks an optional one) or to "fact:NAME", a fact of the run.
    """

    detector: str
    inputs: Mapping[str, str]
    each: str | None
    settings: Mapping[str, Setting]  # parameters of the detector and min_x / max_x thresholds

    @cached_property
    def judged(self) -> str:
        """The alias of the input that the rule is judged for."""
        return self.each or next(iter(self.inputs))

    @cached_property
    def wanted(self) -> tuple[tuple[str, str, bool], ...]:
        """Each input's alias, its pattern without the mark, and whether the rule can do without it."""
        return tuple((alias, pattern.rstrip("?"), pattern.endswith("?")) for alias, pattern in self.inputs.items())


@dataclass(frozen=True, slots=True)
class Example:
    """One `[[bad]]` or `[[good]]` table: what it shows and its raw content (see `loglint.notation`)."""

    bad: bool
    why: str
    content: Mapping[str, Any]
    at: float | None = None
    at_within: float = 0.0


@dataclass(frozen=True, slots=True)
class Translation:
    """The words of a rule in another language; None or empty where the file has none."""

    summary: str | None = None
    message: str | None = None
    why: str | None = None
    wrong_when: tuple[str, ...] = ()
    remedies: tuple[tuple[str, str | None], ...] = ()  # (do, otherwise), in the order of the rule's remedies


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule file."""

    code: str
    name: str
    scope: Scope
    severity: Severity
    default: bool  # False: judged only when selected ("off" in the catalogue)
    stage: Literal["stable", "preview"]
    edition: str
    summary: str
    message: str
    why: str
    wrong_when: tuple[str, ...]
    folds: tuple[str, ...]  # codes of the findings that this one explains
    severity_when: tuple[SeverityWhen, ...]
    remedies: tuple[RemedyText, ...]
    detect: Detect
    examples: tuple[Example, ...]
    cite: tuple[Citation, ...]  # where the symptom itself is described
    next: Mapping[str, Setting] = field(default_factory=dict)  # what of [detect] is otherwise from `next_edition` on
    next_edition: str | None = None
    zh: Translation = field(default_factory=lambda: Translation())
    file: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of the bibliography; `url`, `author` and `year` only where they are really known."""

    key: str
    title: str
    sections: Mapping[str, str]  # the `where` of citations -> what the passage is about
    author: str | None = None
    url: str | None = None
    year: int | None = None
    language: str = "en"
    note: str | None = None


FAMILIES: Mapping[str, str] = {
    "INI": "the start",
    "NUM": "non-finite and degenerate numbers",
    "STA": "stability",
    "OPT": "optimisation",
    "GEN": "generalisation",
    "DAT": "data order and batches",
    "NET": "layers",
    "RUN": "the run as a job",
    "LOG": "the log itself",
    "CMP": "across runs",
    "EXP": "the user's own expectations",
}
NOT_RULES = frozenset({"recipes.toml", "roles.toml", "confidence.toml"})
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


def find_rules() -> Path:
    """The folder of the shipped rules: `loglint/rules` in an installed package, else the checkout's `rules/`."""
    packaged = Path(__file__).parent / "rules"
    return packaged if packaged.is_dir() else Path(__file__).parents[1] / "rules"


def load_rules(extra_dirs: Iterable[str | Path] = ()) -> tuple[Rule, ...]:
    """The shipped rules, those of installed packs and of further folders, sorted by code.

    Raises RuleError, naming file and key, for a malformed file or a code or name that is used twice.
    """
    return read_rules((find_rules(), *packs(), *extra_dirs))


def read_rules(folders: Iterable[str | Path]) -> tuple[Rule, ...]:
    """The rules of these folders only, sorted by code; each folder is read once. Raises RuleError as `load_rules`."""
    return _read_folders(tuple(dict.fromkeys(Path(folder).resolve() for folder in folders)))


def recipes(extra_dirs: Iterable[str | Path] = ()) -> Mapping[str, Source]:
    """The bibliography by key: the shipped recipes.toml, then those of packs and folders that have one.

    Raises RuleError for a malformed file or a key that is used twice.
    """
    return _read_recipes(tuple(dict.fromkeys(Path(folder).resolve() for folder in (find_rules(), *packs(), *extra_dirs))))


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


def resolve(words: Iterable[str], rules: Sequence[Rule]) -> frozenset[str]:
    """The codes of the rules that codes, names, prefixes of codes, or ALL stand for.

    Raises ConfigError with the nearest known words for one that stands for none.
    """
    codes: set[str] = set()
    for word in words:
        upper = word.upper()
        hits = {r.code for r in rules if upper == "ALL" or r.name == word.lower() or r.code.startswith(upper)} if word else set()
        if not hits:
            families = sorted({rule.code[:3] for rule in rules})
            known = [*(w for rule in rules for w in (rule.code, rule.name)), *families, "ALL"]
            raise ConfigError(f'no rule is called "{word}"{did_you_mean(word, known)}; `loglint rule` lists them all')
        codes |= hits
    return frozenset(codes)


def find_rule(word: str, rules: Sequence[Rule]) -> Rule:
    """The one rule with this code or name. Raises ConfigError with the nearest known words."""
    for rule in rules:
        if word.upper() == rule.code or word.lower() == rule.name:
            return rule
    known = [w for rule in rules for w in (rule.code, rule.name)]
    raise ConfigError(f'no rule is called "{word}"{did_you_mean(word, known)}; `loglint rule` lists them all')


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`, did you mean "..."?` for the known words nearest to `word`, or nothing."""
    lower = {w.lower(): w for w in known}
    import difflib

    near = difflib.get_close_matches(word.lower(), lower, n=3, cutoff=0.6)
    return ", did you mean " + " or ".join(f'"{lower[w]}"' for w in near) + "?" if near else ""


@cache
def _read_folders(folders: tuple[Path, ...]) -> tuple[Rule, ...]:
    texts: list[tuple[Path, str]] = []
    for folder in folders:
        if not folder.is_dir():
            raise RuleError(f"{folder}: no such folder of rules")
        texts += [(path, _text(path)) for path in sorted(folder.glob("*.toml")) if path.name not in NOT_RULES]
    with opened() as kept:
        key = digest(b"rules", *(f"{path}\0{text}".encode("utf-8", "surrogatepass") for path, text in texts))
        if (known := kept.get(key)) is not None:
            with suppress(msgspec.DecodeError):
                return msgspec.msgpack.decode(known, type=tuple[Rule, ...])
        rules = _parsed(texts)
        with suppress(TypeError, ValueError):
            kept.put({key: msgspec.msgpack.encode(rules)})
    return rules


def _parsed(texts: Iterable[tuple[Path, str]]) -> tuple[Rule, ...]:
    rules: dict[str, Rule] = {}
    for path, text in texts:
        rule = parse_rule(text, path.name)
        if path.name != f"{rule.code}-{rule.name}.toml":
            raise RuleError(f"{path}: a rule's file is named by code and name: {rule.code}-{rule.name}.toml")
        for key in (rule.code, rule.name):
            if key in rules:
                raise RuleError(f'{path}: "{key}" is already taken by {rules[key].file}')
            rules[key] = rule
    return tuple(sorted({rule.code: rule for rule in rules.values()}.values(), key=lambda rule: rule.code))


@cache
def _read_recipes(folders: tuple[Path, ...]) -> Mapping[str, Source]:
    sources: dict[str, Source] = {}
    for path in (folder / "recipes.toml" for folder in folders):
        if path.is_file():
            for key, entry in _convert(_toml(_text(path), str(path)), dict[str, _Recipe], str(path)).items():
                if key in sources:
                    raise RuleError(f'{path}: the source "{key}" is already in another recipes.toml')
                sources[key] = Source(key=key, **msgspec.structs.asdict(entry))
    return sources


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError(f"{path}: cannot be read as UTF-8 text: {error}") from error


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
