"""A rule explained: what it means, when it is wrong, what is measured, what to do, who says so, its examples drawn.

`explain` gathers, `text` and `markdown` lay out, `pages` makes the folder docs/rules. Nothing here needs numpy: detectors are
described from their source, not imported.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from loglint.cohorts import KINDS
from loglint.notation import expand
from loglint.reporters.chinese import in_chinese
from loglint.reporters.sparkline import sparkline
from loglint.reporters.words import Lang, joined, say
from loglint.reporters.wrap import breaks
from loglint.rule import FAMILIES, Citation, Example, Rule, Setting, SeverityWhen, Source

DRAWN = 60  # columns of a drawn example
SPLITS = {"train": "training", "val": "validation", "test": "test"}


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """A citation resolved in the bibliography."""

    recipe: str
    where: str
    title: str
    section: str
    url: str | None = None


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """One remedy; `otherwise` is what is said when a fact it names is unknown."""

    do: str
    cite: Passage
    otherwise: str | None = None


class Input(msgspec.Struct, frozen=True, kw_only=True):
    """One input of the rule, in the words of rule files and in plain ones."""

    alias: str
    place: str
    optional: bool
    meaning: str


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """One example: its series drawn, and everything else it holds as it stands in the file."""

    bad: bool
    why: str
    curves: tuple[tuple[str, str, str], ...]  # (alias, notation, drawing)
    rest: dict[str, Any]
    at: float | None = None
    at_within: float = 0.0


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Everything `loglint rule` says of one rule; `--format json` prints it as it is."""

    code: str
    name: str
    family: str
    scope: str
    severity: str
    severity_when: tuple[str, ...]
    default: bool
    stage: str
    edition: str
    summary: str
    message: str
    why: str
    wrong_when: tuple[str, ...]
    inputs: tuple[Input, ...]
    detector: str
    measured: tuple[str, ...]
    thresholds: tuple[str, ...]
    settings: dict[str, Any]
    next: dict[str, Any]
    next_edition: str | None
    remedy: tuple[Action, ...]
    cite: tuple[Passage, ...]
    folds: tuple[str, ...]
    examples: tuple[Drawing, ...]
    file: str


def explain(rule: Rule, sources: Mapping[str, Source], lang: Lang = "en", ascii: bool = False) -> Explanation:
    """The explanation of a rule, in Chinese (`lang` "zh") as far as its file has it; examples drawn in ASCII on request."""
    rule = in_chinese(rule) if lang == "zh" else rule
    return Explanation(
        code=rule.code,
        name=rule.name,
        family=say(lang, FAMILIES.get(rule.code[:3], "")),
        scope=rule.scope,
        severity=rule.severity,
        severity_when=tuple(_severity_when(when, lang) for when in rule.severity_when),
        default=rule.default,
        stage=rule.stage,
        edition=rule.edition,
        summary=rule.summary,
        message=rule.message,
        why=" ".join(rule.why.split()),
        wrong_when=rule.wrong_when,
        inputs=tuple(_input(alias, place) for alias, place in rule.detect.inputs.items()),
        detector=rule.detect.detector,
        measured=_detector(rule.detect.detector)[0],
        thresholds=tuple(_threshold(key, value, lang) for key, value in rule.detect.settings.items() if _is_threshold(rule, key)),
        settings={key: _plain(value) for key, value in rule.detect.settings.items() if not _is_threshold(rule, key)},
        next={key: _plain(value) for key, value in rule.next.items()},
        next_edition=rule.next_edition,
        remedy=tuple(Action(do=r.do, cite=_passage(r.cite, sources), otherwise=r.otherwise) for r in rule.remedies),
        cite=tuple(_passage(cite, sources) for cite in rule.cite),
        folds=(*rule.folds, *rule.views),
        examples=tuple(_drawing(rule, example, ascii) for example in rule.examples),
        file=rule.file,
    )


def listing(rules: Iterable[Rule], lang: Lang = "en") -> str:
    """All rules, one a line under their family: code, name, severity, summary."""
    lines: list[str] = []
    family = ""
    for rule in rules:
        if rule.code[:3] != family:
            family = rule.code[:3]
            head = f"{family}  {say(lang, FAMILIES.get(family, ''))}"
            lines += ["", head] if lines else [head]
        severity = rule.severity if rule.default else f"{rule.severity}, off"
        lines.append(f"  {rule.code}  {rule.name:<28}  {severity:<12}  {rule.summary}")
    return "\n".join(lines) + "\n"


