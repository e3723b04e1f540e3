"""Rules about rules: what a rule file says against the detectors, the bibliography, and the other rules.

Forms (keys, types) are checked where files are read, in `loglint.rulefile`. Here stand the laws that need more than one file
or the detectors. Whether a rule's examples come out as they claim is found by `loglint.ruletest`.
"""

from __future__ import annotations

import inspect
import math
import re
import string
import typing
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

from loglint.advice import FACTS
from loglint.cohorts import KINDS as COHORTS
from loglint.detectors import Detector, Measured, detectors, fields_of
from loglint.errors import RuleError, did_you_mean
from loglint.examples import example_runs
from loglint.model import EventKind, ProblemKind
from loglint.rule import FAMILIES, Rule, Setting, Source, is_noun

POSITION = frozenset({"axis", "at"})  # known of every finding on a curve
REPORTED = frozenset({"path", "line", "what"})  # known of every finding that repeats what a reader said
TOGETHER = frozenset({"runs"})  # known of every finding across runs
LOG_SETTINGS = frozenset({"kinds"})
EDITION = re.compile(r"\d{4}\.\d+")
KINDS = frozenset((*get_args(ProblemKind), *get_args(EventKind)))


def check_detect(rule: Rule) -> list[str]:
    """What is wrong with a rule's `[detect]` and `[next]` against its detector's signature and evidence (DESIGN 5, law 2)."""
    if rule.scope == "log":
        return _check_kinds(rule)
    known = detectors()
    detect = rule.detect
    if detect.detector not in known:
        return [f'{rule.file}: detect.with: no detector is called "{detect.detector}"{did_you_mean(detect.detector, known)}']
    detector = known[detect.detector]
    wrong = [f"{rule.file}: {message}" for message in (*_check_inputs(rule, detector), *_check_settings(rule, detector))]
    evidence = evidence_fields(detector)
    return wrong + [
        f'{rule.file}: severity_when: "{when.field}" is no evidence{did_you_mean(when.field, evidence)}'
        for when in rule.severity_when
        if when.field not in evidence
    ]


def check_rule(rule: Rule, sources: Mapping[str, Source]) -> list[str]:
    """Everything that is wrong with one rule: `check_detect`, and laws 3 and 4 of DESIGN 5."""
    wrong = check_detect(rule)
    if rule.code[:3] not in FAMILIES:
        wrong.append(f"{rule.file}: code: {rule.code[:3]} is no family; the families are {', '.join(FAMILIES)}")
    if not rule.wrong_when:
        wrong.append(f"{rule.file}: wrong_when: every rule is wrong somewhere; say where")
    for bad in (True, False):
        if not any(example.bad is bad for example in rule.examples):
            wrong.append(f"{rule.file}: no [[{'bad' if bad else 'good'}]] example")
    if not rule.remedies:
        wrong.append(f"{rule.file}: no [[remedy]]: a finding must say what to do")
    wrong += _check_citations(rule, sources)
    if not any(message.startswith(f"{rule.file}: detect.with") for message in wrong):
        wrong += _check_words(rule)
    for example in rule.examples:
        try:
            example_runs(rule, example)
        except RuleError as error:
            wrong.append(str(error))
    return wrong


def check_book(rules: Sequence[Rule], sources: Mapping[str, Source]) -> list[str]:
    """Everything that is wrong with a set of rules; empty for one that may be used."""
    wrong = [message for rule in rules for message in check_rule(rule, sources)]
    wrong += [
        f'{rule.file}: {key}: "{code}" is neither a code nor a family'
        for rule in rules
        for key, codes in (("folds", rule.folds), ("views", rule.views))
        for code in codes
        if not re.fullmatch(r"[A-Z]{3}([0-9]{3})?", code) or code[:3] not in FAMILIES
    ]
    circle = fold_cycle(rules)
    if circle:
        wrong.append(f"folds: {' folds '.join(circle)}: causes may not go in a circle")
    return wrong


def fold_cycle(rules: Sequence[Rule]) -> tuple[str, ...]:
    """Codes of rules that fold one another in a circle, the first one repeated at the end; empty when there is none."""
    codes = [rule.code for rule in rules]
    graph = {rule.code: [code for code in codes if code.startswith((*rule.folds, *rule.views))] for rule in rules}
    done: set[str] = set()

    def visit(code: str, path: tuple[str, ...]) -> tuple[str, ...]:
        if code in path:
            return (*path[path.index(code) :], code)
        if code in done:
            return ()
        found = next((circle for effect in graph[code] if (circle := visit(effect, (*path, code)))), ())
        done.add(code)
        return found

    return next((circle for code in codes if (circle := visit(code, ()))), ())


