"""rules/*.toml -> `Rule`. The only place that reads rule files and the bibliography; knows no curve and no numpy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from loglint.report import Severity

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


@dataclass(frozen=True, slots=True)
class Detect:
    """Which detector measures, on which inputs, with which numbers.

    `inputs` maps an alias to "split/role" (a trailing ? marks an optional one) or to "fact:NAME", a fact of the run.
    """

    detector: str
    inputs: Mapping[str, str]
    each: str | None
    settings: Mapping[str, Setting]  # parameters of the detector and min_x / max_x thresholds


@dataclass(frozen=True, slots=True)
class Example:
    """One `[[bad]]` or `[[good]]` table: what it shows and its raw content (see `loglint.notation`)."""

    bad: bool
    why: str
    content: Mapping[str, Any]
    at: float | None = None
    at_within: float = 0.0


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
    next: Mapping[str, Setting] = field(default_factory=dict)  # thresholds of the coming edition
    zh: Mapping[str, Any] = field(default_factory=dict)
    file: str = ""
