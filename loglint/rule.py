"""The records of the recipe book: a rule, what it measures, its words, its examples, and the sources that it cites."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal

import msgspec

from loglint.report import Severity

Scope = Literal["curves", "layers", "log", "runs"]
Setting = float | int | str | bool | tuple[float | int | str, ...]


class Citation(msgspec.Struct, frozen=True):
    """A passage: `recipe` is a key of rules/recipes.toml, `where` the section in words a person can find."""

    recipe: str
    where: str


class RemedyText(msgspec.Struct, frozen=True):
    """One thing to do, with `{placeholders}`; `otherwise` is said when a fact it needs is unknown."""

    do: str
    cite: Citation
    otherwise: str | None = None


class SeverityWhen(msgspec.Struct, frozen=True):
    """`severity` holds when evidence `field` is `at_least` / `at_most` the number."""

    severity: Severity
    field: str
    at_least: float | None = None
    at_most: float | None = None


class Detect(msgspec.Struct, frozen=True, dict=True):
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


class Example(msgspec.Struct, frozen=True):
    """One `[[bad]]` or `[[good]]` table: what it shows and its raw content (see `loglint.notation`)."""

    bad: bool
    why: str
    content: Mapping[str, Any]
    at: float | None = None
    at_within: float = 0.0


class Translation(msgspec.Struct, frozen=True):
    """The words of a rule in another language; None or empty where the file has none."""

    summary: str | None = None
    message: str | None = None
    why: str | None = None
    wrong_when: tuple[str, ...] = ()
    remedies: tuple[tuple[str, str | None], ...] = ()  # (do, otherwise), in the order of the rule's remedies


class Rule(msgspec.Struct, frozen=True):
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
    views: tuple[str, ...] = ()  # codes of findings that show the same from another side: explained whenever they begin
    next: Mapping[str, Setting] = msgspec.field(default_factory=dict)  # what of [detect] is otherwise from `next_edition` on
    next_edition: str | None = None
    zh: Translation = msgspec.field(default_factory=lambda: Translation())
    file: str = ""


class Source(msgspec.Struct, frozen=True):
    """One entry of the bibliography; `url`, `author` and `year` only where they are really known."""

    key: str
    title: str
    sections: Mapping[str, str]  # the `where` of citations -> what the passage is about
    author: str | None = None
    url: str | None = None
    year: int | None = None
    language: str = "en"
    note: str | None = None
    zh: str | None = None  # the title in Chinese

    def named(self, lang: str) -> str:
        """The title as readers of a language know it."""
        return self.zh if lang == "zh" and self.zh else self.title

    def heading(self, where: str, lang: str) -> str:
        """What a section is called: in Chinese by its heading in a Chinese source, else by our name for it."""
        known = self.sections.get(where) if lang == self.language == "zh" else None
        return known.partition(":")[0] if known else where


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


def is_noun(spec: str) -> bool:
    """Whether the format of a placeholder is what it counts: `{count:record}`."""
    return len(spec) > 1 and spec.isalpha()