def text(page: Explanation, width: int = 100, lang: Lang = "en") -> str:
    """The explanation for a terminal, wrapped to `width` columns, without colours."""
    lines = [f"{page.code} {page.name}: {page.family}", *_wrap(sentence(page.summary, lang), width)]
    lines += [*_wrap(say(lang, "({standing})", standing=_standing(page, lang)), width), "", *_wrap(page.why, width)]
    lines += ["", say(lang, "When it is wrong"), *_bullets(page.wrong_when, width)]
    lines += ["", say(lang, "What is measured"), *_bullets(_measured(page, lang), width)]
    lines += ["", say(lang, "What to do, in this order")]
    for i, action in enumerate(page.remedy, 1):
        lines += _wrap(f"{i}. {action.do}", width, "  ", "     ")
        lines += _wrap(f"[{_cited(action.cite)}]", width, "     ")
    lines += ["", say(lang, "Who says so"), *_bullets(map(_cited, page.cite), width)]
    if page.folds:
        lines += ["", *_wrap(say(lang, "Explains, and takes under it: {codes}", codes=joined([*page.folds], lang)), width)]
    lines += ["", say(lang, "Examples")]
    for example in page.examples:
        lines += ["", *(f"  {line}" for line in _example(example, width - 2, lang))]
    return "\n".join(lines) + "\n"


def sentence(summary: str, lang: Lang) -> str:
    """A summary with a capital and a full stop; Chinese has no capitals."""
    return f"{summary}。" if lang == "zh" else f"{summary[0].upper()}{summary[1:]}."


def markdown(page: Explanation, lang: Lang = "en") -> str:
    """The explanation as a page of docs/rules."""
    lines = [
        f"# {page.code} {page.name}",
        "",
        f"*{page.family}; {_standing(page, lang)}*",
        "",
        sentence(page.summary, lang),
        "",
    ]
    wrong = [f"- {item}" for item in page.wrong_when]
    lines += [f"## {say(lang, 'Why it matters')}", "", page.why, "", f"## {say(lang, 'When it is wrong')}", "", *wrong, ""]
    lines += [f"## {say(lang, 'What is measured')}", "", *(f"- {item}" for item in _measured(page, lang, code=True)), ""]
    lines += [say(lang, "It says: {message}", message=f"`{page.message}`"), "", f"## {say(lang, 'What to do')}", ""]
    for i, action in enumerate(page.remedy, 1):
        lines.append(f"{i}. {action.do}  ")
        lines.append(f"   ({_cited(action.cite, link=True)})")
    lines += ["", f"## {say(lang, 'Who says so')}", "", *(f"- {_cited(cite, link=True)}" for cite in page.cite), ""]
    if page.folds:
        folds = "A finding of this rule explains, and takes under it, those of {codes}."
        lines += [say(lang, folds, codes=joined([*page.folds], lang)), ""]
    lines += [f"## {say(lang, 'Examples')}", "", "```text"]
    for i, example in enumerate(page.examples):
        lines += ["", *_example(example, 100, lang)] if i else _example(example, 100, lang)
    return "\n".join([*lines, "```"]) + "\n"


