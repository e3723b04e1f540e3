"""The recipe book: folders of rule files -> rules and sources, and which of them a user's words mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from loglint.cache import made
from loglint.errors import ConfigError, RuleError, did_you_mean
from loglint.packs import packs
from loglint.rule import Rule, Source
from loglint.rulefile import parse_recipes, parse_rule

NOT_RULES = frozenset({"recipes.toml", "roles.toml", "confidence.toml"})


def find_rules() -> Path:
    """The folder of the shipped rules: `loglint/rules` in an installed package, else the checkout's `rules/`."""
    packaged = Path(__file__).parent / "rules"
    return packaged if packaged.is_dir() else Path(__file__).parents[1] / "rules"


def load_rules(extra_dirs: Iterable[str | Path] = ()) -> tuple[Rule, ...]:
    """The shipped rules, those of installed packs and of further folders, sorted by code.

    Raises RuleError, naming file and key, for a malformed file or a code or name that is used twice.
    """
    return read_rules((*_own(), *extra_dirs))


def read_rules(folders: Iterable[str | Path]) -> tuple[Rule, ...]:
    """The rules of these folders only, sorted by code; each folder is read once. Raises RuleError as `load_rules`."""
    return _read_folders(tuple(dict.fromkeys(Path(folder).resolve() for folder in folders)))


def recipes(extra_dirs: Iterable[str | Path] = ()) -> Mapping[str, Source]:
    """The bibliography by key: the shipped recipes.toml, then those of packs and folders that have one.

    Raises RuleError for a malformed file or a key that is used twice.
    """
    return _read_recipes(tuple(dict.fromkeys((*_own(), *(Path(folder).resolve() for folder in extra_dirs)))))


@cache
def _own() -> tuple[Path, ...]:
    """The folders of the shipped rules and of installed packs."""
    return tuple(folder.resolve() for folder in (find_rules(), *packs()))


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


@cache
def _read_folders(folders: tuple[Path, ...]) -> tuple[Rule, ...]:
    texts: list[tuple[Path, str]] = []
    for folder in folders:
        if not folder.is_dir():
            raise RuleError(f"{folder}: no such folder of rules")
        texts += [(path, _text(path)) for path in sorted(folder.glob("*.toml")) if path.name not in NOT_RULES]
    return made(tuple[Rule, ...], _bytes(texts), lambda: _parsed(texts))


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
    texts = [(path, _text(path)) for path in (folder / "recipes.toml" for folder in folders) if path.is_file()]
    return made(dict[str, Source], _bytes(texts), lambda: _sources(texts))


def _sources(texts: Iterable[tuple[Path, str]]) -> dict[str, Source]:
    sources: dict[str, Source] = {}
    for path, text in texts:
        for source in parse_recipes(text, str(path)):
            if source.key in sources:
                raise RuleError(f'{path}: the source "{source.key}" is already in another recipes.toml')
            sources[source.key] = source
    return sources


def _bytes(texts: Iterable[tuple[Path, str]]) -> list[bytes]:
    return [f"{path}\0{text}".encode("utf-8", "surrogatepass") for path, text in texts]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError(f"{path}: cannot be read as UTF-8 text: {error}") from error