def evidence_fields(detector: Detector) -> tuple[str, ...]:
    """The names of the numbers that a detector returns, from its return annotation `Measured[E]`."""
    annotation = typing.get_type_hints(detector)["return"]
    for part in get_args(annotation) if get_origin(annotation) in (UnionType, typing.Union) else (annotation,):
        part = get_args(part)[0] if get_origin(part) is tuple else part
        if get_origin(part) is Measured:
            (evidence,) = get_args(part)
            with suppress(TypeError):
                return tuple(fields_of(evidence))
    raise RuleError(f"detector {getattr(detector, '__name__', detector)}: its return annotation names no evidence record")


def placeholders(text: str) -> tuple[tuple[str, str], ...]:
    """The (name, format) of each placeholder of a message. Raises ValueError for unbalanced braces."""
    return tuple((name, spec or "") for _, name, spec, _ in string.Formatter().parse(text) if name is not None)


def _check_kinds(rule: Rule) -> list[str]:
    """A log rule matches kinds of problems and events that readers report."""
    detect = rule.detect
    kinds = detect.settings.get("kinds")
    wrong = [
        f'{rule.file}: detect: unknown key "{key}"{did_you_mean(key, LOG_SETTINGS)}'
        for key in detect.settings
        if key not in LOG_SETTINGS
    ]
    if not isinstance(kinds, tuple):
        return [*wrong, f"{rule.file}: detect.kinds: a list of problem or event kinds is missing"]
    unknown = [str(kind) for kind in kinds if kind not in KINDS]
    return wrong + [f'{rule.file}: detect.kinds: no reader reports "{kind}"{did_you_mean(kind, KINDS)}' for kind in unknown]


def _check_inputs(rule: Rule, detector: Detector) -> Iterable[str]:
    """Every input alias is a positional parameter, every parameter is given, and only those that may be None are optional."""
    hints = typing.get_type_hints(detector)
    positional = [p.name for p in inspect.signature(detector).parameters.values() if p.kind is not p.KEYWORD_ONLY]
    inputs = rule.detect.inputs
    if rule.scope == "runs" and not (len(inputs) == 1 and set(inputs.values()) <= set(COHORTS)):
        yield f"detect.inputs: a rule across runs has one input, a kind of cohort: {', '.join(COHORTS)}"
    for alias, place in inputs.items():
        if alias not in positional:
            yield f'detect.inputs: {rule.detect.detector} has no input "{alias}"{did_you_mean(alias, positional)}'
        elif place.endswith("?") and not _may_be_none(hints[alias]):
            yield f'detect.inputs.{alias}: {rule.detect.detector} needs it: it cannot be optional ("{place}")'
    for name in positional:
        if name not in inputs and not _may_be_none(hints[name]):
            yield f'detect.inputs: "{name}", which {rule.detect.detector} needs, is missing'
    each = rule.detect.each or next(iter(inputs), None)
    if positional and each != positional[0]:
        yield f'detect.each: {rule.detect.detector} speaks of places on "{positional[0]}", so that is the input it is judged for'


def _may_be_none(hint: Any) -> bool:
    return hint is NoneType or (get_origin(hint) in (UnionType, typing.Union) and NoneType in get_args(hint))


def _check_settings(rule: Rule, detector: Detector) -> Iterable[str]:
    """Keyword-only parameters are all given, in their types; every other key is min_ or max_ of an evidence field."""
    hints = typing.get_type_hints(detector)
    required = [p.name for p in inspect.signature(detector).parameters.values() if p.kind is p.KEYWORD_ONLY]
    evidence = evidence_fields(detector)
    settings = rule.detect.settings
    bounds = [f"{side}_{field}" for field in evidence for side in ("min", "max")]
    for name in required:
        if name not in settings:
            yield f"detect.{name}: {rule.detect.detector} needs this setting, and rules have no defaults"
    for key, value in settings.items():
        if key in required:
            if not _fits(value, hints[key]):
                yield f"detect.{key}: {value!r} is not {_type_name(hints[key])}"
        elif key not in bounds:
            yield (
                f'detect: unknown key "{key}": neither a setting of {rule.detect.detector} nor min_ or max_ of its evidence'
                f"{did_you_mean(key, [*required, *bounds])}"
            )
        elif isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
            yield f"detect.{key}: a threshold is a number, not {value!r}"
    for key in rule.next:
        if key not in settings:
            yield f'next: "{key}" is not in [detect]{did_you_mean(key, settings)}'
    for edition in (rule.edition, *([rule.next_edition] if rule.next_edition else ())):
        if not EDITION.fullmatch(edition):
            yield f'edition: "{edition}" is not a year and a number, such as "2026.1"'
    if rule.next_edition and _order(rule.next_edition) <= _order(rule.edition):
        yield f'next.edition: "{rule.next_edition}" is not after the edition of the rule, "{rule.edition}"'


