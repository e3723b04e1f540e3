"""`Report` -> text. One module per form, each with a pure function; the tables here name them, `loglint.cli` writes the files.

Machine forms drop nothing. What comes from logs reaches no form unescaped (`loglint.reporters.plain`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import PurePath
from typing import cast

from loglint.cohorts import listed
from loglint.errors import ConfigError
from loglint.report import SEVERITIES, Finding, Number, Report, RunInfo, SeriesInfo
from loglint.reporters.words import COUNTED, Lang, say

STDOUT = ("full", "concise", "json", "jsonl", "github")
FAILURES = frozenset({"empty", "crashed"})  # kinds of problems by which a report stands for nothing, or for less than was asked
MACHINE = frozenset({"json", "jsonl", "github"})
SUFFIXES = {
    ".gitlab.json": "gitlab",
    ".json": "json",
    ".jsonl": "jsonl",
    ".sarif": "sarif",
    ".xml": "junit",
    ".md": "markdown",
    ".html": "html",
}


def form_of(path: str) -> str:
    """The form that a report file's suffix stands for. Raises ConfigError naming the known suffixes."""
    name = PurePath(path).name.lower()
    for suffix, form in SUFFIXES.items():
        if name.endswith(suffix):
            return form
    raise ConfigError(f"{path}: no report form has this suffix; known are {' '.join(SUFFIXES)}")


def render(report: Report, form: str) -> str:
    """The report in one of the forms for files, ending with a newline (empty when there is nothing to say)."""
    module = import_module(f"{__name__}.{form}")
    return cast(Callable[[Report], str], module.render)(report)


def counted(number: int, noun: str, lang: Lang = "en") -> str:
    """`1 run`, `2 runs`, `12,000 runs`; `12,000 次训练`."""
    if lang == "zh" and noun in COUNTED:
        return f"{number:,} {COUNTED[noun]}"
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def place_of(finding: Finding, lang: Lang = "en") -> str:
    """Where a finding is, in one phrase: `run @ step 12`, the attempt where there are several."""
    run = finding.run if finding.run is not None else listed(finding.runs)
    words = run or (finding.location.path if finding.location else "")
    if finding.attempt:
        words += " " + say(lang, "(attempt {number})", number=finding.attempt + 1)
    return f"{words} {at(finding, lang)}".rstrip()


def at(finding: Finding, lang: Lang = "en") -> str:
    """`@ step 12`, or nothing where the place is not known."""
    if finding.first_step is None or finding.first_step == "nan":
        return ""
    axis = "record" if finding.axis == "seq" else finding.axis
    return say(lang, f"@ {axis} {{place}}", place=figure(finding.first_step))


def figure(value: object) -> str:
    """A number with at most five significant digits and no trailing zeros; other things as they are."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, int):
        return str(value)
    return str(int(value)) if abs(value) < 1e15 and value == int(value) else f"{value:.5g}"


def role_words(curve: SeriesInfo) -> str:
    """What a curve is taken for: `val/loss`, `val/metric.accuracy, up is better`."""
    split = f"{curve.split}/" if curve.split else ""
    dataset = f" ({curve.dataset})" if curve.dataset else ""
    arrow = {"up": ", up is better", "down": ""}.get(curve.direction, "")
    return f"{split}{curve.role}{dataset}{arrow}"


def passed(finding: Finding, *, flags: bool = False) -> list[tuple[str, str, object, Number]]:
    """Each threshold that the finding passed: its key, the evidence field, what was found, the limit.

    Yes-or-no evidence says nothing in numbers and is left out, unless `flags` are asked for.
    """
    pairs = [(key, key.split("_", 1)[1], limit) for key, limit in finding.threshold.items()]
    rows = [(key, name, finding.evidence.get(name), limit) for key, name, limit in pairs]
    return [row for row in rows if flags or not (row[2] in (0, 1) and isinstance(row[3], (int, float)) and 0 <= row[3] < 1)]


def badness(finding: Finding) -> tuple[int, float]:
    """By what the findings of one rule are ranked: their severity, then how far the nearest threshold was passed."""
    from loglint.verdicts import margins

    evidence = {name: float("nan") if value is None else value for name, value in finding.evidence.items()}
    limits = {key: limit for key, limit in finding.threshold.items() if limit is not None}
    return SEVERITIES.index(finding.severity), min(margins(evidence, limits).values(), default=0.0)


def file_of(finding: Finding, runs: dict[str, RunInfo]) -> tuple[str, int | None]:
    """The file and line a finding is shown at: its own, else the first file of its run."""
    if finding.location is not None:
        return finding.location.path, finding.location.line
    run = runs.get(finding.run or (finding.runs[0] if finding.runs else ""))
    return (run.sources[0].path if run and run.sources else finding.run or "."), None


def anchored(finding: Finding, runs: dict[str, RunInfo], anchor: str | None) -> tuple[str, int]:
    """The file and line of an annotation: the repository's file that `annotate` names, else the log (line 1 if it has none)."""
    if anchor:
        return anchor, 1
    path, line = file_of(finding, runs)
    return path, line or 1


def shown(findings: Sequence[Finding], settings: dict[str, object]) -> tuple[Finding, ...]:
    """The new findings at or above `min_severity`, and always those that fail."""
    least = [SEVERITIES.index(s) for s in (settings.get("min_severity"), settings.get("fail_on")) if s in SEVERITIES]
    bound = min(least, default=0)
    return tuple(f for f in findings if f.status == "new" and SEVERITIES.index(f.severity) >= bound)