def to_json(page: Explanation) -> str:
    """The explanation as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(page, enc_hook=str), indent=2).decode() + "\n"


def pages(rules: Sequence[Rule], sources: Mapping[str, Source]) -> dict[str, str]:
    """The files of docs/rules by name: one page a rule, and README.md, the index."""
    files = {f"{rule.code}-{rule.name}.md": markdown(explain(rule, sources)) for rule in rules}
    lines = ["# The rules", "", "Generated from the files in `rules/` by `scripts/generate_docs.py`.", ""]
    family = ""
    for rule in rules:
        if rule.code[:3] != family:
            family = rule.code[:3]
            lines += [f"## {family}: {FAMILIES[family]}", "", "| rule | severity | what the log shows |", "|---|---|---|"]
        severity = rule.severity if rule.default else f"{rule.severity}, off"
        lines.append(f"| [{rule.code} {rule.name}]({rule.code}-{rule.name}.md) | {severity} | {rule.summary} |")
        if rule is rules[-1] or rules[rules.index(rule) + 1].code[:3] != family:
            lines.append("")
    return {"README.md": "\n".join(lines), **files}


@cache
def _detector(name: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """Docstrings of a detector and its evidence by paragraphs, and its settings, from its source; empty for a stranger."""
    for path in sorted((Path(__file__).parents[1] / "detectors").glob("*.py")):
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source if f"def {name}(" in source else "")
        function = next((node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name), None)
        if function is not None and function.returns is not None:
            returned = ast.unparse(function.returns)
            evidence = [node for node in tree.body if isinstance(node, ast.ClassDef) and f"Measured[{node.name}]" in returned]
            docs = (ast.get_docstring(function), *(ast.get_docstring(node) for node in evidence))
            settings = frozenset(argument.arg for argument in function.args.kwonlyargs)
            return tuple(paragraph for doc in docs for paragraph in _paragraphs(doc or "")), settings
    return (), frozenset()


def _paragraphs(doc: str) -> list[str]:
    return [" ".join(paragraph.split()) for paragraph in doc.split("\n\n") if paragraph.strip()]


def _input(alias: str, place: str) -> Input:
    split, _, role = place.rstrip("?").rpartition("/")
    if place in KINDS:
        meaning = KINDS[place]
    elif place.startswith("fact:"):
        meaning = f"{place.removeprefix('fact:').rstrip('?').replace('_', ' ')}, from the configuration beside the log"
    elif role == "objective":
        meaning = f"what {SPLITS.get(split, split)} minimises: total loss, else its parts' sum, else perplexity, error or reward"
    else:
        quantity, _, component = role.removesuffix("*").partition(".")
        split = SPLITS.get(split, "")
        meaning = " ".join(
            filter(None, (split, component, quantity.replace("_", " "), "or its parts" if role.endswith("*") else ""))
        )
    return Input(alias=alias, place=place.rstrip("?"), optional=place.endswith("?"), meaning=meaning)


def _is_threshold(rule: Rule, key: str) -> bool:
    """A min_x or max_x that the detector does not take as a setting is compared with its evidence."""
    number = isinstance(rule.detect.settings[key], int | float)
    return number and key.startswith(("min_", "max_")) and key not in _detector(rule.detect.detector)[1]


def _threshold(key: str, value: Setting, lang: Lang) -> str:
    side, field = key.split("_", 1)
    return say(lang, f"{{field}} is at {'least' if side == 'min' else 'most'} {{bound}}", field=field, bound=value)


def _severity_when(when: SeverityWhen, lang: Lang) -> str:
    side, bound = ("least", when.at_least) if when.at_least is not None else ("most", when.at_most)
    words = f"{{severity}} when {{field}} is at {side} {{bound}}"
    return say(lang, words, severity=say(lang, when.severity), field=when.field, bound=f"{bound:g}")


def _plain(value: Setting) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _passage(cite: Citation, sources: Mapping[str, Source]) -> Passage:
    source = sources.get(cite.recipe)
    if source is None:
        return Passage(recipe=cite.recipe, where=cite.where, title=cite.recipe, section="")
    return Passage(
        recipe=cite.recipe, where=cite.where, title=source.title, section=source.sections.get(cite.where, ""), url=source.url
    )


def _cited(passage: Passage, link: bool = False) -> str:
    heading = passage.section.partition(":")[0]
    title = f"[{passage.title}]({passage.url})" if link and passage.url else passage.title
    where = passage.where if heading.lower() in passage.where.lower() else f"{passage.where} ({heading})"
    return f"{title}, {where}"


def _standing(page: Explanation, lang: Lang) -> str:
    state = [say(lang, page.severity), *page.severity_when]
    if not page.default:
        state.append(say(lang, "off unless selected"))
    if page.stage != "stable":
        state.append(say(lang, page.stage))
    return joined([*state, say(lang, "since edition {edition}", edition=page.edition)], lang)


def _measured(page: Explanation, lang: Lang, code: bool = False) -> list[str]:
    """What goes in, what the detector does with it, and what must hold for the rule to fire."""
    tick = "`" if code else ""
    lines = [
        f"{tick}{one.alias}{tick}: {one.meaning} ({one.place}{', if there is one' if one.optional else ''})" for one in page.inputs
    ]
    lines += page.measured
    lines += [f"{tick}{key} = {_toml(value)}{tick}" for key, value in page.settings.items()]
    if page.thresholds:
        conditions = ("，且 " if lang == "zh" else ", and ").join(page.thresholds)
        lines.append(say(lang, "It fires when {conditions}", conditions=conditions))
    if page.next:
        settings = joined([f"{key} = {_toml(value)}" for key, value in page.next.items()], lang)
        lines.append(say(lang, "From edition {edition}: {settings}", edition=page.next_edition, settings=settings))
    return lines


def _toml(value: Any) -> str:
    return msgspec.json.encode(value, enc_hook=str).decode()


def _drawing(rule: Rule, example: Example, ascii: bool) -> Drawing:
    """The series of an example drawn; runs of `[[bad.run]]` under "run 1: alias"."""
    curves: list[tuple[str, str, str]] = []
    rest: dict[str, Any] = {}
    runs = example.content.get("run")
    tables = [("", example.content)] if not isinstance(runs, list) else [(f"run {i}: ", run) for i, run in enumerate(runs, 1)]
    for label, table in tables:
        for key, value in table.items():
            is_series = "/" in key or not rule.detect.inputs.get(key, "fact:").startswith("fact:")
            if not is_series:
                rest[f"{label}{key}"] = value
                continue
            values = value.get("values") if isinstance(value, dict) else value
            axis = _axis(table, value)
            points = expand(values, key) if isinstance(values, str) else list(values or ())
            drawn = sparkline(points, DRAWN, _mark(example, axis, len(points)), ascii)
            curves.append((f"{label}{key}", values if isinstance(values, str) else f"{len(points)} numbers", drawn))
    return Drawing(bad=example.bad, why=example.why, curves=tuple(curves), rest=rest, at=example.at, at_within=example.at_within)


def _axis(table: Mapping[str, Any], value: Any) -> Sequence[float | None] | None:
    """The positions that an example gives its points; None when they are simply counted from 0."""
    for axis in ("step", "epoch", "time"):
        places = (value.get(axis) if isinstance(value, dict) else None) or table.get(axis)
        if places is not None:
            return expand(places) if isinstance(places, str) else [*places]
    return expand("1+1x9999") if table.get("axis") == "epoch" else None


def _mark(example: Example, axis: Sequence[float | None] | None, n: int) -> tuple[int, int] | None:
    """The indices of the points within `at_within` of `at`; None when there are none."""
    if example.at is None:
        return None
    places = range(n) if axis is None else axis[:n]
    near = [i for i, place in enumerate(places) if place is not None and abs(place - example.at) <= example.at_within]
    return (near[0], near[-1]) if near else None


def _example(example: Drawing, width: int, lang: Lang) -> list[str]:
    where = "" if example.at is None else f" (at {example.at:g}" + (f" ± {example.at_within:g})" if example.at_within else ")")
    lines = _wrap(f"{say(lang, 'fires' if example.bad else 'silent')}: {example.why}{where}", width)
    pad = max((len(alias) for alias, _, _ in example.curves), default=0)
    for alias, notation, drawn in example.curves:
        first, *more = drawn.split("\n")
        lines.append(f"{alias:<{pad}}  {first}")
        lines += [f"{'':<{pad}}  {line}" for line in more]
        lines += _wrap(notation, width, " " * (pad + 2))
    for key, value in example.rest.items():
        if isinstance(value, str) and "\n" in value:
            lines += [f"{key} =", *(f"    {line}" for line in value.strip("\n").splitlines())]
        else:
            lines += _wrap(f"{key} = {_toml(value)}", width, "", "    ")
    return lines


def _wrap(words: str, width: int, first: str = "", rest: str | None = None) -> list[str]:
    """Lines of at most `width` columns, the first and the later ones indented."""
    indent = first if rest is None else rest
    cuts = [0, *breaks(words, width - max(len(first), len(indent))), len(words)]
    lines = [words[start:end].rstrip() for start, end in pairwise(cuts)]
    return [f"{indent if i else first}{line}" for i, line in enumerate(lines)]


def _bullets(items: Iterable[str], width: int) -> list[str]:
    return [line for item in items for line in _wrap(item, width, "  - ", "    ")]