def _order(edition: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", edition))


def _fits(value: Setting | str, hint: Any) -> bool:
    """Whether a TOML value is of a parameter's type; whole numbers are numbers too, true and false are none."""
    if get_origin(hint) in (UnionType, typing.Union):
        return any(_fits(value, part) for part in get_args(hint))
    if get_origin(hint) is tuple:
        return isinstance(value, tuple) and all(_fits(item, get_args(hint)[0]) for item in value)
    if isinstance(value, bool):
        return hint is bool
    return isinstance(value, (int, float) if hint is float else hint)


def _type_name(hint: Any) -> str:
    return {int: "a whole number", float: "a number", bool: "true or false", str: "a word"}.get(hint, str(hint))


def _check_citations(rule: Rule, sources: Mapping[str, Source]) -> Iterable[str]:
    if not rule.cite:
        yield f"{rule.file}: cite: no source says that this symptom exists"
    places = [("cite", cite) for cite in rule.cite]
    places += [(f"remedy[{i}].cite", remedy.cite) for i, remedy in enumerate(rule.remedies)]
    for key, cite in places:
        source = sources.get(cite.recipe)
        if source is None:
            yield f'{rule.file}: {key}: "{cite.recipe}" is not in recipes.toml{did_you_mean(cite.recipe, sources)}'
        elif cite.where not in source.sections:
            hint = did_you_mean(cite.where, source.sections)
            yield f'{rule.file}: {key}: recipes.toml lists no section "{cite.where}" of "{cite.recipe}"{hint}'


def _check_words(rule: Rule) -> Iterable[str]:
    """Placeholders are known of every finding, or facts with an `otherwise` (law 3)."""
    if rule.scope == "log":
        evidence, always = frozenset[str](), REPORTED
    elif rule.scope == "runs":
        always = frozenset(evidence_fields(detectors()[rule.detect.detector])) | TOGETHER
    else:
        evidence = frozenset(evidence_fields(detectors()[rule.detect.detector]))
        always = evidence | POSITION | {alias for alias, place in rule.detect.inputs.items() if not place.endswith("?")}
    aliases = frozenset(rule.detect.inputs)
    yield from _check_text(rule, "message", rule.message, always | aliases, aliases)
    for i, remedy in enumerate(rule.remedies):
        yield from _check_text(rule, f"remedy[{i}].do", remedy.do, always | FACTS, aliases)
        used = {name for name, _ in _known_placeholders(remedy.do)}
        if used - always and remedy.otherwise is None:
            yield f"{rule.file}: remedy[{i}]: {', '.join(sorted(used - always))} may be unknown: say what to do `otherwise`"
        if remedy.otherwise is not None:
            yield from _check_text(rule, f"remedy[{i}].otherwise", remedy.otherwise, always, aliases)
    yield from _check_translation(rule)


def _check_translation(rule: Rule) -> Iterable[str]:
    """A translated text is filled with what stands in the English one: it may name nothing else, in no other format."""
    pairs = [("zh.message", rule.message, rule.zh.message or "")]
    for i, (remedy, (do, otherwise)) in enumerate(zip(rule.remedies, rule.zh.remedies, strict=False)):
        pairs.append((f"zh.remedy[{i}]", remedy.do, do))
        pairs.append((f"zh.remedy[{i}].otherwise", remedy.otherwise or "", otherwise or ""))
    if rule.zh.remedies and len(rule.zh.remedies) != len(rule.remedies):
        yield f"{rule.file}: zh.remedy: {len(rule.zh.remedies)} remedies where the English has {len(rule.remedies)}"
    for key, english, translated in pairs:
        known = _known_placeholders(english)
        try:
            strange = [field for field in placeholders(translated) if field not in known]
        except ValueError as error:
            yield f"{rule.file}: {key}: {error}"
            continue
        for name, spec in strange:
            shown = f"{name}:{spec}" if spec else name
            yield f'{rule.file}: {key}: "{{{shown}}}" is not in the English words{did_you_mean(name, [n for n, _ in known])}'


def _check_text(rule: Rule, key: str, text: str, known: frozenset[str], aliases: frozenset[str]) -> Iterable[str]:
    try:
        found = placeholders(text)
    except ValueError as error:
        yield f"{rule.file}: {key}: {error}"
        return
    for name, spec in found:
        if name not in known | aliases:
            yield f'{rule.file}: {key}: nothing is called "{{{name}}}" here{did_you_mean(name, known | aliases)}'
        try:
            format(1.0, "" if is_noun(spec) else spec)
        except ValueError:
            yield f'{rule.file}: {key}: "{{{name}:{spec}}}" is no format of a number'


def _known_placeholders(text: str) -> tuple[tuple[str, str], ...]:
    try:
        return placeholders(text)
    except ValueError:
        return ()
